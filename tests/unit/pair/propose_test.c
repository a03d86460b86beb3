// How a project is meant: baseline and ownership in check, and what init proposes.
#include "project_files.h"

#include <tandem/finding.h>
#include <tandem/init.h>

#define MIGRATIONS "supabase/migrations/"
#define TABLE(name) "op.execute(\"CREATE TABLE " name " (id integer)\")"

static tdm_verdict verdict_of(const tdm_check_result *result, const char *name)
{
    for (size_t i = 0; i < result->pair_count; i++) {
        const tdm_pair_info *pair = &result->pairs[i];
        if ((pair->revision_count && tdm_text_is(pair->revisions[0].id, name)) ||
            (pair->migration_count && tdm_text_is(pair->migrations[0].version, name)))
            return pair->verdict;
    }
    fail_msg("no pair with '%s'", name);
    return TDM_VERDICT_MISSING;
}

static void put_twin(project_files *files, const char *id, const char *down, const char *table)
{
    tdm_arena *arena = files->arena;
    files_revision(
        files, id, down,
        tdm_arena_printf(arena, "op.execute(\"CREATE TABLE %s (id integer)\")", table).data);
    files_put(files, tdm_arena_printf(arena, MIGRATIONS "2025010100000%s_x.sql", id + 1).data,
              tdm_arena_printf(arena, "-- tandem: revision %s\nCREATE TABLE %s (id integer);\n", id,
                               table)
                  .data);
}

// Project files that fail to open or check.
static void assert_refused(project_files *files, const char *part)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_project_options options = {.directory = files->root};
    const tdm_check_result *result;
    tdm_project_free(files->project);
    files->project = NULL;
    assert_int_equal(tdm_project_open(&options, &files->project, &err), TDM_OK);
    assert_int_equal(tdm_check(files->project, &result, &err), TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_CONFIG);
    assert_non_null(strstr(err.message, part));
}

// --- Ownership
// -----------------------------------------------------------------------------------

static void a_kind_may_stand_on_the_side_that_owns_it(void **state)
{
    project_files *files = *state;
    const char *sql = MIGRATIONS "20250101000001_x.sql";
    put_twin(files, "r1", NULL, "notes");
    files_edit(files, sql, ";\n", ";\nCREATE INDEX notes_id ON notes (id);\n");
    assert_int_equal(verdict_of(files_check(files), "r1"), TDM_VERDICT_DIFFERENT);
    files_put(files, "tandem.toml", "[pairing.ownership]\nindex = \"supabase\"\n");
    assert_int_equal(verdict_of(files_check(files), "r1"), TDM_VERDICT_EQUIVALENT);
    files_put(files, "tandem.toml", "[pairing.ownership]\nindex = \"alembic\"\n");
    assert_int_equal(verdict_of(files_check(files), "r1"), TDM_VERDICT_DIFFERENT);
    // Two versions of one index differ, whoever owns indexes.
    files_put(files, "tandem.toml", "[pairing.ownership]\nindex = \"supabase\"\n");
    files_revision(files, "r1", NULL,
                   "op.execute(\"CREATE TABLE notes (id integer)\"); "
                   "op.execute(\"CREATE UNIQUE INDEX notes_id ON notes (id)\")");
    assert_int_not_equal(verdict_of(files_check(files), "r1"), TDM_VERDICT_EQUIVALENT);
}

static void what_both_must_say_is_missing_otherwise(void **state)
{
    project_files *files = *state;
    put_twin(files, "r1", NULL, "notes");
    files_put(files, MIGRATIONS "20250101000002_p.sql",
              "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;\n");
    assert_int_equal(verdict_of(files_check(files), "20250101000002"), TDM_VERDICT_ALONE);
    files_put(files, "tandem.toml", "[pairing.ownership]\nrls = \"none\"\n");
    assert_int_equal(verdict_of(files_check(files), "20250101000002"), TDM_VERDICT_MISSING);
}

static void everything_speaks_of_whole_files(void **state)
{
    project_files *files = *state;
    put_twin(files, "r1", NULL, "notes");
    files_edit(files, MIGRATIONS "20250101000001_x.sql", "id integer", "id integer, x text");
    files_put(files, MIGRATIONS "20250101000002_y.sql", "CREATE TABLE other (id integer);\n");
    files_put(files, "tandem.toml", "[pairing.ownership]\neverything = \"supabase\"\n");
    const tdm_check_result *result = files_check(files);
    assert_int_equal(verdict_of(result, "20250101000002"), TDM_VERDICT_ALONE);
    assert_int_equal(verdict_of(result, "r1"), TDM_VERDICT_DIFFERENT);
    files_put(files, "tandem.toml", "[pairing.ownership]\neverything = \"alembic\"\n");
    assert_int_equal(verdict_of(files_check(files), "20250101000002"), TDM_VERDICT_MISSING);
}

