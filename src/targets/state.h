// What a run over many targets holds. Only this room looks inside.
//
// One lock guards all that threads share while they run: `run`, the reports, the arena. What is not
// behind it is only read (the project, the targets), or belongs to one worker.
#ifndef TARGETS_STATE_H
#define TARGETS_STATE_H

#include <tandem/targets.h>

#include "base/arena.h"
#include "base/map.h"
#include "db/waker.h"
#include "plan/plan_share.h"
#include "targets/list.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct tdm_worker {
    struct tdm_targets *targets;
    pthread_t thread;
    tdm_session *session; // that it may be cancelled; NULL: none
    size_t index;         // of the target that it works on
} tdm_worker;

// Behind the lock, but for what is set before the first thread starts.
typedef struct tdm_run_state {
    const tdm_targets_run_options *options;
    tdm_plan_share share;
    tdm_map databases; // by identity: const tdm_target_report *
    size_t next;       // the target that is begun next
    size_t end;        // of those that this crew works on
    size_t done;
    size_t working;      // threads
    const char *stop;    // why nothing more is begun; NULL: go on
    tdm_text stopped_by; // the name of the target that failed, or empty
    tdm_worker workers[TDM_TARGETS_JOBS_MOST];
    size_t worker_count;
} tdm_run_state;

struct tdm_targets {
    tdm_arena *arena;
    tdm_project *project;
    tdm_list list;
    const tdm_target *found; // in the order of the reports
    tdm_target_report *items;
    size_t count;
    atomic_bool cancelled;
    tdm_waker waker; // of the thread that called tdm_targets_run
    pthread_mutex_t lock;
    tdm_run_state run;
    tdm_targets_report report;
};

// --- one.c ---
// Connects to the worker's target, plans and pushes; its report says what came of it.
void tdm_targets_push_one(tdm_worker *worker);

// --- crew.c ---
// Works on the targets [first, end) with so many threads at a time, and returns when all have
// ended. TDM_FAILED: not one thread could be started.
TDM_MUST_CHECK tdm_status tdm_targets_work(tdm_targets *targets, size_t first, size_t end,
                                           size_t threads, tdm_error *err);
// From now on the worker's session is cancelled with the run; NULL: there is none.
void tdm_worker_hold(tdm_worker *worker, tdm_session *session);
// Tells the caller of the run; behind the lock.
void tdm_targets_tell(tdm_targets *targets, const tdm_targets_event *event);
void tdm_targets_lock(tdm_targets *targets);
void tdm_targets_unlock(tdm_targets *targets);

#endif
