// What is said of histories that came apart.
#include "test.h"

#include "report/report.h"

#include <string.h>

static const tdm_text evidence[] = {
    TDM_TEXT("schema_migrations has the row 20261122093012 \"add_canvas_data\""),
    TDM_TEXT("its statements are those of supabase/migrations/20241127000002_add_canvas_data.sql"),
};

static const tdm_cause causes[] = {
    {.finding = {.kind = TDM_FINDING_ROW_ELSEWHERE,
                 .severity = TDM_SEVERITY_ERROR,
                 .message = TDM_TEXT("20241127000002_add_canvas_data.sql is recorded as "
                                     "20261122093012"),
                 .version = TDM_TEXT("20261122093012")},
     .evidence = evidence,
     .evidence_count = 2,
     .mended = true},
    {.finding = {.kind = TDM_FINDING_HEAD_UNKNOWN,
                 .severity = TDM_SEVERITY_ERROR,
                 .message = TDM_TEXT("alembic_version names dead\x1b[0m, which no file defines"),
                 .hint = TDM_TEXT("Bring its file back.")}},
};

static const tdm_row_edit edits[] = {
    {.kind = TDM_EDIT_RENAME,
     .row = TDM_TEXT("20261122093012"),
     .becomes = TDM_TEXT("20241127000002"),
     .why = TDM_TEXT("it is 20241127000002_add_canvas_data.sql")},
    {.kind = TDM_EDIT_FORGET,
     .in_alembic = true,
     .row = TDM_TEXT("20241126_000001"),
     .why = TDM_TEXT("another row implies it")},
};

static const tdm_plan plan = {.target = TDM_TEXT("postgres on db as postgres")};

typedef struct written {
    tdm_buffer out;
    tdm_arena *arena;
} written;

static int setup(void **state)
{
    static written w;
    w = (written){.out = TDM_BUFFER_INIT(100000), .arena = tdm_arena_new(0)};
    *state = &w;
    return w.arena ? 0 : -1;
}

static int teardown(void **state)
{
    written *w = *state;
    tdm_buffer_free(&w->out);
    tdm_arena_free(w->arena);
    return 0;
}

static void a_repair_says_why_and_which_rows(void **state)
{
    written *w = *state;
    const tdm_report report = {.out = &w->out, .arena = w->arena, .style = {.width = 80}};
    const tdm_diagnosis diagnosis = {.plan = &plan,
                                     .causes = causes,
                                     .cause_count = 2,
                                     .edits = edits,
                                     .edit_count = 2,
                                     .unmended = 1};
    tdm_report_repair_text(&report, &diagnosis);
    assert_string_equal(
        w->out.data,
        "target: postgres on db as postgres\n"
        "\n"
        "TD501  20241127000002_add_canvas_data.sql is recorded as 20261122093012\n"
        "       - schema_migrations has the row 20261122093012 \"add_canvas_data\"\n"
        "       - its statements are those of "
        "supabase/migrations/20241127000002_add_canvas_data.sql\n"
        "       `tandem repair` mends it\n"
        "\n"
        "TD513  alembic_version names dead\\x1b[0m, which no file defines\n"
        "       hint: Bring its file back.\n"
        "\n"
        "rename  schema_migrations  20261122093012 -> 20241127000002  "
        "it is 20241127000002_add_canvas_data.sql\n"
        "forget  alembic_version    20241126_000001                   another row implies it\n"
        "\n"
        "2 rows to change; no statement of a migration runs; 1 cause is left\n");
}

static void nothing_to_repair_is_said_so(void **state)
{
    written *w = *state;
    const tdm_report report = {.out = &w->out, .arena = w->arena, .style = {.width = 80}};
    const tdm_diagnosis diagnosis = {.plan = &plan};
    tdm_report_repair_text(&report, &diagnosis);
    assert_non_null(strstr(w->out.data, "nothing to repair: the histories are in step\n"));
}

static void programs_get_every_cause_and_row(void **state)
{
    written *w = *state;
    const tdm_report report = {.out = &w->out, .arena = w->arena};
    const tdm_repair_result done = {.id = TDM_TEXT("1-abc"), .edits = 2};
    const tdm_diagnosis diagnosis = {.plan = &plan,
                                     .causes = causes,
                                     .cause_count = 2,
                                     .edits = edits,
                                     .edit_count = 2,
                                     .unmended = 1};
    tdm_report_repair_json(&report, &diagnosis, &done);
    assert_non_null(strstr(w->out.data, "\"result\": \"repaired\""));
    assert_non_null(strstr(w->out.data, "\"code\": \"TD501\""));
    assert_non_null(strstr(w->out.data, "\"becomes\": \"20241127000002\""));
    assert_non_null(strstr(w->out.data, "\"id\": \"1-abc\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_repair_says_why_and_which_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_to_repair_is_said_so, setup, teardown),
        cmocka_unit_test_setup_teardown(programs_get_every_cause_and_row, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