static void a_wrong_kind_or_owner_is_an_error(void **state)
{
    project_files *files = *state;
    put_twin(files, "r1", NULL, "notes");
    files_put(files, "tandem.toml", "[pairing.ownership]\npolicies = \"supabase\"\n");
    assert_refused(files, "there is no kind 'policies'");
    files_put(files, "tandem.toml", "[pairing.ownership]\npolicy = \"me\"\n");
    assert_refused(files, "an owner is");
}

// --- Baseline
// ------------------------------------------------------------------------------------

static void before_the_baseline_only_the_end_counts(void **state)
{
    project_files *files = *state;
    files_revision(files, "r1", NULL, TABLE("a"));
    files_revision(files, "r2", "r1", TABLE("b"));
    files_put(files, MIGRATIONS "20250101000001_start.sql",
              "CREATE TABLE b (id integer);\nCREATE TABLE a (id integer);\n");
    put_twin(files, "r3", "r2", "c");
    files_put(files, "tandem.toml",
              "[pairing]\nbaseline_revision = \"r2\"\nbaseline_version = \"20250101000001\"\n");
    const tdm_check_result *result = files_check(files);
    assert_int_equal(result->error_count, 0);
    assert_int_equal(result->pair_count, 2);
    assert_int_equal(result->pairs[0].revision_count, 2);
    assert_int_equal(result->pairs[0].verdict, TDM_VERDICT_EQUIVALENT);
    files_edit(files, MIGRATIONS "20250101000001_start.sql", "a (id integer", "a (id bigint");
    assert_int_equal(verdict_of(files_check(files), "r1"), TDM_VERDICT_DIFFERENT);
}

static void a_beginning_that_one_side_made_is_not_compared(void **state)
{
    project_files *files = *state;
    files_revision(files, "r1", NULL, "op.execute('CREATE EXTENSION IF NOT EXISTS vector')");
    files_put(files, MIGRATIONS "20250101000001_x.sql",
              "CREATE TABLE a (id integer);\nDO $$ BEGIN EXECUTE 'SELECT 1' || now(); END $$;\n");
    put_twin(files, "r2", "r1", "b");
    files_put(files, "tandem.toml",
              "[pairing]\nbaseline_revision = \"r1\"\nbaseline_version = \"20250101000001\"\n");
    const tdm_check_result *result = files_check(files);
    assert_int_equal(result->error_count, 0);
    assert_int_equal(verdict_of(result, "r1"), TDM_VERDICT_ACKNOWLEDGED);
    assert_int_equal(verdict_of(result, "r2"), TDM_VERDICT_IDENTICAL);
    // Without the setting it is a difference.
    files_put(files, "tandem.toml", "");
    files_edit(files, MIGRATIONS "20250101000001_x.sql", "CREATE",
               "-- tandem: revision r1\nCREATE");
    assert_true(files_check(files)->error_count > 0);
}

static void one_side_may_have_begun_alone(void **state)
{
    project_files *files = *state;
    files_put(files, MIGRATIONS "20240101000001_start.sql", "CREATE TABLE a (id integer);\n");
    put_twin(files, "r1", NULL, "b");
    files_put(files, "tandem.toml", "[pairing]\nbaseline_version = \"20240101000001\"\n");
    const tdm_check_result *result = files_check(files);
    assert_int_equal(result->error_count, 0);
    assert_int_equal(verdict_of(result, "20240101000001"), TDM_VERDICT_ALONE);
    files_put(files, "tandem.toml", "[pairing]\nbaseline_version = \"20240101000009\"\n");
    assert_refused(files, "there is no '20240101000009'");
}

// --- What init proposes
// --------------------------------------------------------------------------

static tdm_way way_of(project_files *files)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_proposal proposal;
    unlink(files_path(files, "tandem.toml"));
    files_put(files, ".git", "");
    files_check(files);
    if (tdm_propose(files->project, &proposal, &err) != TDM_OK)
        fail_msg("%s", err.message);
    // What is proposed can be read, and changes nothing for the worse.
    files_put(files, "tandem.toml", proposal.text.data);
    files_check(files);
    return proposal.way;
}

