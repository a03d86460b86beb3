// Several files as one: all of it, or nothing.
#include "pair/project_files.h"

#include "write/file_set.h"

#define FOLDER "supabase/migrations/"

static const char *text_of(project_files *files, const char *path)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_text text;
    if (tdm_tree_read(tdm_project_tree(files->project), path, files->arena, &text, &err) != TDM_OK)
        return NULL;
    return text.data;
}

static void put_two(project_files *files)
{
    files_put(files, FOLDER "1_one.sql", "SELECT 1;");
    files_put(files, FOLDER "2_two.sql", "SELECT 2;");
    files_check(files);
}

static void files_are_made_moved_and_replaced(void **state)
{
    project_files *files = *state;
    tdm_error err = TDM_ERROR_INIT;
    const tdm_file_change changes[] = {
        {FOLDER "1_one.sql", FOLDER "3_one.sql", TDM_TEXT("SELECT 1;"), TDM_TEXT("SELECT 3;")},
        {FOLDER "2_two.sql", FOLDER "2_two.sql", TDM_TEXT("SELECT 2;"), TDM_TEXT("SELECT 4;")},
        {NULL, "new/folder/5.sql", {NULL, 0}, TDM_TEXT("SELECT 5;")},
    };
    put_two(files);
    assert_int_equal(tdm_file_set_write(files->project, changes, 3, &err), TDM_OK);
    assert_null(text_of(files, FOLDER "1_one.sql"));
    assert_string_equal(text_of(files, FOLDER "3_one.sql"), "SELECT 3;");
    assert_string_equal(text_of(files, FOLDER "2_two.sql"), "SELECT 4;");
    assert_string_equal(text_of(files, "new/folder/5.sql"), "SELECT 5;");
}

static void a_failure_undoes_what_was_done(void **state)
{
    project_files *files = *state;
    tdm_error err = TDM_ERROR_INIT;
    const tdm_file_change changes[] = {
        {NULL, FOLDER "0_new.sql", {NULL, 0}, TDM_TEXT("SELECT 0;")},
        {FOLDER "1_one.sql", FOLDER "3_one.sql", TDM_TEXT("SELECT 1;"), TDM_TEXT("SELECT 3;")},
        {FOLDER "2_two.sql", FOLDER "2_two.sql", TDM_TEXT("SELECT 2;"), TDM_TEXT("SELECT 4;")},
        {NULL, "alembic.ini", {NULL, 0}, TDM_TEXT("x")},
    };
    put_two(files);
    assert_int_equal(tdm_file_set_write(files->project, changes, 4, &err), TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_EXISTS);
    assert_string_equal(err.message, "'alembic.ini' exists already");
    assert_null(text_of(files, FOLDER "0_new.sql"));
    assert_null(text_of(files, FOLDER "3_one.sql"));
    assert_string_equal(text_of(files, FOLDER "1_one.sql"), "SELECT 1;");
    assert_string_equal(text_of(files, FOLDER "2_two.sql"), "SELECT 2;");
}

static void what_somebody_saved_meanwhile_is_not_lost(void **state)
{
    project_files *files = *state;
    tdm_error err = TDM_ERROR_INIT;
    const tdm_file_change change = {FOLDER "1_one.sql", FOLDER "3_one.sql", TDM_TEXT("SELECT 1;"),
                                    TDM_TEXT("SELECT 3;")};
    put_two(files);
    files_put(files, FOLDER "1_one.sql", "SELECT 17;");
    assert_int_equal(tdm_file_set_write(files->project, &change, 1, &err), TDM_FAILED);
    assert_non_null(strstr(err.message, "has changed since it was read"));
    assert_string_equal(text_of(files, FOLDER "1_one.sql"), "SELECT 17;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_are_made_moved_and_replaced, files_set_up,
                                        files_tear_down),
        cmocka_unit_test_setup_teardown(a_failure_undoes_what_was_done, files_set_up,
                                        files_tear_down),
        cmocka_unit_test_setup_teardown(what_somebody_saved_meanwhile_is_not_lost, files_set_up,
                                        files_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
