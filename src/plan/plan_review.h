// Whether what a step runs can be run, and how far an earlier run of it came.
#ifndef PLAN_PLAN_REVIEW_H
#define PLAN_PLAN_REVIEW_H

#include "plan/plan.h"

typedef struct tdm_plan_reviewing {
    tdm_full_plan *plan;
    tdm_session *session;
    tdm_arena *arena;
} tdm_plan_reviewing;

// Gives the step's item its works; refuses a step that applies what cannot be run, and says what of
// it is done already.
TDM_MUST_CHECK tdm_status tdm_plan_review_step(const tdm_plan_reviewing *r, tdm_plan_step *step,
                                               tdm_plan_item *item, tdm_error *err);

#endif
