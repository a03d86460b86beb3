#include "replay/scene.h"

// The first statement of a text, decided.
static tdm_guard decide(scene *s, const char *sql)
{
    tdm_statements statements;
    tdm_sql_tree *tree = NULL;
    tdm_guard guard;
    tdm_error err = TDM_ERROR_INIT;
    assert_int_equal(tdm_sql_split(s->arena, "guard.sql", tdm_text_of(sql), &statements, &err),
                     TDM_OK);
    assert_int_equal(statements.count, 1);
    if (tdm_sql_parse(&statements.items[0], &tree, &err) != TDM_OK)
        fail_msg("%s", err.message);
    assert_int_equal(
        tdm_guard_decide(s->catalog, s->arena, &statements.items[0], tree, &guard, &err), TDM_OK);
    tdm_sql_tree_free(tree);
    return guard;
}

#define IF_THEN(condition) "DO $$ BEGIN IF " condition " THEN CREATE SCHEMA told; END IF; END $$"

typedef struct question {
    const char *condition;
    const char *answer; // "yes", "no", or the reason why it cannot be known
} question;

static void assert_answers(scene *s, const question *questions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tdm_text sql = tdm_arena_printf(s->arena, IF_THEN("%s"), questions[i].condition);
        tdm_guard guard = decide(s, sql.data);
        tdm_text got = guard.verdict == TDM_GUARD_UNKNOWN ? guard.reason
                       : guard.statements.count           ? TDM_TEXT("yes")
                                                          : TDM_TEXT("no");
        if (!tdm_text_is(got, questions[i].answer))
            print_error("asked: %s\nanswered: %.*s\n", questions[i].condition, TDM_TEXT_ARG(got));
        assert_text_equal(got, questions[i].answer);
    }
}

#define ASSERT_ANSWERS(s, questions)                                                               \
    assert_answers((s), (questions), sizeof(questions) / sizeof *(questions))

#define COLUMNS "SELECT 1 FROM information_schema.columns WHERE "
#define TABLES "SELECT 1 FROM information_schema.tables WHERE "
#define FORM "the condition asks in a form that is not understood"

static void existence_is_answered_from_the_catalog(void **state)
{
    static const question questions[] = {
        {"EXISTS (" COLUMNS "table_name = 'documents' AND column_name = 'title')", "yes"},
        {"EXISTS (" COLUMNS "table_name = 'documents' AND column_name = 'file_path')", "no"},
        {"NOT EXISTS (" COLUMNS "table_name = 'documents' AND column_name = 'file_path')", "yes"},
        {"NOT EXISTS (" COLUMNS "table_schema = 'public' AND table_name = 'documents' AND "
         "column_name = 'title')",
         "no"},
        {"EXISTS (" COLUMNS "table_schema = 'other' AND table_name = 'documents' AND "
         "column_name = 'title')",
         "no"},
        {"EXISTS (" COLUMNS "table_schema = current_schema() AND 'documents' = table_name AND "
         "column_name = 'title'::text)",
         "yes"},
        {"EXISTS (" COLUMNS "table_name IN ('documents') AND column_name = 'title')", "yes"},
        {"EXISTS (" TABLES "table_name = 'documents')", "yes"},
        {"EXISTS (" TABLES "table_name = 'documents' AND table_type = 'BASE TABLE')", "yes"},
        {"EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tablename = 'notes')",
         "no"},
        {"EXISTS (SELECT 1 FROM pg_class WHERE relname = 'documents' AND relkind = 'r')", "yes"},
        {"EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
         "WHERE n.nspname = 'public' AND c.relname = 'documents')",
         "yes"},
        {"EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = 'public.documents'::regclass AND "
         "attname = 'title' AND NOT attisdropped)",
         "yes"},
        {"EXISTS (SELECT 1 FROM information_schema.schemata WHERE schema_name = 'public')", "yes"},
        {"EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'reports')", "no"},
        {"EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood')", "yes"},
        {"NOT EXISTS (SELECT 1 FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace "
         "WHERE t.typname = 'colour' AND n.nspname = 'public')",
         "yes"},
        {"EXISTS (SELECT 1 FROM pg_policies WHERE tablename = 'documents' AND policyname = 'own')",
         "yes"},
        {"EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'documents_pkey' AND "
         "conrelid = 'documents'::regclass)",
         "yes"},
        {"EXISTS (SELECT 1 FROM information_schema.table_constraints WHERE "
         "constraint_name = 'documents_title_key' AND table_name = 'documents')",
         "no"},
        {"to_regclass('public.documents') IS NULL", "no"},
        {"to_regclass('notes') IS NULL", "yes"},
        {"(SELECT count(*) FROM information_schema.tables WHERE table_name = 'notes') = 0", "yes"},
        {"(SELECT count(*) FROM information_schema.tables WHERE table_name = 'notes') > 0", "no"},
        {"EXISTS (" TABLES "table_name = 'documents') AND NOT EXISTS (" TABLES
         "table_name = 'notes')",
         "yes"},
        {"EXISTS (" TABLES "table_name = 'notes') OR now() > '2020-01-01'", FORM},
        {"EXISTS (" TABLES "table_name = 'documents') OR now() > '2020-01-01'", "yes"},
        {"EXISTS (" TABLES "table_name = 'notes') AND now() > '2020-01-01'", "no"},
    };
    scene s = open_scene(true);
    (void)state;
    play(&s, "CREATE TABLE documents (id int PRIMARY KEY, title text);"
             "CREATE TYPE mood AS ENUM ('glad', 'sad');"
             "CREATE POLICY own ON documents USING (true);");
    ASSERT_ANSWERS(&s, questions);
    close_scene(&s);
}

