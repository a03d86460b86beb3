// Equal effects in other words, and near misses: each pair starts from the same schema.
#include "catalog/scene.h"

static const char base[] = "CREATE TABLE t (a int, b text DEFAULT 'x', c int NOT NULL);"
                           "CREATE TABLE u (id int PRIMARY KEY);"
                           "CREATE TYPE mood AS ENUM ('glad', 'sad');";

typedef struct pair {
    const char *left;
    const char *right;
    const char *first; // "object attribute: left / right" of the first difference, or "unknown ..."
} pair;

static tdm_text describe(tdm_arena *arena, tdm_comparison verdict, const tdm_differences *found)
{
    if (verdict == TDM_COMPARE_EQUAL)
        return TDM_TEXT("equal");
    const tdm_difference *d = &found->items[0];
    return tdm_arena_printf(arena, "%s%.*s %.*s: %.*s / %.*s",
                            verdict == TDM_COMPARE_UNKNOWN ? "unknown " : "",
                            TDM_TEXT_ARG(d->object), TDM_TEXT_ARG(d->attribute),
                            TDM_TEXT_ARG(d->left), TDM_TEXT_ARG(d->right));
}

static tdm_text compare_effects(tdm_arena *arena, const char *left, const char *right)
{
    scene l = open_scene(true), r = open_scene(true);
    tdm_differences found = {0};
    tdm_comparison verdict;
    play(&l, base);
    play(&r, base);
    forget(&l);
    forget(&r);
    play(&l, left);
    play(&r, right);
    assert_int_equal(tdm_effect_compare(&l.effect, &r.effect, arena, &found, &verdict, NULL),
                     TDM_OK);
    assert_int_equal(verdict == TDM_COMPARE_EQUAL, found.count == 0);
    tdm_text text = describe(arena, verdict, &found);
    close_scene(&l);
    close_scene(&r);
    return text;
}

static void assert_pairs(const pair *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tdm_arena *arena = tdm_arena_new(0);
        tdm_text got = compare_effects(arena, pairs[i].left, pairs[i].right);
        if (!tdm_text_is(got, pairs[i].first))
            print_error("left:  %s\nright: %s\ngot:   %.*s\n", pairs[i].left, pairs[i].right,
                        TDM_TEXT_ARG(got));
        assert_text_equal(got, pairs[i].first);
        tdm_arena_free(arena);
    }
}

#define ASSERT_PAIRS(pairs) assert_pairs((pairs), sizeof(pairs) / sizeof *(pairs))

