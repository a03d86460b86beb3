// Whether what a row records is what a file says.
#include <string.h>

#include "test.h"

#include "mend/meaning.h"

#include "base/text.h"

static int setup(void **state)
{
    *state = tdm_arena_new(0);
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    tdm_arena_free(*state);
    return 0;
}

static tdm_meaning of_file(tdm_arena *arena, const char *source)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_statements statements;
    tdm_meaning meaning;
    assert_int_equal(tdm_sql_split(arena, "x.sql", tdm_text_of(source), &statements, &err), TDM_OK);
    assert_int_equal(tdm_meaning_of(&statements, &meaning, &err), TDM_OK);
    return meaning;
}

static tdm_meaning of_row(tdm_arena *arena, const tdm_text *statements, size_t count)
{
    const tdm_migration_row row = {.statements = statements, .statement_count = count};
    tdm_error err = TDM_ERROR_INIT;
    tdm_meaning meaning;
    assert_int_equal(tdm_meaning_of_row(&row, arena, &meaning, &err), TDM_OK);
    return meaning;
}

static void a_row_cut_otherwise_means_the_same(void **state)
{
    const tdm_text cut[] = {TDM_TEXT("CREATE TABLE t (a int)"), TDM_TEXT("DROP TABLE u")};
    const tdm_text whole[] = {TDM_TEXT("-- first\nCREATE TABLE t (a int);\n\nDROP TABLE u;\n")};
    tdm_meaning file = of_file(*state, "create table t (a integer);\ndrop table u;");
    tdm_meaning one = of_row(*state, cut, 2);
    tdm_meaning other = of_row(*state, whole, 1);
    assert_true(tdm_meaning_equal(&file, &one));
    assert_true(tdm_meaning_equal(&file, &other));
}

static void other_statements_or_another_order_do_not(void **state)
{
    const tdm_text turned[] = {TDM_TEXT("DROP TABLE u"), TDM_TEXT("CREATE TABLE t (a int)")};
    const tdm_text other[] = {TDM_TEXT("CREATE TABLE t (a bigint)"), TDM_TEXT("DROP TABLE u")};
    tdm_meaning file = of_file(*state, "CREATE TABLE t (a int); DROP TABLE u;");
    tdm_meaning one = of_row(*state, turned, 2);
    tdm_meaning two = of_row(*state, other, 2);
    assert_false(tdm_meaning_equal(&file, &one));
    assert_false(tdm_meaning_equal(&file, &two));
}

static void a_row_without_statements_means_nothing_that_is_known(void **state)
{
    tdm_meaning file = of_file(*state, "-- nothing\n");
    tdm_meaning row = of_row(*state, NULL, 0);
    assert_false(row.known);
    assert_false(tdm_meaning_equal(&file, &row));
}

static void the_digest_of_statements_is_what_the_server_says(void **state)
{
    // left(encode(sha256('3:abc6:...'), 'hex'), 32): lengths are in bytes, here of UTF-8.
    const tdm_text statements[] = {TDM_TEXT("abc"), TDM_TEXT("gr\xc3\xbc\xc3\x9f")};
    tdm_error err = TDM_ERROR_INIT;
    tdm_text digest;
    assert_int_equal(tdm_stored_digest(statements, 2, *state, &digest, &err), TDM_OK);
    assert_text_equal(digest, "2d5959fe4e5bdf99523619ef63ef3d83");
    assert_int_equal(tdm_stored_digest(NULL, 0, *state, &digest, &err), TDM_OK);
    assert_int_equal(digest.size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_row_cut_otherwise_means_the_same, setup, teardown),
        cmocka_unit_test_setup_teardown(other_statements_or_another_order_do_not, setup, teardown),
        cmocka_unit_test_setup_teardown(a_row_without_statements_means_nothing_that_is_known, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_digest_of_statements_is_what_the_server_says, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
