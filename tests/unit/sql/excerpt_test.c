#include "sql/excerpt.h"

#include "sql/constraints.h"

#include "base/text.h"

#include <string.h>

#include "test.h"

static tdm_sql_tree *parse(const char *sql)
{
    tdm_sql_tree *tree = NULL;
    tdm_error err = TDM_ERROR_INIT;
    if (tdm_sql_parse_text(tdm_text_of(sql), &tree, &err) != TDM_OK)
        fail_msg("%s: %s", sql, err.message);
    return tree;
}

static const PgQuery__ColumnDef *first_column(const tdm_sql_tree *tree)
{
    return tree->node->create_stmt->table_elts[0]->column_def;
}

static void assert_default(const char *sql, const char *expected)
{
    tdm_sql_tree *tree = parse(sql);
    const PgQuery__ColumnDef *column = first_column(tree);
    for (size_t i = 0; i < column->n_constraints; i++) {
        const PgQuery__Constraint *constraint = column->constraints[i]->constraint;
        if (constraint->raw_expr)
            assert_text_equal(tdm_sql_excerpt(tree, &constraint->raw_expr->base), expected);
    }
    tdm_sql_tree_free(tree);
}

static void a_default_is_cut_out_of_its_column(void **state)
{
    (void)state;
    assert_default("CREATE TABLE t (a int DEFAULT 1)", "1");
    assert_default("CREATE TABLE t (a int DEFAULT 1 NOT NULL, b int)", "1");
    assert_default("CREATE TABLE t (a int NOT NULL DEFAULT (1 + 2) * 3 UNIQUE)", "(1 + 2) * 3");
    assert_default("CREATE TABLE t (a text DEFAULT 'x, y'::text CONSTRAINT c NOT NULL)",
                   "'x, y'::text");
    assert_default("CREATE TABLE t (a text DEFAULT lower(concat('A', 'B')), b int)",
                   "lower(concat('A', 'B'))");
    assert_default("CREATE TABLE t (a int[] DEFAULT ARRAY[1, 2] NOT NULL)", "ARRAY[1, 2]");
    assert_default("CREATE TABLE t (a int DEFAULT NULL)", "NULL");
    assert_default("CREATE TABLE t (a int GENERATED ALWAYS AS (b + 1) STORED, b int)", "(b + 1)");
    assert_default("CREATE TABLE t (a int DEFAULT -1)", "-1");
}

static void assert_type(const char *sql, const char *expected)
{
    tdm_sql_tree *tree = parse(sql);
    assert_text_equal(tdm_sql_excerpt(tree, &first_column(tree)->type_name->base), expected);
    tdm_sql_tree_free(tree);
}

static void a_type_is_cut_out_of_its_column(void **state)
{
    (void)state;
    assert_type("CREATE TABLE t (a VARCHAR(512))", "VARCHAR(512)");
    assert_type("CREATE TABLE t (a timestamp (3) with time zone DEFAULT now())",
                "timestamp (3) with time zone");
    assert_type("CREATE TABLE t (a text[] COLLATE \"C\")", "text[]");
    assert_type("CREATE TABLE t (a s.mood NOT NULL, b int)", "s.mood");
    assert_type("CREATE TABLE t (a double precision)", "double precision");
}

static void long_text_is_shortened_to_a_line(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    char text[1000];
    (void)state;
    assert_text_equal(tdm_sql_one_line(arena, TDM_TEXT("SELECT 1,\n\t  2 ;\n")), "SELECT 1, 2 ;");
    memset(text, 'x', sizeof text);
    tdm_text line = tdm_sql_one_line(arena, (tdm_text){text, sizeof text});
    assert_int_equal(line.size, 199);
    assert_true(tdm_text_ends(line, TDM_TEXT("x...")));
    // Never in the middle of a code point.
    for (size_t i = 0; i < sizeof text; i += 2)
        memcpy(text + i, "\xC3\xA4", 2);
    line = tdm_sql_one_line(arena, (tdm_text){text, sizeof text});
    assert_int_equal(tdm_utf8_error(line), SIZE_MAX);
    tdm_arena_free(arena);
}

static void constraints_of_a_column_stand_on_their_own(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_sql_constraints found;
    (void)state;
    tdm_sql_tree *tree = parse("CREATE TABLE t (a int NOT NULL UNIQUE INITIALLY DEFERRED "
                               "CONSTRAINT k REFERENCES u (b) CHECK (a > 0))");
    assert_int_equal(tdm_sql_column_constraints(arena, first_column(tree), &found, NULL), TDM_OK);
    assert_false(found.odd);
    assert_int_equal(found.count, 3);
    assert_true(found.items[0]->deferrable && found.items[0]->initdeferred);
    assert_string_equal(found.items[0]->keys[0]->string->sval, "a");
    assert_string_equal(found.items[1]->conname, "k");
    assert_string_equal(found.items[1]->fk_attrs[0]->string->sval, "a");
    assert_int_equal(found.items[2]->contype, PG_QUERY__CONSTR_TYPE__CONSTR_CHECK);
    tdm_sql_tree_free(tree);
    tree = parse("CREATE TABLE t (a int CHECK (a > 0) DEFERRABLE)");
    assert_int_equal(tdm_sql_column_constraints(arena, first_column(tree), &found, NULL), TDM_OK);
    assert_true(found.odd);
    tdm_sql_tree_free(tree);
    tdm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_default_is_cut_out_of_its_column),
        cmocka_unit_test(a_type_is_cut_out_of_its_column),
        cmocka_unit_test(long_text_is_shortened_to_a_line),
        cmocka_unit_test(constraints_of_a_column_stand_on_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
