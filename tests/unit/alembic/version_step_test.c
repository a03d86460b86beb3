#include "test.h"

#include "alembic/version_step.h"
#include "base/error.h"
#include "base/text.h"

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

static tdm_text put(tdm_arena *arena, const tdm_version_table *table, const tdm_version_step *step)
{
    tdm_buffer out = TDM_BUFFER_INIT(1 << 20);
    tdm_version_step_put(&out, table, step);
    assert_false(out.failed);
    return tdm_buffer_take(&out, arena);
}

static bool knows(tdm_arena *arena, tdm_text sql, const tdm_version_table *table,
                  tdm_version_step *ret)
{
    tdm_error err = TDM_ERROR_INIT;
    bool found = false;
    assert_int_equal(tdm_version_step_read(arena, sql, table, &found, ret, &err), TDM_OK);
    return found;
}

static const tdm_text parent[] = {{"20241126_000001", 15}};
static const tdm_text sibling[] = {{"20241127_000009", 15}};
static const tdm_text version[] = {{"20241126000001", 14}};

static tdm_version_step one_after_another(void)
{
    static const tdm_version_step_need need = {.id = {"20241126_000001", 15}};
    return (tdm_version_step){.revision = TDM_TEXT("20241127_000001"),
                              .needs = &need,
                              .need_count = 1,
                              .replaces = {parent, 1}};
}

static void a_step_is_taken_from_the_row_before(void **state)
{
    tdm_version_table table = TDM_VERSION_TABLE;
    tdm_version_step step = one_after_another();
    assert_string_equal(
        put(*state, &table, &step).data,
        "DO $$\n"
        "-- tandem: records 20241127_000001\n"
        "-- tandem: after 20241126_000001\n"
        "-- tandem: replaces 20241126_000001\n"
        "BEGIN\n"
        "    IF to_regclass('alembic_version') IS NULL THEN\n"
        "        RAISE WARNING 'alembic_version holds neither % nor what comes before it: nothing "
        "is recorded', '20241127_000001';\n"
        "        RETURN;\n"
        "    END IF;\n"
        "    IF NOT EXISTS (SELECT FROM alembic_version WHERE version_num = '20241127_000001') "
        "THEN\n"
        "        IF EXISTS (SELECT FROM alembic_version WHERE version_num = '20241126_000001') "
        "THEN\n"
        "            DELETE FROM alembic_version WHERE version_num = '20241126_000001';\n"
        "            INSERT INTO alembic_version (version_num) VALUES ('20241127_000001');\n"
        "        ELSE\n"
        "            RAISE WARNING 'alembic_version holds neither % nor what comes before it: "
        "nothing is recorded', '20241127_000001';\n"
        "        END IF;\n"
        "    END IF;\n"
        "END\n"
        "$$");
}

static void the_first_makes_the_table_closed_to_the_api(void **state)
{
    tdm_version_table table = TDM_VERSION_TABLE;
    tdm_version_step step = {.revision = TDM_TEXT("1")};
    table.schema = TDM_TEXT("My app");
    const char *sql = put(*state, &table, &step).data;
    assert_non_null(strstr(sql, "IF to_regclass('\"My app\".alembic_version') IS NULL THEN\n"
                                "        CREATE TABLE \"My app\".alembic_version ("));
    assert_non_null(strstr(sql, "ALTER TABLE \"My app\".alembic_version ENABLE ROW LEVEL"));
    assert_non_null(strstr(sql, "FROM anon, authenticated;"));
    assert_non_null(strstr(sql, "IF NOT EXISTS (SELECT FROM \"My app\".alembic_version) THEN"));
}

static void what_was_written_is_read_again(void **state)
{
    tdm_version_table table = TDM_VERSION_TABLE;
    tdm_version_step_need need = {
        .id = parent[0], .covers = {sibling, 1}, .versions = {version, 1}};
    tdm_version_step step = {.revision = TDM_TEXT("a.b"),
                             .needs = &need,
                             .need_count = 1,
                             .replaces = {parent, 1},
                             .beside = {sibling, 1},
                             .resets_path = true};
    tdm_version_step got;
    assert_true(knows(*state, put(*state, &table, &step), &table, &got));
    assert_text_equal(got.revision, "a.b");
    assert_int_equal(got.need_count, 1);
    assert_text_equal(got.needs[0].id, "20241126_000001");
    assert_text_equal(got.needs[0].covers.items[0], "20241127_000009");
    assert_text_equal(got.needs[0].versions.items[0], "20241126000001");
    assert_text_equal(got.replaces.items[0], "20241126_000001");
    assert_text_equal(got.beside.items[0], "20241127_000009");
    assert_true(got.resets_path);
}

// Whoever changes a byte of the block has written a statement of their own.
static void any_other_block_is_a_statement_like_others(void **state)
{
    tdm_version_table table = TDM_VERSION_TABLE;
    tdm_version_table other = TDM_VERSION_TABLE;
    tdm_version_step step = one_after_another();
    tdm_version_step got;
    tdm_text sql = put(*state, &table, &step);
    other.name = TDM_TEXT("versions");
    assert_true(knows(*state, sql, &table, &got));
    assert_false(knows(*state, sql, &other, &got));
    for (size_t i = 0; i < sql.size; i++) {
        char *changed = tdm_arena_string(*state, sql);
        changed[i] = changed[i] == 'x' ? 'y' : 'x';
        if (knows(*state, (tdm_text){changed, sql.size}, &table, &got))
            fail_msg("not noticed at %zu: %s", i, changed);
    }
    assert_false(knows(*state, tdm_text_slice(sql, 0, sql.size - 1), &table, &got));
    assert_false(knows(*state, TDM_TEXT("SELECT 1"), &table, &got));
    assert_false(knows(*state, TDM_TEXT("-- tandem: records x"), &table, &got));
    assert_false(knows(*state, TDM_TEXT(""), &table, &got));
}

static void ids_that_would_need_quotes_cannot_be_named(void **state)
{
    (void)state;
    assert_true(tdm_version_step_can_name(TDM_TEXT("20241127_000001")));
    assert_true(tdm_version_step_can_name(TDM_TEXT("1.2")));
    assert_false(tdm_version_step_can_name(TDM_TEXT("")));
    assert_false(tdm_version_step_can_name(TDM_TEXT("a b")));
    assert_false(tdm_version_step_can_name(TDM_TEXT("a\nDROP TABLE t;")));
    assert_false(tdm_version_step_can_name(TDM_TEXT("a$$")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_step_is_taken_from_the_row_before),
        TEST(the_first_makes_the_table_closed_to_the_api),
        TEST(what_was_written_is_read_again),
        TEST(any_other_block_is_a_statement_like_others),
        TEST(ids_that_would_need_quotes_cannot_be_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
