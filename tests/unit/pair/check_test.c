// `tandem check` on whole projects: what is paired, what is found, and where.
#include "project_files.h"

#include <tandem/finding.h>

#define MIGRATIONS "supabase/migrations/"

static const tdm_finding *find(const tdm_check_result *result, tdm_finding_kind kind)
{
    for (size_t i = 0; i < result->finding_count; i++)
        if (result->findings[i].kind == kind)
            return &result->findings[i];
    return NULL;
}

static size_t count_of(const tdm_check_result *result, tdm_verdict verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < result->pair_count; i++)
        count += result->pairs[i].verdict == verdict;
    return count;
}

static void assert_contains(tdm_text text, const char *part)
{
    if (tdm_text_find(text, tdm_text_of(part)) == SIZE_MAX)
        fail_msg("'%.*s' does not contain '%s'", TDM_TEXT_ARG(text), part);
}

static void copy_example(project_files *files)
{
    files_copy(files, "alembic");
    files_copy(files, "alembic/versions");
    files_copy(files, "supabase/migrations");
    files_remove(files, "alembic/versions/.keep");
    files_remove(files, MIGRATIONS ".keep");
    files_remove(files, "alembic.ini");
}

// --- The worked example
// -----------------------------------------------------------------------------

static void the_example_agrees(void **state)
{
    project_files *files = *state;
    copy_example(files);
    const tdm_check_result *result = files_check(files);
    assert_int_equal(result->error_count, 0);
    assert_int_equal(result->finding_count, 0);
    assert_int_equal(result->pair_count, 8);
    assert_int_equal(count_of(result, TDM_VERDICT_IDENTICAL), 7);
    assert_int_equal(result->pairs[1].verdict, TDM_VERDICT_EQUIVALENT);
    assert_int_equal(result->pairs[1].link, TDM_LINK_WRITTEN);
    assert_text_equal(result->pairs[1].revisions[0].id, "20241127_000001");
}

static void a_changed_type_names_the_line_and_both_spellings(void **state)
{
    project_files *files = *state;
    copy_example(files);
    const char *path = MIGRATIONS "20241126000001_initial_schema.sql";
    files_edit(files, path, "mime_type VARCHAR(127)", "mime_type VARCHAR(100)");
    const tdm_check_result *result = files_check(files);
    const tdm_finding *finding = find(result, TDM_FINDING_DIFFERENT);
    assert_non_null(finding);
    assert_int_equal(result->error_count, 1);
    assert_string_equal(finding->place.file, path);
    assert_contains(finding->message, "documents.mime_type");
    assert_contains(finding->says, "100");
    assert_contains(finding->other_says, "127");
    assert_string_equal(finding->other_place.file,
                        "alembic/versions/20241126_000001_initial_schema.py");
    // The line of the column, not of its table.
    tdm_error err = TDM_ERROR_INIT;
    tdm_tree *tree;
    tdm_text source;
    assert_int_equal(tdm_tree_open_folder(files->root, &tree, &err), TDM_OK);
    assert_int_equal(tdm_tree_read(tree, path, files->arena, &source, &err), TDM_OK);
    tdm_tree_free(tree);
    uint32_t line, column;
    tdm_text_position(source, tdm_text_find(source, TDM_TEXT("mime_type")), &line, &column);
    assert_int_equal(finding->place.line, line);
}

static void a_wrong_guarded_type_names_the_line_in_the_block(void **state)
{
    project_files *files = *state;
    copy_example(files);
    files_edit(files, MIGRATIONS "20241127000001_add_document_file_path.sql", "VARCHAR(512)",
               "VARCHAR(256)");
    const tdm_check_result *result = files_check(files);
    const tdm_finding *finding = find(result, TDM_FINDING_DIFFERENT);
    assert_non_null(finding);
    assert_contains(finding->message, "documents.file_path");
    assert_contains(finding->message, "VARCHAR(256)");
    assert_contains(finding->message, "VARCHAR(512)");
    assert_int_equal(finding->place.line, 13);
}

static void a_removed_migration_is_named_as_missing(void **state)
{
    project_files *files = *state;
    copy_example(files);
    files_remove(files, MIGRATIONS "20241128000002_add_task_queue_and_knowledge_graph.sql");
    const tdm_check_result *result = files_check(files);
    const tdm_finding *finding = find(result, TDM_FINDING_MISSING_MIGRATION);
    assert_non_null(finding);
    assert_int_equal(result->error_count, 1);
    assert_text_equal(finding->revision, "20241128_000002");
    assert_contains(finding->message, "20241128_000002");
    assert_contains(finding->hint, "tandem convert 20241128_000002");
    assert_string_equal(finding->place.file,
                        "alembic/versions/20241128_000002_add_task_queue_and_knowledge_graph.py");
}

