// How a wait works: libpq never blocks here. The waker watches the socket and whether
// tdm_session_cancel was called from a signal handler. The waiting side then asks the server to
// cancel and goes on reading: the answer, an error 57014 or the statement's own result when it was
// quicker, is always read to its end.
#include "db/libpq_run.h"

#include "base/error.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

enum {
    TICK_MS = 1000,
    CANCEL_ERROR_SIZE = 256,
};

// --- What the server says ------------------------------------------------------------------------

static void copy_field(const tdm_libpq_session *self, tdm_buffer *part, const PGresult *result,
                       int field)
{
    const char *value = self->pq.PQresultErrorField(result, field);
    if (value)
        tdm_buffer_puts(part, value);
}

void tdm_libpq_notice(void *context, const PGresult *result)
{
    const tdm_libpq_session *self = context;
    const tdm_session *session = &self->session;
    const char *severity = self->pq.PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *message = self->pq.PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (session->notice && message)
        session->notice(session->notice_context, severity ? severity : "NOTICE",
                        tdm_text_of(message));
}

static tdm_status fail_lost(tdm_libpq_session *self, tdm_error *err)
{
    tdm_db_failure *failure = &self->session.failure;
    tdm_text message = tdm_text_trim(tdm_text_of(self->pq.PQerrorMessage(self->connection)));
    failure->lost = true;
    tdm_buffer_clear(&failure->message);
    tdm_buffer_put(&failure->message, message);
    return tdm_fail(err, TDM_ERROR_CONNECT, TDM_NOWHERE, "the connection to %.*s is lost: %.*s",
                    TDM_TEXT_ARG(self->session.target), TDM_TEXT_ARG(message));
}

static bool is_down(const tdm_libpq_session *self)
{
    return self->pq.PQstatus(self->connection) != CONNECTION_OK;
}

// Keeps the first error of a statement: what follows is a consequence.
static void note_failure(tdm_libpq_session *self, const PGresult *result)
{
    tdm_db_failure *failure = &self->session.failure;
    const char *sqlstate = self->pq.PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *position = self->pq.PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
    uint64_t number = 0;
    if (failure->message.size > 0)
        return;
    if (sqlstate && strlen(sqlstate) == TDM_SQLSTATE_SIZE - 1)
        memcpy(failure->sqlstate, sqlstate, TDM_SQLSTATE_SIZE);
    copy_field(self, &failure->message, result, PG_DIAG_MESSAGE_PRIMARY);
    copy_field(self, &failure->detail, result, PG_DIAG_MESSAGE_DETAIL);
    copy_field(self, &failure->hint, result, PG_DIAG_MESSAGE_HINT);
    copy_field(self, &failure->context, result, PG_DIAG_CONTEXT);
    if (position && tdm_text_to_u64(tdm_text_of(position), &number) && number <= UINT32_MAX)
        failure->position = (uint32_t)number;
    if (failure->message.size == 0)
        tdm_buffer_put(&failure->message,
                       tdm_text_trim(tdm_text_of(self->pq.PQresultErrorMessage(result))));
}

static tdm_status fail_server(tdm_libpq_session *self, tdm_error *err)
{
    const tdm_db_failure *failure = &self->session.failure;
    if (self->cancel_sent && tdm_session_failed_with(&self->session, "57014"))
        return tdm_fail(err, TDM_ERROR_INTERRUPTED, TDM_NOWHERE, "interrupted");
    return tdm_fail(err, TDM_ERROR_SERVER, TDM_NOWHERE, "%.*s (SQLSTATE %s)",
                    TDM_TEXT_ARG(tdm_buffer_text(&failure->message)), failure->sqlstate);
}

// --- Running a statement -------------------------------------------------------------------------

static void send_cancel(tdm_libpq_session *self)
{
    char ignored[CANCEL_ERROR_SIZE];
    PGcancel *cancel = self->pq.PQgetCancel(self->connection);
    if (cancel && self->pq.PQcancel(cancel, ignored, sizeof ignored))
        self->cancel_sent = true;
    self->pq.PQfreeCancel(cancel);
}

// Until the next result can be taken without blocking. False: the connection is gone.
static bool await_result(tdm_libpq_session *self, tdm_db_urgency urgency)
{
    for (;;) {
        int unsent = self->pq.PQflush(self->connection);
        if (unsent < 0)
            return false;
        if (unsent == 0 && !self->pq.PQisBusy(self->connection))
            return true;
        short events = unsent > 0 ? POLLIN | POLLOUT : POLLIN;
        const tdm_session *session = &self->session;
        tdm_woken woken = tdm_waker_wait(&self->waker, self->pq.PQsocket(self->connection), events,
                                         session->tick ? TICK_MS : -1);
        if (woken == TDM_WOKEN_TIMEOUT && session->tick)
            session->tick(session->notice_context);
        if (woken == TDM_WOKEN_CANCELLED && urgency == TDM_DB_WORK && !self->cancel_sent)
            send_cancel(self);
        if (woken == TDM_WOKEN_READY && !self->pq.PQconsumeInput(self->connection))
            return false;
    }
}

