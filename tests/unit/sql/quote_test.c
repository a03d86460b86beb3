#include "sql/quote.h"

#include "sql/tree.h"

#include <string.h>

#include "test.h"

static void assert_ident(tdm_arena *arena, const char *name, const char *expected)
{
    assert_text_equal(tdm_sql_ident(arena, tdm_text_of(name)), expected);
}

static void names_are_quoted_when_they_must_be(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    (void)state;
    assert_ident(arena, "documents", "documents");
    assert_ident(arena, "_a1", "_a1");
    assert_ident(arena, "name", "name"); // a key word, but unreserved
    assert_ident(arena, "Documents", "\"Documents\"");
    assert_ident(arena, "a b", "\"a b\"");
    assert_ident(arena, "1a", "\"1a\"");
    assert_ident(arena, "a$b", "\"a$b\"");
    assert_ident(arena, "grün", "\"grün\"");
    assert_ident(arena, "a\"b", "\"a\"\"b\"");
    assert_ident(arena, "", "\"\"");
    assert_ident(arena, "user", "\"user\"");               // reserved
    assert_ident(arena, "between", "\"between\"");         // no function or type name
    assert_ident(arena, "left", "\"left\"");               // function or type name
    assert_ident(arena, "system_user", "\"system_user\""); // of PostgreSQL 16
    assert_ident(arena, "json_table", "\"json_table\"");   // of PostgreSQL 17
    tdm_arena_free(arena);
}

static void names_are_qualified(void **state)
{
    tdm_buffer buffer = TDM_BUFFER_INIT(100);
    (void)state;
    tdm_sql_put_qualified(&buffer, TDM_TEXT("My"), TDM_TEXT("table"));
    tdm_buffer_putc(&buffer, ' ');
    tdm_sql_put_qualified(&buffer, TDM_TEXT(""), TDM_TEXT("t"));
    assert_text_equal(tdm_buffer_text(&buffer), "\"My\".\"table\" t");
    tdm_buffer_free(&buffer);
}

static void literals_mean_the_same_everywhere(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    (void)state;
    assert_text_equal(tdm_sql_literal(arena, TDM_TEXT("it's")), "'it''s'");
    assert_text_equal(tdm_sql_literal(arena, TDM_TEXT("")), "''");
    assert_text_equal(tdm_sql_literal(arena, TDM_TEXT("a\\b'c")), "E'a\\\\b''c'");
    assert_text_equal(tdm_sql_literal(arena, TDM_TEXT("tab\t%:x")), "'tab\t%:x'");
    tdm_arena_free(arena);
}

// What is written is read back by PostgreSQL's parser as what it was.
static void assert_read_back(tdm_text written, tdm_text expected)
{
    tdm_sql_tree *tree = NULL;
    char sql[256] = "SELECT ";
    assert_true(written.size < 200);
    memcpy(sql + 7, written.data, written.size);
    sql[7 + written.size] = '\0';
    assert_int_equal(tdm_sql_parse_text(tdm_text_of(sql), &tree, NULL), TDM_OK);
    const PgQuery__Node *value = tree->node->select_stmt->target_list[0]->res_target->val;
    assert_text_equal(tdm_text_of(value->a_const->sval->sval), expected.data);
    tdm_sql_tree_free(tree);
}

static void dollar_tags_are_free(void **state)
{
    static const char *const texts[] = {"plain",
                                        "it's",
                                        "$$",
                                        "$",
                                        "a$",
                                        "$body",
                                        "$body$",
                                        "$$ $body$",
                                        "$$ $body$ $body1",
                                        "$body$ $$ $body1$ x$body2"};
    tdm_buffer buffer = TDM_BUFFER_INIT(1000);
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        tdm_buffer_clear(&buffer);
        tdm_sql_put_dollar(&buffer, tdm_text_of(texts[i]), "body");
        assert_read_back(tdm_buffer_text(&buffer), tdm_text_of(texts[i]));
        tdm_buffer_clear(&buffer);
        tdm_sql_put_literal(&buffer, tdm_text_of(texts[i]));
        assert_read_back(tdm_buffer_text(&buffer), tdm_text_of(texts[i]));
    }
    tdm_buffer_clear(&buffer);
    tdm_sql_put_dollar(&buffer, TDM_TEXT("SELECT 1"), "body");
    assert_text_equal(tdm_buffer_text(&buffer), "$$SELECT 1$$");
    tdm_buffer_free(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_quoted_when_they_must_be),
        cmocka_unit_test(names_are_qualified),
        cmocka_unit_test(literals_mean_the_same_everywhere),
        cmocka_unit_test(dollar_tags_are_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
