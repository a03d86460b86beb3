#include "config/settings.h"

#include "base/file.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory_tree.h"
#include "test.h"

typedef struct variable {
    const char *name;
    const char *value;
} variable;

typedef struct fixture {
    tdm_arena *arena;
    memory_tree tree;
    tdm_settings_input input;
    const variable *variables; // ends with a NULL name
    tdm_settings settings;
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

static const char *ask(void *context, const char *name)
{
    const variable *list = context;
    for (; list && list->name; list++)
        if (strcmp(list->name, name) == 0)
            return list->value;
    return NULL;
}

static tdm_status read_files(fixture *f, const memory_file *files)
{
    f->tree = memory_tree_of(files);
    f->input.tree = &f->tree.tree;
    f->input.environment = ask;
    f->input.environment_context = (void *)f->variables;
    return tdm_settings_read(f->arena, &f->input, &f->settings, &f->err);
}

static void assert_read(fixture *f, const char *source)
{
    const memory_file files[] = {{"tandem.toml", source}, {NULL, NULL}};
    tdm_status status = read_files(f, files);
    if (status != TDM_OK)
        print_error("%s\n", f->err.message);
    assert_int_equal(status, TDM_OK);
}

static void assert_refused(fixture *f, const char *source, uint32_t line, const char *message)
{
    const memory_file files[] = {{"tandem.toml", source}, {NULL, NULL}};
    assert_int_equal(read_files(f, files), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_CONFIG);
    assert_string_equal(f->err.message, message);
    assert_int_equal(f->err.place.line, line);
}

static void assert_setting(fixture *f, tdm_setting_id id, const char *text, tdm_origin origin)
{
    assert_text_equal(tdm_setting_text(&f->settings, id), text);
    assert_int_equal(f->settings.values[id].origin, origin);
}

static void without_a_file_everything_is_built_in(void **state)
{
    fixture *f = *state;
    const memory_file files[] = {{NULL, NULL}};
    assert_int_equal(read_files(f, files), TDM_OK);
    assert_setting(f, TDM_SETTING_ALEMBIC_SECTION, "alembic", TDM_ORIGIN_BUILT_IN);
    assert_setting(f, TDM_SETTING_PAIRING_LEADS, "alembic", TDM_ORIGIN_BUILT_IN);
    assert_setting(f, TDM_SETTING_ALEMBIC_CONFIG, "", TDM_ORIGIN_ABSENT);
    assert_null(f->settings.project_file);
}

static void the_project_file_says_where_things_are(void **state)
{
    fixture *f = *state;
    const memory_file files[] = {
        {"supabase/tandem.toml",
         "[alembic]\nconfig = '../backend/alembic.ini'\nversions = ['../a', '/project/b']\n"
         "recursive = true\ncommand = 'uv run alembic'\n[supabase]\nfolder = '.'\n"
         "[pairing]\nbaseline_revision = 20241126_000001\n"},
        {NULL, NULL}};
    assert_int_equal(read_files(f, files), TDM_OK);
    assert_string_equal(f->settings.project_file, "supabase/tandem.toml");
    assert_setting(f, TDM_SETTING_ALEMBIC_CONFIG, "backend/alembic.ini", TDM_ORIGIN_PROJECT_FILE);
    assert_int_equal(f->settings.values[TDM_SETTING_ALEMBIC_CONFIG].place.line, 2);
    const tdm_setting *versions = &f->settings.values[TDM_SETTING_ALEMBIC_VERSIONS];
    assert_int_equal(versions->count, 2);
    assert_text_equal(versions->items[0], "a");
    assert_text_equal(versions->items[1], "b");
    assert_true(f->settings.values[TDM_SETTING_ALEMBIC_RECURSIVE].boolean);
    assert_setting(f, TDM_SETTING_SUPABASE_FOLDER, "supabase", TDM_ORIGIN_PROJECT_FILE);
    assert_setting(f, TDM_SETTING_PAIRING_BASELINE_REVISION, "20241126_000001",
                   TDM_ORIGIN_PROJECT_FILE);
}

static void flags_go_before_environment_before_file(void **state)
{
    fixture *f = *state;
    const variable variables[] = {{"TANDEM_ALEMBIC_SECTION", "environment"},
                                  {"TANDEM_ALEMBIC_VERSIONS", "a:b"},
                                  {"TANDEM_ALEMBIC_RECURSIVE", "yes"},
                                  {NULL, NULL}};
    const tdm_setting_flag flags[] = {{TDM_SETTING_ALEMBIC_SECTION, TDM_TEXT("flag")}};
    f->variables = variables;
    assert_read(f, "[alembic]\nsection = 'file'\n");
    assert_setting(f, TDM_SETTING_ALEMBIC_SECTION, "environment", TDM_ORIGIN_ENVIRONMENT);
    assert_int_equal(f->settings.values[TDM_SETTING_ALEMBIC_VERSIONS].count, 2);
    assert_true(f->settings.values[TDM_SETTING_ALEMBIC_RECURSIVE].boolean);
    f->input.flags = flags;
    f->input.flag_count = 1;
    assert_read(f, "[alembic]\nsection = 'file'\n");
    assert_setting(f, TDM_SETTING_ALEMBIC_SECTION, "flag", TDM_ORIGIN_FLAG);
}

static void the_environment_speaks_from_where_the_user_stands(void **state)
{
    fixture *f = *state;
    const variable variables[] = {
        {"ALEMBIC_CONFIG", "x.ini"}, {"TANDEM_ALEMBIC_VERSIONS", "../v"}, {NULL, NULL}};
    f->variables = variables;
    f->input.start = "app/src";
    assert_read(f, "");
    assert_setting(f, TDM_SETTING_ALEMBIC_CONFIG, "app/src/x.ini", TDM_ORIGIN_ENVIRONMENT);
    assert_setting(f, TDM_SETTING_ALEMBIC_VERSIONS, "app/v", TDM_ORIGIN_ENVIRONMENT);
    const variable both[] = {
        {"ALEMBIC_CONFIG", "x.ini"}, {"TANDEM_ALEMBIC_CONFIG", "y.ini"}, {NULL, NULL}};
    f->variables = both;
    assert_read(f, "");
    assert_setting(f, TDM_SETTING_ALEMBIC_CONFIG, "app/src/y.ini", TDM_ORIGIN_ENVIRONMENT);
}

static void the_users_file_goes_before_what_is_built_in(void **state)
{
    fixture *f = *state;
    char folder[] = "/tmp/tandem-settings-XXXXXX";
    char path[128];
    tdm_error err = TDM_ERROR_INIT;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/tandem", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/tandem/config.toml", folder);
    assert_int_equal(tdm_file_write(path,
                                    TDM_TEXT("target = 'home'\n[alembic]\nsection = 'user'\n"),
                                    false, &err),
                     TDM_OK);
    const variable variables[] = {{"XDG_CONFIG_HOME", folder}, {NULL, NULL}};
    f->variables = variables;
    assert_read(f, "[alembic]\nsection = 'file'\n");
    assert_setting(f, TDM_SETTING_TARGET, "home", TDM_ORIGIN_USER_FILE);
    assert_setting(f, TDM_SETTING_ALEMBIC_SECTION, "file", TDM_ORIGIN_PROJECT_FILE);
    assert_string_equal(f->settings.user_file, path);
    f->input.no_file = true;
    assert_read(f, "");
    assert_setting(f, TDM_SETTING_TARGET, "", TDM_ORIGIN_ABSENT);
    assert_int_equal(unlink(path), 0);
    snprintf(path, sizeof path, "%s/tandem", folder);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void maps_keep_names_values_and_places(void **state)
{
    fixture *f = *state;
    assert_read(f, "[alembic.assume]\n\"app.x\" = 'on'\napp.settings.use_postgres = true\n"
                   "[alembic.naming_convention]\nix = \"ix_%(column_0_label)s\"\n");
    const tdm_setting *assume = &f->settings.values[TDM_SETTING_ALEMBIC_ASSUME];
    assert_int_equal(assume->pair_count, 2);
    assert_true(tdm_setting_find(assume, TDM_TEXT("app.x"))->is_string);
    const tdm_setting_pair *pair = tdm_setting_find(assume, TDM_TEXT("app.settings.use_postgres"));
    assert_text_equal(pair->text, "true");
    assert_false(pair->is_string);
    assert_int_equal(pair->place.line, 3);
    assert_text_equal(
        tdm_setting_find(&f->settings.values[TDM_SETTING_ALEMBIC_NAMING], TDM_TEXT("ix"))->text,
        "ix_%(column_0_label)s");
}

static void targets_are_tables_without_secrets(void **state)
{
    fixture *f = *state;
    assert_read(f,
                "target = 'production'\n[targets.production]\nservice = 'prod'\n"
                "protected = true\n[targets.local]\nurl = 'postgresql://postgres@127.0.0.1/x'\n");
    const tdm_setting *targets = &f->settings.values[TDM_SETTING_TARGETS];
    assert_int_equal(targets->table_count, 2);
    assert_text_equal(targets->tables[0].name, "production");
    assert_text_equal(targets->tables[0].pairs[1].text, "true");
    assert_refused(f, "[targets.x]\npassword = 'y'\n", 2,
                   "a project file cannot hold a secret: 'password'");
    assert_refused(f, "[targets.x]\nurl = 'postgresql://u:p@h/d'\n", 2,
                   "a project file cannot hold a secret: 'url'");
}

static void unknown_keys_are_warned_of_with_the_nearest(void **state)
{
    fixture *f = *state;
    assert_read(f, "[alembic]\ncofnig = 'x'\n[other]\na = 1\n");
    assert_int_equal(f->settings.warning_count, 2);
    assert_text_equal(f->settings.warnings[0].message, "unknown setting 'alembic.cofnig'");
    assert_text_equal(f->settings.warnings[0].hint, "Did you mean 'alembic.config'?");
    assert_int_equal(f->settings.warnings[0].place.line, 2);
    assert_text_equal(f->settings.warnings[1].message, "unknown setting 'other'");
}

static void wrong_values_are_refused_where_they_stand(void **state)
{
    fixture *f = *state;
    const variable variables[] = {{"TANDEM_ALEMBIC_RECURSIVE", "perhaps"}, {NULL, NULL}};
    assert_refused(f, "[alembic]\nconfig = true\n", 2, "alembic.config must be a string");
    assert_refused(f, "[alembic]\nrecursive = 'yes'\n", 2,
                   "alembic.recursive must be true or false");
    assert_refused(f, "[alembic]\nversions = [1.5]\n", 2,
                   "alembic.versions must be a string or an array of strings");
    assert_refused(f, "alembic = 1\n", 1, "alembic must be a table");
    assert_refused(f, "[alembic]\nassume = 1\n", 2, "alembic.assume must be a table");
    assert_refused(f, "[targets]\nx = 1\n", 2, "targets must be a table of tables");
    assert_refused(f, "[alembic]\nconfig = '../x'\n", 2,
                   "alembic.config: '../x' lies outside of the project '/project'");
    assert_refused(f, "[alembic]\nconfig = '/projects/x'\n", 2,
                   "alembic.config: '/projects/x' lies outside of the project '/project'");
    assert_refused(f, "[pairing]\nleads = 'both'\n", 2,
                   "pairing.leads must be \"alembic\" or \"supabase\", not 'both'");
    f->variables = variables;
    assert_refused(f, "", 0, "TANDEM_ALEMBIC_RECURSIVE must be true or false, not 'perhaps'");
}

static void the_nearest_project_file_is_taken_and_two_are_refused(void **state)
{
    fixture *f = *state;
    const memory_file files[] = {{"tandem.toml", "[alembic]\nsection = 'root'\n"},
                                 {"app/supabase/tandem.toml", "[alembic]\nsection = 'app'\n"},
                                 {"app/src/x.py", ""},
                                 {"other.toml", "[alembic]\nsection = 'other'\n"},
                                 {NULL, NULL}};
    f->input.start = "app/src";
    assert_int_equal(read_files(f, files), TDM_OK);
    assert_setting(f, TDM_SETTING_ALEMBIC_SECTION, "app", TDM_ORIGIN_PROJECT_FILE);
    f->input.file = "/project/other.toml";
    assert_int_equal(read_files(f, files), TDM_OK);
    assert_string_equal(f->settings.project_file, "other.toml");
    f->input.file = NULL;
    f->input.no_file = true;
    assert_int_equal(read_files(f, files), TDM_OK);
    assert_setting(f, TDM_SETTING_ALEMBIC_SECTION, "alembic", TDM_ORIGIN_BUILT_IN);
    const memory_file both[] = {{"tandem.toml", ""}, {"supabase/tandem.toml", ""}, {NULL, NULL}};
    f->input = (tdm_settings_input){0};
    assert_int_equal(read_files(f, both), TDM_FAILED);
    assert_string_equal(f->err.message,
                        "two project files: 'tandem.toml' and 'supabase/tandem.toml'");
}

static void every_key_has_a_variable_or_is_a_table(void **state)
{
    fixture *f = *state;
    assert_text_equal(tdm_setting_variable(f->arena, TDM_SETTING_ALEMBIC_CONFIG),
                      "TANDEM_ALEMBIC_CONFIG");
    for (int id = 0; id < TDM_SETTING_COUNT; id++) {
        tdm_setting_type type = tdm_setting_type_of((tdm_setting_id)id);
        bool table = type == TDM_SETTING_MAP || type == TDM_SETTING_TABLES;
        assert_int_equal(tdm_setting_variable(f->arena, (tdm_setting_id)id).size == 0, table);
        assert_true(strlen(tdm_setting_meaning((tdm_setting_id)id)) > 10);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
    const struct CMUnitTest tests[] = {
        TEST(without_a_file_everything_is_built_in),
        TEST(the_project_file_says_where_things_are),
        TEST(flags_go_before_environment_before_file),
        TEST(the_environment_speaks_from_where_the_user_stands),
        TEST(the_users_file_goes_before_what_is_built_in),
        TEST(maps_keep_names_values_and_places),
        TEST(targets_are_tables_without_secrets),
        TEST(unknown_keys_are_warned_of_with_the_nearest),
        TEST(wrong_values_are_refused_where_they_stand),
        TEST(the_nearest_project_file_is_taken_and_two_are_refused),
        TEST(every_key_has_a_variable_or_is_a_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
