#include "sql/classify.h"

#include "base/text.h"

#include <string.h>

#include "test.h"

static tdm_sql_class classify(tdm_arena *arena, const char *sql)
{
    tdm_sql_tree *tree = NULL;
    tdm_sql_class sort;
    tdm_error err = TDM_ERROR_INIT;
    if (tdm_sql_parse_text(tdm_text_of(sql), &tree, &err) != TDM_OK)
        fail_msg("%s: %s", sql, err.message);
    assert_int_equal(tdm_sql_classify(arena, tree, &sort, NULL), TDM_OK);
    tdm_sql_tree_free(tree);
    return sort;
}

typedef struct row {
    const char *sql;
    tdm_sql_kind kind;
    tdm_sql_verb verb;
    const char *command;
    const char *names; // "schema.name(column)", joined with ", "
} row;

static const row rows[] = {
    {"CREATE SCHEMA s", TDM_SQL_SCHEMA, TDM_SQL_CREATE, "CREATE SCHEMA", "s"},
    {"CREATE TABLE s.t (a int)", TDM_SQL_TABLE, TDM_SQL_CREATE, "CREATE TABLE", "s.t"},
    {"CREATE TABLE t AS SELECT 1", TDM_SQL_TABLE, TDM_SQL_CREATE, "CREATE TABLE", "t"},
    {"SELECT 1 INTO t", TDM_SQL_TABLE, TDM_SQL_CREATE, "SELECT INTO", "t"},
    {"ALTER TABLE t ADD a int", TDM_SQL_TABLE, TDM_SQL_ALTER, "ALTER TABLE", "t"},
    {"ALTER TABLE t RENAME a TO b", TDM_SQL_TABLE, TDM_SQL_ALTER, "ALTER TABLE", "t(a)"},
    {"DROP TABLE t, s.u", TDM_SQL_TABLE, TDM_SQL_DROP, "DROP TABLE", "t, s.u"},
    {"CREATE INDEX i ON s.t (a)", TDM_SQL_INDEX, TDM_SQL_CREATE, "CREATE INDEX", "s.i"},
    {"DROP INDEX i", TDM_SQL_INDEX, TDM_SQL_DROP, "DROP INDEX", "i"},
    {"CREATE VIEW v AS SELECT 1", TDM_SQL_VIEW, TDM_SQL_CREATE, "CREATE VIEW", "v"},
    {"CREATE MATERIALIZED VIEW v AS SELECT 1", TDM_SQL_VIEW, TDM_SQL_CREATE,
     "CREATE MATERIALIZED VIEW", "v"},
    {"CREATE TYPE s.e AS ENUM ('a')", TDM_SQL_TYPE, TDM_SQL_CREATE, "CREATE TYPE", "s.e"},
    {"DROP TYPE e", TDM_SQL_TYPE, TDM_SQL_DROP, "DROP TYPE", "e"},
    {"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS ''", TDM_SQL_FUNCTION, TDM_SQL_CREATE,
     "CREATE FUNCTION", "f"},
    {"DROP FUNCTION s.f(int)", TDM_SQL_FUNCTION, TDM_SQL_DROP, "DROP FUNCTION", "s.f"},
    {"CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()", TDM_SQL_TRIGGER, TDM_SQL_CREATE,
     "CREATE TRIGGER", "t(g)"},
    {"DROP TRIGGER g ON s.t", TDM_SQL_TRIGGER, TDM_SQL_DROP, "DROP TRIGGER", "s.t(g)"},
    {"CREATE POLICY p ON t", TDM_SQL_POLICY, TDM_SQL_CREATE, "CREATE POLICY", "t(p)"},
    {"DROP POLICY IF EXISTS p ON t", TDM_SQL_POLICY, TDM_SQL_DROP, "DROP POLICY", "t(p)"},
    {"ALTER TABLE t ENABLE ROW LEVEL SECURITY", TDM_SQL_RLS, TDM_SQL_ALTER, "ALTER TABLE", "t"},
    {"ALTER TABLE t FORCE ROW LEVEL SECURITY, ADD a int", TDM_SQL_TABLE, TDM_SQL_ALTER,
     "ALTER TABLE", "t"},
    {"ALTER TABLE t OWNER TO r", TDM_SQL_OWNER, TDM_SQL_ALTER, "ALTER TABLE", "t"},
    {"GRANT SELECT ON s.t TO r", TDM_SQL_GRANT, TDM_SQL_ALTER, "GRANT", "s.t"},
    {"REVOKE ALL ON SCHEMA s FROM r", TDM_SQL_GRANT, TDM_SQL_ALTER, "REVOKE", "s"},
    {"COMMENT ON COLUMN s.t.a IS 'x'", TDM_SQL_COMMENT, TDM_SQL_ALTER, "COMMENT", "s.t(a)"},
    {"CREATE EXTENSION vector", TDM_SQL_EXTENSION, TDM_SQL_CREATE, "CREATE EXTENSION", "vector"},
    {"CREATE PUBLICATION p", TDM_SQL_PUBLICATION, TDM_SQL_CREATE, "CREATE PUBLICATION", "p"},
    {"CREATE CAST (a AS b) WITHOUT FUNCTION", TDM_SQL_OTHER_DDL, TDM_SQL_CREATE, "CREATE CAST", ""},
    {"INSERT INTO s.t VALUES (1)", TDM_SQL_INSERT, TDM_SQL_RUN, "INSERT", "s.t"},
    {"UPDATE t SET a = 1", TDM_SQL_UPDATE, TDM_SQL_RUN, "UPDATE", "t"},
    {"DELETE FROM t", TDM_SQL_DELETE, TDM_SQL_RUN, "DELETE", "t"},
    {"TRUNCATE t, u", TDM_SQL_TRUNCATE, TDM_SQL_RUN, "TRUNCATE", "t, u"},
    {"COPY t FROM STDIN", TDM_SQL_COPY, TDM_SQL_RUN, "COPY", "t"},
    {"SELECT 1", TDM_SQL_SELECT, TDM_SQL_RUN, "SELECT", ""},
    {"DO ''", TDM_SQL_DO, TDM_SQL_RUN, "DO", ""},
    {"CALL s.p()", TDM_SQL_CALL, TDM_SQL_RUN, "CALL", "s.p"},
    {"BEGIN", TDM_SQL_TRANSACTION, TDM_SQL_RUN, "transaction control", ""},
    {"SET LOCAL a = 1", TDM_SQL_SET, TDM_SQL_RUN, "SET", ""},
    {"LOCK TABLE t", TDM_SQL_LOCK, TDM_SQL_RUN, "LOCK TABLE", "t"},
    {"VACUUM t", TDM_SQL_MAINTENANCE, TDM_SQL_RUN, "VACUUM", "t"},
    {"ANALYZE t", TDM_SQL_MAINTENANCE, TDM_SQL_RUN, "ANALYZE", "t"},
    {"EXECUTE p", TDM_SQL_UNKNOWN, TDM_SQL_RUN, "EXECUTE", ""},
};

