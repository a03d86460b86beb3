/**
 * Failure as a value: code, message, place, hint.
 *
 * A tdm_error holds its text inside itself, so that reporting a failure never needs memory and
 * nobody has to free it. Messages are lower case without a full stop; hints are full sentences
 * that say what to do (the habit of PostgreSQL and git).
 */
#ifndef TANDEM_ERROR_H
#define TANDEM_ERROR_H

#include <tandem/api.h>
#include <tandem/place.h>

/** Exit codes of the program; the one table is in docs and `tandem help exit-codes`. */
typedef enum tdm_exit {
    TDM_EXIT_OK = 0,
    TDM_EXIT_FINDING = 1,
    TDM_EXIT_USAGE = 2,
    TDM_EXIT_PROJECT = 3,
    TDM_EXIT_CONNECT = 4,
    TDM_EXIT_REFUSED = 5,
    TDM_EXIT_LOCKED = 6,
    TDM_EXIT_PARTIAL = 7,
    TDM_EXIT_BUG = 70,
    TDM_EXIT_INTERRUPTED = 130,
    TDM_EXIT_TERMINATED = 143,
} tdm_exit;

/**
 * Why a function failed. X(constant, printed name, exit code, what it means).
 * Findings, which are answers and not failures, have a table of their own (finding.h).
 */
#define TDM_ERRORS(X)                                                                              \
    X(TDM_ERROR_NONE, "none", TDM_EXIT_OK, "no error")                                             \
    X(TDM_ERROR_MEMORY, "memory", TDM_EXIT_BUG, "out of memory")                                   \
    X(TDM_ERROR_USAGE, "usage", TDM_EXIT_USAGE, "wrong words on the command line")                 \
    X(TDM_ERROR_CONFIG, "config", TDM_EXIT_USAGE, "a setting or a configuration file is wrong")    \
    X(TDM_ERROR_FILE, "file", TDM_EXIT_PROJECT, "a file or folder could not be read or written")   \
    X(TDM_ERROR_LIMIT, "limit", TDM_EXIT_PROJECT, "input beyond a limit on size, depth or steps")  \
    X(TDM_ERROR_PYTHON, "python", TDM_EXIT_PROJECT, "a revision file could not be read")           \
    X(TDM_ERROR_SQL, "sql", TDM_EXIT_PROJECT, "a migration file could not be read")                \
    X(TDM_ERROR_CHAIN, "chain", TDM_EXIT_PROJECT, "the revisions do not form a usable chain")      \
    X(TDM_ERROR_REVISION, "revision", TDM_EXIT_USAGE, "a revision argument names nothing usable")  \
    X(TDM_ERROR_OPAQUE, "opaque", TDM_EXIT_FINDING, "cannot be known without running code")        \
    X(TDM_ERROR_EXISTS, "exists", TDM_EXIT_USAGE, "would overwrite what is already there")         \
    X(TDM_ERROR_CONNECT, "connect", TDM_EXIT_CONNECT, "no connection, or not allowed")             \
    X(TDM_ERROR_CONSENT, "consent", TDM_EXIT_USAGE, "needs a yes that was not given")              \
    X(TDM_ERROR_HISTORY, "history", TDM_EXIT_FINDING, "the histories do not allow this step")      \
    X(TDM_ERROR_SERVER, "server", TDM_EXIT_REFUSED, "the server refused; rolled back")             \
    X(TDM_ERROR_LOCKED, "locked", TDM_EXIT_LOCKED, "somebody else holds the lock")                 \
    X(TDM_ERROR_TARGET, "target", TDM_EXIT_LOCKED, "this target is refused")                       \
    X(TDM_ERROR_PARTIAL, "partial", TDM_EXIT_PARTIAL, "partly applied, or the outcome is unknown") \
    X(TDM_ERROR_INTERRUPTED, "interrupted", TDM_EXIT_INTERRUPTED, "stopped by a signal")           \
    X(TDM_ERROR_BUG, "bug", TDM_EXIT_BUG, "an internal check failed")

typedef enum tdm_error_code {
#define X(constant, name, exit, meaning) constant,
    TDM_ERRORS(X)
#undef X
        TDM_ERROR_COUNT
} tdm_error_code;

typedef struct tdm_error {
    tdm_error_code code;
    tdm_place place;    /**< `place.file` points to `file` below, or is NULL */
    char message[2048]; /**< what went wrong, one or more lines */
    char hint[1024];    /**< what to do about it, or "" */
    char file[1024];
} tdm_error;

#define TDM_ERROR_INIT ((tdm_error){.code = TDM_ERROR_NONE})

/** The printed name of a code ("config"), its exit code, and its meaning. */
TDM_API const char *tdm_error_name(tdm_error_code code);
TDM_API tdm_exit tdm_error_exit(tdm_error_code code);
TDM_API const char *tdm_error_meaning(tdm_error_code code);

#endif