// --- Small projects
// ---------------------------------------------------------------------------------

static void a_migration_without_revision(void **state)
{
    project_files *files = *state;
    files_put(files, MIGRATIONS "20240101000000_a.sql", "CREATE TABLE a (x int);\n");
    const tdm_check_result *result = files_check(files);
    const tdm_finding *finding = find(result, TDM_FINDING_MISSING_REVISION);
    assert_non_null(finding);
    assert_text_equal(finding->version, "20240101000000");
    assert_int_equal(count_of(result, TDM_VERDICT_MISSING), 1);
}

static void policies_may_stand_alone_and_are_counted(void **state)
{
    project_files *files = *state;
    files_put(files, MIGRATIONS "20240101000000_rls.sql",
              "-- policies\nALTER TABLE a ENABLE ROW LEVEL SECURITY;\n"
              "CREATE POLICY p ON a USING (true);\nCREATE POLICY q ON a USING (true);\n");
    const tdm_check_result *result = files_check(files);
    const tdm_finding *finding = find(result, TDM_FINDING_RESIDUE);
    assert_int_equal(result->error_count, 0);
    assert_int_equal(result->pairs[0].verdict, TDM_VERDICT_ALONE);
    assert_non_null(finding);
    assert_int_equal(finding->place.line, 2);
    assert_text_equal(finding->message, "only the migration does this: 2 policies, 1 row level "
                                        "security switch");
}

static void a_function_among_policies_is_named(void **state)
{
    project_files *files = *state;
    files_put(files, MIGRATIONS "20240101000000_rls.sql",
              "CREATE POLICY p ON a USING (true); CREATE POLICY q ON a USING (true);\n"
              "CREATE FUNCTION is_admin() RETURNS boolean LANGUAGE sql AS 'SELECT true';\n");
    const tdm_check_result *result = files_check(files);
    const tdm_finding *finding = find(result, TDM_FINDING_MISSING_REVISION);
    assert_non_null(finding);
    assert_int_equal(finding->place.line, 2);
    assert_contains(finding->message, "is_admin");
}

static void revisions_without_effect_need_no_migration(void **state)
{
    project_files *files = *state;
    files_revision(files, "aaa", NULL, "pass");
    files_revision(files, "bbb", "aaa", "op.execute(\"INSERT INTO t VALUES (1)\")");
    const tdm_check_result *result = files_check(files);
    assert_int_equal(result->error_count, 0);
    assert_int_equal(count_of(result, TDM_VERDICT_ALONE), 2);
    assert_text_equal(result->pairs[0].detail, "does nothing");
    assert_text_equal(result->pairs[1].detail, "1 data statement");
}

static void what_cannot_be_known_is_said_with_its_place(void **state)
{
    project_files *files = *state;
    files_revision(files, "aaa", NULL, "op.execute(open(\"x\").read())");
    const tdm_check_result *result = files_check(files);
    const tdm_finding *finding = find(result, TDM_FINDING_OPAQUE_REVISION);
    assert_int_equal(result->pairs[0].verdict, TDM_VERDICT_OPAQUE);
    assert_non_null(finding);
    assert_string_equal(finding->place.file, "alembic/versions/aaa_change.py");
    assert_int_equal(finding->place.line, 10);
}

static void an_opaque_side_never_agrees(void **state)
{
    project_files *files = *state;
    files_revision(files, "aaa", NULL,
                   "op.execute(\"CREATE TABLE a (x int)\"); op.execute(open(\"x\").read())");
    files_put(files, MIGRATIONS "20240101000000_a.sql",
              "-- tandem: revision aaa\nCREATE TABLE a (x int);\n");
    const tdm_check_result *result = files_check(files);
    assert_int_equal(result->pair_count, 1);
    assert_int_equal(result->pairs[0].verdict, TDM_VERDICT_OPAQUE);
    const tdm_finding *finding = find(result, TDM_FINDING_OPAQUE_PAIR);
    assert_non_null(finding);
    assert_string_equal(finding->place.file, "alembic/versions/aaa_change.py");
}

