#include "replay/guard_scene.h"

static void assert_runs(scene *s, const char *sql, const char *expected)
{
    tdm_guard guard = decide(s, sql);
    tdm_text text = {NULL, 0};
    if (guard.verdict == TDM_GUARD_UNKNOWN)
        text = tdm_arena_printf(s->arena, "unknown: %.*s", TDM_TEXT_ARG(guard.reason));
    for (size_t i = 0; i < guard.statements.count; i++)
        text = tdm_arena_printf(s->arena, "%.*s%s%.*s", TDM_TEXT_ARG(text), i ? "; " : "",
                                TDM_TEXT_ARG(guard.statements.items[i].sql));
    if (!tdm_text_is(text, expected))
        print_error("block: %s\nruns: %.*s\n", sql, TDM_TEXT_ARG(text));
    assert_text_equal(text, expected);
}

static void the_branch_that_runs_is_taken(void **state)
{
    scene s = open_scene(true);
    (void)state;
    play(&s, "CREATE TABLE t (a int)");
    assert_runs(&s, "DO $$ BEGIN SELECT 1; SELECT 2; END $$", "SELECT 1; SELECT 2");
    assert_runs(&s,
                "DO $x$ BEGIN IF to_regclass('t') IS NULL THEN SELECT 1; "
                "ELSIF to_regclass('t') IS NOT NULL THEN SELECT 2; ELSE SELECT 3; END IF; "
                "SELECT 4; END; $x$",
                "SELECT 2; SELECT 4");
    assert_runs(&s,
                "DO $$ BEGIN IF to_regclass('t') IS NULL THEN SELECT 1; ELSE "
                "IF to_regclass('u') IS NULL THEN NULL; SELECT 2; END IF; END IF; END $$",
                "SELECT 2");
    assert_runs(&s,
                "DO $$ BEGIN IF to_regclass('t') IS NULL THEN RAISE EXCEPTION 'x'; END IF; "
                "RAISE NOTICE 'case when %', 1; BEGIN SELECT 1; END; RETURN; SELECT 2; END $$",
                "SELECT 1");
    assert_runs(&s, "DO 'BEGIN IF to_regclass(''t'') IS NOT NULL THEN SELECT 1; END IF; END'",
                "SELECT 1");
    assert_runs(&s, "DO $$ BEGIN EXECUTE 'CREATE INDEX i ON t (a); SELECT ''x'''; END $$",
                "CREATE INDEX i ON t (a); SELECT 'x'");
    assert_runs(&s, "DO $$ BEGIN PERFORM setval('s', 1); END $$", "SELECT setval('s', 1)");
    assert_runs(&s, "DO $$ BEGIN INSERT INTO t VALUES (CASE WHEN true THEN 1 END); END $$",
                "INSERT INTO t VALUES (CASE WHEN true THEN 1 END)");
    close_scene(&s);
}

static void conditions_see_what_the_block_has_done(void **state)
{
    scene s = open_scene(true);
    (void)state;
    assert_runs(&s,
                "DO $$ BEGIN IF to_regclass('t') IS NULL THEN CREATE TABLE t (a int); END IF; "
                "IF to_regclass('t') IS NULL THEN SELECT 1; ELSE SELECT 2; END IF; END $$",
                "CREATE TABLE t (a int); SELECT 2");
    // Deciding changes nothing.
    assert_int_equal(tdm_catalog_table_count(s.catalog), 0);
    close_scene(&s);
}

