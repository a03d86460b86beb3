// One target of many: connected to, known by what it is, planned, pushed. Errors become its report.
#include "targets/state.h"

#include "base/error.h"
#include "base/text.h"

enum {
    READ_PATIENCE_MS = 1000, // for the histories, while another push holds their locks
    ROUNDS = 100,            // somebody who never stops changing the histories is not waited out
};

// What comes next.
typedef enum next {
    NEXT_DONE,
    NEXT_AGAIN, // a new plan
} next;

typedef struct attempt {
    tdm_worker *worker;
    tdm_targets *targets;
    const tdm_targets_run_options *options;
    tdm_target_report *item;
    tdm_arena *arena; // of the plan
    tdm_session *session;
    const tdm_plan *plan;
    tdm_push_options push;
    tdm_push_result result; // of all rounds
    unsigned rounds;
    bool holds_turn; // until the session is closed
    tdm_error err;
} attempt;

// --- What is told --------------------------------------------------------------------------------

static void tell(const attempt *a, tdm_targets_event_kind kind, tdm_text text,
                 const tdm_push_event *push)
{
    tdm_targets_event event = {.kind = kind, .item = a->item, .text = text, .push = push};
    tdm_targets_lock(a->targets);
    tdm_targets_tell(a->targets, &event);
    tdm_targets_unlock(a->targets);
}

static void on_note(void *context, tdm_text note)
{
    tell(context, TDM_TARGETS_NOTE, note, NULL);
}

static void on_push(void *context, const tdm_push_event *event)
{
    tell(context, TDM_TARGETS_PUSH, (tdm_text){0}, event);
}

static void on_opening(void *context, tdm_session *session)
{
    const attempt *a = context;
    tdm_worker_hold(a->worker, session);
}

// --- What came of it -----------------------------------------------------------------------------

static next end(attempt *a, tdm_outcome outcome)
{
    tdm_targets_lock(a->targets);
    a->item->outcome = outcome;
    a->item->applied = a->result.applied;
    a->item->adopted = a->result.adopted;
    tdm_targets_unlock(a->targets);
    return NEXT_DONE;
}

// Some of it is there when a step was committed, or when the error itself says so.
static next end_failed(attempt *a, tdm_outcome outcome)
{
    tdm_arena *arena = a->targets->arena;
    tdm_target_report *item = a->item;
    const tdm_error *err = &a->err;
    bool partly = err->code == TDM_ERROR_PARTIAL || a->result.applied + a->result.adopted > 0;
    tdm_targets_lock(a->targets);
    item->code = err->code;
    item->message = tdm_arena_text(arena, tdm_text_of(err->message));
    item->hint = tdm_arena_text(arena, tdm_text_of(err->hint));
    item->place = err->place;
    if (err->place.file)
        item->place.file = tdm_arena_string(arena, tdm_text_of(err->place.file));
    tdm_targets_unlock(a->targets);
    return end(a, partly ? TDM_OUTCOME_PARTLY : outcome);
}

// --- Which database it is ------------------------------------------------------------------------

// Server and database, not the way to them. A server that was copied from the same files as another
// has its system identifier too, but was started at another moment. Empty: this role may not know.
static tdm_status ask_identity(attempt *a, tdm_text *ret)
{
    static const char sql[] =
        "SELECT pg_catalog.concat_ws(' ', system_identifier, pg_catalog.date_part('epoch', "
        "pg_catalog.pg_postmaster_start_time()), pg_catalog.current_database()) "
        "FROM pg_catalog.pg_control_system()";
    tdm_db_result rows;
    *ret = (tdm_text){0};
    if (tdm_session_query(a->session, tdm_text_of(sql), a->arena, &rows, &a->err) != TDM_OK)
        return a->err.code == TDM_ERROR_SERVER ? TDM_OK : TDM_FAILED;
    if (rows.row_count == 1 && rows.column_count == 1)
        *ret = tdm_db_at(&rows, 0, 0)->text;
    return TDM_OK;
}

// Whether another target of the run is this database already; else it is this one's from now on.
static tdm_status claim(attempt *a, bool *ret_taken)
{
    tdm_targets *targets = a->targets;
    tdm_map *databases = &targets->run.databases;
    tdm_text identity;
    bool kept = true;
    *ret_taken = false;
    if (ask_identity(a, &identity) != TDM_OK)
        return TDM_FAILED;
    tdm_targets_lock(targets);
    const tdm_target_report *other = tdm_map_get(databases, identity);
    a->item->target = tdm_arena_text(targets->arena, tdm_session_target(a->session));
    if (other) {
        *ret_taken = true;
        a->item->same_as = other->name;
    } else if (identity.size) {
        kept = tdm_map_put(databases, tdm_arena_text(targets->arena, identity), a->item);
    }
    tdm_targets_unlock(targets);
    return kept ? TDM_OK : tdm_fail_memory(&a->err);
}

