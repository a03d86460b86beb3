// A row of schema_migrations as the file that it would have come from.
#include <string.h>

#include "test.h"

#include "pull/row_file.h"

#include "base/text.h"

static int setup(void **state)
{
    *state = tdm_arena_new(0);
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    tdm_arena_free(*state);
    return 0;
}

enum { MOST = 4 };

static tdm_row_file make(tdm_arena *arena, const char *header, const char *const *statements)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_text texts[MOST];
    tdm_row_file file;
    tdm_migration_row row = {.version = TDM_TEXT("20261122093012"), .name = TDM_TEXT("add_tags")};
    for (row.statements = texts; statements[row.statement_count]; row.statement_count++)
        texts[row.statement_count] = tdm_text_of(statements[row.statement_count]);
    assert_int_equal(tdm_row_file_make(arena, &row, tdm_text_of(header), &file, &err), TDM_OK);
    return file;
}

#define MAKE(arena, header, ...) make(arena, header, (const char *const[]){__VA_ARGS__, NULL})

static void assert_makes(tdm_row_file file, const char *text)
{
    assert_text_equal(file.problem, "");
    assert_text_equal(file.text, text);
}

static tdm_row_file named(tdm_arena *arena, const char *version, tdm_text name)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_row_file file;
    const tdm_migration_row row = {.version = tdm_text_of(version), .name = name};
    assert_int_equal(tdm_row_file_name(arena, &row, &file, &err), TDM_OK);
    return file;
}

// --- Names --------------------------------------------------------------------------------------

static void version_and_name_are_kept(void **state)
{
    assert_text_equal(named(*state, "20261122093012", TDM_TEXT("add_tags")).name,
                      "20261122093012_add_tags.sql");
    assert_text_equal(named(*state, "7", TDM_TEXT("")).name, "7_.sql");
    assert_text_equal(named(*state, "7", TDM_TEXT("\xC3\xA9t\xC3\xA9, v1.2")).problem, "");
}

static void a_name_leads_nowhere_else(void **state)
{
    static const char *const names[] = {"../evil", "a/b",      "..\\evil", "a\nb",
                                        "a\rb",    "a\x1B[2J", "\xFF"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_true(named(*state, "7", tdm_text_of(names[i])).problem.size > 0);
    assert_true(named(*state, "7", (tdm_text){"a\0b", 3}).problem.size > 0);
}

static void a_version_is_digits(void **state)
{
    static const char *const versions[] = {"", "x", "../7", "7 ", "-7", "7_8"};
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++)
        assert_text_equal(named(*state, versions[i], TDM_TEXT("x")).problem,
                          "a migration's version has digits alone");
}

static void a_name_fits_into_a_folder(void **state)
{
    char name[260];
    memset(name, 'x', sizeof name);
    assert_text_equal(named(*state, "7", (tdm_text){name, 249}).problem, "");
    assert_text_equal(named(*state, "7", (tdm_text){name, 250}).problem,
                      "its name is longer than a file's can be");
}

// --- Texts --------------------------------------------------------------------------------------

static void what_the_supabase_cli_kept_gets_its_semicolons_back(void **state)
{
    assert_makes(MAKE(*state, "", "-- labels\nCREATE TABLE a (id int)", "SELECT 1"),
                 "-- labels\nCREATE TABLE a (id int);\n\nSELECT 1;\n");
}

static void what_the_api_kept_stays_as_it_is(void **state)
{
    assert_makes(MAKE(*state, "", "\nCREATE TABLE a (id int);\n\nSELECT 1;\n-- done\n"),
                 "CREATE TABLE a (id int);\n\nSELECT 1;\n-- done\n");
    assert_makes(MAKE(*state, "", "SELECT 1;\nSELECT 2"), "SELECT 1;\nSELECT 2;\n");
}

static void a_comment_swallows_no_semicolon(void **state)
{
    assert_makes(MAKE(*state, "", "SELECT 1 -- one", "SELECT 2 /* two */"),
                 "SELECT 1; -- one\n\nSELECT 2; /* two */\n");
}

