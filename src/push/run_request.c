// A unit over a transport that holds no session. What has no answer is resolved by reading: there,
// or not there and sent again, which is safe because every request begins by comparing the
// histories with what it was made from.
#include "push/pusher.h"

#include "base/error.h"
#include "base/limits.h"
#include "plan/journal_sql.h"
#include "push/request_sql.h"

#include <string.h>

enum {
    REPEATS = 3, // of a request that is not there after its answer was lost
};

typedef struct request {
    tdm_text text;
    const tdm_send *lines;
    const size_t *starts; // of each line, in bytes of the text
    size_t count;
    unsigned repeats;
} request;

static tdm_status write_request(tdm_pusher *pusher, const tdm_send *lines, size_t count,
                                request *ret)
{
    tdm_buffer text = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    size_t *starts = tdm_arena_array(pusher->arena, count, sizeof *starts);
    if (!starts)
        return tdm_fail_memory(pusher->err);
    for (size_t i = 0; i < count; i++) {
        starts[i] = text.size;
        tdm_send_put(&text, &lines[i]);
    }
    if (tdm_buffer_check(&text, pusher->err) != TDM_OK) {
        tdm_buffer_free(&text);
        return TDM_FAILED;
    }
    *ret = (request){.text = tdm_buffer_take(&text, pusher->arena),
                     .lines = lines,
                     .starts = starts,
                     .count = count};
    return tdm_arena_ok(pusher->arena) ? TDM_OK : tdm_fail_memory(pusher->err);
}

// --- Which line an error is about
// -----------------------------------------------------------------

// Without a position: the only statement, when there is one, else the file as a whole.
static const tdm_send *guess_line(tdm_pusher *pusher, const request *r)
{
    const tdm_send *found = NULL;
    size_t statements = 0;
    for (size_t i = 0; i < r->count; i++) {
        if (r->lines[i].kind != TDM_SEND_STATEMENT)
            continue;
        found = &r->lines[i];
        statements++;
    }
    if (statements == 1)
        return found;
    tdm_send *whole = tdm_arena_new_of(pusher->arena, tdm_send);
    if (!whole)
        return &r->lines[0];
    whole->kind = TDM_SEND_STATEMENT;
    whole->place.file = pusher->unit->name.data;
    return whole;
}

// The server counts characters of the whole text; the line's own are wanted.
static void find_line(tdm_pusher *pusher, const request *r)
{
    tdm_db_failure *failure = &pusher->session->failure;
    size_t at = 0;
    size_t line = 0;
    if (failure->position == 0) {
        pusher->sending = guess_line(pusher, r);
        return;
    }
    for (uint32_t i = 1; i < failure->position && at < r->text.size; i++)
        (void)tdm_utf8_next(r->text, &at);
    while (line + 1 < r->count && r->starts[line + 1] <= at)
        line++;
    pusher->sending = &r->lines[line];
    tdm_text before = tdm_text_slice(r->text, r->starts[line], at);
    failure->position = (uint32_t)tdm_utf8_count(before) + 1;
}

// --- Answers
// --------------------------------------------------------------------------------------

static tdm_progress from_status(tdm_status status)
{
    return status == TDM_OK ? TDM_PROGRESS_ON : TDM_PROGRESS_FAILED;
}

// Whether the request has run is not known: reads, and has it sent again when it has not.
static tdm_progress resolve(tdm_pusher *pusher, request *r)
{
    tdm_presence presence;
    if (tdm_push_resolve(pusher, &presence) != TDM_OK)
        return TDM_PROGRESS_FAILED;
    if (presence == TDM_PRESENT)
        return TDM_PROGRESS_ON;
    if (pusher->session->cancelled || r->repeats++ >= REPEATS)
        return from_status(tdm_push_fail_absent(pusher));
    return TDM_PROGRESS_AGAIN;
}

// Another push was first; after a repeat, it may have been our own first try.
static tdm_progress histories_changed(tdm_pusher *pusher, const request *r)
{
    tdm_presence presence;
    if (r->repeats > 0 && tdm_push_resolve(pusher, &presence) == TDM_OK && presence == TDM_PRESENT)
        return TDM_PROGRESS_ON;
    return from_status(tdm_push_overtaken(
        pusher, "the histories in the target have changed since the plan was made"));
}

typedef struct raised {
    const char *sqlstate;
    tdm_error_code code;
    const char *what;
} raised;

