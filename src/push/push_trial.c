// `push --rehearse`: the pending set on the target itself, in one transaction that is rolled back.
//
// One transaction is not what a push makes of it, so that what fails for that alone is no finding:
// a label of an enum that a push would have committed by then, and rows that deferred constraints
// still wait for when the next migration alters their table. Statements outside of transactions are
// named and not run; what later statements miss because of that is told so.
#include "push/pusher.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "db/waker.h"

enum {
    LOCK_TIMEOUT_MS = 1000, // everything that is locked stays so until the end
};

typedef struct trial {
    tdm_pusher *pusher;
    tdm_push_result *result;
    tdm_arena *arena;
    tdm_map seen; // locks that were told
    uint32_t lock_timeout_ms;
    tdm_text youngest; // oid: what is younger was made here
    bool added_label;  // an enum has labels that are not committed
    size_t left_out;   // statements of this run
    const tdm_statement *statement;
} trial;

static tdm_status say(trial *t, const char *sql)
{
    return tdm_session_run(t->pusher->session, tdm_text_of(sql), t->arena, NULL, t->pusher->err);
}

static void tell(trial *t, tdm_push_event_kind kind, tdm_text text)
{
    tdm_send sending = {.place = t->statement->place};
    t->pusher->sending = &sending;
    tdm_push_tell(t->pusher, kind, text);
    t->pusher->sending = NULL;
}

// --- Locks ---------------------------------------------------------------------------------------

static const char *blocks(tdm_text mode)
{
    if (tdm_text_is(mode, "AccessExclusiveLock"))
        return "blocks reading and writing";
    if (tdm_text_is(mode, "ShareUpdateExclusiveLock"))
        return "blocks other definitions";
    return tdm_text_is(mode, "RowExclusiveLock") || tdm_text_is(mode, "RowShareLock")
               ? "blocks nobody's reading or writing"
               : "blocks writing";
}

// Locks on what was there before, as far as they are new.
static tdm_status new_locks(trial *t, tdm_text *ret)
{
    tdm_db_result rows;
    tdm_text sql = tdm_arena_printf(
        t->arena,
        "SELECT l.relation::pg_catalog.regclass::pg_catalog.text, l.mode FROM pg_catalog.pg_locks "
        "l "
        "JOIN pg_catalog.pg_class c ON c.oid = l.relation JOIN pg_catalog.pg_namespace n "
        "ON n.oid = c.relnamespace WHERE l.pid = pg_catalog.pg_backend_pid() AND l.granted "
        "AND l.mode <> 'AccessShareLock' AND n.nspname !~ '^pg_' AND c.relkind IN ('r', 'p', 'm') "
        "AND c.oid <= %.*s AND l.database = (SELECT oid FROM pg_catalog.pg_database "
        "WHERE datname = pg_catalog.current_database()) ORDER BY 1, 2",
        TDM_TEXT_ARG(t->youngest));
    if (tdm_session_query(t->pusher->session, sql, t->arena, &rows, t->pusher->err) != TDM_OK)
        return TDM_FAILED;
    *ret = (tdm_text){0};
    for (size_t i = 0; i < rows.row_count; i++) {
        tdm_text mode = tdm_db_at(&rows, i, 1)->text;
        tdm_text lock = tdm_arena_printf(t->arena, "%.*s on %.*s (%s)", TDM_TEXT_ARG(mode),
                                         TDM_TEXT_ARG(tdm_db_at(&rows, i, 0)->text), blocks(mode));
        if (tdm_map_has(&t->seen, lock) || !tdm_map_put(&t->seen, lock, t))
            continue;
        *ret = tdm_arena_printf(t->arena, "%.*s, %.*s", TDM_TEXT_ARG(*ret), TDM_TEXT_ARG(lock));
    }
    return tdm_arena_ok(t->arena) ? TDM_OK : tdm_fail_memory(t->pusher->err);
}

// --- One statement -------------------------------------------------------------------------------

static tdm_status leave_out(trial *t, const char *why)
{
    t->left_out++;
    t->result->left_out++;
    tell(t, TDM_PUSH_LEFT_OUT, tdm_text_of(why));
    return TDM_OK;
}

