#include "apply/pusher.h"

#include "base/error.h"

static tdm_progress from_status(tdm_status status)
{
    return status == TDM_OK ? TDM_PROGRESS_ON : TDM_PROGRESS_FAILED;
}

static bool run(tdm_pusher *pusher, tdm_db_result *ret)
{
    return tdm_session_run(pusher->session, pusher->sending->sql, pusher->arena, ret,
                           pusher->err) == TDM_OK;
}

static bool finish(tdm_pusher *pusher, tdm_db_result *ret)
{
    return tdm_session_finish(pusher->session, pusher->sending->sql, pusher->arena, ret,
                              pusher->err) == TDM_OK;
}

static tdm_progress fail(tdm_pusher *pusher)
{
    return from_status(tdm_push_fail(pusher));
}

static tdm_progress refuse(tdm_pusher *pusher, tdm_error_code code, const char *what)
{
    return from_status(tdm_push_refuse(pusher, code, what));
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

static tdm_progress send_push_lock(tdm_pusher *pusher)
{
    tdm_db_result result;
    if (!run(pusher, &result))
        return fail(pusher);
    if (result.row_count == 1 && tdm_text_is(tdm_db_at(&result, 0, 0)->text, "t"))
        return TDM_PROGRESS_ON;
    return tdm_push_wait_and_try_again(pusher, 0);
}

static tdm_progress send_table_lock(tdm_pusher *pusher)
{
    if (run(pusher, NULL))
        return TDM_PROGRESS_ON;
    if (tdm_session_failed_with(pusher->session, "55P03"))
        return tdm_push_wait_and_try_again(pusher, pusher->lock_slice_ms);
    return fail(pusher);
}

bool tdm_push_is_there(const tdm_session *session)
{
    static const char *const codes[] = {"42P06", "42P07", "42701", "23505"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (tdm_session_failed_with(session, codes[i]))
            return true;
    return false;
}

static tdm_progress send_create(tdm_pusher *pusher)
{
    if (run(pusher, NULL))
        return TDM_PROGRESS_ON;
    if (tdm_session_failed_with(pusher->session, "55P03"))
        return tdm_push_wait_and_try_again(pusher, pusher->lock_slice_ms);
    if (tdm_push_is_there(pusher->session))
        return refuse(pusher, TDM_ERROR_HISTORY,
                      "a history table was made by somebody else since the plan was made");
    return fail(pusher);
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

static tdm_progress send_compare(tdm_pusher *pusher)
{
    tdm_db_result result;
    if (!run(pusher, &result))
        return fail(pusher);
    if (tdm_push_is_state(&result, &pusher->unit->before))
        return TDM_PROGRESS_ON;
    return refuse(pusher, TDM_ERROR_HISTORY,
                  "the histories in the target have changed since the plan was made");
}

static tdm_progress send_statement(tdm_pusher *pusher)
{
    tdm_session *session = pusher->session;
    tdm_push_tell(pusher, TDM_PUSH_STATEMENT, pusher->sending->sql);
    if (!run(pusher, NULL))
        return fail(pusher);
    if (pusher->unit->alone)
        pusher->statement_ran = true;
    else if (session->methods->transaction(session) != TDM_DB_OPEN)
        return refuse(pusher, TDM_ERROR_PARTIAL,
                      "a statement ended the transaction of the push, so that what ran before it "
                      "may stay");
    return TDM_PROGRESS_ON;
}

static tdm_progress send_record(tdm_pusher *pusher)
{
    tdm_db_result result;
    if (!run(pusher, &result))
        return fail(pusher);
    if (result.affected == 1)
        return TDM_PROGRESS_ON;
    return refuse(pusher, TDM_ERROR_HISTORY,
                  "the history row to change is not there; does the migration write the histories "
                  "itself?");
}

static tdm_progress send_commit(tdm_pusher *pusher)
{
    tdm_db_result result;
    if (!finish(pusher, &result))
        return pusher->session->failure.lost ? from_status(tdm_push_resolve_commit(pusher))
                                             : fail(pusher);
    if (tdm_text_is(result.command, "COMMIT"))
        return TDM_PROGRESS_ON;
    return refuse(pusher, TDM_ERROR_SERVER, "the server rolled back in place of COMMIT");
}

// Committed is committed: this only finds out whether it is still so. Somebody may have gone on
// from there in the meantime, which is no failure.
static tdm_progress send_verify(tdm_pusher *pusher)
{
    tdm_db_result result;
    if (tdm_session_look(pusher->session, pusher->sending->sql, pusher->arena, &result,
                         pusher->err) == TDM_OK &&
        tdm_push_is_state(&result, &pusher->unit->after))
        return TDM_PROGRESS_ON;
    return from_status(tdm_push_read_back(pusher));
}

tdm_status tdm_push_read_back(tdm_pusher *pusher)
{
    tdm_histories histories;
    if (tdm_histories_look(pusher->session, &pusher->plan->histories.table, pusher->arena,
                           &histories, pusher->err) == TDM_OK &&
        tdm_push_presence(pusher, &histories) == TDM_PRESENT)
        return TDM_OK;
    tdm_fail(pusher->err, TDM_ERROR_PARTIAL, (tdm_place){.file = pusher->unit->name.data},
             "%.*s was committed, but reading back does not show it in both histories",
             TDM_TEXT_ARG(pusher->unit->name));
    return tdm_hint(pusher->err, "`tandem status` shows what both histories say now.");
}

static tdm_progress send_plain(tdm_pusher *pusher)
{
    return run(pusher, NULL) ? TDM_PROGRESS_ON : fail(pusher);
}

static tdm_progress send_line(tdm_pusher *pusher)
{
    switch (pusher->sending->kind) {
    case TDM_SEND_PUSH_LOCK:
        return send_push_lock(pusher);
    case TDM_SEND_TABLE_LOCK:
        return send_table_lock(pusher);
    case TDM_SEND_CREATE:
        return send_create(pusher);
    case TDM_SEND_COMPARE:
        return send_compare(pusher);
    case TDM_SEND_STATEMENT:
        return send_statement(pusher);
    case TDM_SEND_RECORD:
        return send_record(pusher);
    case TDM_SEND_COMMIT:
        return send_commit(pusher);
    case TDM_SEND_VERIFY:
        return send_verify(pusher);
    case TDM_SEND_BEGIN:
    case TDM_SEND_SETTING:
        return send_plain(pusher);
    case TDM_SEND_REQUEST: // units of that form are sent otherwise
        break;
    }
    return TDM_PROGRESS_FAILED;
}

tdm_status tdm_push_run_unit(tdm_pusher *pusher)
{
    const tdm_push_unit *unit = pusher->unit;
    size_t from = 0; // where to begin again when a lock is held
    pusher->statement_ran = false;
    for (size_t at = 0; at < unit->count;) {
        pusher->sending = &unit->sends[at];
        if (pusher->sending->kind == TDM_SEND_BEGIN)
            from = at;
        switch (send_line(pusher)) {
        case TDM_PROGRESS_ON:
            at++;
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
