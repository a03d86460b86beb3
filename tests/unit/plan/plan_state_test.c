// The table of what is done about a pair, row by row.
#include "test.h"

#include "base/text.h"
#include "plan/plan_state.h"

#include <string.h>

static int setup(void **state)
{
    *state = tdm_arena_new(0);
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    tdm_arena_free(*state);
    return 0;
}

typedef struct situation {
    size_t revisions, migrations;
    const char *in_alembic; // "10": the first of two revisions is applied
    const char *in_supabase;
    tdm_verdict verdict;
    const char *only_revision, *only_migration, *finding, *block;
    bool adopt;
} situation;

static tdm_pair_state decide(void **state, situation s)
{
    static const tdm_revision_info revisions[] = {{.id = {"r1", 2}}, {.id = {"r2", 2}}};
    static const tdm_migration_info migrations[] = {{.version = {"m1", 2}}, {.version = {"m2", 2}}};
    bool applied[2][2];
    for (size_t i = 0; i < 2; i++) {
        applied[0][i] = s.in_alembic && i < strlen(s.in_alembic) && s.in_alembic[i] == '1';
        applied[1][i] = s.in_supabase && i < strlen(s.in_supabase) && s.in_supabase[i] == '1';
    }
    tdm_pair_info pair = {.revisions = revisions,
                          .revision_count = s.revisions,
                          .migrations = migrations,
                          .migration_count = s.migrations,
                          .verdict = s.verdict};
    tdm_pair_facts facts = {.pair = &pair,
                            .revision_applied = applied[0],
                            .migration_applied = applied[1],
                            .only_revision = {.says = tdm_text_of(s.only_revision)},
                            .only_migration = {.says = tdm_text_of(s.only_migration)},
                            .finding = tdm_text_of(s.finding)};
    facts.only_migration.place = (tdm_place){.file = "m1.sql", .line = 7};
    tdm_pair_state decided;
    assert_true(tdm_pair_decide(*state, &facts, s.adopt, tdm_text_of(s.block), &decided));
    return decided;
}

static void assert_refused(const tdm_pair_state *decided, const char *part)
{
    assert_int_equal(decided->action, TDM_ACTION_REFUSED);
    if (tdm_text_find(decided->reason, tdm_text_of(part)) == SIZE_MAX)
        print_error("'%s' is not in: %.*s\n", part, TDM_TEXT_ARG(decided->reason));
    assert_true(tdm_text_find(decided->reason, tdm_text_of(part)) != SIZE_MAX);
}

static void both_have_it_and_nothing_is_done(void **state)
{
    tdm_pair_state decided =
        decide(state, (situation){1, 1, "1", "1", .verdict = TDM_VERDICT_DIFFERENT, .block = "no"});
    assert_int_equal(decided.action, TDM_ACTION_NONE);
    assert_true(decided.in_alembic);
    assert_true(decided.in_supabase);
}

static void neither_has_it_and_it_is_applied(void **state)
{
    static const tdm_verdict good[] = {TDM_VERDICT_IDENTICAL, TDM_VERDICT_EQUIVALENT,
                                       TDM_VERDICT_ACKNOWLEDGED};
    for (size_t i = 0; i < 3; i++) {
        tdm_pair_state decided = decide(state, (situation){1, 1, "0", "0", .verdict = good[i]});
        assert_int_equal(decided.action, TDM_ACTION_APPLY);
        assert_false(decided.run_revision);
    }
}

static void what_is_not_known_to_agree_is_refused(void **state)
{
    tdm_pair_state decided =
        decide(state, (situation){1, 1, "0", "0", .verdict = TDM_VERDICT_DIFFERENT});
    assert_refused(&decided, "differ");
    decided = decide(state, (situation){1, 1, "0", "0", .verdict = TDM_VERDICT_OPAQUE,
                                        .finding = "TD304: line 3"});
    assert_refused(&decided, "TD304: line 3");
    decided = decide(state, (situation){1, 0, "0", "", .verdict = TDM_VERDICT_MISSING});
    assert_refused(&decided, "the revision has no migration");
    decided = decide(state, (situation){0, 1, "", "0", .verdict = TDM_VERDICT_MISSING});
    assert_refused(&decided, "the migration has no revision");
    decided = decide(state, (situation){1, 1, "0", "0", .verdict = TDM_VERDICT_IDENTICAL,
                                        .finding = "TD201: used twice"});
    assert_refused(&decided, "TD201");
}

static void a_block_stops_whatever_would_change(void **state)
{
    tdm_pair_state decided =
        decide(state, (situation){1, 1, "0", "0", .verdict = TDM_VERDICT_IDENTICAL,
                                  .block = "the target is read-only"});
    assert_refused(&decided, "read-only");
}

static void one_history_is_adopted_only_when_asked(void **state)
{
    situation alembic = {1, 1, "1", "0", .verdict = TDM_VERDICT_EQUIVALENT};
    situation supabase = {1, 1, "0", "1", .verdict = TDM_VERDICT_IDENTICAL};
    tdm_pair_state decided = decide(state, alembic);
    assert_refused(&decided, "--adopt");
    decided = decide(state, supabase);
    assert_refused(&decided, "--adopt");
    alembic.adopt = supabase.adopt = true;
    assert_int_equal(decide(state, alembic).action, TDM_ACTION_ADOPT_SUPABASE);
    assert_int_equal(decide(state, supabase).action, TDM_ACTION_ADOPT_ALEMBIC);
}

