// The way back of a migration, as SQL: what its statements are undone by, and what is lost.
#include "test.h"

#include <string.h>

#include "base/error.h"
#include "inverse/inverse.h"
#include "sql/split.h"

typedef struct journey {
    const char *before; // statements that made the schema, or NULL
    const char *sql;    // the migration
    const char *back;   // one statement for each line; a line break inside of one is " / "
    const char *lost;   // likewise
} journey;

static tdm_statements split(tdm_arena *arena, const char *sql)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_statements statements;

    assert_int_equal(tdm_sql_split(arena, "m.sql", (tdm_text){sql, strlen(sql)}, &statements, &err),
                     TDM_OK);
    return statements;
}

static void add_line(tdm_buffer *out, tdm_text line)
{
    tdm_buffer_puts(out, out->size ? "\n" : "");
    for (size_t i = 0; i < line.size; i++) {
        if (line.data[i] == '\n')
            tdm_buffer_puts(out, " /");
        else if (i == 0 || line.data[i] != ' ' || line.data[i - 1] != ' ')
            tdm_buffer_putc(out, line.data[i]);
    }
}

static tdm_text join(tdm_arena *arena, const tdm_text *items, size_t count)
{
    tdm_buffer out = TDM_BUFFER_INIT(100000);

    for (size_t i = 0; i < count; i++)
        add_line(&out, items[i]);
    tdm_buffer_putc(&out, '\0');
    return tdm_buffer_take(&out, arena);
}

static void assert_journey(const journey *way)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_arena *arena = tdm_arena_new(0);
    tdm_catalog *catalog = NULL;
    tdm_inverse_sql ignored, back;

    assert_int_equal(tdm_catalog_new(arena, true, &catalog, &err), TDM_OK);
    tdm_statements before = split(arena, way->before ? way->before : "");
    tdm_statements statements = split(arena, way->sql);
    assert_int_equal(tdm_inverse_of_migration(arena, catalog, &before, &ignored, &err), TDM_OK);
    assert_int_equal(tdm_inverse_of_migration(arena, catalog, &statements, &back, &err), TDM_OK);
    assert_string_equal(join(arena, back.statements.items, back.statements.count).data, way->back);
    assert_string_equal(join(arena, back.losses.items, back.losses.count).data,
                        way->lost ? way->lost : "");
    assert_int_equal(back.whole, way->lost == NULL);
    tdm_arena_free(arena);
}

#define ASSERT_BACK(...) assert_journey(&(journey){__VA_ARGS__})

// --- Tables -------------------------------------------------------------------------------------

static void test_what_goes_with_its_table_is_not_undone(void **state)
{
    (void)state;
    ASSERT_BACK(NULL,
                "CREATE TABLE t (a int); ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
                "COMMENT ON TABLE t IS 'x'; ALTER TABLE t ALTER a SET NOT NULL;"
                "CREATE INDEX i ON t (a)",
                "DROP INDEX i\nDROP TABLE t", NULL);
}

static void test_a_setting_of_another_table_is(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE TABLE t (a int)",
                "ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE TABLE u (a int);"
                "ALTER TABLE u ENABLE ROW LEVEL SECURITY",
                "DROP TABLE u\nALTER TABLE t DISABLE ROW LEVEL SECURITY", NULL);
}

static void test_a_renamed_table_is_not_the_one_of_its_name(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE TABLE t (a int)",
                "COMMENT ON TABLE t IS 'x'; ALTER TABLE t RENAME TO old; CREATE TABLE t (b int)",
                "DROP TABLE t\nALTER TABLE old RENAME TO t\nCOMMENT ON TABLE t IS NULL", NULL);
}

static void test_a_dropped_table_comes_back_empty(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE TABLE u (id int PRIMARY KEY);"
                "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY (START WITH 5) PRIMARY KEY,"
                " \"User\" int REFERENCES u (id) ON DELETE CASCADE, s serial);"
                "CREATE INDEX i ON t (\"User\"); ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
                "COMMENT ON COLUMN t.id IS 'key'; CREATE POLICY p ON t USING (true)",
                "DROP TABLE t",
                "CREATE TABLE t ( / id bigint GENERATED ALWAYS AS IDENTITY (START WITH 5) NOT NULL,"
                " / \"User\" integer, / s serial /)\n"
                "ALTER TABLE t ADD CONSTRAINT t_pkey PRIMARY KEY (id)\n"
                "CREATE INDEX i ON t (\"User\")\n"
                "ALTER TABLE t ADD CONSTRAINT \"t_User_fkey\" FOREIGN KEY (\"User\") REFERENCES u"
                " (id) ON DELETE CASCADE\n"
                "CREATE POLICY p ON t USING (true)\n"
                "COMMENT ON COLUMN t.id IS 'key'\n"
                "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
                "the rows of t are lost");
}

