#include "test.h"

#include "cli/target.h"

#include "environment.h"

static tdm_target target;

static tdm_target_options chosen(tdm_globals globals, tdm_cli_environment environment)
{
    assert_int_equal(tdm_target_choose(&globals, &environment, 54399, &target, NULL), TDM_OK);
    return target.options;
}

static void the_command_line_goes_first_and_says_so(void **state)
{
    (void)state;
    tdm_target_options options = chosen((tdm_globals){.db_url = "postgresql://db/x"},
                                        ENVIRONMENT("DATABASE_URL", "postgresql://other"));
    assert_string_equal(options.url, "postgresql://db/x");
    assert_true(options.url_from_argv);
}

static void the_local_stack_is_that_of_supabase_start(void **state)
{
    (void)state;
    tdm_target_options options =
        chosen((tdm_globals){.local = true}, ENVIRONMENT("DATABASE_URL", "postgresql://other"));
    assert_string_equal(options.url, "postgresql://postgres:postgres@127.0.0.1:54399/postgres");
    assert_false(options.url_from_argv);
}

static void tandems_own_variable_goes_before_the_shared_one(void **state)
{
    (void)state;
    tdm_target_options options =
        chosen((tdm_globals){0}, ENVIRONMENT("DATABASE_URL", "a", "TANDEM_DATABASE_URL", "b"));
    assert_string_equal(options.url, "b");
    options = chosen((tdm_globals){0}, ENVIRONMENT("TANDEM_DATABASE_URL", "", "DATABASE_URL", "a"));
    assert_string_equal(options.url, "a");
}

static void libpq_finds_its_own_when_it_was_told_something(void **state)
{
    (void)state;
    tdm_target_options options = chosen((tdm_globals){0}, ENVIRONMENT("PGSERVICE", "staging"));
    assert_null(options.url);
    assert_false(options.url_from_argv);
}

static void without_a_word_there_is_no_target(void **state)
{
    (void)state;
    tdm_globals globals = {0};
    tdm_cli_environment environment = EMPTY_ENVIRONMENT;
    tdm_error err = TDM_ERROR_INIT;
    assert_int_equal(tdm_target_choose(&globals, &environment, 1, &target, &err), TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_USAGE);
    globals = (tdm_globals){.db_url = "x", .local = true};
    assert_int_equal(tdm_target_choose(&globals, &environment, 1, &target, &err), TDM_FAILED);
    assert_string_equal(err.message, "--db-url and --local name two targets");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_command_line_goes_first_and_says_so),
        cmocka_unit_test(the_local_stack_is_that_of_supabase_start),
        cmocka_unit_test(tandems_own_variable_goes_before_the_shared_one),
        cmocka_unit_test(libpq_finds_its_own_when_it_was_told_something),
        cmocka_unit_test(without_a_word_there_is_no_target),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
