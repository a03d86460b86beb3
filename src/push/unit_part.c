// A unit of a migration that is not one transaction, line by line. Between its units the session
// holds the push lock; every unit begins from the settings of a new session and says again what the
// parts before it have set, so that another session can go on from there as well.
#include "push/unit_writer.h"

#include "base/error.h"
#include "base/limits.h"
#include "plan/journal_sql.h"

static tdm_status write_inside(tdm_unit_writer *w)
{
    if (tdm_unit_open_transaction(w) != TDM_OK || tdm_unit_open_journal(w) != TDM_OK)
        return TDM_FAILED;
    if (w->statements.count > 0) {
        tdm_unit_prepare(w, "LOCAL ");
        tdm_unit_repeat_settings(w, true);
        tdm_unit_send_statements(w);
        tdm_unit_restore(w);
    }
    tdm_status status =
        w->unit.records ? tdm_unit_record(w) : tdm_unit_journal_part(w, TDM_JOURNAL_DONE);
    if (status != TDM_OK)
        return TDM_FAILED;
    return tdm_unit_commit(w);
}

static tdm_status write_outside(tdm_unit_writer *w)
{
    tdm_buffer before = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer clear = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (tdm_unit_open_transaction(w) != TDM_OK || tdm_unit_open_journal(w) != TDM_OK)
        return TDM_FAILED;
    // Names are looked up where the statement will look them up.
    tdm_unit_repeat_settings(w, false);
    if (tdm_unit_journal_part(w, TDM_JOURNAL_RUNNING) != TDM_OK)
        return TDM_FAILED;
    tdm_put_journal_before(&before, w->unit.key, w->unit.part->first + 1);
    if (tdm_unit_send_buffer(w, TDM_SEND_SETTING, &before) != TDM_OK)
        return TDM_FAILED;
    tdm_put_journal_clear(&clear, w->unit.key, w->unit.part->first + 1);
    if (tdm_unit_send_buffer(w, TDM_SEND_CHECK, &clear) != TDM_OK)
        return TDM_FAILED;
    tdm_unit_send(w, TDM_SEND_COMMIT, TDM_TEXT("COMMIT"));
    tdm_unit_prepare(w, "");
    tdm_unit_repeat_settings(w, true);
    tdm_unit_send_statements(w);
    tdm_unit_restore(w);
    tdm_unit_reset_all(w);
    return tdm_unit_journal_done(w);
}

tdm_status tdm_unit_write_part(tdm_unit_writer *w)
{
    if (w->unit.begins) {
        tdm_unit_send(w, TDM_SEND_PUSH_LOCK,
                      TDM_TEXT("SELECT pg_catalog.pg_try_advisory_lock(" TDM_PUSH_LOCK_KEY ")"));
        tdm_unit_send_timeouts(w, "");
        if (tdm_unit_look(w) != TDM_OK)
            return TDM_FAILED;
    }
    if ((w->unit.alone ? write_outside(w) : write_inside(w)) != TDM_OK)
        return TDM_FAILED;
    if (w->unit.records)
        tdm_unit_send(w, TDM_SEND_UNLOCK,
                      TDM_TEXT("SELECT pg_catalog.pg_advisory_unlock(" TDM_PUSH_LOCK_KEY ")"));
    return TDM_OK;
}
