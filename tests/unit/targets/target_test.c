// Which target is meant, from words, environment, link and settings.
#include "plan/fixture.h"

#include <tandem/target.h>

#define REF "abcdefghijklmnopqrst"
#define OTHER "bbbbbbbbbbbbbbbbbbbb"
#define TOKEN "sbp_0123456789abcdef0123456789abcdef01234567"

typedef struct variables {
    const char *items[16]; // name and value in turn
} variables;

static const char *look_up(void *context, const char *name)
{
    for (const char *const *item = ((const variables *)context)->items; *item; item += 2)
        if (strcmp(item[0], name) == 0)
            return item[1];
    return NULL;
}

static tdm_target target;

static tdm_status find(fixture *f, tdm_target_words words, variables environment)
{
    words.environment = look_up;
    words.environment_context = &environment;
    if (!f->project)
        open_project(f);
    f->err = TDM_ERROR_INIT;
    return tdm_target_find(f->project, &words, &target, &f->err);
}

#define FIND(f, words, ...)                                                                        \
    find((f), (tdm_target_words)words, (variables){.items = {__VA_ARGS__ NULL}})
#define WORDS(...)                                                                                 \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

static void the_command_line_goes_first_and_says_so(void **state)
{
    fixture *f = *state;
    assert_int_equal(
        FIND(f, WORDS(.db_url = "postgresql://db/x"), "DATABASE_URL", "postgresql://other", ),
        TDM_OK);
    assert_string_equal(target.options.url, "postgresql://db/x");
    assert_true(target.options.url_from_argv);
    assert_int_equal(FIND(f, WORDS(.remote = "postgresql://db/x"), ), TDM_OK);
    assert_true(target.options.url_from_argv);
}

static void the_local_stack_is_that_of_supabase_start(void **state)
{
    fixture *f = *state;
    put(f, "supabase/config.toml", "[db]\nport = 54399\n");
    assert_int_equal(FIND(f, WORDS(.local = true), "DATABASE_URL", "postgresql://other", ), TDM_OK);
    assert_string_equal(target.options.url,
                        "postgresql://postgres:postgres@127.0.0.1:54399/postgres");
    assert_false(target.options.url_from_argv);
}

static void tandems_own_variable_goes_before_the_shared_one(void **state)
{
    fixture *f = *state;
    assert_int_equal(FIND(f, WORDS(0), "DATABASE_URL", "a", "TANDEM_DATABASE_URL", "b", ), TDM_OK);
    assert_string_equal(target.options.url, "b");
    assert_int_equal(FIND(f, WORDS(0), "TANDEM_DATABASE_URL", "", "DATABASE_URL", "a", ), TDM_OK);
    assert_string_equal(target.options.url, "a");
}

static void libpq_finds_its_own_when_it_was_told_something(void **state)
{
    fixture *f = *state;
    assert_int_equal(FIND(f, WORDS(0), "PGSERVICE", "staging", ), TDM_OK);
    assert_null(target.options.url);
    assert_null(target.options.project);
}

static void without_a_word_there_is_no_target(void **state)
{
    fixture *f = *state;
    assert_int_equal(FIND(f, WORDS(0), ), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_USAGE);
    assert_int_equal(FIND(f, WORDS(.db_url = "x", .local = true), ), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_USAGE);
    tdm_target_words nothing = {0};
    assert_false(tdm_target_is_named(f->project, &nothing));
}

static void a_link_is_followed_only_when_asked_for(void **state)
{
    fixture *f = *state;
    make_folder(f, "supabase/.temp");
    put(f, "supabase/.temp/project-ref", REF "\n");
    put(f, "supabase/.temp/pooler-url",
        "postgresql://postgres." REF "@aws-0-eu.pooler.supabase.com:5432/postgres");
    assert_int_equal(FIND(f, WORDS(0), ), TDM_FAILED);
    assert_int_equal(FIND(f, WORDS(.linked = true), "SUPABASE_ACCESS_TOKEN", TOKEN,
                          "SUPABASE_DB_PASSWORD", "secret", ),
                     TDM_OK);
    assert_string_equal(target.options.project->ref, REF);
    assert_string_equal(target.options.project->token, TOKEN);
    assert_string_equal(target.options.project->api_url, "https://api.supabase.com");
    assert_non_null(target.options.project->pooler_url);
    assert_string_equal(target.options.password, "secret");
    assert_int_equal(FIND(f, WORDS(.remote = ""), ), TDM_OK);
    assert_string_equal(target.options.project->ref, REF);
    assert_null(target.options.project->token);
}