static tdm_status fail(trial *t)
{
    const tdm_db_failure *failure = &t->pusher->session->failure;
    tdm_error *err = t->pusher->err;
    if (err->code != TDM_ERROR_SERVER)
        return TDM_FAILED;
    bool locked = tdm_session_failed_with(t->pusher->session, "55P03");
    tdm_send line = {
        .sql = t->statement->sql, .place = t->statement->place, .exact = t->statement->exact};
    tdm_fail(err, locked ? TDM_ERROR_LOCKED : TDM_ERROR_SERVER,
             tdm_send_place(&line, failure->position),
             "%.*s (SQLSTATE %s)\nin the rehearsal, which is rolled back: nothing is applied",
             TDM_TEXT_ARG(tdm_buffer_text(&failure->message)), failure->sqlstate);
    if (t->left_out > 0)
        return tdm_hint(err,
                        "%zu statements before it were left out, as they run outside of "
                        "transactions: it may miss what they make.",
                        t->left_out);
    return TDM_FAILED;
}

static tdm_status run_statement(trial *t, const tdm_judged *judged)
{
    tdm_text locks;
    if (judged->runs == TDM_RUN_OUTSIDE)
        return leave_out(t, "not rehearsed: it runs outside of transactions");
    if (t->added_label && say(t, "SAVEPOINT tandem_label") != TDM_OK)
        return TDM_FAILED;
    int64_t begun = tdm_now_ms();
    if (tdm_session_run(t->pusher->session, t->statement->sql, t->arena, NULL, t->pusher->err) !=
        TDM_OK) {
        if (!t->added_label || !tdm_session_failed_with(t->pusher->session, "55P04"))
            return fail(t);
        if (say(t, "ROLLBACK TO SAVEPOINT tandem_label") != TDM_OK)
            return TDM_FAILED;
        return leave_out(t, "not rehearsed: it uses a label that a push has committed by then");
    }
    long long took = (long long)(tdm_now_ms() - begun);
    t->added_label = t->added_label || judged->new_label.size > 0;
    t->result->rehearsed++;
    if (new_locks(t, &locks) != TDM_OK)
        return TDM_FAILED;
    tell(t, TDM_PUSH_REHEARSED,
         tdm_arena_printf(t->arena, "%lld ms%.*s", took, TDM_TEXT_ARG(locks)));
    return TDM_OK;
}

// --- One migration -------------------------------------------------------------------------------

// As COMMIT does: deferred constraints are checked, and those of the next migration are deferred
// again.
static tdm_status settle(trial *t)
{
    static const char query[] =
        "SELECT pg_catalog.string_agg(pg_catalog.format('%I.%I', n.nspname, c.conname), ', ') "
        "FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace "
        "WHERE c.condeferred";
    tdm_db_result rows;
    if (say(t, "SET CONSTRAINTS ALL IMMEDIATE") != TDM_OK)
        return fail(t);
    if (tdm_session_query(t->pusher->session, tdm_text_of(query), t->arena, &rows,
                          t->pusher->err) != TDM_OK)
        return TDM_FAILED;
    if (rows.row_count != 1 || tdm_db_at(&rows, 0, 0)->is_null)
        return TDM_OK;
    return say(t, tdm_arena_printf(t->arena, "SET CONSTRAINTS %.*s DEFERRED",
                                   TDM_TEXT_ARG(tdm_db_at(&rows, 0, 0)->text))
                      .data);
}

static tdm_status prepare(trial *t)
{
    const tdm_db_identity *identity = &t->pusher->session->identity;
    if (say(t, "RESET ALL") != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < identity->setting_count; i++)
        if (tdm_session_run(t->pusher->session, identity->settings[i], t->arena, NULL,
                            t->pusher->err) != TDM_OK)
            return TDM_FAILED;
    const tdm_push_options *options = t->pusher->options;
    if (say(t,
            tdm_arena_printf(t->arena, "SET LOCAL lock_timeout = %u", t->lock_timeout_ms).data) !=
        TDM_OK)
        return TDM_FAILED;
    return options->statement_timeout_ms == 0
               ? TDM_OK
               : say(t, tdm_arena_printf(t->arena, "SET LOCAL statement_timeout = %u",
                                         options->statement_timeout_ms)
                            .data);
}

