// "Source:" comments of a squashed migration.
#include "test.h"

#include "base/text.h"
#include "pair/sources.h"

#include <string.h>

static tdm_comment read(tdm_arena *arena, const char *source)
{
    tdm_comment ret;
    assert_true(tdm_source_comments(arena, "x.sql", tdm_text_of(source), &ret));
    return ret;
}

static void each_comment_is_found_with_its_line(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    (void)state;
    tdm_comment found = read(arena, "-- Source: a.py\nCREATE TABLE a (x text DEFAULT 'y\nz');\n"
                                    "-- Table: b\n-- source: b.py\nCREATE TABLE b (x int);\n"
                                    "/* Source: c.py\n   Source: d.py */ SELECT 1;");
    assert_int_equal(found.count, 4);
    assert_text_equal(found.lines[0].text, "Source: a.py");
    assert_int_equal(found.lines[0].place.line, 1);
    assert_text_equal(found.lines[1].text, "source: b.py");
    assert_int_equal(found.lines[1].place.line, 5);
    assert_int_equal(found.lines[2].place.line, 7);
    assert_int_equal(found.lines[3].place.line, 8);
    tdm_arena_free(arena);
}

static void literals_hold_no_comments(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    (void)state;
    assert_int_equal(read(arena, "SELECT '\n-- Source: a.py\n'").count, 0);
    assert_int_equal(read(arena, "SELECT $$\n-- Source: a.py\n$$").count, 0);
    assert_int_equal(read(arena, "-- See Source: a.py\nSELECT 1").count, 0);
    assert_int_equal(read(arena, "").count, 0);
    tdm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_comment_is_found_with_its_line),
        cmocka_unit_test(literals_hold_no_comments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
