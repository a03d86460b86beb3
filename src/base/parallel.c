#include "base/parallel.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <unistd.h>

enum {
    STACK = 8 << 20, // as much as a main thread has: the limits on depth were measured against it
};

typedef struct pool {
    size_t count;
    tdm_parallel_task task;
    void *context;
    atomic_size_t next;   // the first task that nobody has taken
    atomic_size_t failed; // the lowest index that failed so far, or SIZE_MAX
    pthread_mutex_t lock; // of `err`
    tdm_error *err;
} pool;

typedef struct worker {
    pool *pool;
    size_t number;
    pthread_t thread;
} worker;

static void note_failure(pool *p, size_t index, const tdm_error *err)
{
    pthread_mutex_lock(&p->lock);
    if (index < atomic_load(&p->failed)) {
        atomic_store(&p->failed, index);
        if (p->err) {
            *p->err = *err;
            p->err->place.file = err->place.file ? p->err->file : NULL;
        }
    }
    pthread_mutex_unlock(&p->lock);
}

// Tasks are taken in order, so whatever lies before a failure has been taken by somebody.
static void *work(void *argument)
{
    const worker *w = argument;
    pool *p = w->pool;
    tdm_error err = TDM_ERROR_INIT;
    for (;;) {
        size_t index = atomic_fetch_add(&p->next, 1);
        if (index >= p->count || index > atomic_load(&p->failed))
            return NULL;
        if (p->task(p->context, w->number, index, &err) != TDM_OK)
            note_failure(p, index, &err);
    }
}

// Signals are for the threads that the program itself has made.
static size_t start_workers(worker *workers, size_t count)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    size_t started = 0;
    if (pthread_attr_init(&attributes) != 0)
        return 0;
    sigfillset(&all);
    if (pthread_attr_setstacksize(&attributes, STACK) == 0 &&
        pthread_sigmask(SIG_SETMASK, &all, &before) == 0) {
        while (started < count &&
               pthread_create(&workers[started].thread, &attributes, work, &workers[started]) == 0)
            started++;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    pthread_attr_destroy(&attributes);
    return started;
}

size_t tdm_parallel_workers(size_t count)
{
    cpu_set_t set;
    size_t cores = 1;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        cores = (size_t)CPU_COUNT(&set);
    } else {
        long online = sysconf(_SC_NPROCESSORS_ONLN);
        cores = online > 0 ? (size_t)online : 1;
    }
    if (cores > TDM_PARALLEL_MOST)
        cores = TDM_PARALLEL_MOST;
    if (cores > count)
        cores = count;
    return cores ? cores : 1;
}

tdm_status tdm_parallel_run(size_t workers, size_t count, tdm_parallel_task task, void *context,
                            tdm_error *err)
{
    worker all[TDM_PARALLEL_MOST];
    pool p = {.count = count,
              .task = task,
              .context = context,
              .lock = PTHREAD_MUTEX_INITIALIZER,
              .err = err};
    assert(workers >= 1 && workers <= TDM_PARALLEL_MOST);
    atomic_init(&p.next, 0);
    atomic_init(&p.failed, SIZE_MAX);
    for (size_t i = 0; i < workers; i++)
        all[i] = (worker){.pool = &p, .number = i};
    size_t started = workers > 1 ? start_workers(all + 1, workers - 1) : 0;
    work(&all[0]);
    for (size_t i = 1; i <= started; i++)
        pthread_join(all[i].thread, NULL);
    pthread_mutex_destroy(&p.lock);
    return atomic_load(&p.failed) == SIZE_MAX ? TDM_OK : TDM_FAILED;
}
