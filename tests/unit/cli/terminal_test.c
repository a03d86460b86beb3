#include "test.h"

#include "environment.h"

static const tdm_streams terminals = {true, true, true, 120};
static const tdm_streams pipes = {0};

static tdm_terminal decided(const tdm_streams *streams, tdm_cli_environment environment,
                            tdm_color_choice color, bool no_input)
{
    tdm_terminal terminal;
    tdm_terminal_decide(streams, &environment, color, no_input, &terminal);
    return terminal;
}

static bool colored(const tdm_streams *streams, tdm_cli_environment environment,
                    tdm_color_choice color)
{
    return decided(streams, environment, color, false).out.color;
}

static void colour_is_for_terminals_that_know_it(void **state)
{
    (void)state;
    assert_true(colored(&terminals, ENVIRONMENT("TERM", "xterm"), TDM_COLOR_AUTO));
    assert_false(colored(&terminals, ENVIRONMENT("TERM", "dumb"), TDM_COLOR_AUTO));
    assert_false(colored(&terminals, EMPTY_ENVIRONMENT, TDM_COLOR_AUTO));
    assert_false(colored(&pipes, ENVIRONMENT("TERM", "xterm"), TDM_COLOR_AUTO));
}

static void no_color_goes_before_everything(void **state)
{
    (void)state;
    assert_false(colored(&terminals, ENVIRONMENT("NO_COLOR", "1"), TDM_COLOR_ALWAYS));
    assert_true(colored(&terminals, ENVIRONMENT("NO_COLOR", "", "TERM", "xterm"), TDM_COLOR_AUTO));
}

static void the_option_goes_before_the_other_variables(void **state)
{
    (void)state;
    assert_true(colored(&pipes, EMPTY_ENVIRONMENT, TDM_COLOR_ALWAYS));
    assert_false(colored(&pipes, ENVIRONMENT("FORCE_COLOR", "1"), TDM_COLOR_NEVER));
    assert_true(colored(&pipes, ENVIRONMENT("FORCE_COLOR", "1"), TDM_COLOR_AUTO));
    assert_true(colored(&pipes, ENVIRONMENT("CLICOLOR_FORCE", "1"), TDM_COLOR_AUTO));
    assert_false(colored(&pipes, ENVIRONMENT("FORCE_COLOR", "0"), TDM_COLOR_AUTO));
}

static void width_is_the_terminals_unless_columns_says_otherwise(void **state)
{
    (void)state;
    assert_int_equal(decided(&terminals, EMPTY_ENVIRONMENT, 0, false).out.width, 120);
    assert_int_equal(decided(&pipes, EMPTY_ENVIRONMENT, 0, false).out.width, 80);
    assert_int_equal(decided(&pipes, ENVIRONMENT("COLUMNS", "60"), 0, false).out.width, 60);
    assert_int_equal(decided(&pipes, ENVIRONMENT("COLUMNS", "wide"), 0, false).out.width, 80);
    assert_int_equal(decided(&pipes, ENVIRONMENT("COLUMNS", "0"), 0, false).out.width, 80);
}

static void questions_need_a_terminal_at_both_ends(void **state)
{
    (void)state;
    tdm_streams no_stdin = {false, true, true, 80};
    tdm_streams no_stderr = {true, true, false, 80};
    tdm_streams no_stdout = {true, false, true, 80};
    assert_true(decided(&terminals, EMPTY_ENVIRONMENT, 0, false).may_ask);
    assert_true(decided(&no_stdout, EMPTY_ENVIRONMENT, 0, false).may_ask);
    assert_false(decided(&no_stdin, EMPTY_ENVIRONMENT, 0, false).may_ask);
    assert_false(decided(&no_stderr, EMPTY_ENVIRONMENT, 0, false).may_ask);
    assert_false(decided(&terminals, EMPTY_ENVIRONMENT, 0, true).may_ask);
    assert_false(decided(&terminals, ENVIRONMENT("CI", "true"), 0, false).may_ask);
    assert_true(decided(&terminals, ENVIRONMENT("CI", "false"), 0, false).may_ask);
}

static void without_a_terminal_a_question_is_an_error(void **state)
{
    (void)state;
    tdm_terminal terminal = decided(&pipes, EMPTY_ENVIRONMENT, 0, false);
    tdm_error err = TDM_ERROR_INIT;
    bool yes = true;
    assert_int_equal(tdm_terminal_confirm(&terminal, "push 2 steps?", &yes, &err), TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_CONSENT);
    assert_string_equal(err.hint, "Say --yes, or run it from a terminal.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(colour_is_for_terminals_that_know_it),
        cmocka_unit_test(no_color_goes_before_everything),
        cmocka_unit_test(the_option_goes_before_the_other_variables),
        cmocka_unit_test(width_is_the_terminals_unless_columns_says_otherwise),
        cmocka_unit_test(questions_need_a_terminal_at_both_ends),
        cmocka_unit_test(without_a_terminal_a_question_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