static void other_control_flow_is_not_known(void **state)
{
    scene s = open_scene(true);
    (void)state;
    play(&s, "CREATE TABLE t (a int)");
#define UNKNOWN "unknown: what the block does cannot be known: "
#define DOUBT "unknown: whether a statement of the block runs cannot be known"
    assert_runs(&s, "DO $$ BEGIN FOR i IN 1..3 LOOP CREATE SCHEMA a; END LOOP; END $$", DOUBT);
    assert_runs(&s, "DO $$ BEGIN WHILE true LOOP CREATE SCHEMA a; END LOOP; END $$", DOUBT);
    assert_runs(&s,
                "DO $$ DECLARE r record; BEGIN FOR r IN SELECT a FROM t LOOP "
                "CREATE SCHEMA a; END LOOP; END $$",
                DOUBT);
    assert_runs(&s,
                "DO $$ DECLARE r record; BEGIN FOR r IN EXECUTE 'SELECT f()' LOOP NULL; END LOOP; "
                "END $$",
                UNKNOWN "it loops over the rows of a text that it executes");
    assert_runs(&s, "DO $$ BEGIN IF found THEN CREATE SCHEMA a; END IF; END $$", "unknown: " FORM);
    assert_runs(&s, "DO $$ DECLARE x int := f(); BEGIN SELECT 1; END $$",
                "unknown: function f may define anything");
    assert_runs(&s, "DO $$ BEGIN IF f() THEN NULL; END IF; END $$",
                "unknown: function f may define anything");
    assert_runs(&s, "DO $$ BEGIN RAISE NOTICE '%', f(); END $$",
                "unknown: function f may define anything");
    assert_runs(&s, "DO $$ DECLARE x int; BEGIN SELECT a INTO x FROM t; PERFORM f(x); END $$",
                UNKNOWN "it calls a function with a variable");
    assert_runs(&s, "DO $$ DECLARE x text; BEGIN SELECT a INTO x FROM t; EXECUTE x; END $$",
                UNKNOWN "it executes text that is put together");
    assert_runs(&s, "DO $$ BEGIN EXECUTE 'SELECT $1' USING 1; END $$",
                UNKNOWN "it executes text with values of its own");
    assert_runs(&s, "DO $$ BEGIN RAISE EXCEPTION 'no'; END $$", UNKNOWN "it raises an error");
    assert_runs(&s, "DO $$ BEGIN DO 'BEGIN SELECT 1; END'; END $$",
                "unknown: a block stands inside the block");
    assert_runs(&s, "DO $$ BEGIN IF to_regclass('t') IS NOT NULL THEN SELECT 1; END $$",
                UNKNOWN "an IF does not end");
    assert_runs(&s, "DO $$ SELECT 1 $$", UNKNOWN "it has no BEGIN");
    assert_runs(&s, "DO $$ BEGIN CASE 1 WHEN 1 THEN SELECT 1; END CASE; END $$",
                UNKNOWN "it has a CASE or a label");
    assert_runs(&s, "DO $$ BEGIN COMMIT; END $$", UNKNOWN "it has more than plain statements");
    // A branch that does not run may hold anything, as long as its end is seen.
    assert_runs(&s,
                "DO $$ BEGIN IF to_regclass('t') IS NULL THEN FOR i IN 1..3 LOOP COMMIT; "
                "END LOOP; x := 1; RAISE 'no'; END IF; SELECT 2; END $$",
                "SELECT 2");
    assert_runs(&s,
                "DO $$ BEGIN IF to_regclass('t') IS NULL THEN CASE 1 WHEN 1 THEN SELECT 1; "
                "END CASE; END IF; SELECT 2; END $$",
                UNKNOWN "it has a CASE or a label");
#undef UNKNOWN
    assert_int_equal(decide(&s, "DO LANGUAGE plperl $$ 1 $$").verdict, TDM_GUARD_NONE);
    assert_int_equal(decide(&s, "SELECT 1").verdict, TDM_GUARD_NONE);
    close_scene(&s);
}