static void a_search_path_in_an_earlier_revision_leaves_later_ones_open(void **state)
{
    project_files *files = *state;
    files_revision(files, "aaa", NULL, "op.execute(\"SET search_path TO s\")");
    files_revision(files, "bbb", "aaa", "op.execute(\"CREATE TABLE a (x int)\")");
    files_put(files, MIGRATIONS "20240101000000_a.sql",
              "-- tandem: revision aaa\nSET search_path TO s;\n");
    files_put(files, MIGRATIONS "20240102000000_b.sql",
              "-- tandem: revision bbb\nCREATE TABLE a (x int);\n");
    const tdm_check_result *result = files_check(files);
    assert_int_equal(result->pairs[0].verdict, TDM_VERDICT_IDENTICAL);
    assert_int_equal(result->pairs[1].verdict, TDM_VERDICT_OPAQUE);
    assert_contains(find(result, TDM_FINDING_OPAQUE_PAIR)->message, "search_path");
}

static void a_guard_is_not_trusted_after_the_histories_have_parted(void **state)
{
    project_files *files = *state;
    files_revision(files, "aaa", NULL, "op.execute(\"CREATE TABLE a (x int)\")");
    files_revision(files, "bbb", "aaa", "op.execute(\"CREATE TABLE b (x int)\")");
    files_put(files, MIGRATIONS "20240101000000_a.sql",
              "-- tandem: revision aaa\nCREATE TABLE a (x int);\nCREATE TABLE b (y int);\n");
    files_put(files, MIGRATIONS "20240102000000_b.sql",
              "-- tandem: revision bbb\nCREATE TABLE IF NOT EXISTS b (x int);\n");
    const tdm_check_result *result = files_check(files);
    assert_int_equal(result->pairs[0].verdict, TDM_VERDICT_DIFFERENT);
    assert_int_equal(result->pairs[1].verdict, TDM_VERDICT_OPAQUE);
}

static void a_misordered_pair(void **state)
{
    project_files *files = *state;
    files_revision(files, "aaa", NULL, "op.execute(\"CREATE TABLE a (x int)\")");
    files_revision(files, "bbb", "aaa", "op.execute(\"CREATE TABLE b (x int)\")");
    files_put(files, MIGRATIONS "20240101000000_b.sql",
              "-- tandem: revision bbb\nCREATE TABLE b (x int);\n");
    files_put(files, MIGRATIONS "20240102000000_a.sql",
              "-- tandem: revision aaa\nCREATE TABLE a (x int);\n");
    const tdm_check_result *result = files_check(files);
    const tdm_finding *finding = find(result, TDM_FINDING_ORDER);
    assert_non_null(finding);
    assert_int_equal(result->error_count, 1);
    assert_string_equal(finding->place.file, MIGRATIONS "20240101000000_b.sql");
    assert_string_equal(finding->other_place.file, MIGRATIONS "20240102000000_a.sql");
    assert_text_equal(finding->revision, "bbb");
}

static void several_heads_and_missing_parents(void **state)
{
    project_files *files = *state;
    files_revision(files, "aaa", NULL, "pass");
    files_revision(files, "bbb", "aaa", "pass");
    files_revision(files, "ccc", "aaa", "pass");
    files_revision(files, "ddd", "gone", "pass");
    const tdm_check_result *result = files_check(files);
    const tdm_finding *heads = find(result, TDM_FINDING_SEVERAL_HEADS);
    const tdm_finding *missing = find(result, TDM_FINDING_MISSING_PARENT);
    assert_non_null(heads);
    assert_contains(heads->message, "bbb, ccc");
    assert_non_null(missing);
    assert_string_equal(missing->place.file, "alembic/versions/ddd_change.py");
}

static void a_revision_that_cannot_be_read_does_not_hide_the_rest(void **state)
{
    project_files *files = *state;
    files_revision(files, "aaa", NULL, "op.execute(\"CREATE TABLE a (x int)\")");
    files_put(files, "alembic/versions/broken.py", "def upgrade(:\n");
    const tdm_check_result *result = files_check(files);
    assert_non_null(find(result, TDM_FINDING_UNREADABLE_REVISION));
    assert_non_null(find(result, TDM_FINDING_MISSING_MIGRATION));
}

