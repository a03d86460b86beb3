#include "db/api_exchange.h"

#include "base/error.h"
#include "db/api_answer.h"
#include "db/record.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
    REF_SIZE = 20,
    STATUS_BAD_REQUEST = 400,
};

// --- Running
// --------------------------------------------------------------------------------------

// The character of the caller's text at a line and column of what was sent, which has the tag's
// line before it.
static uint32_t position_of(tdm_text sql, uint32_t line, uint32_t column)
{
    uint32_t position = 1;
    size_t at = 0;
    if (line < 2)
        return 0;
    for (uint32_t i = 2; i < line && at < sql.size; position++)
        i += tdm_utf8_next(sql, &at) == '\n' ? 1 : 0;
    return position + (column ? column - 1 : 0);
}

static tdm_status fail_query(tdm_api_session *self, const tdm_db_request *request,
                             const tdm_http_answer *answer, tdm_error *err)
{
    tdm_db_failure *failure = &self->session.failure;
    tdm_text message;
    uint32_t line;
    uint32_t column;
    if (!tdm_api_member_read(request->arena, answer->body, "message", &message))
        return tdm_api_fail_lost(self, TDM_TEXT("HTTP 400 without a message"), err);
    if (!tdm_api_failure_read(message, failure, &line, &column))
        return tdm_api_fail_lost(self, message, err);
    if (request->kind != TDM_DB_QUERY)
        failure->position = position_of(request->sql, line, column);
    if (self->cancel_sent && tdm_session_failed_with(&self->session, "57014"))
        return tdm_fail(err, TDM_ERROR_INTERRUPTED, TDM_NOWHERE, "interrupted");
    return tdm_fail(err, TDM_ERROR_SERVER, TDM_NOWHERE, "%.*s (SQLSTATE %s)",
                    TDM_TEXT_ARG(tdm_buffer_text(&failure->message)), failure->sqlstate);
}

// Reading waits for a lock no longer than over a connection (libpq.c); the API itself would give up
// after a minute without saying why. One request is one transaction, so that LOCAL is for it alone.
static tdm_text text_of(const tdm_api_session *self, const tdm_db_request *request)
{
    if (request->kind == TDM_DB_QUERY)
        return tdm_arena_printf(request->arena, "SET LOCAL lock_timeout = '15s';\n%.*s",
                                TDM_TEXT_ARG(tdm_record_wrap(request->arena, request->sql)));
    return tdm_arena_printf(request->arena, "%s%.*s", self->tag, TDM_TEXT_ARG(request->sql));
}

static tdm_status api_run(tdm_session *session, const tdm_db_request *request, tdm_db_result *ret,
                          tdm_error *err)
{
    tdm_api_session *self = (tdm_api_session *)session;
    tdm_http_answer answer;
    tdm_db_result result = {0};
    bool query = request->kind == TDM_DB_QUERY;
    tdm_api_send send = {.call = {.method = "POST", .path = "database/query", .once = !query},
                         .urgency = request->urgency,
                         .runs = !query};
    send.call.body = tdm_api_query_body(request->arena, text_of(self, request), query);
    if (!tdm_arena_ok(request->arena) || send.call.body.size == 0)
        return tdm_fail_memory(err);
    if (tdm_api_exchange(self, &send, request->arena, &answer, err) != TDM_OK)
        return TDM_FAILED;
    if (answer.status >= STATUS_BAD_REQUEST)
        return fail_query(self, request, &answer, err);
    bool read = query ? tdm_api_records_read(request->arena, answer.body, &result)
                      : !ret || tdm_api_rows_read(request->arena, answer.body, &result);
    if (!tdm_arena_ok(request->arena))
        return tdm_fail_memory(err);
    if (!read)
        return tdm_api_fail_lost(self, TDM_TEXT("its answer is not that of a query"), err);
    if (ret)
        *ret = result;
    return TDM_OK;
}

tdm_status tdm_api_ask(tdm_session *session, const tdm_api_call *call, tdm_arena *arena,
                       tdm_text *ret, tdm_error *err)
{
    tdm_api_session *self = (tdm_api_session *)session;
    tdm_http_answer answer;
    tdm_api_send send = {.call = *call, .urgency = TDM_DB_WORK};
    if (tdm_api_exchange(self, &send, arena, &answer, err) != TDM_OK)
        return TDM_FAILED;
    if (answer.status >= STATUS_BAD_REQUEST) {
        tdm_text message = TDM_TEXT("no reason given");
        (void)tdm_api_member_read(arena, answer.body, "message", &message);
        return tdm_fail(err, TDM_ERROR_CONNECT, TDM_NOWHERE, "%.*s refuses: %.*s",
                        TDM_TEXT_ARG(session->target), TDM_TEXT_ARG(message));
    }
    *ret = answer.body;
    return TDM_OK;
}

// Whatever was open ended with its request.
static tdm_db_transaction api_transaction(tdm_session *session)
{
    (void)session;
    return TDM_DB_IDLE;
}

static tdm_status api_reopen(tdm_session *session, tdm_error *err)
{
    (void)session;
    (void)err;
    return TDM_OK;
}

