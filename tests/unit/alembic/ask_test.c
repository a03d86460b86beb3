// Where the text of a revision is in what Alembic prints.
#include "test.h"

#include "alembic/ask.h"

#include <string.h>

#define ROW_A "INSERT INTO alembic_version (version_num) VALUES ('a')"
#define ROW_B "UPDATE alembic_version SET version_num='b' WHERE alembic_version.version_num = 'a'"
#define RETURNING " RETURNING alembic_version.version_num"

static const tdm_asked_bounds of_a = {TDM_TEXT("-- Running upgrade  -> a"),
                                      TDM_TEXT("-- Running upgrade a -> b"),
                                      TDM_TEXT(ROW_A RETURNING)};
static const tdm_asked_bounds of_b = {TDM_TEXT("-- Running upgrade a -> b"), TDM_TEXT(""),
                                      TDM_TEXT(ROW_B)};

static void assert_found(const char *answer, const tdm_asked_bounds *bounds, const char *expected)
{
    tdm_text text;
    tdm_error err = TDM_ERROR_INIT;
    tdm_text all = {answer, strlen(answer)};
    if (tdm_asked_text(all, bounds, TDM_NOWHERE, &text, &err) != TDM_OK)
        fail_msg("%s", err.message);
    assert_text_equal(text, expected);
}

static void assert_not_found(const char *answer, const tdm_asked_bounds *bounds)
{
    tdm_text text;
    tdm_error err = TDM_ERROR_INIT;
    tdm_text all = {answer, strlen(answer)};
    assert_int_equal(tdm_asked_text(all, bounds, TDM_NOWHERE, &text, &err), TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_OPAQUE);
}

static const char both[] =
    "BEGIN;\n\n-- Running upgrade  -> a\n\nSELECT 1;\n\nSELECT 2;\n\n" ROW_A RETURNING
    ";\n\n-- Running upgrade a -> b\n\nSELECT 3;\n\n" ROW_B ";\n\nCOMMIT;\n\n";

static void it_stands_between_the_comment_and_the_version_table(void **state)
{
    (void)state;
    assert_found(both, &of_a, "SELECT 1;\n\nSELECT 2;");
    assert_found(both, &of_b, "SELECT 3;");
}

static void a_revision_may_do_nothing(void **state)
{
    (void)state;
    assert_found("-- Running upgrade a -> b\n\n" ROW_B ";\n\n", &of_b, "");
}

static void an_older_alembic_returns_nothing_from_the_row(void **state)
{
    (void)state;
    assert_found("-- Running upgrade  -> a\n\nSELECT 1;\n\n" ROW_A
                 ";\n\n-- Running upgrade a -> b\n\n",
                 &of_a, "SELECT 1;");
}

static void a_revision_may_write_the_row_itself(void **state)
{
    (void)state;
    assert_found("-- Running upgrade a -> b\n\n" ROW_B ";\n\nSELECT 3;\n\n" ROW_B ";\n\n", &of_b,
                 ROW_B ";\n\nSELECT 3;");
}

static void what_only_begins_like_the_comment_is_not_it(void **state)
{
    (void)state;
    assert_found("-- Running upgrade a -> bb\n\nSELECT 0;\n\n-- Running upgrade a -> b\n\n"
                 "SELECT 3;\n\n" ROW_B ";\n\n",
                 &of_b, "SELECT 3;");
    assert_not_found("SELECT '-- Running upgrade a -> b\n\n" ROW_B ";\n\n", &of_b);
}

static void nothing_is_taken_where_it_cannot_be_told(void **state)
{
    (void)state;
    assert_not_found("", &of_b);
    assert_not_found("-- Running upgrade a -> b\n\nSELECT 3;\n\n", &of_b);
    assert_not_found("-- Running upgrade a -> b\n\nSELECT 3;\n\n" ROW_B " AND true;\n\n", &of_b);
    assert_not_found("-- Running upgrade a -> b\n\n-- Running upgrade a -> b\n\n" ROW_B ";\n\n",
                     &of_b);
    assert_not_found("-- Running upgrade  -> a\n\nSELECT 1;\n\n" ROW_A ";\n\n", &of_a);
    assert_not_found("-- Running upgrade a -> b\n\n\xff\n\n" ROW_B ";\n\n", &of_b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_stands_between_the_comment_and_the_version_table),
        cmocka_unit_test(a_revision_may_do_nothing),
        cmocka_unit_test(an_older_alembic_returns_nothing_from_the_row),
        cmocka_unit_test(a_revision_may_write_the_row_itself),
        cmocka_unit_test(what_only_begins_like_the_comment_is_not_it),
        cmocka_unit_test(nothing_is_taken_where_it_cannot_be_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
