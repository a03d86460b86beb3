// A run over many targets, as people and programs read it.
#include "test.h"

#include "report/report.h"

#include <stdlib.h>
#include <string.h>

static const tdm_target_report items[] = {
    {.name = {"acme", 4},
     .line = 1,
     .target = {"acme on db:5432 as app", 22},
     .outcome = TDM_OUTCOME_PUSHED,
     .pending = 3,
     .applied = 2,
     .adopted = 1},
    {.name = {"twin", 4}, .line = 2, .outcome = TDM_OUTCOME_SAME, .same_as = {"acme", 4}},
    {.name = {"bad\x1b", 4},
     .line = 3,
     .target = {"bad on db:5432 as app", 21},
     .outcome = TDM_OUTCOME_PARTLY,
     .pending = 2,
     .applied = 1,
     .code = TDM_ERROR_SERVER,
     .message = {"no such type", 12},
     .hint = {"Make it.", 8},
     .place = {.file = "m.sql", .line = 7}},
    {.name = {"last", 4},
     .line = 4,
     .outcome = TDM_OUTCOME_NOT_TRIED,
     .message = {"another target failed: bad", 26}},
};

static const tdm_targets_report run = {
    .items = items,
    .count = 4,
    .counts = {[TDM_OUTCOME_PUSHED] = 1,
               [TDM_OUTCOME_SAME] = 1,
               [TDM_OUTCOME_PARTLY] = 1,
               [TDM_OUTCOME_NOT_TRIED] = 1},
    .applied = 3,
    .adopted = 1,
};

static char *written(void (*write)(const tdm_report *report))
{
    tdm_buffer out = TDM_BUFFER_INIT(1 << 20);
    tdm_report report = {.out = &out, .arena = tdm_arena_new(0), .style = {.width = 80}};
    write(&report);
    assert_false(out.failed);
    tdm_arena_free(report.arena);
    return out.data;
}

static void write_text(const tdm_report *report)
{
    tdm_report_targets_text(report, &run);
}

static void write_json(const tdm_report *report)
{
    tdm_report_targets_json(report, "push", &run);
}

static void people_see_a_row_for_each_and_why_one_failed(void **state)
{
    (void)state;
    char *text = written(write_text);
    assert_string_equal(text, "target   outcome            steps                  database\n"
                              "acme     pushed             2 applied, 1 recorded  acme on "
                              "db:5432 as app\n"
                              "twin     the same database  as acme                -\n"
                              "bad\\x1b  partly applied     1 applied of 2         bad on db:5432 "
                              "as app\n"
                              "last     not tried          -                      -\n"
                              "\n"
                              "error: bad\\x1b: no such type [server]\n"
                              "  --> m.sql:7\n"
                              "hint: Make it.\n"
                              "\n"
                              "4 targets: 1 pushed, 1 the same database, 1 partly applied, 1 not "
                              "tried; 3 applied, 1 recorded\n"
                              "1 target not tried: another target failed: bad; run it again to go "
                              "on\n");
    free(text);
}

static void programs_find_every_fact(void **state)
{
    static const char *const facts[] = {
        "\"result\": \"partly\"",
        "\"outcome\": \"same\"",
        "\"same_as\": \"acme\"",
        "\"code\": \"server\"",
        "\"line\": 7",
        "\"not_tried\": \"another target failed: bad\"",
        "\"steps_applied\": 3",
    };
    (void)state;
    char *text = written(write_json);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        assert_non_null(strstr(text, facts[i]));
    free(text);
}

static void a_line_tells_what_came_of_a_target(void **state)
{
    (void)state;
    tdm_buffer out = TDM_BUFFER_INIT(1 << 16);
    tdm_targets_event event = {.kind = TDM_TARGETS_END, .item = &items[2], .done = 3, .count = 4};
    tdm_report_targets_event_text(&out, &event, 0);
    assert_text_equal(tdm_buffer_text(&out),
                      "[3/4] bad\\x1b: partly applied, 1 applied of 2: no such type [server]");
    tdm_buffer_clear(&out);
    event.kind = TDM_TARGETS_BEGIN;
    tdm_report_targets_event_text(&out, &event, 0);
    assert_int_equal(out.size, 0);
    tdm_buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_see_a_row_for_each_and_why_one_failed),
        cmocka_unit_test(programs_find_every_fact),
        cmocka_unit_test(a_line_tells_what_came_of_a_target),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
