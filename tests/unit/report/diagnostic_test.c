#include "test.h"

#include "report/diagnostic.h"

#include <stdlib.h>
#include <string.h>

// A tree of one file in memory.
typedef struct memory_tree {
    tdm_tree tree;
    tdm_text text;
    unsigned reads;
} memory_tree;

static tdm_status read_memory(tdm_tree *tree, const char *path, tdm_arena *arena, tdm_text *ret,
                              tdm_error *err)
{
    (void)arena;
    (void)err;
    memory_tree *memory = (memory_tree *)tree;
    memory->reads++;
    if (strcmp(path, "m.sql") != 0)
        return TDM_FAILED;
    *ret = memory->text;
    return TDM_OK;
}

static const tdm_tree_methods methods = {.read = read_memory};

typedef struct fixture {
    memory_tree tree;
    tdm_arena *arena;
    tdm_source source;
    tdm_buffer out;
    tdm_style style;
} fixture;

static fixture *setup(const char *text)
{
    fixture *f = calloc(1, sizeof *f);
    f->tree = (memory_tree){.tree = {.methods = &methods}, .text = tdm_text_of(text)};
    f->arena = tdm_arena_new(0);
    f->out = TDM_BUFFER_INIT(100000);
    f->style = (tdm_style){.width = 80};
    tdm_source_init(&f->source, &f->tree.tree, f->arena);
    return f;
}

static void teardown(fixture *f)
{
    tdm_buffer_free(&f->out);
    tdm_arena_free(f->arena);
    free(f);
}

static void assert_shown(const char *file, tdm_diagnostic diagnostic, const char *expected)
{
    fixture *f = setup(file);
    tdm_put_diagnostic(&f->out, &f->style, &f->source, &diagnostic);
    assert_string_equal(f->out.data, expected);
    teardown(f);
}

static void an_error_names_the_program_the_place_and_what_to_do(void **state)
{
    (void)state;
    tdm_error err = {.code = TDM_ERROR_CONFIG,
                     .message = "no such section 'alembc'",
                     .hint = "Sections are alembic and loggers.",
                     .place = {"m.sql", 2, 3, 2, 6}};
    assert_shown("one\nab cde f\n", tdm_diagnostic_of_error(&err),
                 "tandem: error: no such section 'alembc' [config]\n"
                 "  --> m.sql:2:3\n"
                 "     |\n"
                 "   2 | ab cde f\n"
                 "     |   ^^^\n"
                 "hint: Sections are alembic and loggers.\n");
}

static void a_finding_shows_both_sides(void **state)
{
    (void)state;
    tdm_finding finding = {.kind = TDM_FINDING_DIFFERENT,
                           .severity = TDM_SEVERITY_ERROR,
                           .message = TDM_TEXT("types differ"),
                           .place = {"m.sql", 1, 1, 1, 4},
                           .says = TDM_TEXT("a VARCHAR(1)"),
                           .other_place = {"gone.py", 7, 5, 0, 0},
                           .other_says = TDM_TEXT("a VARCHAR(2)")};
    assert_shown("ADD a VARCHAR(1);\n", tdm_diagnostic_of_finding(&finding),
                 "error: types differ [TD303]\n"
                 "  --> m.sql:1:1\n"
                 "     |\n"
                 "   1 | ADD a VARCHAR(1);\n"
                 "     | ^^^\n"
                 "   says: a VARCHAR(1)\n"
                 "  --> gone.py:7:5\n"
                 "   says: a VARCHAR(2)\n");
}

static void a_place_over_several_lines_is_marked_to_the_end_of_its_first(void **state)
{
    (void)state;
    assert_shown("DO $$\nEND $$;\n",
                 (tdm_diagnostic){.severity = TDM_SEVERITY_NOTE,
                                  .message = TDM_TEXT("x"),
                                  .code = "TD306",
                                  .place = {"m.sql", 1, 4, 2, 7}},
                 "note: x [TD306]\n"
                 "  --> m.sql:1:4\n"
                 "     |\n"
                 "   1 | DO $$\n"
                 "     |    ^^\n");
}

static void tabs_wide_letters_and_control_characters_keep_the_caret_in_place(void **state)
{
    (void)state;
    assert_shown("\t\xE6\x97\xA5\x1b!x\n",
                 (tdm_diagnostic){.severity = TDM_SEVERITY_ERROR,
                                  .message = TDM_TEXT("x"),
                                  .code = "sql",
                                  .place = {"m.sql", 1, 5, 1, 6}},
                 "error: x [sql]\n"
                 "  --> m.sql:1:5\n"
                 "     |\n"
                 "   1 |     \xE6\x97\xA5\\x1b!x\n"
                 "     |            ^\n");
}