static const raised refusals[] = {
    {TDM_REQUEST_WRONG, TDM_ERROR_HISTORY,
     "the histories would not be what they must be; does the migration write them itself?"},
    {TDM_REQUEST_BROKEN, TDM_ERROR_PARTIAL,
     "the API did not make one transaction of the request, so that what ran before may stay"},
    {TDM_REQUEST_STRINGS, TDM_ERROR_TARGET,
     "standard_conforming_strings is off in the target: over the API a migration would be read "
     "otherwise than it was checked"},
    {TDM_JOURNAL_REST, TDM_ERROR_HISTORY,
     "an invalid index of the name that the migration makes is there already: drop it"},
    // The API reads as a role whose own setting hides the server's.
    {"25006", TDM_ERROR_HISTORY,
     "the target is read-only, or the migration makes its transaction so"},
    {TDM_REQUEST_USER, TDM_ERROR_SERVER, "the migration leaves another session user"},
    {TDM_REQUEST_ROWS, TDM_ERROR_HISTORY, TDM_ROWS_SINCE},
};

// A history table that the plan wanted to make may be there by now; the server does not tell which
// statement of a request failed.
static bool has_been_created(tdm_pusher *pusher, const request *r)
{
    tdm_db_result result;
    tdm_error ignored = TDM_ERROR_INIT;
    bool creates = false;
    for (size_t i = 0; i < r->count; i++)
        creates = creates || r->lines[i].kind == TDM_SEND_CREATE;
    return creates && tdm_push_is_there(pusher->session) &&
           tdm_session_look(pusher->session, r->lines[r->count - 1].sql, pusher->arena, &result,
                            &ignored) == TDM_OK &&
           !tdm_push_is_state(&result, &pusher->unit->before);
}

static tdm_progress handle_failure(tdm_pusher *pusher, request *r)
{
    tdm_session *session = pusher->session;
    pusher->sending = &r->lines[0];
    if (session->failure.lost)
        return resolve(pusher, r);
    if (tdm_session_failed_with(session, TDM_REQUEST_LOCKED))
        return tdm_push_wait_and_try_again(pusher, 0);
    if (tdm_session_failed_with(session, "55P03"))
        return tdm_push_wait_and_try_again(pusher, pusher->lock_slice_ms);
    if (tdm_session_failed_with(session, TDM_REQUEST_CHANGED) || has_been_created(pusher, r))
        return histories_changed(pusher, r);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (tdm_session_failed_with(session, refusals[i].sqlstate))
            return from_status(tdm_push_refuse(pusher, refusals[i].code, refusals[i].what));
    find_line(pusher, r);
    return from_status(tdm_push_fail(pusher));
}

static tdm_progress send_request(tdm_pusher *pusher, request *r)
{
    tdm_db_result result;
    if (tdm_session_script(pusher->session, r->text, pusher->arena, &result, pusher->err) != TDM_OK)
        return handle_failure(pusher, r);
    // An answer that is not what the request asks for at its end says nothing about it.
    return tdm_push_is_state(&result, &pusher->unit->after) ? TDM_PROGRESS_ON : resolve(pusher, r);
}

// --- Lines outside of the request
// -----------------------------------------------------------------

static tdm_status send_compare(tdm_pusher *pusher)
{
    tdm_db_result result;
    if (tdm_session_query(pusher->session, pusher->sending->sql, pusher->arena, &result,
                          pusher->err) != TDM_OK)
        return tdm_push_fail(pusher);
    if (tdm_push_is_state(&result, &pusher->unit->before))
        return TDM_OK;
    return tdm_push_overtaken(pusher,
                              "the histories in the target have changed since the plan was made");
}

static tdm_status send_look(tdm_pusher *pusher)
{
    tdm_db_result result;
    if (tdm_session_query(pusher->session, pusher->sending->sql, pusher->arena, &result,
                          pusher->err) != TDM_OK)
        return tdm_push_fail(pusher);
    return tdm_push_take_look(pusher, &result) == TDM_PROGRESS_ON ? TDM_OK : TDM_FAILED;
}

