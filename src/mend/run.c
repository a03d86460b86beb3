// Running the one request that a repair is.
#include "mend/repair_sql.h"

#include "base/error.h"
#include "base/text.h"

enum {
    WAIT_MS = 15000, // for another push or repair
    PAUSE_MS = 200,
};

tdm_status tdm_mend_has_journal(tdm_session *session, tdm_arena *arena, bool *ret, tdm_error *err)
{
    const tdm_text question =
        TDM_TEXT("SELECT pg_catalog.to_regclass('" TDM_REPAIR_TABLE "') IS NOT NULL");
    tdm_db_result found;
    *ret = false;
    if (tdm_session_query(session, question, arena, &found, err) != TDM_OK)
        return TDM_FAILED;
    *ret = found.row_count == 1 && tdm_text_is(tdm_db_at(&found, 0, 0)->text, "t");
    return TDM_OK;
}

static tdm_status explain_failure(tdm_session *session, tdm_error *err)
{
    if (tdm_session_failed_with(session, TDM_REQUEST_CHANGED) ||
        tdm_session_failed_with(session, TDM_REPAIR_MOVED)) {
        tdm_fail(err, TDM_ERROR_HISTORY, TDM_NOWHERE,
                 "the histories in %.*s have changed meanwhile", TDM_TEXT_ARG(session->target));
        return tdm_hint(err, "Nothing was done. `tandem status` shows how they stand now.");
    }
    if (tdm_session_failed_with(session, TDM_REQUEST_LOCKED) ||
        tdm_session_failed_with(session, "55P03")) {
        tdm_fail(err, TDM_ERROR_LOCKED, TDM_NOWHERE,
                 "the histories in %.*s are locked by another push or upgrade",
                 TDM_TEXT_ARG(session->target));
        return tdm_hint(err, "Nothing was done. Try again when it has ended.");
    }
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
