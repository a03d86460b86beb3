// What the tables name is in the libraries.
#include "test.h"

#include "db/late.h"

static void every_function_of_libpq_is_found(void **state)
{
    tdm_libpq pq;
    tdm_error err = TDM_ERROR_INIT;
    (void)state;
    assert_int_equal(tdm_libpq_load(&pq, &err), TDM_OK);
    assert_true(pq.PQlibVersion() >= 140000);
    PQconninfoOption *options = pq.PQconninfoParse("host=here", NULL);
    assert_non_null(options);
    pq.PQconninfoFree(options);
}

static void every_function_of_libcurl_is_found(void **state)
{
    tdm_libcurl curl;
    tdm_error err = TDM_ERROR_INIT;
    (void)state;
    assert_int_equal(tdm_libcurl_load(&curl, &err), TDM_OK);
    assert_string_equal(curl.curl_easy_strerror(CURLE_OK), "No error");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_function_of_libpq_is_found),
        cmocka_unit_test(every_function_of_libcurl_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
