// Waiting that a signal handler can end: a pipe that is watched beside the socket.
#ifndef DB_WAKER_H
#define DB_WAKER_H

#include <tandem/error.h>

#include <stdatomic.h>

typedef struct tdm_waker {
    int read_end; // -1: not open
    int write_end;
    const atomic_bool *cancelled;
} tdm_waker;

#define TDM_WAKER_CLOSED ((tdm_waker){.read_end = -1, .write_end = -1})

TDM_MUST_CHECK tdm_status tdm_waker_open(tdm_waker *waker, const atomic_bool *cancelled,
                                         tdm_error *err);
void tdm_waker_close(tdm_waker *waker);
// May be called from a signal handler.
void tdm_waker_wake(const tdm_waker *waker);
// Takes what tdm_waker_wake has put in, so that the next wait waits again.
void tdm_waker_empty(const tdm_waker *waker);

typedef enum tdm_woken {
    TDM_WOKEN_READY,
    TDM_WOKEN_TIMEOUT,
    TDM_WOKEN_CANCELLED,
} tdm_woken;

// Waits for events of poll() on a socket (`events` 0: for none), for at most `milliseconds` (-1:
// for ever).
tdm_woken tdm_waker_wait(const tdm_waker *waker, int socket, short events, int milliseconds);

// Milliseconds of a clock that only goes forward.
int64_t tdm_now_ms(void);

#endif
