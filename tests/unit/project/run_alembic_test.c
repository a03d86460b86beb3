// The words of alembic.command, and what of Alembic's complaints may be shown.
#include "test.h"

#include "project/run_alembic.h"

#include <string.h>

static int open_arena(void **state)
{
    *state = tdm_arena_new(0);
    return *state ? 0 : -1;
}

static int close_arena(void **state)
{
    tdm_arena_free(*state);
    return 0;
}

// The words are compared joined by '|'.
static void assert_words(tdm_arena *arena, const char *command, const char *expected)
{
    tdm_command_words words;
    tdm_error err = TDM_ERROR_INIT;
    tdm_text text = {command, strlen(command)};
    tdm_text joined = {"", 0};
    if (tdm_command_words_read(arena, text, TDM_NOWHERE, &words, &err) != TDM_OK)
        fail_msg("%s", err.message);
    assert_null(words.items[words.count]);
    for (size_t i = 0; i < words.count; i++)
        joined =
            tdm_arena_printf(arena, "%.*s%s%s", TDM_TEXT_ARG(joined), i ? "|" : "", words.items[i]);
    assert_text_equal(joined, expected);
}

static void assert_no_words(tdm_arena *arena, const char *command, const char *message)
{
    tdm_command_words words;
    tdm_error err = TDM_ERROR_INIT;
    tdm_place place = {.file = "tandem.toml", .line = 2, .column = 11};
    tdm_text text = {command, strlen(command)};
    assert_int_equal(tdm_command_words_read(arena, text, place, &words, &err), TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_CONFIG);
    assert_string_equal(err.message, message);
    assert_int_equal(err.place.line, 2);
}

static void a_command_is_cut_at_white_space(void **state)
{
    assert_words(*state, "alembic", "alembic");
    assert_words(*state, "  uv run\talembic ", "uv|run|alembic");
}

static void quotes_hold_words_together(void **state)
{
    assert_words(*state, "'my tools/alembic' -x \"a b\"", "my tools/alembic|-x|a b");
    assert_words(*state, "a'b c'd \"\" ''", "ab cd||");
    assert_words(*state, "'a\\b' \"a\\b \\\" \\\\\" a\\ b", "a\\b|a\\b \" \\|a b");
}

static void nothing_is_expanded(void **state)
{
    assert_words(*state, "alembic $HOME ~ * `id` $(id) ; > x",
                 "alembic|$HOME|~|*|`id`|$(id)|;|>|x");
}

static void a_command_that_cannot_be_cut_is_refused(void **state)
{
    assert_no_words(*state, " ", "alembic.command is empty");
    assert_no_words(*state, "alembic 'x", "a quote of alembic.command is not closed");
    assert_no_words(*state, "alembic \"x\\\"", "a quote of alembic.command is not closed");
}

static void assert_masked(tdm_arena *arena, const char *text, const char *expected)
{
    assert_text_equal(tdm_mask_passwords(arena, (tdm_text){text, strlen(text)}), expected);
}

static void passwords_of_urls_are_not_shown(void **state)
{
    assert_masked(*state, "at postgresql+asyncpg://app:s3cret@db/x\nend",
                  "at postgresql+asyncpg://app:***@db/x\nend");
    assert_masked(*state, "DATABASE_URL='pg://u:p@ss:w/rd@h/d'", "DATABASE_URL='pg://u:***@h/d'");
    assert_masked(*state, "pg://a:1@h,pg://b:2@h", "pg://a:***@h");
    assert_masked(*state, "pg://:only@h", "pg://:***@h");
    assert_masked(*state, "https://alembic.sqlalchemy.org/en/latest x@y: z",
                  "https://alembic.sqlalchemy.org/en/latest x@y: z");
}

static void passwords_of_keywords_are_not_shown(void **state)
{
    assert_masked(*state, "host=h password=s3cret user=u", "host=h password=*** user=u");
    assert_masked(*state, "PGPASSWORD='a b' x", "PGPASSWORD=*** x");
    assert_masked(*state, "pg://h/d?password=s&sslmode=require",
                  "pg://h/d?password=***&sslmode=require");
    assert_masked(*state, "password=", "password=***");
    assert_masked(*state, "password authentication failed", "password authentication failed");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)
    const struct CMUnitTest tests[] = {
        TEST(a_command_is_cut_at_white_space),
        TEST(quotes_hold_words_together),
        TEST(nothing_is_expanded),
        TEST(a_command_that_cannot_be_cut_is_refused),
        TEST(passwords_of_urls_are_not_shown),
        TEST(passwords_of_keywords_are_not_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
