// Adopting rests on what the target really is: verified as the whole recorded prefix.
#ifndef PLAN_PLAN_ADOPT_H
#define PLAN_PLAN_ADOPT_H

#include "plan/plan.h"

// Compares the target with what its histories say where a step adopts, and refuses every such step
// when they differ. What cannot be compared, as data cannot, is what --adopt is said for; it is the
// reason of the step then. `steps` are the plan's own.
TDM_MUST_CHECK tdm_status tdm_plan_verify_adopted(tdm_session *session, tdm_full_plan *plan,
                                                  tdm_plan_step *steps, tdm_error *err);

#endif
