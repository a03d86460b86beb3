// Threads that take one target after the other, and the one that waits for them.
//
// docs/internals/targets.md says why threads. The thread that called waits at a pipe: a signal
// handler can only write to it, and what runs is cancelled from here.
#include "targets/state.h"

#include "base/error.h"
#include "model/outcome.h"

#include <signal.h>

enum {
    STACK = 8 << 20, // as much as a main thread has: the limits on depth were measured against it
};

void tdm_targets_lock(tdm_targets *targets)
{
    pthread_mutex_lock(&targets->lock);
}

void tdm_targets_unlock(tdm_targets *targets)
{
    pthread_mutex_unlock(&targets->lock);
}

void tdm_targets_tell(tdm_targets *targets, const tdm_targets_event *event)
{
    const tdm_targets_run_options *options = targets->run.options;
    tdm_targets_event told = *event;
    told.done = targets->run.done;
    told.count = targets->count;
    if (options->event)
        options->event(options->context, &told);
}

void tdm_worker_hold(tdm_worker *worker, tdm_session *session)
{
    tdm_targets *targets = worker->targets;
    tdm_targets_lock(targets);
    worker->session = session;
    if (session && targets->cancelled)
        tdm_session_cancel(session);
    tdm_targets_unlock(targets);
}

void tdm_targets_cancel(tdm_targets *targets)
{
    targets->cancelled = true;
    tdm_waker_wake(&targets->waker);
}

// --- What a thread does --------------------------------------------------------------------------

static bool take(tdm_worker *worker)
{
    tdm_targets *targets = worker->targets;
    tdm_run_state *run = &targets->run;
    tdm_targets_lock(targets);
    bool taken = !run->stop && !targets->cancelled && run->next < run->end;
    if (taken)
        worker->index = run->next++;
    tdm_targets_unlock(targets);
    return taken;
}

static void give_back(tdm_worker *worker)
{
    tdm_targets *targets = worker->targets;
    tdm_run_state *run = &targets->run;
    const tdm_target_report *item = &targets->items[worker->index];
    bool canary = worker->index == 0 && !run->options->only_look;
    bool goes_on = (run->options->keep_going && !canary) || run->options->only_look;
    tdm_targets_lock(targets);
    run->done++;
    if (tdm_outcome_is_failure(item->outcome) && !goes_on && !run->stop) {
        run->stop = canary ? "the canary failed" : "another target failed";
        run->stopped_by = item->name;
    }
    tdm_targets_tell(targets, &(tdm_targets_event){.kind = TDM_TARGETS_END, .item = item});
    tdm_targets_unlock(targets);
}

static void *work(void *argument)
{
    tdm_worker *worker = argument;
    tdm_targets *targets = worker->targets;
    while (take(worker)) {
        tdm_targets_push_one(worker);
        give_back(worker);
    }
    tdm_targets_lock(targets);
    bool last = --targets->run.working == 0;
    tdm_targets_unlock(targets);
    if (last)
        tdm_waker_wake(&targets->waker);
    return NULL;
}

// --- What the caller's thread does ---------------------------------------------------------------

// Signals are for the threads that the program itself has made.
static void start(tdm_targets *targets, size_t threads)
{
    tdm_run_state *run = &targets->run;
    pthread_attr_t attributes;
    sigset_t all, before;
    if (pthread_attr_init(&attributes) != 0)
        return;
    sigfillset(&all);
    if (pthread_attr_setstacksize(&attributes, STACK) == 0 &&
        pthread_sigmask(SIG_SETMASK, &all, &before) == 0) {
        tdm_targets_lock(targets);
        while (run->worker_count < threads) {
            tdm_worker *worker = &run->workers[run->worker_count];
            *worker = (tdm_worker){.targets = targets};
            if (pthread_create(&worker->thread, &attributes, work, worker) != 0)
                break;
            run->worker_count++;
            run->working++;
        }
        tdm_targets_unlock(targets);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    pthread_attr_destroy(&attributes);
}

static void cancel_all(tdm_targets *targets)
{
    tdm_targets_lock(targets);
    for (size_t i = 0; i < targets->run.worker_count; i++)
        if (targets->run.workers[i].session)
            tdm_session_cancel(targets->run.workers[i].session);
    tdm_targets_unlock(targets);
}

static bool is_working(tdm_targets *targets)
{
    tdm_targets_lock(targets);
    bool working = targets->run.working > 0;
    tdm_targets_unlock(targets);
    return working;
}

tdm_status tdm_targets_work(tdm_targets *targets, size_t first, size_t end, size_t threads,
                            tdm_error *err)
{
    tdm_run_state *run = &targets->run;
    bool told = false;
    run->next = first;
    run->end = end;
    run->worker_count = 0;
    start(targets, threads < end - first ? threads : end - first);
    if (run->worker_count == 0)
        return tdm_fail(err, TDM_ERROR_MEMORY, TDM_NOWHERE, "no thread can be started");
    while (is_working(targets)) {
        (void)tdm_waker_wait(&targets->waker, -1, 0, -1);
        if (targets->cancelled && !told) {
            cancel_all(targets);
            told = true;
        }
    }
    for (size_t i = 0; i < run->worker_count; i++)
        pthread_join(run->workers[i].thread, NULL);
    return TDM_OK;
}
