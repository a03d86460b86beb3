#include "test.h"

#include "base/text.h"
#include "write/new_name.h"

// 2024-11-27 13:05:09 UTC
static const tdm_new_time moment = {.seconds = 1732712709};

static void assert_name(const char *template_text, const char *message, const char *expected)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_error err = TDM_ERROR_INIT;
    tdm_text name = {0};
    tdm_alembic_config config = {.file_template = tdm_text_of(template_text),
                                 .truncate_slug_length = 40};
    tdm_status status = tdm_new_file_name(arena, &config, TDM_TEXT("ab12"), tdm_text_of(message),
                                          moment, &name, &err);
    assert_int_equal(status, expected ? TDM_OK : TDM_FAILED);
    if (expected && !tdm_text_is(name, expected))
        print_error("%.*s\n", TDM_TEXT_ARG(name));
    assert_true(!expected || tdm_text_is(name, expected));
    tdm_arena_free(arena);
}

static void a_name_is_what_file_template_says(void **state)
{
    (void)state;
    assert_name("%(rev)s_%(slug)s", "Add a, b: c!", "ab12_add_a_b_c.py");
    assert_name("%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d-%(rev)s", "x",
                "2024_11_27_1305-ab12.py");
    assert_name("%(second)02d%%%(epoch)d", "x", "09%1732712709.py");
    assert_name("%(rev)s_%(slug)s", "", "ab12_.py");
}

// The example is Alembic's own: 40 characters, then back to the last '_'.
static void a_long_slug_is_cut_between_words(void **state)
{
    (void)state;
    assert_name("%(slug)s", "this is a very long message with words and a tail",
                "this_is_a_very_long_message_with_words_.py");
    assert_name("%(slug)s", "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeee",
                "aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd_.py");
}

static void what_is_not_understood_is_refused(void **state)
{
    (void)state;
    assert_name("%(rev)r", "x", NULL);
    assert_name("%(user)s", "x", NULL);
    assert_name("%(rev", "x", NULL);
    assert_name("%(year)d/%(rev)s", "x", NULL);
    assert_name("%(year)999999d", "x", NULL);
    assert_name("50%", "x", NULL);
}

static void a_message_that_says_nothing_is_told(void **state)
{
    (void)state;
    tdm_arena *arena = tdm_arena_new(0);
    const char *const poor[] = {"update", "Fix", "changes", "wip", "Minor changes", "x"};
    const char *const good[] = {"add user preferences table", "add_file_path", "deduplicate",
                                "fix the type of file_path"};
    for (size_t i = 0; i < sizeof poor / sizeof *poor; i++)
        assert_true(tdm_new_poor_message(arena, tdm_text_of(poor[i])).size > 0);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(tdm_new_poor_message(arena, tdm_text_of(good[i])).size == 0);
    tdm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_what_file_template_says),
        cmocka_unit_test(a_long_slug_is_cut_between_words),
        cmocka_unit_test(what_is_not_understood_is_refused),
        cmocka_unit_test(a_message_that_says_nothing_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
