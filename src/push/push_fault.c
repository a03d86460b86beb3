// Failures of a push, said so that nobody has to guess what is in the database now.
#include "push/pusher.h"

#include "base/error.h"
#include "base/limits.h"

tdm_place tdm_send_place(const tdm_send *line, uint32_t position)
{
    tdm_place place = line->place;
    size_t at = 0;
    if (!line->exact || position == 0 || place.line == 0)
        return place;
    for (uint32_t i = 1; i < position && at < line->sql.size; i++) {
        uint32_t c = tdm_utf8_next(line->sql, &at);
        place.line += c == '\n' ? 1 : 0;
        place.column = c == '\n' ? 1 : place.column + 1;
    }
    place.end_line = place.line;
    place.end_column = place.column + 1;
    return place;
}

static bool is_statement_outside(const tdm_pusher *pusher)
{
    return pusher->unit->alone && pusher->sending->kind == TDM_SEND_STATEMENT;
}

// Whether something of the migration stays, or may stay.
static bool is_partly_there(const tdm_pusher *pusher, tdm_text rest)
{
    const tdm_part *part = pusher->unit->part;
    return pusher->statement_ran || (part && part->first > 0) || rest.size > 0 ||
           (is_statement_outside(pusher) && pusher->session->failure.lost);
}

// What of the migration is there now.
static void put_outcome(const tdm_pusher *pusher, tdm_buffer *text, tdm_text rest)
{
    const tdm_part *part = pusher->unit->part;
    if (pusher->statement_ran) {
        tdm_buffer_puts(text, "its statement ran and is not recorded");
        return;
    }
    if (is_statement_outside(pusher) && pusher->session->failure.lost) {
        tdm_buffer_putf(text, "statement %zu runs outside a transaction, and nobody saw it end",
                        part ? part->first + 1 : 1);
        return;
    }
    if (!part || part->first == 0)
        tdm_buffer_puts(text, rest.size                ? "nothing of it is done"
                              : pusher->unit->backward ? "rolled back: it is applied as before"
                                                       : "rolled back: nothing of it was applied");
    else
        tdm_buffer_putf(text, "%zu of %zu statements are done and stay", part->first,
                        pusher->unit->parts->statement_count);
    if (rest.size)
        tdm_buffer_putf(text, "; the failed one left the invalid index %.*s", TDM_TEXT_ARG(rest));
}

static void put_part(tdm_buffer *text, const char *label, const tdm_buffer *part)
{
    if (part->size == 0)
        return;
    tdm_buffer_puts(text, label);
    tdm_buffer_put(text, tdm_text_trim(tdm_buffer_text(part)));
}

static tdm_error_code code_of(const tdm_pusher *pusher, tdm_text rest)
{
    if (is_partly_there(pusher, rest))
        return TDM_ERROR_PARTIAL;
    if (pusher->err->code != TDM_ERROR_SERVER)
        return pusher->err->code;
    return tdm_session_failed_with(pusher->session, "55P03") ? TDM_ERROR_LOCKED : TDM_ERROR_SERVER;
}

static void put_message(const tdm_pusher *pusher, tdm_buffer *text)
{
    // What the server said, before anything else is asked of it.
    const tdm_db_failure *failure = &pusher->session->failure;
    if (pusher->err->code == TDM_ERROR_SERVER) {
        tdm_buffer_put(text, tdm_buffer_text(&failure->message));
        tdm_buffer_putf(text, " (SQLSTATE %s)", failure->sqlstate);
        put_part(text, "\ndetail: ", &failure->detail);
        put_part(text, "\ncontext: ", &failure->context);
    } else {
        tdm_buffer_puts(text, pusher->err->message);
    }
    if (tdm_session_failed_with(pusher->session, "55P03") && pusher->blockers.size)
        tdm_buffer_putf(text, "\nlocked by %.*s", TDM_TEXT_ARG(pusher->blockers));
    if (pusher->sending->kind == TDM_SEND_RECORD || pusher->sending->kind == TDM_SEND_CREATE)
        tdm_buffer_puts(text, "\nwhile writing the histories");
    tdm_buffer_putf(text, "\n%.*s: ", TDM_TEXT_ARG(pusher->unit->name));
}

