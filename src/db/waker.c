#include "db/waker.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

tdm_status tdm_waker_open(tdm_waker *waker, const atomic_bool *cancelled, tdm_error *err)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return tdm_fail(err, TDM_ERROR_CONNECT, TDM_NOWHERE, "cannot make a pipe: %s",
                        strerror(errno));
    *waker = (tdm_waker){.read_end = ends[0], .write_end = ends[1], .cancelled = cancelled};
    return TDM_OK;
}

void tdm_waker_close(tdm_waker *waker)
{
    if (waker->read_end >= 0)
        close(waker->read_end);
    if (waker->write_end >= 0)
        close(waker->write_end);
    *waker = TDM_WAKER_CLOSED;
}

// write() is on POSIX's list of what signal handlers may call.
void tdm_waker_wake(const tdm_waker *waker)
{
    int saved = errno;
    ssize_t ignored = write(waker->write_end, "", 1);
    (void)ignored;
    errno = saved;
}

void tdm_waker_empty(const tdm_waker *waker)
{
    char bytes[64];
    while (read(waker->read_end, bytes, sizeof bytes) > 0)
        ;
}

tdm_woken tdm_waker_wait(const tdm_waker *waker, int socket, short events, int milliseconds)
{
    struct pollfd watched[2] = {{.fd = waker->read_end, .events = POLLIN},
                                {.fd = events ? socket : -1, .events = events}};
    int count = poll(watched, 2, milliseconds);
    if (watched[0].revents) {
        tdm_waker_empty(waker);
        return TDM_WOKEN_CANCELLED;
    }
    if (count < 0)
        return errno == EINTR && *waker->cancelled ? TDM_WOKEN_CANCELLED : TDM_WOKEN_READY;
    return count == 0 ? TDM_WOKEN_TIMEOUT : TDM_WOKEN_READY;
}

int64_t tdm_now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}