static void other_words_for_the_same_are_equal(void **state)
{
    static const pair pairs[] = {
        {"", "", "equal"},
        {"ALTER TABLE t ADD d int, ADD e int",
         "ALTER TABLE public.t ADD d integer; ALTER TABLE t ADD COLUMN e int4", "equal"},
        {"ALTER TABLE t ADD d int NOT NULL",
         "ALTER TABLE t ADD d int; ALTER TABLE t ALTER d SET NOT NULL", "equal"},
        {"ALTER TABLE t ADD d int", "ALTER TABLE t ADD COLUMN IF NOT EXISTS d int", "equal"},
        {"ALTER TABLE t ADD d int",
         "ALTER TABLE t ADD d int; ALTER TABLE t ADD IF NOT EXISTS d text", "equal"},
        {"CREATE TABLE v (a int PRIMARY KEY, b int REFERENCES u (id))",
         "CREATE TABLE IF NOT EXISTS public.v "
         "(a int NOT NULL, b int, CONSTRAINT v_b_fkey FOREIGN KEY (b) REFERENCES public.u (id)); "
         "ALTER TABLE v ADD CONSTRAINT v_pkey PRIMARY KEY (a)",
         "equal"},
        {"CREATE TABLE v (a int UNIQUE CHECK (a > 0))",
         "CREATE TABLE v (a int); ALTER TABLE v ADD CONSTRAINT v_a_check CHECK (a > 0); "
         "ALTER TABLE ONLY v ADD CONSTRAINT v_a_key UNIQUE (a)",
         "equal"},
        {"CREATE INDEX ON t (a, c)", "CREATE INDEX CONCURRENTLY t_a_c_idx ON public.t (a ASC, c)",
         "equal"},
        {"CREATE INDEX i ON t (a)", "CREATE INDEX IF NOT EXISTS i ON t USING btree (a)", "equal"},
        {"DROP TABLE IF EXISTS v", "", "equal"},
        {"DROP POLICY IF EXISTS p ON t; CREATE POLICY p ON t USING (true)",
         "CREATE POLICY p ON public.t USING (true)", "equal"},
        {"CREATE TABLE v (a text DEFAULT '{}', b jsonb DEFAULT '{}')",
         "CREATE TABLE v (a text DEFAULT '{}'::text, b jsonb DEFAULT '{}'::jsonb)", "equal"},
        {"CREATE TABLE v (a mood DEFAULT 'sad')",
         "CREATE TABLE v (a public.mood DEFAULT 'sad'::mood)", "equal"},
        {"CREATE TABLE v (a int DEFAULT NULL)", "CREATE TABLE v (a int NULL)", "equal"},
        {"CREATE TABLE v (a serial)", "CREATE TABLE v (a serial4 NOT NULL)", "equal"},
        {"ALTER TABLE t ALTER c DROP NOT NULL; ALTER TABLE t ALTER c SET NOT NULL", "", "equal"},
        {"ALTER TABLE t ADD d int; ALTER TABLE t DROP d", "", "equal"},
        {"CREATE VIEW v AS SELECT 1", "CREATE OR REPLACE VIEW public.v AS SELECT 1", "equal"},
        {"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
         "CREATE OR REPLACE FUNCTION public.f() RETURNS int AS $$SELECT 1$$ LANGUAGE sql", "equal"},
        // A new table has no rows to convert.
        {"CREATE TABLE v (a text); ALTER TABLE v ALTER a TYPE int USING a::int",
         "CREATE TABLE v (a int)", "equal"},
        {"UPDATE t SET a = 1", "UPDATE public.t SET a = 1", "equal"},
        {"COMMENT ON TABLE t IS 'x'", "COMMENT ON TABLE public.t IS 'x'", "equal"},
        {"ALTER TABLE t RENAME a TO z; CREATE INDEX i ON t (z)",
         "ALTER TABLE public.t RENAME COLUMN a TO z; CREATE INDEX i ON public.t (z)", "equal"},
    };
    (void)state;
    ASSERT_PAIRS(pairs);
}

static void a_difference_names_object_and_attribute(void **state)
{
    static const pair pairs[] = {
        {"ALTER TABLE t ADD d varchar(512)", "ALTER TABLE t ADD d varchar(256)",
         "t.d type: varchar(512) / varchar(256)"},
        {"ALTER TABLE t ADD d timestamp", "ALTER TABLE t ADD d timestamptz",
         "t.d type: timestamp / timestamptz"},
        {"ALTER TABLE t ADD d mood", "ALTER TABLE t ADD d text", "t.d type: mood / text"},
        {"ALTER TABLE t ADD d int NOT NULL", "ALTER TABLE t ADD d int",
         "t.d nullable: NOT NULL / NULL"},
        {"ALTER TABLE t ALTER a SET NOT NULL", "", "t.a nullable: NOT NULL / NULL"},
        {"CREATE TABLE v (a int DEFAULT 1)", "CREATE TABLE v (a int DEFAULT 2)",
         "v.a default: 1 / 2"},
        {"CREATE TABLE v (a bool DEFAULT true)", "CREATE TABLE v (a bool DEFAULT false)",
         "v.a default: true / false"},
        {"CREATE TABLE v (a text DEFAULT 'x')", "CREATE TABLE v (a text)", "v.a default: 'x' / "},
        {"ALTER TABLE t ALTER b DROP DEFAULT", "", "t.b default:  / 'x'"},
        {"CREATE TABLE v (a int GENERATED ALWAYS AS IDENTITY)", "CREATE TABLE v (a int NOT NULL)",
         "v.a generated: ALWAYS AS IDENTITY / "},
        {"ALTER TABLE t ADD d int", "", "t.d existence: int NULL / "},
        {"", "CREATE TABLE v (a int)", "v existence:  / exists"},
        {"ALTER TABLE t DROP a", "", "t.a existence: dropped / "},
        {"DROP TABLE u", "", "u existence: dropped / "},
        {"CREATE SCHEMA s", "", "s existence: exists / "},
        {"CREATE TABLE v (a int, b int)", "CREATE TABLE v (b int, a int)",
         "v order of columns: v.a / v.b"},
        // The rows of a dropped column are gone.
        {"ALTER TABLE t ALTER a TYPE text", "ALTER TABLE t DROP a; ALTER TABLE t ADD a text",
         "t.a contents: exists / made anew: text NULL"},
        {"ALTER TABLE t DROP a; ALTER TABLE t ADD a int", "",
         "t.a contents: made anew: int NULL / "},
        {"ALTER TABLE t RENAME a TO d", "", "t.a name: d / "},
        {"CREATE INDEX i ON t (a)", "", "index i existence: CREATE INDEX i ON t (a) / "},
        {"", "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
         "table option row level security on t existence:  / ALTER TABLE t ENABLE ROW LEVEL "
         "SECURITY"},
        {"UPDATE t SET a = 1", "", "UPDATE data: UPDATE t SET a = 1 / "},
        {"UPDATE t SET a = 1; DELETE FROM t", "UPDATE t SET a = 1",
         "DELETE data: DELETE FROM t / "},
        {"ALTER TABLE s.t ADD d int", "CREATE SCHEMA s",
         "unknown statement effect: ALTER TABLE s.t ADD d int / "},
    };
    (void)state;
    ASSERT_PAIRS(pairs);
}

