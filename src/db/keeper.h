// The one place that starts processes: a keeper that prepares and runs a server for us, and that
// leaves nothing behind however we end.
//
// tdm_keeper_start forks a keeper into a session of its own. It runs `prepare` to its end, then
// `serve`, and holds the read end of a pipe whose write end is ours. When that closes (we close it,
// exit, or are killed), the keeper stops the server, removes the folder with everything in it, and
// ends. The server is told to end too should the keeper itself be killed (Linux). Between fork and
// exec only functions are called that are safe there, so that threads of ours do no harm.
#ifndef DB_KEEPER_H
#define DB_KEEPER_H

#include <tandem/error.h>

#include <sys/types.h>

typedef struct tdm_keeper_plan {
    const char *folder;         // absolute, made already; removed at the end
    const char *log;            // what both programs print; a file in the folder
    const char *const *prepare; // program and arguments, ended by NULL
    const char *const *serve;
    const char *const *environment;
    bool drop; // to this user and group, without further groups
    uid_t user;
    gid_t group;
} tdm_keeper_plan;

typedef struct tdm_keeper {
    pid_t pid;
    int hold; // the keeper stays while this is open
    int told; // what it tells
} tdm_keeper;

typedef enum tdm_keeper_state {
    TDM_KEEPER_WORKS,
    TDM_KEEPER_NOT_PREPARED, // `prepare` failed, or could not be run
    TDM_KEEPER_NOT_SERVING,  // `serve` ended by itself
} tdm_keeper_state;

// The strings of the plan must live until the keeper has ended. On failure the folder stays.
TDM_MUST_CHECK tdm_status tdm_keeper_start(const tdm_keeper_plan *plan, tdm_keeper *ret,
                                           tdm_error *err);
// What the keeper has told so far. Never waits.
tdm_keeper_state tdm_keeper_look(const tdm_keeper *keeper);
// Ends the server, removes the folder, and waits until that is done.
void tdm_keeper_end(tdm_keeper *keeper);

#endif
