// The libpq transport: asynchronous, so that a signal or a time limit ends every wait.
#ifndef DB_LIBPQ_H
#define DB_LIBPQ_H

#include "db/session.h"
#include "db/target.h"

// Opens a session. `parts` are what the user said; everything else comes from where libpq finds it
// (environment, service file, password file) and from tandem's defaults.
TDM_MUST_CHECK tdm_status tdm_libpq_open(const tdm_target_parts *parts, int connect_timeout,
                                         tdm_session **ret, tdm_error *err);

#endif
