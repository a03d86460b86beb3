// Each row of the table of equivalent spellings has a pair that is the same and a near miss.
#include "sql/identity.h"

#include "base/text.h"

#include <string.h>

#include "test.h"

typedef struct pair {
    const char *a;
    const char *b;
} pair;

static void assert_all(const pair *pairs, size_t count, tdm_sameness expected)
{
    for (size_t i = 0; i < count; i++) {
        tdm_sameness got;
        tdm_error err = TDM_ERROR_INIT;
        assert_int_equal(tdm_sql_same(tdm_text_of(pairs[i].a), tdm_text_of(pairs[i].b), &got, &err),
                         TDM_OK);
        if (got != expected)
            print_error("judged wrong: %s\n          and: %s\n", pairs[i].a, pairs[i].b);
        assert_int_equal(got, expected);
    }
}

#define assert_same(pairs) assert_all((pairs), sizeof(pairs) / sizeof *(pairs), TDM_SAME_YES)
#define assert_different(pairs) assert_all((pairs), sizeof(pairs) / sizeof *(pairs), TDM_SAME_NO)

static void the_grammar_reads_spellings_alike(void **state)
{
    static const pair same[] = {
        {"CREATE TABLE t (a int)", "create   table T\n(A integer) -- the end"},
        {"CREATE TABLE t (a varchar(3))", "CREATE TABLE \"t\" (\"a\" CHARACTER VARYING(3))"},
        {"SELECT CAST('x' AS date)", "SELECT 'x'::date"},
        {"SELECT 'x'::date", "SELECT date 'x'"},
        {"SELECT a != b FROM t", "SELECT a <> b FROM t"},
        {"ALTER TABLE t ALTER a TYPE text", "ALTER TABLE t ALTER COLUMN a SET DATA TYPE text"},
        {"CREATE INDEX i ON t (a)", "CREATE INDEX i ON t USING btree (a)"},
        {"DROP TABLE t", "DROP TABLE t RESTRICT"},
        {"CREATE TEMP TABLE t (a int)", "CREATE TEMPORARY TABLE t (a int)"},
        {"SELECT 'it''s'", "SELECT E'it\\'s'"},
        {"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
         "CREATE FUNCTION f() RETURNS int LANGUAGE SQL AS $x$SELECT 1$x$"},
        {"CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE PROCEDURE f()",
         "CREATE TRIGGER g BEFORE INSERT ON t FOR ROW EXECUTE FUNCTION f()"},
        {"COMMIT", "END"},
    };
    static const pair different[] = {
        {"CREATE TABLE t (a int)", "CREATE TABLE \"T\" (a int)"},
        {"CREATE TABLE t (a varchar(256))", "CREATE TABLE t (a varchar(512))"},
        {"CREATE TABLE t (a text DEFAULT 0)", "CREATE TABLE t (a text DEFAULT '0')"},
        {"CREATE TABLE t (a text DEFAULT '1.0')", "CREATE TABLE t (a text DEFAULT '1.00')"},
        {"CREATE TABLE t (a text DEFAULT '')", "CREATE TABLE t (a text)"},
        {"CREATE TABLE t (a text)", "CREATE TABLE public.t (a text)"},
        {"CREATE TABLE t (a text)", "CREATE TABLE IF NOT EXISTS t (a text)"},
        {"CREATE TABLE t (a text)", "CREATE UNLOGGED TABLE t (a text)"},
        {"CREATE TABLE t (a text DEFAULT 'x')", "CREATE TABLE t (a text DEFAULT 'x'::text)"},
        {"SELECT now()", "SELECT CURRENT_TIMESTAMP"},
        {"SELECT a FROM t WHERE b IN (1, 2)", "SELECT a FROM t WHERE b IN (2, 1)"},
        {"SELECT a FROM t WHERE b IN (1)", "SELECT a FROM t WHERE b = ANY (ARRAY[1])"},
        {"DROP TABLE t", "DROP TABLE t CASCADE"},
        {"DROP TABLE t", "DROP TABLE IF EXISTS t"},
        {"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
         "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT  1'"},
        {"CREATE POLICY p ON t USING (a = 1)", "CREATE POLICY p ON t USING (a = 2)"},
        {"CREATE TYPE e AS ENUM ('a', 'b')", "CREATE TYPE e AS ENUM ('b', 'a')"},
        {"CREATE UNIQUE INDEX i ON t (a)", "CREATE UNIQUE INDEX i ON t (a) NULLS NOT DISTINCT"},
        {"CREATE INDEX i ON t (a, b)", "CREATE INDEX i ON t (b, a)"},
        {"CREATE INDEX i ON t (a)", "CREATE INDEX i ON ONLY t (a)"},
        {"SELECT a - (b - c)", "SELECT (a - b) - c"},
    };
    (void)state;
    assert_same(same);
    assert_different(different);
}

