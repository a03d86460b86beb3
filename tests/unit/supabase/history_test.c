#include "test.h"

#include "supabase/history.h"

#include <string.h>

static void a_row_is_one_insert_with_literals(void **state)
{
    (void)state;
    const tdm_text statements[] = {TDM_TEXT("SELECT 'it''s'"), TDM_TEXT("SELECT E'a\\tb'")};
    tdm_history_row row = {.version = TDM_TEXT("20240101000001"),
                           .name = TDM_TEXT("o'neill"),
                           .statements = {statements, 2}};
    tdm_buffer sql = TDM_BUFFER_INIT(1 << 20);
    tdm_history_insert(&sql, &row);
    assert_text_equal(
        tdm_buffer_text(&sql),
        "INSERT INTO supabase_migrations.schema_migrations(version, name, statements) "
        "VALUES('20240101000001', 'o''neill', ARRAY['SELECT ''it''''s''', "
        "E'SELECT E''a\\\\tb''']::text[])");
    tdm_buffer_free(&sql);
}

static void an_empty_file_stores_an_empty_array(void **state)
{
    (void)state;
    tdm_history_row row = {.version = TDM_TEXT("1"), .name = TDM_TEXT("")};
    tdm_buffer sql = TDM_BUFFER_INIT(1 << 20);
    tdm_history_insert(&sql, &row);
    assert_text_equal(
        tdm_buffer_text(&sql),
        "INSERT INTO supabase_migrations.schema_migrations(version, name, statements) "
        "VALUES('1', '', '{}'::text[])");
    tdm_buffer_free(&sql);
}

static void the_tables_are_made_in_the_order_of_the_cli(void **state)
{
    (void)state;
    assert_int_equal(tdm_history_ddl_count, 4);
    assert_string_equal(tdm_history_ddl[0], "CREATE SCHEMA IF NOT EXISTS supabase_migrations");
    assert_string_equal(tdm_history_ddl[3], "ALTER TABLE supabase_migrations.schema_migrations "
                                            "ADD COLUMN IF NOT EXISTS name text");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_is_one_insert_with_literals),
        cmocka_unit_test(an_empty_file_stores_an_empty_array),
        cmocka_unit_test(the_tables_are_made_in_the_order_of_the_cli),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