static tdm_status restore(trial *t)
{
    const tdm_db_identity *identity = &t->pusher->session->identity;
    if (say(t, "RESET SESSION AUTHORIZATION") != TDM_OK)
        return TDM_FAILED;
    return say(t, identity->become.size ? identity->become.data : "RESET ROLE");
}

static tdm_status run_work(trial *t, const tdm_plan_work *work)
{
    if (prepare(t) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = work->parts.done; i < work->statements.count; i++) {
        t->statement = &work->statements.items[i];
        if (run_statement(t, &work->review.items[i]) != TDM_OK)
            return TDM_FAILED;
    }
    return t->statement && settle(t) == TDM_OK ? restore(t) : (t->statement ? TDM_FAILED : TDM_OK);
}

static tdm_status run_steps(trial *t)
{
    const tdm_full_plan *plan = t->pusher->plan;
    tdm_push_unit unit = {0};
    t->pusher->unit = &unit;
    for (size_t i = 0; i < plan->plan.step_count; i++) {
        const tdm_plan_step *step = &plan->plan.steps[i];
        size_t count = tdm_plan_unit_count(step, &plan->items[i]);
        unit.step = step;
        if (count > 0)
            tdm_push_tell(t->pusher, TDM_PUSH_BEGIN, (tdm_text){0});
        for (size_t k = 0; step->action == TDM_ACTION_APPLY && k < count; k++)
            if (run_work(t, &plan->items[i].works[k]) != TDM_OK)
                return TDM_FAILED;
        unit.step_index += count > 0 ? 1 : 0;
    }
    return TDM_OK;
}

static tdm_status open_trial(trial *t)
{
    tdm_db_result rows;
    tdm_pusher *pusher = t->pusher;
    if (say(t, "BEGIN") != TDM_OK ||
        tdm_session_query(pusher->session,
                          TDM_TEXT("SELECT pg_catalog.pg_try_advisory_xact_lock(" TDM_PUSH_LOCK_KEY
                                   "), "
                                   "(SELECT pg_catalog.max(oid) FROM pg_catalog.pg_class)"),
                          t->arena, &rows, pusher->err) != TDM_OK)
        return TDM_FAILED;
    if (!tdm_text_is(tdm_db_at(&rows, 0, 0)->text, "t"))
        return tdm_fail(pusher->err, TDM_ERROR_LOCKED, TDM_NOWHERE,
                        "another push is at work in %.*s", TDM_TEXT_ARG(pusher->session->target));
    t->youngest = tdm_db_at(&rows, 0, 1)->text;
    return TDM_OK;
}

tdm_status tdm_push_rehearse(tdm_session *session, const tdm_plan *plan,
                             const tdm_push_options *options, tdm_push_result *ret, tdm_error *err)
{
    *ret = (tdm_push_result){0};
    if (!tdm_session_holds(session))
        return tdm_fail(
            err, TDM_ERROR_TARGET, TDM_NOWHERE,
            "a rehearsal needs a session, which the API does not give: use --via libpq");
    if (plan->refused)
        return tdm_fail(err, TDM_ERROR_HISTORY, TDM_NOWHERE, "%zu of the pairs cannot be pushed",
                        plan->refused);
    tdm_arena *arena = tdm_arena_new(0);
    if (!arena)
        return tdm_fail_memory(err);
    tdm_pusher pusher = {.session = session,
                         .plan = tdm_plan_inside(plan),
                         .options = options,
                         .arena = arena,
                         .err = err};
    trial t = {.pusher = &pusher, .result = ret, .arena = arena};
    t.lock_timeout_ms = options->lock_timeout_ms ? options->lock_timeout_ms : LOCK_TIMEOUT_MS;
    tdm_map_init(&t.seen, arena);
    tdm_status status = open_trial(&t) == TDM_OK ? run_steps(&t) : TDM_FAILED;
    tdm_session_tidy(session, TDM_TEXT("ROLLBACK"));
    tdm_arena_free(arena);
    return status;
}
