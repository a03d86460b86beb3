#include "report/report.h"

#include "test.h"

static const tdm_drift_item items[] = {
    {.kind = TDM_DRIFT_DIFFERENT,
     .object = {"documents.file_path", 19},
     .attribute = {"type", 4},
     .expected = {"character varying(512)", 22},
     .actual = {"character varying(256)", 22}},
};

static const tdm_drift_item unknown_items[] = {
    {.kind = TDM_DRIFT_UNKNOWN,
     .object = {"view v", 6},
     .attribute = {"definition", 10},
     .reason = {"a statement that made it is not modelled", 40}},
};

static void a_rehearsal_says_what_ran_and_what_differs(void **state)
{
    static const tdm_text missing[] = {{"vector", 6}};
    const tdm_rehearse_run runs[] = {
        {.name = "alembic upgrade", .files = 8, .file_count = 8, .statements = 44},
        {.name = "supabase migrations",
         .files = 0,
         .file_count = 1,
         .statements = 1,
         .refused = true,
         .stopped = TDM_TEXT("no such table [42P01]"),
         .place = {.file = "supabase/migrations/1_a.sql", .line = 4}},
    };
    const tdm_rehearse_comparison comparisons[] = {
        {.name = "alembic and its model",
         .first = "the model",
         .second = "the server",
         .items = unknown_items,
         .item_count = 1,
         .unknown = 1,
         .of_model = true},
        {.name = "alembic and supabase",
         .first = "the revisions",
         .second = "the migrations",
         .items = items,
         .item_count = 1,
         .allowed = 2},
    };
    const tdm_rehearsal rehearsal = {.server = TDM_TEXT("PostgreSQL 16.2"),
                                     .missing = missing,
                                     .missing_count = 1,
                                     .runs = runs,
                                     .run_count = 2,
                                     .comparisons = comparisons,
                                     .comparison_count = 2};
    tdm_buffer out = TDM_BUFFER_INIT(100000);
    tdm_arena *arena = tdm_arena_new(0);
    tdm_report report = {.out = &out, .arena = arena, .style = {.width = 80}};

    (void)state;
    tdm_report_rehearsal_text(&report, &rehearsal);
    assert_string_equal(
        out.data,
        "on: PostgreSQL 16.2\n"
        "missing there, so that what needs it was not tested: vector\n"
        "\n"
        "alembic upgrade      8 of 8 files, 44 statements\n"
        "supabase migrations  0 of 1 file, 1 statement; the server refused "
        "supabase/migrations/1_a.sql:4: no such table [42P01]\n"
        "\n"
        "alembic and its model: 0 different, 1 cannot be known\n"
        "alembic and supabase: 1 different, 0 cannot be known, 2 allowed\n"
        "  documents.file_path  type; the revisions: character varying(512); the migrations: "
        "character varying(256)\n");
    tdm_buffer_free(&out);
    tdm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rehearsal_says_what_ran_and_what_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
