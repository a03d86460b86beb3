// The project's side of a plan: its pairs as the check sees them, and for each what only one of its
// sides does and what the check has against it.
#ifndef PLAN_PLAN_FACTS_H
#define PLAN_PLAN_FACTS_H

#include "base/map.h"
#include "pair/pair.h"
#include "plan/plan_state.h"

typedef struct tdm_plan_facts {
    const tdm_check_result *check;
    const tdm_pairing *pairing; // its pairs are those of `check`, in the same order
    tdm_map by_revision;        // first error finding that names it: const tdm_finding *
    tdm_map by_version;
} tdm_plan_facts;

TDM_MUST_CHECK tdm_status tdm_plan_facts_read(tdm_project *project, tdm_arena *arena,
                                              tdm_plan_facts *ret, tdm_error *err);
// Fills all but what the histories say.
void tdm_plan_facts_of(const tdm_plan_facts *facts, size_t pair, tdm_arena *arena,
                       tdm_pair_facts *ret);

#endif