static tdm_text print_names(tdm_arena *arena, const tdm_sql_class *sort)
{
    tdm_text text = TDM_TEXT("");
    for (size_t i = 0; i < sort->name_count; i++) {
        const tdm_sql_name *name = &sort->names[i];
        text = tdm_arena_printf(
            arena, "%.*s%s%.*s%s%.*s%s%.*s%s", TDM_TEXT_ARG(text), i ? ", " : "",
            TDM_TEXT_ARG(name->schema), name->schema.size ? "." : "", TDM_TEXT_ARG(name->name),
            name->column.size ? "(" : "", TDM_TEXT_ARG(name->column), name->column.size ? ")" : "");
    }
    return text;
}

static void statements_have_a_kind_and_names(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        tdm_sql_class sort = classify(arena, rows[i].sql);
        if (sort.kind != rows[i].kind)
            print_error("%s is of kind %s\n", rows[i].sql, tdm_sql_kind_name(sort.kind));
        assert_int_equal(sort.kind, rows[i].kind);
        assert_int_equal(sort.verb, rows[i].verb);
        assert_string_equal(sort.command, rows[i].command);
        assert_text_equal(print_names(arena, &sort), rows[i].names);
    }
    tdm_arena_free(arena);
}

typedef struct block_row {
    const char *sql;
    tdm_sql_block block;
} block_row;

