#include "revert/reverter.h"

#include "base/error.h"
#include "base/text.h"
#include "plan/plan_review.h"

typedef struct maker {
    tdm_reverter r;
    tdm_full_plan *made;
    tdm_plan_step *steps;
    tdm_plan_item *items;
    tdm_revert_step *backs;
    size_t count;
} maker;

// The step of the way back that undoes `index` of the plan that was found.
static tdm_status add_step(maker *m, size_t index)
{
    tdm_reverter *r = &m->r;
    tdm_plan_step *step = &m->steps[m->count];
    tdm_plan_item *item = &m->items[m->count];
    tdm_way *way = &r->ways[index];
    const tdm_plan_reviewing reviewing = {m->made, r->session, r->arena};
    *step = r->found->plan.steps[index];
    *item = r->found->items[index];
    step->action = TDM_ACTION_REVERT;
    step->reason = (tdm_text){0};
    step->transactions = 0;
    item->back = &way->statements;
    if (tdm_revert_ask_rows(r, index, &item->guards) != TDM_OK ||
        tdm_plan_review_step(&reviewing, step, item, r->err) != TDM_OK)
        return TDM_FAILED;
    if (step->action == TDM_ACTION_REFUSED || step->transactions > 1) {
        tdm_text why = step->action == TDM_ACTION_REFUSED
                           ? step->reason
                           : TDM_TEXT("its way back does not run in one transaction");
        return tdm_fail(r->err, TDM_ERROR_HISTORY, way->statements.items[0].place,
                        "%.*s cannot be taken back: %.*s", TDM_TEXT_ARG(tdm_revert_name(r, index)),
                        TDM_TEXT_ARG(why));
    }
    m->backs[m->count++] = (tdm_revert_step){.step = step,
                                             .derived = way->derived,
                                             .proven = way->proven,
                                             .differs = way->differs,
                                             .statements = way->statements.items,
                                             .statement_count = way->statements.count,
                                             .losses = way->losses.items,
                                             .loss_count = way->losses.count,
                                             .notes = way->notes.items,
                                             .note_count = way->notes.count};
    return TDM_OK;
}

static tdm_text find_last(const tdm_reverter *r)
{
    for (size_t i = r->found->plan.step_count; i-- > 0;)
        if (!r->goes[i] && tdm_revert_is_applied(r, i))
            return tdm_revert_name(r, i);
    return (tdm_text){0};
}

static tdm_status make(maker *m, tdm_revert_plan *ret)
{
    tdm_reverter *r = &m->r;
    m->made = tdm_arena_new_of(r->arena, tdm_full_plan);
    m->steps = tdm_arena_array(r->arena, r->going, sizeof *m->steps);
    m->items = tdm_arena_array(r->arena, r->going, sizeof *m->items);
    m->backs = tdm_arena_array(r->arena, r->going, sizeof *m->backs);
    if (!m->made || !m->steps || !m->items || !m->backs)
        return tdm_fail_memory(r->err);
    *m->made = *r->found;
    m->made->plan.steps = m->steps;
    m->made->plan.step_count = m->made->plan.pending = r->going;
    m->made->plan.refused = 0;
    m->made->items = m->items;
    for (size_t i = 0; i < r->going; i++)
        if (add_step(m, r->order[i]) != TDM_OK)
            return TDM_FAILED;
    *ret = (tdm_revert_plan){.plan = &m->made->plan,
                             .steps = m->backs,
                             .step_count = m->count,
                             .stays = find_last(r),
                             .accepted = r->options->accept_loss};
    for (size_t i = 0; i < m->count; i++) {
        ret->loss_count += m->backs[i].loss_count;
        ret->differing += m->backs[i].differs ? 1 : 0;
        ret->unknown += m->backs[i].proven || m->backs[i].differs ? 0 : 1;
    }
    return tdm_arena_ok(r->arena) ? TDM_OK : tdm_fail_memory(r->err);
}

static tdm_status check_options(const tdm_revert_options *options, tdm_error *err)
{
    if (options->target && options->to)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
                        "'%s' and --to '%s' both say how far back", options->target, options->to);
    if (options->target || options->to)
        return TDM_OK;
    return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "how far back is not said");
}

tdm_status tdm_revert_make(tdm_project *project, tdm_session *session,
                           const tdm_revert_options *options, const tdm_revert_plan **ret,
                           tdm_error *err)
{
    tdm_arena *arena = tdm_project_arena(project);
    const tdm_plan_options all = {0};
    const tdm_plan *found;
    tdm_revert_plan *made = tdm_arena_new_of(arena, tdm_revert_plan);
    maker m = {.r = {.project = project,
                     .session = session,
                     .arena = arena,
                     .options = options,
                     .err = err}};
    if (!made)
        return tdm_fail_memory(err);
    if (check_options(options, err) != TDM_OK ||
        tdm_plan_make(project, session, &all, &found, err) != TDM_OK)
        return TDM_FAILED;
    m.r.found = tdm_plan_inside(found);
    if (tdm_revert_range(&m.r) != TDM_OK || tdm_revert_find_ways(&m.r) != TDM_OK ||
        make(&m, made) != TDM_OK)
        return TDM_FAILED;
    *ret = made;
    return TDM_OK;
}

tdm_status tdm_revert_check(const tdm_revert_plan *plan, tdm_error *err)
{
    for (size_t i = 0; i < plan->step_count && !plan->accepted; i++) {
        const tdm_revert_step *step = &plan->steps[i];
        if (step->loss_count == 0)
            continue;
        tdm_fail(err, TDM_ERROR_HISTORY, step->losses[0].place, "%.*s",
                 TDM_TEXT_ARG(step->losses[0].text));
        return plan->loss_count == 1
                   ? tdm_hint(err, "Nothing was done. --accept-loss takes it back all the same.")
                   : tdm_hint(err,
                              "Nothing was done. It is the first of %zu losses; --accept-loss "
                              "takes it back all the same.",
                              plan->loss_count);
    }
    return TDM_OK;
}

tdm_status tdm_revert(tdm_project *project, tdm_session *session, const tdm_revert_plan *plan,
                      const tdm_push_options *options, tdm_push_result *ret, tdm_error *err)
{
    *ret = (tdm_push_result){0};
    if (tdm_revert_check(plan, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_push(project, session, plan->plan, options, ret, err);
}
