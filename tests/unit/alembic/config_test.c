#include "alembic/config.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#include "memory_tree.h"
#include "test.h"

#define INI "[alembic]\nscript_location = %(here)s/migrations\n"

typedef struct fixture {
    tdm_arena *arena;
    memory_tree tree;
    tdm_alembic_choice choice;
    tdm_alembic_config config;
    tdm_error err;
} fixture;

static int open_fixture(void **state)
{
    static fixture shared;
    shared = (fixture){.arena = tdm_arena_new(0), .err = TDM_ERROR_INIT};
    *state = &shared;
    return shared.arena ? 0 : -1;
}

static int close_fixture(void **state)
{
    tdm_arena_free(((fixture *)*state)->arena);
    return 0;
}

static tdm_status read_config(fixture *f, const memory_file *files)
{
    f->tree = memory_tree_of(files);
    return tdm_alembic_config_read(f->arena, &f->tree.tree, &f->choice, &f->config, &f->err);
}

static void assert_read(fixture *f, const memory_file *files)
{
    tdm_status status = read_config(f, files);
    if (status != TDM_OK)
        print_error("%s\n", f->err.message);
    assert_int_equal(status, TDM_OK);
}

static void assert_refused(fixture *f, const memory_file *files, const char *message)
{
    assert_int_equal(read_config(f, files), TDM_FAILED);
    assert_string_equal(f->err.message, message);
}

static void assert_versions(fixture *f, const char *first, const char *second)
{
    const char *const expected[] = {first, second};
    assert_int_equal(f->config.version_count, second ? 2 : 1);
    for (size_t i = 0; i < f->config.version_count; i++)
        assert_string_equal(f->config.versions[i], expected[i]);
}

static void an_ini_in_the_start_folder_is_taken(void **state)
{
    fixture *f = *state;
    const memory_file files[] = {{"alembic.ini", INI},
                                 {"migrations/env.py", ""},
                                 {"migrations/versions/a.py", ""},
                                 {"other/alembic.ini", INI},
                                 {NULL, NULL}};
    assert_read(f, files);
    assert_string_equal(f->config.ini, "alembic.ini");
    assert_null(f->config.toml);
    assert_string_equal(f->config.script_location, "migrations");
    assert_string_equal(f->config.env, "migrations/env.py");
    assert_versions(f, "migrations/versions", NULL);
    assert_int_equal(f->config.truncate_slug_length, 40);
    assert_text_equal(f->config.file_template, "%(rev)s_%(slug)s");
    assert_text_equal(f->config.output_encoding, "utf-8");
    assert_int_equal(f->config.note_count, 0);
}

static void the_search_goes_up_before_it_goes_down(void **state)
{
    fixture *f = *state;
    const memory_file files[] = {{"app/backend/alembic.ini", INI},
                                 {"app/backend/migrations/versions/a.py", ""},
                                 {"app/backend/src/x.py", ""},
                                 {"app/frontend/x.js", ""},
                                 {NULL, NULL}};
    assert_read(f, files);
    assert_string_equal(f->config.ini, "app/backend/alembic.ini");
    f->choice.start = "app/backend/src";
    assert_read(f, files);
    assert_string_equal(f->config.ini, "app/backend/alembic.ini");
    f->choice.start = "app/frontend";
    assert_read(f, files);
    assert_string_equal(f->config.ini, "app/backend/alembic.ini");
    assert_string_equal(f->config.roots[0], "app/backend");
    assert_string_equal(f->config.roots[1], "app/backend/src");
    assert_string_equal(f->config.roots[3], "");
}

static void several_configurations_are_named(void **state)
{
    fixture *f = *state;
    const memory_file files[] = {
        {"a/alembic.ini", INI},           {"a/migrations/versions/a.py", ""},
        {"b/alembic.ini", INI},           {"b/migrations/versions/a.py", ""},
        {"tests/alembic.ini", INI},       {"node_modules/x/alembic.ini", INI},
        {"c/alembic.ini", "[loggers]\n"}, {NULL, NULL}};
    assert_refused(f, files, "several Alembic configurations: 'a/alembic.ini', 'b/alembic.ini'");
    f->choice.start = "b";
    assert_read(f, files);
    assert_string_equal(f->config.ini, "b/alembic.ini");
    f->choice = (tdm_alembic_choice){.config = "a/alembic.ini"};
    assert_read(f, files);
    assert_string_equal(f->config.ini, "a/alembic.ini");
    f->choice.config = "d/alembic.ini";
    assert_refused(f, files, "the Alembic configuration 'd/alembic.ini' is not there");
}

static void nothing_found_is_an_error_unless_it_may_be(void **state)
{
    fixture *f = *state;
    const memory_file files[] = {{"x.py", ""}, {NULL, NULL}};
    assert_refused(f, files,
                   "no alembic.ini and no pyproject.toml with [tool.alembic] at, above or below "
                   "'.'");
    f->choice.optional = true;
    assert_read(f, files);
    assert_null(f->config.ini);
    assert_int_equal(f->config.version_count, 0);
}