static void add_hint(const tdm_pusher *pusher, tdm_error_code code)
{
    const tdm_buffer *server_hint = &pusher->session->failure.hint;
    bool statement = pusher->sending->kind == TDM_SEND_STATEMENT;
    if (code == TDM_ERROR_PARTIAL && pusher->unit->part)
        tdm_hint(pusher->err, "Mend the file from the failed statement on, or what is in its way; "
                              "the next `tandem push` goes on there. What is done must stay as "
                              "it is in the file.");
    else if (code == TDM_ERROR_PARTIAL)
        tdm_hint(pusher->err, "`tandem status` shows what both histories say.");
    else if (code == TDM_ERROR_LOCKED && statement)
        tdm_hint(pusher->err, "Somebody else uses what it changes: try again later, or wait longer "
                              "with --wait and --lock-timeout.");
    else if (code == TDM_ERROR_LOCKED)
        tdm_hint(pusher->err, "Try again when it has ended, or wait longer with --wait.");
    else if (pusher->sending->kind == TDM_SEND_RECORD &&
             tdm_session_failed_with(pusher->session, "23505"))
        tdm_hint(pusher->err, "Does the migration write the history itself? Push does that.");
    else if (server_hint->size > 0)
        tdm_hint(pusher->err, "%.*s", TDM_TEXT_ARG(tdm_buffer_text(server_hint)));
}

// Where the reader should look: at the statement, or at the file whose recording failed.
static tdm_place fault_place(const tdm_pusher *pusher)
{
    switch (pusher->sending->kind) {
    case TDM_SEND_STATEMENT:
        return tdm_send_place(pusher->sending, pusher->session->failure.position);
    case TDM_SEND_RECORD:
    case TDM_SEND_JOURNAL:
    case TDM_SEND_DONE:
    case TDM_SEND_COMMIT:
    case TDM_SEND_VERIFY:
        return (tdm_place){.file = pusher->unit->name.data};
    case TDM_SEND_BEGIN:
    case TDM_SEND_REQUEST:
    case TDM_SEND_PUSH_LOCK:
    case TDM_SEND_TABLE_LOCK:
    case TDM_SEND_CREATE:
    case TDM_SEND_TRACE:
    case TDM_SEND_COMPARE:
    case TDM_SEND_SETTING:
    case TDM_SEND_LOOK:
    case TDM_SEND_CHECK:
    case TDM_SEND_UNLOCK:
        break;
    }
    return TDM_NOWHERE;
}

// Undoes what is open.
static void clean_up(const tdm_pusher *pusher)
{
    tdm_session *session = pusher->session;
    tdm_db_transaction open = session->methods->transaction(session);
    if (open == TDM_DB_OPEN || open == TDM_DB_ABORTED)
        tdm_session_tidy(session, TDM_TEXT("ROLLBACK"));
    if (pusher->unit->holds_lock && open != TDM_DB_UNKNOWN && tdm_session_holds(session))
        tdm_session_tidy(session, TDM_TEXT(TDM_UNLOCK_PUSH));
}

tdm_status tdm_push_fail(tdm_pusher *pusher)
{
    tdm_buffer text = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_place place = fault_place(pusher);
    tdm_text rest = {0};
    put_message(pusher, &text);
    if (is_statement_outside(pusher) && !pusher->session->failure.lost)
        rest = tdm_push_find_rest(pusher);
    tdm_error_code code = code_of(pusher, rest);
    put_outcome(pusher, &text, rest);
    tdm_fail(pusher->err, code, place, "%s", text.failed ? "the push failed" : text.data);
    add_hint(pusher, code);
    tdm_buffer_free(&text);
    clean_up(pusher);
    return TDM_FAILED;
}

tdm_status tdm_push_refuse(tdm_pusher *pusher, tdm_error_code code, const char *what)
{
    tdm_buffer text = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (pusher->statement_ran)
        code = TDM_ERROR_PARTIAL;
    tdm_buffer_putf(&text, "%s\n%.*s: ", what, TDM_TEXT_ARG(pusher->unit->name));
    put_outcome(pusher, &text, (tdm_text){0});
    tdm_fail(pusher->err, code, fault_place(pusher), "%s", text.failed ? what : text.data);
    if (code == TDM_ERROR_HISTORY)
        tdm_hint(pusher->err, pusher->unit->backward ? "Begin again: `tandem revert`."
                                                     : "Make a new plan: `tandem plan`.");
    tdm_buffer_free(&text);
    clean_up(pusher);
    return TDM_FAILED;
}

tdm_status tdm_push_overtaken(tdm_pusher *pusher, const char *what)
{
    tdm_status status = tdm_push_refuse(pusher, TDM_ERROR_HISTORY, what);
    pusher->overtaken = pusher->err->code == TDM_ERROR_HISTORY;
    return status;
}
