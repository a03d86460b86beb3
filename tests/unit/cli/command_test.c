#include "test.h"

#include "cli/command.h"

#include <string.h>

static void names_and_aliases_are_found_and_unique(void **state)
{
    (void)state;
    assert_ptr_equal(tdm_command_find(TDM_TEXT("push")), &tdm_command_push);
    assert_ptr_equal(tdm_command_find(TDM_TEXT("list")), &tdm_command_status);
    assert_null(tdm_command_find(TDM_TEXT("pus")));
    for (size_t i = 0; i < tdm_command_count; i++) {
        assert_ptr_equal(tdm_command_find(tdm_text_of(tdm_commands[i]->name)), tdm_commands[i]);
        if (tdm_commands[i]->alias)
            assert_ptr_equal(tdm_command_find(tdm_text_of(tdm_commands[i]->alias)),
                             tdm_commands[i]);
    }
}

static void the_nearest_command_is_named(void **state)
{
    (void)state;
    tdm_error err = TDM_ERROR_INIT;
    assert_int_equal(tdm_command_unknown(TDM_TEXT("hsitory"), &err), TDM_FAILED);
    assert_string_equal(err.message, "unknown command 'hsitory'");
    assert_string_equal(err.hint, "Did you mean `tandem history`?");
    assert_int_equal(tdm_command_unknown(TDM_TEXT("dance"), &err), TDM_FAILED);
    assert_string_equal(err.hint, "`tandem help` lists all commands.");
}

static void what_others_call_it_leads_to_ours(void **state)
{
    (void)state;
    tdm_error err = TDM_ERROR_INIT;
    assert_int_equal(tdm_command_unknown(TDM_TEXT("revision"), &err), TDM_FAILED);
    assert_string_equal(err.hint, "`tandem new -m TITLE` makes a revision and its migration.");
    (void)tdm_command_unknown(TDM_TEXT("upgrade"), &err);
    assert_non_null(strstr(err.hint, "`tandem push`"));
    (void)tdm_command_unknown(TDM_TEXT("db"), &err);
    assert_non_null(strstr(err.hint, "`tandem push`"));
}

static void rows_are_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < tdm_command_count; i++) {
        const tdm_command *command = tdm_commands[i];
        assert_non_null(command->run);
        assert_non_null(command->summary);
        assert_non_null(command->arguments);
        assert_non_null(command->details);
        assert_true(command->least <= command->most);
        assert_true(command->formats & TDM_FORMAT_BIT(TDM_FORMAT_TEXT));
        if (!(command->flags & TDM_HIDDEN))
            assert_true(command->example_count >= 1);
        if (command->flags & TDM_NEEDS_TARGET)
            assert_true(command->flags & TDM_NEEDS_PROJECT);
    }
}

// A letter or name that two sets of one command share would hide one of them.
static void options_of_a_command_do_not_clash(void **state)
{
    (void)state;
    for (size_t c = 0; c < tdm_command_count; c++) {
        tdm_option_set sets[TDM_SETS];
        tdm_cli cli = {0};
        const tdm_option *all[100];
        size_t count = 0;
        size_t set_count = tdm_cli_sets(&cli, tdm_commands[c], sets);
        for (size_t s = 0; s < set_count; s++) {
            for (size_t i = 0; i < sets[s].count; i++)
                all[count++] = &sets[s].rows[i];
        }
        for (size_t i = 0; i < count; i++) {
            assert_non_null(all[i]->help);
            bool takes = tdm_option_takes_argument(all[i]) || all[i]->kind == TDM_OPTION_OPTIONAL;
            assert_int_equal(takes, all[i]->argument != NULL);
            for (size_t j = 0; j < i; j++) {
                assert_string_not_equal(all[i]->name, all[j]->name);
                assert_true(!all[i]->letter || all[i]->letter != all[j]->letter);
            }
        }
    }
}

// Every format that `check` offers has a writer, and the other way round; auto becomes one of them.
static void formats_of_check_are_those_of_the_report(void **state)
{
    (void)state;
    for (unsigned format = 0; format < TDM_FORMAT_COUNT; format++) {
        bool written = format == TDM_FORMAT_AUTO;
        for (size_t i = 0; i < tdm_check_format_count; i++)
            written = written || strcmp(tdm_check_formats[i].name, tdm_format_names[format]) == 0;
        assert_int_equal(written, (tdm_command_check.formats & TDM_FORMAT_BIT(format)) != 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_aliases_are_found_and_unique),
        cmocka_unit_test(the_nearest_command_is_named),
        cmocka_unit_test(what_others_call_it_leads_to_ours),
        cmocka_unit_test(rows_are_whole),
        cmocka_unit_test(options_of_a_command_do_not_clash),
        cmocka_unit_test(formats_of_check_are_those_of_the_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
