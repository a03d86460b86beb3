#include "test.h"

#include "base/file.h"
#include "base/text.h"
#include "supabase/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef struct fixture {
    char root[64];
    tdm_arena *arena;
    tdm_tree *tree;
} fixture;

static void make_folder(const fixture *f, const char *path)
{
    char full[256];
    snprintf(full, sizeof full, "%s/%s", f->root, path);
    assert_int_equal(mkdir(full, 0755), 0);
}

static void put(const fixture *f, const char *path, const char *text)
{
    char full[256];
    tdm_error err = TDM_ERROR_INIT;
    snprintf(full, sizeof full, "%s/%s", f->root, path);
    assert_int_equal(tdm_file_write(full, tdm_text_of(text), true, &err), TDM_OK);
}

static int setup(void **state)
{
    tdm_error err = TDM_ERROR_INIT;
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    snprintf(f->root, sizeof f->root, "/tmp/tandem-config-XXXXXX");
    assert_non_null(mkdtemp(f->root));
    f->arena = tdm_arena_new(0);
    assert_int_equal(tdm_tree_open_folder(f->root, &f->tree, &err), TDM_OK);
    make_folder(f, "app");
    make_folder(f, "app/supabase");
    make_folder(f, "app/supabase/migrations");
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    char command[128];
    tdm_tree_free(f->tree);
    tdm_arena_free(f->arena);
    snprintf(command, sizeof command, "rm -rf '%s'", f->root);
    int removed = system(command);
    free(f);
    return removed;
}

static void the_nearest_config_above_is_the_root(void **state)
{
    fixture *f = *state;
    char *root = NULL;
    make_folder(f, "supabase");
    put(f, "supabase/config.toml", "");
    assert_true(tdm_supabase_find_root(f->tree, f->arena, "app", &root));
    assert_string_equal(root, "");
    put(f, "app/supabase/config.json", "{}");
    assert_true(tdm_supabase_find_root(f->tree, f->arena, "app/supabase/migrations", &root));
    assert_string_equal(root, "app");
}

static void without_any_config_a_migrations_folder_counts(void **state)
{
    fixture *f = *state;
    char *root = NULL;
    assert_true(tdm_supabase_find_root(f->tree, f->arena, "app/supabase", &root));
    assert_string_equal(root, "app");
    assert_false(tdm_supabase_find_root(f->tree, f->arena, "", &root));
}

static void values_are_read_and_have_defaults(void **state)
{
    fixture *f = *state;
    tdm_supabase_config config;
    tdm_error err = TDM_ERROR_INIT;
    assert_int_equal(tdm_supabase_config_read(f->tree, f->arena, "app", &config, &err), TDM_OK);
    assert_null(config.path);
    assert_string_equal(config.folder, "app/supabase/migrations");
    assert_int_equal(config.db_port, 54322);
    assert_true(config.migrations_enabled);
    assert_int_equal(config.schema_count, 2);
    assert_text_equal(config.schemas[0], "public");
    put(f, "app/supabase/config.toml",
        "project_id = \"weaver\"\n[db]\nport = 5000\nshadow_port = \"env(SHADOW)\"\n"
        "[db.migrations]\nenabled = false\n[api]\nschemas = [\"app\"]\n");
    assert_int_equal(tdm_supabase_config_read(f->tree, f->arena, "app", &config, &err), TDM_OK);
    assert_string_equal(config.path, "app/supabase/config.toml");
    assert_text_equal(config.project_id, "weaver");
    assert_int_equal(config.db_port, 5000);
    assert_int_equal(config.shadow_port, 54320);
    assert_false(config.migrations_enabled);
    assert_int_equal(config.schema_count, 1);
    assert_text_equal(config.schemas[0], "app");
}

static void wrong_values_are_named_with_their_place(void **state)
{
    fixture *f = *state;
    static const char *const sources[] = {
        "\nproject_id = 7\n",
        "\ndb = 7\n",
        "[db]\nport = 70000\n",
        "[db]\nport = true\n",
        "[db.migrations]\nenabled = \"yes\"\n",
        "[db]\nport = \n",
        "[api]\nschemas = 7\n",
        "[api]\nschemas = [7]\n",
    };
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        tdm_supabase_config config;
        tdm_error err = TDM_ERROR_INIT;
        put(f, "app/supabase/config.toml", sources[i]);
        assert_int_equal(tdm_supabase_config_read(f->tree, f->arena, "app", &config, &err),
                         TDM_FAILED);
        assert_int_equal(err.code, TDM_ERROR_CONFIG);
        assert_string_equal(err.place.file, "app/supabase/config.toml");
        assert_int_equal(err.place.line, 2);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_nearest_config_above_is_the_root),
        TEST(without_any_config_a_migrations_folder_counts),
        TEST(values_are_read_and_have_defaults),
        TEST(wrong_values_are_named_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