static void api_wait(tdm_session *session, uint32_t milliseconds)
{
    (void)tdm_waker_wait(&((tdm_api_session *)session)->waker, -1, 0, (int)milliseconds);
}

static void api_wake(tdm_session *session)
{
    tdm_waker_wake(&((tdm_api_session *)session)->waker);
}

static void api_free(tdm_session *session)
{
    tdm_api_session *self = (tdm_api_session *)session;
    tdm_http_close(self->http);
    tdm_waker_close(&self->waker);
    if (self->token)
        explicit_bzero(self->token, strlen(self->token));
    tdm_db_failure_free(&session->failure);
    tdm_arena_free(self->arena);
    free(self);
}

static const tdm_db_methods api_methods = {
    .run = api_run,
    .transaction = api_transaction,
    .reopen = api_reopen,
    .wait = api_wait,
    .wake = api_wake,
    .free = api_free,
};

// --- Opening
// --------------------------------------------------------------------------------------

// Both go into a request as they are, so that nothing may be in them that ends a line or a path.
static tdm_status check(const tdm_supabase_project *project, tdm_error *err)
{
    tdm_text ref = tdm_text_of(project->ref);
    tdm_text token = tdm_text_of(project->token);
    bool good = ref.size == REF_SIZE;
    for (size_t i = 0; i < ref.size; i++)
        good = good && ref.data[i] >= 'a' && ref.data[i] <= 'z';
    if (!good) {
        tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE, "'%.*s' is no project reference",
                 TDM_TEXT_ARG(tdm_text_slice(ref, 0, 64)));
        return tdm_hint(err,
                        "A reference is twenty lower-case letters, as in the dashboard's URL.");
    }
    for (size_t i = 0; i < token.size; i++)
        good = good && (tdm_is_alnum(token.data[i]) || strchr("_-.", token.data[i]));
    if (token.size == 0 || !good) {
        tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                 token.size ? "the access token has characters that no token has"
                            : "the Management API needs an access token");
        return tdm_hint(err, "Set SUPABASE_ACCESS_TOKEN, or `supabase login`; a keyring that is "
                             "locked is not opened.");
    }
    return TDM_OK;
}

static tdm_status make_tag(tdm_api_session *self, tdm_error *err)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char random[8];
    char hex[2 * sizeof random + 1] = "";
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return tdm_fail(err, TDM_ERROR_CONNECT, TDM_NOWHERE, "the system gives no random numbers");
    for (size_t i = 0; i < sizeof random; i++) {
        hex[2 * i] = digits[random[i] >> 4];
        hex[2 * i + 1] = digits[random[i] & 15];
    }
    tdm_buffer tag = TDM_BUFFER_INIT(sizeof self->tag);
    tdm_buffer_putf(&tag, "/* tandem %s */\n", hex);
    if (!tag.failed)
        memcpy(self->tag, tag.data, tag.size + 1);
    tdm_status status = tdm_buffer_check(&tag, err);
    tdm_buffer_free(&tag);
    return status;
}

static tdm_status fill(tdm_api_session *self, const tdm_supabase_project *project, tdm_error *err)
{
    tdm_text url = tdm_text_of(project->api_url ? project->api_url : TDM_API_URL);
    while (tdm_text_ends(url, TDM_TEXT("/")))
        url.size--;
    if (tdm_http_check_url(url, err) != TDM_OK || make_tag(self, err) != TDM_OK)
        return TDM_FAILED;
    self->base =
        tdm_arena_printf(self->arena, "%.*s/v1/projects/%s/", TDM_TEXT_ARG(url), project->ref).data;
    self->session.tag = tdm_text_trim(tdm_text_of(self->tag));
    self->session.target =
        tdm_arena_printf(self->arena, "project %s over %.*s", project->ref, TDM_TEXT_ARG(url));
    self->token = tdm_arena_string(self->arena, tdm_text_of(project->token));
    if (project->ca_file)
        self->ca_file = tdm_arena_string(self->arena, tdm_text_of(project->ca_file));
    if (!tdm_arena_ok(self->arena))
        return tdm_fail_memory(err);
    if (tdm_waker_open(&self->waker, &self->session.cancelled, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_http_open(self->ca_file, &self->waker, &self->http, err);
}

tdm_status tdm_api_open(const tdm_supabase_project *project, tdm_session **ret, tdm_error *err)
{
    if (check(project, err) != TDM_OK)
        return TDM_FAILED;
    tdm_api_session *self = calloc(1, sizeof *self);
    if (!self)
        return tdm_fail_memory(err);
    self->session.methods = &api_methods;
    self->waker = TDM_WAKER_CLOSED;
    self->arena = tdm_arena_new(0);
    tdm_db_failure_clear(&self->session.failure);
    if (!self->arena) {
        tdm_fail_memory(err);
        goto failed;
    }
    if (fill(self, project, err) != TDM_OK)
        goto failed;
    *ret = &self->session;
    return TDM_OK;
failed:
    api_free(&self->session);
    return TDM_FAILED;
}
