#include "push/pusher.h"

#include "base/error.h"
#include "push/request_sql.h"

static tdm_progress from_status(tdm_status status)
{
    return status == TDM_OK ? TDM_PROGRESS_ON : TDM_PROGRESS_FAILED;
}

static tdm_progress fail(tdm_pusher *pusher)
{
    return from_status(tdm_push_fail(pusher));
}

static tdm_progress refuse(tdm_pusher *pusher, tdm_error_code code, const char *what)
{
    return from_status(tdm_push_refuse(pusher, code, what));
}

static tdm_progress overtaken(tdm_pusher *pusher, const char *what)
{
    return from_status(tdm_push_overtaken(pusher, what));
}

tdm_progress tdm_push_wait_and_try_again(tdm_pusher *pusher, uint32_t blocked_ms)
{
    tdm_session *session = pusher->session;
    tdm_db_transaction open = session->methods->transaction(session);
    if (open == TDM_DB_OPEN || open == TDM_DB_ABORTED)
        tdm_session_tidy(session, TDM_TEXT("ROLLBACK"));
    if (tdm_push_wait(pusher, blocked_ms) == TDM_OK)
        return TDM_PROGRESS_AGAIN;
    return fail(pusher);
}

static bool is_locked(const tdm_db_result *result)
{
    return result->row_count == 1 && tdm_text_is(tdm_db_at(result, 0, 0)->text, "t");
}