static void test_a_column_with_a_sequence(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE TABLE t (a int)", "ALTER TABLE t ADD COLUMN id serial",
                "ALTER TABLE t DROP COLUMN id", NULL);
    ASSERT_BACK("CREATE TABLE t (a int, id serial)", "ALTER TABLE t DROP COLUMN id",
                "ALTER TABLE t ADD COLUMN id serial", "what t.id held is lost");
    ASSERT_BACK("CREATE TABLE t (a int NOT NULL)",
                "ALTER TABLE t ALTER a ADD GENERATED BY DEFAULT AS IDENTITY",
                "ALTER TABLE t ALTER COLUMN a DROP IDENTITY", NULL);
    ASSERT_BACK("CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY)",
                "ALTER TABLE t ALTER a SET GENERATED BY DEFAULT",
                "ALTER TABLE t ALTER COLUMN a SET GENERATED ALWAYS", NULL);
}

static void test_a_validated_constraint_is_made_anew(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
                "ALTER TABLE t VALIDATE CONSTRAINT c",
                "ALTER TABLE t DROP CONSTRAINT c\n"
                "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
                NULL);
}

static void test_partitions_are_detached(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE TABLE p (a int PRIMARY KEY) PARTITION BY RANGE (a);"
                "CREATE TABLE c (a int NOT NULL)",
                "ALTER TABLE p ATTACH PARTITION c FOR VALUES FROM (1) TO (2)",
                "ALTER TABLE p DETACH PARTITION c\nALTER TABLE c DROP CONSTRAINT c_pkey", NULL);
}

static void test_types_keep_their_capitals(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE TYPE \"Mood\" AS ENUM ('a'); CREATE TABLE t (m \"Mood\" NOT NULL)",
                "ALTER TABLE t ALTER m TYPE text USING m::text",
                "ALTER TABLE t ALTER COLUMN m TYPE public.\"Mood\" USING m::text::public.\"Mood\"",
                NULL);
}

// --- Definitions --------------------------------------------------------------------------------

#define BODY(n) "RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN " #n "; END'"

static void test_a_replaced_function_gets_its_text_back(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE FUNCTION f() " BODY(1), "CREATE OR REPLACE FUNCTION f() " BODY(2),
                "CREATE OR REPLACE FUNCTION f() " BODY(1), NULL);
    ASSERT_BACK("CREATE FUNCTION f() " BODY(1) "; ALTER FUNCTION f() SET search_path = ''",
                "CREATE OR REPLACE FUNCTION f() " BODY(2),
                "CREATE OR REPLACE FUNCTION f() " BODY(1) "\n"
                                                          "ALTER FUNCTION f() SET search_path = ''",
                NULL);
    ASSERT_BACK("CREATE FUNCTION f() " BODY(1), "ALTER FUNCTION f() SECURITY DEFINER",
                "CREATE OR REPLACE FUNCTION f() " BODY(1), NULL);
    ASSERT_BACK("CREATE FUNCTION f() " BODY(1), "DROP FUNCTION f()", "CREATE FUNCTION f() " BODY(1),
                NULL);
}

static void test_a_default_of_an_argument_cannot_be_replaced_away(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE FUNCTION f(a int) " BODY(1),
                "CREATE OR REPLACE FUNCTION f(a int DEFAULT 2) " BODY(1),
                "DROP ROUTINE f(integer)\nCREATE FUNCTION f(a int) " BODY(1), NULL);
}

// The server reads the body of a function in SQL when it is made; it may be out of date by then.
static void test_bodies_in_sql_are_not_read_again(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT a "
                "FROM t'; DROP TABLE t",
                "DROP FUNCTION f(); CREATE FUNCTION g() " BODY(1),
                "DROP ROUTINE g()\nSET LOCAL check_function_bodies = off\n"
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT a FROM t'",
                NULL);
}

static void test_a_function_made_and_replaced_is_dropped(void **state)
{
    (void)state;
    ASSERT_BACK(NULL, "CREATE FUNCTION f() " BODY(1) "; CREATE OR REPLACE FUNCTION f() " BODY(2),
                "DROP ROUTINE f()", NULL);
}

static void test_a_text_that_means_something_else_is_not_used(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;"
                "ALTER TABLE t RENAME TO u",
                "DROP VIEW v", "", "v: its definition is not kept");
    // The body is a string, which the server does not look into.
    ASSERT_BACK("CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS "
                "'BEGIN RETURN a FROM t; END'; ALTER TABLE t RENAME TO u",
                "DROP FUNCTION f()",
                "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN a FROM t; END'",
                NULL);
    ASSERT_BACK("SET search_path = other; CREATE SCHEMA other; CREATE FUNCTION f() " BODY(
                    1) ";"
                       "RESET search_path",
                "DROP FUNCTION other.f()", "", "f(): its definition is not kept");
}