static void the_linked_projects_password_and_pooler_are_for_no_other(void **state)
{
    fixture *f = *state;
    make_folder(f, "supabase/.temp");
    put(f, "supabase/.temp/project-ref", REF);
    put(f, "supabase/.temp/pooler-url", "postgresql://postgres." REF "@x.supabase.com/postgres");
    assert_int_equal(FIND(f, WORDS(.remote = OTHER), "SUPABASE_DB_PASSWORD", "secret", ), TDM_OK);
    assert_string_equal(target.options.project->ref, OTHER);
    assert_null(target.options.password);
    assert_null(target.options.project->pooler_url);
}

static void hosts_come_from_the_environment_alone(void **state)
{
    fixture *f = *state;
    assert_int_equal(FIND(f, WORDS(.remote = REF), "SUPABASE_API_URL", "http://127.0.0.1:1",
                          "SUPABASE_PROJECT_HOST", "x.invalid", ),
                     TDM_OK);
    assert_string_equal(target.options.project->api_url, "http://127.0.0.1:1");
    assert_string_equal(target.options.project->project_host, "x.invalid");
    assert_int_equal(FIND(f, WORDS(.remote = REF), "SUPABASE_PROFILE", "supabase-staging", ),
                     TDM_OK);
    assert_string_equal(target.options.project->api_url, "https://api.supabase.green");
    assert_int_equal(FIND(f, WORDS(.remote = REF), "SUPABASE_PROFILE", "nowhere", ), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_CONFIG);
}

static void a_profile_may_be_a_file_of_any_of_three_kinds(void **state)
{
    static const char *const files[] = {
        "api_url = \"http://127.0.0.1:7\"\nproject_host = 'x.invalid'\npooler_host = \"p\"\n",
        "name: mine\napi_url: http://127.0.0.1:7\nproject_host: x.invalid\npooler_host: p\n",
        "{\"api_url\":\"http://127.0.0.1:7\",\"project_host\":\"x.invalid\",\"pooler_host\":\"p\"}",
    };
    fixture *f = *state;
    char path[128];
    snprintf(path, sizeof path, "%s/profile", f->root);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        put(f, "profile", files[i]);
        assert_int_equal(FIND(f, WORDS(.remote = REF), "SUPABASE_PROFILE", path, ), TDM_OK);
        assert_string_equal(target.options.project->api_url, "http://127.0.0.1:7");
        assert_string_equal(target.options.project->project_host, "x.invalid");
        assert_string_equal(target.options.project->pooler_host, "p");
    }
}

static void a_token_that_is_none_is_not_repeated(void **state)
{
    fixture *f = *state;
    assert_int_equal(FIND(f, WORDS(.remote = REF), "SUPABASE_ACCESS_TOKEN", "sbp_wrong", ),
                     TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_CONFIG);
    assert_null(strstr(f->err.message, "sbp_wrong"));
}

static void the_token_file_is_read_where_the_cli_keeps_it(void **state)
{
    fixture *f = *state;
    make_folder(f, ".supabase");
    put(f, ".supabase/access-token", TOKEN "\n");
    assert_int_equal(FIND(f, WORDS(.remote = REF), "HOME", f->root, ), TDM_OK);
    assert_string_equal(target.options.project->token, TOKEN);
}

