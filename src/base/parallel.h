// Independent tasks spread over the processor's cores, with the result of a plain loop.
//
//     for (size_t i = 0; i < count; i++)
//         if (task(context, 0, i, err) != TDM_OK)
//             return TDM_FAILED;
//
// Tasks share no memory but what is only read: each writes to a place of its own (an array indexed
// by the task), and takes memory from the arena of its worker. So nothing that a caller sees
// depends on the number of threads.
#ifndef BASE_PARALLEL_H
#define BASE_PARALLEL_H

#include <tandem/error.h>

// `worker` is below the number of workers, and no two tasks run on one worker at the same time.
typedef tdm_status (*tdm_parallel_task)(void *context, size_t worker, size_t index, tdm_error *err);

enum {
    TDM_PARALLEL_MOST = 8, // workers: what one arena for each of them costs stays bounded
};

// So many workers are of use for so many tasks: the cores that this process may run on, at most
// TDM_PARALLEL_MOST; at least 1.
size_t tdm_parallel_workers(size_t count);

// Runs the tasks 0 to count - 1 on that many workers, of which the calling thread is the first; the
// others have stacks of 8 MiB and are gone at the end. Where the system gives no more threads,
// fewer workers do the work. The failure returned is that of the lowest index. All tasks before it
// have run; of those behind it, some.
TDM_MUST_CHECK tdm_status tdm_parallel_run(size_t workers, size_t count, tdm_parallel_task task,
                                           void *context, tdm_error *err);

#endif