static void variables_and_loops_over_lists_are_followed(void **state)
{
    scene s = open_scene(true);
    (void)state;
    play(&s, "CREATE TABLE t (a int, b text)");
    assert_runs(&s,
                "DO $$ DECLARE c text; BEGIN FOREACH c IN ARRAY ARRAY['a', 'x', 'b'] LOOP "
                "IF EXISTS (" COLUMNS "table_name = 't' AND column_name = c) THEN "
                "EXECUTE format('REVOKE UPDATE (%I) ON t FROM anon', c); END IF; END LOOP; END $$",
                "REVOKE UPDATE (a) ON t FROM anon; REVOKE UPDATE (b) ON t FROM anon");
    assert_runs(&s,
                "DO $$ DECLARE n text := 'odd name'; BEGIN EXECUTE 'CREATE SCHEMA ' || "
                "quote_ident(n); n := n || 's'; EXECUTE format('COMMENT ON SCHEMA %I IS %L', n, "
                "'it''s 100%'); END $$",
                "CREATE SCHEMA \"odd name\"; COMMENT ON SCHEMA \"odd names\" IS 'it''s 100%'");
    assert_runs(&s,
                "DO $$ DECLARE c text; BEGIN FOREACH c IN ARRAY '{a,b,c}'::text[] LOOP "
                "CONTINUE WHEN c = 'a'; EXIT WHEN c = 'c'; EXECUTE 'CREATE SCHEMA ' || c; "
                "END LOOP; END $$",
                "CREATE SCHEMA b");
    assert_runs(&s,
                "DO $$ DECLARE n int; x text; BEGIN SELECT count(*) INTO n FROM "
                "information_schema.tables WHERE table_name = 'nowhere'; IF n = 0 THEN "
                "CREATE SCHEMA a; END IF; SELECT conname INTO x FROM pg_constraint WHERE "
                "conrelid = 't'::regclass AND conname = 'k'; IF x IS NULL THEN CREATE SCHEMA b; "
                "END IF; END $$",
                "CREATE SCHEMA a; CREATE SCHEMA b");
    // A variable of an inner block hides one of the outer.
    assert_runs(&s,
                "DO $$ DECLARE x text := 'a'; BEGIN DECLARE x text := 'b'; BEGIN "
                "EXECUTE 'CREATE SCHEMA ' || x; END; EXECUTE 'CREATE SCHEMA ' || x; END $$",
                "CREATE SCHEMA b; CREATE SCHEMA a");
    // DDL knows no variables: this is the column of that name.
    assert_runs(&s, "DO $$ DECLARE c text := 'x'; BEGIN ALTER TABLE t ADD COLUMN c int; END $$",
                "ALTER TABLE t ADD COLUMN c int");
    // What a type makes of a value is not guessed.
    assert_runs(&s,
                "DO $$ DECLARE x varchar(1) := 'ab'; BEGIN EXECUTE 'CREATE SCHEMA ' || x; END $$",
                "unknown: what the block does cannot be known: it executes text that is put "
                "together");
    close_scene(&s);
}

static void what_hangs_on_rows_may_change_rows_alone(void **state)
{
    scene s = open_scene(true);
    (void)state;
    play(&s, "CREATE TABLE t (a int, b text)");
    // It is told apart from every other block by its words.
    assert_runs(&s,
                "DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM t; -- rows\n"
                " IF n > 0 THEN DELETE FROM t; END IF; CREATE SCHEMA a; END $$",
                "CREATE SCHEMA a; SELECT 'declare n int ; begin select count ( * ) into n from t ; "
                "if n > 0 then delete from t ; end if ; create schema a ; end '");
    // What raises did not, where the block is done.
    assert_runs(&s,
                "DO $$ BEGIN IF EXISTS (SELECT 1 FROM t WHERE a IS NULL) THEN "
                "RAISE EXCEPTION 'no'; END IF; CREATE SCHEMA a; END $$",
                "CREATE SCHEMA a");
    assert_runs(&s,
                "DO $$ BEGIN IF EXISTS (SELECT 1 FROM t) THEN RETURN; END IF; CREATE SCHEMA a; "
                "END $$",
                DOUBT);
    // Caught, it may have done so.
    assert_runs(&s,
                "DO $$ BEGIN BEGIN CREATE SCHEMA a; IF EXISTS (SELECT 1 FROM t) THEN "
                "RAISE EXCEPTION 'no'; END IF; EXCEPTION WHEN OTHERS THEN NULL; END; END $$",
                "unknown: the block catches more than what exists already");
    // A variable that is set in doubt is not known afterwards.
    assert_runs(&s,
                "DO $$ DECLARE x text := 'a'; BEGIN IF EXISTS (SELECT 1 FROM t) THEN x := 'b'; "
                "END IF; EXECUTE 'CREATE SCHEMA ' || x; END $$",
                "unknown: what the block does cannot be known: it executes text that is put "
                "together");
    // One turn sees what the turn before it did.
    assert_runs(&s,
                "DO $$ DECLARE r record; x text := 'a'; BEGIN FOR r IN SELECT a FROM t LOOP "
                "IF x = 'b' THEN CREATE SCHEMA a; END IF; x := 'b'; END LOOP; END $$",
                "unknown: " FORM);
    close_scene(&s);
}