static void what_is_not_compared_is_not_known(void **state)
{
    static const pair pairs[] = {
        {"CREATE TABLE v (a timestamptz DEFAULT now())",
         "CREATE TABLE v (a timestamptz DEFAULT CURRENT_TIMESTAMP)",
         "unknown v.a default: now() / CURRENT_TIMESTAMP"},
        {"CREATE TABLE v (a text DEFAULT 0)", "CREATE TABLE v (a text DEFAULT '0')",
         "unknown v.a default: 0 / '0'"},
        {"CREATE TABLE v (a numeric DEFAULT '1.0')", "CREATE TABLE v (a numeric DEFAULT '1.00')",
         "unknown v.a default: '1.0' / '1.00'"},
        {"CREATE TABLE v (a vector(3))", "CREATE TABLE v (a extensions.vector(3))",
         "unknown v.a type: vector(3) / extensions.vector(3)"},
        {"ALTER TABLE t ALTER a TYPE text", "ALTER TABLE t ALTER a TYPE text USING a::text || 'x'",
         "unknown t.a type: text / text"},
        {"CREATE TABLE v (a text); INSERT INTO v VALUES ('1'); ALTER TABLE v ALTER a TYPE int "
         "USING a::int + 1",
         "CREATE TABLE v (a text); INSERT INTO v VALUES ('1'); ALTER TABLE v ALTER a TYPE int "
         "USING a::int",
         "unknown v.a type: int / int"},
        // Old rows get the default in one of them alone.
        {"ALTER TABLE t ADD d int DEFAULT 1",
         "ALTER TABLE t ADD d int; ALTER TABLE t ALTER d SET DEFAULT 1",
         "unknown t.d value in existing rows: int NULL / int NULL"},
        {"CREATE INDEX i ON t (a)", "CREATE INDEX i ON t (c)",
         "unknown index i definition: CREATE INDEX i ON t (a) / CREATE INDEX i ON t (c)"},
        {"CREATE TYPE e AS ENUM ('a', 'b')", "CREATE TYPE e AS ENUM ('b', 'a')",
         "unknown type e definition: CREATE TYPE e AS ENUM ('a', 'b') / CREATE TYPE e AS ENUM "
         "('b', 'a')"},
        {"ALTER TABLE t ADD CONSTRAINT k UNIQUE (a)",
         "ALTER TABLE t ADD CONSTRAINT k UNIQUE (a) DEFERRABLE",
         "unknown constraint k on t definition: UNIQUE (a) / UNIQUE (a)"},
        {"UPDATE t SET a = 1", "UPDATE t SET a = 2",
         "unknown UPDATE data: UPDATE t SET a = 1 / UPDATE t SET a = 2"},
        {"UPDATE t SET a = 1; DELETE FROM t", "DELETE FROM t; UPDATE t SET a = 1",
         "unknown UPDATE data: UPDATE t SET a = 1 / DELETE FROM t"},
        {"DO $$ BEGIN RAISE EXCEPTION 'x'; END $$", "ALTER TABLE t ADD d int",
         "unknown statement effect: DO $$ BEGIN RAISE EXCEPTION 'x'; END $$ / "},
        // The same words mean something else after a rename.
        {"CREATE INDEX i ON t (a); ALTER TABLE t RENAME a TO z; ALTER TABLE t RENAME c TO a",
         "ALTER TABLE t RENAME a TO z; ALTER TABLE t RENAME c TO a; CREATE INDEX i ON t (a)",
         "unknown index i order:  / "},
        {"ALTER TABLE t ADD a int", "", "unknown statement effect: ALTER TABLE t ADD a int / "},
        {"WITH public AS (SELECT 1) UPDATE t SET a = 1",
         "WITH public AS (SELECT 1) UPDATE public.t SET a = 1",
         "unknown UPDATE data: WITH public AS (SELECT 1) UPDATE t SET a = 1 / WITH public AS "
         "(SELECT 1) UPDATE public.t SET a = 1"},
    };
    (void)state;
    ASSERT_PAIRS(pairs);
}

