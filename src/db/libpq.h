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
    void (*opening)(void *context, tdm_session *session); // as tdm_target_options has it
    void *context;
} tdm_libpq_options;

// Opens a session. `parts` are what the user said; everything else comes from where libpq finds it
// (environment, service file, password file) and from tandem's defaults.
TDM_MUST_CHECK tdm_status tdm_libpq_open(const tdm_target_parts *parts,
                                         const tdm_libpq_options *options, tdm_session **ret,
                                         tdm_error *err);

// What the session is connected to, with every default that libpq has filled in, and the password;
// copies in `arena`, to be wiped. TDM_ERROR_BUG for another transport's session.
TDM_MUST_CHECK tdm_status tdm_libpq_parts(tdm_session *session, tdm_arena *arena,
                                          tdm_target_parts *ret, tdm_error *err);
// The server's process of a database connection; 0 for another transport's session.
int tdm_libpq_process(const tdm_session *session);
// Another session with the same target, for looking on while this one waits.
TDM_MUST_CHECK tdm_status tdm_libpq_twin(tdm_session *session, tdm_session **ret, tdm_error *err);

#endif
