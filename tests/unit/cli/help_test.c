#include "test.h"

#include "cli/help.h"

#include "page.h"

static void the_page_of_the_documentation_is_the_same(void **state)
{
    (void)state;
    tdm_buffer out = TDM_BUFFER_INIT(1000000);
    tdm_help_markdown(&out);
    assert_page("docs/commands.md", tdm_buffer_text(&out));
    tdm_buffer_free(&out);
}

static void lines_of_help_fit_a_terminal(void **state)
{
    (void)state;
    tdm_buffer out = TDM_BUFFER_INIT(1000000);
    const tdm_style plain = {0};
    tdm_help_put_commands(&out, &plain);
    for (size_t i = 0; i < tdm_command_count; i++)
        tdm_help_put_command(&out, &plain, tdm_commands[i]);
    tdm_text rest = tdm_buffer_text(&out);
    tdm_text line;
    while (tdm_text_next_line(&rest, &line)) {
        if (line.size > 100)
            print_error("too long: %.*s\n", TDM_TEXT_ARG(line));
        assert_true(line.size <= 100);
    }
    tdm_buffer_free(&out);
}

static void hidden_commands_and_options_are_not_shown(void **state)
{
    (void)state;
    tdm_buffer out = TDM_BUFFER_INIT(1000000);
    tdm_help_markdown(&out);
    assert_int_equal(tdm_text_find(tdm_buffer_text(&out), TDM_TEXT("__complete")), SIZE_MAX);
    assert_int_equal(tdm_text_find(tdm_buffer_text(&out), TDM_TEXT("output-format")), SIZE_MAX);
    tdm_buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_of_the_documentation_is_the_same),
        cmocka_unit_test(lines_of_help_fit_a_terminal),
        cmocka_unit_test(hidden_commands_and_options_are_not_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
