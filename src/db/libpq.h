// The libpq transport: asynchronous, so that a signal or a time limit ends every wait.
#ifndef DB_LIBPQ_H
#define DB_LIBPQ_H

#include "db/session.h"
#include "db/target.h"

typedef struct tdm_libpq_options {
    int connect_timeout; // seconds; 0: what the parts say, else 10
    bool login_role;     // become postgres, and have its settings
    // Asked when the server wants a password that nobody gave. Fills at most `size` bytes, NUL
    // included, which are overwritten afterwards; false: there is none. May be NULL.
    bool (*ask_password)(void *context, const char *target, char *ret, size_t size);
    void *context;
} tdm_libpq_options;

// Opens a session. `parts` are what the user said; everything else comes from where libpq finds it
// (environment, service file, password file) and from tandem's defaults.
TDM_MUST_CHECK tdm_status tdm_libpq_open(const tdm_target_parts *parts,
                                         const tdm_libpq_options *options, tdm_session **ret,
                                         tdm_error *err);

#endif
