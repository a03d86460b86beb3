#include "test.h"

#include "base/text.h"
#include "write/native.h"

#include <string.h>

static int setup(void **state)
{
    *state = tdm_arena_new(0);
    return 0;
}

static int teardown(void **state)
{
    tdm_arena_free(*state);
    return 0;
}

static bool guarded(tdm_arena *arena, const char *sql, tdm_text *ret)
{
    tdm_sql_tree *tree = NULL;
    tdm_sql_class kind;
    assert_int_equal(tdm_sql_parse_text(tdm_text_of(sql), &tree, NULL), TDM_OK);
    assert_int_equal(tdm_sql_classify(arena, tree, &kind, NULL), TDM_OK);
    bool done = tdm_native_guard(arena, tree, &kind, ret);
    *ret = tdm_arena_text(arena, *ret);
    tdm_sql_tree_free(tree);
    return done;
}

// Each result is read by PostgreSQL's own grammar.
static void assert_guarded(tdm_arena *arena, const char *sql, const char *wanted)
{
    tdm_sql_tree *tree = NULL;
    tdm_text got = {0};
    assert_true(guarded(arena, sql, &got));
    assert_text_equal(got, wanted);
    assert_int_equal(tdm_sql_parse_text(got, &tree, NULL), TDM_OK);
    tdm_sql_tree_free(tree);
}

static void assert_unguarded(tdm_arena *arena, const char *sql)
{
    tdm_text got = {0};
    assert_false(guarded(arena, sql, &got));
}

static void what_is_made_is_made_if_it_is_not_there(void **state)
{
    static const char *const cases[][2] = {
        {"CREATE TABLE t (a int)", "CREATE TABLE IF NOT EXISTS t (a int)"},
        {"create  table\n  t (a int)", "create  table IF NOT EXISTS\n  t (a int)"},
        {"/* TABLE */ CREATE /* x */ UNLOGGED TABLE t ()",
         "/* TABLE */ CREATE /* x */ UNLOGGED TABLE IF NOT EXISTS t ()"},
        {"CREATE UNIQUE INDEX ix ON t (a)", "CREATE UNIQUE INDEX IF NOT EXISTS ix ON t (a)"},
        {"CREATE INDEX CONCURRENTLY ix ON t (a)",
         "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix ON t (a)"},
        {"CREATE SEQUENCE s", "CREATE SEQUENCE IF NOT EXISTS s"},
        {"CREATE SCHEMA x", "CREATE SCHEMA IF NOT EXISTS x"},
        {"CREATE EXTENSION vector", "CREATE EXTENSION IF NOT EXISTS vector"},
        {"CREATE MATERIALIZED VIEW v AS SELECT 1",
         "CREATE MATERIALIZED VIEW IF NOT EXISTS v AS SELECT 1"},
        {"ALTER TYPE s.\"Mood\" ADD VALUE 'add'",
         "ALTER TYPE s.\"Mood\" ADD VALUE IF NOT EXISTS 'add'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_guarded(*state, cases[i][0], cases[i][1]);
}

static void what_can_be_replaced_is_replaced(void **state)
{
    static const char *const cases[][2] = {
        {"CREATE VIEW v AS SELECT 1", "CREATE OR REPLACE VIEW v AS SELECT 1"},
        {"CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
         "CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'"},
        {"CREATE TRIGGER tr BEFORE INSERT ON t EXECUTE FUNCTION f()",
         "CREATE OR REPLACE TRIGGER tr BEFORE INSERT ON t EXECUTE FUNCTION f()"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_guarded(*state, cases[i][0], cases[i][1]);
}

static void what_is_dropped_is_dropped_if_it_is_there(void **state)
{
    static const char *const cases[][2] = {
        {"DROP TABLE a, b CASCADE", "DROP TABLE IF EXISTS a, b CASCADE"},
        {"DROP INDEX CONCURRENTLY ix", "DROP INDEX CONCURRENTLY IF EXISTS ix"},
        {"DROP MATERIALIZED VIEW v", "DROP MATERIALIZED VIEW IF EXISTS v"},
        {"DROP FUNCTION f(int)", "DROP FUNCTION IF EXISTS f(int)"},
        {"DROP POLICY \"p q\" ON t", "DROP POLICY IF EXISTS \"p q\" ON t"},
        {"DROP TEXT SEARCH DICTIONARY d", "DROP TEXT SEARCH DICTIONARY IF EXISTS d"},
        {"DROP CAST (int AS text)", "DROP CAST IF EXISTS (int AS text)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_guarded(*state, cases[i][0], cases[i][1]);
}

static void each_command_of_an_alter_table_gets_its_own(void **state)
{
    static const char *const cases[][2] = {
        {"ALTER TABLE t ADD COLUMN a int", "ALTER TABLE t ADD COLUMN IF NOT EXISTS a int"},
        {"ALTER TABLE ONLY s.\"ADD\" ADD a int CHECK (f(a, 1)), DROP b",
         "ALTER TABLE ONLY s.\"ADD\" ADD IF NOT EXISTS a int CHECK (f(a, 1)), DROP IF EXISTS b"},
        {"ALTER TABLE t DROP COLUMN IF EXISTS a, DROP CONSTRAINT c CASCADE",
         "ALTER TABLE t DROP COLUMN IF EXISTS a, DROP CONSTRAINT IF EXISTS c CASCADE"},
        {"ALTER TABLE add.t ADD COLUMN a int, ALTER a SET NOT NULL",
         "ALTER TABLE add.t ADD COLUMN IF NOT EXISTS a int, ALTER a SET NOT NULL"},
        {"ALTER TABLE t ALTER COLUMN a DROP IDENTITY",
         "ALTER TABLE t ALTER COLUMN a DROP IDENTITY IF EXISTS"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_guarded(*state, cases[i][0], cases[i][1]);
}

static void what_has_its_guard_stays_as_it_is(void **state)
{
    assert_guarded(*state, "CREATE TABLE IF NOT EXISTS t ()", "CREATE TABLE IF NOT EXISTS t ()");
    assert_guarded(*state, "DROP VIEW IF EXISTS v", "DROP VIEW IF EXISTS v");
    assert_guarded(*state, "ALTER TABLE IF EXISTS t ADD a int",
                   "ALTER TABLE IF EXISTS t ADD IF NOT EXISTS a int");
}

static void what_postgresql_has_no_guard_for_is_left_to_others(void **state)
{
    static const char *const cases[] = {
        "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)",
        "ALTER TABLE t ADD COLUMN a int, ADD CHECK (a > 0)",
        "ALTER TABLE t ALTER COLUMN a TYPE int",
        "ALTER TABLE t RENAME COLUMN a TO b",
        "CREATE INDEX ON t (a)",
        "CREATE TYPE mood AS ENUM ('a')",
        "CREATE POLICY p ON t USING (true)",
        "CREATE CONSTRAINT TRIGGER tr AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "CREATE SCHEMA x CREATE TABLE t ()",
        "ALTER TYPE mood RENAME VALUE 'a' TO 'b'",
        "INSERT INTO t VALUES (1)",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_unguarded(*state, cases[i]);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_is_made_is_made_if_it_is_not_there),
        CASE(what_can_be_replaced_is_replaced),
        CASE(what_is_dropped_is_dropped_if_it_is_there),
        CASE(each_command_of_an_alter_table_gets_its_own),
        CASE(what_has_its_guard_stays_as_it_is),
        CASE(what_postgresql_has_no_guard_for_is_left_to_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
