#include "db/api_exchange.h"

#include "base/error.h"
#include "db/api_answer.h"

#include <string.h>

enum {
    READ_LIMIT_MS = 60000,
    WORK_LIMIT_MS = 900000, // the API itself gives up far earlier
    CANCEL_LIMIT_MS = 5000,
    TRIES = 6,
    FIRST_PAUSE_MS = 250,
    LONGEST_PAUSE_MS = 4000,
    PATIENCE_MS = 180000, // for rate limits, in one call
    SHOWN = 200,          // bytes of an answer in a message
    STATUS_OK = 200,
    STATUS_CREATED = 201,
    STATUS_BAD_REQUEST = 400,
    STATUS_TIMEOUT = 408,
    STATUS_TOO_MANY = 429,
    STATUS_SERVER = 500,
};

// --- What an answer means
// -------------------------------------------------------------------------

static const struct refusal {
    long status;
    const char *message;
    const char *hint;
} refusals[] = {
    {401, "the access token is not accepted",
     "Look at SUPABASE_ACCESS_TOKEN, or make a new token in the dashboard and `supabase login`."},
    {403, "the access token may not do this",
     "The token needs to read and write the database of this project (scopes database_read and "
     "database_write), and its account must be a member of the organisation."},
    {404, "there is no such project for this account",
     "Look at the reference: `supabase projects list` shows those of the account."},
    {413, "the request is too large for the API", "Push by a database connection: --via libpq."},
};

static tdm_text message_of(tdm_arena *arena, const tdm_http_answer *answer)
{
    tdm_text message;
    if (answer->is_json && tdm_api_member_read(arena, answer->body, "message", &message))
        return tdm_text_slice(message, 0, SHOWN);
    return answer->is_json ? TDM_TEXT("it gives no reason") : TDM_TEXT("the answer is no JSON");
}

// Nothing was done: the API said no.
static tdm_status fail_refused(tdm_api_session *self, tdm_arena *arena,
                               const tdm_http_answer *answer, tdm_error *err)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        if (refusals[i].status != answer->status)
            continue;
        tdm_fail(err, TDM_ERROR_CONNECT, TDM_NOWHERE, "%.*s: %s (HTTP %ld)",
                 TDM_TEXT_ARG(self->session.target), refusals[i].message, answer->status);
        return tdm_hint(err, "%s", refusals[i].hint);
    }
    tdm_text message = message_of(arena, answer);
    return tdm_fail(err, TDM_ERROR_CONNECT, TDM_NOWHERE, "%.*s: the API refuses (HTTP %ld): %.*s",
                    TDM_TEXT_ARG(self->session.target), answer->status, TDM_TEXT_ARG(message));
}

tdm_status tdm_api_fail_lost(tdm_api_session *self, tdm_text why, tdm_error *err)
{
    tdm_db_failure *failure = &self->session.failure;
    failure->lost = true;
    tdm_buffer_clear(&failure->message);
    tdm_buffer_put(&failure->message, why);
    return tdm_fail(err, TDM_ERROR_CONNECT, TDM_NOWHERE, "no usable answer from %.*s: %.*s",
                    TDM_TEXT_ARG(self->session.target), TDM_TEXT_ARG(why));
}

typedef enum verdict {
    VERDICT_ANSWER,  // of the API, to be read by the caller
    VERDICT_REFUSED, // before anything was done
    VERDICT_LATER,   // the same, and may be asked again
    VERDICT_UNSENT,  // never reached the server
    VERDICT_LOST,    // may have been done
} verdict;

// A failed query is said to be 500 by the API's description and is 400 in fact.
static bool is_failed_query(tdm_arena *arena, const tdm_http_answer *answer)
{
    tdm_db_failure failure = {0};
    tdm_text message;
    uint32_t line;
    uint32_t column;
    tdm_db_failure_clear(&failure);
    bool failed = answer->is_json &&
                  tdm_api_member_read(arena, answer->body, "message", &message) &&
                  tdm_api_failure_read(message, &failure, &line, &column);
    tdm_db_failure_free(&failure);
    return failed;
}

