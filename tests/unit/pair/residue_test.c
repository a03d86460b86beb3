// What may stand on one side alone, and which settings change what statements mean.
#include "test.h"

#include "base/text.h"
#include "pair/leak.h"
#include "pair/residue.h"
#include "pair/session.h"

#include <string.h>

typedef struct expectation {
    const char *sql;
    tdm_residue_class residue;
} expectation;

static const expectation residues[] = {
    {"CREATE POLICY reads ON documents USING (true)", TDM_RESIDUE_POLICY},
    {"DROP POLICY reads ON documents", TDM_RESIDUE_POLICY},
    {"ALTER TABLE documents ENABLE ROW LEVEL SECURITY", TDM_RESIDUE_RLS},
    {"GRANT SELECT ON documents TO anon", TDM_RESIDUE_GRANT},
    {"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO anon", TDM_RESIDUE_GRANT},
    {"INSERT INTO storage.buckets (id) VALUES ('x')", TDM_RESIDUE_PLATFORM},
    {"CREATE TRIGGER t AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION f()",
     TDM_RESIDUE_PLATFORM},
    {"INSERT INTO documents (id) VALUES (1)", TDM_RESIDUE_DATA},
    {"UPDATE documents SET id = 1", TDM_RESIDUE_DATA},
    {"DELETE FROM documents", TDM_RESIDUE_DATA},
    {"UPDATE alembic_version SET version_num = 'x'", TDM_RESIDUE_BOOKKEEPING},
    {"INSERT INTO supabase_migrations.schema_migrations (version) VALUES ('1')",
     TDM_RESIDUE_BOOKKEEPING},
    {"SET statement_timeout = 0", TDM_RESIDUE_SESSION},
    {"SET search_path TO public, extensions", TDM_RESIDUE_SESSION},
    {"BEGIN", TDM_RESIDUE_TRANSACTION},
    {"CREATE TABLE documents (id int)", TDM_RESIDUE_NONE},
    {"ALTER TABLE documents ENABLE ROW LEVEL SECURITY, ADD COLUMN x int", TDM_RESIDUE_NONE},
    {"CREATE INDEX ON documents (id)", TDM_RESIDUE_NONE},
    {"SELECT cron.schedule('x', '* * * * *', 'y')", TDM_RESIDUE_NONE},
    {"SET search_path TO private", TDM_RESIDUE_NONE},
    {"SELECT pg_catalog.set_config('search_path', '', false)", TDM_RESIDUE_NONE},
    {"DO $$ BEGIN PERFORM 1; END $$", TDM_RESIDUE_NONE},
};

static void classes_of_statements(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof residues / sizeof *residues; i++) {
        tdm_arena *arena = tdm_arena_new(0);
        tdm_error err = TDM_ERROR_INIT;
        tdm_sql_tree *tree = NULL;
        tdm_sql_class of;
        assert_int_equal(tdm_sql_parse_text(tdm_text_of(residues[i].sql), &tree, &err), TDM_OK);
        assert_int_equal(tdm_sql_classify(arena, tree, &of, &err), TDM_OK);
        if (tdm_residue_of(&of, tree) != residues[i].residue)
            fail_msg("%s has class %d", residues[i].sql, (int)tdm_residue_of(&of, tree));
        tdm_sql_tree_free(tree);
        tdm_arena_free(arena);
    }
}

static void each_side_may_do_its_own_alone(void **state)
{
    (void)state;
    assert_true(tdm_residue_allowed(TDM_RESIDUE_POLICY, TDM_SIDE_SUPABASE));
    assert_false(tdm_residue_allowed(TDM_RESIDUE_POLICY, TDM_SIDE_ALEMBIC));
    assert_true(tdm_residue_allowed(TDM_RESIDUE_DATA, TDM_SIDE_ALEMBIC));
    assert_false(tdm_residue_allowed(TDM_RESIDUE_DATA, TDM_SIDE_SUPABASE));
    assert_false(tdm_residue_allowed(TDM_RESIDUE_NONE, TDM_SIDE_SUPABASE));
    assert_false(tdm_residue_allowed(TDM_RESIDUE_NONE, TDM_SIDE_ALEMBIC));
}

// Follows a text of statements as the upgrade() of one revision.
static tdm_leak follow(tdm_arena *arena, tdm_leak leak, const char *sql)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_statements statements;
    assert_int_equal(tdm_sql_split(arena, "x", tdm_text_of(sql), &statements, &err), TDM_OK);
    assert_int_equal(tdm_leak_follow(arena, &statements, &leak, &err), TDM_OK);
    return leak;
}

static void a_search_path_reaches_into_later_revisions(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    (void)state;
    tdm_leak leak = follow(arena, (tdm_leak){0}, "CREATE TABLE a (b int); SET search_path TO x");
    assert_true(leak.there);
    assert_text_equal(leak.name, "search_path");
    leak = follow(arena, leak, "RESET role");
    assert_true(leak.there);
    leak = follow(arena, leak, "RESET search_path");
    assert_false(leak.there);
    leak = follow(arena, leak, "SELECT pg_catalog.set_config('search_path', '', false)");
    assert_true(leak.there);
    leak = follow(arena, leak, "RESET ALL");
    assert_false(leak.there);
    tdm_arena_free(arena);
}

static void settings_without_meaning_do_not(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    (void)state;
    tdm_leak leak =
        follow(arena, (tdm_leak){0},
               "SET lock_timeout = '4s'; SET LOCAL statement_timeout = 0;"
               "SET search_path TO \"$user\", public; SET standard_conforming_strings = on;"
               "SET default_tablespace = ''; SELECT set_config('work_mem', '1MB', true)");
    assert_false(leak.there);
    leak = follow(arena, leak, "SET standard_conforming_strings = off");
    assert_true(leak.there);
    tdm_arena_free(arena);
}

static void a_setting_that_cannot_be_read_counts_as_one_with_meaning(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    (void)state;
    assert_true(follow(arena, (tdm_leak){0}, "SELECT set_config(name, 'x', false) FROM s").there);
    assert_true(follow(arena, (tdm_leak){0}, "SET ROLE admin").there);
    assert_true(follow(arena, (tdm_leak){0}, "SET TIME ZONE 'UTC'").there);
    tdm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_of_statements),
        cmocka_unit_test(each_side_may_do_its_own_alone),
        cmocka_unit_test(a_search_path_reaches_into_later_revisions),
        cmocka_unit_test(settings_without_meaning_do_not),
        cmocka_unit_test(a_setting_that_cannot_be_read_counts_as_one_with_meaning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