static void more_is_asked_of_the_catalogs_of_the_server(void **state)
{
#define UNPUBLISHED "NOT EXISTS (SELECT 1 FROM pg_publication_tables WHERE "
    static const question questions[] = {
        {"EXISTS (SELECT 1 FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid JOIN pg_namespace "
         "n ON n.oid = t.typnamespace WHERE n.nspname = 'public' AND t.typname = 'mood' AND "
         "e.enumlabel = 'glad')",
         "yes"},
        {"EXISTS (SELECT 1 FROM pg_enum WHERE enumtypid = 'mood'::regtype AND enumlabel = 'Sad')",
         "no"},
        {"EXISTS (SELECT 1 FROM pg_constraint WHERE conrelid = 'public.t'::regclass AND "
         "contype = 'u' AND conname = 't_b_key')",
         "yes"},
        {"EXISTS (SELECT 1 FROM pg_constraint WHERE conrelid = 't'::regclass AND contype = 'f')",
         "no"},
        {"EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 't_b_key')", "yes"},
        {"EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'chk_b' AND connamespace = "
         "'public'::regnamespace)",
         "no"},
        {"EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'users_email_key')",
         "the guard names no table, and the platform may have one of this name"},
        {"EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'touch' AND NOT tgisinternal)", "yes"},
        {"EXISTS (SELECT 1 FROM information_schema.triggers WHERE trigger_name = 'touch' AND "
         "event_object_table = 'u')",
         "no"},
        {"EXISTS (SELECT 1 FROM pg_indexes WHERE schemaname = 'public' AND indexname = 't_i')",
         "yes"},
        {"EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
         "n.nspname = 'public' AND c.relname = 'none' AND c.relkind = 'i')",
         "no"},
        {"EXISTS (SELECT 1 FROM pg_index i JOIN pg_class c ON i.indexrelid = c.oid WHERE "
         "c.relname = 't_i' AND NOT i.indisvalid)",
         "no"},
        {"EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tablename = 't' AND "
         "rowsecurity = true)",
         "yes"},
        {"EXISTS (SELECT 1 FROM pg_class WHERE oid = 'u'::regclass AND relrowsecurity)", "no"},
        {"EXISTS (SELECT 1 FROM pg_publication WHERE pubname = 'supabase_realtime')", "yes"},
        {UNPUBLISHED "pubname = 'supabase_realtime' AND schemaname = 'public' AND tablename = 't')",
         "no"},
        {UNPUBLISHED "pubname = 'supabase_realtime' AND schemaname = 'public' AND tablename = 'u')",
         "yes"},
        {"EXISTS (" COLUMNS "table_schema = 'public' AND table_name = 't' AND column_name = 'b' "
         "AND data_type = 'character varying' AND is_nullable = 'YES')",
         "yes"},
        {"EXISTS (" COLUMNS "table_schema = 'public' AND table_name = 't' AND column_name = 'b' "
         "AND is_nullable = 'NO')",
         "no"},
        {"EXISTS (SELECT 1 FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE "
         "p.proname = 'touch' AND n.nspname = 'public')",
         "yes"},
        {"EXISTS (SELECT 1 FROM pg_proc WHERE proname = 'nowhere')",
         "an extension, the platform or PostgreSQL may have a function of this name"},
        {"EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'vector')", "no"},
        {"EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pgcrypto')",
         "the platform may have the extension already"},
        {"EXISTS (SELECT 1 FROM pg_tables WHERE tablename = 't' AND contype = 'u')",
         "the condition joins catalogs in a way that is not understood"},
    };
    scene s = open_scene(true);
    (void)state;
    play(&s,
         "CREATE TYPE mood AS ENUM ('glad', 'sad'); CREATE TABLE t (a int, b varchar(9) UNIQUE);"
         "CREATE TABLE u (a int); CREATE INDEX t_i ON t (a);"
         "ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
         "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
         "CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch();"
         "ALTER PUBLICATION supabase_realtime ADD TABLE t;");
    ASSERT_ANSWERS(&s, questions);
    close_scene(&s);
#undef UNPUBLISHED
}

