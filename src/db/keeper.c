#include "db/keeper.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

enum {
    LOOK_MS = 20,        // between two looks at a child
    PATIENCE_MS = 10000, // for a server to end by itself
};

// What the keeper tells, one byte.
static const char not_prepared = 'p';
static const char not_serving = 's';

// --- In the keeper and its children: only what is safe after fork -------------------------------

static void become(const tdm_keeper_plan *plan)
{
    if (plan->drop &&
        (setgroups(0, NULL) != 0 || setgid(plan->group) != 0 || setuid(plan->user) != 0))
        _exit(126);
}

static void run(const tdm_keeper_plan *plan, const char *const *program)
{
    int log = open(plan->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

#ifdef __linux__
    (void)prctl(PR_SET_PDEATHSIG, SIGQUIT);
#endif
    if (log >= 0) {
        (void)dup2(log, STDOUT_FILENO);
        (void)dup2(log, STDERR_FILENO);
    }
    become(plan);
    if (chdir(plan->folder) == 0)
        (void)execve(program[0], (char *const *)program, (char *const *)plan->environment);
    _exit(127);
}

static pid_t start(const tdm_keeper_plan *plan, const char *const *program)
{
    pid_t pid = fork();

    if (pid == 0) {
        for (int signal_number = 1; signal_number < NSIG; signal_number++)
            (void)signal(signal_number, SIG_DFL);
        run(plan, program);
    }
    return pid;
}

// Whether the other end is closed. Waits at most `milliseconds`.
static bool is_let_go(int hold, int milliseconds)
{
    struct pollfd look = {.fd = hold, .events = POLLIN};

    return poll(&look, 1, milliseconds) > 0;
}

static void stop(pid_t pid)
{
    int status;

    (void)kill(pid, SIGQUIT);
    for (int waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
        if (waitpid(pid, &status, WNOHANG) != 0)
            return;
        (void)poll(NULL, 0, LOOK_MS);
    }
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, &status, 0);
}

// Waits for a child, or until we are let go: then the child is stopped. True when the child ended
// by itself, with its status.
static bool ended(pid_t pid, int hold, int *ret_status)
{
    while (pid > 0) {
        if (waitpid(pid, ret_status, WNOHANG) == pid)
            return true;
        if (is_let_go(hold, LOOK_MS)) {
            stop(pid);
            return false;
        }
    }
    *ret_status = -1;
    return true;
}

static void tell(int told, char what)
{
    ssize_t written = write(told, &what, 1);
    (void)written;
}

static void wait_to_be_let_go(int hold)
{
    while (!is_let_go(hold, -1))
        ;
}

static void remove_folder(const tdm_keeper_plan *plan)
{
    static const char *const nothing[] = {NULL};
    const char *const words[] = {"rm", "-rf", "--", plan->folder, NULL};
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        (void)execve("/bin/rm", (char *const *)words, (char *const *)nothing);
        _exit(127);
    }
    if (pid > 0)
        (void)waitpid(pid, &status, 0);
}

static void keep(const tdm_keeper_plan *plan, int hold, int told)
{
    int status = 0;

    if (!ended(start(plan, plan->prepare), hold, &status))
        return;
    if (status != 0) {
        tell(told, not_prepared);
        wait_to_be_let_go(hold);
        return;
    }
    if (ended(start(plan, plan->serve), hold, &status)) {
        tell(told, not_serving);
        wait_to_be_let_go(hold);
    }
}

static void be_keeper(const tdm_keeper_plan *plan, int hold, int told)
{
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT};
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

    // A session of its own: Ctrl-C at the terminal is for us, and our end is what it waits for.
    (void)setsid();
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        (void)signal(ignored[i], SIG_IGN);
    // Whoever reads our output must not wait for the keeper's copy of it.
    for (int fd = STDIN_FILENO; nothing >= 0 && fd <= STDERR_FILENO; fd++)
        (void)dup2(nothing, fd);
    keep(plan, hold, told);
    remove_folder(plan);
    _exit(0);
}

// --- On our side --------------------------------------------------------------------------------

static void close_pair(const int pair[2])
{
    (void)close(pair[0]);
    (void)close(pair[1]);
}

tdm_status tdm_keeper_start(const tdm_keeper_plan *plan, tdm_keeper *ret, tdm_error *err)
{
    int hold[2];
    int told[2];

    if (pipe2(hold, O_CLOEXEC) != 0)
        return tdm_fail(err, TDM_ERROR_FILE, TDM_NOWHERE, "no pipe: %s", strerror(errno));
    if (pipe2(told, O_CLOEXEC | O_NONBLOCK) != 0) {
        close_pair(hold);
        return tdm_fail(err, TDM_ERROR_FILE, TDM_NOWHERE, "no pipe: %s", strerror(errno));
    }
    pid_t pid = fork();
    if (pid == 0) {
        (void)close(hold[1]);
        (void)close(told[0]);
        be_keeper(plan, hold[0], told[1]);
    }
    (void)close(hold[0]);
    (void)close(told[1]);
    *ret = (tdm_keeper){.pid = pid, .hold = hold[1], .told = told[0]};
    if (pid > 0)
        return TDM_OK;
    (void)close(hold[1]);
    (void)close(told[0]);
    return tdm_fail(err, TDM_ERROR_FILE, TDM_NOWHERE, "no process: %s", strerror(errno));
}

tdm_keeper_state tdm_keeper_look(const tdm_keeper *keeper)
{
    char what = 0;

    if (read(keeper->told, &what, 1) != 1)
        return TDM_KEEPER_WORKS;
    return what == not_prepared ? TDM_KEEPER_NOT_PREPARED : TDM_KEEPER_NOT_SERVING;
}

void tdm_keeper_end(tdm_keeper *keeper)
{
    int status;

    (void)close(keeper->hold);
    while (waitpid(keeper->pid, &status, 0) < 0 && errno == EINTR)
        ;
    (void)close(keeper->told);
}