static tdm_status copy_values(const tdm_libpq *pq, const PGresult *result, tdm_arena *arena,
                              tdm_db_result *ret, tdm_error *err)
{
    size_t rows = (size_t)pq->PQntuples(result);
    size_t columns = (size_t)pq->PQnfields(result);
    tdm_db_value *values = tdm_arena_array(arena, rows * columns, sizeof *values);
    if (!values)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < rows * columns; i++) {
        int row = (int)(i / columns);
        int column = (int)(i % columns);
        tdm_text text = {pq->PQgetvalue(result, row, column),
                         (size_t)pq->PQgetlength(result, row, column)};
        values[i].is_null = pq->PQgetisnull(result, row, column) != 0;
        values[i].text = tdm_arena_text(arena, text);
    }
    ret->values = values;
    ret->row_count = rows;
    ret->column_count = columns;
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

static tdm_status take_answer(const tdm_libpq *pq, PGresult *result, tdm_arena *arena,
                              tdm_db_result *ret, tdm_error *err)
{
    *ret = (tdm_db_result){0};
    ret->command = tdm_arena_text(arena, tdm_text_of(pq->PQcmdStatus(result)));
    (void)tdm_text_to_u64(tdm_text_of(pq->PQcmdTuples(result)), &ret->affected);
    return copy_values(pq, result, arena, ret, err);
}

// COPY would wait for data that nobody sends: it is ended at once, and the server fails it.
static void end_copy(tdm_libpq_session *self, ExecStatusType status)
{
    char *row = NULL;
    if (status == PGRES_COPY_IN) {
        (void)self->pq.PQputCopyEnd(self->connection, "tandem sends no COPY data");
        return;
    }
    while (self->pq.PQgetCopyData(self->connection, &row, 0) > 0)
        self->pq.PQfreemem(row);
}

typedef struct answer {
    tdm_arena *arena;
    bool wanted;
    tdm_db_result result;
    bool failed; // by the server
} answer;