// The API gives up on a statement after a while that the server goes on with.
static tdm_status run_alone(tdm_pusher *pusher)
{
    tdm_session *session = pusher->session;
    for (unsigned i = 0; i <= REPEATS; i++) {
        if (tdm_session_run(session, pusher->sending->sql, pusher->arena, NULL, pusher->err) ==
            TDM_OK)
            return TDM_OK;
        if (!session->failure.lost)
            return TDM_FAILED;
        tdm_presence presence = tdm_push_await_statement(pusher);
        if (presence == TDM_PRESENT)
            return TDM_OK;
        session->failure.lost = presence == TDM_PRESENCE_UNKNOWN;
        if (presence == TDM_PRESENCE_UNKNOWN || session->cancelled)
            return TDM_FAILED;
    }
    return TDM_FAILED;
}

static tdm_status send_alone(tdm_pusher *pusher)
{
    if (!pusher->skips) {
        tdm_push_tell(pusher, TDM_PUSH_STATEMENT, pusher->sending->sql);
        if (run_alone(pusher) != TDM_OK)
            return tdm_push_fail(pusher);
    }
    pusher->skips = false;
    pusher->statement_ran = true;
    return TDM_OK;
}

// May be said twice, so that a lost answer is asked for again.
static tdm_status send_done(tdm_pusher *pusher)
{
    tdm_db_result result;
    for (unsigned i = 0; i <= REPEATS; i++) {
        if (tdm_session_finish(pusher->session, pusher->sending->sql, pusher->arena, &result,
                               pusher->err) == TDM_OK) {
            pusher->statement_ran = false;
            return result.row_count == 1
                       ? TDM_OK
                       : tdm_push_refuse(pusher, TDM_ERROR_HISTORY,
                                         "the journal in the target has changed since the plan "
                                         "was made");
        }
        if (!pusher->session->failure.lost)
            break;
    }
    return tdm_push_fail(pusher);
}

static tdm_status send_single(tdm_pusher *pusher)
{
    switch (pusher->sending->kind) {
    case TDM_SEND_COMPARE:
        return send_compare(pusher);
    case TDM_SEND_LOOK:
        return send_look(pusher);
    case TDM_SEND_DONE:
        return send_done(pusher);
    default:
        return send_alone(pusher);
    }
}

static void tell_statements(tdm_pusher *pusher, const request *r)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->lines[i].kind != TDM_SEND_STATEMENT)
            continue;
        pusher->sending = &r->lines[i];
        tdm_push_tell(pusher, TDM_PUSH_STATEMENT, r->lines[i].sql);
    }
}

// Every request compares first, and so proves the one before it; after the last one we ask.
static tdm_status read_back(tdm_pusher *pusher, const request *r)
{
    const tdm_push_unit *unit = pusher->unit;
    tdm_db_result result;
    if (!unit->ends_step || unit->step_index + 1 < pusher->plan->plan.pending)
        return TDM_OK;
    if (tdm_session_look(pusher->session, r->lines[r->count - 1].sql, pusher->arena, &result,
                         pusher->err) == TDM_OK &&
        tdm_push_is_state(&result, &unit->after))
        return TDM_OK;
    return tdm_push_read_back(pusher);
}

static size_t request_end(const tdm_push_unit *unit, size_t at)
{
    while (unit->sends[at].kind != TDM_SEND_VERIFY)
        at++;
    return at + 1;
}

static tdm_status send_whole(tdm_pusher *pusher, size_t at, size_t end)
{
    request r = {0};
    if (write_request(pusher, pusher->unit->sends + at, end - at, &r) != TDM_OK)
        return TDM_FAILED;
    tell_statements(pusher, &r);
    tdm_progress progress = TDM_PROGRESS_AGAIN;
    while (progress == TDM_PROGRESS_AGAIN)
        progress = send_request(pusher, &r);
    return progress == TDM_PROGRESS_ON ? read_back(pusher, &r) : TDM_FAILED;
}

tdm_status tdm_push_run_request(tdm_pusher *pusher)
{
    const tdm_push_unit *unit = pusher->unit;
    pusher->statement_ran = false;
    for (size_t at = 0; at < unit->count;) {
        bool whole = unit->sends[at].kind == TDM_SEND_REQUEST;
        size_t end = whole ? request_end(unit, at) : at + 1;
        pusher->sending = &unit->sends[at];
        tdm_status sent = whole ? send_whole(pusher, at, end) : send_single(pusher);
        if (sent != TDM_OK)
            return TDM_FAILED;
        at = end;
    }
    return TDM_OK;
}