static verdict judge(tdm_arena *arena, const tdm_http_answer *answer)
{
    if (answer->status == 0)
        return answer->sent ? VERDICT_LOST : VERDICT_UNSENT;
    if (answer->status == STATUS_TOO_MANY)
        return VERDICT_LATER;
    if (answer->status == STATUS_SERVER && is_failed_query(arena, answer))
        return VERDICT_ANSWER;
    if (answer->status >= STATUS_SERVER || answer->status == STATUS_TIMEOUT)
        return VERDICT_LOST;
    if (answer->status == STATUS_OK || answer->status == STATUS_CREATED)
        return answer->is_json ? VERDICT_ANSWER : VERDICT_LOST;
    if (answer->status == STATUS_BAD_REQUEST && answer->is_json)
        return VERDICT_ANSWER;
    // A page in place of JSON is somebody's between us and the API; so is a redirect.
    bool refused = answer->status > STATUS_BAD_REQUEST && answer->is_json;
    return refused ? VERDICT_REFUSED : VERDICT_LOST;
}

static tdm_text why_lost(tdm_arena *arena, const tdm_http_answer *answer)
{
    if (answer->status == 0)
        return answer->problem;
    if (answer->status < STATUS_BAD_REQUEST || !answer->is_json)
        return tdm_arena_printf(arena,
                                "HTTP %ld, and the answer is no JSON: somebody between here and "
                                "the API gave it",
                                answer->status);
    tdm_text message = message_of(arena, answer);
    return tdm_arena_printf(arena, "HTTP %ld: %.*s", answer->status, TDM_TEXT_ARG(message));
}

// --- Being interrupted
// ----------------------------------------------------------------------------

typedef struct waiting {
    tdm_api_session *self;
    const tdm_api_send *send;
} waiting;

// What runs on the server is found by the comment that it begins with, and cancelled there. Whether
// that worked shows in the answer, which is waited for.
static void cancel_on_server(tdm_api_session *self)
{
    tdm_error ignored = TDM_ERROR_INIT;
    tdm_http *http = NULL;
    tdm_http_answer answer;
    tdm_waker deaf = TDM_WAKER_CLOSED;
    tdm_arena *arena = tdm_arena_new(0);
    if (!arena || tdm_waker_open(&deaf, &self->session.cancelled, &ignored) != TDM_OK ||
        tdm_http_open(self->ca_file, &deaf, &http, &ignored) != TDM_OK)
        goto done;
    tdm_text tag = tdm_text_trim(tdm_text_of(self->tag));
    tdm_text sql = tdm_arena_printf(
        arena,
        "SELECT pg_catalog.pg_cancel_backend(pid)::pg_catalog.text AS done "
        "FROM pg_catalog.pg_stat_activity WHERE pid <> pg_catalog.pg_backend_pid() "
        "AND pg_catalog.starts_with(query, '%.*s')",
        TDM_TEXT_ARG(tag));
    tdm_text url = tdm_arena_printf(arena, "%sdatabase/query", self->base);
    tdm_http_request request = {.method = "POST",
                                .url = url.data,
                                .token = self->token,
                                .body = tdm_api_query_body(arena, sql, false),
                                .time_limit_ms = CANCEL_LIMIT_MS};
    if (tdm_arena_ok(arena) && tdm_http_send(http, &request, arena, &answer, &ignored) == TDM_OK)
        self->cancel_sent = true;
done:
    tdm_http_close(http);
    tdm_waker_close(&deaf);
    tdm_arena_free(arena);
}

static bool on_interrupt(void *context)
{
    const waiting *w = context;
    if (w->send->urgency == TDM_DB_FINISH)
        return true;
    if (!w->send->runs)
        return false;
    if (!w->self->cancel_sent)
        cancel_on_server(w->self);
    return true;
}

// --- Patience
// -------------------------------------------------------------------------------------

typedef struct patience {
    unsigned tries;
    uint32_t pause_ms;
    uint32_t waited_ms;
} patience;

static tdm_status fail_throttled(tdm_api_session *self, const tdm_http_answer *answer,
                                 tdm_error *err)
{
    tdm_fail(err, TDM_ERROR_CONNECT, TDM_NOWHERE,
             "%.*s: too many requests (HTTP 429); it asks to wait %u seconds",
             TDM_TEXT_ARG(self->session.target), (unsigned)(answer->wait_ms / 1000));
    return tdm_hint(err, "Nothing was done by this request. Try again later, or use a database "
                         "connection: --via libpq.");
}

