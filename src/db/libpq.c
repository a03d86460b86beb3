// Opening a session over libpq, and what keeps it open.
#include "db/libpq.h"

#include "base/error.h"
#include "base/vector.h"
#include "db/defaults.h"
#include "db/identity.h"
#include "db/libpq_run.h"
#include "db/unreachable.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEFAULT_CONNECT_SECONDS = 10,
    MAX_CONNECT_SECONDS = 3600,
    PASSWORD_SIZE = 1024,
    SECOND = 1000,
};

static tdm_db_transaction libpq_transaction(tdm_session *session)
{
    const tdm_libpq_session *self = (const tdm_libpq_session *)session;
    switch (self->pq.PQtransactionStatus(self->connection)) {
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

static tdm_status fail_connect(tdm_libpq_session *self, tdm_error *err)
{
    tdm_text said = tdm_text_trim(tdm_text_of(self->pq.PQerrorMessage(self->connection)));
    tdm_text message = tdm_connect_words(self->arena, said);
    tdm_fail(err, TDM_ERROR_CONNECT, TDM_NOWHERE, "cannot connect to %.*s: %.*s",
             TDM_TEXT_ARG(self->session.target), TDM_TEXT_ARG(message));
    const char *hint = tdm_connect_hint(message);
    return hint ? tdm_hint(err, "%s", hint) : TDM_FAILED;
}

static tdm_status fail_timeout(tdm_libpq_session *self, int64_t seconds, tdm_error *err)
{
    return tdm_fail(err, TDM_ERROR_CONNECT, TDM_NOWHERE,
                    "cannot connect to %.*s: no answer within %lld seconds",
                    TDM_TEXT_ARG(self->session.target), (long long)seconds);
}

// Follows libpq through the connection's steps, within the time limit.
static tdm_status follow_connect(tdm_libpq_session *self, tdm_error *err)
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
            tdm_waker_wait(&self->waker, self->pq.PQsocket(self->connection), events, (int)left);
        if (woken == TDM_WOKEN_CANCELLED)
            return tdm_fail(err, TDM_ERROR_INTERRUPTED, TDM_NOWHERE, "interrupted");
        if (woken == TDM_WOKEN_READY)
            step = self->pq.PQconnectPoll(self->connection);
    }
    return TDM_OK;
}

static tdm_status connect_once(tdm_libpq_session *self, tdm_error *err)
{
    tdm_arena *scratch = tdm_arena_new(0);
    tdm_keywords words;
    tdm_status status = TDM_FAILED;
    if (!scratch || !tdm_keywords_make(scratch, &self->parts, &words)) {
        tdm_fail_memory(err);
        goto done;
    }
    self->connection = self->pq.PQconnectStartParams(words.keywords, words.values, 0);
    if (!self->connection) {
        tdm_fail_memory(err);
        goto done;
    }
    if (self->pq.PQstatus(self->connection) == CONNECTION_BAD) {
        fail_connect(self, err);
        goto done;
    }
    self->pq.PQsetNoticeReceiver(self->connection, tdm_libpq_notice, &self->session);
    self->pq.PQsetErrorVerbosity(self->connection, PQERRORS_VERBOSE); // for its SQLSTATE
    status = follow_connect(self, err);
    self->pq.PQsetErrorVerbosity(self->connection, PQERRORS_DEFAULT);
    if (status == TDM_OK && self->pq.PQsetnonblocking(self->connection, 1) != 0)
        status = fail_connect(self, err);
done:
    tdm_arena_free(scratch);
    return status;
}

// Nothing waits for a lock without end, reading included, unless somebody has said how long.
static tdm_status bound_waiting(tdm_libpq_session *self, tdm_error *err)
{
    static const char sql[] = "SELECT pg_catalog.set_config('lock_timeout', '15s', false) "
                              "WHERE pg_catalog.current_setting('lock_timeout') OPERATOR("
                              "pg_catalog.=) '0'";
    tdm_arena *scratch = tdm_arena_new(0);
    if (!scratch)
        return tdm_fail_memory(err);
    tdm_status status = tdm_session_run(&self->session, tdm_text_of(sql), scratch, NULL, err);
    tdm_arena_free(scratch);
    return status;
}

