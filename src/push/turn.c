// A migration takes the push lock for its transaction. Twenty pushes that begin at once would take
// it in turns, each finding that its plan is old; the one that holds it for its whole session is
// left in peace, and the server gives it to the next one when that session ends, however it ends.
#include <tandem/push.h>

#include "base/error.h"
#include "base/limits.h"
#include "db/libpq.h"
#include "db/target.h"
#include "plan/history_sql.h"
#include "push/pusher.h"

#define TRY_LOCK "pg_catalog.pg_try_advisory_lock(" TDM_PUSH_LOCK_KEY ")"

enum {
    PAUSE_MS = 200, // between two tries: never waited for in the server, where it holds a snapshot
    DEFAULT_WAIT_MS = 15000,
};

typedef struct turn {
    tdm_session *session;
    const tdm_push_options *options;
    tdm_arena *arena;
    tdm_error *err;
} turn;

// Whoever holds the lock.
typedef struct holder {
    tdm_text pids; // empty: nobody does any more
    tdm_text words;
} holder;

// What answers to try_lock.
typedef enum attempt {
    ATTEMPT_TAKEN,
    ATTEMPT_HELD, // by somebody else
    ATTEMPT_POOL, // it would not be ours
} attempt;

// Supabase's pooler gives a session its own connection; its other port is refused (db/target.c).
static bool is_session_pooler(const turn *t)
{
    tdm_target_parts parts;
    tdm_error ignored = TDM_ERROR_INIT;
    if (tdm_libpq_parts(t->session, t->arena, &parts, &ignored) != TDM_OK)
        return false;
    tdm_target_wipe(&parts);
    return tdm_text_ends(tdm_text_of(tdm_target_get(&parts, "host")),
                         TDM_TEXT(".pooler.supabase.com"));
}

// A pooler tells a process of its own at the login. Whether it gives the same connection to the
// next transaction is not to be known, and a lock that is left behind in one of its connections
// would keep everybody out.
static tdm_text lock_sql(const turn *t)
{
    int process = tdm_libpq_process(t->session);
    if (process == 0 || is_session_pooler(t))
        return TDM_TEXT("SELECT " TRY_LOCK " AS taken");
    return tdm_arena_printf(t->arena,
                            "SELECT CASE WHEN pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.=) "
                            "%d THEN " TRY_LOCK " END AS taken",
                            process);
}

static tdm_status try_lock(const turn *t, attempt *ret)
{
    tdm_db_result result;
    tdm_text sql = lock_sql(t);
    if (!sql.data)
        return tdm_fail_memory(t->err);
    if (tdm_session_run(t->session, sql, t->arena, &result, t->err) != TDM_OK)
        return TDM_FAILED;
    *ret = ATTEMPT_HELD;
    if (result.row_count != 1)
        return TDM_OK;
    if (tdm_db_at(&result, 0, 0)->is_null)
        *ret = ATTEMPT_POOL;
    else if (tdm_text_is(tdm_db_at(&result, 0, 0)->text, "t"))
        *ret = ATTEMPT_TAKEN;
    return TDM_OK;
}

static tdm_status find_holder(const turn *t, holder *ret)
{
    static const tdm_history_sides lock_alone = {0};
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_db_result rows;
    tdm_put_holders(&sql, &lock_alone);
    if (tdm_buffer_check(&sql, t->err) != TDM_OK)
        return TDM_FAILED;
    if (tdm_session_query(t->session, tdm_buffer_take(&sql, t->arena), t->arena, &rows, t->err) !=
        TDM_OK)
        return TDM_FAILED;
    *ret = (holder){.words = tdm_push_describe(t->arena, &rows)};
    for (size_t i = 0; i < rows.row_count; i++)
        ret->pids = tdm_arena_printf(t->arena, "%.*s %.*s", TDM_TEXT_ARG(ret->pids),
                                     TDM_TEXT_ARG(tdm_db_at(&rows, i, 0)->text));
    return TDM_OK;
}

static tdm_status fail_locked(const turn *t, const holder *found)
{
    tdm_fail(t->err, TDM_ERROR_LOCKED, TDM_NOWHERE, "another push is at work in %.*s: %.*s",
             TDM_TEXT_ARG(t->session->target), TDM_TEXT_ARG(found->words));
    return tdm_hint(t->err, "Try again when it has ended, or wait longer with --wait.");
}

static void tell(const turn *t, const holder *found)
{
    tdm_push_event event = {.kind = TDM_PUSH_WAITING, .text = found->words};
    if (t->options->event)
        t->options->event(t->options->event_context, &event);
}

// Until those who hold the lock now hold it no more.
static tdm_status wait_for_end(const turn *t)
{
    uint32_t limit = t->options->lock_wait_ms ? t->options->lock_wait_ms : DEFAULT_WAIT_MS;
    holder first;
    if (find_holder(t, &first) != TDM_OK)
        return TDM_FAILED;
    if (first.pids.size)
        tell(t, &first);
    for (uint32_t waited = 0;; waited += PAUSE_MS) {
        holder now;
        if (find_holder(t, &now) != TDM_OK)
            return TDM_FAILED;
        if (now.pids.size == 0 || !tdm_text_equal(now.pids, first.pids))
            return TDM_OK;
        if (waited >= limit)
            return fail_locked(t, &now);
        if (tdm_session_wait(t->session, PAUSE_MS, t->err) != TDM_OK)
            return TDM_FAILED;
    }
}

tdm_status tdm_push_turn(tdm_session *session, const tdm_push_options *options, bool *ret_taken,
                         tdm_error *err)
{
    *ret_taken = true;
    if (!tdm_session_holds(session))
        return TDM_OK;
    turn t = {.session = session, .options = options, .arena = tdm_arena_new(0), .err = err};
    if (!t.arena)
        return tdm_fail_memory(err);
    attempt found = ATTEMPT_HELD;
    tdm_status status = try_lock(&t, &found);
    *ret_taken = found != ATTEMPT_HELD;
    if (status == TDM_OK && found == ATTEMPT_HELD && options)
        status = wait_for_end(&t);
    tdm_arena_free(t.arena);
    return status;
}