static void test_a_view_is_replaced_where_its_columns_stay(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t",
                "CREATE OR REPLACE VIEW v AS SELECT a FROM t WHERE a > 0",
                "CREATE OR REPLACE VIEW v AS SELECT a FROM t", NULL);
    ASSERT_BACK("CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t;"
                "COMMENT ON VIEW v IS 'x'",
                "CREATE OR REPLACE VIEW v AS SELECT a, b FROM t",
                "DROP VIEW v\nCREATE VIEW v AS SELECT a FROM t\nCOMMENT ON VIEW v IS 'x'", NULL);
}

static void test_policies(void **state)
{
    const char *made = "CREATE TABLE t (a int); CREATE POLICY p ON t TO PUBLIC USING (a > 0)";

    (void)state;
    ASSERT_BACK(made, "ALTER POLICY p ON t USING (a > 1)", "ALTER POLICY p ON t USING (a > 0)",
                NULL);
    ASSERT_BACK(made, "ALTER POLICY p ON t WITH CHECK (a > 1)",
                "DROP POLICY p ON t\nCREATE POLICY p ON t TO PUBLIC USING (a > 0)", NULL);
    ASSERT_BACK(made, "DROP POLICY IF EXISTS p ON t; CREATE POLICY p ON t USING (true)",
                "DROP POLICY p ON t\nCREATE POLICY p ON t TO PUBLIC USING (a > 0)", NULL);
    ASSERT_BACK(made, "ALTER POLICY p ON t RENAME TO q", "ALTER POLICY q ON t RENAME TO p", NULL);
}

static void test_triggers(void **state)
{
    const char *made = "CREATE TABLE t (a int, b int);"
                       "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END';"
                       "CREATE TRIGGER g BEFORE INSERT OR UPDATE OF a, b ON t FOR EACH ROW WHEN "
                       "(NEW.a > 0) EXECUTE FUNCTION f('x')";

    (void)state;
    ASSERT_BACK(made, "ALTER TABLE t DISABLE TRIGGER g", "ALTER TABLE t ENABLE TRIGGER g", NULL);
    ASSERT_BACK(made, "ALTER TABLE t RENAME TO u; DROP TRIGGER g ON u",
                "CREATE TRIGGER g BEFORE INSERT OR UPDATE OF a, b ON u FOR EACH ROW WHEN (NEW.a > "
                "0) EXECUTE FUNCTION f('x')\nALTER TABLE u RENAME TO t",
                NULL);
}

static void test_types(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE TYPE m AS ENUM ('a', 'b')", "ALTER TYPE m RENAME VALUE 'b' TO 'c d'",
                "ALTER TYPE m RENAME VALUE 'c d' TO 'b'", NULL);
    ASSERT_BACK("CREATE TYPE m AS ENUM ('a')", "ALTER TYPE m ADD VALUE 'b'", "",
                "type m: labels cannot be put back");
    ASSERT_BACK("CREATE DOMAIN d AS int DEFAULT 1", "ALTER DOMAIN d DROP DEFAULT",
                "ALTER DOMAIN d SET DEFAULT 1", NULL);
    ASSERT_BACK("CREATE DOMAIN d AS int CHECK (VALUE > 0)", "DROP DOMAIN d",
                "CREATE DOMAIN d AS int CHECK (VALUE > 0)", NULL);
}

// --- Comments, owners, grants -------------------------------------------------------------------

static void test_comments_of_every_kind(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE FUNCTION f(int) " BODY(1) "; COMMENT ON FUNCTION f(int) IS 'one'",
                "COMMENT ON FUNCTION f(int) IS 'two'", "COMMENT ON ROUTINE f(integer) IS 'one'",
                NULL);
    ASSERT_BACK("CREATE TABLE t (a int PRIMARY KEY)",
                "COMMENT ON CONSTRAINT t_pkey ON t IS 'k'; COMMENT ON COLUMN t.a IS 'c'",
                "COMMENT ON COLUMN t.a IS NULL\nCOMMENT ON CONSTRAINT t_pkey ON t IS NULL", NULL);
}

static void test_an_owner_that_was_not_said_is_whoever_runs_the_statements(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE TABLE t (a int)", "ALTER TABLE t OWNER TO boss",
                "ALTER TABLE t OWNER TO CURRENT_USER", NULL);
    ASSERT_BACK("CREATE TABLE t (a int); ALTER TABLE t OWNER TO chief",
                "ALTER TABLE t OWNER TO boss", "ALTER TABLE t OWNER TO chief", NULL);
}