// Waits before another try. Fails when there is to be none.
static tdm_status pause_before_next(tdm_api_session *self, patience *p, uint32_t asked_ms,
                                    tdm_db_urgency urgency, tdm_error *err)
{
    uint32_t wait = asked_ms ? asked_ms : p->pause_ms;
    p->pause_ms = p->pause_ms * 2 < LONGEST_PAUSE_MS ? p->pause_ms * 2 : LONGEST_PAUSE_MS;
    p->waited_ms += wait;
    if (urgency == TDM_DB_WORK)
        return tdm_session_wait(&self->session, wait, err);
    self->session.methods->wait(&self->session, wait);
    return TDM_OK;
}

static bool is_patient(const patience *p, verdict said, const tdm_http_answer *answer)
{
    if (said == VERDICT_LATER)
        return p->waited_ms + answer->wait_ms <= PATIENCE_MS;
    return p->tries < TRIES;
}

// An error may repeat what it was asked with, and is shown. The text is the arena's own.
static void mask_token(const tdm_api_session *self, const tdm_http_answer *answer)
{
    tdm_text token = tdm_text_of(self->token);
    tdm_text rest = answer->body;
    if (answer->status == STATUS_OK || answer->status == STATUS_CREATED)
        return;
    for (size_t at; (at = tdm_text_find(rest, token)) != SIZE_MAX;
         rest = tdm_text_from(rest, at + token.size))
        memset((char *)(uintptr_t)(rest.data + at), '*', token.size);
}

static tdm_status send_once(tdm_api_session *self, const tdm_api_send *send, tdm_arena *arena,
                            tdm_http_answer *ret, tdm_error *err)
{
    waiting w = {.self = self, .send = send};
    tdm_text url = tdm_arena_printf(arena, "%s%s", self->base, send->call.path);
    tdm_http_request request = {.method = send->call.method,
                                .url = url.data,
                                .token = self->token,
                                .body = send->call.body,
                                .time_limit_ms = send->runs ? WORK_LIMIT_MS : READ_LIMIT_MS,
                                .once = send->call.once,
                                .interrupted = on_interrupt,
                                .context = &w};
    if (!tdm_arena_ok(arena))
        return tdm_fail_memory(err);
    self->cancel_sent = false;
    if (tdm_http_send(self->http, &request, arena, ret, err) != TDM_OK)
        return TDM_FAILED;
    mask_token(self, ret);
    return ret->given_up ? tdm_fail(err, TDM_ERROR_INTERRUPTED, TDM_NOWHERE, "interrupted")
                         : TDM_OK;
}

static tdm_status fail_unsent(tdm_api_session *self, const tdm_http_answer *answer, tdm_error *err)
{
    tdm_fail(err, TDM_ERROR_CONNECT, TDM_NOWHERE, "cannot reach %.*s: %.*s",
             TDM_TEXT_ARG(self->session.target), TDM_TEXT_ARG(answer->problem));
    if (tdm_text_find(answer->problem, TDM_TEXT("certificate")) == SIZE_MAX)
        return TDM_FAILED;
    return tdm_hint(err, "Where a proxy of your own opens TLS, name its certificate in "
                         "SSL_CERT_FILE.");
}

tdm_status tdm_api_exchange(tdm_api_session *self, const tdm_api_send *send, tdm_arena *arena,
                            tdm_http_answer *ret, tdm_error *err)
{
    patience p = {.pause_ms = FIRST_PAUSE_MS};
    for (;;) {
        if (send_once(self, send, arena, ret, err) != TDM_OK)
            return TDM_FAILED;
        p.tries++;
        verdict said = judge(arena, ret);
        bool again = said == VERDICT_LATER || said == VERDICT_UNSENT ||
                     (said == VERDICT_LOST && !send->call.once && !ret->too_large);
        if (said == VERDICT_ANSWER)
            return TDM_OK;
        if (said == VERDICT_REFUSED)
            return fail_refused(self, arena, ret, err);
        if (again && is_patient(&p, said, ret)) {
            if (pause_before_next(self, &p, ret->wait_ms, send->urgency, err) != TDM_OK)
                return TDM_FAILED;
            continue;
        }
        if (said == VERDICT_LATER)
            return fail_throttled(self, ret, err);
        if (said == VERDICT_UNSENT)
            return fail_unsent(self, ret, err);
        return tdm_api_fail_lost(self, why_lost(arena, ret), err);
    }
}
