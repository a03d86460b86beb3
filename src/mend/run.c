// Running the one request that a repair is.
#include "mend/repair_sql.h"

#include "base/error.h"

enum {
    WAIT_MS = 15000, // for another push or repair
    PAUSE_MS = 200,
};

static tdm_status explain_failure(tdm_session *session, tdm_error *err)
{
    if (tdm_session_failed_with(session, TDM_REQUEST_CHANGED) ||
        tdm_session_failed_with(session, TDM_REPAIR_MOVED))
        return tdm_fail(err, TDM_ERROR_HISTORY, TDM_NOWHERE,
                        "the histories in %.*s have changed meanwhile; nothing was done",
                        TDM_TEXT_ARG(session->target));
    if (tdm_session_failed_with(session, TDM_REQUEST_LOCKED) ||
        tdm_session_failed_with(session, "55P03"))
        return tdm_fail(err, TDM_ERROR_LOCKED, TDM_NOWHERE,
                        "the histories in %.*s are locked by another push or upgrade; nothing was "
                        "done",
                        TDM_TEXT_ARG(session->target));
    return TDM_FAILED;
}

tdm_status tdm_mend_run(tdm_session *session, tdm_text sql, tdm_arena *arena, tdm_error *err)
{
    tdm_db_result result;
    for (unsigned waited = 0;; waited += PAUSE_MS) {
        if (tdm_session_script(session, sql, arena, &result, err) == TDM_OK)
            return TDM_OK;
        if (!tdm_session_failed_with(session, TDM_REQUEST_LOCKED) || waited >= WAIT_MS)
            return explain_failure(session, err);
        *err = TDM_ERROR_INIT;
        if (tdm_session_wait(session, PAUSE_MS, err) != TDM_OK)
            return TDM_FAILED;
    }
}
