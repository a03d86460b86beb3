// Expressions as written and as pg_get_expr prints them.
#include "compare/compare.h"
#include "compare/normal.h"
#include "replay/scene.h"

typedef struct pair {
    const char *written;
    const char *stored;
    bool same;
} pair;

static void assert_pairs(tdm_mode mode, const pair *pairs, size_t count)
{
    scene s = open_scene(true);
    const tdm_table *table = NULL;
    play(&s, "CREATE TYPE mood AS ENUM ('glad', 'sad');"
             "CREATE TABLE t (a int, n numeric(5, 2), v varchar(20), x text, j jsonb, m mood, "
             "d date, c char(3), u uuid, r varchar(5)[])");
    assert_int_equal(tdm_catalog_table(s.catalog, TDM_TEXT(""), TDM_TEXT("t"), &table, NULL),
                     TDM_KNOWN_YES);
    for (size_t i = 0; i < count; i++)
        if (tdm_normal_same(s.catalog, table, mode, tdm_text_of(pairs[i].written),
                            tdm_text_of(pairs[i].stored)) != pairs[i].same)
            fail_msg("%s\n%s: expected %s", pairs[i].written, pairs[i].stored,
                     pairs[i].same ? "one expression" : "two");
    close_scene(&s);
}

#define ASSERT_PAIRS(mode, pairs) assert_pairs((mode), (pairs), sizeof(pairs) / sizeof *(pairs))

static void what_the_server_writes_out_is_the_same(void **state)
{
    static const pair pairs[] = {
        {"a > 0", "(a > 0)", true},
        {"x IN ('a', 'b')", "(x = ANY (ARRAY['a'::text, 'b'::text]))", true},
        {"x NOT IN ('a', 'b')", "(x <> ALL (ARRAY['a'::text, 'b'::text]))", true},
        {"x IN ('a')", "(x = 'a'::text)", true},
        {"v IN ('a', 'b')",
         "((v)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
         true},
        {"v IN ('a', 'b')",
         "((v)::text = ANY (ARRAY[('a'::character varying)::text, "
         "('b'::character varying)::text]))",
         true},
        {"v = 'a'", "((v)::text = 'a'::text)", true},
        {"a BETWEEN 1 AND 5", "((a >= 1) AND (a <= 5))", true},
        {"a NOT BETWEEN 1 AND 5", "((a < 1) OR (a > 5))", true},
        {"n >= 0 AND n <= 100", "((n >= (0)::numeric) AND (n <= (100)::numeric))", true},
        {"n >= -50", "(n >= ('-50'::integer)::numeric)", true},
        {"x LIKE 'a%'", "(x ~~ 'a%'::text)", true},
        {"x NOT LIKE 'a%'", "(x !~~ 'a%'::text)", true},
        {"v ILIKE 'a%'", "((v)::text ~~* 'a%'::text)", true},
        {"lower(v) = 'a'", "(lower((v)::text) = 'a'::text)", true},
        {"j ->> 'k' = 'a'", "((j ->> 'k'::text) = 'a'::text)", true},
        {"m = 'glad'", "(m = 'glad'::public.mood)", true},
        {"auth.role() = 'anon'", "(auth.role() = 'anon'::text)", true},
        {"a::text = '1'", "((a)::text = '1'::text)", true},
        {"u = (SELECT auth.uid())", "(u = ( SELECT auth.uid() AS uid))", true},
    };
    (void)state;
    ASSERT_PAIRS(TDM_MODE_EXPRESSION, pairs);
}

static void what_tells_expressions_apart_is_kept(void **state)
{
    static const pair pairs[] = {
        {"x IN ('a', 'b')", "(x = ANY (ARRAY['a'::text, 'c'::text]))", false},
        {"x IN ('a', 'b')", "(x <> ALL (ARRAY['a'::text, 'b'::text]))", false},
        {"x IN ('a', 'b')", "(x = ANY (ARRAY['b'::text, 'a'::text]))", false},
        {"a BETWEEN 1 AND 5", "((a > 1) AND (a <= 5))", false},
        {"n >= 0", "(n >= (0.5)::numeric)", false},
        {"a = 1", "((a)::text = '1'::text)", false},
        {"d > '2024-01-01'", "(d > '2024-01-02'::date)", false},
        {"d > '2024-01-01'", "((d)::text > '2024-01-01'::text)", false},
        {"x = '1'", "((x)::integer = 1)", false},
        {"x = 'a'", "((x)::character(1) = 'a'::bpchar)", false},
        {"v = 'ab'", "((v)::character varying(1) = 'ab'::text)", false},
        {"unknown = 'a'", "(unknown = 'a'::text)", false},
        {"x LIKE 'a%'", "(x ~~* 'a%'::text)", false},
        {"r = 'a'", "((r)::text = 'a'::text)", false},
        {"a = (SELECT b.a FROM b WHERE x = '1')", "(a = (SELECT b.a FROM b WHERE (x)::text = '1'))",
         false},
    };
    (void)state;
    ASSERT_PAIRS(TDM_MODE_EXPRESSION, pairs);
}

static void elements_of_an_index_are_compared_alike(void **state)
{
    static const pair pairs[] = {
        {"u, (j ->> 'k')", "u, ((j ->> 'k'::text))", true},
        {"lower(v) DESC, a", "lower((v)::text) DESC, a", true},
        {"lower(v) DESC, a", "lower((v)::text), a", false},
        {"lower(v)", "upper((v)::text)", false},
    };
    (void)state;
    ASSERT_PAIRS(TDM_MODE_KEYS, pairs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_server_writes_out_is_the_same),
        cmocka_unit_test(what_tells_expressions_apart_is_kept),
        cmocka_unit_test(elements_of_an_index_are_compared_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
