#include "db/scripted.h"

#include "db/identity.h"

static void only_the_platforms_login_roles_become_another(void **state)
{
    (void)state;
    assert_true(tdm_is_login_role(TDM_TEXT("cli_login_postgres")));
    assert_true(tdm_is_login_role(TDM_TEXT("cli_login_postgres.abcdefghijklmnopqrst")));
    assert_false(tdm_is_login_role(TDM_TEXT("postgres")));
    assert_false(tdm_is_login_role(TDM_TEXT("my_cli_login_")));
}

// Each setting is said again by whoever resets all; one that the server refuses is left out.
static void a_login_role_has_the_settings_stored_for_postgres(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        {.sql = "SET SESSION ROLE postgres"},
        {.sql = "SELECT DISTINCT ON (name)",
         .values = {"search_path", "public, it's"},
         .more = {{"log_statement", "all"}}},
        {.sql = "SELECT pg_catalog.set_config('search_path', 'public, it''s', false)"},
        {.sql = "SELECT pg_catalog.set_config('log_statement', 'all', false)", .sqlstate = "42501"},
    };
    scripted script;
    tdm_error err = TDM_ERROR_INIT;
    tdm_arena *arena = tdm_arena_new(0);
    scripted_init(&script, lines, 4);
    assert_int_equal(tdm_identity_take(&script.session, arena, &err), TDM_OK);
    const tdm_db_identity *identity = &script.session.identity;
    assert_text_equal(identity->become, "SET SESSION ROLE postgres");
    assert_int_equal(identity->setting_count, 1);
    assert_text_equal(identity->settings[0],
                      "SELECT pg_catalog.set_config('search_path', 'public, it''s', false)");
    scripted_end(&script);
    tdm_arena_free(arena);
}

static void a_role_that_may_not_become_postgres_is_no_connection(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        {.sql = "SET SESSION ROLE postgres", .sqlstate = "42501"},
    };
    scripted script;
    tdm_error err = TDM_ERROR_INIT;
    tdm_arena *arena = tdm_arena_new(0);
    scripted_init(&script, lines, 1);
    assert_int_equal(tdm_identity_take(&script.session, arena, &err), TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_CONNECT);
    assert_non_null(strstr(err.hint, "SUPABASE_DB_PASSWORD"));
    assert_int_equal(script.session.identity.become.size, 0);
    scripted_end(&script);
    tdm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_platforms_login_roles_become_another),
        cmocka_unit_test(a_login_role_has_the_settings_stored_for_postgres),
        cmocka_unit_test(a_role_that_may_not_become_postgres_is_no_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