static void functions_of_the_history_are_looked_into(void **state)
{
    scene s = open_scene(true);
    (void)state;
    play(&s, "CREATE TABLE t (a int);"
             "CREATE FUNCTION fill() RETURNS void LANGUAGE plpgsql AS $$ BEGIN "
             "INSERT INTO t VALUES (1); END $$;"
             "CREATE FUNCTION fill_twice() RETURNS void LANGUAGE sql AS "
             "'SELECT fill(); SELECT fill()';"
             "CREATE FUNCTION add(name text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN "
             "EXECUTE format('CREATE SCHEMA %I', name); END $$;"
             "CREATE FUNCTION again() RETURNS void LANGUAGE plpgsql AS $$ BEGIN "
             "PERFORM again(); END $$;");
    play(&s, "SELECT fill_twice()");
    assert_true(tdm_catalog_is_closed(s.catalog, NULL, NULL));
    play(&s, "SELECT add('one'); DO $$ BEGIN PERFORM add('two'); END $$");
    assert_true(tdm_catalog_is_closed(s.catalog, NULL, NULL));
    assert_int_equal(tdm_catalog_schema(s.catalog, TDM_TEXT("one"), NULL), TDM_KNOWN_YES);
    assert_int_equal(tdm_catalog_schema(s.catalog, TDM_TEXT("two"), NULL), TDM_KNOWN_YES);
    play(&s, "SELECT again()");
    assert_false(tdm_catalog_is_closed(s.catalog, NULL, NULL));
    close_scene(&s);
}

#define CATCHING(body, names) "DO $$ BEGIN " body " EXCEPTION WHEN " names " THEN NULL; END $$"

static void what_exists_already_may_be_caught(void **state)
{
    scene s = open_scene(true);
    (void)state;
    play(&s, "CREATE TABLE t (a int UNIQUE); CREATE TYPE mood AS ENUM ('glad')");
    assert_runs(&s, CATCHING("CREATE TYPE m AS ENUM ('a');", "duplicate_object"),
                "CREATE TYPE m AS ENUM ('a')");
    assert_runs(&s, CATCHING("CREATE TYPE mood AS ENUM ('a');", "duplicate_object"), "");
    assert_runs(&s, CATCHING("CREATE TABLE t (b int);", "duplicate_table"), "");
    assert_runs(&s, CATCHING("ALTER TABLE t ADD a int;", "duplicate_column OR duplicate_table"),
                "");
    assert_runs(&s, CATCHING("ALTER TABLE t ADD b int;", "duplicate_column"),
                "ALTER TABLE t ADD b int");
    assert_runs(
        &s, CATCHING("ALTER TABLE t ADD CONSTRAINT t_a_key UNIQUE (a);", "duplicate_object"), "");
    // One error undoes all that the block did.
    assert_runs(&s, CATCHING("CREATE TABLE u (a int); CREATE TABLE t (a int);", "duplicate_table"),
                "");
    assert_runs(&s,
                "DO $$ BEGIN SELECT 1; BEGIN CREATE TABLE u (a int); IF to_regclass('u') IS NOT "
                "NULL THEN CREATE TABLE t (a int); END IF; EXCEPTION WHEN duplicate_object THEN "
                "SELECT 2; WHEN duplicate_table THEN RAISE NOTICE 'x'; SELECT 3; END; "
                "IF to_regclass('u') IS NULL THEN SELECT 4; END IF; END $$",
                "SELECT 1; SELECT 3; SELECT 4");
    close_scene(&s);
}

static void what_is_missing_may_be_caught(void **state)
{
    scene s = open_scene(true);
    (void)state;
    play(&s, "CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'");
#define SETS(name) "ALTER FUNCTION " name "() SET search_path = '';"
    assert_runs(&s, CATCHING(SETS("f"), "undefined_function"),
                "ALTER FUNCTION f() SET search_path = ''");
    assert_runs(&s, CATCHING(SETS("g"), "undefined_function"), "");
    assert_runs(&s, CATCHING(SETS("g"), "OTHERS"), "");
    assert_runs(&s, CATCHING(SETS("g"), "duplicate_object"),
                "unknown: the server refuses it, and nothing catches that");
#undef SETS
#define PUBLISHES "ALTER PUBLICATION supabase_realtime ADD TABLE t;"
    assert_runs(&s, CATCHING(PUBLISHES, "duplicate_object OR undefined_object"),
                "ALTER PUBLICATION supabase_realtime ADD TABLE t");
    play(&s, PUBLISHES);
    assert_runs(&s, CATCHING(PUBLISHES, "OTHERS"), "");
#undef PUBLISHES
    // An extension may have brought it.
    play(&s, "CREATE EXTENSION pg_trgm");
    assert_runs(&s, CATCHING("ALTER FUNCTION g() SET search_path = '';", "undefined_function"),
                "unknown: the block catches more than what exists already");
    close_scene(&s);
}