static void what_never_ran_is_not_adopted(void **state)
{
    situation s = {1, 1, "1", "0", .verdict = TDM_VERDICT_IDENTICAL, .adopt = true};
    s.only_migration = "CREATE POLICY reads on a";
    tdm_pair_state decided = decide(state, s);
    assert_refused(&decided, "CREATE POLICY reads on a (m1.sql:7) has never been run");
    s.adopt = false;
    decided = decide(state, s);
    assert_refused(&decided, "has never been run");
    // The other way round the policy has run.
    s = (situation){1, 1, "0", "1", .verdict = TDM_VERDICT_IDENTICAL, .adopt = true};
    s.only_migration = "CREATE POLICY reads on a";
    assert_int_equal(decide(state, s).action, TDM_ACTION_ADOPT_ALEMBIC);
    s.only_revision = "UPDATE a";
    decided = decide(state, s);
    assert_refused(&decided, "UPDATE a");
}

static void an_acknowledged_pair_is_not_adopted(void **state)
{
    tdm_pair_state decided = decide(
        state, (situation){1, 1, "1", "0", .verdict = TDM_VERDICT_ACKNOWLEDGED, .adopt = true});
    assert_refused(&decided, "acknowledged");
}

static void the_text_that_holds_all_of_the_pair_runs(void **state)
{
    situation s = {1, 1, "0", "0", .verdict = TDM_VERDICT_IDENTICAL};
    s.only_migration = "CREATE POLICY reads on a";
    assert_false(decide(state, s).run_revision);
    s.only_migration = NULL;
    s.only_revision = "UPDATE a";
    assert_true(decide(state, s).run_revision);
    s.only_migration = "CREATE POLICY reads on a";
    tdm_pair_state decided = decide(state, s);
    assert_refused(&decided, "neither can be run for both");
}

static void one_side_alone_asks_only_its_own_history(void **state)
{
    situation revision = {1, 0, "0", "", .verdict = TDM_VERDICT_ALONE};
    situation migration = {0, 1, "", "0", .verdict = TDM_VERDICT_ALONE};
    tdm_pair_state decided = decide(state, revision);
    assert_int_equal(decided.action, TDM_ACTION_APPLY);
    assert_true(decided.run_revision);
    decided = decide(state, migration);
    assert_int_equal(decided.action, TDM_ACTION_APPLY);
    assert_false(decided.run_revision);
    revision.in_alembic = "1";
    migration.in_supabase = "1";
    assert_int_equal(decide(state, revision).action, TDM_ACTION_NONE);
    assert_int_equal(decide(state, migration).action, TDM_ACTION_NONE);
}

static void a_part_of_a_group_is_named(void **state)
{
    situation s = {2, 1, "10", "0", .verdict = TDM_VERDICT_IDENTICAL, .adopt = true};
    tdm_pair_state decided = decide(state, s);
    assert_refused(&decided, "a part of the pair: r1, but not r2");
    s = (situation){1, 2, "0", "01", .verdict = TDM_VERDICT_IDENTICAL};
    decided = decide(state, s);
    assert_refused(&decided, "a later part of the pair: m2, but not m1");
    assert_true(decided.partly);
}

static void a_group_goes_on_where_it_stopped(void **state)
{
    situation s = {1, 2, "0", "10", .verdict = TDM_VERDICT_IDENTICAL};
    tdm_pair_state decided = decide(state, s);
    assert_int_equal(decided.action, TDM_ACTION_APPLY);
    assert_true(decided.partly);
    assert_false(decided.in_supabase);
    s.only_revision = "UPDATE a";
    decided = decide(state, s);
    assert_refused(&decided, "has a part of the pair (m1)");
}

static void the_rest_of_a_group_is_adopted(void **state)
{
    situation s = {1, 2, "1", "10", .verdict = TDM_VERDICT_IDENTICAL, .adopt = true};
    assert_int_equal(decide(state, s).action, TDM_ACTION_ADOPT_SUPABASE);
    s = (situation){2, 1, "10", "1", .verdict = TDM_VERDICT_IDENTICAL, .adopt = true};
    assert_int_equal(decide(state, s).action, TDM_ACTION_ADOPT_ALEMBIC);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(both_have_it_and_nothing_is_done),
        TEST(neither_has_it_and_it_is_applied),
        TEST(what_is_not_known_to_agree_is_refused),
        TEST(a_block_stops_whatever_would_change),
        TEST(one_history_is_adopted_only_when_asked),
        TEST(what_never_ran_is_not_adopted),
        TEST(an_acknowledged_pair_is_not_adopted),
        TEST(the_text_that_holds_all_of_the_pair_runs),
        TEST(one_side_alone_asks_only_its_own_history),
        TEST(a_part_of_a_group_is_named),
        TEST(a_group_goes_on_where_it_stopped),
        TEST(the_rest_of_a_group_is_adopted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