static void a_place_after_the_end_of_a_line_is_marked_there(void **state)
{
    (void)state;
    assert_shown("ab\n",
                 (tdm_diagnostic){.severity = TDM_SEVERITY_ERROR,
                                  .message = TDM_TEXT("x"),
                                  .code = "sql",
                                  .place = {"m.sql", 1, 3, 0, 0}},
                 "error: x [sql]\n"
                 "  --> m.sql:1:3\n"
                 "     |\n"
                 "   1 | ab\n"
                 "     |   ^\n");
}

static void a_long_line_is_cut_around_the_caret(void **state)
{
    (void)state;
    fixture *f = setup(NULL);
    char line[5001];
    memset(line, 'a', 5000);
    memcpy(line + 3000, "HERE", 4);
    line[5000] = '\0';
    f->tree.text = tdm_text_of(line);
    tdm_diagnostic diagnostic = {.severity = TDM_SEVERITY_ERROR,
                                 .message = TDM_TEXT("x"),
                                 .code = "sql",
                                 .place = {"m.sql", 1, 3001, 1, 3005}};
    tdm_put_diagnostic(&f->out, &f->style, &f->source, &diagnostic);
    const char *shown = strstr(f->out.data, "HERE");
    const char *caret = strstr(f->out.data, "^^^^");
    assert_non_null(shown);
    assert_non_null(caret);
    const char *end = strchr(shown, '\n');
    const char *start = strstr(f->out.data, "   1 |");
    assert_true(end - start <= 80);
    assert_int_equal(shown - start, caret - (end + 1));
    teardown(f);
}

static void further_lines_of_a_message_cannot_look_like_output_of_their_own(void **state)
{
    (void)state;
    assert_shown("",
                 (tdm_diagnostic){.program = "tandem",
                                  .severity = TDM_SEVERITY_ERROR,
                                  .message = TDM_TEXT("server says\ntandem: error: all is lost"),
                                  .code = "server"},
                 "tandem: error: server says [server]\n"
                 "  | tandem: error: all is lost\n");
}

static void colour_is_only_added(void **state)
{
    (void)state;
    fixture *f = setup("");
    f->style.color = true;
    tdm_diagnostic diagnostic = {
        .severity = TDM_SEVERITY_WARNING, .message = TDM_TEXT("x"), .code = "TD202"};
    tdm_put_diagnostic(&f->out, &f->style, &f->source, &diagnostic);
    assert_string_equal(f->out.data, "\x1b[1;33mwarning: \x1b[0m\x1b[1mx\x1b[0m [TD202]\n");
    teardown(f);
}

static void a_file_is_read_once_however_often_it_is_shown(void **state)
{
    (void)state;
    fixture *f = setup("one\ntwo\n");
    tdm_text line;
    assert_true(tdm_source_line(&f->source, (tdm_place){.file = "m.sql", .line = 2}, &line));
    assert_text_equal(line, "two");
    assert_true(tdm_source_line(&f->source, (tdm_place){.file = "m.sql", .line = 1}, &line));
    assert_false(tdm_source_line(&f->source, (tdm_place){.file = "m.sql", .line = 3}, &line));
    assert_false(tdm_source_line(&f->source, (tdm_place){.file = "/etc/passwd", .line = 1}, &line));
    assert_false(tdm_source_line(&f->source, TDM_NOWHERE, &line));
    assert_int_equal(f->tree.reads, 1);
    teardown(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_names_the_program_the_place_and_what_to_do),
        cmocka_unit_test(a_finding_shows_both_sides),
        cmocka_unit_test(a_place_over_several_lines_is_marked_to_the_end_of_its_first),
        cmocka_unit_test(tabs_wide_letters_and_control_characters_keep_the_caret_in_place),
        cmocka_unit_test(a_place_after_the_end_of_a_line_is_marked_there),
        cmocka_unit_test(a_long_line_is_cut_around_the_caret),
        cmocka_unit_test(further_lines_of_a_message_cannot_look_like_output_of_their_own),
        cmocka_unit_test(colour_is_only_added),
        cmocka_unit_test(a_file_is_read_once_however_often_it_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
