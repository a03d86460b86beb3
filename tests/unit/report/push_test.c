#include "test.h"

#include "facts.h"

#include <string.h>

static const tdm_plan_step step = {.pair = {.revisions = &fact_revisions[1],
                                            .revision_count = 1,
                                            .migrations = &fact_migrations[1],
                                            .migration_count = 1},
                                   .action = TDM_ACTION_APPLY};

static void assert_line(tdm_push_event event, unsigned verbose, const char *expected)
{
    tdm_buffer out = TDM_BUFFER_INIT(100000);
    tdm_report_push_event_text(&out, &event, verbose);
    assert_text_equal(tdm_buffer_text(&out), expected);
    tdm_buffer_free(&out);
}

static void a_commit_is_always_said(void **state)
{
    (void)state;
    tdm_push_event event = {.kind = TDM_PUSH_COMMITTED, .step = &step, .index = 1, .count = 8};
    assert_line(event, 0, "[2/8] 20241127_000001 = 20241127000001_add_file_path: applied");
}

static void statements_are_shown_to_who_asks_twice(void **state)
{
    (void)state;
    tdm_push_event event = {.kind = TDM_PUSH_STATEMENT,
                            .step = &step,
                            .place = {.file = "m.sql", .line = 3, .column = 1},
                            .text = TDM_TEXT("SELECT 1\nFROM t\x1b")};
    assert_line(event, 0, "");
    assert_line(event, 1, "");
    assert_line(event, 2, "m.sql:3:1: SELECT 1\n    FROM t\\x1b");
}

static void an_event_for_programs_is_one_line(void **state)
{
    (void)state;
    tdm_buffer out = TDM_BUFFER_INIT(100000);
    tdm_push_event event = {.kind = TDM_PUSH_COMMITTED, .step = &step, .index = 1, .count = 8};
    tdm_report_push_event_json(&out, &event);
    const char *begin =
        "{\"event\": \"committed\", \"step\": 2, \"steps\": 8, \"action\": \"apply\"";
    assert_memory_equal(out.data, begin, strlen(begin));
    assert_int_equal(tdm_text_find_char(tdm_buffer_text(&out), '\n'), out.size - 1);
    tdm_buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_commit_is_always_said),
        cmocka_unit_test(statements_are_shown_to_who_asks_twice),
        cmocka_unit_test(an_event_for_programs_is_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
