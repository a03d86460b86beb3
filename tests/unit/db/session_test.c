#include "db/scripted.h"

static void a_cancelled_session_begins_no_work_but_finishes(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        {.sql = "SELECT 1", .values = {"1"}},
        {.sql = "COMMIT", .urgency = TDM_DB_FINISH},
    };
    scripted script;
    tdm_error err = TDM_ERROR_INIT;
    tdm_db_result result;
    tdm_arena *arena = tdm_arena_new(0);
    scripted_init(&script, lines, 2);
    tdm_session *session = &script.session;
    assert_int_equal(tdm_session_run(session, TDM_TEXT("SELECT 1"), arena, &result, &err), TDM_OK);
    tdm_session_cancel(session);
    assert_int_equal(tdm_session_run(session, TDM_TEXT("SELECT 2"), arena, &result, &err),
                     TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_INTERRUPTED);
    assert_int_equal(tdm_session_wait(session, 10, &err), TDM_FAILED);
    assert_int_equal(tdm_session_finish(session, TDM_TEXT("COMMIT"), arena, &result, &err), TDM_OK);
    scripted_end(&script);
    tdm_arena_free(arena);
}

static void a_failure_is_forgotten_by_the_next_statement(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        {.sql = "SELECT 1", .sqlstate = "22012"},
        {.sql = "SELECT 2", .values = {"\\N", "x"}, .more = {{"y", "z"}}},
    };
    scripted script;
    tdm_error err = TDM_ERROR_INIT;
    tdm_db_result result;
    tdm_arena *arena = tdm_arena_new(0);
    scripted_init(&script, lines, 2);
    tdm_session *session = &script.session;
    assert_int_equal(tdm_session_run(session, TDM_TEXT("SELECT 1"), arena, &result, &err),
                     TDM_FAILED);
    assert_true(tdm_session_failed_with(session, "22012"));
    assert_int_equal(tdm_session_run(session, TDM_TEXT("SELECT 2"), arena, &result, &err), TDM_OK);
    assert_false(tdm_session_failed_with(session, "22012"));
    assert_int_equal(session->failure.message.size, 0);
    assert_true(tdm_db_at(&result, 0, 0)->is_null);
    assert_text_equal(tdm_db_at(&result, 1, 1)->text, "z");
    scripted_end(&script);
    tdm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cancelled_session_begins_no_work_but_finishes),
        cmocka_unit_test(a_failure_is_forgotten_by_the_next_statement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