// --- The push ------------------------------------------------------------------------------------

static tdm_status make_plan(attempt *a)
{
    tdm_plan_options options = a->options->plan;
    options.patience_ms = READ_PATIENCE_MS;
    return tdm_plan_make_shared(&a->targets->run.share, a->session, &options, a->arena, &a->plan,
                                &a->err);
}

static tdm_status push_once(attempt *a, bool *ret_overtaken)
{
    tdm_push_result result = {0};
    tdm_status status =
        tdm_push(a->targets->project, a->session, a->plan, &a->push, &result, &a->err);
    a->result.applied += result.applied;
    a->result.adopted += result.adopted;
    *ret_overtaken = result.overtaken;
    return status;
}

// Behind the plan: nothing to do, or the push itself. tdm_push says why a plan with a refused step
// is not carried out.
static next carry_out(attempt *a)
{
    size_t done = a->result.applied + a->result.adopted;
    bool overtaken = false;
    if (a->item->pending == 0)
        a->item->pending = a->plan->pending;
    if (a->plan->refused == 0 && a->plan->pending == 0)
        return end(a, done ? TDM_OUTCOME_PUSHED : TDM_OUTCOME_CURRENT);
    if (a->plan->refused == 0 && a->options->only_look)
        return end(a, TDM_OUTCOME_PENDING);
    if (a->plan->refused == 0 && !a->holds_turn) {
        if (tdm_push_turn(a->session, &a->push, &a->holds_turn, &a->err) != TDM_OK)
            return end_failed(a, TDM_OUTCOME_FAILED);
        if (!a->holds_turn)
            return NEXT_AGAIN;
    }
    if (push_once(a, &overtaken) == TDM_OK)
        return end(a, TDM_OUTCOME_PUSHED);
    if (overtaken && a->rounds < ROUNDS)
        return NEXT_AGAIN;
    return end_failed(a, a->plan->refused ? TDM_OUTCOME_REFUSED : TDM_OUTCOME_FAILED);
}

// Of several runs over the same targets one applies everything; the others wait, look again and
// find nothing to do.
static next plan_and_push(attempt *a)
{
    a->rounds++;
    if (make_plan(a) == TDM_OK)
        return carry_out(a);
    // The histories are locked while another push writes them: its turn is waited for.
    if (a->err.code != TDM_ERROR_LOCKED || a->options->only_look || a->holds_turn ||
        a->rounds >= ROUNDS)
        return end_failed(a, TDM_OUTCOME_FAILED);
    if (tdm_push_turn(a->session, &a->push, &a->holds_turn, &a->err) != TDM_OK)
        return end_failed(a, TDM_OUTCOME_FAILED);
    return NEXT_AGAIN;
}

static void work_on(attempt *a)
{
    bool taken;
    if (claim(a, &taken) != TDM_OK)
        end_failed(a, TDM_OUTCOME_FAILED);
    else if (taken)
        end(a, TDM_OUTCOME_SAME);
    else
        while (plan_and_push(a) == NEXT_AGAIN)
            ;
}

static tdm_status open_session(attempt *a)
{
    tdm_target target = a->targets->found[a->worker->index];
    target.options.note = on_note;
    target.options.ask_password = NULL;
    target.options.opening = on_opening;
    target.options.context = a;
    if (tdm_session_open(&target.options, &a->session, &a->err) != TDM_OK)
        return TDM_FAILED;
    tdm_worker_hold(a->worker, a->session);
    return TDM_OK;
}

void tdm_targets_push_one(tdm_worker *worker)
{
    attempt a = {.worker = worker,
                 .targets = worker->targets,
                 .options = worker->targets->run.options,
                 .item = &worker->targets->items[worker->index],
                 .arena = tdm_arena_new(0),
                 .err = TDM_ERROR_INIT};
    a.push = a.options->push;
    a.push.jitter_seed += a.item->line;
    a.push.event = on_push;
    a.push.event_context = &a;
    tell(&a, TDM_TARGETS_BEGIN, (tdm_text){0}, NULL);
    if (!a.arena)
        tdm_fail_memory(&a.err);
    if (!a.arena || open_session(&a) != TDM_OK)
        end_failed(&a, TDM_OUTCOME_FAILED);
    else
        work_on(&a);
    tdm_worker_hold(worker, NULL);
    tdm_session_close(a.session);
    tdm_arena_free(a.arena);
}