static void built_in_types_are_in_pg_catalog(void **state)
{
    static const pair same[] = {
        {"CREATE TABLE t (a timestamptz)", "CREATE TABLE t (a TIMESTAMP WITH TIME ZONE)"},
        {"CREATE TABLE t (a int4)", "CREATE TABLE t (a INT)"},
        {"CREATE TABLE t (a bool)", "CREATE TABLE t (a boolean)"},
        {"CREATE TABLE t (a float8)", "CREATE TABLE t (a DOUBLE PRECISION)"},
        {"CREATE TABLE t (a pg_catalog.uuid)", "CREATE TABLE t (a uuid)"},
        {"CREATE TABLE t (a serial8)", "CREATE TABLE t (a bigserial)"},
        {"CREATE TABLE t (a timestamptz(3))", "CREATE TABLE t (a timestamp (3) with time zone)"},
    };
    static const pair different[] = {
        {"CREATE TABLE t (a timestamptz)", "CREATE TABLE t (a timestamp)"},
        {"CREATE TABLE t (a timestamptz)", "CREATE TABLE t (a timestamptz(6))"},
        {"CREATE TABLE t (a public.uuid)", "CREATE TABLE t (a uuid)"},
        {"CREATE TABLE t (a vector)", "CREATE TABLE t (a pg_catalog.vector)"},
        {"CREATE TABLE t (a \"char\")", "CREATE TABLE t (a char)"},
        {"CREATE TABLE t (a bpchar)", "CREATE TABLE t (a char)"},
        {"CREATE TABLE t (a serial)", "CREATE TABLE t (a integer)"},
        {"CREATE FUNCTION f(u.a%TYPE) RETURNS int LANGUAGE sql AS ''",
         "CREATE FUNCTION f(u.a) RETURNS int LANGUAGE sql AS ''"},
    };
    (void)state;
    assert_same(same);
    assert_different(different);
}

static void numeric_has_scale_zero(void **state)
{
    static const pair same[] = {
        {"CREATE TABLE t (a numeric(10))", "CREATE TABLE t (a decimal(10, 0))"}};
    static const pair different[] = {
        {"CREATE TABLE t (a numeric(10))", "CREATE TABLE t (a numeric(10, 1))"},
        {"CREATE TABLE t (a numeric)", "CREATE TABLE t (a numeric(10))"},
        {"CREATE TABLE t (a u.numeric(10))", "CREATE TABLE t (a u.numeric(10, 0))"},
    };
    (void)state;
    assert_same(same);
    assert_different(different);
}

static void array_sizes_mean_nothing(void **state)
{
    static const pair same[] = {{"CREATE TABLE t (a text[])", "CREATE TABLE t (a text[3])"},
                                {"CREATE TABLE t (a text[])", "CREATE TABLE t (a text ARRAY)"}};
    static const pair different[] = {
        {"CREATE TABLE t (a text[])", "CREATE TABLE t (a text[][])"},
        {"CREATE TABLE t (a text[])", "CREATE TABLE t (a text)"},
    };
    (void)state;
    assert_same(same);
    assert_different(different);
}

static void ascending_is_the_default(void **state)
{
    static const pair same[] = {
        {"CREATE INDEX i ON t (a ASC)", "CREATE INDEX i ON t (a)"},
        {"CREATE INDEX i ON t (a ASC NULLS LAST)", "CREATE INDEX i ON t (a)"},
        {"CREATE INDEX i ON t (a DESC NULLS FIRST)", "CREATE INDEX i ON t (a DESC)"},
        {"CREATE VIEW v AS SELECT a FROM t ORDER BY a ASC",
         "CREATE VIEW v AS SELECT a FROM t ORDER BY a"},
    };
    static const pair different[] = {
        {"CREATE INDEX i ON t (a ASC NULLS FIRST)", "CREATE INDEX i ON t (a)"},
        {"CREATE INDEX i ON t (a DESC NULLS LAST)", "CREATE INDEX i ON t (a DESC)"},
        {"CREATE INDEX i ON t (a DESC)", "CREATE INDEX i ON t (a)"},
        // The server refuses ASC here.
        {"CREATE INDEX i ON t USING gin (a ASC)", "CREATE INDEX i ON t USING gin (a)"},
    };
    (void)state;
    assert_same(same);
    assert_different(different);
}

