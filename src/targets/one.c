// One target of many: connected to, known by what it is, planned, pushed. Errors become its report.
#include "targets/state.h"

#include "base/error.h"
#include "base/text.h"

enum {
    TRIES = 4, // a plan is made anew so often when somebody else has changed the histories
};

typedef struct attempt {
    tdm_worker *worker;
    tdm_targets *targets;
    const tdm_targets_run_options *options;
    tdm_target_report *item;
    tdm_arena *arena; // of the plan
    tdm_session *session;
    const tdm_plan *plan;
    tdm_push_result result; // of all tries
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

static void end(attempt *a, tdm_outcome outcome)
{
    tdm_targets_lock(a->targets);
    a->item->outcome = outcome;
    a->item->applied = a->result.applied;
    a->item->adopted = a->result.adopted;
    tdm_targets_unlock(a->targets);
}

// Some of it is there when a step was committed, or when the error itself says so.
static void end_failed(attempt *a, tdm_outcome outcome)
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
    end(a, partly ? TDM_OUTCOME_PARTLY : outcome);
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
    return tdm_plan_make_shared(&a->targets->run.share, a->session, &a->options->plan, a->arena,
                                &a->plan, &a->err);
}

static bool same_keys(const tdm_history_keys *one, const tdm_history_keys *other)
{
    if (one->count != other->count)
        return false;
    for (size_t i = 0; i < one->count; i++)
        if (!tdm_text_equal(one->items[i], other->items[i]))
            return false;
    return true;
}

// Whether it was another push, or an Alembic, that this one met: then there is a new plan.
static bool met_another(attempt *a)
{
    const tdm_histories *before = &tdm_plan_inside(a->plan)->histories;
    tdm_error cause = a->err;
    if (a->err.code != TDM_ERROR_HISTORY || a->plan->refused)
        return false;
    if (cause.place.file)
        cause.place.file = cause.file;
    if (make_plan(a) == TDM_OK) {
        const tdm_histories *now = &tdm_plan_inside(a->plan)->histories;
        if (!same_keys(&before->heads, &now->heads) ||
            !same_keys(&before->versions, &now->versions))
            return true;
    }
    a->err = cause;
    if (cause.place.file)
        a->err.place.file = a->err.file;
    return false;
}

static tdm_status push_once(attempt *a)
{
    tdm_push_options options = a->options->push;
    tdm_push_result result = {0};
    options.jitter_seed += a->item->line;
    options.event = on_push;
    options.event_context = a;
    tdm_status status =
        tdm_push(a->targets->project, a->session, a->plan, &options, &result, &a->err);
    a->result.applied += result.applied;
    a->result.adopted += result.adopted;
    return status;
}

static void push(attempt *a)
{
    for (int i = 1;; i++) {
        if (push_once(a) == TDM_OK) {
            end(a, TDM_OUTCOME_PUSHED);
            return;
        }
        if (i == TRIES || !met_another(a)) {
            end_failed(a, a->plan->refused ? TDM_OUTCOME_REFUSED : TDM_OUTCOME_FAILED);
            return;
        }
        if (a->plan->pending == 0 && a->plan->refused == 0) {
            end(a,
                a->result.applied + a->result.adopted ? TDM_OUTCOME_PUSHED : TDM_OUTCOME_CURRENT);
            return;
        }
    }
}

// tdm_push itself says why a plan with a refused step is not carried out.
static void plan_and_push(attempt *a)
{
    bool taken;
    if (claim(a, &taken) != TDM_OK) {
        end_failed(a, TDM_OUTCOME_FAILED);
    } else if (taken) {
        end(a, TDM_OUTCOME_SAME);
    } else if (make_plan(a) != TDM_OK) {
        end_failed(a, TDM_OUTCOME_FAILED);
    } else {
        a->item->pending = a->plan->pending;
        if (a->plan->pending == 0 && a->plan->refused == 0)
            end(a, TDM_OUTCOME_CURRENT);
        else if (a->options->only_look && a->plan->refused == 0)
            end(a, TDM_OUTCOME_PENDING);
        else
            push(a);
    }
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
    tell(&a, TDM_TARGETS_BEGIN, (tdm_text){0}, NULL);
    if (!a.arena)
        tdm_fail_memory(&a.err);
    if (!a.arena || open_session(&a) != TDM_OK)
        end_failed(&a, TDM_OUTCOME_FAILED);
    else
        plan_and_push(&a);
    tdm_worker_hold(worker, NULL);
    tdm_session_close(a.session);
    tdm_arena_free(a.arena);
}
