// The rows of alembic_version. The texts were printed by Alembic 1.19 with SQLAlchemy 2.0.
#include "alembic/version_table.h"

#include <stdio.h>

#include "chain_fixture.h"

static void assert_create(const tdm_version_table *table, const char *expected)
{
    tdm_buffer out = TDM_BUFFER_INIT(4096);
    tdm_version_table_create(&out, table);
    assert_string_equal(out.data, expected);
    tdm_buffer_free(&out);
}

static void assert_change(const tdm_version_table *table, tdm_row_change change,
                          const char *expected)
{
    tdm_buffer out = TDM_BUFFER_INIT(4096);
    tdm_row_change_put(&out, table, &change);
    assert_string_equal(out.data, expected);
    tdm_buffer_free(&out);
}

static const tdm_row_change insert = {.kind = TDM_ROW_INSERT, .to = TDM_TEXT("a")};
static const tdm_row_change update = {
    .kind = TDM_ROW_UPDATE, .from = TDM_TEXT("a"), .to = TDM_TEXT("b")};
static const tdm_row_change removal = {.kind = TDM_ROW_DELETE, .from = TDM_TEXT("a")};

static void statements_are_those_of_alembic(void **state)
{
    (void)state;
    tdm_version_table table = TDM_VERSION_TABLE;
    assert_create(&table, "CREATE TABLE alembic_version (\n"
                          "    version_num VARCHAR(32) NOT NULL, \n"
                          "    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)\n)");
    assert_change(&table, insert,
                  "INSERT INTO alembic_version (version_num) VALUES ('a') RETURNING "
                  "alembic_version.version_num");
    assert_change(&table, update,
                  "UPDATE alembic_version SET version_num='b' WHERE alembic_version.version_num = "
                  "'a'");
    assert_change(&table, removal,
                  "DELETE FROM alembic_version WHERE alembic_version.version_num = 'a'");
}

static void names_are_quoted_where_they_must_be(void **state)
{
    (void)state;
    tdm_version_table table = {.name = TDM_TEXT("My.ver"), .schema = TDM_TEXT("s")};
    assert_create(&table, "CREATE TABLE s.\"My.ver\" (\n"
                          "    version_num VARCHAR(32) NOT NULL, \n"
                          "    CONSTRAINT \"My.ver_pkc\" PRIMARY KEY (version_num)\n)");
    assert_change(&table, insert,
                  "INSERT INTO s.\"My.ver\" (version_num) VALUES ('a') RETURNING "
                  "s.\"My.ver\".version_num");
    table = (tdm_version_table){.name = TDM_TEXT("user"), .schema = TDM_TEXT("my.schema")};
    assert_create(&table, "CREATE TABLE \"my.schema\".\"user\" (\n"
                          "    version_num VARCHAR(32) NOT NULL, \n"
                          "    CONSTRAINT user_pkc PRIMARY KEY (version_num)\n)");
    table = (tdm_version_table){.name = TDM_TEXT("v\"q")};
    assert_change(&table, removal, "DELETE FROM \"v\"\"q\" WHERE \"v\"\"q\".version_num = 'a'");
}

static void without_primary_key_nothing_is_returned(void **state)
{
    (void)state;
    tdm_version_table table = {
        .name = TDM_TEXT("per%cent"), .no_primary_key = true, .double_percent = true};
    assert_create(&table, "CREATE TABLE \"per%%cent\" (\n    version_num VARCHAR(32) NOT NULL\n)");
    assert_change(&table, insert, "INSERT INTO \"per%%cent\" (version_num) VALUES ('a')");
    tdm_row_change percent = {.kind = TDM_ROW_INSERT, .to = TDM_TEXT("a%b")};
    assert_change(&table, percent, "INSERT INTO \"per%%cent\" (version_num) VALUES ('a%%b')");
}