static void inline_constraints_are_those_of_the_table(void **state)
{
    static const pair same[] = {
        {"CREATE TABLE t (a int PRIMARY KEY)", "CREATE TABLE t (a int, PRIMARY KEY (a))"},
        {"CREATE TABLE t (a int CONSTRAINT k UNIQUE, b int)",
         "CREATE TABLE t (a int, b int, CONSTRAINT k UNIQUE (a))"},
        {"CREATE TABLE t (a int REFERENCES u (b) ON DELETE CASCADE)",
         "CREATE TABLE t (a int, FOREIGN KEY (a) REFERENCES u (b) ON DELETE CASCADE)"},
        {"CREATE TABLE t (a int CHECK (a > 0))", "CREATE TABLE t (a int, CHECK (a > 0))"},
        {"CREATE TABLE t (a int CHECK (a > 0) NO INHERIT)",
         "CREATE TABLE t (a int, CHECK (a > 0) NO INHERIT)"},
        {"CREATE TABLE t (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)",
         "CREATE TABLE t (a int, UNIQUE (a) DEFERRABLE INITIALLY DEFERRED)"},
        {"CREATE TABLE t (a int UNIQUE INITIALLY DEFERRED)",
         "CREATE TABLE t (a int, UNIQUE (a) DEFERRABLE INITIALLY DEFERRED)"},
        {"CREATE TABLE t (a int UNIQUE NOT DEFERRABLE INITIALLY IMMEDIATE)",
         "CREATE TABLE t (a int UNIQUE)"},
        {"CREATE TABLE t (a int UNIQUE NULLS NOT DISTINCT)",
         "CREATE TABLE t (a int, UNIQUE NULLS NOT DISTINCT (a))"},
        // Lists of their own: a check between two keys moves nothing.
        {"CREATE TABLE t (a int UNIQUE, b int CHECK (b > 0), c int PRIMARY KEY)",
         "CREATE TABLE t (a int, b int, c int, CHECK (b > 0), UNIQUE (a), PRIMARY KEY (c))"},
    };
    static const pair different[] = {
        {"CREATE TABLE t (a int UNIQUE)", "CREATE TABLE t (a int, CONSTRAINT k UNIQUE (a))"},
        {"CREATE TABLE t (a int UNIQUE, b int)", "CREATE TABLE t (a int, b int, UNIQUE (b))"},
        {"CREATE TABLE t (a int UNIQUE DEFERRABLE)", "CREATE TABLE t (a int, UNIQUE (a))"},
        {"CREATE TABLE t (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)",
         "CREATE TABLE t (a int, UNIQUE (a) DEFERRABLE)"},
        {"CREATE TABLE t (a int PRIMARY KEY)", "CREATE TABLE t (a int UNIQUE)"},
        // Unnamed checks over one column are named in their order.
        {"CREATE TABLE t (a int CHECK (a > 0) CHECK (a < 9))",
         "CREATE TABLE t (a int CHECK (a < 9) CHECK (a > 0))"},
        {"CREATE TABLE t (a int REFERENCES u)",
         "CREATE TABLE t (a int, FOREIGN KEY (a) REFERENCES u (a))"},
        {"CREATE TABLE t (a int REFERENCES u)",
         "CREATE TABLE t (a int, FOREIGN KEY (a) REFERENCES u ON DELETE CASCADE)"},
        // The server refuses the second.
        {"CREATE TABLE t (a int UNIQUE NOT NULL)",
         "CREATE TABLE t (a int UNIQUE NOT NULL DEFERRABLE)"},
        {"CREATE TABLE t (a int, b int)", "CREATE TABLE t (b int, a int)"},
    };
    (void)state;
    assert_same(same);
    assert_different(different);
}

static void properties_of_a_column_have_no_order(void **state)
{
    static const pair same[] = {
        {"CREATE TABLE t (a int NOT NULL DEFAULT 0)", "CREATE TABLE t (a int DEFAULT 0 NOT NULL)"},
        {"ALTER TABLE t ADD a int NOT NULL UNIQUE DEFAULT 0",
         "ALTER TABLE t ADD COLUMN a int DEFAULT 0 UNIQUE NOT NULL"},
        {"CREATE TABLE t (a text COLLATE \"C\" NOT NULL)",
         "CREATE TABLE t (a text NOT NULL COLLATE \"C\")"},
    };
    static const pair different[] = {
        {"CREATE TABLE t (a int NOT NULL DEFAULT 0)", "CREATE TABLE t (a int DEFAULT 0)"},
        {"ALTER TABLE t ADD a int UNIQUE DEFERRABLE DEFAULT 0",
         "ALTER TABLE t ADD a int UNIQUE DEFAULT 0"},
    };
    (void)state;
    assert_same(same);
    assert_different(different);
}

