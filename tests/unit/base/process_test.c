// Programs are run without a shell and within bounds.
#include "test.h"

#include "base/process.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

typedef struct fixture {
    tdm_arena *arena;
    tdm_process process;
    tdm_process_result result;
    tdm_error err;
} fixture;

static int open_fixture(void **state)
{
    static fixture shared;
    shared = (fixture){.arena = tdm_arena_new(0),
                       .process = {.folder = "/", .most = 1 << 20, .milliseconds = 30000},
                       .err = TDM_ERROR_INIT};
    *state = &shared;
    return 0;
}

static int close_fixture(void **state)
{
    fixture *f = *state;
    tdm_arena_free(f->arena);
    return 0;
}

static tdm_status run(fixture *f, const char *const *words)
{
    f->process.words = words;
    return tdm_process_run(f->arena, &f->process, &f->result, &f->err);
}

static void run_script(fixture *f, const char *script)
{
    const char *const words[] = {"sh", "-c", script, NULL};
    assert_int_equal(run(f, words), TDM_OK);
}

static void what_it_prints_and_its_exit_code_come_back(void **state)
{
    fixture *f = *state;
    run_script(f, "pwd; echo bad >&2; exit 3");
    assert_int_equal(f->result.end, TDM_PROCESS_EXITED);
    assert_int_equal(f->result.code, 3);
    assert_text_equal(f->result.out, "/\n");
    assert_text_equal(f->result.complaint, "bad\n");
}

static void words_are_not_read_by_a_shell(void **state)
{
    fixture *f = *state;
    const char *const words[] = {"echo", "$HOME *; exit 1", NULL};
    assert_int_equal(run(f, words), TDM_OK);
    assert_text_equal(f->result.out, "$HOME *; exit 1\n");
}

static void there_is_nothing_to_read(void **state)
{
    fixture *f = *state;
    run_script(f, "cat; echo end");
    assert_text_equal(f->result.out, "end\n");
}

static void a_program_that_is_not_there_is_an_error(void **state)
{
    fixture *f = *state;
    const char *const words[] = {"no-such-program-here", NULL};
    assert_int_equal(run(f, words), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_CONFIG);
    assert_string_equal(f->err.message, "no-such-program-here cannot be started in /: "
                                        "No such file or directory");
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
    fixture *f = *state;
    const char *const words[] = {"true", NULL};
    f->process.folder = "/no/such/folder";
    assert_int_equal(run(f, words), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_CONFIG);
}

// Whether a process that was killed has ended: whoever inherits it may need a moment to reap it.
static bool is_gone(pid_t pid)
{
    struct timespec pause = {.tv_nsec = 10000000};
    for (int tries = 0; tries < 500; tries++) {
        char path[64];
        char text[256] = "";
        (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
        FILE *file = fopen(path, "r");
        if (!file)
            return true;
        (void)!fread(text, 1, sizeof text - 1, file);
        (void)fclose(file);
        if (strstr(text, ") Z "))
            return true;
        (void)nanosleep(&pause, NULL);
    }
    return false;
}

static void what_takes_too_long_is_killed_with_its_children(void **state)
{
    fixture *f = *state;
    f->process.milliseconds = 200;
    run_script(f, "sleep 600 & echo $!; wait");
    assert_int_equal(f->result.end, TDM_PROCESS_TOO_LATE);
    uint64_t child = 0;
    for (size_t i = 0; i + 1 < f->result.out.size; i++)
        child = child * 10 + (uint64_t)(f->result.out.data[i] - '0');
    assert_true(child > 1);
    assert_true(is_gone((pid_t)child));
}

static void what_closes_its_output_and_stays_is_killed(void **state)
{
    fixture *f = *state;
    f->process.milliseconds = 200;
    run_script(f, "exec >&- 2>&-; sleep 600");
    assert_int_equal(f->result.end, TDM_PROCESS_TOO_LATE);
}

static void what_prints_too_much_is_killed(void **state)
{
    fixture *f = *state;
    f->process.most = 100000;
    run_script(f, "yes");
    assert_int_equal(f->result.end, TDM_PROCESS_TOO_MUCH);
}

static void as_much_as_is_allowed_is_allowed(void **state)
{
    fixture *f = *state;
    f->process.most = 4;
    run_script(f, "printf 1234");
    assert_int_equal(f->result.end, TDM_PROCESS_EXITED);
    assert_text_equal(f->result.out, "1234");
}

static void of_a_long_complaint_the_last_whole_lines_are_kept(void **state)
{
    fixture *f = *state;
    run_script(f, "i=0; while [ $i -lt 3000 ]; do echo \"line $i\" >&2; i=$((i + 1)); done");
    tdm_text text = f->result.complaint;
    assert_true(text.size > 1000 && text.size < 8192);
    assert_memory_equal(text.data, "line ", 5);
    assert_memory_equal(text.data + text.size - 10, "line 2999\n", 10);
}

static void a_signal_is_told(void **state)
{
    fixture *f = *state;
    run_script(f, "kill -TERM $$");
    assert_int_equal(f->result.end, TDM_PROCESS_SIGNAL);
    assert_int_equal(f->result.code, SIGTERM);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
    const struct CMUnitTest tests[] = {
        TEST(what_it_prints_and_its_exit_code_come_back),
        TEST(words_are_not_read_by_a_shell),
        TEST(there_is_nothing_to_read),
        TEST(a_program_that_is_not_there_is_an_error),
        TEST(a_folder_that_is_not_there_is_an_error),
        TEST(what_takes_too_long_is_killed_with_its_children),
        TEST(what_closes_its_output_and_stays_is_killed),
        TEST(what_prints_too_much_is_killed),
        TEST(as_much_as_is_allowed_is_allowed),
        TEST(of_a_long_complaint_the_last_whole_lines_are_kept),
        TEST(a_signal_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
