// A unit for a target that holds no session: everything of one migration is one request, and the
// server makes one transaction of its text. Checks that elsewhere are answers to be read are DO
// blocks here, which fail and so undo everything.
//
// The session belongs to others before and after us, so that nothing is set but for this
// transaction, and role and search path are put back as they were found.
#include "push/unit_writer.h"

#include "base/error.h"
#include "base/limits.h"
#include "plan/journal_sql.h"
#include "push/request_sql.h"

typedef void (*put_sql)(tdm_buffer *sql);

static tdm_status send_put(tdm_unit_writer *w, tdm_send_kind kind, put_sql put)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    put(&sql);
    return tdm_unit_send_buffer(w, kind, &sql);
}

static tdm_status send_state_check(tdm_unit_writer *w, const tdm_history_state *state,
                                   const char *code)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    tdm_put_request_check(&sql, &w->units->sides, state, code);
    return tdm_unit_send_buffer(w, TDM_SEND_COMPARE, &sql);
}

// Up to the proof that nothing has changed since the plan.
static tdm_status open_request(tdm_unit_writer *w)
{
    tdm_unit_send(w, TDM_SEND_REQUEST,
                  TDM_TEXT("-- one request, which the server makes one transaction of"));
    if (send_put(w, TDM_SEND_PUSH_LOCK, tdm_put_request_lock) != TDM_OK ||
        send_put(w, TDM_SEND_SETTING, tdm_put_request_remember) != TDM_OK ||
        tdm_unit_open_histories(w) != TDM_OK)
        return TDM_FAILED;
    return send_state_check(w, &w->units->state, TDM_REQUEST_CHANGED);
}

// Proves that it all was one transaction with the result that was meant, and asks for what both
// histories say.
static tdm_status close_request(tdm_unit_writer *w)
{
    tdm_history_state after;
    if (tdm_units_state(w->units, w->arena, &after, w->err) != TDM_OK ||
        send_put(w, TDM_SEND_COMPARE, tdm_put_request_proof) != TDM_OK ||
        send_state_check(w, &after, TDM_REQUEST_WRONG) != TDM_OK)
        return TDM_FAILED;
    return tdm_unit_send_compare(w, TDM_SEND_VERIFY);
}

static tdm_status put_statements(tdm_unit_writer *w)
{
    if (w->statements.count == 0)
        return TDM_OK;
    if (send_put(w, TDM_SEND_SETTING, tdm_put_request_settings) != TDM_OK)
        return TDM_FAILED;
    tdm_unit_send_timeouts(w, "LOCAL ");
    if (w->unit.part)
        tdm_unit_repeat_settings(w, true);
    tdm_unit_send_statements(w);
    return send_put(w, TDM_SEND_SETTING, tdm_put_request_restore);
}

tdm_status tdm_unit_write_request(tdm_unit_writer *w)
{
    if (open_request(w) != TDM_OK || put_statements(w) != TDM_OK || tdm_unit_record(w) != TDM_OK)
        return TDM_FAILED;
    return close_request(w);
}

static tdm_status write_inside(tdm_unit_writer *w)
{
    if (open_request(w) != TDM_OK || tdm_unit_open_journal(w) != TDM_OK ||
        put_statements(w) != TDM_OK)
        return TDM_FAILED;
    tdm_status status =
        w->unit.records ? tdm_unit_record(w) : tdm_unit_journal_part(w, TDM_JOURNAL_DONE);
    return status == TDM_OK ? close_request(w) : TDM_FAILED;
}

// The journal's row, the statement and its end are three requests: the server would make one
// transaction of them.
static tdm_status write_outside(tdm_unit_writer *w)
{
    tdm_buffer before = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer clear = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (open_request(w) != TDM_OK || tdm_unit_open_journal(w) != TDM_OK ||
        tdm_unit_journal_part(w, TDM_JOURNAL_RUNNING) != TDM_OK)
        return TDM_FAILED;
    tdm_put_journal_before(&before, w->unit.key, w->unit.part->first + 1);
    if (tdm_unit_send_buffer(w, TDM_SEND_SETTING, &before) != TDM_OK)
        return TDM_FAILED;
    tdm_put_journal_clear(&clear, w->unit.key, w->unit.part->first + 1);
    if (tdm_unit_send_buffer(w, TDM_SEND_CHECK, &clear) != TDM_OK || close_request(w) != TDM_OK)
        return TDM_FAILED;
    tdm_unit_send_statements(w);
    return tdm_unit_journal_done(w);
}

tdm_status tdm_unit_write_request_part(tdm_unit_writer *w)
{
    if (tdm_unit_look(w) != TDM_OK)
        return TDM_FAILED;
    return w->unit.alone ? write_outside(w) : write_inside(w);
}