static tdm_status handle_result(tdm_libpq_session *self, PGresult *result, answer *found,
                                tdm_error *err)
{
    ExecStatusType status = self->pq.PQresultStatus(result);
    switch (status) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
        if (!found->wanted || (status == PGRES_COMMAND_OK && found->result.column_count > 0))
            return TDM_OK;
        return take_answer(&self->pq, result, found->arena, &found->result, err);
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
static tdm_status drain(tdm_libpq_session *self, tdm_db_urgency urgency, answer *found,
                        tdm_error *err)
{
    tdm_status status = TDM_OK;
    for (;;) {
        if (!await_result(self, urgency))
            return fail_lost(self, err);
        PGresult *result = self->pq.PQgetResult(self->connection);
        if (!result)
            return status;
        if (status == TDM_OK)
            status = handle_result(self, result, found, err);
        self->pq.PQclear(result);
    }
}

// A statement goes by the extended protocol, because there the server itself refuses a text with
// two; a script by the simple one, which makes one transaction of it.
static bool send_request(tdm_libpq_session *self, tdm_db_kind kind, const char *text)
{
    return kind == TDM_DB_SCRIPT
               ? self->pq.PQsendQuery(self->connection, text)
               : self->pq.PQsendQueryParams(self->connection, text, 0, NULL, NULL, NULL, NULL, 0);
}

tdm_status tdm_libpq_run(tdm_session *session, const tdm_db_request *request, tdm_db_result *ret,
                         tdm_error *err)
{
    tdm_libpq_session *self = (tdm_libpq_session *)session;
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
        (void)self->pq.PQsetSingleRowMode(self->connection);
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

// --- Running several at once ---------------------------------------------------------------------

// What the session keeps of this text, or a place for it; NULL when there is none.
static tdm_prepared *find_prepared(tdm_libpq_session *self, tdm_text sql)
{
    tdm_error ignored = TDM_ERROR_INIT;
    char hex[33];
    tdm_digest digest;
    if (self->unprepared || tdm_digest_of(sql, &digest, &ignored) != TDM_OK)
        return NULL;
    for (size_t i = 0; i < self->prepared_count; i++)
        if (tdm_digest_equal(self->prepared[i].text, digest))
            return &self->prepared[i];
    if (self->prepared_count == TDM_PREPARED_COUNT)
        return NULL;
    tdm_prepared *found = &self->prepared[self->prepared_count++];
    *found = (tdm_prepared){.text = digest};
    tdm_digest_hex(digest, hex);
    (void)snprintf(found->name, sizeof found->name, "tandem_%s", hex);
    return found;
}

static bool send_line(tdm_libpq_session *self, tdm_db_line *line, const char *text)
{
    tdm_prepared *prepared = line->again ? find_prepared(self, line->sql) : NULL;
    line->named = prepared != NULL;
    line->naming = prepared && !prepared->kept;
    if (!prepared)
        return self->pq.PQsendQueryParams(self->connection, text, 0, NULL, NULL, NULL, NULL, 0);
    if (line->naming && !self->pq.PQsendPrepare(self->connection, prepared->name, text, 0, NULL))
        return false;
    return self->pq.PQsendQueryPrepared(self->connection, prepared->name, 0, NULL, NULL, NULL, 0);
}

static bool send_batch(tdm_libpq_session *self, const tdm_db_batch *batch, bool *ret_memory)
{
    if (!self->pq.PQenterPipelineMode(self->connection))
        return false;
    for (size_t i = 0; i < batch->count; i++) {
        const char *text = tdm_arena_string(batch->arena, batch->lines[i].sql);
        if (!text) {
            *ret_memory = true;
            return false;
        }
        if (!send_line(self, &batch->lines[i], text))
            return false;
    }
    return self->pq.PQpipelineSync(self->connection) != 0;
}

// A cancel that arrives while the server takes the next statement from the wire is ignored there,
// so that it is asked again for each that still answers.
static void cancel_again(tdm_libpq_session *self, const tdm_db_batch *batch)
{
    if (self->session.cancelled && batch->urgency == TDM_DB_WORK)
        send_cancel(self);
}

// That the server has prepared a line. False: the connection is gone.
static bool read_prepared(tdm_libpq_session *self, const tdm_db_batch *batch, size_t index,
                          answer *found)
{
    tdm_prepared *prepared = find_prepared(self, batch->lines[index].sql);
    for (;;) {
        if (!await_result(self, batch->urgency))
            return false;
        PGresult *result = self->pq.PQgetResult(self->connection);
        if (!result)
            return true;
        ExecStatusType status = self->pq.PQresultStatus(result);
        if (prepared && status == PGRES_COMMAND_OK)
            prepared->kept = true;
        if (status == PGRES_FATAL_ERROR && !found->failed) {
            found->failed = true;
            note_failure(self, result);
        }
        self->pq.PQclear(result);
    }
}

// The name is not there any more (DEALLOCATE ALL in a migration), or is taken.
static void forget_prepared(tdm_libpq_session *self, const tdm_db_line *line)
{
    if (line->named && (tdm_session_failed_with(&self->session, "26000") ||
                        tdm_session_failed_with(&self->session, "42P05")))
        self->unprepared = true;
}

// The answers of one statement, up to their end. What stands behind a failed one was not run.
static tdm_status read_line(tdm_libpq_session *self, tdm_db_batch *batch, size_t index,
                            answer *found, tdm_error *err)
{
    tdm_status status = TDM_OK;
    bool failed = found->failed;
    if (batch->lines[index].naming && !read_prepared(self, batch, index, found))
        return fail_lost(self, err);
    for (;;) {
        if (!await_result(self, batch->urgency))
            return fail_lost(self, err);
        PGresult *result = self->pq.PQgetResult(self->connection);
        if (!result)
            break;
        if (status == TDM_OK && !found->failed)
            status = handle_result(self, result, found, err);
        self->pq.PQclear(result);
    }
    if (is_down(self))
        return fail_lost(self, err);
    if (status == TDM_OK && !found->failed) {
        batch->lines[index].result = found->result;
        batch->done++;
    }
    if (found->failed && !failed)
        forget_prepared(self, &batch->lines[index]);
    return status;
}

// The server is ready again when it says so once.
static tdm_status read_end(tdm_libpq_session *self, tdm_error *err)
{
    if (!await_result(self, TDM_DB_FINISH))
        return fail_lost(self, err);
    PGresult *result = self->pq.PQgetResult(self->connection);
    bool ready = self->pq.PQresultStatus(result) == PGRES_PIPELINE_SYNC;
    self->pq.PQclear(result);
    return ready && self->pq.PQexitPipelineMode(self->connection) ? TDM_OK : fail_lost(self, err);
}

static tdm_status read_batch(tdm_libpq_session *self, tdm_db_batch *batch, tdm_error *err)
{
    tdm_status status = TDM_OK;
    bool failed = false;
    for (size_t i = 0; i < batch->count; i++) {
        answer found = {.arena = batch->arena, .wanted = batch->lines[i].wanted, .failed = failed};
        if (!failed && status == TDM_OK) {
            cancel_again(self, batch);
            if (batch->begins)
                batch->begins(batch->context, i);
        }
        if (!found.wanted)
            (void)self->pq.PQsetSingleRowMode(self->connection);
        tdm_status read = read_line(self, batch, i, &found, err);
        if (self->session.failure.lost)
            return TDM_FAILED;
        failed = failed || found.failed;
        status = status == TDM_OK ? read : status;
    }
    if (read_end(self, err) != TDM_OK || status != TDM_OK)
        return TDM_FAILED;
    return failed ? fail_server(self, err) : TDM_OK;
}

tdm_status tdm_libpq_run_batch(tdm_session *session, tdm_db_batch *batch, tdm_error *err)
{
    tdm_libpq_session *self = (tdm_libpq_session *)session;
    bool out_of_memory = false;
    if (is_down(self))
        return fail_lost(self, err);
    self->cancel_sent = false;
    if (send_batch(self, batch, &out_of_memory))
        return read_batch(self, batch, err);
    // What was begun cannot be ended any more: the connection is given up, and with it the
    // transaction.
    tdm_status status = fail_lost(self, err);
    self->pq.PQfinish(self->connection);
    self->connection = NULL;
    return out_of_memory ? tdm_fail_memory(err) : status;
}
