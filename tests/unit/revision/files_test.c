// SQL that a revision reads from files of its project: what it rests on, and what no entry of a
// cache may stand for.
#include "test.h"

#include "revision/render.h"

#include "memory_tree.h"

#include <string.h>

static const memory_file files[] = {
    {"versions/x.sql", "SELECT 1"},
    {"backend/app/sql/views.sql", "CREATE VIEW v AS SELECT 2"},
    {NULL, NULL},
};

static tdm_script render(tdm_arena *arena, const char *source)
{
    static const char *const roots[] = {"backend"};
    memory_tree tree = memory_tree_of(files);
    tdm_render_options options = {.tree = &tree.tree, .roots = roots, .root_count = 1};
    tdm_script script;
    tdm_error err = TDM_ERROR_INIT;
    if (tdm_render_revision(arena, "versions/x.py", tdm_text_of(source), TDM_UPGRADE, &options,
                            NULL, &script, &err) != TDM_OK)
        fail_msg("%s", err.message);
    return script;
}

#define HEAD "from alembic import op\nfrom pathlib import Path\nimport importlib.resources, os\n"

static void a_file_that_is_read_is_remembered(void **state)
{
    tdm_script script =
        render(*state, HEAD "def upgrade():\n"
                            "    op.execute(Path(__file__).with_suffix('.sql').read_text())\n");
    assert_int_equal(script.count, 1);
    assert_text_equal(script.emissions[0].offline, "SELECT 1;");
    assert_text_equal(script.emissions[0].online, "SELECT 1");
    assert_int_equal(script.imported_count, 1);
    assert_string_equal(script.imported[0], "versions/x.sql");
    assert_false(script.alone);
}

static void data_of_a_package_lies_below_a_root(void **state)
{
    tdm_script script =
        render(*state, HEAD "def upgrade():\n"
                            "    for name in ('views.sql', 'views.sql'):\n"
                            "        op.execute(importlib.resources.files('app.sql')\n"
                            "                   .joinpath(name).read_text())\n");
    assert_int_equal(script.count, 2);
    assert_text_equal(script.emissions[1].offline, "CREATE VIEW v AS SELECT 2;");
    assert_int_equal(script.imported_count, 1);
    assert_string_equal(script.imported[0], "backend/app/sql/views.sql");
}

// It may be there when Alembic runs, and then the script is another one.
static void a_file_that_is_missing_is_opaque_and_never_kept(void **state)
{
    tdm_script script =
        render(*state, HEAD "def upgrade():\n"
                            "    here = os.path.dirname(__file__)\n"
                            "    op.execute(open(os.path.join(here, 'y.sql')).read())\n");
    assert_int_equal(script.count, 1);
    assert_int_equal(script.emissions[0].kind, TDM_EMISSION_OPAQUE);
    assert_text_equal(script.emissions[0].reason,
                      "op.execute: 'versions/y.sql' is not in the project");
    assert_int_equal(script.emissions[0].place.line, 6);
    assert_false(script.alone);
}

static void a_path_itself_is_no_sql(void **state)
{
    tdm_script script = render(*state, HEAD "def upgrade():\n"
                                            "    op.execute('SELECT ' + repr(__file__))\n"
                                            "    op.execute(__file__)\n"
                                            "    op.drop_table(str(Path(__file__).parent))\n");
    assert_int_equal(script.count, 3);
    for (size_t i = 0; i < script.count; i++)
        assert_int_equal(script.emissions[i].kind, TDM_EMISSION_OPAQUE);
}

static int set_up(void **state)
{
    *state = tdm_arena_new(0);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    tdm_arena_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_that_is_read_is_remembered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(data_of_a_package_lies_below_a_root, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_is_missing_is_opaque_and_never_kept, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_path_itself_is_no_sql, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
