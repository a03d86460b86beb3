#include "test.h"

#include "base/text.h"
#include "cli/option.h"

#include <string.h>

typedef struct values {
    bool dry_run;
    bool color;
    unsigned verbose;
    const char *output;
    tdm_option_list folders;
    unsigned format;
    uint32_t wait;
    uint32_t patience;
} values;

static const char *const formats[] = {"text", "json", NULL};

static const tdm_option rows[] = {
    {.kind = TDM_OPTION_SWITCH, .name = "dry-run", .offset = offsetof(values, dry_run)},
    {.kind = TDM_OPTION_FLAG, .name = "color", .offset = offsetof(values, color)},
    {.kind = TDM_OPTION_COUNT,
     .name = "verbose",
     .letter = 'v',
     .offset = offsetof(values, verbose)},
    {.kind = TDM_OPTION_VALUE,
     .name = "output",
     .letter = 'o',
     .argument = "FILE",
     .offset = offsetof(values, output)},
    {.kind = TDM_OPTION_LIST,
     .name = "versions",
     .argument = "DIR",
     .offset = offsetof(values, folders)},
    {.kind = TDM_OPTION_CHOICE,
     .name = "format",
     .argument = "FORMAT",
     .choices = formats,
     .offset = offsetof(values, format)},
    {.kind = TDM_OPTION_DURATION,
     .name = "wait",
     .argument = "TIME",
     .offset = offsetof(values, wait)},
    {.kind = TDM_OPTION_SECONDS,
     .name = "patience",
     .argument = "SECONDS",
     .offset = offsetof(values, patience)},
};

typedef struct run {
    values values;
    const char *arguments[4];
    size_t argument_count;
    tdm_status status;
    tdm_error err;
    tdm_arena *arena;
} run;

static int setup(void **state)
{
    *state = tdm_arena_new(0);
    return 0;
}

static int teardown(void **state)
{
    tdm_arena_free(*state);
    return 0;
}

// Reads a whole command line.
static run reading(void **state, const char *const *items, size_t count)
{
    run r = {.arena = *state, .err = TDM_ERROR_INIT};
    tdm_words words = {.items = items, .count = count};
    const tdm_option_set set = {"Options", rows, sizeof rows / sizeof *rows, &r.values};
    for (;;) {
        const char *argument = NULL;
        r.status = tdm_options_read(r.arena, &set, 1, &words, &argument, &r.err);
        if (r.status != TDM_OK || !argument)
            return r;
        r.arguments[r.argument_count++] = argument;
    }
}

#define READ(...)                                                                                  \
    reading(state, (const char *[]){__VA_ARGS__},                                                  \
            sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *))

static void values_follow_an_equals_sign_or_a_space(void **state)
{
    run r = READ("--output=a=b", "--format", "json", "--versions", "x", "--versions=y");
    assert_int_equal(r.status, TDM_OK);
    assert_string_equal(r.values.output, "a=b");
    assert_int_equal(r.values.format, 1);
    assert_int_equal(r.values.folders.count, 2);
    assert_string_equal(r.values.folders.items[1], "y");
}

static void letters_stand_together_and_may_carry_a_value(void **state)
{
    run r = READ("-vv", "-ofile", "-vo", "other");
    assert_int_equal(r.status, TDM_OK);
    assert_int_equal(r.values.verbose, 3);
    assert_string_equal(r.values.output, "other");
}

static void a_flag_can_be_taken_back_and_a_switch_cannot(void **state)
{
    run r = READ("--color", "--no-color");
    assert_int_equal(r.status, TDM_OK);
    assert_false(r.values.color);
    r = READ("--no-dry-run");
    assert_string_equal(r.err.message, "unknown option '--no-dry-run'");
}

static void two_dashes_end_the_options(void **state)
{
    run r = READ("a", "--", "--dry-run", "-");
    assert_int_equal(r.argument_count, 3);
    assert_string_equal(r.arguments[1], "--dry-run");
    assert_false(r.values.dry_run);
}

static void a_single_dash_is_an_argument(void **state)
{
    run r = READ("-", "-o", "-");
    assert_int_equal(r.argument_count, 1);
    assert_string_equal(r.values.output, "-");
}

static void nothing_is_abbreviated_but_the_right_word_is_named(void **state)
{
    run r = READ("--dry");
    assert_int_equal(r.err.code, TDM_ERROR_USAGE);
    assert_string_equal(r.err.message, "unknown option '--dry'");
    assert_string_equal(r.err.hint, "Did you mean --dry-run?");
    r = READ("--fromat", "json");
    assert_string_equal(r.err.hint, "Did you mean --format?");
    r = READ("--frobnicate");
    assert_string_equal(r.err.hint, "");
}

static void wrong_values_are_refused(void **state)
{
    run r = READ("--format", "xml");
    assert_string_equal(r.err.message, "--format does not know 'xml'");
    assert_string_equal(r.err.hint, "It takes one of: text, json.");
    r = READ("--output");
    assert_string_equal(r.err.message, "--output needs a FILE");
    r = READ("--dry-run=yes");
    assert_string_equal(r.err.message, "--dry-run takes no value");
    r = READ("-x");
    assert_string_equal(r.err.message, "unknown option '-x'");
}

static void durations_have_units(void **state)
{
    assert_int_equal(READ("--wait", "4s").values.wait, 4000);
    assert_int_equal(READ("--wait", "500ms").values.wait, 500);
    assert_int_equal(READ("--wait", "2min").values.wait, 120000);
    assert_int_equal(READ("--wait", "250").values.wait, 250);
    assert_int_equal(READ("--patience", "60").values.patience, 60000);
    assert_int_equal(READ("--patience", "250ms").values.patience, 250);
    assert_int_equal(READ("--patience", "2min").values.patience, 120000);
    const char *const wrong[] = {"", "s", "4 s", "4sec", "-1s", "1e3", "99999999999h", "597h"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        run r = READ("--wait", wrong[i]);
        assert_int_equal(r.status, TDM_FAILED);
        assert_int_equal(r.err.code, TDM_ERROR_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_follow_an_equals_sign_or_a_space, setup, teardown),
        cmocka_unit_test_setup_teardown(letters_stand_together_and_may_carry_a_value, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_flag_can_be_taken_back_and_a_switch_cannot, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(two_dashes_end_the_options, setup, teardown),
        cmocka_unit_test_setup_teardown(a_single_dash_is_an_argument, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_is_abbreviated_but_the_right_word_is_named, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(wrong_values_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(durations_have_units, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
