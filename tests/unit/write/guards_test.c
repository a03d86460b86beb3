#include "test.h"

#include "write/guards.h"
#include "write/locks.h"

#include "base/text.h"
#include "replay/replay.h"
#include "sql/split.h"

#include <string.h>

typedef struct scene {
    tdm_arena *arena;
    tdm_catalog *catalog;
    tdm_error err;
} scene;

static int setup(void **state)
{
    scene *s = test_calloc(1, sizeof *s);
    s->arena = tdm_arena_new(0);
    assert_int_equal(tdm_catalog_new(s->arena, true, &s->catalog, NULL), TDM_OK);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    scene *s = *state;
    tdm_arena_free(s->arena);
    test_free(s);
    return 0;
}

static tdm_statements split(scene *s, const char *sql)
{
    tdm_statements statements = {0};
    assert_int_equal(tdm_sql_split(s->arena, "x.sql", tdm_text_of(sql), &statements, &s->err),
                     TDM_OK);
    return statements;
}

static void play(scene *s, const char *sql)
{
    tdm_statements statements = split(s, sql);
    tdm_effect effect;
    tdm_effect_init(&effect, s->arena);
    for (size_t i = 0; i < statements.count; i++)
        assert_int_equal(
            tdm_catalog_apply(s->catalog, &statements.items[i], NULL, &effect, &s->err), TDM_OK);
}

static tdm_status guard(scene *s, const char *sql, tdm_guards *ret)
{
    tdm_statements statements = split(s, sql);
    return tdm_guard_statements(s->arena, s->catalog, &statements, ret, &s->err);
}

static tdm_guards guarded(scene *s, const char *sql)
{
    tdm_guards guards = {0};
    if (guard(s, sql, &guards) != TDM_OK)
        print_error("%s\n", s->err.message);
    assert_int_equal(s->err.code, TDM_ERROR_NONE);
    return guards;
}

static void assert_holds(tdm_text text, const char *part)
{
    if (tdm_text_find(text, tdm_text_of(part)) == SIZE_MAX)
        print_error("%.*s\ndoes not hold\n%s\n", TDM_TEXT_ARG(text), part);
    assert_true(tdm_text_find(text, tdm_text_of(part)) != SIZE_MAX);
}

static void a_statement_without_a_guard_of_its_own_asks_first(void **state)
{
    scene *s = *state;
    play(s, "CREATE TABLE t (a text, b int)");
    tdm_guards guards = guarded(s, "ALTER TABLE t ADD CONSTRAINT k CHECK (b > 0);"
                                   "COMMENT ON TABLE t IS 'x';"
                                   "CREATE TABLE u (id int)");
    assert_int_equal(guards.statements.count, 3);
    assert_text_equal(guards.statements.items[0].sql,
                      "DO $$\n"
                      "BEGIN\n"
                      "    IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = "
                      "to_regclass('t') AND conname = 'k') THEN\n"
                      "        ALTER TABLE t ADD CONSTRAINT k CHECK (b > 0);\n"
                      "    END IF;\n"
                      "END\n"
                      "$$");
    assert_text_equal(guards.statements.items[1].sql, "COMMENT ON TABLE t IS 'x'");
    assert_text_equal(guards.statements.items[2].sql, "CREATE TABLE IF NOT EXISTS u (id int)");
    assert_int_equal(guards.notes.count, 0);
}

static void what_has_no_name_is_asked_for_by_the_one_that_the_server_gives(void **state)
{
    scene *s = *state;
    play(s, "CREATE TABLE o (id int PRIMARY KEY); CREATE TABLE t (a text, b int)");
    tdm_guards guards = guarded(s, "ALTER TABLE t ADD FOREIGN KEY (b) REFERENCES o (id);"
                                   "ALTER TABLE t ADD UNIQUE (a); ALTER TABLE t ADD UNIQUE (a);"
                                   "CREATE INDEX ON t (a, b)");
    assert_holds(guards.statements.items[0].sql, "conname = 't_b_fkey'");
    assert_holds(guards.statements.items[1].sql, "conname = 't_a_key'");
    assert_holds(guards.statements.items[2].sql, "conname = 't_a_key1'");
    assert_holds(guards.statements.items[3].sql, "relname = 't_a_b_idx'");
}