static void a_semicolon_in_a_body_ends_nothing(void **state)
{
    const char *function = "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $x$ SELECT 1; $x$";
    const char *rule = "CREATE RULE r AS ON INSERT TO a DO (SELECT 1; SELECT 2;)";
    const char *atomic = "CREATE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT 1; END";
    tdm_row_file file = MAKE(*state, "", function, rule, atomic);
    tdm_text want = tdm_arena_printf(*state, "%s;\n\n%s;\n\n%s;\n", function, rule, atomic);
    assert_text_equal(file.problem, "");
    assert_true(tdm_text_equal(file.text, want));
}

static void its_own_transaction_stays(void **state)
{
    assert_makes(MAKE(*state, "", "BEGIN", "SELECT 1", "COMMIT"),
                 "BEGIN;\n\nSELECT 1;\n\nCOMMIT;\n");
}

static void comments_alone_and_blanks_make_no_statement(void **state)
{
    assert_makes(MAKE(*state, "", "-- a placeholder"), "-- a placeholder\n");
    assert_makes(MAKE(*state, "", " ", "SELECT 1", "\n"), "SELECT 1;\n");
}

static void line_ends_of_windows_stay_inside(void **state)
{
    assert_makes(MAKE(*state, "", "SELECT 1,\r\n 2;\r\n"), "SELECT 1,\r\n 2;\n");
}

static void a_header_stands_before_all_but_the_first_line_of_the_cli(void **state)
{
    assert_makes(MAKE(*state, "-- tandem: revision x", "SELECT 1"),
                 "-- tandem: revision x\n\nSELECT 1;\n");
    assert_makes(MAKE(*state, "-- tandem: revision x", "-- pg-delta: transaction=false\nSELECT 1"),
                 "-- pg-delta: transaction=false\n-- tandem: revision x\n\nSELECT 1;\n");
}

// --- What cannot be a file ----------------------------------------------------------------------

static void what_only_psql_understands_is_refused(void **state)
{
    assert_text_equal(MAKE(*state, "", "\\set x 1", "SELECT 1").problem,
                      "it holds a command of psql, which is no SQL");
    assert_text_equal(MAKE(*state, "", "COPY a FROM STDIN;\n1\n\\.\n").problem,
                      "it holds the data of COPY FROM STDIN, which only psql can send");
}

// An old splitter of the Supabase CLI knew no escapes in literals.
static void a_literal_that_was_cut_is_refused(void **state)
{
    const char *problem = "a literal or a comment in it never ends, as if its statements had been "
                          "cut at a wrong place";
    assert_text_equal(MAKE(*state, "", "SELECT E'it\\'s", " x'").problem, problem);
    assert_text_equal(MAKE(*state, "", "SELECT 1 /* and", "so on */").problem, problem);
}

// The two halves of one statement would be read back as one.
static void a_body_that_was_cut_is_refused(void **state)
{
    assert_text_equal(
        MAKE(*state, "", "CREATE FUNCTION g() RETURNS int BEGIN ATOMIC SELECT 1", "END").problem,
        "read back from a file, its statements would not be those that were "
        "recorded");
}

static void what_does_not_parse_is_doubted(void **state)
{
    tdm_row_file file = MAKE(*state, "", "see the ticket", "SELECT 1");
    assert_text_equal(file.problem, "");
    assert_true(file.doubt.size > 0);
    assert_text_equal(file.text, "see the ticket;\n\nSELECT 1;\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(version_and_name_are_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(a_name_leads_nowhere_else, setup, teardown),
        cmocka_unit_test_setup_teardown(a_version_is_digits, setup, teardown),
        cmocka_unit_test_setup_teardown(a_name_fits_into_a_folder, setup, teardown),
        cmocka_unit_test_setup_teardown(what_the_supabase_cli_kept_gets_its_semicolons_back, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_the_api_kept_stays_as_it_is, setup, teardown),
        cmocka_unit_test_setup_teardown(a_comment_swallows_no_semicolon, setup, teardown),
        cmocka_unit_test_setup_teardown(a_semicolon_in_a_body_ends_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(its_own_transaction_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(comments_alone_and_blanks_make_no_statement, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(line_ends_of_windows_stay_inside, setup, teardown),
        cmocka_unit_test_setup_teardown(a_header_stands_before_all_but_the_first_line_of_the_cli,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(what_only_psql_understands_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_literal_that_was_cut_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_body_that_was_cut_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(what_does_not_parse_is_doubted, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
