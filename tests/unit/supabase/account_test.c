// Where the access token and the hosts come from, held to what the Supabase CLI does.
#include "test.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "supabase/account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TOKEN_A "sbp_0102030405060708091011121314151617181920"
#define TOKEN_B "sbp_v0_0102030405060708091011121314151617181921"
#define TOKEN_C "sbp_oauth_0102030405060708091011121314151617181922"

typedef struct world {
    char home[64];
    struct {
        const char *name;
        const char *value;
    } environment[8];
    const char *keyring[4][2]; // user, secret
    size_t asked;              // of the keyring
    tdm_arena *arena;
    tdm_account account;
    tdm_error err;
} world;

static int set_up(void **state)
{
    world *w = calloc(1, sizeof *w);
    char folder[96];
    assert_non_null(w);
    snprintf(w->home, sizeof w->home, "/tmp/tandem-account-XXXXXX");
    assert_non_null(mkdtemp(w->home));
    snprintf(folder, sizeof folder, "%s/.supabase", w->home);
    assert_int_equal(mkdir(folder, 0700), 0);
    w->arena = tdm_arena_new(0);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    world *w = *state;
    char command[128];
    tdm_arena_free(w->arena);
    snprintf(command, sizeof command, "rm -rf '%s'", w->home);
    int removed = system(command);
    free(w);
    return removed;
}

static void set(world *w, const char *name, const char *value)
{
    size_t at = 0;
    while (w->environment[at].name && strcmp(w->environment[at].name, name) != 0)
        at++;
    w->environment[at].name = name;
    w->environment[at].value = tdm_arena_text(w->arena, tdm_text_of(value)).data;
}

static void put(const world *w, const char *name, const char *text)
{
    char path[160];
    tdm_error err = TDM_ERROR_INIT;
    snprintf(path, sizeof path, "%s/.supabase/%s", w->home, name);
    assert_int_equal(tdm_file_write(path, tdm_text_of(text), true, &err), TDM_OK);
}

static const char *environment(void *context, const char *name)
{
    const world *w = context;
    for (size_t i = 0; i < sizeof w->environment / sizeof *w->environment; i++)
        if (w->environment[i].name && strcmp(w->environment[i].name, name) == 0)
            return w->environment[i].value;
    return NULL;
}

static tdm_status keyring(const tdm_account_input *input, tdm_arena *arena, const char *service,
                          const char *user, tdm_text *ret, tdm_error *err)
{
    world *w = input->context;
    (void)arena;
    (void)err;
    w->asked++;
    assert_string_equal(service, "Supabase CLI");
    *ret = (tdm_text){0};
    for (size_t i = 0; i < sizeof w->keyring / sizeof *w->keyring; i++)
        if (w->keyring[i][0] && strcmp(w->keyring[i][0], user) == 0)
            *ret = tdm_text_of(w->keyring[i][1]);
    return TDM_OK;
}

static tdm_status read_with(world *w, const char *token)
{
    const tdm_account_input input = {
        .environment = environment, .context = w, .token = token, .keyring = keyring};
    w->err = TDM_ERROR_INIT;
    w->account = (tdm_account){0};
    set(w, "HOME", w->home);
    return tdm_account_read(w->arena, &input, &w->account, &w->err);
}

// --- The token -----------------------------------------------------------------------------------

static void a_token_is_known_by_its_form(void **state)
{
    (void)state;
    assert_true(tdm_is_access_token(TDM_TEXT(TOKEN_A)));
    assert_true(tdm_is_access_token(TDM_TEXT(TOKEN_B)));
    assert_true(tdm_is_access_token(TDM_TEXT(TOKEN_C)));
    assert_false(tdm_is_access_token(TDM_TEXT("")));
    assert_false(tdm_is_access_token(TDM_TEXT("sbp_")));
    assert_false(tdm_is_access_token(TDM_TEXT(TOKEN_A "0")));
    assert_false(tdm_is_access_token(TDM_TEXT("sbp_0102030405060708091011121314151617181G20")));
    assert_false(tdm_is_access_token(TDM_TEXT("sbp_x_0102030405060708091011121314151617181920")));
}

