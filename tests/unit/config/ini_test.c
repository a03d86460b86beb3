#include "config/ini.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#include "test.h"

typedef struct fixture {
    tdm_arena *arena;
    tdm_ini *ini;
    tdm_error err;
} fixture;

static int open_fixture(void **state)
{
    static fixture shared;
    shared = (fixture){.arena = tdm_arena_new(0), .err = TDM_ERROR_INIT};
    *state = &shared;
    return shared.arena ? 0 : -1;
}

static int close_fixture(void **state)
{
    tdm_arena_free(((fixture *)*state)->arena);
    return 0;
}

static void parse(fixture *f, const char *source)
{
    assert_int_equal(tdm_ini_parse(f->arena, "alembic.ini", tdm_text_of(source), &f->ini, &f->err),
                     TDM_OK);
}

static void assert_refused(fixture *f, const char *source, uint32_t line, const char *message)
{
    assert_int_equal(tdm_ini_parse(f->arena, "alembic.ini", tdm_text_of(source), &f->ini, &f->err),
                     TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_CONFIG);
    assert_string_equal(f->err.place.file, "alembic.ini");
    assert_int_equal(f->err.place.line, line);
    assert_string_equal(f->err.message, message);
}

static void assert_value(fixture *f, const char *section, const char *option, const char *expected)
{
    tdm_text value = {NULL, 0};
    tdm_status status =
        tdm_ini_get(f->ini, tdm_text_of(section), tdm_text_of(option), &value, &f->err);
    if (status != TDM_OK)
        print_error("%s\n", f->err.message);
    assert_int_equal(status, TDM_OK);
    assert_text_equal(value, expected);
}

static void assert_unreadable(fixture *f, const char *option, const char *message)
{
    tdm_text value = {NULL, 0};
    assert_int_equal(tdm_ini_get(f->ini, TDM_TEXT("alembic"), tdm_text_of(option), &value, &f->err),
                     TDM_FAILED);
    assert_string_equal(f->err.message, message);
}

static void both_separators_split_an_option_at_the_first_of_them(void **state)
{
    fixture *f = *state;
    parse(f, "[alembic]\na = 1\nb: 2\nurl = postgresql://u:p@h/d?x=y\nempty =\n");
    assert_value(f, "alembic", "a", "1");
    assert_value(f, "alembic", "b", "2");
    assert_value(f, "alembic", "url", "postgresql://u:p@h/d?x=y");
    assert_value(f, "alembic", "empty", "");
}

static void names_of_options_ignore_case_and_those_of_sections_do_not(void **state)
{
    fixture *f = *state;
    parse(f, "[alembic]\nScript_Location = a\n");
    assert_value(f, "alembic", "SCRIPT_LOCATION", "a");
    assert_false(tdm_ini_has_section(f->ini, TDM_TEXT("Alembic")));
}

static void only_whole_lines_are_comments(void **state)
{
    fixture *f = *state;
    parse(f, "# one\n[alembic]\n  ; two\nscript_location = mig ; x # y\n");
    assert_value(f, "alembic", "script_location", "mig ; x # y");
}

static void deeper_lines_continue_a_value_over_comments_and_empty_lines(void **state)
{
    fixture *f = *state;
    parse(f, "[alembic]\nversion_locations =\n  a\n# no\n\n    b\nnext = 1\n\n\n");
    assert_value(f, "alembic", "version_locations", "\na\n\nb");
    assert_value(f, "alembic", "next", "1");
    parse(f, "[alembic]\r\n  a = 1\r\n  b = 2\r\n");
    assert_value(f, "alembic", "a", "1");
    assert_value(f, "alembic", "b", "2");
}

static void options_of_default_show_through(void **state)
{
    fixture *f = *state;
    parse(f, "[DEFAULT]\na = 1\nb = 2\n[alembic]\nb = 3\n");
    assert_value(f, "alembic", "a", "1");
    assert_value(f, "alembic", "b", "3");
    assert_false(tdm_ini_has(f->ini, TDM_TEXT("other"), TDM_TEXT("a")));
    assert_false(tdm_ini_has_section(f->ini, TDM_TEXT("DEFAULT")));
}

