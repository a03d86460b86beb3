// The tokens are held against those of PostgreSQL's own scanner.
#include "sql/lexer.h"

#include "base/text.h"
#include "base/tree.h"

#include <pg_query.h>
#include <pg_query.pb-c.h>
#include <string.h>

#include "test.h"

static bool is_comment(const PgQuery__ScanToken *token)
{
    return token->token == PG_QUERY__TOKEN__SQL_COMMENT ||
           token->token == PG_QUERY__TOKEN__C_COMMENT;
}

static void assert_same_tokens(const char *name, tdm_text source)
{
    PgQueryScanResult result = pg_query_scan(source.data);
    if (result.error)
        fail_msg("%s: %s", name, result.error->message);
    PgQuery__ScanResult *scan =
        pg_query__scan_result__unpack(NULL, result.pbuf.len, (const uint8_t *)result.pbuf.data);
    assert_non_null(scan);
    tdm_sql_lexer lexer = {.source = source, .as_libpg_query = true};
    for (size_t i = 0; i < scan->n_tokens; i++) {
        if (is_comment(scan->tokens[i]))
            continue;
        tdm_sql_token token = tdm_sql_next(&lexer);
        if (token.start != (size_t)scan->tokens[i]->start ||
            token.end != (size_t)scan->tokens[i]->end)
            fail_msg("%s: token '%.*s' of byte %zu ends at %zu; PostgreSQL: %d to %d", name,
                     TDM_TEXT_ARG(tdm_sql_token_text(&lexer, &token)), token.start, token.end,
                     scan->tokens[i]->start, scan->tokens[i]->end);
        assert_false(token.open);
    }
    assert_int_equal(tdm_sql_next(&lexer).kind, TDM_SQL_TOKEN_END);
    pg_query__scan_result__free_unpacked(scan, NULL);
    pg_query_free_scan_result(result);
}

static void assert_folder(const char *folder)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_tree *tree = NULL;
    tdm_entries entries = {0};
    assert_int_equal(tdm_tree_open_folder(TANDEM_SOURCE_DIR, &tree, NULL), TDM_OK);
    assert_int_equal(tdm_tree_list(tree, folder, arena, &entries, NULL), TDM_OK);
    assert_true(entries.count > 0);
    for (size_t i = 0; i < entries.count; i++) {
        tdm_text source;
        char *path = tdm_path_join(arena, folder, entries.items[i].name.data);
        assert_int_equal(tdm_tree_read(tree, path, arena, &source, NULL), TDM_OK);
        assert_same_tokens(path, source);
    }
    tdm_tree_free(tree);
    tdm_arena_free(arena);
}

static void tokens_are_those_of_postgresql(void **state)
{
    (void)state;
    assert_folder("supabase/migrations");
    assert_folder("tests/data/sql");
}

static void assert_kind(const char *source, tdm_sql_token_kind kind, size_t end, bool open)
{
    tdm_sql_lexer lexer = {.source = tdm_text_of(source)};
    tdm_sql_token token = tdm_sql_next(&lexer);
    assert_int_equal(token.kind, kind);
    assert_int_equal(token.end, end);
    assert_int_equal(token.open, open);
}

static void each_kind_is_told(void **state)
{
    (void)state;
    assert_kind("select", TDM_SQL_TOKEN_WORD, 6, false);
    assert_kind("\"a\"\"b\"c", TDM_SQL_TOKEN_QUOTED, 6, false);
    assert_kind("'a'", TDM_SQL_TOKEN_STRING, 3, false);
    // pg_query_scan gives no end for these two.
    assert_kind("U&'d\\0061t' b", TDM_SQL_TOKEN_STRING, 11, false);
    assert_kind("u&\"d\\0061t\" b", TDM_SQL_TOKEN_QUOTED, 11, false);
    assert_kind("1.5e3", TDM_SQL_TOKEN_NUMBER, 5, false);
    assert_kind("$12", TDM_SQL_TOKEN_PARAM, 3, false);
    assert_kind("<->", TDM_SQL_TOKEN_OPERATOR, 3, false);
    assert_kind("::", TDM_SQL_TOKEN_CAST, 2, false);
    assert_kind(":=", TDM_SQL_TOKEN_PUNCT, 2, false);
    assert_kind("\\x", TDM_SQL_TOKEN_ODD, 1, false);
    assert_kind("$ ", TDM_SQL_TOKEN_ODD, 1, false);
    assert_kind("", TDM_SQL_TOKEN_END, 0, false);
}

// Seen on a server: SELECT 'one' -- and \n 'two' gives onetwo.
static void a_literal_goes_on_behind_a_comment(void **state)
{
    (void)state;
    assert_kind("'a'\n  'b' c", TDM_SQL_TOKEN_STRING, 9, false);
    assert_kind("'a' -- x\n -- y\n'b' c", TDM_SQL_TOKEN_STRING, 18, false);
    assert_kind("E'a' -- x\n'b\\'c' d", TDM_SQL_TOKEN_STRING, 16, false);
    assert_kind("'a' 'b'", TDM_SQL_TOKEN_STRING, 3, false);
    assert_kind("'a' -- x", TDM_SQL_TOKEN_STRING, 3, false);
    assert_kind("'a' /* \n */ 'b'", TDM_SQL_TOKEN_STRING, 3, false);
}

static void what_never_ends_is_open(void **state)
{
    (void)state;
    assert_kind("'abc", TDM_SQL_TOKEN_STRING, 4, true);
    assert_kind("E'abc\\'", TDM_SQL_TOKEN_STRING, 7, true);
    assert_kind("'a'\n'b", TDM_SQL_TOKEN_STRING, 6, true);
    assert_kind("\"abc", TDM_SQL_TOKEN_QUOTED, 4, true);
    assert_kind("$a$ $b$", TDM_SQL_TOKEN_STRING, 7, true);
    assert_kind("/* /* */", TDM_SQL_TOKEN_END, 8, true);
    assert_kind("E'\\", TDM_SQL_TOKEN_STRING, 3, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_are_those_of_postgresql),
        cmocka_unit_test(each_kind_is_told),
        cmocka_unit_test(a_literal_goes_on_behind_a_comment),
        cmocka_unit_test(what_never_ends_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