static void the_order_is_argument_environment_keyring_file(void **state)
{
    world *w = *state;
    put(w, "access-token", " " TOKEN_C "\n");
    assert_int_equal(read_with(w, NULL), TDM_OK);
    assert_string_equal(w->account.token, TOKEN_C);
    w->keyring[0][0] = "supabase";
    w->keyring[0][1] = TOKEN_B "\n";
    assert_int_equal(read_with(w, NULL), TDM_OK);
    assert_string_equal(w->account.token, TOKEN_B);
    w->asked = 0;
    set(w, "SUPABASE_ACCESS_TOKEN", TOKEN_A);
    assert_int_equal(read_with(w, NULL), TDM_OK);
    assert_string_equal(w->account.token, TOKEN_A);
    assert_int_equal(read_with(w, TOKEN_C), TDM_OK);
    assert_string_equal(w->account.token, TOKEN_C);
    assert_int_equal(w->asked, 0);
}

static void without_one_there_is_none(void **state)
{
    world *w = *state;
    assert_int_equal(read_with(w, NULL), TDM_OK);
    assert_null(w->account.token);
    assert_int_equal(w->asked, 2); // of the profile, and where older ones put it
}

static void a_keyring_has_it_by_profile_or_by_its_old_name(void **state)
{
    world *w = *state;
    w->keyring[0][0] = "access-token";
    w->keyring[0][1] = TOKEN_A;
    assert_int_equal(read_with(w, NULL), TDM_OK);
    assert_string_equal(w->account.token, TOKEN_A);
    w->keyring[1][0] = "snap";
    w->keyring[1][1] = TOKEN_B;
    set(w, "SUPABASE_PROFILE", "snap");
    assert_int_equal(read_with(w, NULL), TDM_OK);
    assert_string_equal(w->account.token, TOKEN_B);
}

static void a_keyring_may_have_it_in_base64(void **state)
{
    world *w = *state;
    w->keyring[0][0] = "supabase";
    w->keyring[0][1] =
        "go-keyring-base64:c2JwXzAxMDIwMzA0MDUwNjA3MDgwOTEwMTExMjEzMTQxNTE2MTcxODE5MjA=";
    assert_int_equal(read_with(w, NULL), TDM_OK);
    assert_string_equal(w->account.token, TOKEN_A);
    w->keyring[0][1] = "go-keyring-base64:c2Jw*";
    assert_int_equal(read_with(w, NULL), TDM_FAILED);
    assert_int_equal(w->err.code, TDM_ERROR_CONFIG);
}

static void a_keyring_is_not_asked_where_the_cli_does_not(void **state)
{
    world *w = *state;
    set(w, "SUPABASE_NO_KEYRING", "1");
    assert_int_equal(read_with(w, NULL), TDM_OK);
    set(w, "SUPABASE_NO_KEYRING", "0");
    set(w, "WSL_DISTRO_NAME", "Debian");
    assert_int_equal(read_with(w, NULL), TDM_OK);
    assert_int_equal(w->asked, 0);
}

static void a_token_that_is_none_is_an_error_that_does_not_repeat_it(void **state)
{
    world *w = *state;
    static const char *const wrong[] = {"hunter2", "sbp_", TOKEN_A "x"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        set(w, "SUPABASE_ACCESS_TOKEN", wrong[i]);
        assert_int_equal(read_with(w, NULL), TDM_FAILED);
        assert_int_equal(w->err.code, TDM_ERROR_CONFIG);
        assert_null(strstr(w->err.message, "hunter2"));
        assert_null(strstr(w->err.message, "0102030405"));
    }
}