static void implied_properties_may_be_written(void **state)
{
    static const pair same[] = {
        {"CREATE TABLE t (a int PRIMARY KEY)", "CREATE TABLE t (a int NOT NULL PRIMARY KEY)"},
        {"CREATE TABLE t (a int, b int, PRIMARY KEY (a, b))",
         "CREATE TABLE t (a int NOT NULL, b int, PRIMARY KEY (a, b))"},
        {"CREATE TABLE t (a serial)", "CREATE TABLE t (a serial NOT NULL)"},
        {"CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY)",
         "CREATE TABLE t (a int NOT NULL GENERATED ALWAYS AS IDENTITY)"},
        {"CREATE TABLE t (a int NULL)", "CREATE TABLE t (a int)"},
        {"CREATE TABLE t (a int DEFAULT NULL)", "CREATE TABLE t (a int)"},
        {"ALTER TABLE t ADD a text NULL DEFAULT NULL", "ALTER TABLE t ADD a text"},
    };
    static const pair different[] = {
        {"CREATE TABLE t (a int UNIQUE)", "CREATE TABLE t (a int NOT NULL UNIQUE)"},
        {"CREATE TABLE t (a int, b int, PRIMARY KEY (a))",
         "CREATE TABLE t (a int, b int NOT NULL, PRIMARY KEY (a))"},
        // Refused by the server, or by its next version.
        {"CREATE TABLE t (a int NULL NOT NULL)", "CREATE TABLE t (a int NOT NULL)"},
        {"CREATE TABLE t (a serial NULL)", "CREATE TABLE t (a serial)"},
        {"CREATE TABLE t (a int NULL PRIMARY KEY)", "CREATE TABLE t (a int PRIMARY KEY)"},
        {"CREATE TABLE t (a int NULL, PRIMARY KEY (a))", "CREATE TABLE t (a int, PRIMARY KEY (a))"},
        // May be a domain with a default of its own.
        {"CREATE TABLE t (a mood DEFAULT NULL)", "CREATE TABLE t (a mood)"},
        {"CREATE TABLE t (a int DEFAULT NULL)", "CREATE TABLE t (a int DEFAULT 0)"},
        // PostgreSQL 18 keeps the name.
        {"CREATE TABLE t (a int CONSTRAINT n NOT NULL PRIMARY KEY)",
         "CREATE TABLE t (a int PRIMARY KEY)"},
    };
    (void)state;
    assert_same(same);
    assert_different(different);
}

static void options_have_no_order(void **state)
{
    static const pair same[] = {
        {"CREATE FUNCTION f() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1'",
         "CREATE FUNCTION f() RETURNS int AS 'SELECT 1' STABLE LANGUAGE sql"},
        {"CREATE FUNCTION f(IN a int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
         "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'"},
        {"DO $$BEGIN END$$", "DO LANGUAGE plpgsql $$BEGIN END$$"},
        {"DO $$BEGIN END$$ LANGUAGE plpgsql", "DO LANGUAGE plpgsql $$BEGIN END$$"},
        {"GRANT SELECT, INSERT ON t TO r", "GRANT INSERT, SELECT ON t TO r"},
        {"BEGIN", "START TRANSACTION"},
    };
    static const pair different[] = {
        {"CREATE FUNCTION f() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1'",
         "CREATE FUNCTION f() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'"},
        {"CREATE FUNCTION f(OUT a int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
         "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'"},
        {"CREATE FUNCTION f() RETURNS int LANGUAGE sql SET a = 1 SET b = 2 AS 'SELECT 1'",
         "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET b = 2 SET a = 1 AS 'SELECT 1'"},
        {"CREATE FUNCTION f(a int, b text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
         "CREATE FUNCTION f(b text, a int) RETURNS int LANGUAGE sql AS 'SELECT 1'"},
        {"DO $$BEGIN END$$", "DO LANGUAGE plperl $$BEGIN END$$"},
        {"GRANT SELECT (a), INSERT ON t TO r", "GRANT SELECT, INSERT ON t TO r"},
        {"GRANT SELECT, INSERT ON t TO r", "GRANT SELECT, UPDATE ON t TO r"},
        {"BEGIN", "BEGIN READ ONLY"},
    };
    (void)state;
    assert_same(same);
    assert_different(different);
}