static void what_is_not_understood_is_not_answered(void **state)
{
    static const question questions[] = {
        {"EXISTS (SELECT 1 FROM documents)", FORM},
        {"EXISTS (" COLUMNS "table_name = 'documents' AND data_type = 'text')",
         "the guard names no table or no column"},
        {"EXISTS (" COLUMNS "table_name = 'documents' AND column_name = 'title' AND "
         "udt_name = 'text')",
         FORM},
        {"EXISTS (" COLUMNS "table_name LIKE 'doc%' AND column_name = 'title')", FORM},
        {"EXISTS (" COLUMNS "table_name = 'documents' OR column_name = 'title')", FORM},
        {"EXISTS (" COLUMNS "table_name IN ('documents', 'notes') AND column_name = 'title')",
         FORM},
        {"EXISTS (" COLUMNS "table_name = 'documents' AND column_name <> 'title')", FORM},
        {"EXISTS (" COLUMNS "table_name = 'documents')", "the guard names no table or no column"},
        {"EXISTS (SELECT 1 FROM my.columns WHERE table_name = 'documents')", FORM},
        {"EXISTS (SELECT 1 FROM columns WHERE table_name = 'documents')", FORM},
        {"EXISTS (SELECT count(*) FROM information_schema.tables WHERE table_name = 'notes' "
         "HAVING count(*) > 0)",
         FORM},
        {"EXISTS (" TABLES "table_name = 'notes' UNION SELECT 1)", FORM},
        {"EXISTS (" TABLES "table_name = 'documents' LIMIT 0)", FORM},
        {"EXISTS (SELECT 1 FROM pg_class, pg_namespace WHERE relname = 'documents')",
         "the condition joins catalogs in a way that is not understood"},
        {"EXISTS (SELECT 1 FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace "
         "WHERE relname = 'documents')",
         FORM},
        {"(SELECT count(*) FROM information_schema.tables WHERE table_name = 'documents') = 1",
         FORM},
        {"current_setting('server_version_num')::int > 150000", FORM},
        {"true, false", "the condition cannot be read"},
    };
    scene s = open_scene(true);
    (void)state;
    play(&s, "CREATE TABLE documents (id int, title text)");
    ASSERT_ANSWERS(&s, questions);
    close_scene(&s);
}

static void absence_needs_a_closed_world(void **state)
{
    static const question opened[] = {
        {"NOT EXISTS (" COLUMNS "table_name = 'documents' AND column_name = 'title')", "no"},
        {"NOT EXISTS (" COLUMNS "table_name = 'documents' AND column_name = 'file_path')",
         "what was there before is not known"},
        {"to_regclass('notes') IS NULL", "what was there before is not known"},
    };
    static const question after_opaque[] = {
        {"NOT EXISTS (" TABLES "table_name = 'notes')",
         "what the block does cannot be known: it executes text that is put together"},
    };
    static const question after_call[] = {
        {"NOT EXISTS (" TABLES "table_name = 'notes')",
         "function track, called before, may define anything"},
    };
    (void)state;
    scene s = open_scene(false);
    play(&s, "CREATE TABLE documents (id int, title text)");
    ASSERT_ANSWERS(&s, opened);
    close_scene(&s);
    s = open_scene(true);
    play(&s, "DO $$ BEGIN EXECUTE format('CREATE TABLE %I ()', now()); END $$");
    ASSERT_ANSWERS(&s, after_opaque);
    close_scene(&s);
    s = open_scene(true);
    play(&s, "SELECT audit.track('documents')");
    ASSERT_ANSWERS(&s, after_call);
    close_scene(&s);
}

