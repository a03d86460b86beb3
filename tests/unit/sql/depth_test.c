// The measure must be on the high side: whatever it lets through is really parsed here, on the
// ordinary stack, and would crash libpg_query or protobuf-c were it wrong.
#include "sql/identity.h"
#include "sql/lexer.h"
#include "sql/tree.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

typedef struct shape {
    const char *start;
    const char *open; // repeated
    const char *core;
    const char *close; // repeated
    const char *end;
} shape;

static const shape shapes[] = {
    {"SELECT ", "(", "1", ")", ""},
    {"SELECT ", "1+", "1", "", ""},
    {"SELECT 1", "", "", "+1", ""},
    {"SELECT ", "-+", "a", "", ""},
    {"SELECT ", "(SELECT ", "1", ")", ""},
    {"SELECT 1", " UNION SELECT 1", "", "", ""},
    {"SELECT ", "CASE WHEN ", "a", " THEN 1 END", ""},
    {"SELECT ", "CASE a.end WHEN ", "a", " THEN 1 END", ""},
    {"SELECT ", "CASE WHEN a THEN b ELSE ", "1", " END", ""},
    {"SELECT ", "ARRAY[", "1", "]", ""},
    {"SELECT ", "f(", "1", ")", ""},
    {"SELECT * FROM a", " CROSS JOIN a", "", "", ""},
    {"SELECT * FROM ", "(a CROSS JOIN ", "a", ")", ""},
    {"SELECT 1", "::int", "", "", ""},
    {"SELECT ", "NOT ", "a", "", ""},
    {"SELECT a", " COLLATE x", "", "", ""},
    {"SELECT a", " AT TIME ZONE 'x'", "", "", ""},
    {"SELECT a", " OPERATOR(pg_catalog.+) b", "", "", ""},
    {"SELECT * FROM ", "(SELECT * FROM ", "a", ") x", ""},
    {"", "WITH x AS (", "SELECT 1", ") SELECT 1", ""},
    {"SELECT ", "EXISTS (SELECT FROM a WHERE ", "true", ")", ""},
    {"SELECT ", "1 IN (SELECT 1 FROM (SELECT ", "1", ") x)", ""},
    {"SELECT ", "1 NOT IN (SELECT CASE WHEN ARRAY[f((SELECT ", "1", "))] THEN 1 END)", ""},
    {"SELECT * FROM t WHERE ", "NOT a BETWEEN b AND ", "c", "", ""},
    {"SELECT * FROM t WHERE ", "NOT NOT NOT a BETWEEN b AND ", "c", "", ""},
    {"SELECT ", "a LIKE b ESCAPE NOT ", "c", "", ""},
    {"SELECT ", "a SIMILAR TO NOT ", "c", "", ""},
    {"SELECT ", "EXISTS (SELECT FROM a WHERE x OR y AND ", "true", ")", ""},
    {"SELECT ", "a[1:", "1", "]", ""},
    {"SELECT ", "(a).b[1] + (", "1", ")", ""},
    {"SELECT ", "1 = ANY (ARRAY[(", "1", ")])", ""},
    {"SELECT ", "sum(a) FILTER (WHERE a > (", "1", ")) OVER (ORDER BY a)", ""},
    {"SELECT ", "(1+", "1", ")+1+1+1", ""},
    // Behind a comment libpg_query's literal has ended, PostgreSQL's goes on.
    {"DO E'a' -- x\n'b\\'; SELECT ", "(SELECT ", "1", ")", " -- '"},
    {"SELECT 1 AS case", " UNION SELECT 1 AS case", "", "", ""},
    {"SELECT a", " AND NOT b", "", "", ""},
    {"SELECT a", " OR b = 1", "", "", ""},
    {"INSERT INTO t VALUES (1)", ", (-1, 'a' || 'b')", "", "", ""},
    {"CREATE TABLE t (a int", ", b numeric(3, 2) DEFAULT (1 + 2) NOT NULL", "", "", ")"},
};

static char *build(const shape *s, size_t count)
{
    size_t size = strlen(s->start) + strlen(s->core) + strlen(s->end) +
                  count * (strlen(s->open) + strlen(s->close)) + 1;
    char *text = malloc(size), *at = text;
    assert_non_null(text);
    at = stpcpy(at, s->start);
    for (size_t i = 0; i < count; i++)
        at = stpcpy(at, s->open);
    at = stpcpy(at, s->core);
    for (size_t i = 0; i < count; i++)
        at = stpcpy(at, s->close);
    stpcpy(at, s->end);
    return text;
}

static bool parses(const char *sql)
{
    tdm_sql_tree *tree = NULL;
    tdm_error err = TDM_ERROR_INIT;
    tdm_status status = tdm_sql_parse_text(tdm_text_of(sql), &tree, &err);
    tdm_digest digest;
    if (status == TDM_OK)
        assert_int_equal(tdm_sql_identity(tree, &digest, &err), TDM_OK);
    else
        assert_true(err.code == TDM_ERROR_LIMIT || err.code == TDM_ERROR_SQL);
    tdm_sql_tree_free(tree);
    return status == TDM_OK;
}

static bool measured(const shape *s, size_t count)
{
    char *text = build(s, count);
    bool harmless = tdm_sql_too_deep(tdm_text_of(text)) == 0;
    if (harmless)
        parses(text);
    free(text);
    return harmless;
}

static void whatever_passes_is_parsed_without_harm(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (size_t count = 1; count < 3000; count = count * 4 + 1)
            if (!measured(&shapes[i], count))
                break;
}

static void the_deepest_that_passes_is_parsed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        size_t low = 1, high = 6000;
        while (high - low > 1) {
            size_t middle = low + (high - low) / 2;
            char *text = build(&shapes[i], middle);
            if (tdm_sql_too_deep(tdm_text_of(text)))
                high = middle;
            else
                low = middle;
            free(text);
        }
        assert_true(measured(&shapes[i], low));
    }
}

static void ordinary_statements_pass(void **state)
{
    static const shape wide[] = {
        {"SELECT a", " OR b = 1", "", "", ""},
        {"INSERT INTO t VALUES (1)", ", (-1, 'a' || 'b')", "", "", ""},
        {"CREATE TABLE t (a int", ", b numeric(3, 2) DEFAULT (1 + 2) NOT NULL", "", "", ")"},
        {"SELECT a", " AND c IN (1, 2) AND NOT d", "", "", ""},
        {"SELECT f(a)", ", CASE WHEN a = 1 THEN 2 ELSE 3 END", "", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        char *text = build(&wide[i], 10000);
        assert_int_equal(tdm_sql_too_deep(tdm_text_of(text)), 0);
        free(text);
    }
    // A chain of concatenations as people write them for messages and JSON.
    static const shape chain = {"SELECT 'a'", " || coalesce(b, 'x')::text", "", "", ""};
    char *text = build(&chain, 500);
    assert_int_equal(tdm_sql_too_deep(tdm_text_of(text)), 0);
    assert_true(parses(text));
    free(text);
}

static void the_place_of_the_excess_is_given(void **state)
{
    static const shape brackets = {"SELECT ", "(", "1", ")", ""};
    (void)state;
    char *text = build(&brackets, 600);
    assert_int_equal(tdm_sql_too_deep(tdm_text_of(text)), strlen("SELECT ") + 500 + 1);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_passes_is_parsed_without_harm),
        cmocka_unit_test(the_deepest_that_passes_is_parsed),
        cmocka_unit_test(ordinary_statements_pass),
        cmocka_unit_test(the_place_of_the_excess_is_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
