#include "sql/tree.h"

#include "base/text.h"

#include <string.h>

#include "test.h"

static const tdm_place here = {"m.sql", 10, 5, 12, 3};

static void one_statement_is_parsed(void **state)
{
    tdm_statement statement = {.sql = TDM_TEXT("SELECT 1"), .place = here, .exact = true};
    tdm_sql_tree *tree = NULL;
    (void)state;
    assert_int_equal(tdm_sql_parse(&statement, &tree, NULL), TDM_OK);
    assert_int_equal(tree->node->node_case, PG_QUERY__NODE__NODE_SELECT_STMT);
    tdm_sql_tree_free(tree);
    tdm_sql_tree_free(NULL);
}

static void assert_refused(const char *sql, size_t size, tdm_error_code code, const char *message)
{
    tdm_statement statement = {.sql = {sql, size}, .place = here, .exact = true};
    tdm_sql_tree *tree = NULL;
    tdm_error err = TDM_ERROR_INIT;
    assert_int_equal(tdm_sql_parse(&statement, &tree, &err), TDM_FAILED);
    assert_null(tree);
    assert_int_equal(err.code, code);
    assert_string_equal(err.message, message);
}

static void anything_else_is_refused(void **state)
{
    (void)state;
    assert_refused("SELEC", 5, TDM_ERROR_SQL, "syntax error at or near \"SELEC\"");
    assert_refused("", 0, TDM_ERROR_SQL, "expected one statement, found 0");
    assert_refused("-- x", 4, TDM_ERROR_SQL, "expected one statement, found 0");
    assert_refused("SELECT 1; SELECT 2", 18, TDM_ERROR_SQL, "expected one statement, found 2");
    assert_refused("SELECT 1\0SELECT", 15, TDM_ERROR_SQL, "statement holds a NUL byte");
    assert_refused("SELECT '\xE9'", 10, TDM_ERROR_SQL, "statement is not UTF-8");
}

static void errors_stand_where_the_trouble_is(void **state)
{
    tdm_statement statement = {
        .sql = TDM_TEXT("SELECT 'ä'\n FRM x y"), .place = here, .exact = true};
    tdm_sql_tree *tree = NULL;
    tdm_error err = TDM_ERROR_INIT;
    (void)state;
    assert_int_equal(tdm_sql_parse(&statement, &tree, &err), TDM_FAILED);
    assert_string_equal(err.place.file, "m.sql");
    assert_int_equal(err.place.line, 11);
    assert_int_equal(err.place.column, 6);
    // Offsets in a text that stands elsewhere have no places.
    statement.exact = false;
    assert_int_equal(tdm_sql_parse(&statement, &tree, &err), TDM_FAILED);
    assert_int_equal(err.place.line, 10);
    assert_int_equal(err.place.column, 5);
}

static void offsets_have_places(void **state)
{
    tdm_statement statement = {.sql = TDM_TEXT("SELECT 'ä',\n  2"), .place = here, .exact = true};
    tdm_sql_tree *tree = NULL;
    (void)state;
    assert_int_equal(tdm_sql_parse(&statement, &tree, NULL), TDM_OK);
    assert_int_equal(tdm_sql_tree_place(tree, 0).line, 10);
    assert_int_equal(tdm_sql_tree_place(tree, 0).column, 5);
    assert_int_equal(tdm_sql_tree_place(tree, 11).column, 15);
    assert_int_equal(tdm_sql_tree_place(tree, 15).line, 11);
    assert_int_equal(tdm_sql_tree_place(tree, 15).column, 3);
    assert_int_equal(tdm_sql_tree_place(tree, -1).line, 10);
    assert_int_equal(tdm_sql_tree_place(tree, -1).end_line, 12);
    tdm_sql_tree_free(tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_statement_is_parsed),
        cmocka_unit_test(anything_else_is_refused),
        cmocka_unit_test(errors_stand_where_the_trouble_is),
        cmocka_unit_test(offsets_have_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
