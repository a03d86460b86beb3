#include "test.h"

#include "facts.h"

#include <string.h>

static const tdm_text unknown_revision[] = {{"abc", 3}};
static const tdm_text unknown_version[] = {{"20990101000000", 14}};

static void assert_written(void (*write)(const tdm_report *, const tdm_plan *),
                           const tdm_plan *plan, const char *expected)
{
    tdm_buffer out = TDM_BUFFER_INIT(100000);
    tdm_arena *arena = tdm_arena_new(0);
    tdm_report report = {.out = &out, .arena = arena, .style = {.width = 80}};
    write(&report, plan);
    assert_string_equal(out.data, expected);
    tdm_buffer_free(&out);
    tdm_arena_free(arena);
}

static void write_status(const tdm_report *report, const tdm_plan *plan)
{
    const tdm_diagnosis diagnosis = {.plan = plan};
    tdm_report_status_text(report, &diagnosis);
}

static void status_shows_what_each_history_says(void **state)
{
    (void)state;
    const tdm_plan_step steps[] = {
        {.pair = fact_pairs[0], .in_alembic = true, .in_supabase = true},
        {.pair = fact_pairs[1], .in_alembic = true, .action = TDM_ACTION_REFUSED},
    };
    tdm_plan plan = {.target = TDM_TEXT("postgres on db as postgres"),
                     .steps = steps,
                     .step_count = 2,
                     .unknown_revisions = unknown_revision,
                     .unknown_revision_count = 1,
                     .unknown_versions = unknown_version,
                     .unknown_version_count = 1};
    assert_written(write_status, &plan,
                   "target: postgres on db as postgres\n"
                   "\n"
                   "revision         migration       alembic_version           schema_migrations\n"
                   "20241126_000001  20241126000001  applied                   applied\n"
                   "20241127_000001  20241127000001  applied                   pending\n"
                   "abc              -               applied, missing locally  -\n"
                   "-                20990101000000  -                         applied, missing "
                   "locally\n"
                   "\n"
                   "2 pairs: 1 applied, 0 pending, 1 in one history only; 2 missing locally\n");
    assert_false(tdm_plan_in_step(&plan));
}

static void a_migration_alone_says_nothing_of_alembic(void **state)
{
    (void)state;
    const tdm_pair_info alone = {.migrations = fact_migrations, .migration_count = 2};
    const tdm_plan_step steps[] = {{.pair = alone, .partly = true, .action = TDM_ACTION_REFUSED}};
    tdm_plan plan = {.target = TDM_TEXT("db"), .steps = steps, .step_count = 1};
    assert_written(write_status, &plan,
                   "target: db\n"
                   "\n"
                   "revision  migration                       alembic_version  schema_migrations\n"
                   "-         20241126000001, 20241127000001  -                partly applied\n"
                   "\n"
                   "1 pair: 0 applied, 0 pending, 1 in one history only\n");
}

static void a_plan_lists_what_it_would_do(void **state)
{
    (void)state;
    const tdm_plan_step steps[] = {
        {.pair = fact_pairs[0], .action = TDM_ACTION_ADOPT_SUPABASE, .in_alembic = true},
        {.pair = fact_pairs[1], .action = TDM_ACTION_APPLY},
        {.pair = fact_pairs[1],
         .action = TDM_ACTION_REFUSED,
         .reason = TDM_TEXT("the pair differs")},
        {.pair = fact_pairs[1], .action = TDM_ACTION_NONE},
    };
    tdm_plan plan = {
        .target = TDM_TEXT("db"), .steps = steps, .step_count = 4, .pending = 2, .refused = 1};
    assert_written(tdm_report_plan_text, &plan,
                   "target: db\n"
                   "\n"
                   "record the migration  20241126_000001  20241126000001\n"
                   "apply                 20241127_000001  20241127000001\n"
                   "refused               20241127_000001  20241127000001  the pair differs\n"
                   "\n"
                   "1 to apply, 1 to record, 1 refused, 1 done already\n");
}

static void nothing_pending_is_said_in_one_line(void **state)
{
    (void)state;
    const tdm_plan_step steps[] = {
        {.pair = fact_pairs[0], .in_alembic = true, .in_supabase = true},
    };
    tdm_plan plan = {.target = TDM_TEXT("db"), .steps = steps, .step_count = 1};
    assert_written(tdm_report_plan_text, &plan,
                   "target: db\n"
                   "\n"
                   "nothing pending: both histories have all of 1 pair\n");
    assert_true(tdm_plan_in_step(&plan));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_shows_what_each_history_says),
        cmocka_unit_test(a_migration_alone_says_nothing_of_alembic),
        cmocka_unit_test(a_plan_lists_what_it_would_do),
        cmocka_unit_test(nothing_pending_is_said_in_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
