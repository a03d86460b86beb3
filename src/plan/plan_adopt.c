#include "plan/plan_adopt.h"

#include "base/error.h"
#include "base/text.h"
#include "plan/expected.h"

static bool adopts(const tdm_plan_step *step)
{
    return step->action == TDM_ACTION_ADOPT_SUPABASE || step->action == TDM_ACTION_ADOPT_ALEMBIC;
}

static bool any_adopts(const tdm_plan *plan)
{
    for (size_t i = 0; i < plan->step_count; i++)
        if (adopts(&plan->steps[i]))
            return true;
    return false;
}

tdm_status tdm_plan_verify_adopted(tdm_session *session, tdm_full_plan *plan, tdm_plan_step *steps,
                                   tdm_error *err)
{
    tdm_arena *arena = plan->arena;
    tdm_prefix_verdict verdict;

    if (!any_adopts(&plan->plan))
        return TDM_OK;
    if (tdm_live_verify_prefix(session, plan, arena, &verdict, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < plan->plan.step_count; i++) {
        if (!adopts(&steps[i]))
            continue;
        steps[i].reason = verdict.problem;
        if (!verdict.is_known)
            continue;
        steps[i].action = TDM_ACTION_REFUSED;
        plan->plan.refused++;
        plan->plan.pending--;
    }
    return TDM_OK;
}