static void ini_and_toml_are_merged_by_option(void **state)
{
    fixture *f = *state;
    const memory_file files[] = {
        {"alembic.ini", "[alembic]\nsqlalchemy.url = postgresql://h/%%41\ntimezone = UTC\n"},
        {"pyproject.toml", "[tool.alembic]\nscript_location = \"%(here)s/m\"\ntimezone = \"CET\"\n"
                           "file_template = \"%%(rev)s\"\ntruncate_slug_length = 12\n"
                           "recursive_version_locations = true\n"
                           "version_locations = [\"%(here)s/m/a\", \"m/b\", \"m/absent\"]\n"},
        {"m/a/x.py", ""},
        {"m/b/x.py", ""},
        {NULL, NULL}};
    assert_read(f, files);
    assert_string_equal(f->config.toml, "pyproject.toml");
    assert_string_equal(f->config.script_location, "m");
    assert_text_equal(f->config.timezone, "UTC");
    assert_text_equal(f->config.url, "postgresql://h/%41");
    assert_text_equal(f->config.file_template, "%(rev)s");
    assert_int_equal(f->config.truncate_slug_length, 12);
    assert_true(f->config.recursive);
    assert_versions(f, "m/a", "m/b");
    assert_int_equal(f->config.note_count, 1);
    assert_text_equal(f->config.notes[0].message, "the version location 'm/absent' is not there");
}

static void a_section_may_be_named(void **state)
{
    fixture *f = *state;
    const memory_file files[] = {
        {"alembic.ini", "[alembic]\nscript_location = a\n[two]\nscript_location = b\n"},
        {"a/versions/x.py", ""},
        {"b/versions/x.py", ""},
        {NULL, NULL}};
    f->choice.section = TDM_TEXT("two");
    assert_read(f, files);
    assert_string_equal(f->config.script_location, "b");
    f->choice.section = TDM_TEXT("three");
    assert_refused(f, files, "No 'script_location' key found in configuration.");
}

static void relative_paths_start_at_the_file_or_at_a_folder_above_it(void **state)
{
    fixture *f = *state;
    const memory_file files[] = {{"db/alembic.ini", "[alembic]\nscript_location = db\n"},
                                 {"db/versions/x.py", ""},
                                 {NULL, NULL}};
    assert_read(f, files);
    assert_string_equal(f->config.script_location, "db");
    assert_text_equal(f->config.notes[0].message,
                      "script_location 'db' is taken from '.': 'db' has no such folder");
    assert_int_equal(f->config.notes[0].place.line, 2);
}

