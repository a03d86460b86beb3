// Which failures to connect may be over by themselves.
#include "test.h"

#include "base/error.h"
#include "db/unreachable.h"

#include <string.h>

static tdm_error of(tdm_error_code code, const char *message)
{
    tdm_error err = TDM_ERROR_INIT;
    (void)tdm_fail(&err, code, TDM_NOWHERE, "cannot connect to x: %s", message);
    return err;
}

static bool passes(const char *message)
{
    tdm_error err = of(TDM_ERROR_CONNECT, message);
    return tdm_connect_is_passing(&err);
}

static void who_does_not_answer_yet_may_answer_later(void **state)
{
    (void)state;
    assert_true(passes("connection to server at \"db\", port 5432 failed: Connection refused"));
    assert_true(
        passes("could not translate host name \"db\" to address: Name or service not known"));
    assert_true(
        passes("connection to server on socket \"/run/.s.PGSQL.5432\" failed: No such file or "
               "directory"));
    assert_true(passes("FATAL:  le systeme de bases de donnees se lance (SQLSTATE 57P03)"));
    assert_true(passes("FATAL:  sorry, too many clients already (SQLSTATE 53300)"));
    assert_true(passes("server closed the connection unexpectedly"));
    assert_true(passes("no answer within 10 seconds"));
}

static void who_says_no_will_say_no_later_too(void **state)
{
    (void)state;
    assert_false(passes("FATAL:  password authentication failed for user \"x\" (SQLSTATE 28P01)"));
    assert_false(passes("FATAL:  database \"x\" does not exist (SQLSTATE 3D000)"));
    assert_false(passes("FATAL:  role \"x\" does not exist (SQLSTATE 28000)"));
    assert_false(passes("SSL error: certificate verify failed"));
    assert_false(passes("root certificate file \"/x\" does not exist"));
}

static void only_a_connection_is_waited_for(void **state)
{
    (void)state;
    tdm_error err = of(TDM_ERROR_SERVER, "Connection refused");
    assert_false(tdm_connect_is_passing(&err));
    assert_false(tdm_is_unreachable(&err));
}

static void a_server_that_starts_is_no_reason_for_another_way(void **state)
{
    (void)state;
    tdm_error starts = of(TDM_ERROR_CONNECT, "FATAL:  starting up (SQLSTATE 57P03)");
    tdm_error refused = of(TDM_ERROR_CONNECT, "Connection refused");
    assert_false(tdm_is_unreachable(&starts));
    assert_true(tdm_is_unreachable(&refused));
}

static void assert_words(const char *message, const char *expected)
{
    tdm_arena *arena = tdm_arena_new(0);
    assert_text_equal(tdm_connect_words(arena, tdm_text_of(message)), expected);
    tdm_arena_free(arena);
}

static void the_code_stands_at_the_end_of_the_servers_line(void **state)
{
    (void)state;
    assert_words(
        "connection to server at \"h\", port 1 failed: FATAL:  57P03: it starts\n"
        "LOCATION:  ProcessStartupPacket, postmaster.c:2390",
        "connection to server at \"h\", port 1 failed: FATAL:  it starts (SQLSTATE 57P03)");
    assert_words("a failed: FATAL:  53300: no place\nDETAIL:  none\nLOCATION:  f, f.c:1\n"
                 "b failed: FATAL:  28P01: no\nLOCATION:  f, f.c:1",
                 "a failed: FATAL:  no place (SQLSTATE 53300)\nDETAIL:  none\n"
                 "b failed: FATAL:  no (SQLSTATE 28P01)");
}

static void words_without_a_code_stay(void **state)
{
    (void)state;
    assert_words("failed: Connection refused\n\tIs the server running?",
                 "failed: Connection refused\n\tIs the server running?");
    assert_words("FATAL:  57p03: lower", "FATAL:  57p03: lower");
    assert_words("FATAL:  57P0", "FATAL:  57P0");
    assert_words("", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_does_not_answer_yet_may_answer_later),
        cmocka_unit_test(who_says_no_will_say_no_later_too),
        cmocka_unit_test(only_a_connection_is_waited_for),
        cmocka_unit_test(a_server_that_starts_is_no_reason_for_another_way),
        cmocka_unit_test(the_code_stands_at_the_end_of_the_servers_line),
        cmocka_unit_test(words_without_a_code_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
