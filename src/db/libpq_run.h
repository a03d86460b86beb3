// What stands behind a session over libpq, and how it runs statements.
#ifndef DB_LIBPQ_RUN_H
#define DB_LIBPQ_RUN_H

#include "base/digest.h"
#include "db/late.h"
#include "db/session.h"
#include "db/target.h"
#include "db/waker.h"

enum {
    TDM_PREPARED_NAME_SIZE = 40,
    TDM_PREPARED_COUNT = 4,
};

// A statement that the server keeps for the session. Its name is made of its text, so that nobody
// else's has the same one, whoever else a pooler gives the server's session to.
typedef struct tdm_prepared {
    tdm_digest text;
    char name[TDM_PREPARED_NAME_SIZE];
    bool kept; // the server has it
} tdm_prepared;

typedef struct tdm_libpq_session {
    tdm_session session;
    tdm_arena *arena; // of the parts, secrets included
    tdm_target_parts parts;
    int connect_seconds;
    bool login_role;
    tdm_libpq pq;
    PGconn *connection;
    tdm_waker waker;
    bool cancel_sent; // of the running statement
    tdm_prepared prepared[TDM_PREPARED_COUNT];
    size_t prepared_count;
    bool unprepared; // somebody has deallocated them
} tdm_libpq_session;

// Methods of a tdm_session.
TDM_MUST_CHECK tdm_status tdm_libpq_run(tdm_session *session, const tdm_db_request *request,
                                        tdm_db_result *ret, tdm_error *err);
TDM_MUST_CHECK tdm_status tdm_libpq_run_batch(tdm_session *session, tdm_db_batch *batch,
                                              tdm_error *err);
// libpq's notice receiver; `context` is the tdm_session.
void tdm_libpq_notice(void *context, const PGresult *result);

#endif
