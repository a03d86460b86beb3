#include "push/pusher.h"

#include "base/error.h"

enum {
    DEFAULT_LOCK_WAIT_MS = 15000,
};

static void on_notice(void *context, const char *severity, tdm_text message)
{
    const tdm_pusher *pusher = context;
    if (!pusher->unit)
        return;
    tdm_text text = tdm_arena_printf(pusher->arena, "%s: %.*s", severity, TDM_TEXT_ARG(message));
    tdm_push_tell(pusher, TDM_PUSH_NOTICE, text);
}

static tdm_status run_one(tdm_pusher *pusher, const tdm_push_unit *unit)
{
    tdm_arena *arena = tdm_arena_new(0);
    if (!arena)
        return tdm_fail_memory(pusher->err);
    pusher->arena = arena;
    pusher->unit = unit;
    pusher->sending = NULL;
    pusher->waited_ms = 0;
    pusher->waited_for = (tdm_text){0};
    pusher->skips = false;
    pusher->back_offs = 0;
    pusher->blockers = pusher->progress = (tdm_text){0};
    if (unit->begins)
        tdm_push_tell(pusher, TDM_PUSH_BEGIN, unit->name);
    tdm_status status = tdm_session_holds(pusher->session) ? tdm_push_run_unit(pusher)
                                                           : tdm_push_run_request(pusher);
    pusher->sending = NULL;
    if (status == TDM_OK && unit->ends_step)
        tdm_push_tell(pusher, TDM_PUSH_COMMITTED, unit->name);
    pusher->unit = NULL;
    pusher->arena = NULL;
    tdm_arena_free(arena);
    return status;
}

static tdm_status next_unit(tdm_pusher *pusher, tdm_push_unit *ret)
{
    tdm_push_look_ahead(pusher);
    pusher->has_following = false;
    *ret = pusher->following;
    if (pusher->following_err.code == TDM_ERROR_NONE)
        return TDM_OK;
    *pusher->err = pusher->following_err;
    if (pusher->err->place.file)
        pusher->err->place.file = pusher->err->file;
    return TDM_FAILED;
}

static tdm_status run_all(tdm_pusher *pusher, tdm_push_result *ret)
{
    for (;;) {
        tdm_push_unit unit;
        if (next_unit(pusher, &unit) != TDM_OK)
            return TDM_FAILED;
        if (!unit.step)
            return TDM_OK;
        if (run_one(pusher, &unit) != TDM_OK)
            return TDM_FAILED;
        if (unit.ends_step && unit.step->action == TDM_ACTION_APPLY)
            ret->applied++;
        else if (unit.ends_step && unit.backward)
            ret->reverted++;
        else if (unit.ends_step)
            ret->adopted++;
    }
}

static tdm_status refuse_plan(const tdm_plan *plan, tdm_error *err)
{
    for (size_t i = 0; i < plan->step_count; i++)
        if (plan->steps[i].action == TDM_ACTION_REFUSED)
            return tdm_fail(err, TDM_ERROR_HISTORY, TDM_NOWHERE,
                            "%zu of the pairs cannot be pushed to %.*s; the first: %.*s",
                            plan->refused, TDM_TEXT_ARG(plan->target),
                            TDM_TEXT_ARG(plan->steps[i].reason));
    return TDM_OK;
}

static uint32_t or_default(uint32_t value, uint32_t otherwise)
{
    return value ? value : otherwise;
}

tdm_status tdm_push(tdm_project *project, tdm_session *session, const tdm_plan *plan,
                    const tdm_push_options *options, tdm_push_result *ret, tdm_error *err)
{
    tdm_push_times times = TDM_PUSH_TIMES;
    tdm_pusher pusher = {.session = session,
                         .plan = tdm_plan_inside(plan),
                         .options = options,
                         .lock_wait_ms = or_default(options->lock_wait_ms, DEFAULT_LOCK_WAIT_MS),
                         .err = err};
    (void)project;
    *ret = (tdm_push_result){0};
    times.lock_timeout_ms = or_default(options->lock_timeout_ms, times.lock_timeout_ms);
    times.patience_ms = options->lock_timeout_ms;
    times.statement_timeout_ms = options->statement_timeout_ms;
    if (times.lock_slice_ms > pusher.lock_wait_ms)
        times.lock_slice_ms = pusher.lock_wait_ms;
    pusher.lock_timeout_ms = times.lock_timeout_ms;
    pusher.lock_slice_ms = times.lock_slice_ms;
    if (refuse_plan(plan, err) != TDM_OK ||
        tdm_push_units_start(pusher.plan, times, &pusher.units, err) != TDM_OK)
        return TDM_FAILED;
    session->notice = on_notice;
    session->notice_context = &pusher;
    session->tick = tdm_push_look_on;
    tdm_status status = run_all(&pusher, ret);
    session->notice = NULL;
    session->notice_context = NULL;
    session->tick = NULL;
    ret->overtaken = pusher.overtaken;
    tdm_session_close(pusher.looker);
    tdm_push_units_free(pusher.units);
    return status;
}