static void a_name_without_schema_may_be_the_platforms(void **state)
{
    static const question questions[] = {
        {"NOT EXISTS (" COLUMNS "table_name = 'users' AND column_name = 'email')",
         "the guard names no schema, and schema auth may hold it"},
        {"NOT EXISTS (" COLUMNS "table_name = 'users' AND column_name = 'stripe_id')", "yes"},
        {"NOT EXISTS (" COLUMNS "table_schema = 'public' AND table_name = 'users' AND "
         "column_name = 'email')",
         "yes"},
        {"NOT EXISTS (" TABLES "table_name = 'users')",
         "the guard names no schema, and schema auth may hold it"},
        {"NOT EXISTS (" TABLES "table_name = 'objects')",
         "the guard names no schema, and schema storage may hold it"},
        {"NOT EXISTS (" TABLES "table_name = 'triggers')",
         "the guard names no schema, and schema information_schema may hold it"},
        {"to_regclass('users') IS NULL", "yes"},
        {"NOT EXISTS (" TABLES "table_schema = 'auth' AND table_name = 'notes')",
         "it asks about a schema of the platform"},
        {"EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'storage')",
         "the schema is one of the platform's own"},
        {"NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'factor_type')",
         "an extension, a table or the platform may have a type of this name"},
    };
    scene s = open_scene(true);
    (void)state;
    ASSERT_ANSWERS(&s, questions);
    close_scene(&s);
}

static void what_is_not_modelled_is_not_answered(void **state)
{
    static const question questions[] = {
        {"NOT EXISTS (" TABLES "table_name = 'recent')",
         "an object that is not modelled has this name"},
        {"NOT EXISTS (" COLUMNS "table_name = 'recent' AND column_name = 'id')",
         "an object that is not modelled has this name"},
        {"NOT EXISTS (SELECT 1 FROM pg_tables WHERE tablename = 'recent')", "yes"},
        {"NOT EXISTS (" COLUMNS "table_name = 'copied' AND column_name = 'id')",
         "its columns come from a query"},
        {"EXISTS (" TABLES "table_name = 'copied')", "yes"},
        {"EXISTS (SELECT 1 FROM pg_class WHERE relname = 'parted' AND relkind = 'r')",
         "it asks for the kind of a partitioned table"},
        {"NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'halfvec')",
         "an extension, a table or the platform may have a type of this name"},
    };
    scene s = open_scene(true);
    (void)state;
    play(&s, "CREATE TABLE t (id int); CREATE VIEW recent AS SELECT * FROM t;"
             "CREATE TABLE copied AS SELECT * FROM t; CREATE EXTENSION vector;"
             "CREATE TABLE parted (id int) PARTITION BY RANGE (id)");
    ASSERT_ANSWERS(&s, questions);
    close_scene(&s);
}

// --- Blocks -------------------------------------------------------------------------------------

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
                "unknown: whether the block that catches exceptions fails cannot be known");
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
        cmocka_unit_test(existence_is_answered_from_the_catalog),
        cmocka_unit_test(more_is_asked_of_the_catalogs_of_the_server),
        cmocka_unit_test(what_is_not_understood_is_not_answered),
        cmocka_unit_test(absence_needs_a_closed_world),
        cmocka_unit_test(a_name_without_schema_may_be_the_platforms),
        cmocka_unit_test(what_is_not_modelled_is_not_answered),
        cmocka_unit_test(the_branch_that_runs_is_taken),
        cmocka_unit_test(conditions_see_what_the_block_has_done),
        cmocka_unit_test(other_control_flow_is_not_known),
        cmocka_unit_test(variables_and_loops_over_lists_are_followed),
        cmocka_unit_test(what_hangs_on_rows_may_change_rows_alone),
        cmocka_unit_test(functions_of_the_history_are_looked_into),
        cmocka_unit_test(what_exists_already_may_be_caught),
        cmocka_unit_test(what_else_is_caught_is_not_known),
        cmocka_unit_test(reasons_and_statements_have_their_places),
        cmocka_unit_test(both_sides_together_must_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
