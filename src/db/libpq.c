// How a wait works: libpq never blocks here. The waker watches the socket and whether
// tdm_session_cancel was called from a signal handler. The waiting side then asks the server to
// cancel and goes on reading: the answer, an error 57014 or the statement's own result when it was
// quicker, is always read to its end.
#include "db/libpq.h"

#include "base/error.h"
#include "base/vector.h"
#include "db/defaults.h"
#include "db/identity.h"
#include "db/waker.h"

#include <libpq-fe.h>

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEFAULT_CONNECT_SECONDS = 10,
    MAX_CONNECT_SECONDS = 3600,
    CANCEL_ERROR_SIZE = 256,
    PASSWORD_SIZE = 1024,
    SECOND = 1000,
};

typedef struct libpq_session {
    tdm_session session;
    tdm_arena *arena; // of the parts, secrets included
    tdm_target_parts parts;
    int connect_seconds;
    bool login_role;
    PGconn *connection;
    tdm_waker waker;
    bool cancel_sent; // of the running statement
} libpq_session;

// --- What the server says ------------------------------------------------------------------------

static void copy_field(tdm_buffer *part, const PGresult *result, int field)
{
    const char *value = PQresultErrorField(result, field);
    if (value)
        tdm_buffer_puts(part, value);
}

static void on_notice(void *context, const PGresult *result)
{
    const tdm_session *session = context;
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (session->notice && message)
        session->notice(session->notice_context, severity ? severity : "NOTICE",
                        tdm_text_of(message));
}

static tdm_status fail_lost(libpq_session *self, tdm_error *err)
{
    tdm_db_failure *failure = &self->session.failure;
    tdm_text message = tdm_text_trim(tdm_text_of(PQerrorMessage(self->connection)));
    failure->lost = true;
    tdm_buffer_clear(&failure->message);
    tdm_buffer_put(&failure->message, message);
    return tdm_fail(err, TDM_ERROR_CONNECT, TDM_NOWHERE, "the connection to %.*s is lost: %.*s",
                    TDM_TEXT_ARG(self->session.target), TDM_TEXT_ARG(message));
}

static bool is_down(const libpq_session *self)
{
    return PQstatus(self->connection) != CONNECTION_OK;
}

// Keeps the first error of a statement: what follows is a consequence.
static void note_failure(libpq_session *self, const PGresult *result)
{
    tdm_db_failure *failure = &self->session.failure;
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    uint64_t number = 0;
    if (failure->message.size > 0)
        return;
    if (sqlstate && strlen(sqlstate) == TDM_SQLSTATE_SIZE - 1)
        memcpy(failure->sqlstate, sqlstate, TDM_SQLSTATE_SIZE);
    copy_field(&failure->message, result, PG_DIAG_MESSAGE_PRIMARY);
    copy_field(&failure->detail, result, PG_DIAG_MESSAGE_DETAIL);
    copy_field(&failure->hint, result, PG_DIAG_MESSAGE_HINT);
    copy_field(&failure->context, result, PG_DIAG_CONTEXT);
    if (position && tdm_text_to_u64(tdm_text_of(position), &number) && number <= UINT32_MAX)
        failure->position = (uint32_t)number;
    if (failure->message.size == 0)
        tdm_buffer_put(&failure->message, tdm_text_trim(tdm_text_of(PQresultErrorMessage(result))));
}

static tdm_status fail_server(libpq_session *self, tdm_error *err)
{
    const tdm_db_failure *failure = &self->session.failure;
    if (self->cancel_sent && tdm_session_failed_with(&self->session, "57014"))
        return tdm_fail(err, TDM_ERROR_INTERRUPTED, TDM_NOWHERE, "interrupted");
    return tdm_fail(err, TDM_ERROR_SERVER, TDM_NOWHERE, "%.*s (SQLSTATE %s)",
                    TDM_TEXT_ARG(tdm_buffer_text(&failure->message)), failure->sqlstate);
}

// --- Running a statement -------------------------------------------------------------------------

static void send_cancel(libpq_session *self)
{
    char ignored[CANCEL_ERROR_SIZE];
    PGcancel *cancel = PQgetCancel(self->connection);
    if (cancel && PQcancel(cancel, ignored, sizeof ignored))
        self->cancel_sent = true;
    PQfreeCancel(cancel);
}