static const block_row block_rows[] = {
    {"CREATE TABLE t (a int)", TDM_SQL_BLOCK_ANY},
    {"CREATE INDEX i ON t (a)", TDM_SQL_BLOCK_ANY},
    {"CREATE INDEX CONCURRENTLY i ON t (a)", TDM_SQL_BLOCK_NEVER},
    {"DROP INDEX CONCURRENTLY i", TDM_SQL_BLOCK_NEVER},
    {"REINDEX INDEX CONCURRENTLY i", TDM_SQL_BLOCK_NEVER},
    {"REINDEX (CONCURRENTLY) TABLE t", TDM_SQL_BLOCK_NEVER},
    {"REINDEX (CONCURRENTLY false) TABLE t", TDM_SQL_BLOCK_CATALOG},
    {"REINDEX TABLE t", TDM_SQL_BLOCK_CATALOG},
    {"REINDEX SCHEMA s", TDM_SQL_BLOCK_NEVER},
    {"REINDEX DATABASE d", TDM_SQL_BLOCK_NEVER},
    {"VACUUM", TDM_SQL_BLOCK_NEVER},
    {"ANALYZE", TDM_SQL_BLOCK_ANY},
    {"CLUSTER", TDM_SQL_BLOCK_NEVER},
    {"CLUSTER t USING i", TDM_SQL_BLOCK_CATALOG},
    {"CREATE DATABASE d", TDM_SQL_BLOCK_NEVER},
    {"DROP DATABASE d", TDM_SQL_BLOCK_NEVER},
    {"ALTER DATABASE d SET TABLESPACE s", TDM_SQL_BLOCK_NEVER},
    {"ALTER DATABASE d SET a = 1", TDM_SQL_BLOCK_ANY},
    {"CREATE TABLESPACE s LOCATION '/x'", TDM_SQL_BLOCK_NEVER},
    {"DROP TABLESPACE s", TDM_SQL_BLOCK_NEVER},
    {"ALTER SYSTEM SET a = 1", TDM_SQL_BLOCK_NEVER},
    {"DISCARD ALL", TDM_SQL_BLOCK_NEVER},
    {"DISCARD PLANS", TDM_SQL_BLOCK_ANY},
    {"ALTER TABLE t DETACH PARTITION p", TDM_SQL_BLOCK_ANY},
    {"ALTER TABLE t DETACH PARTITION p CONCURRENTLY", TDM_SQL_BLOCK_NEVER},
    {"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p", TDM_SQL_BLOCK_NEVER},
    {"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false)",
     TDM_SQL_BLOCK_ANY},
    {"CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (create_slot = off)",
     TDM_SQL_BLOCK_ANY},
    {"ALTER SUBSCRIPTION s REFRESH PUBLICATION", TDM_SQL_BLOCK_NEVER},
    {"ALTER SUBSCRIPTION s SET PUBLICATION p", TDM_SQL_BLOCK_NEVER},
    {"ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = false)", TDM_SQL_BLOCK_ANY},
    {"ALTER SUBSCRIPTION s ENABLE", TDM_SQL_BLOCK_ANY},
    {"DROP SUBSCRIPTION s", TDM_SQL_BLOCK_CATALOG},
    {"COMMIT PREPARED 'x'", TDM_SQL_BLOCK_NEVER},
    {"ALTER TYPE e ADD VALUE 'x'", TDM_SQL_BLOCK_ANY},
    {"LOCK TABLE t", TDM_SQL_BLOCK_REQUIRED},
    {"SAVEPOINT s", TDM_SQL_BLOCK_REQUIRED},
    {"DECLARE c CURSOR FOR SELECT 1", TDM_SQL_BLOCK_REQUIRED},
    {"DECLARE c CURSOR WITH HOLD FOR SELECT 1", TDM_SQL_BLOCK_ANY},
    {"REFRESH MATERIALIZED VIEW CONCURRENTLY v", TDM_SQL_BLOCK_ANY},
};