static void a_change_of_type_asks_for_the_type_that_it_ends_in(void **state)
{
    scene *s = *state;
    play(s, "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (a text, b int)");
    tdm_guards guards = guarded(s, "ALTER TABLE t ALTER COLUMN b TYPE varchar(20) USING b::text;"
                                   "ALTER TABLE t ALTER COLUMN a TYPE mood USING a::mood");
    assert_holds(guards.statements.items[0].sql,
                 "format_type(atttypid, atttypmod) <> 'character varying(20)'");
    assert_holds(guards.statements.items[1].sql, "atttypid <> to_regtype('public.mood')");
}

static void rows_run_with_what_made_their_column_and_what_is_between(void **state)
{
    scene *s = *state;
    play(s, "CREATE TABLE t (a text)");
    tdm_guards guards = guarded(s, "ALTER TABLE t ADD COLUMN b text;"
                                   "CREATE INDEX ix ON t (b);"
                                   "UPDATE t SET b = a;"
                                   "ALTER TABLE t ALTER COLUMN b SET NOT NULL");
    assert_int_equal(guards.statements.count, 2);
    assert_text_equal(guards.statements.items[0].sql,
                      "DO $$\n"
                      "DECLARE\n"
                      "    tandem_made_1 boolean;\n"
                      "BEGIN\n"
                      "    tandem_made_1 := NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE "
                      "attrelid = to_regclass('t') AND attname = 'b' AND NOT attisdropped);\n"
                      "    IF tandem_made_1 THEN\n"
                      "        ALTER TABLE t ADD COLUMN b text;\n"
                      "    END IF;\n"
                      "    CREATE INDEX IF NOT EXISTS ix ON t (b);\n"
                      "    IF tandem_made_1 THEN\n"
                      "        UPDATE t SET b = a;\n"
                      "    END IF;\n"
                      "END\n"
                      "$$");
}

// FOUND is a variable of every block.
static void a_column_called_like_a_variable_is_kept_from_the_block(void **state)
{
    scene *s = *state;
    tdm_guards guards = guarded(s, "CREATE TABLE t (found boolean); INSERT INTO t (found) "
                                   "VALUES (true)");
    assert_holds(guards.statements.items[0].sql,
                 "        EXECUTE $$INSERT INTO t (found) VALUES (true)$$;\n");
}

static void what_nothing_tells_about_stands_as_it_is_and_is_said(void **state)
{
    scene *s = *state;
    play(s, "CREATE TABLE t (a int)");
    tdm_guards guards = guarded(s, "INSERT INTO t VALUES (1); SELECT setval('s', 1);"
                                   "SET search_path = public;"
                                   "DO $x$ BEGIN IF to_regclass('u') IS NULL THEN CREATE TABLE u "
                                   "(a int); END IF; END $x$");
    assert_text_equal(guards.statements.items[0].sql, "INSERT INTO t VALUES (1)");
    assert_text_equal(guards.comments[0], "-- Not guarded: nothing tells whether these rows were "
                                          "changed already.");
    assert_true(guards.unguarded[0]);
    assert_true(guards.unguarded[1]);
    // A setting ends with the file, and the author's block has a guard.
    assert_false(guards.unguarded[2]);
    assert_false(guards.unguarded[3]);
    assert_int_equal(guards.notes.count, 2);
    assert_text_equal(guards.notes.items[0], "INSERT INTO t VALUES (1): nothing tells whether "
                                             "these rows were changed already");
}

