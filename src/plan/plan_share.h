// What plans for several targets take of one project, made before the first of them. From then on
// the project is only read, so that the plans may be made and carried out by several threads at
// once, and 200 targets cost one reading of the project.
#ifndef PLAN_PLAN_SHARE_H
#define PLAN_PLAN_SHARE_H

#include "plan/plan.h"
#include "plan/plan_facts.h"

typedef struct tdm_plan_share {
    tdm_project *project;
    tdm_plan_facts facts;
} tdm_plan_share;

// Reads all that a plan may ask of the project: verdicts, pairs, and the statements of both sides.
TDM_MUST_CHECK tdm_status tdm_plan_share_make(tdm_project *project, tdm_plan_share *ret,
                                              tdm_error *err);
// tdm_plan_make by any thread, with an arena of its own, which the plan lives in.
TDM_MUST_CHECK tdm_status tdm_plan_make_shared(const tdm_plan_share *share, tdm_session *session,
                                               const tdm_plan_options *options, tdm_arena *arena,
                                               const tdm_plan **ret, tdm_error *err);

#endif
