// Running another program for what it prints: without a shell, with nothing to read on stdin, in a
// process group of its own, bounded in time and in size. When it is too late, or prints too much,
// the whole group is killed; on Linux the program is killed as well when we are.
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <tandem/error.h>
#include <tandem/text.h>

#include "base/arena.h"

typedef struct tdm_process {
    const char *const *words; // NULL at the end; the first is looked for in PATH, as a shell does
    const char *folder;       // where it runs
    size_t most;              // bytes of stdout
    unsigned milliseconds;    // until it has ended
} tdm_process;

typedef enum tdm_process_end {
    TDM_PROCESS_EXITED,   // `code` is its exit code
    TDM_PROCESS_SIGNAL,   // `code` is the signal that ended it
    TDM_PROCESS_TOO_LATE, // killed
    TDM_PROCESS_TOO_MUCH, // killed
} tdm_process_end;

typedef struct tdm_process_result {
    tdm_process_end end;
    int code;
    tdm_text out;       // all of stdout, when it exited
    tdm_text complaint; // the last lines of stderr, whole ones
} tdm_process_result;

// Runs it with our environment until it has ended and nobody holds its output any more. The texts
// lie in `arena`. TDM_ERROR_CONFIG when it cannot be started.
TDM_MUST_CHECK tdm_status tdm_process_run(tdm_arena *arena, const tdm_process *process,
                                          tdm_process_result *ret, tdm_error *err);

#endif
