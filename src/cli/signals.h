// SIGINT, SIGTERM and SIGHUP while a target is open: the running statement is cancelled, the
// transaction rolled back, and the program ends with 130 or 143. A second SIGINT leaves at once.
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include <tandem/push.h>

// From now on a signal cancels `session`, at once if one has come already. NULL: it is only noted;
// the first process of a container has to say so before anything else, or the kernel drops it.
void tdm_signals_watch(tdm_session *session);
// From now on a signal calls `cancel`, which must be safe in a handler.
void tdm_signals_watch_with(void (*cancel)(void *context), void *context);
// From now on a closed pipe does not end the program, as it must not in the middle of a
// transaction: writing fails, which is reported at the end.
void tdm_signals_survive_pipe(void);
// Signals end the program again at once, as before. Call before the session is closed.
void tdm_signals_release(void);
// The exit code of the signal that arrived while watching, or TDM_EXIT_OK.
tdm_exit tdm_signals_caught(void);

// Holds signals back while files are written, so that they are written whole or not at all.
void tdm_signals_hold(void);
void tdm_signals_let_go(void);

#endif
