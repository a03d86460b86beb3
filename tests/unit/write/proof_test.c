// What the proof lets through, and what it says of the rest: nothing is written unless the project
// with the new files agrees.
#include "pair/project_files.h"

#include "write/proof.h"

#define REVISION "20250101_000001"
#define PATH "supabase/migrations/20250101000001_notes.sql"
#define LINK "-- tandem: revision " REVISION "\n"

static tdm_status prove(project_files *files, const char *path, const char *text, tdm_error *err)
{
    tdm_project_options options = {.directory = files->root};
    tdm_converted file = {.revision = TDM_TEXT(REVISION),
                          .version = TDM_TEXT("20250101000001"),
                          .path = path,
                          .text = tdm_text_of(text)};
    tdm_conversion made = {.files = &file, .count = 1};
    *err = TDM_ERROR_INIT;
    files_check(files);
    return tdm_prove_files(files->project, &options, &made, err);
}

static void assert_refused(project_files *files, const char *path, const char *text,
                           tdm_error_code code, const char *message)
{
    tdm_error err;
    assert_int_equal(prove(files, path, text, &err), TDM_FAILED);
    assert_int_equal(err.code, code);
    if (!strstr(err.message, message))
        print_error("%s\n", err.message);
    assert_non_null(strstr(err.message, message));
}

static void set_up_notes(project_files *files)
{
    files_revision(files, REVISION, NULL, "op.execute('CREATE TABLE notes (id int)')");
}

static void the_same_statements_and_the_same_effect_are_let_through(void **state)
{
    project_files *files = *state;
    tdm_error err;
    set_up_notes(files);
    assert_int_equal(prove(files, PATH, LINK "CREATE TABLE notes (id integer);", &err), TDM_OK);
    assert_int_equal(prove(files, PATH, LINK "CREATE TABLE IF NOT EXISTS notes (id int);", &err),
                     TDM_OK);
}

static void another_effect_is_a_fault_of_the_writer(void **state)
{
    project_files *files = *state;
    set_up_notes(files);
    assert_refused(files, PATH, LINK "CREATE TABLE notes (id bigint);", TDM_ERROR_BUG,
                   "this file does not say what its twin says: notes.id");
    assert_refused(files, PATH, LINK, TDM_ERROR_BUG, "does not say what its twin says");
}

static void what_cannot_be_known_is_said_as_such(void **state)
{
    project_files *files = *state;
    set_up_notes(files);
    assert_refused(files, PATH,
                   LINK "DO $$ BEGIN IF now() > '2020-01-01' THEN CREATE TABLE notes (id int); "
                        "END IF; END $$;",
                   TDM_ERROR_OPAQUE, "cannot be known");
}

static void the_file_must_be_found_by_its_revision(void **state)
{
    project_files *files = *state;
    set_up_notes(files);
    assert_refused(files, PATH, "-- tandem: revision other\nCREATE TABLE notes (id int);",
                   TDM_ERROR_BUG, "");
}

static void the_order_must_not_become_worse(void **state)
{
    project_files *files = *state;
    set_up_notes(files);
    files_revision(files, "20250102_000001", REVISION, "op.execute('CREATE TABLE tags (id int)')");
    files_put(files, "supabase/migrations/20250102000001_tags.sql",
              "-- tandem: revision 20250102_000001\nCREATE TABLE tags (id int);");
    assert_refused(files, "supabase/migrations/20250103000001_notes.sql",
                   LINK "CREATE TABLE notes (id int);", TDM_ERROR_BUG,
                   "not in the order of the revisions");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, files_set_up, files_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_same_statements_and_the_same_effect_are_let_through),
        CASE(another_effect_is_a_fault_of_the_writer),
        CASE(what_cannot_be_known_is_said_as_such),
        CASE(the_file_must_be_found_by_its_revision),
        CASE(the_order_must_not_become_worse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