static void interpolation_happens_when_an_option_is_read(void **state)
{
    fixture *f = *state;
    parse(f, "[alembic]\nscript_location = %(HERE)s/alembic\n"
             "file_template = %%(rev)s_%%(slug)s\nwrong = %x\nnothing = %(absent)s\n"
             "endless = %(endless)s\nopen = %(here\n");
    assert_int_equal(tdm_ini_default(f->ini, TDM_TEXT("here"), TDM_TEXT("/p"), &f->err), TDM_OK);
    assert_value(f, "alembic", "script_location", "/p/alembic");
    assert_value(f, "alembic", "file_template", "%(rev)s_%(slug)s");
    assert_unreadable(f, "wrong", "'%' must be followed by '%' or '(', found '%x'");
    assert_int_equal(f->err.place.line, 4);
    assert_unreadable(f, "nothing", "'%(absent)s' names an option that is not there");
    assert_unreadable(f, "endless", "the options that this value names go deeper than 10");
    assert_unreadable(f, "open", "bad interpolation variable reference '%(here'");
}

static void the_file_may_replace_here(void **state)
{
    fixture *f = *state;
    parse(f, "[DEFAULT]\nhere = /other\n[alembic]\na = %(here)s\n");
    assert_int_equal(tdm_ini_default(f->ini, TDM_TEXT("here"), TDM_TEXT("/p"), &f->err), TDM_OK);
    assert_value(f, "alembic", "a", "/other");
}

static void interpolation_cannot_be_made_to_explode(void **state)
{
    fixture *f = *state;
    tdm_text value;
    char source[1024] = "[alembic]\n";
    for (int i = 0; i < 9; i++) {
        char line[64];
        snprintf(line, sizeof line, "a%d = %%(a%d)s%%(a%d)s%%(a%d)s%%(a%d)s\n", i, i + 1, i + 1,
                 i + 1, i + 1);
        strncat(source, line, sizeof source - strlen(source) - 1);
    }
    strncat(source, "a9 =\n", sizeof source - strlen(source) - 1);
    parse(f, source);
    assert_int_equal(tdm_ini_get(f->ini, TDM_TEXT("alembic"), TDM_TEXT("a0"), &value, &f->err),
                     TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_LIMIT);
}

static void what_configparser_refuses_is_refused_with_its_line(void **state)
{
    fixture *f = *state;
    assert_refused(f, "a = 1\n", 1, "file contains no section headers");
    assert_refused(f, "[alembic]\n\nb\n", 3,
                   "expected 'option = value', '[section]' or a comment, found 'b'");
    assert_refused(f, "[alembic]\n= 1\n", 2,
                   "expected 'option = value', '[section]' or a comment, found '= 1'");
    assert_refused(f, "[alembic]\na = 1\nA = 2\n", 3, "option 'a' already exists");
    assert_refused(f, "[alembic]\n[b]\n[alembic]\n", 3, "section 'alembic' already exists");
    assert_refused(f, "[alembic]\na = \xff\n", 2, "invalid UTF-8");
}

static void places_name_the_line_of_an_option(void **state)
{
    fixture *f = *state;
    parse(f, "[alembic]\n\n  script_location = a\n");
    tdm_place place = tdm_ini_place(f->ini, TDM_TEXT("alembic"), TDM_TEXT("script_location"));
    assert_int_equal(place.line, 3);
    assert_int_equal(place.column, 3);
    assert_int_equal(place.end_column, 22);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
    const struct CMUnitTest tests[] = {
        TEST(both_separators_split_an_option_at_the_first_of_them),
        TEST(names_of_options_ignore_case_and_those_of_sections_do_not),
        TEST(only_whole_lines_are_comments),
        TEST(deeper_lines_continue_a_value_over_comments_and_empty_lines),
        TEST(options_of_default_show_through),
        TEST(interpolation_happens_when_an_option_is_read),
        TEST(the_file_may_replace_here),
        TEST(interpolation_cannot_be_made_to_explode),
        TEST(what_configparser_refuses_is_refused_with_its_line),
        TEST(places_name_the_line_of_an_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