static tdm_status connect_now(tdm_libpq_session *self, tdm_error *err)
{
    self->pq.PQfinish(self->connection);
    self->connection = NULL;
    self->prepared_count = 0;
    if (connect_once(self, err) != TDM_OK || bound_waiting(self, err) != TDM_OK)
        return TDM_FAILED;
    return self->login_role ? tdm_identity_take(&self->session, self->arena, err) : TDM_OK;
}

static tdm_status libpq_reopen(tdm_session *session, tdm_error *err)
{
    return connect_now((tdm_libpq_session *)session, err);
}

static void libpq_wait(tdm_session *session, uint32_t milliseconds)
{
    (void)tdm_waker_wait(&((tdm_libpq_session *)session)->waker, -1, 0, (int)milliseconds);
}

static void libpq_wake(tdm_session *session)
{
    tdm_waker_wake(&((tdm_libpq_session *)session)->waker);
}

static void libpq_free(tdm_session *session)
{
    tdm_libpq_session *self = (tdm_libpq_session *)session;
    if (self->connection)
        self->pq.PQfinish(self->connection);
    tdm_target_wipe(&self->parts);
    tdm_waker_close(&self->waker);
    tdm_db_failure_free(&session->failure);
    tdm_arena_free(self->arena);
    free(self);
}

static const tdm_db_methods libpq_methods = {
    .holds_session = true,
    .run = tdm_libpq_run,
    .run_batch = tdm_libpq_run_batch,
    .transaction = libpq_transaction,
    .reopen = libpq_reopen,
    .wait = libpq_wait,
    .wake = libpq_wake,
    .free = libpq_free,
};

static bool copy_parts(tdm_libpq_session *self, const tdm_target_parts *parts)
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

static tdm_status connect_or_ask(tdm_libpq_session *self, const tdm_libpq_options *options,
                                 tdm_error *err)
{
    char password[PASSWORD_SIZE];
    if (connect_now(self, err) == TDM_OK)
        return TDM_OK;
    if (!options->ask_password || !self->pq.PQconnectionNeedsPassword(self->connection) ||
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
    tdm_libpq_session *self = calloc(1, sizeof *self);
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
    if (options->opening)
        options->opening(options->context, &self->session);
    if (tdm_libpq_load(&self->pq, err) != TDM_OK)
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
    if (options->opening)
        options->opening(options->context, NULL);
    libpq_free(&self->session);
    return TDM_FAILED;
}

tdm_status tdm_libpq_parts(tdm_session *session, tdm_arena *arena, tdm_target_parts *ret,
                           tdm_error *err)
{
    tdm_libpq_session *self = (tdm_libpq_session *)session;
    if (session->methods != &libpq_methods)
        return tdm_fail(err, TDM_ERROR_BUG, TDM_NOWHERE, "not a database connection");
    *ret = (tdm_target_parts){0};
    PQconninfoOption *options = self->pq.PQconninfo(self->connection);
    if (!options)
        return tdm_fail_memory(err);
    for (const PQconninfoOption *option = options; option->keyword; option++)
        if (option->val && option->val[0])
            (void)tdm_target_set(arena, ret, tdm_arena_string(arena, tdm_text_of(option->keyword)),
                                 tdm_arena_string(arena, tdm_text_of(option->val)));
    self->pq.PQconninfoFree(options);
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

tdm_status tdm_libpq_twin(tdm_session *session, tdm_session **ret, tdm_error *err)
{
    const tdm_libpq_session *self = (const tdm_libpq_session *)session;
    if (session->methods != &libpq_methods)
        return tdm_fail(err, TDM_ERROR_BUG, TDM_NOWHERE, "not a database connection");
    const tdm_libpq_options options = {.connect_timeout = self->connect_seconds,
                                       .login_role = self->login_role};
    return tdm_libpq_open(&self->parts, &options, ret, err);
}

int tdm_libpq_process(const tdm_session *session)
{
    const tdm_libpq_session *self = (const tdm_libpq_session *)session;
    return session->methods == &libpq_methods ? self->pq.PQbackendPID(self->connection) : 0;
}