static void unparsed_text_is_the_same_only_byte_for_byte(void **state)
{
    static const pair same[] = {{"MERGE INTO t USING u ON a = b WHEN NOT MATCHED BY SOURCE",
                                 "MERGE INTO t USING u ON a = b WHEN NOT MATCHED BY SOURCE"}};
    static const pair unknown[] = {{"SELECT FROM WHERE", "SELECT  FROM WHERE"},
                                   {"SELECT FROM WHERE", "SELECT 1"},
                                   {"SELECT 1", "SELECT 1; SELECT 2"}};
    (void)state;
    assert_same(same);
    assert_all(unknown, sizeof unknown / sizeof *unknown, TDM_SAME_UNKNOWN);
}

static void digest_says_whether_text_was_parsed(void **state)
{
    tdm_digest tree, bytes;
    bool parsed = false;
    (void)state;
    assert_int_equal(tdm_sql_identity_of(TDM_TEXT("SELECT 1"), &tree, &parsed, NULL), TDM_OK);
    assert_true(parsed);
    assert_int_equal(tdm_sql_identity_of(TDM_TEXT("SELECT 1 FROM"), &bytes, &parsed, NULL), TDM_OK);
    assert_false(parsed);
    assert_false(tdm_digest_equal(tree, bytes));
    assert_int_equal(tdm_sql_identity_of(TDM_TEXT(""), &bytes, &parsed, NULL), TDM_OK);
    assert_false(parsed);
}

static tdm_digest in_public(const char *sql)
{
    tdm_sql_tree *tree = NULL;
    tdm_digest digest;
    assert_int_equal(tdm_sql_parse_text(tdm_text_of(sql), &tree, NULL), TDM_OK);
    assert_int_equal(tdm_sql_identity_in(&tree->node->base, "public", &digest, NULL), TDM_OK);
    tdm_sql_tree_free(tree);
    return digest;
}

static void a_session_may_find_names_in_a_schema(void **state)
{
    static const pair same[] = {
        {"CREATE INDEX i ON public.t (a)", "CREATE INDEX i ON t (a)"},
        {"UPDATE public.t SET a = b FROM public.u", "UPDATE t SET a = b FROM u"},
        {"SELECT a::public.mood FROM t", "SELECT a::mood FROM public.t"},
    };
    static const pair different[] = {
        {"UPDATE s.t SET a = 1", "UPDATE t SET a = 1"},
        {"SELECT public.lower(a) FROM t", "SELECT lower(a) FROM t"},
        {"SELECT a::public.uuid FROM t", "SELECT a::uuid FROM t"},
        {"SELECT 1 FROM public.pg_class", "SELECT 1 FROM pg_class"},
        {"WITH t AS (SELECT 1) SELECT 1 FROM public.t", "WITH t AS (SELECT 1) SELECT 1 FROM t"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_true(tdm_digest_equal(in_public(same[i].a), in_public(same[i].b)));
    for (size_t i = 0; i < sizeof different / sizeof *different; i++)
        assert_false(tdm_digest_equal(in_public(different[i].a), in_public(different[i].b)));
}

// tandem.lock keeps digests: a change here must raise TDM_SQL_IDENTITY_VERSION.
static void digests_are_stable(void **state)
{
    tdm_digest digest;
    char hex[33];
    (void)state;
    assert_int_equal(tdm_sql_identity_of(TDM_TEXT("CREATE TABLE t (a int4 UNIQUE NOT NULL)"),
                                         &digest, NULL, NULL),
                     TDM_OK);
    tdm_digest_hex(digest, hex);
    assert_int_equal(TDM_SQL_IDENTITY_VERSION, 1);
    assert_string_equal(hex, "c429b2b411e36eb8fca7eb0d6c6528a7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_grammar_reads_spellings_alike),
        cmocka_unit_test(built_in_types_are_in_pg_catalog),
        cmocka_unit_test(numeric_has_scale_zero),
        cmocka_unit_test(array_sizes_mean_nothing),
        cmocka_unit_test(ascending_is_the_default),
        cmocka_unit_test(inline_constraints_are_those_of_the_table),
        cmocka_unit_test(properties_of_a_column_have_no_order),
        cmocka_unit_test(implied_properties_may_be_written),
        cmocka_unit_test(options_have_no_order),
        cmocka_unit_test(unparsed_text_is_the_same_only_byte_for_byte),
        cmocka_unit_test(digest_says_whether_text_was_parsed),
        cmocka_unit_test(a_session_may_find_names_in_a_schema),
        cmocka_unit_test(digests_are_stable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