// Until the next result can be taken without blocking. False: the connection is gone.
static bool await_result(libpq_session *self, tdm_db_urgency urgency)
{
    for (;;) {
        int unsent = PQflush(self->connection);
        if (unsent < 0)
            return false;
        if (unsent == 0 && !PQisBusy(self->connection))
            return true;
        short events = unsent > 0 ? POLLIN | POLLOUT : POLLIN;
        tdm_woken woken = tdm_waker_wait(&self->waker, PQsocket(self->connection), events, -1);
        if (woken == TDM_WOKEN_CANCELLED && urgency == TDM_DB_WORK && !self->cancel_sent)
            send_cancel(self);
        if (woken == TDM_WOKEN_READY && !PQconsumeInput(self->connection))
            return false;
    }
}

static tdm_status copy_values(const PGresult *result, tdm_arena *arena, tdm_db_result *ret,
                              tdm_error *err)
{
    size_t rows = (size_t)PQntuples(result);
    size_t columns = (size_t)PQnfields(result);
    tdm_db_value *values = tdm_arena_array(arena, rows * columns, sizeof *values);
    if (!values)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < rows * columns; i++) {
        int row = (int)(i / columns);
        int column = (int)(i % columns);
        tdm_text text = {PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column)};
        values[i].is_null = PQgetisnull(result, row, column) != 0;
        values[i].text = tdm_arena_text(arena, text);
    }
    ret->values = values;
    ret->row_count = rows;
    ret->column_count = columns;
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

static tdm_status take_answer(PGresult *result, tdm_arena *arena, tdm_db_result *ret,
                              tdm_error *err)
{
    *ret = (tdm_db_result){0};
    ret->command = tdm_arena_text(arena, tdm_text_of(PQcmdStatus(result)));
    (void)tdm_text_to_u64(tdm_text_of(PQcmdTuples(result)), &ret->affected);
    return copy_values(result, arena, ret, err);
}

// COPY would wait for data that nobody sends: it is ended at once, and the server fails it.
static void end_copy(libpq_session *self, ExecStatusType status)
{
    char *row = NULL;
    if (status == PGRES_COPY_IN) {
        (void)PQputCopyEnd(self->connection, "tandem sends no COPY data");
        return;
    }
    while (PQgetCopyData(self->connection, &row, 0) > 0)
        PQfreemem(row);
}

typedef struct answer {
    tdm_arena *arena;
    bool wanted;
    tdm_db_result result;
    bool failed; // by the server
} answer;

static tdm_status handle_result(libpq_session *self, PGresult *result, answer *found,
                                tdm_error *err)
{
    ExecStatusType status = PQresultStatus(result);
    switch (status) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
        if (!found->wanted || (status == PGRES_COMMAND_OK && found->result.column_count > 0))
            return TDM_OK;
        return take_answer(result, found->arena, &found->result, err);
    case PGRES_SINGLE_TUPLE:
        return TDM_OK;
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
        end_copy(self, status);
        return TDM_OK;
    default:
        found->failed = true;
        note_failure(self, result);
        return TDM_OK;
    }
}

// All results up to the end of the statement, whatever happens on the way.
static tdm_status drain(libpq_session *self, tdm_db_urgency urgency, answer *found, tdm_error *err)
{
    tdm_status status = TDM_OK;
    for (;;) {
        if (!await_result(self, urgency))
            return fail_lost(self, err);
        PGresult *result = PQgetResult(self->connection);
        if (!result)
            return status;
        if (status == TDM_OK)
            status = handle_result(self, result, found, err);
        PQclear(result);
    }
}

// A statement goes by the extended protocol, because there the server itself refuses a text with
// two; a script by the simple one, which makes one transaction of it.
static bool send_request(libpq_session *self, tdm_db_kind kind, const char *text)
{
    return kind == TDM_DB_SCRIPT
               ? PQsendQuery(self->connection, text)
               : PQsendQueryParams(self->connection, text, 0, NULL, NULL, NULL, NULL, 0);
}