// CREATE INDEX IF NOT EXISTS still looks for the column.
static void what_postgresql_s_guard_does_not_cover_asks_itself(void **state)
{
    scene *s = *state;
    play(s, "CREATE TABLE t (a int)");
    tdm_guards guards = guarded(s, "CREATE INDEX ix ON t (a); ALTER TABLE t RENAME COLUMN a TO b");
    assert_holds(guards.statements.items[0].sql, "relname = 'ix') THEN\n        CREATE INDEX ix");
}

static void what_is_said_of_a_column_that_is_renamed_later_asks_for_it(void **state)
{
    scene *s = *state;
    play(s, "CREATE TABLE t (a int)");
    tdm_guards guards = guarded(s, "ALTER TABLE t ALTER COLUMN a SET NOT NULL;"
                                   "COMMENT ON COLUMN t.a IS 'x'; COMMENT ON TABLE t IS 'y';"
                                   "REINDEX TABLE t; ALTER TABLE t RENAME COLUMN a TO b");
    assert_holds(guards.statements.items[0].sql,
                 "IF EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = "
                 "to_regclass('t') AND attname = 'a' AND NOT attisdropped) THEN\n"
                 "        ALTER TABLE t ALTER COLUMN a SET NOT NULL;");
    assert_holds(guards.statements.items[1].sql, "        COMMENT ON COLUMN t.a IS 'x';");
    assert_text_equal(guards.statements.items[2].sql, "COMMENT ON TABLE t IS 'y'");
    assert_int_equal(guards.notes.count, 0);
}

static void assert_refused(scene *s, const char *sql, tdm_error_code code, const char *reason)
{
    tdm_guards guards = {0};
    s->err = TDM_ERROR_INIT;
    assert_int_equal(guard(s, sql, &guards), TDM_FAILED);
    assert_int_equal(s->err.code, code);
    assert_holds(tdm_text_of(s->err.message), reason);
}

static void what_a_second_run_would_do_again_is_refused(void **state)
{
    scene *s = *state;
    play(s, "CREATE TABLE t (a int)");
    assert_refused(s, "DROP TABLE t; CREATE TABLE t (a int)", TDM_ERROR_SQL,
                   "it drops what is made again later");
    // The column would be there once more under its first name.
    assert_refused(s, "ALTER TABLE t ADD COLUMN b int; ALTER TABLE t RENAME COLUMN b TO c",
                   TDM_ERROR_SQL, "run twice, this would change t.b again");
}

static void what_cannot_be_known_is_refused(void **state)
{
    scene *s = *state;
    assert_refused(s, "CREATE TABLE t (a int) IN A WAY OF TOMORROW", TDM_ERROR_OPAQUE,
                   "this statement cannot be guarded");
}

static void a_lock_stands_in_a_block(void **state)
{
    scene *s = *state;
    tdm_statements statements = split(s, "SELECT 1; /* x */ LOCK TABLE t IN SHARE MODE");
    bool any = false;
    assert_int_equal(tdm_wrap_locks(s->arena, &statements, &any, &s->err), TDM_OK);
    assert_true(any);
    assert_text_equal(statements.items[0].sql, "SELECT 1");
    assert_holds(statements.items[1].sql, "DO $$\nBEGIN\n    ");
    assert_holds(statements.items[1].sql, "LOCK TABLE t IN SHARE MODE;\nEND\n$$");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_statement_without_a_guard_of_its_own_asks_first),
        CASE(what_has_no_name_is_asked_for_by_the_one_that_the_server_gives),
        CASE(a_change_of_type_asks_for_the_type_that_it_ends_in),
        CASE(rows_run_with_what_made_their_column_and_what_is_between),
        CASE(a_column_called_like_a_variable_is_kept_from_the_block),
        CASE(what_nothing_tells_about_stands_as_it_is_and_is_said),
        CASE(what_postgresql_s_guard_does_not_cover_asks_itself),
        CASE(what_is_said_of_a_column_that_is_renamed_later_asks_for_it),
        CASE(what_a_second_run_would_do_again_is_refused),
        CASE(what_cannot_be_known_is_refused),
        CASE(a_lock_stands_in_a_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