bool tdm_push_is_there(const tdm_session *session)
{
    static const char *const codes[] = {"42P06", "42P07", "42701", "23505"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (tdm_session_failed_with(session, codes[i]))
            return true;
    return false;
}

static bool same_value(const tdm_db_value *value, tdm_text expected)
{
    return value->is_null ? expected.size == 0 : tdm_text_equal(value->text, expected);
}

bool tdm_push_is_state(const tdm_db_result *result, const tdm_history_state *state)
{
    return result->row_count == 1 && result->column_count == 2 &&
           same_value(tdm_db_at(result, 0, 0), state->heads) &&
           same_value(tdm_db_at(result, 0, 1), state->versions);
}

// --- What an answer means
// --------------------------------------------------------------------------

static tdm_progress take_statement(tdm_pusher *pusher)
{
    tdm_session *session = pusher->session;
    if (pusher->unit->alone)
        pusher->statement_ran = true;
    else if (session->methods->transaction(session) == TDM_DB_IDLE)
        return refuse(pusher, TDM_ERROR_PARTIAL,
                      "a statement ended the transaction of the push, so that what ran before it "
                      "may stay");
    return TDM_PROGRESS_ON;
}

// Committed is committed: this only finds out whether it is still so. Somebody may have gone on
// from there in the meantime, which is no failure.
static tdm_progress take_verify(tdm_pusher *pusher, const tdm_db_result *result)
{
    return tdm_push_is_state(result, &pusher->unit->after)
               ? TDM_PROGRESS_ON
               : from_status(tdm_push_read_back(pusher));
}

static tdm_progress take_journal(tdm_pusher *pusher, const tdm_db_result *result)
{
    if (result->affected != 1)
        return overtaken(pusher, "the journal in the target has changed since the plan was made");
    // From here on the statement is known to have run.
    pusher->statement_ran = pusher->statement_ran && pusher->sending->kind != TDM_SEND_DONE;
    return TDM_PROGRESS_ON;
}

// Proves or not; the comparison decides where it does not.
static void take_trace(tdm_pusher *pusher, const tdm_db_result *result)
{
    tdm_trace now;
    bool read = tdm_trace_read(result, &now);
    pusher->unchanged = read && tdm_trace_follows(&now, &pusher->trace, pusher->traced) &&
                        same_value(tdm_db_at(result, 0, 0), pusher->unit->before.heads);
    pusher->trace = now;
    pusher->traced = 0;
}

static tdm_progress take_commit(tdm_pusher *pusher, const tdm_db_result *result)
{
    const tdm_push_unit *unit = pusher->unit;
    if (!tdm_text_is(result->command, "COMMIT"))
        return refuse(pusher, TDM_ERROR_SERVER, "the server rolled back in place of COMMIT");
    pusher->traced = unit->part || unit->backward ? 0 : unit->version_count;
    return TDM_PROGRESS_ON;
}

// The server has run the line that is being sent.
static tdm_progress take_answer(tdm_pusher *pusher, const tdm_db_result *result)
{
    switch (pusher->sending->kind) {
    case TDM_SEND_PUSH_LOCK:
        return is_locked(result) ? TDM_PROGRESS_ON : tdm_push_wait_and_try_again(pusher, 0);
    case TDM_SEND_TRACE:
        take_trace(pusher, result);
        return TDM_PROGRESS_ON;
    case TDM_SEND_COMPARE:
        if (tdm_push_is_state(result, &pusher->unit->before))
            return TDM_PROGRESS_ON;
        return overtaken(pusher,
                         "the histories in the target have changed since the plan was made");
    case TDM_SEND_STATEMENT:
        return take_statement(pusher);
    case TDM_SEND_RECORD:
        if (result->affected == 1)
            return TDM_PROGRESS_ON;
        return refuse(pusher, TDM_ERROR_HISTORY,
                      "the history row to change is not there; does the migration write the "
                      "histories itself?");
    case TDM_SEND_COMMIT:
        return take_commit(pusher, result);
    case TDM_SEND_VERIFY:
        return take_verify(pusher, result);
    case TDM_SEND_LOOK:
        return tdm_push_take_look(pusher, result);
    case TDM_SEND_JOURNAL:
    case TDM_SEND_DONE:
        return take_journal(pusher, result);
    case TDM_SEND_BEGIN:
    case TDM_SEND_TABLE_LOCK:
    case TDM_SEND_CREATE:
    case TDM_SEND_SETTING:
    case TDM_SEND_CHECK:
    case TDM_SEND_UNLOCK:
    case TDM_SEND_REQUEST: // units of that form are sent otherwise
        break;
    }
    return TDM_PROGRESS_ON;
}

// The queries among the lines that are the same for every migration.
static bool is_same_always(tdm_send_kind kind)
{
    return kind == TDM_SEND_PUSH_LOCK || kind == TDM_SEND_TRACE;
}

// The migration before may have said DEALLOCATE ALL. Nothing is done yet, and the session prepares
// nothing any more.
static bool was_deallocated(tdm_pusher *pusher)
{
    const tdm_session *session = pusher->session;
    if (pusher->deallocated || !is_same_always(pusher->sending->kind) ||
        !(tdm_session_failed_with(session, "26000") || tdm_session_failed_with(session, "42P05")))
        return false;
    pusher->deallocated = true;
    *pusher->err = TDM_ERROR_INIT;
    tdm_session_tidy(pusher->session, TDM_TEXT("ROLLBACK"));
    return true;
}

// The line that is being sent has failed, or has no answer.
static tdm_progress take_failure(tdm_pusher *pusher)
{
    tdm_session *session = pusher->session;
    tdm_send_kind kind = pusher->sending->kind;
    bool lost = session->failure.lost;
    if ((kind == TDM_SEND_TABLE_LOCK || kind == TDM_SEND_CREATE) &&
        tdm_session_failed_with(session, "55P03"))
        return tdm_push_wait_and_try_again(pusher, pusher->lock_slice_ms);
    // Everything of the transaction can be undone and tried again.
    if ((kind == TDM_SEND_STATEMENT || kind == TDM_SEND_CHECK) && !pusher->unit->alone &&
        tdm_session_failed_with(session, "55P03") && tdm_push_back_off(pusher))
        return TDM_PROGRESS_AGAIN;
    if (kind == TDM_SEND_CREATE && tdm_push_is_there(session))
        return overtaken(pusher,
                         "a history table was made by somebody else since the plan was made");
    if (kind == TDM_SEND_CHECK && tdm_session_failed_with(session, TDM_REQUEST_CHANGED))
        return overtaken(pusher, "the journal in the target has changed since the plan was made");
    if (kind == TDM_SEND_CHECK && tdm_session_failed_with(session, TDM_REQUEST_ROWS))
        return refuse(pusher, TDM_ERROR_HISTORY, TDM_ROWS_SINCE);
    if (kind == TDM_SEND_UNLOCK) {
        tdm_push_after_unlock(pusher);
        return TDM_PROGRESS_ON;
    }
    if (was_deallocated(pusher))
        return TDM_PROGRESS_AGAIN;
    if (kind == TDM_SEND_COMMIT && lost)
        return from_status(tdm_push_resolve_commit(pusher));
    if (kind == TDM_SEND_VERIFY)
        return from_status(lost ? tdm_push_resolve_commit(pusher) : tdm_push_read_back(pusher));
    return fail(pusher);
}

tdm_status tdm_push_read_back(tdm_pusher *pusher)
{
    tdm_histories histories;
    if (tdm_histories_look(pusher->session, &pusher->plan->histories.table, pusher->arena,
                           &histories, pusher->err) == TDM_OK &&
        tdm_push_presence(pusher, &histories) == TDM_PRESENT)
        return TDM_OK;
    tdm_fail(pusher->err, TDM_ERROR_PARTIAL, (tdm_place){.file = pusher->unit->name.data},
             "%.*s was %s, but reading back does not show it in both histories",
             TDM_TEXT_ARG(pusher->unit->name), pusher->unit->backward ? "taken back" : "committed");
    return tdm_hint(pusher->err, "`tandem status` shows what both histories say now.");
}

// --- Sending
// ---------------------------------------------------------------------------------------

static bool creates(const tdm_push_unit *unit)
{
    for (size_t i = 0; i < unit->count; i++)
        if (unit->sends[i].kind == TDM_SEND_CREATE)
            return true;
    return false;
}

// Whether the answer to a line decides if the next one may be sent. Between the push lock and the
// comparison nothing is done but to look, unless a history table must be made: without that lock
// the look is in vain, and the answers say so. A trace decides where there is one to compare it
// with.
static bool is_decision(const tdm_pusher *pusher, tdm_send_kind kind)
{
    return kind == TDM_SEND_COMPARE || (kind == TDM_SEND_TRACE && pusher->traced > 0) ||
           (kind == TDM_SEND_PUSH_LOCK && creates(pusher->unit));
}

// Where the lines end that may be sent at once with the one at `at`: push lock and histories must
// have been seen before anything is done, and everything else before COMMIT. A statement that runs
// outside a transaction, or of which it is not known whether it ends one, is sent by itself.
static size_t batch_end(const tdm_pusher *pusher, size_t at)
{
    const tdm_push_unit *unit = pusher->unit;
    size_t end = at + 1;
    if (is_decision(pusher, unit->sends[at].kind))
        return end;
    while (end < unit->count && unit->sends[end].kind != TDM_SEND_COMMIT)
        if (is_decision(pusher, unit->sends[end++].kind))
            return end;
    return unit->sends[at].kind == TDM_SEND_COMMIT ? unit->count : end;
}

static bool is_wanted(tdm_send_kind kind)
{
    return kind == TDM_SEND_PUSH_LOCK || kind == TDM_SEND_TRACE || kind == TDM_SEND_COMPARE ||
           kind == TDM_SEND_RECORD || kind == TDM_SEND_COMMIT || kind == TDM_SEND_VERIFY ||
           kind == TDM_SEND_LOOK || kind == TDM_SEND_JOURNAL || kind == TDM_SEND_DONE;
}

typedef struct sending {
    tdm_pusher *pusher;
    size_t at; // of the unit's lines, the first of the batch
} sending;

static void on_begin(void *context, size_t index)
{
    const sending *s = context;
    tdm_pusher *pusher = s->pusher;
    pusher->sending = &pusher->unit->sends[s->at + index];
    if (pusher->sending->kind != TDM_SEND_STATEMENT)
        return;
    tdm_push_tell(pusher, TDM_PUSH_STATEMENT, pusher->sending->sql);
    if (!pusher->unit->singly) // sent already
        tdm_push_look_ahead(pusher);
}

static tdm_status make_batch(const sending *s, size_t end, tdm_db_batch *ret)
{
    const tdm_push_unit *unit = s->pusher->unit;
    size_t count = end - s->at;
    tdm_db_line *lines = tdm_arena_array(s->pusher->arena, count, sizeof *lines);
    if (!lines)
        return tdm_fail_memory(s->pusher->err);
    for (size_t i = 0; i < count; i++) {
        lines[i].sql = unit->sends[s->at + i].sql;
        lines[i].wanted = is_wanted(unit->sends[s->at + i].kind);
        lines[i].again = is_same_always(unit->sends[s->at + i].kind);
    }
    *ret = (tdm_db_batch){.lines = lines,
                          .count = count,
                          .arena = s->pusher->arena,
                          .begins = on_begin,
                          .context = (void *)s};
    // COMMIT and reading back are not interrupted: their outcome must be known.
    tdm_send_kind kind = unit->sends[s->at].kind;
    if (kind == TDM_SEND_COMMIT || kind == TDM_SEND_VERIFY || kind == TDM_SEND_DONE)
        ret->urgency = TDM_DB_FINISH;
    return TDM_OK;
}

// Whether a line is done with before it is sent: its statement has run in a push that was broken
// off, or a trace has proven what it would ask.
static bool skips(tdm_pusher *pusher, tdm_send_kind kind)
{
    if (kind == TDM_SEND_COMPARE && pusher->unchanged) {
        pusher->unchanged = false;
        return true;
    }
    if (kind != TDM_SEND_STATEMENT || !pusher->skips)
        return false;
    pusher->skips = false;
    pusher->statement_ran = true;
    return true;
}

// Sends the lines from *at on that may go together, and moves *at behind those that are done with.
static tdm_progress send_batch(tdm_pusher *pusher, size_t *at)
{
    const tdm_push_unit *unit = pusher->unit;
    sending s = {pusher, *at};
    tdm_db_batch batch;
    if (skips(pusher, unit->sends[*at].kind)) {
        ++*at;
        return TDM_PROGRESS_ON;
    }
    bool singly = unit->singly || !tdm_session_has_batches(pusher->session);
    if (make_batch(&s, singly ? *at + 1 : batch_end(pusher, *at), &batch) != TDM_OK)
        return TDM_PROGRESS_FAILED;
    tdm_status status = tdm_session_batch(pusher->session, &batch, pusher->err);
    for (size_t i = 0; i < batch.done; i++) {
        pusher->sending = &unit->sends[*at];
        tdm_progress progress = take_answer(pusher, &batch.lines[i].result);
        if (progress != TDM_PROGRESS_ON)
            return progress;
        ++*at;
    }
    if (status == TDM_OK)
        return TDM_PROGRESS_ON;
    pusher->sending = &unit->sends[*at];
    tdm_progress progress = take_failure(pusher);
    *at += progress == TDM_PROGRESS_ON ? 1 : 0;
    return progress;
}

tdm_status tdm_push_run_unit(tdm_pusher *pusher)
{
    const tdm_push_unit *unit = pusher->unit;
    size_t from = 0; // where to begin again when a lock is held
    pusher->statement_ran = false;
    for (size_t at = 0; at < unit->count;) {
        if (unit->sends[at].kind == TDM_SEND_BEGIN)
            from = at;
        switch (send_batch(pusher, &at)) {
        case TDM_PROGRESS_ON:
            break;
        case TDM_PROGRESS_AGAIN:
            at = from;
            break;
        case TDM_PROGRESS_FAILED:
            return TDM_FAILED;
        }
    }
    return TDM_OK;
}