static void test_grants(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE TABLE t (a int)", "GRANT SELECT, INSERT ON t TO reader",
                "REVOKE SELECT, INSERT ON TABLE t FROM reader", NULL);
    ASSERT_BACK("CREATE TABLE t (a int); GRANT SELECT ON t TO reader",
                "GRANT SELECT, INSERT ON t TO reader", "REVOKE INSERT ON TABLE t FROM reader",
                NULL);
    ASSERT_BACK("CREATE TABLE t (a int); GRANT ALL ON t TO reader", "REVOKE ALL ON t FROM reader",
                "GRANT ALL ON TABLE t TO reader", NULL);
    ASSERT_BACK("CREATE FUNCTION f() " BODY(1), "REVOKE ALL ON FUNCTION f() FROM PUBLIC",
                "GRANT ALL ON ROUTINE f() TO PUBLIC", NULL);
    ASSERT_BACK("CREATE SCHEMA s", "GRANT USAGE ON SCHEMA s TO reader WITH GRANT OPTION",
                "REVOKE USAGE ON SCHEMA s FROM reader", NULL);
    // The platform may have given it before.
    ASSERT_BACK("CREATE TABLE t (a int)", "GRANT SELECT ON t TO anon", "",
                "t: what anon might do before is not known");
    // What is dropped comes back with what was granted on it.
    ASSERT_BACK("CREATE VIEW v AS SELECT 1 AS a; GRANT SELECT ON v TO reader", "DROP VIEW v",
                "CREATE VIEW v AS SELECT 1 AS a\nGRANT SELECT ON TABLE v TO reader", NULL);
}

// --- The rest -----------------------------------------------------------------------------------

static void test_publications(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE TABLE t (a int)", "ALTER PUBLICATION supabase_realtime ADD TABLE t",
                "ALTER PUBLICATION supabase_realtime DROP TABLE t", NULL);
    ASSERT_BACK("CREATE TABLE t (a int); CREATE TABLE u (a int); CREATE PUBLICATION p FOR TABLE t",
                "ALTER PUBLICATION p ADD TABLE u", "ALTER PUBLICATION p DROP TABLE u", NULL);
}

static void test_what_may_have_been_there_is_not_dropped(void **state)
{
    (void)state;
    ASSERT_BACK("SELECT some_function()", "CREATE OR REPLACE FUNCTION f() " BODY(1), "",
                "function f(): whether it was there before is not known");
    ASSERT_BACK(NULL, "CREATE EXTENSION IF NOT EXISTS pgcrypto", "",
                "extension pgcrypto: whether it was there before is not known");
    ASSERT_BACK(NULL, "CREATE EXTENSION IF NOT EXISTS vector", "DROP EXTENSION vector", NULL);
}

static void test_rows_stay(void **state)
{
    (void)state;
    ASSERT_BACK("CREATE TABLE t (a int)", "INSERT INTO t VALUES (1); ALTER TABLE t ADD b int",
                "ALTER TABLE t DROP COLUMN b", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_goes_with_its_table_is_not_undone),
        cmocka_unit_test(test_a_setting_of_another_table_is),
        cmocka_unit_test(test_a_renamed_table_is_not_the_one_of_its_name),
        cmocka_unit_test(test_a_dropped_table_comes_back_empty),
        cmocka_unit_test(test_a_column_with_a_sequence),
        cmocka_unit_test(test_a_validated_constraint_is_made_anew),
        cmocka_unit_test(test_partitions_are_detached),
        cmocka_unit_test(test_types_keep_their_capitals),
        cmocka_unit_test(test_a_replaced_function_gets_its_text_back),
        cmocka_unit_test(test_a_default_of_an_argument_cannot_be_replaced_away),
        cmocka_unit_test(test_bodies_in_sql_are_not_read_again),
        cmocka_unit_test(test_a_function_made_and_replaced_is_dropped),
        cmocka_unit_test(test_a_text_that_means_something_else_is_not_used),
        cmocka_unit_test(test_a_view_is_replaced_where_its_columns_stay),
        cmocka_unit_test(test_policies),
        cmocka_unit_test(test_triggers),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_comments_of_every_kind),
        cmocka_unit_test(test_an_owner_that_was_not_said_is_whoever_runs_the_statements),
        cmocka_unit_test(test_grants),
        cmocka_unit_test(test_publications),
        cmocka_unit_test(test_what_may_have_been_there_is_not_dropped),
        cmocka_unit_test(test_rows_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
