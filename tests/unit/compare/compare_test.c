// The end states of two replays.
#include "compare/compare.h"
#include "replay/scene.h"

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
                  "CREATE TABLE t (a int)", true, "equal");
}

// A block that is not understood may have changed the columns of the tables that it names.
static void what_a_block_may_have_changed_is_no_difference(void **state)
{
    (void)state;
    assert_states("CREATE TABLE t (a int); DO $$ BEGIN IF (SELECT data_type FROM "
                  "information_schema.columns WHERE column_name = 'a') = 'integer' THEN ALTER "
                  "TABLE t ALTER a TYPE bigint; END IF; END $$",
                  "CREATE TABLE t (a bigint)", true, "unknown the schema effect:  / ");
    assert_states("CREATE TYPE m AS ENUM ('a'); DO $$ BEGIN IF f() THEN ALTER TYPE m ADD VALUE "
                  "'b'; END IF; END $$; ALTER TYPE m ADD VALUE 'c'",
                  "CREATE TYPE m AS ENUM ('a', 'b', 'c')", true, "unknown the schema effect:  / ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(end_states_are_compared_whatever_led_to_them),
        cmocka_unit_test(what_a_block_may_have_changed_is_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