static void what_is_wrong_with_the_folder(void **state)
{
    project_files *files = *state;
    files_put(files, MIGRATIONS "001_a.sql", "BEGIN;\nDROP POLICY p ON a;\nCOMMIT;\n");
    files_put(files, MIGRATIONS "001_b.sql", "DROP POLICY q ON a;\n");
    files_put(files, MIGRATIONS "notes.sql", "SELECT 1;\n");
    files_put(files, MIGRATIONS "20240101000000_latin.sql", "SELECT '\xe9';\n");
    const tdm_check_result *result = files_check(files);
    const tdm_finding *twice = find(result, TDM_FINDING_DUPLICATE_VERSION);
    assert_non_null(twice);
    assert_string_equal(twice->place.file, MIGRATIONS "001_b.sql");
    assert_string_equal(twice->other_place.file, MIGRATIONS "001_a.sql");
    assert_non_null(find(result, TDM_FINDING_ODD_VERSION));
    assert_non_null(find(result, TDM_FINDING_UNREADABLE_MIGRATION));
    const tdm_finding *control = find(result, TDM_FINDING_TRANSACTION_CONTROL);
    assert_non_null(control);
    assert_int_equal(control->place.line, 1);
    for (size_t i = 0; i < result->finding_count; i++) {
        const tdm_finding *finding = &result->findings[i];
        if (finding->kind != TDM_FINDING_SKIPPED_FILE)
            continue;
        bool sql = tdm_text_ends(tdm_text_of(finding->place.file), TDM_TEXT(".sql"));
        assert_int_equal(finding->severity, sql ? TDM_SEVERITY_WARNING : TDM_SEVERITY_NOTE);
    }
}

static void a_link_to_nothing(void **state)
{
    project_files *files = *state;
    files_put(files, MIGRATIONS "20240101000000_a.sql",
              "-- A table\n-- tandem: revision abc\nCREATE TABLE a (x int);\n");
    const tdm_check_result *result = files_check(files);
    const tdm_finding *finding = find(result, TDM_FINDING_AMBIGUOUS_LINK);
    assert_non_null(finding);
    assert_int_equal(finding->place.line, 2);
    assert_text_equal(finding->version, "20240101000000");
}

static void a_migration_that_writes_a_history(void **state)
{
    project_files *files = *state;
    files_revision(files, "aaa", NULL, "op.execute(\"CREATE TABLE a (x int)\")");
    files_put(files, MIGRATIONS "20240101000000_a.sql",
              "-- tandem: revision aaa\nCREATE TABLE a (x int);\n"
              "INSERT INTO alembic_version VALUES ('aaa');\n");
    const tdm_check_result *result = files_check(files);
    const tdm_finding *finding = find(result, TDM_FINDING_BOOKKEEPING);
    assert_int_equal(result->error_count, 0);
    assert_int_equal(result->pairs[0].verdict, TDM_VERDICT_EQUIVALENT);
    assert_non_null(finding);
    assert_int_equal(finding->place.line, 3);
}

static void findings_are_sorted_and_the_same_every_time(void **state)
{
    project_files *files = *state;
    for (int i = 9; i > 0; i--)
        files_put(files, tdm_arena_printf(files->arena, MIGRATIONS "00%d_x.sql", i).data,
                  "CREATE TABLE a (x int);\nBEGIN;\n");
    const tdm_check_result *result = files_check(files);
    assert_true(result->finding_count > 20);
    for (size_t i = 1; i < result->finding_count; i++) {
        const tdm_finding *a = &result->findings[i - 1];
        const tdm_finding *b = &result->findings[i];
        int order = strcmp(a->place.file, b->place.file);
        assert_true(order < 0 || (order == 0 && a->place.line <= b->place.line));
    }
}

static void an_empty_project_has_nothing_to_say(void **state)
{
    project_files *files = *state;
    files_remove(files, MIGRATIONS ".keep");
    const tdm_check_result *result = files_check(files);
    assert_int_equal(result->pair_count, 0);
    assert_int_equal(result->finding_count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, files_set_up, files_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_example_agrees),
        TEST(a_changed_type_names_the_line_and_both_spellings),
        TEST(a_wrong_guarded_type_names_the_line_in_the_block),
        TEST(a_removed_migration_is_named_as_missing),
        TEST(a_migration_without_revision),
        TEST(policies_may_stand_alone_and_are_counted),
        TEST(a_function_among_policies_is_named),
        TEST(revisions_without_effect_need_no_migration),
        TEST(what_cannot_be_known_is_said_with_its_place),
        TEST(an_opaque_side_never_agrees),
        TEST(a_search_path_in_an_earlier_revision_leaves_later_ones_open),
        TEST(a_guard_is_not_trusted_after_the_histories_have_parted),
        TEST(a_misordered_pair),
        TEST(several_heads_and_missing_parents),
        TEST(a_revision_that_cannot_be_read_does_not_hide_the_rest),
        TEST(what_is_wrong_with_the_folder),
        TEST(a_link_to_nothing),
        TEST(a_migration_that_writes_a_history),
        TEST(findings_are_sorted_and_the_same_every_time),
        TEST(an_empty_project_has_nothing_to_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