static void names_are_those_of_both_files(void **state)
{
    fixture *f = *state;
    put(f, "tandem.toml",
        "[targets.production]\nproject = \"" REF "\"\nvia = \"api\"\nprotected = true\n"
        "[targets.ci]\nurl_env = \"CI_URL\"\n");
    put(f, "supabase/config.toml", "[remotes.staging]\nproject_id = \"" OTHER "\"\n");
    assert_int_equal(FIND(f, WORDS(.remote = "production"), ), TDM_OK);
    assert_string_equal(target.options.project->ref, REF);
    assert_int_equal(target.options.via, TDM_VIA_API);
    assert_string_equal(target.name, "production");
    assert_true(target.is_protected);
    assert_int_equal(FIND(f, WORDS(.remote = "ci"), "CI_URL", "postgresql://u@h/d", ), TDM_OK);
    assert_string_equal(target.options.url, "postgresql://u@h/d");
    assert_int_equal(FIND(f, WORDS(.remote = "ci"), ), TDM_FAILED);
    assert_non_null(strstr(f->err.message, "CI_URL"));
    assert_int_equal(FIND(f, WORDS(.remote = "staging"), ), TDM_OK);
    assert_string_equal(target.options.project->ref, OTHER);
    assert_int_equal(FIND(f, WORDS(.remote = "producton"), ), TDM_FAILED);
    assert_non_null(strstr(f->err.hint, "'production'"));
}

static void a_protected_project_is_so_by_any_name(void **state)
{
    fixture *f = *state;
    put(f, "tandem.toml", "[targets.production]\nproject = \"" REF "\"\nprotected = true\n");
    assert_int_equal(FIND(f, WORDS(.remote = REF), ), TDM_OK);
    assert_true(target.is_protected);
    assert_string_equal(target.name, "production");
    assert_int_equal(FIND(f, WORDS(.linked = true), "SUPABASE_PROJECT_ID", REF, ), TDM_OK);
    assert_true(target.is_protected);
}

static void the_name_in_the_file_stands_behind_the_environment(void **state)
{
    fixture *f = *state;
    put(f, "tandem.toml",
        "target = \"a\"\n[targets.a]\nurl = \"postgresql://u@a/d\"\n"
        "[targets.b]\nurl = \"postgresql://u@b/d\"\n");
    assert_int_equal(FIND(f, WORDS(0), ), TDM_OK);
    assert_string_equal(target.options.url, "postgresql://u@a/d");
    assert_int_equal(FIND(f, WORDS(0), "DATABASE_URL", "postgresql://c", ), TDM_OK);
    assert_string_equal(target.options.url, "postgresql://c");
}

static void a_table_that_says_nothing_usable_is_refused(void **state)
{
    fixture *f = *state;
    put(f, "tandem.toml",
        "[targets.none]\nvia = \"api\"\n"
        "[targets.two]\nurl = \"postgresql://u@h/d\"\nproject = \"" REF "\"\n"
        "[targets.way]\nproject = \"" REF "\"\nvia = \"telnet\"\n"
        "[targets.typo]\nproject = \"" REF "\"\nprotect = true\n"
        "[targets.word]\nproject = \"" REF "\"\nprotected = \"yes\"\n");
    static const char *const names[] = {"none", "two", "way", "typo", "word"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_int_equal(FIND(f, WORDS(.remote = names[i]), ), TDM_FAILED);
        assert_int_equal(f->err.code, TDM_ERROR_CONFIG);
        assert_int_not_equal(f->err.place.line, 0);
    }
}

static void the_api_is_for_projects(void **state)
{
    fixture *f = *state;
    assert_int_equal(FIND(f, WORDS(.local = true, .via = TDM_VIA_API), ), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_command_line_goes_first_and_says_so),
        TEST(the_local_stack_is_that_of_supabase_start),
        TEST(tandems_own_variable_goes_before_the_shared_one),
        TEST(libpq_finds_its_own_when_it_was_told_something),
        TEST(without_a_word_there_is_no_target),
        TEST(a_link_is_followed_only_when_asked_for),
        TEST(the_linked_projects_password_and_pooler_are_for_no_other),
        TEST(hosts_come_from_the_environment_alone),
        TEST(a_profile_may_be_a_file_of_any_of_three_kinds),
        TEST(a_token_that_is_none_is_not_repeated),
        TEST(the_token_file_is_read_where_the_cli_keeps_it),
        TEST(names_are_those_of_both_files),
        TEST(a_protected_project_is_so_by_any_name),
        TEST(the_name_in_the_file_stands_behind_the_environment),
        TEST(a_table_that_says_nothing_usable_is_refused),
        TEST(the_api_is_for_projects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