static void lists_are_split_as_their_separator_says(void **state)
{
    fixture *f = *state;
    const struct {
        const char *ini;
        const char *first;
        const char *second;
    } rows[] = {
        {"version_locations = a b\n", "a", "b"},
        {"version_locations = a,  b\n", "a", "b"},
        {"path_separator = os\nversion_locations = a: b :\n", "a", "b"},
        {"path_separator = ;\nversion_locations = a;b\n", "a", "b"},
        {"path_separator = newline\nversion_locations =\n  a\n  b\n", "a", "b"},
        {"path_separator = space\nversion_locations = a b\n", "a", "b"},
        {"version_path_separator = :\nversion_locations = a:b\n", "a", "b"},
        {"version_locations =\n", "m/versions", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char ini[256];
        snprintf(ini, sizeof ini, "[alembic]\nscript_location = m\n%s", rows[i].ini);
        const memory_file files[] = {{"alembic.ini", ini},
                                     {"a/x.py", ""},
                                     {"b/x.py", ""},
                                     {"m/versions/x.py", ""},
                                     {NULL, NULL}};
        assert_read(f, files);
        assert_versions(f, rows[i].first, rows[i].second);
    }
    const memory_file wrong[] = {
        {"alembic.ini",
         "[alembic]\nscript_location = m\npath_separator = |\nversion_locations = a\n"},
        {"m/versions/x.py", ""},
        {NULL, NULL}};
    assert_refused(f, wrong,
                   "'|' is not a valid value for path_separator; expected 'space', 'newline', "
                   "'os', ':', ';'");
    assert_int_equal(f->err.place.line, 3);
}

static void only_the_word_true_is_true(void **state)
{
    fixture *f = *state;
    const struct {
        const char *word;
        bool value;
    } rows[] = {{"true", true}, {"True", false}, {"yes", false}, {"1", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char ini[256];
        snprintf(ini, sizeof ini,
                 "[alembic]\nscript_location = m\nrecursive_version_locations = %s\n",
                 rows[i].word);
        const memory_file files[] = {{"alembic.ini", ini}, {"m/versions/x.py", ""}, {NULL, NULL}};
        assert_read(f, files);
        assert_int_equal(f->config.recursive, rows[i].value);
    }
    const memory_file toml[] = {
        {"pyproject.toml", "[tool.alembic]\nscript_location = 'm'\nsourceless = 'true'\n"},
        {"m/versions/x.py", ""},
        {NULL, NULL}};
    assert_refused(f, toml, "boolean value expected for TOML parameter 'sourceless'");
}

static void packages_are_found_below_the_import_paths(void **state)
{
    fixture *f = *state;
    const memory_file files[] = {
        {"alembic.ini", "[alembic]\nscript_location = app.db:migrations\nprepend_sys_path = lib\n"},
        {"lib/app/db/migrations/versions/x.py", ""},
        {NULL, NULL}};
    assert_read(f, files);
    assert_string_equal(f->config.script_location, "lib/app/db/migrations");
    const memory_file absent[] = {{"alembic.ini", "[alembic]\nscript_location = app:migrations\n"},
                                  {NULL, NULL}};
    assert_refused(f, absent,
                   "the package folder 'app:migrations' that script_location names is not in the "
                   "project");
    assert_int_equal(f->err.place.line, 2);
}

static void what_leads_out_of_the_project_is_refused(void **state)
{
    fixture *f = *state;
    const memory_file files[] = {{"alembic.ini", "[alembic]\nscript_location = /elsewhere/m\n"},
                                 {NULL, NULL}};
    assert_refused(f, files,
                   "script_location '/elsewhere/m' lies outside of the project '/project'");
    const memory_file beside[] = {
        {"alembic.ini", "[alembic]\nscript_location = %(here)s/../projects/m\n"}, {NULL, NULL}};
    assert_refused(f, beside,
                   "script_location '/project/../projects/m' lies outside of the project "
                   "'/project'");
    const memory_file missing[] = {{"alembic.ini", "[alembic]\nscript_location = ../m\n"},
                                   {NULL, NULL}};
    assert_refused(f, missing,
                   "Path doesn't exist: ../m.  Please use the 'init' command to create a new "
                   "scripts folder.");
}

static void folders_named_by_hand_need_no_configuration(void **state)
{
    fixture *f = *state;
    static const char *const folders[] = {"revisions"};
    const memory_file files[] = {{"revisions/x.py", ""}, {NULL, NULL}};
    f->choice.versions = folders;
    f->choice.version_count = 1;
    assert_read(f, files);
    assert_versions(f, "revisions", NULL);
    const memory_file none[] = {{"other/x.py", ""}, {NULL, NULL}};
    assert_refused(f, none, "the folder of revisions 'revisions' is not there");
    const memory_file both[] = {{"alembic.ini", INI},
                                {"migrations/env.py", ""},
                                {"migrations/versions/a.py", ""},
                                {"revisions/x.py", ""},
                                {NULL, NULL}};
    assert_read(f, both);
    assert_versions(f, "revisions", NULL);
    assert_string_equal(f->config.env, "migrations/env.py");
}

static void the_ini_of_flask_migrate_names_its_own_folder(void **state)
{
    fixture *f = *state;
    const memory_file files[] = {{"app/migrations/alembic.ini", "[alembic]\n"},
                                 {"app/migrations/env.py", ""},
                                 {"app/migrations/versions/x.py", ""},
                                 {NULL, NULL}};
    assert_read(f, files);
    assert_string_equal(f->config.script_location, "app/migrations");
    assert_versions(f, "app/migrations/versions", NULL);
    assert_text_equal(f->config.notes[0].message,
                      "no script_location: 'app/migrations', which holds env.py and versions, is "
                      "taken, as Flask-Migrate does");
}

static void other_sections_are_offered(void **state)
{
    fixture *f = *state;
    const memory_file files[] = {
        {"alembic.ini", "[one]\nscript_location = a\n[loggers]\n[two]\nscript_location = b\n"},
        {NULL, NULL}};
    assert_refused(f, files, "No 'script_location' key found in configuration.");
    assert_string_equal(f->err.hint, "These sections have it; choose one with --name: one, two.");
}

static void a_folder_without_revisions_is_noticed(void **state)
{
    fixture *f = *state;
    const memory_file files[] = {{"alembic.ini", "[alembic]\nscript_location = m\n"},
                                 {"m/versions/postgresql/x.py", ""},
                                 {NULL, NULL}};
    assert_read(f, files);
    assert_text_equal(f->config.notes[0].message,
                      "'m/versions' holds no revisions, and its folders are not read without "
                      "recursive_version_locations");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
    const struct CMUnitTest tests[] = {
        TEST(an_ini_in_the_start_folder_is_taken),
        TEST(the_search_goes_up_before_it_goes_down),
        TEST(several_configurations_are_named),
        TEST(nothing_found_is_an_error_unless_it_may_be),
        TEST(ini_and_toml_are_merged_by_option),
        TEST(a_section_may_be_named),
        TEST(relative_paths_start_at_the_file_or_at_a_folder_above_it),
        TEST(lists_are_split_as_their_separator_says),
        TEST(only_the_word_true_is_true),
        TEST(packages_are_found_below_the_import_paths),
        TEST(what_leads_out_of_the_project_is_refused),
        TEST(the_ini_of_flask_migrate_names_its_own_folder),
        TEST(other_sections_are_offered),
        TEST(a_folder_without_revisions_is_noticed),
        TEST(folders_named_by_hand_need_no_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
