#include "cli/signals.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

// The one thing that a signal handler can reach. Set before the handlers are installed and cleared
// after they are gone, so that a handler never sees a session that is being closed.
static void (*volatile cancel_watched)(void *context);
static void *volatile watched;
static volatile sig_atomic_t caught;

static const int watched_signals[] = {SIGINT, SIGTERM, SIGHUP};

static void on_signal(int number)
{
    if (caught == SIGINT && number == SIGINT)
        _exit(TDM_EXIT_INTERRUPTED);
    caught = number;
    if (watched)
        cancel_watched(watched);
}

static void install(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

static void install_all(void (*handler)(int))
{
    for (size_t i = 0; i < sizeof watched_signals / sizeof *watched_signals; i++)
        install(watched_signals[i], handler);
}

static void cancel_session(void *session)
{
    tdm_session_cancel(session);
}

void tdm_signals_watch(tdm_session *session)
{
    tdm_signals_watch_with(cancel_session, session);
}

void tdm_signals_watch_with(void (*cancel)(void *context), void *context)
{
    cancel_watched = cancel;
    watched = context;
    install_all(on_signal);
    if (caught && context)
        cancel(context);
}

void tdm_signals_survive_pipe(void)
{
    install(SIGPIPE, SIG_IGN);
}

void tdm_signals_release(void)
{
    install_all(SIG_DFL);
    watched = NULL;
}

tdm_exit tdm_signals_caught(void)
{
    if (caught == 0)
        return TDM_EXIT_OK;
    return caught == SIGINT ? TDM_EXIT_INTERRUPTED : TDM_EXIT_TERMINATED;
}

static void mask(int how)
{
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof watched_signals / sizeof *watched_signals; i++)
        sigaddset(&set, watched_signals[i]);
    sigprocmask(how, &set, NULL);
}

void tdm_signals_hold(void)
{
    mask(SIG_BLOCK);
}

void tdm_signals_let_go(void)
{
    mask(SIG_UNBLOCK);
}
