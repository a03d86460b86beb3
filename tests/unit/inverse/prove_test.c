// There and back again: what a way back that does not lead back is caught by.
#include "journey.h"

static void assert_fault(const char *before, const char *there, const char *back,
                         const char *expected)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_arena *arena = tdm_arena_new(0);
    tdm_catalog *catalog = NULL;
    tdm_inverse_sql ignored;
    tdm_round_step steps[2][8] = {{{0}}};
    tdm_statements texts[] = {split(arena, there), split(arena, back)};
    tdm_statements made = split(arena, before);
    tdm_text fault;

    assert_int_equal(tdm_catalog_new(arena, true, &catalog, &err), TDM_OK);
    assert_int_equal(tdm_inverse_of_migration(arena, catalog, &made, &ignored, &err), TDM_OK);
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < texts[side].count; i++)
            steps[side][i].statement = &texts[side].items[i];
    tdm_round round = {steps[0], texts[0].count, steps[1], texts[1].count};
    assert_int_equal(tdm_inverse_prove(arena, catalog, &round, &fault, &err), TDM_OK);
    assert_string_equal(fault.size ? fault.data : "", expected);
    tdm_arena_free(arena);
}

static void test_a_way_back_that_leads_back(void **state)
{
    (void)state;
    assert_fault("CREATE TABLE t (a int)", "ALTER TABLE t ADD b text; INSERT INTO t VALUES (1)",
                 "ALTER TABLE t DROP COLUMN b", "");
}

static void test_what_is_left_behind(void **state)
{
    (void)state;
    assert_fault("CREATE TABLE t (a int)", "ALTER TABLE t ADD b text; CREATE INDEX i ON t (a)",
                 "ALTER TABLE t DROP COLUMN b", "index i: existence would not be as it was");
    assert_fault("CREATE TABLE t (a int)", "ALTER TABLE t ALTER a SET NOT NULL", "",
                 "t.a: nullable would not be as it was");
}

static void test_what_the_server_would_refuse(void **state)
{
    (void)state;
    assert_fault("CREATE TABLE t (a int)", "ALTER TABLE t RENAME TO u", "DROP TABLE t",
                 "the server refuses it: there is no table t");
}

static void test_what_cannot_be_followed_is_no_fault(void **state)
{
    (void)state;
    assert_fault("CREATE TABLE t (a int)", "DO $$ BEGIN EXECUTE (SELECT x FROM y); END $$", "", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_way_back_that_leads_back),
        cmocka_unit_test(test_what_is_left_behind),
        cmocka_unit_test(test_what_the_server_would_refuse),
        cmocka_unit_test(test_what_cannot_be_followed_is_no_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