static tdm_status libpq_run(tdm_session *session, const tdm_db_request *request, tdm_db_result *ret,
                            tdm_error *err)
{
    libpq_session *self = (libpq_session *)session;
    answer found = {.arena = request->arena, .wanted = ret != NULL};
    if (is_down(self))
        return fail_lost(self, err);
    char *text = tdm_arena_string(request->arena, request->sql);
    if (!text)
        return tdm_fail_memory(err);
    self->cancel_sent = false;
    if (!send_request(self, request->kind, text))
        return fail_lost(self, err);
    if (!ret)
        (void)PQsetSingleRowMode(self->connection);
    if (drain(self, request->urgency, &found, err) != TDM_OK)
        return TDM_FAILED;
    if (is_down(self))
        return fail_lost(self, err);
    if (found.failed)
        return fail_server(self, err);
    if (ret)
        *ret = found.result;
    return TDM_OK;
}

static tdm_db_transaction libpq_transaction(tdm_session *session)
{
    switch (PQtransactionStatus(((libpq_session *)session)->connection)) {
    case PQTRANS_IDLE:
        return TDM_DB_IDLE;
    case PQTRANS_INTRANS:
        return TDM_DB_OPEN;
    case PQTRANS_INERROR:
        return TDM_DB_ABORTED;
    case PQTRANS_ACTIVE:
    case PQTRANS_UNKNOWN:
        break;
    }
    return TDM_DB_UNKNOWN;
}

// --- Connecting ----------------------------------------------------------------------------------

static tdm_status fail_connect(libpq_session *self, tdm_error *err)
{
    tdm_text message = tdm_text_trim(tdm_text_of(PQerrorMessage(self->connection)));
    tdm_fail(err, TDM_ERROR_CONNECT, TDM_NOWHERE, "cannot connect to %.*s: %.*s",
             TDM_TEXT_ARG(self->session.target), TDM_TEXT_ARG(message));
    const char *hint = tdm_connect_hint(message);
    return hint ? tdm_hint(err, "%s", hint) : TDM_FAILED;
}

static tdm_status fail_timeout(libpq_session *self, int64_t seconds, tdm_error *err)
{
    return tdm_fail(err, TDM_ERROR_CONNECT, TDM_NOWHERE,
                    "cannot connect to %.*s: no answer within %lld seconds",
                    TDM_TEXT_ARG(self->session.target), (long long)seconds);
}

// Follows libpq through the connection's steps, within the time limit.
static tdm_status follow_connect(libpq_session *self, tdm_error *err)
{
    int64_t seconds = (int64_t)self->connect_seconds *
                      (int64_t)tdm_host_count(tdm_target_get(&self->parts, "host"));
    int64_t deadline = tdm_now_ms() + seconds * SECOND;
    PostgresPollingStatusType step = PGRES_POLLING_WRITING;
    while (step != PGRES_POLLING_OK) {
        int64_t left = deadline - tdm_now_ms();
        if (step == PGRES_POLLING_FAILED)
            return fail_connect(self, err);
        if (left <= 0)
            return fail_timeout(self, seconds, err);
        short events = step == PGRES_POLLING_READING ? POLLIN : POLLOUT;
        tdm_woken woken =
            tdm_waker_wait(&self->waker, PQsocket(self->connection), events, (int)left);
        if (woken == TDM_WOKEN_CANCELLED)
            return tdm_fail(err, TDM_ERROR_INTERRUPTED, TDM_NOWHERE, "interrupted");
        if (woken == TDM_WOKEN_READY)
            step = PQconnectPoll(self->connection);
    }
    return TDM_OK;
}

static tdm_status connect_once(libpq_session *self, tdm_error *err)
{
    tdm_arena *scratch = tdm_arena_new(0);
    tdm_keywords words;
    tdm_status status = TDM_FAILED;
    if (!scratch || !tdm_keywords_make(scratch, &self->parts, &words)) {
        tdm_fail_memory(err);
        goto done;
    }
    self->connection = PQconnectStartParams(words.keywords, words.values, 0);
    if (!self->connection) {
        tdm_fail_memory(err);
        goto done;
    }
    if (PQstatus(self->connection) == CONNECTION_BAD) {
        fail_connect(self, err);
        goto done;
    }
    PQsetNoticeReceiver(self->connection, on_notice, &self->session);
    status = follow_connect(self, err);
    if (status == TDM_OK && PQsetnonblocking(self->connection, 1) != 0)
        status = fail_connect(self, err);
done:
    tdm_arena_free(scratch);
    return status;
}

