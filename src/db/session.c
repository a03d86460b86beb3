#include "db/session.h"

#include "base/error.h"

#include <string.h>

enum {
    FAILURE_MAXIMUM = 64 << 10, // bytes of one part of a server's message
};

static tdm_status fail_interrupted(tdm_error *err)
{
    return tdm_fail(err, TDM_ERROR_INTERRUPTED, TDM_NOWHERE, "interrupted");
}

bool tdm_session_holds(const tdm_session *session)
{
    return session->methods->holds_session;
}

static tdm_status work(tdm_session *session, const tdm_db_request *request, tdm_db_result *ret,
                       tdm_error *err)
{
    tdm_db_failure_clear(&session->failure);
    if (session->cancelled && request->urgency == TDM_DB_WORK)
        return fail_interrupted(err);
    return session->methods->run(session, request, ret, err);
}

tdm_status tdm_session_query(tdm_session *session, tdm_text sql, tdm_arena *arena,
                             tdm_db_result *ret, tdm_error *err)
{
    tdm_db_request request = {.kind = TDM_DB_QUERY, .sql = sql, .arena = arena};
    return work(session, &request, ret, err);
}

tdm_status tdm_session_look(tdm_session *session, tdm_text sql, tdm_arena *arena,
                            tdm_db_result *ret, tdm_error *err)
{
    tdm_db_request request = {
        .kind = TDM_DB_QUERY, .sql = sql, .urgency = TDM_DB_FINISH, .arena = arena};
    return work(session, &request, ret, err);
}

tdm_status tdm_session_script(tdm_session *session, tdm_text sql, tdm_arena *arena,
                              tdm_db_result *ret, tdm_error *err)
{
    tdm_db_request request = {.kind = TDM_DB_SCRIPT, .sql = sql, .arena = arena};
    return work(session, &request, ret, err);
}

tdm_status tdm_session_run(tdm_session *session, tdm_text sql, tdm_arena *arena, tdm_db_result *ret,
                           tdm_error *err)
{
    tdm_db_request request = {.kind = TDM_DB_STATEMENT, .sql = sql, .arena = arena};
    return work(session, &request, ret, err);
}

bool tdm_session_has_batches(const tdm_session *session)
{
    return session->methods->run_batch != NULL;
}

// One alone is no pipeline, and so may be what cannot be part of one.
static tdm_status run_single(tdm_session *session, tdm_db_batch *batch, tdm_error *err)
{
    tdm_db_line *line = batch->lines;
    tdm_db_request request = {.kind = TDM_DB_STATEMENT,
                              .sql = line->sql,
                              .urgency = batch->urgency,
                              .arena = batch->arena};
    if (batch->begins)
        batch->begins(batch->context, 0);
    if (work(session, &request, line->wanted ? &line->result : NULL, err) != TDM_OK)
        return TDM_FAILED;
    batch->done = 1;
    return TDM_OK;
}

tdm_status tdm_session_batch(tdm_session *session, tdm_db_batch *batch, tdm_error *err)
{
    batch->done = 0;
    if (batch->count == 1)
        return run_single(session, batch, err);
    tdm_db_failure_clear(&session->failure);
    if (session->cancelled && batch->urgency == TDM_DB_WORK)
        return fail_interrupted(err);
    return session->methods->run_batch(session, batch, err);
}

tdm_status tdm_session_finish(tdm_session *session, tdm_text sql, tdm_arena *arena,
                              tdm_db_result *ret, tdm_error *err)
{
    tdm_db_request request = {
        .kind = TDM_DB_STATEMENT, .sql = sql, .urgency = TDM_DB_FINISH, .arena = arena};
    return work(session, &request, ret, err);
}

void tdm_session_tidy(tdm_session *session, tdm_text sql)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_error ignored = TDM_ERROR_INIT;
    tdm_db_request request = {.sql = sql, .urgency = TDM_DB_FINISH, .arena = arena};
    if (!arena)
        return;
    tdm_status status = session->methods->run(session, &request, NULL, &ignored);
    (void)status;
    tdm_arena_free(arena);
}

tdm_status tdm_session_wait(tdm_session *session, uint32_t milliseconds, tdm_error *err)
{
    if (!session->cancelled)
        session->methods->wait(session, milliseconds);
    return session->cancelled ? fail_interrupted(err) : TDM_OK;
}

bool tdm_session_failed_with(const tdm_session *session, const char *sqlstate)
{
    return strcmp(session->failure.sqlstate, sqlstate) == 0;
}

const tdm_db_value *tdm_db_at(const tdm_db_result *result, size_t row, size_t column)
{
    return &result->values[row * result->column_count + column];
}

static void clear_part(tdm_buffer *part)
{
    // A part that overflowed stays failed; the next failure deserves a fresh one.
    if (part->failed || part->maximum == 0) {
        tdm_buffer_free(part);
        *part = TDM_BUFFER_INIT(FAILURE_MAXIMUM);
        return;
    }
    tdm_buffer_clear(part);
}

void tdm_db_failure_clear(tdm_db_failure *failure)
{
    failure->sqlstate[0] = '\0';
    failure->position = 0;
    failure->lost = false;
    clear_part(&failure->message);
    clear_part(&failure->detail);
    clear_part(&failure->hint);
    clear_part(&failure->context);
}

void tdm_db_failure_free(tdm_db_failure *failure)
{
    tdm_buffer_free(&failure->message);
    tdm_buffer_free(&failure->detail);
    tdm_buffer_free(&failure->hint);
    tdm_buffer_free(&failure->context);
}

void tdm_session_close(tdm_session *session)
{
    if (session)
        session->methods->free(session);
}

void tdm_session_cancel(tdm_session *session)
{
    session->cancelled = true;
    session->methods->wake(session);
}

tdm_text tdm_session_target(const tdm_session *session)
{
    return session->target;
}