// The changes of all steps from base to `up`, then back to base, in a few letters.
static void assert_changes(chain_fixture *f, const char *words, const char *up,
                           const char *expected)
{
    tdm_heads heads;
    tdm_steps steps;
    tdm_revision_list current;
    char got[1024] = "";
    link_chain(f, words);
    assert_int_equal(tdm_heads_start(f->arena, f->chain, (tdm_revision_list){0}, &heads, &f->err),
                     TDM_OK);
    for (int down = 0; down < 2; down++) {
        assert_int_equal(tdm_set_list(f->arena, f->chain, &heads.active, &current, &f->err),
                         TDM_OK);
        tdm_status status =
            down ? tdm_downgrade_steps(f->arena, f->chain, current, TDM_TEXT("base"), &steps,
                                       &f->err)
                 : tdm_upgrade_steps(f->arena, f->chain, current, tdm_text_of(up), &steps, &f->err);
        assert_int_equal(status, TDM_OK);
        for (size_t i = 0; i < steps.count; i++) {
            tdm_row_changes rows;
            assert_int_equal(tdm_heads_step(&heads, &steps.items[i], &rows, &f->err), TDM_OK);
            for (size_t k = 0; k < rows.count; k++) {
                char row[64];
                const tdm_row_change *change = &rows.items[k];
                snprintf(row, sizeof row, "%s%c%.*s%.*s", k ? "" : " ",
                         change->kind == TDM_ROW_INSERT   ? '+'
                         : change->kind == TDM_ROW_DELETE ? '-'
                                                          : '>',
                         TDM_TEXT_ARG(change->from), TDM_TEXT_ARG(change->to));
                strncat(got, row, sizeof got - strlen(got) - 1);
            }
        }
        strncat(got, down ? "" : " |", sizeof got - strlen(got) - 1);
    }
    assert_string_equal(got, expected);
    assert_int_equal(heads.count, 0);
}

static void a_diamond_goes_up_and_down(void **state)
{
    assert_changes(*state, "a b<a c<a d<b,c", "head", " +a >ac +b -b>cd | +b>dc -b >ca -a");
}

static void a_dependency_is_taken_over(void **state)
{
    assert_changes(*state, "a b<a c d<c+b", "d", " +a >ab +c -c>bd | +c>db -c >ba -a");
}

static void two_lines_have_a_row_each(void **state)
{
    assert_changes(*state, "a b<a x y<x", "heads", " +x >xy +a >ab | >ba -a >yx -x");
}

static void a_row_that_is_gone_fails_as_in_alembic(void **state)
{
    chain_fixture *f = *state;
    tdm_heads heads;
    tdm_row_changes rows;
    link_chain(f, "a b<a");
    tdm_step step = {.direction = TDM_DOWNGRADE, .revision = f->chain->revisions.items[1]};
    assert_int_equal(tdm_heads_start(f->arena, f->chain, (tdm_revision_list){0}, &heads, &f->err),
                     TDM_OK);
    assert_int_equal(tdm_heads_step(&heads, &step, &rows, &f->err), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_HISTORY);
}

static void rows_stand_for_everything_below_them(void **state)
{
    chain_fixture *f = *state;
    tdm_revision_list list;
    tdm_revision_set applied;
    link_chain(f, "a b<a c<a d<b,c e<d x");
    const tdm_text rows[] = {TDM_TEXT("d"), TDM_TEXT("x")};
    assert_int_equal(tdm_rows_find(f->arena, f->chain, rows, 2, &list, &f->err), TDM_OK);
    assert_int_equal(tdm_applied_set(f->arena, f->chain, list, &applied, &f->err), TDM_OK);
    assert_int_equal(tdm_set_list(f->arena, f->chain, &applied, &list, &f->err), TDM_OK);
    assert_list(list, "a b c d x");
    assert_int_equal(tdm_heads_of_set(f->arena, f->chain, &applied, &list, &f->err), TDM_OK);
    assert_list(list, "d x");
    const tdm_text strange[] = {TDM_TEXT("zz")};
    assert_int_equal(tdm_rows_find(f->arena, f->chain, strange, 1, &list, &f->err), TDM_FAILED);
    assert_string_equal(f->err.message, "Can't locate revision identified by 'zz'");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_chain_fixture, close_chain_fixture)
    const struct CMUnitTest tests[] = {
        TEST(statements_are_those_of_alembic),
        TEST(names_are_quoted_where_they_must_be),
        TEST(without_primary_key_nothing_is_returned),
        TEST(a_diamond_goes_up_and_down),
        TEST(a_dependency_is_taken_over),
        TEST(two_lines_have_a_row_each),
        TEST(a_row_that_is_gone_fails_as_in_alembic),
        TEST(rows_stand_for_everything_below_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