static tdm_status connect_now(libpq_session *self, tdm_error *err)
{
    PQfinish(self->connection);
    self->connection = NULL;
    if (connect_once(self, err) != TDM_OK)
        return TDM_FAILED;
    return self->login_role ? tdm_identity_take(&self->session, self->arena, err) : TDM_OK;
}

static tdm_status libpq_reopen(tdm_session *session, tdm_error *err)
{
    return connect_now((libpq_session *)session, err);
}

static void libpq_wait(tdm_session *session, uint32_t milliseconds)
{
    (void)tdm_waker_wait(&((libpq_session *)session)->waker, -1, 0, (int)milliseconds);
}

static void libpq_wake(tdm_session *session)
{
    tdm_waker_wake(&((libpq_session *)session)->waker);
}

static void libpq_free(tdm_session *session)
{
    libpq_session *self = (libpq_session *)session;
    PQfinish(self->connection);
    tdm_target_wipe(&self->parts);
    tdm_waker_close(&self->waker);
    tdm_db_failure_free(&session->failure);
    tdm_arena_free(self->arena);
    free(self);
}

static const tdm_db_methods libpq_methods = {
    .holds_session = true,
    .run = libpq_run,
    .transaction = libpq_transaction,
    .reopen = libpq_reopen,
    .wait = libpq_wait,
    .wake = libpq_wake,
    .free = libpq_free,
};

static bool copy_parts(libpq_session *self, const tdm_target_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        const tdm_target_part *part = &parts->items[i];
        const char *keyword = tdm_arena_string(self->arena, tdm_text_of(part->keyword));
        const char *value = tdm_arena_string(self->arena, tdm_text_of(part->value));
        if (!keyword || !value || !tdm_target_set(self->arena, &self->parts, keyword, value))
            return false;
    }
    return true;
}

static int seconds_of(const tdm_target_parts *parts, int wanted)
{
    const char *said = tdm_target_get(parts, "connect_timeout");
    uint64_t seconds;
    if (wanted > 0)
        return wanted;
    if (said && tdm_text_to_u64(tdm_text_of(said), &seconds) && seconds > 0 &&
        seconds <= MAX_CONNECT_SECONDS)
        return (int)seconds;
    return DEFAULT_CONNECT_SECONDS;
}

static tdm_status connect_or_ask(libpq_session *self, const tdm_libpq_options *options,
                                 tdm_error *err)
{
    char password[PASSWORD_SIZE];
    if (connect_now(self, err) == TDM_OK)
        return TDM_OK;
    if (!options->ask_password || !PQconnectionNeedsPassword(self->connection) ||
        !options->ask_password(options->context, self->session.target.data, password,
                               sizeof password))
        return TDM_FAILED;
    const char *kept = tdm_arena_string(self->arena, tdm_text_of(password));
    explicit_bzero(password, sizeof password);
    if (!kept || !tdm_target_set(self->arena, &self->parts, "password", kept))
        return tdm_fail_memory(err);
    return connect_now(self, err);
}

tdm_status tdm_libpq_open(const tdm_target_parts *parts, const tdm_libpq_options *options,
                          tdm_session **ret, tdm_error *err)
{
    libpq_session *self = calloc(1, sizeof *self);
    if (!self)
        return tdm_fail_memory(err);
    self->session.methods = &libpq_methods;
    self->waker = TDM_WAKER_CLOSED;
    self->arena = tdm_arena_new(0);
    tdm_db_failure_clear(&self->session.failure);
    if (!self->arena || !copy_parts(self, parts)) {
        tdm_fail_memory(err);
        goto failed;
    }
    if (tdm_waker_open(&self->waker, &self->session.cancelled, err) != TDM_OK)
        goto failed;
    if (tdm_target_complete(self->arena, &self->parts, &self->session.target, err) != TDM_OK)
        goto failed;
    self->connect_seconds = seconds_of(&self->parts, options->connect_timeout);
    self->login_role = options->login_role;
    if (connect_or_ask(self, options, err) != TDM_OK)
        goto failed;
    *ret = &self->session;
    return TDM_OK;
failed:
    libpq_free(&self->session);
    return TDM_FAILED;
}
