#include "test.h"

#include "cli/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct fixture {
    char folder[32];
    char path[64];
} fixture;

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    memcpy(f->folder, "/tmp/tandem-XXXXXX", 19);
    if (!f || !mkdtemp(f->folder))
        return -1;
    snprintf(f->path, sizeof f->path, "%s/out", f->folder);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    unlink(f->path);
    rmdir(f->folder);
    free(f);
    return 0;
}

static void a_file_appears_whole_when_the_run_ends(void **state)
{
    fixture *f = *state;
    tdm_output output;
    char text[16] = "";
    tdm_output_open(&output, f->path);
    assert_true(tdm_output_put(&output, TDM_TEXT("one ")));
    assert_int_not_equal(access(f->path, F_OK), 0);
    assert_true(tdm_output_put(&output, TDM_TEXT("two")));
    assert_int_equal(tdm_output_close(&output, NULL), TDM_OK);
    FILE *file = fopen(f->path, "r");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof text, file));
    fclose(file);
    assert_string_equal(text, "one two");
}

static void an_earlier_file_is_replaced(void **state)
{
    fixture *f = *state;
    tdm_output output;
    for (int i = 0; i < 2; i++) {
        tdm_output_open(&output, f->path);
        assert_true(tdm_output_put(&output, TDM_TEXT("x")));
        assert_int_equal(tdm_output_close(&output, NULL), TDM_OK);
    }
}

static void a_dropped_output_leaves_nothing(void **state)
{
    fixture *f = *state;
    tdm_output output;
    tdm_output_open(&output, f->path);
    assert_true(tdm_output_put(&output, TDM_TEXT("x")));
    tdm_output_drop(&output);
    assert_int_not_equal(access(f->path, F_OK), 0);
}

static void a_path_that_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    tdm_output output;
    tdm_error err = TDM_ERROR_INIT;
    tdm_output_open(&output, "/no/such/folder/out");
    assert_true(tdm_output_put(&output, TDM_TEXT("x")));
    assert_int_equal(tdm_output_close(&output, &err), TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_FILE);
}

static void a_dash_is_stdout(void **state)
{
    (void)state;
    tdm_output output;
    tdm_output_open(&output, "-");
    assert_null(output.path);
    assert_int_equal(tdm_output_close(&output, NULL), TDM_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_appears_whole_when_the_run_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(an_earlier_file_is_replaced, setup, teardown),
        cmocka_unit_test_setup_teardown(a_dropped_output_leaves_nothing, setup, teardown),
        cmocka_unit_test(a_path_that_cannot_be_written_is_an_error),
        cmocka_unit_test(a_dash_is_stdout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
