// Which new tables the API would show, and what --rls writes for them.
#include "pair/project_files.h"

#include <tandem/convert.h>

static const tdm_converted *last_file(project_files *files)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_project_options project = {.directory = files->root};
    tdm_convert_options options = {.to = TDM_CONVERT_TO_SUPABASE, .project = &project, .rls = true};
    tdm_conversion made = {0};
    files_check(files);
    if (tdm_convert(files->project, &options, &made, &err) != TDM_OK)
        fail_msg("%s", err.message);
    return &made.files[made.count - 1];
}

// What stands below the line that says what this side does alone.
static tdm_text only_here(const tdm_converted *file)
{
    size_t at = tdm_text_find(file->text, TDM_TEXT("-- tandem: only here\n"));
    return at == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_from(file->text, at + 21);
}

static void execute(project_files *files, const char *id, const char *down, const char *sql)
{
    files_revision(files, id, down,
                   tdm_arena_printf(files->arena, "op.execute(\"\"\"%s\"\"\")", sql).data);
}

static void every_new_table_of_the_api_is_closed(void **state)
{
    project_files *files = *state;
    files_put(files, "supabase/config.toml",
              "project_id = \"x\"\n[api]\nschemas = [\"public\", \"shop\"]\n");
    execute(files, "20250101_000001", NULL,
            "CREATE SCHEMA shop; CREATE SCHEMA inner_life; CREATE TABLE notes (id int); "
            "CREATE TABLE shop.\"Orders\" (id int); CREATE TABLE inner_life.thoughts (id int)");
    assert_text_equal(only_here(last_file(files)),
                      "ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY;\n"
                      "ALTER TABLE shop.\"Orders\" ENABLE ROW LEVEL SECURITY;\n");
}

static void a_table_that_is_closed_or_gone_is_left_alone(void **state)
{
    project_files *files = *state;
    execute(files, "20250101_000001", NULL,
            "CREATE TABLE a (id int); ALTER TABLE a ENABLE ROW LEVEL SECURITY; "
            "CREATE TABLE b (id int); DROP TABLE b");
    assert_text_equal(only_here(last_file(files)), "");
}

static void a_table_is_closed_under_the_name_that_it_has_at_the_end(void **state)
{
    project_files *files = *state;
    execute(files, "20250101_000001", NULL, "CREATE TABLE a (id int); ALTER TABLE a RENAME TO b");
    assert_text_equal(only_here(last_file(files)),
                      "ALTER TABLE public.b ENABLE ROW LEVEL SECURITY;\n");
}

static void tables_of_earlier_revisions_are_theirs(void **state)
{
    project_files *files = *state;
    execute(files, "20250101_000001", NULL, "CREATE TABLE a (id int)");
    execute(files, "20250102_000001", "20250101_000001",
            "ALTER TABLE a ADD COLUMN b int; CREATE TABLE c (id int)");
    assert_text_equal(only_here(last_file(files)),
                      "ALTER TABLE public.c ENABLE ROW LEVEL SECURITY;\n");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, files_set_up, files_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_new_table_of_the_api_is_closed),
        CASE(a_table_that_is_closed_or_gone_is_left_alone),
        CASE(a_table_is_closed_under_the_name_that_it_has_at_the_end),
        CASE(tables_of_earlier_revisions_are_theirs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