static void what_else_is_caught_is_not_known(void **state)
{
    scene s = open_scene(true);
    (void)state;
    play(&s, "CREATE TABLE t (a int); CREATE VIEW v AS SELECT 1; CREATE EXTENSION vector");
    assert_runs(&s, CATCHING("CREATE TABLE u (a int);", "OTHERS"),
                "unknown: the block catches more than what exists already");
    assert_runs(&s, CATCHING("CREATE TABLE u (a int);", "duplicate_table OR undefined_table"),
                "unknown: the block catches more than what exists already");
    assert_runs(&s, CATCHING("CREATE TABLE t (a int);", "duplicate_object"),
                "unknown: the server refuses it, and nothing catches that");
    assert_runs(&s, CATCHING("INSERT INTO t VALUES (1);", "duplicate_object"),
                "unknown: whether the block that catches exceptions fails cannot be known");
    assert_runs(&s, CATCHING("ALTER PUBLICATION p ADD TABLE t;", "duplicate_object"),
                "unknown: the server refuses it, and nothing catches that");
    assert_runs(&s, CATCHING("CREATE TYPE halfvec AS ENUM ();", "duplicate_object"),
                "unknown: whether the block that catches exceptions fails cannot be known");
    assert_runs(
        &s, CATCHING("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS '';", "duplicate_function"),
        "unknown: whether the block that catches exceptions fails cannot be known");
    close_scene(&s);
    s = open_scene(false);
    play(&s, "CREATE TABLE t (a int)");
    assert_runs(&s, CATCHING("CREATE TYPE m AS ENUM ('a');", "duplicate_object"),
                "unknown: whether the block that catches exceptions fails cannot be known");
    assert_runs(&s, CATCHING("ALTER TABLE t ADD a int;", "duplicate_column"), "");
    assert_runs(&s, CATCHING("ALTER TABLE t ADD b int;", "duplicate_column"),
                "unknown: whether the block that catches exceptions fails cannot be known");
    close_scene(&s);
}

static void reasons_and_statements_have_their_places(void **state)
{
    scene s = open_scene(true);
    (void)state;
    tdm_guard guard = decide(&s, "-- a comment\nDO $body$\nBEGIN\n  IF now() > 'x' THEN\n"
                                 "    CREATE SCHEMA s;\n  END IF;\nEND $body$;");
    assert_int_equal(guard.verdict, TDM_GUARD_UNKNOWN);
    assert_int_equal(guard.place.line, 4);
    assert_int_equal(guard.place.column, 6);
    assert_int_equal(guard.place.end_column, 17);
    guard = decide(&s, "DO $$\nBEGIN\n  IF to_regclass('t') IS NULL THEN\n"
                       "    SELECT 1,\n      2;\n  END IF;\nEND $$;");
    assert_int_equal(guard.verdict, TDM_GUARD_DECIDED);
    assert_text_equal(guard.asked, "table t does not exist");
    assert_int_equal(guard.statements.items[0].place.line, 4);
    assert_int_equal(guard.statements.items[0].place.column, 5);
    assert_int_equal(guard.statements.items[0].place.end_line, 5);
    assert_int_equal(guard.statements.items[0].place.end_column, 8);
    close_scene(&s);
}

static void both_sides_together_must_agree(void **state)
{
    scene own = open_scene(true), both = open_scene(true);
    const char *sql = IF_THEN("to_regclass('t') IS NULL");
    (void)state;
    tdm_catalog_accompany(own.catalog, both.catalog);
    assert_int_equal(decide(&own, sql).verdict, TDM_GUARD_DECIDED);
    play(&both, "CREATE TABLE t (a int)");
    tdm_guard guard = decide(&own, sql);
    assert_int_equal(guard.verdict, TDM_GUARD_UNKNOWN);
    assert_text_equal(guard.reason,
                      "the answer is another one when the statements of both sides have run");
    close_scene(&own);
    close_scene(&both);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_branch_that_runs_is_taken),
        cmocka_unit_test(conditions_see_what_the_block_has_done),
        cmocka_unit_test(other_control_flow_is_not_known),
        cmocka_unit_test(variables_and_loops_over_lists_are_followed),
        cmocka_unit_test(what_hangs_on_rows_may_change_rows_alone),
        cmocka_unit_test(functions_of_the_history_are_looked_into),
        cmocka_unit_test(what_exists_already_may_be_caught),
        cmocka_unit_test(what_is_missing_may_be_caught),
        cmocka_unit_test(what_else_is_caught_is_not_known),
        cmocka_unit_test(reasons_and_statements_have_their_places),
        cmocka_unit_test(both_sides_together_must_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
