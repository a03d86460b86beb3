#include "plan/patience.h"

#include "base/error.h"
#include "base/text.h"

tdm_status tdm_session_patience(tdm_session *session, uint32_t milliseconds, tdm_arena *arena,
                                tdm_error *err)
{
    if (milliseconds == 0 || !tdm_session_holds(session))
        return TDM_OK;
    tdm_text sql =
        tdm_arena_printf(arena, "SELECT pg_catalog.set_config('lock_timeout', '%ums', false)",
                         (unsigned)milliseconds);
    return sql.data ? tdm_session_run(session, sql, arena, NULL, err) : tdm_fail_memory(err);
}
