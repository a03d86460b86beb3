// From folders of files to a chain.
#include "alembic/chain.h"
#include "alembic/versions.h"

#include <stdio.h>
#include <string.h>

#include "chain_fixture.h"
#include "memory_tree.h"

#define BASE(id) "revision = '" id "'\ndown_revision = None\n"
#define ON(id, down) "revision = '" id "'\ndown_revision = '" down "'\n"

static void read_chain(chain_fixture *f, const memory_file *files, const char *const *folders,
                       size_t count, bool recursive)
{
    memory_tree tree = memory_tree_of(files);
    tdm_alembic_config config = {
        .versions = folders, .version_count = count, .recursive = recursive};
    tdm_chain_source source = {.tree = &tree.tree, .config = &config};
    tdm_status status = tdm_chain_read(f->arena, &source, &f->chain, &f->err);
    if (status != TDM_OK)
        print_error("%s\n", f->err.message);
    assert_int_equal(status, TDM_OK);
}

static const char *const one[] = {"v"};

static void names_decide_what_is_a_revision(void **state)
{
    (void)state;
    static const char *const yes[] = {"a.py", "_x.py", ".hidden.py", ".py", "a b.py"};
    static const char *const no[] = {"__init__.py", "__init__foo.py", ".#a.py", "a.PY",
                                     "a.py~",       "a.pyc",          "a.txt"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(tdm_is_revision_name(tdm_text_of(yes[i])));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(tdm_is_revision_name(tdm_text_of(no[i])));
}

static void files_are_loaded_in_the_order_of_their_names(void **state)
{
    const memory_file files[] = {{"v/b.py", BASE("1")},   {"v/a.py", ON("2", "1")},
                                 {"v/__init__.py", "x("}, {"v/sub/c.py", BASE("3")},
                                 {"v/README", "no"},      {NULL, NULL}};
    chain_fixture *f = *state;
    read_chain(f, files, one, 1, false);
    assert_list(f->chain->revisions, "2 1");
    read_chain(f, files, one, 1, true);
    assert_list(f->chain->revisions, "2 1 3");
    assert_string_equal(f->chain->revisions.items[2]->path, "v/sub/c.py");
    assert_int_equal(f->chain->problem_count, 0);
}

static void folders_come_in_configured_order(void **state)
{
    const memory_file files[] = {{"a/x.py", BASE("1")}, {"b/x.py", BASE("2")}, {NULL, NULL}};
    static const char *const folders[] = {"b", "a", "b"};
    chain_fixture *f = *state;
    read_chain(f, files, folders, 3, false);
    assert_list(f->chain->revisions, "2 1");
    assert_int_equal(f->chain->problem_count, 1);
    assert_int_equal(f->chain->problems[0].kind, TDM_PROBLEM_LOADED_TWICE);
    assert_int_equal(tdm_chain_check(f->chain, &f->err), TDM_OK);
}

static void a_file_that_cannot_be_read_is_a_problem_of_the_chain(void **state)
{
    const memory_file files[] = {{"v/a.py", BASE("1")},
                                 {"v/b.py", "revision = = 2\n"},
                                 {"v/c.py", "revision = name\ndown_revision = None\n"},
                                 {"v/helpers.py", "x = 1\n"},
                                 {"v/z.py", ON("3", "1")},
                                 {NULL, NULL}};
    chain_fixture *f = *state;
    read_chain(f, files, one, 1, false);
    assert_list(f->chain->revisions, "1 3");
    assert_int_equal(f->chain->problem_count, 3);
    assert_string_equal(f->chain->problems[0].place.file, "v/b.py");
    assert_int_equal(f->chain->problems[0].code, TDM_ERROR_PYTHON);
    assert_int_equal(f->chain->problems[1].code, TDM_ERROR_OPAQUE);
    assert_int_equal(f->chain->problems[2].code, TDM_ERROR_CHAIN);
    assert_int_equal(tdm_chain_check(f->chain, &f->err), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_PYTHON);
    assert_int_equal(f->err.place.line, 1);
}

static void a_revision_known_in_part_keeps_its_place(void **state)
{
    const memory_file files[] = {{"v/a.py", BASE("1")},
                                 {"v/b.py", ON("2", "1") "depends_on = find()\n"},
                                 {"v/c.py", ON("3", "2")},
                                 {NULL, NULL}};
    chain_fixture *f = *state;
    read_chain(f, files, one, 1, false);
    assert_list(f->chain->revisions, "1 2 3");
    assert_list(f->chain->heads, "3");
    assert_int_equal(f->chain->problem_count, 1);
    assert_text_equal(f->chain->problems[0].revision->id, "2");
    assert_int_equal(tdm_chain_check(f->chain, &f->err), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_OPAQUE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_chain_fixture, close_chain_fixture)
    const struct CMUnitTest tests[] = {
        TEST(names_decide_what_is_a_revision),
        TEST(files_are_loaded_in_the_order_of_their_names),
        TEST(folders_come_in_configured_order),
        TEST(a_revision_known_in_part_keeps_its_place),
        TEST(a_file_that_cannot_be_read_is_a_problem_of_the_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