static void a_home_of_the_clis_own_is_looked_in(void **state)
{
    world *w = *state;
    char folder[160];
    put(w, "access-token", TOKEN_A);
    snprintf(folder, sizeof folder, "%s/.supabase", w->home);
    set(w, "SUPABASE_HOME", folder);
    assert_int_equal(read_with(w, NULL), TDM_OK);
    assert_string_equal(w->account.token, TOKEN_A);
    set(w, "SUPABASE_HOME", "/nonexistent");
    assert_int_equal(read_with(w, NULL), TDM_OK);
    assert_null(w->account.token);
}

// --- The hosts -----------------------------------------------------------------------------------

static void the_hosted_platform_is_the_profile_that_nobody_names(void **state)
{
    world *w = *state;
    assert_int_equal(read_with(w, NULL), TDM_OK);
    assert_string_equal(w->account.api_url, "https://api.supabase.com");
    assert_string_equal(w->account.project_host, "supabase.co");
    assert_string_equal(w->account.pooler_host, "supabase.com");
}

static void a_profile_is_named_by_variable_or_file(void **state)
{
    world *w = *state;
    put(w, "profile", "supabase-staging\n");
    assert_int_equal(read_with(w, NULL), TDM_OK);
    assert_string_equal(w->account.api_url, "https://api.supabase.green");
    set(w, "SUPABASE_PROFILE", "snap");
    assert_int_equal(read_with(w, NULL), TDM_OK);
    assert_string_equal(w->account.api_url, "https://cloudapi.snap.com");
    set(w, "SUPABASE_API_URL", "http://127.0.0.1:1");
    set(w, "SUPABASE_PROJECT_HOST", "example.org");
    assert_int_equal(read_with(w, NULL), TDM_OK);
    assert_string_equal(w->account.api_url, "http://127.0.0.1:1");
    assert_string_equal(w->account.project_host, "example.org");
    assert_string_equal(w->account.pooler_host, "snapcloud.co");
}

static void a_profile_may_be_a_file_of_three_kinds(void **state)
{
    world *w = *state;
    static const char *const kinds[] = {
        "name = \"x\"\napi_url = \"http://a.example\"\nproject_host = 'b.example'\n",
        "name: x\napi_url: http://a.example\nproject_host: b.example\n",
        "{\"name\": \"x\", \"api_url\": \"http://a.example\", \"project_host\":\"b.example\"}",
    };
    char path[160];
    snprintf(path, sizeof path, "%s/.supabase/mine", w->home);
    set(w, "SUPABASE_PROFILE", path);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        put(w, "mine", kinds[i]);
        assert_int_equal(read_with(w, NULL), TDM_OK);
        assert_string_equal(w->account.api_url, "http://a.example");
        assert_string_equal(w->account.project_host, "b.example");
        assert_null(w->account.pooler_host);
    }
}

static void a_profile_that_is_nowhere_is_an_error(void **state)
{
    world *w = *state;
    static const char *const names[] = {"no-such", "./profile.toml", "/nonexistent/profile"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        set(w, "SUPABASE_PROFILE", names[i]);
        assert_int_equal(read_with(w, NULL), TDM_FAILED);
        assert_int_equal(w->err.code, TDM_ERROR_CONFIG);
        assert_non_null(strstr(w->err.message, names[i]));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_known_by_its_form),
        TEST(the_order_is_argument_environment_keyring_file),
        TEST(without_one_there_is_none),
        TEST(a_keyring_has_it_by_profile_or_by_its_old_name),
        TEST(a_keyring_may_have_it_in_base64),
        TEST(a_keyring_is_not_asked_where_the_cli_does_not),
        TEST(a_token_that_is_none_is_an_error_that_does_not_repeat_it),
        TEST(a_home_of_the_clis_own_is_looked_in),
        TEST(the_hosted_platform_is_the_profile_that_nobody_names),
        TEST(a_profile_is_named_by_variable_or_file),
        TEST(a_profile_may_be_a_file_of_three_kinds),
        TEST(a_profile_that_is_nowhere_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
