#include "db/throwaway.h"

#include "base/text.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

static const tdm_throwaway_options anywhere = {.path = "/usr/local/bin:/usr/bin",
                                               .root = TANDEM_SOURCE_DIR};

// The programs to test with; the test is skipped where there are none.
static const char *programs(tdm_arena *arena)
{
    tdm_throwaway_places places;
    tdm_error err = TDM_ERROR_INIT;

    if (tdm_throwaway_find(&anywhere, arena, &places, &err) != TDM_OK) {
        assert_int_equal(err.code, TDM_ERROR_CONFIG);
        skip();
    }
    return places.items[0];
}

// The folder of the server, out of "host='/tmp/tandem-abc' port=…".
static const char *folder_of(tdm_arena *arena, const char *url)
{
    tdm_text rest = tdm_text_from(tdm_text_of(url), strlen("host='"));
    return tdm_arena_string(arena, tdm_text_slice(rest, 0, tdm_text_find_char(rest, '\'')));
}

static bool is_there(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

static void a_server_comes_up_and_leaves_nothing_behind(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_throwaway *server = NULL;
    tdm_error err = TDM_ERROR_INIT;

    (void)state;
    if (tdm_throwaway_start(&anywhere, programs(arena), &server, &err) != TDM_OK)
        fail_msg("%s", err.message);
    const char *folder = folder_of(arena, tdm_throwaway_url(server, arena, "postgres"));
    assert_true(is_there(folder));
    tdm_throwaway_stop(server);
    assert_false(is_there(folder));
    tdm_arena_free(arena);
}

// A child starts a server, says where, and is killed outright.
static void start_and_say(const char *where, int out)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_throwaway *server = NULL;

    if (tdm_throwaway_start(&anywhere, where, &server, NULL) == TDM_OK) {
        const char *folder = folder_of(arena, tdm_throwaway_url(server, arena, "postgres"));
        ssize_t written = write(out, folder, strlen(folder) + 1);
        (void)written;
    }
    (void)pause();
}

static void a_killed_program_leaves_nothing_behind(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    const char *where = programs(arena);
    char folder[200] = "";
    int pair[2];

    (void)state;
    assert_int_equal(pipe(pair), 0);
    pid_t child = fork();
    if (child == 0) {
        start_and_say(where, pair[1]);
        _exit(1);
    }
    assert_true(read(pair[0], folder, sizeof folder - 1) > 0);
    assert_true(is_there(folder));
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    for (int waited = 0; waited < 1000 && is_there(folder); waited++)
        (void)poll(NULL, 0, 20);
    assert_false(is_there(folder));
    (void)close(pair[0]);
    (void)close(pair[1]);
    tdm_arena_free(arena);
}

static void a_folder_without_server_is_said_so(void **state)
{
    const tdm_throwaway_options options = {.programs = "/tmp"};
    tdm_arena *arena = tdm_arena_new(0);
    tdm_throwaway_places places;
    tdm_error err = TDM_ERROR_INIT;

    (void)state;
    assert_int_equal(tdm_throwaway_find(&options, arena, &places, &err), TDM_FAILED);
    assert_string_equal(err.message, "/tmp does not hold initdb and postgres");
    tdm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_server_comes_up_and_leaves_nothing_behind),
        cmocka_unit_test(a_killed_program_leaves_nothing_behind),
        cmocka_unit_test(a_folder_without_server_is_said_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