static void transaction_blocks_are_as_postgresql_has_them(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    (void)state;
    for (size_t i = 0; i < sizeof block_rows / sizeof *block_rows; i++) {
        tdm_sql_class sort = classify(arena, block_rows[i].sql);
        if (sort.block != block_rows[i].block)
            print_error("judged wrong: %s\n", block_rows[i].sql);
        assert_int_equal(sort.block, block_rows[i].block);
        assert_int_equal(sort.block_reason != NULL, sort.block != TDM_SQL_BLOCK_ANY);
    }
    tdm_arena_free(arena);
}

static void transaction_control_is_seen(void **state)
{
    static const struct {
        const char *sql;
        tdm_sql_control control;
    } cases[] = {
        {"SELECT 1", TDM_SQL_CONTROL_NONE},
        {"BEGIN", TDM_SQL_CONTROL_YES},
        {"COMMIT AND CHAIN", TDM_SQL_CONTROL_YES},
        {"ROLLBACK TO s", TDM_SQL_CONTROL_YES},
        {"PREPARE TRANSACTION 'x'", TDM_SQL_CONTROL_YES},
        {"CALL p()", TDM_SQL_CONTROL_UNKNOWN},
        {"DO $$BEGIN SELECT 1; END$$", TDM_SQL_CONTROL_NONE},
        {"DO $$BEGIN UPDATE t SET a = 1; COMMIT; END$$", TDM_SQL_CONTROL_YES},
        {"DO $$BEGIN IF true THEN rollback; END IF; END$$", TDM_SQL_CONTROL_YES},
        {"DO $$BEGIN <<x>> COMMIT AND CHAIN; END$$", TDM_SQL_CONTROL_YES},
        {"DO $$BEGIN UPDATE t SET commit = 1 WHERE commit IS NULL; END$$", TDM_SQL_CONTROL_NONE},
        {"DO $$BEGIN PERFORM 'x; COMMIT;'; -- COMMIT;\n END$$", TDM_SQL_CONTROL_NONE},
        {"DO $$BEGIN CALL p(); END$$", TDM_SQL_CONTROL_UNKNOWN},
        {"DO $$BEGIN EXECUTE 'COMMIT'; END$$", TDM_SQL_CONTROL_NONE},
        {"DO LANGUAGE plpython3u $$plpy.commit()$$", TDM_SQL_CONTROL_UNKNOWN},
    };
    tdm_arena *arena = tdm_arena_new(0);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tdm_sql_class sort = classify(arena, cases[i].sql);
        if (sort.control != cases[i].control)
            print_error("judged wrong: %s\n", cases[i].sql);
        assert_int_equal(sort.control, cases[i].control);
    }
    tdm_arena_free(arena);
}

static void words_that_matter_are_noted(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    (void)state;
    assert_true(classify(arena, "CREATE TABLE IF NOT EXISTS t (a int)").if_not_exists);
    assert_true(classify(arena, "DROP TABLE IF EXISTS t").if_exists);
    assert_true(classify(arena, "ALTER TABLE IF EXISTS t ADD a int").if_exists);
    assert_true(classify(arena, "CREATE OR REPLACE VIEW v AS SELECT 1").or_replace);
    assert_true(classify(arena, "CREATE INDEX CONCURRENTLY i ON t (a)").concurrently);
    assert_true(classify(arena, "ALTER TYPE e ADD VALUE 'x'").adds_enum_value);
    assert_false(classify(arena, "ALTER TYPE e RENAME VALUE 'x' TO 'y'").adds_enum_value);
    assert_true(classify(arena, "COPY t FROM STDIN").from_stdin);
    assert_false(classify(arena, "COPY t FROM '/x'").from_stdin);
    assert_true(classify(arena, "SET LOCAL a = 1").local);
    assert_true(tdm_sql_is_data(TDM_SQL_INSERT));
    assert_true(tdm_sql_is_data(TDM_SQL_COPY));
    assert_false(tdm_sql_is_data(TDM_SQL_TABLE));
    assert_false(tdm_sql_is_data(TDM_SQL_SELECT));
    tdm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_have_a_kind_and_names),
        cmocka_unit_test(transaction_blocks_are_as_postgresql_has_them),
        cmocka_unit_test(transaction_control_is_seen),
        cmocka_unit_test(words_that_matter_are_noted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
