#include "test.h"

#include "base/text.h"
#include "pair/suppress_scan.h"

// What is found, as "line: words (first-last)" in one text; "file" stands for the lines of a whole
// file.
static void assert_scan(const char *source, tdm_comment_language language, const char *expected)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_ignore_comments found = {0};
    tdm_buffer out = TDM_BUFFER_INIT(10000);
    assert_true(tdm_ignore_scan(arena, "f", tdm_text_of(source), language, &found));
    for (size_t i = 0; i < found.count; i++) {
        const tdm_ignore_comment *comment = &found.items[i];
        tdm_buffer_putf(&out, "%u:%u %.*s", comment->place.line, comment->place.column,
                        TDM_TEXT_ARG(comment->words));
        if (comment->whole_file)
            tdm_buffer_puts(&out, " (file)\n");
        else
            tdm_buffer_putf(&out, " (%u-%u)\n", comment->first_line, comment->last_line);
    }
    assert_string_equal(out.data ? out.data : "", expected);
    tdm_buffer_free(&out);
    tdm_arena_free(arena);
}

static void assert_sql(const char *source, const char *expected)
{
    assert_scan(source, TDM_COMMENT_SQL, expected);
}

static void assert_python(const char *source, const char *expected)
{
    assert_scan(source, TDM_COMMENT_PYTHON, expected);
}

static void a_comment_is_about_the_next_statement(void **state)
{
    (void)state;
    assert_sql("SELECT 1;\n-- tandem:ignore TD303 why\n\nSELECT\n2;\nSELECT 3;",
               "2:1 TD303 why (4-5)\n");
    assert_sql("SELECT 1;\n-- tandem:ignore TD303 why\n", "2:1 TD303 why (0-0)\n");
    assert_python("a = 1\n  # tandem: ignore TD106 why\nb = f(\n  1)\n", "2:3 TD106 why (3-4)\n");
}

static void or_about_the_one_that_it_stands_in_or_behind(void **state)
{
    (void)state;
    assert_sql("SELECT\n1, -- tandem:ignore TD303 a\n2; -- tandem:ignore TD304 b\nSELECT 3;",
               "2:4 TD303 a (1-3)\n3:4 TD304 b (1-3)\n");
    assert_python("f(1,  # tandem: ignore TD106 a\n  2)  # tandem: ignore TD303 b\nc = 1\n",
                  "1:7 TD106 a (1-2)\n2:7 TD303 b (1-2)\n");
}

static void the_mark_may_be_written_with_a_space_and_for_a_file(void **state)
{
    (void)state;
    assert_sql("--tandem: ignore-file TD302 only here\nSELECT 1;", "1:1 TD302 only here (file)\n");
    assert_sql("-- tandem:ignore-files TD302 x\n-- see tandem:ignore TD302\nSELECT 1;", "");
    assert_sql("-- tandem: revision ignore\nSELECT 1;", "");
}

static void what_stands_in_a_literal_or_a_block_comment_is_none(void **state)
{
    (void)state;
    assert_sql("SELECT '\n-- tandem:ignore TD303 a\n';", "");
    assert_sql("DO $$\n-- tandem:ignore TD303 a\n$$;", "");
    assert_sql("/* /* */\n-- tandem:ignore TD303 a\n*/ SELECT 1;", "");
    assert_python("x = '''\n# tandem: ignore TD303 a\n'''\n", "");
    assert_python("x = 'it\\'s' \"# tandem: ignore TD303 a\"\n", "");
    assert_python("x = r'\\' # tandem: ignore TD303 a'\n", "");
}

static void texts_that_never_end_are_survived(void **state)
{
    (void)state;
    assert_sql("-- tandem:ignore TD303 a\nSELECT 'x", "1:1 TD303 a (2-2)\n");
    assert_sql("/* -- tandem:ignore", "");
    assert_sql("-- tandem:ignore", "1:1  (0-0)\n");
    assert_python("'''\n# tandem: ignore\\", "");
    assert_python("#tandem:ignore\r\nx = 1\r\n", "1:1  (2-2)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_comment_is_about_the_next_statement),
        cmocka_unit_test(or_about_the_one_that_it_stands_in_or_behind),
        cmocka_unit_test(the_mark_may_be_written_with_a_space_and_for_a_file),
        cmocka_unit_test(what_stands_in_a_literal_or_a_block_comment_is_none),
        cmocka_unit_test(texts_that_never_end_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
