#include "base/process.h"

#include "base/error.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

enum {
    READ_SIZE = 16384,
    COMPLAINT_SIZE = 8192, // of stderr, its end
    LOOK_MS = 10,          // between two looks at a program that has closed its output
};

typedef struct running {
    const tdm_process *process;
    pid_t pid;
    int64_t deadline;
    int out; // -1: closed
    int complaint;
    tdm_buffer text;
    char tail[COMPLAINT_SIZE];
    size_t tail_size;
    bool tail_cut; // something before it is gone
    bool too_much;
} running;

typedef struct pipes {
    int out[2];
    int complaint[2];
    int started[2]; // closed by a program that starts, else its errno
} pipes;

// A duration is measured, which no answer depends on.
static int64_t milliseconds_now(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void close_end(int *end)
{
    if (*end >= 0)
        (void)close(*end);
    *end = -1;
}

static void close_pipes(pipes *p)
{
    for (int i = 0; i < 2; i++) {
        close_end(&p->out[i]);
        close_end(&p->complaint[i]);
        close_end(&p->started[i]);
    }
}

static bool open_pipes(pipes *p)
{
    *p = (pipes){{-1, -1}, {-1, -1}, {-1, -1}};
    if (pipe2(p->out, O_CLOEXEC) == 0 && pipe2(p->complaint, O_CLOEXEC) == 0 &&
        pipe2(p->started, O_CLOEXEC) == 0)
        return true;
    close_pipes(p);
    return false;
}

// In the child: only what is safe after fork.
static void become(const tdm_process *process, const pipes *p)
{
    sigset_t none;
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

    (void)setpgid(0, 0);
#ifdef __linux__
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    for (int number = 1; number < NSIG; number++)
        (void)signal(number, SIG_DFL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    if (nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 && dup2(p->out[1], STDOUT_FILENO) >= 0 &&
        dup2(p->complaint[1], STDERR_FILENO) >= 0 && chdir(process->folder) == 0)
        (void)execvp(process->words[0], (char *const *)process->words);
    int cause = errno;
    ssize_t written = write(p->started[1], &cause, sizeof cause);
    (void)written;
    _exit(127);
}

static void kill_group(running *r)
{
    (void)kill(-r->pid, SIGKILL);
    (void)kill(r->pid, SIGKILL);
}

static tdm_status start(running *r, tdm_error *err)
{
    const char *name = r->process->words[0];
    int cause = 0;
    pipes p;

    if (!open_pipes(&p))
        return tdm_fail(err, TDM_ERROR_FILE, TDM_NOWHERE, "no pipe for %s: %s", name,
                        strerror(errno));
    r->pid = fork();
    if (r->pid == 0)
        become(r->process, &p);
    if (r->pid < 0) {
        cause = errno;
        close_pipes(&p);
        return tdm_fail(err, TDM_ERROR_FILE, TDM_NOWHERE, "%s cannot be started: %s", name,
                        strerror(cause));
    }
    (void)setpgid(r->pid, r->pid); // whichever of the two is first
    close_end(&p.out[1]);
    close_end(&p.complaint[1]);
    close_end(&p.started[1]);
    ssize_t size;
    do
        size = read(p.started[0], &cause, sizeof cause);
    while (size < 0 && errno == EINTR);
    if (size != 0) {
        close_pipes(&p);
        (void)waitpid(r->pid, NULL, 0);
        return tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE, "%s cannot be started in %s: %s", name,
                        r->process->folder, strerror(size > 0 ? cause : EIO));
    }
    close_end(&p.started[0]);
    r->out = p.out[0];
    r->complaint = p.complaint[0];
    return TDM_OK;
}

// --- What it prints -----------------------------------------------------------------------------

static void keep_complaint(running *r, const char *bytes, size_t size)
{
    if (size > COMPLAINT_SIZE) {
        bytes += size - COMPLAINT_SIZE;
        size = COMPLAINT_SIZE;
        r->tail_cut = true;
    }
    if (r->tail_size + size > COMPLAINT_SIZE) {
        size_t gone = r->tail_size + size - COMPLAINT_SIZE;
        memmove(r->tail, r->tail + gone, r->tail_size - gone);
        r->tail_size -= gone;
        r->tail_cut = true;
    }
    memcpy(r->tail + r->tail_size, bytes, size);
    r->tail_size += size;
}

// Reads once from an end that has something, or is closed.
static void read_end(running *r, int *end)
{
    char bytes[READ_SIZE];
    ssize_t size = read(*end, bytes, sizeof bytes);

    if (size < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (size <= 0)
        close_end(end);
    else if (end == &r->complaint)
        keep_complaint(r, bytes, (size_t)size);
    else if ((size_t)size > r->process->most - r->text.size)
        r->too_much = true;
    else
        tdm_buffer_put(&r->text, (tdm_text){bytes, (size_t)size});
}

static int time_left(const running *r)
{
    int64_t left = r->deadline - milliseconds_now();
    return left > 0 ? (int)left : 0;
}

// Reads until both ends are closed; false when it is too late or too much.
static bool read_all(running *r)
{
    while ((r->out >= 0 || r->complaint >= 0) && !r->too_much) {
        struct pollfd look[] = {{.fd = r->out, .events = POLLIN},
                                {.fd = r->complaint, .events = POLLIN}};
        int left = time_left(r);
        if (left == 0)
            return false;
        if (poll(look, 2, left) <= 0)
            continue;
        if (look[0].revents)
            read_end(r, &r->out);
        if (look[1].revents)
            read_end(r, &r->complaint);
    }
    return !r->too_much;
}

// Waits for the program without reaping it, so that its number stays the group's.
static bool wait_for_end(running *r)
{
    for (;;) {
        siginfo_t info = {0};
        int found = waitid(P_PID, (id_t)r->pid, &info, WEXITED | WNOHANG | WNOWAIT);
        if (found == 0 && info.si_pid == r->pid)
            return true;
        if ((found != 0 && errno != EINTR) || time_left(r) == 0)
            return false;
        (void)poll(NULL, 0, LOOK_MS);
    }
}

// The end of stderr from the beginning of a line on.
static tdm_text complaint_of(const running *r)
{
    tdm_text text = {r->tail, r->tail_size};
    if (!r->tail_cut)
        return text;
    size_t line = tdm_text_find_char(text, '\n');
    return tdm_text_from(text, line == SIZE_MAX ? text.size : line + 1);
}

static void finish(running *r, bool in_time, tdm_process_result *ret)
{
    int status = 0;

    kill_group(r); // also what it has left behind
    while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR)
        ;
    close_end(&r->out);
    close_end(&r->complaint);
    if (r->too_much)
        ret->end = TDM_PROCESS_TOO_MUCH;
    else if (!in_time)
        ret->end = TDM_PROCESS_TOO_LATE;
    else if (WIFSIGNALED(status))
        ret->end = TDM_PROCESS_SIGNAL;
    ret->code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

tdm_status tdm_process_run(tdm_arena *arena, const tdm_process *process, tdm_process_result *ret,
                           tdm_error *err)
{
    running r = {.process = process,
                 .deadline = milliseconds_now() + process->milliseconds,
                 .text = TDM_BUFFER_INIT(process->most + 1)};

    *ret = (tdm_process_result){.end = TDM_PROCESS_EXITED};
    if (start(&r, err) != TDM_OK)
        return TDM_FAILED;
    bool in_time = read_all(&r) && wait_for_end(&r);
    finish(&r, in_time, ret);
    tdm_status status = tdm_buffer_check(&r.text, err);
    ret->out = tdm_buffer_take(&r.text, arena);
    ret->complaint = tdm_arena_text(arena, complaint_of(&r));
    if (status != TDM_OK)
        return TDM_FAILED;
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}