static void each_way_is_recognised(void **state)
{
    project_files *files = *state;
    put_twin(files, "r1", NULL, "a");
    put_twin(files, "r2", "r1", "b");
    assert_int_equal(way_of(files), TDM_WAY_MIRRORED);
    files_put(files, MIGRATIONS "20250101000005_x.sql", "CREATE TABLE x (id integer);\n");
    files_put(files, MIGRATIONS "20250101000006_y.sql", "CREATE TABLE y (id integer);\n");
    assert_int_equal(way_of(files), TDM_WAY_RETIRED);
    assert_int_equal(files_check(files)->error_count, 0);
    files_revision(files, "r3", "r2", TABLE("c") "  # Prod uses Supabase migrations");
    files_put(files, MIGRATIONS "20250101000007_z.sql", "CREATE TABLE z (id integer);\n");
    assert_int_equal(way_of(files), TDM_WAY_SUPABASE);
    assert_int_equal(files_check(files)->error_count, 1); // r3
}

static void a_beginning_in_sql_is_a_baseline(void **state)
{
    project_files *files = *state;
    files_put(files, MIGRATIONS "20250101000001_start.sql",
              "-- tandem: revision r1\nCREATE TABLE a (id integer);\n");
    files_revision(files, "r1", NULL, "pass");
    files_revision(files, "r2", "r1", TABLE("b"));
    files_revision(files, "r3", "r2", TABLE("c"));
    assert_int_equal(way_of(files), TDM_WAY_BASELINE);
    assert_int_equal(verdict_of(files_check(files), "r3"), TDM_VERDICT_ALONE);
}

static void sql_for_reading_and_separate_owners(void **state)
{
    project_files *files = *state;
    files_revision(files, "r1", NULL, TABLE("a"));
    files_put(files, MIGRATIONS "20250101000001_b.sql", "CREATE TABLE b (id integer);\n");
    assert_int_equal(way_of(files), TDM_WAY_SEPARATE);
    assert_int_equal(files_check(files)->error_count, 0);
    files_edit(files, MIGRATIONS "20250101000001_b.sql", "CREATE",
               "-- REFERENCE ONLY: do NOT apply\nCREATE");
    assert_int_equal(way_of(files), TDM_WAY_ALEMBIC);
}

static tdm_proposal propose(project_files *files)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_proposal proposal;
    files_check(files);
    if (tdm_propose(files->project, &proposal, &err) != TDM_OK)
        fail_msg("%s", err.message);
    return proposal;
}

// What a policy calls stands beside it, unless revisions make functions too.
static void functions_that_only_supabase_has_are_its_own(void **state)
{
    project_files *files = *state;
    files_remove(files, "tandem.toml");
    put_twin(files, "r1", NULL, "a");
    files_put(files, MIGRATIONS "20250201000001_rls.sql",
              "CREATE FUNCTION mine() RETURNS boolean LANGUAGE sql AS 'SELECT true';\n"
              "ALTER TABLE a ENABLE ROW LEVEL SECURITY;\n"
              "CREATE POLICY p ON a USING (mine());\n");
    assert_non_null(strstr(propose(files).text.data, "function = \"supabase\"\n"));
    files_revision(files, "r2", "r1", "op.execute('DROP FUNCTION IF EXISTS other()')");
    assert_null(strstr(propose(files).text.data, "function ="));
}

static void folders_of_migrations_are_found_by_their_names(void **state)
{
    project_files *files = *state;
    tdm_error err = TDM_ERROR_INIT;
    const char *const *folders;
    size_t count;
    files_put(files, "db/sql/20250101000001_x.sql", "SELECT 1;\n");
    files_put(files, "db/other/1_x.sql", "SELECT 1;\n");
    files_put(files, "node_modules/a/20250101000001_x.sql", "SELECT 1;\n");
    files_check(files);
    assert_int_equal(tdm_propose_folders(files->project, &folders, &count, &err), TDM_OK);
    assert_int_equal(count, 1);
    assert_string_equal(folders[0], "db/sql");
}

static void what_is_there_is_never_overwritten(void **state)
{
    project_files *files = *state;
    tdm_error err = TDM_ERROR_INIT;
    tdm_proposal proposal;
    put_twin(files, "r1", NULL, "a");
    files_check(files);
    assert_int_equal(tdm_propose(files->project, &proposal, &err), TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_EXISTS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, files_set_up, files_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_kind_may_stand_on_the_side_that_owns_it),
        TEST(what_both_must_say_is_missing_otherwise),
        TEST(everything_speaks_of_whole_files),
        TEST(a_wrong_kind_or_owner_is_an_error),
        TEST(before_the_baseline_only_the_end_counts),
        TEST(a_beginning_that_one_side_made_is_not_compared),
        TEST(one_side_may_have_begun_alone),
        TEST(each_way_is_recognised),
        TEST(a_beginning_in_sql_is_a_baseline),
        TEST(functions_that_only_supabase_has_are_its_own),
        TEST(folders_of_migrations_are_found_by_their_names),
        TEST(sql_for_reading_and_separate_owners),
        TEST(what_is_there_is_never_overwritten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
