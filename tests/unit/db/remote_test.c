// Where a password and a token may go.
#include "test.h"

#include "base/arena.h"
#include "base/text.h"
#include "db/http.h"
#include "db/remote.h"

#include <string.h>

#define REF "abcdefghijklmnopqrst"

static const tdm_supabase_project project = {.ref = REF};

static void only_the_projects_own_pooler_is_believed(void **state)
{
    (void)state;
    const tdm_text user = TDM_TEXT("postgres." REF);
    assert_true(
        tdm_pooler_believe(&project, TDM_TEXT("aws-0-eu-west-1.pooler.supabase.com"), user));
    assert_false(tdm_pooler_believe(&project, TDM_TEXT("pooler.evilsupabase.com"), user));
    assert_false(tdm_pooler_believe(&project, TDM_TEXT("pooler.supabase.com.example.org"), user));
    assert_false(tdm_pooler_believe(&project, TDM_TEXT("aws-0-eu-west-1.pooler.supabase.com"),
                                    TDM_TEXT("postgres.bbbbbbbbbbbbbbbbbbbb")));
    assert_false(tdm_pooler_believe(&project, TDM_TEXT("aws-0-eu-west-1.pooler.supabase.com"),
                                    TDM_TEXT("postgres")));
}

static void a_saved_pooler_is_used_in_session_mode(void **state)
{
    (void)state;
    tdm_arena *arena = tdm_arena_new(0);
    tdm_pooler pooler;
    assert_true(tdm_pooler_from_url(arena, &project,
                                    "postgresql://postgres." REF
                                    "@aws-0-eu-west-1.pooler.supabase.com:6543/postgres",
                                    &pooler));
    assert_string_equal(pooler.host, "aws-0-eu-west-1.pooler.supabase.com");
    assert_string_equal(pooler.port, "5432");
    assert_string_equal(pooler.database, "postgres");
    assert_false(tdm_pooler_from_url(arena, &project, "not a url", &pooler));
    assert_false(tdm_pooler_from_url(arena, &project, "postgresql:///postgres", &pooler));
    tdm_arena_free(arena);
}

static void a_token_goes_by_https_or_nowhere_but_here(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool good;
    } cases[] = {
        {"https://api.supabase.com", true},
        {"http://127.0.0.1:8080", true},
        {"http://localhost:8080", true},
        {"http://[::1]:8080", true},
        {"http://api.supabase.com", false},
        {"http://127.0.0.1.example.org", false},
        {"http://localhost.example.org", false},
        {"https://user@api.supabase.com", false},
        {"ftp://127.0.0.1", false},
        {"file:///etc/passwd", false},
        {"", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tdm_error err = TDM_ERROR_INIT;
        tdm_status status = tdm_http_check_url(tdm_text_of(cases[i].url), &err);
        if ((status == TDM_OK) != cases[i].good)
            print_error("%s\n", cases[i].url);
        assert_int_equal(status == TDM_OK, cases[i].good);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_projects_own_pooler_is_believed),
        cmocka_unit_test(a_saved_pooler_is_used_in_session_mode),
        cmocka_unit_test(a_token_goes_by_https_or_nowhere_but_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