// --- End states ---------------------------------------------------------------------------------

static void assert_states(const char *left, const char *right, bool closed, const char *expected)
{
    scene l = open_scene(closed), r = open_scene(closed);
    tdm_differences found = {0};
    tdm_comparison verdict;
    play(&l, left);
    play(&r, right);
    assert_int_equal(tdm_catalog_compare(l.catalog, r.catalog, l.arena, &found, &verdict, NULL),
                     TDM_OK);
    tdm_text got = describe(l.arena, verdict, &found);
    if (!tdm_text_is(got, expected))
        print_error("left:  %s\nright: %s\ngot:   %.*s\n", left, right, TDM_TEXT_ARG(got));
    assert_text_equal(got, expected);
    close_scene(&l);
    close_scene(&r);
}

static void end_states_are_compared_whatever_led_to_them(void **state)
{
    (void)state;
    assert_states("CREATE TABLE t (a int, b text)",
                  "CREATE TABLE s (a int); ALTER TABLE s RENAME TO t; ALTER TABLE t ADD b text",
                  true, "equal");
    assert_states("CREATE TABLE t (a int)", "CREATE TABLE t (a bigint)", true,
                  "t.a type: int / bigint");
    assert_states("CREATE TABLE t (a int)", "CREATE TABLE t (a int NOT NULL)", true,
                  "t.a nullable: NULL / NOT NULL");
    assert_states("CREATE TABLE t (a int)", "CREATE TABLE t (a int, b int)", true,
                  "t.b existence:  / int");
    assert_states("CREATE TABLE t (a int, b int)", "CREATE TABLE t (b int, a int)", true,
                  "t order of columns: a / b");
    assert_states("CREATE TABLE t (a int)", "", true, "t existence: exists / ");
    assert_states("CREATE TABLE t (a int); CREATE INDEX i ON t (a)", "CREATE TABLE t (a int)", true,
                  "index i existence: exists / ");
    assert_states("CREATE TABLE t (a int); CREATE INDEX i ON t (a); DROP INDEX i",
                  "CREATE TABLE t (a int)", true, "equal");
    assert_states("CREATE TABLE t (a int)", "CREATE TABLE t (a bigint)", false,
                  "unknown the schema effect:  / ");
    assert_states("CREATE TABLE t (a int, b int); CREATE INDEX i ON t (b); ALTER TABLE t DROP b",
                  "CREATE TABLE t (a int)", true, "unknown index i existence: exists / ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_words_for_the_same_are_equal),
        cmocka_unit_test(a_difference_names_object_and_attribute),
        cmocka_unit_test(what_is_not_compared_is_not_known),
        cmocka_unit_test(end_states_are_compared_whatever_led_to_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
