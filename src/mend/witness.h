// The live schema as a witness: whether what a migration does can be seen in the target.
//
// What the histories say was run is replayed, once without the migration and once with it in its
// place, and both are compared with the target. What only the first comparison complains of, the
// migration explains; what only the second complains of, it claims and the target does not have.
// Whatever else is wrong with the target stands in both and counts for nothing.
#ifndef MEND_WITNESS_H
#define MEND_WITNESS_H

#include "compare/compare.h"
#include "plan/plan.h"

typedef enum tdm_seen {
    TDM_SEEN_UNASKED,
    TDM_SEEN_YES,     // all of it is there, as the migration makes it
    TDM_SEEN_NO,      // nothing of it is there
    TDM_SEEN_PARTLY,  // some of it, or in another form
    TDM_SEEN_UNKNOWN, // `reason`
} tdm_seen;

typedef struct tdm_sight {
    tdm_seen seen;
    const tdm_difference *explained; // what the target has, and the migration makes
    size_t explained_count;
    const tdm_difference *claimed; // what the migration makes, and the target does not have so
    size_t claimed_count;
    bool unproven;   // of YES: something of it cannot be compared, or leaves no trace; `reason`
    tdm_text reason; // one line
} tdm_sight;

// What ran of a step.
typedef enum tdm_ran {
    TDM_RAN_NOTHING,
    TDM_RAN_REVISIONS,
    TDM_RAN_MIGRATIONS,
    TDM_RAN_PART, // the migrations of a group that the histories have
} tdm_ran;

typedef struct tdm_witness tdm_witness;

// Reads the target. `ran` has one entry for each step of the plan, which must outlive the witness,
// and is not changed by it.
TDM_MUST_CHECK tdm_status tdm_witness_open(tdm_session *session, const tdm_full_plan *plan,
                                           const tdm_ran *ran, tdm_arena *arena, tdm_witness **ret,
                                           tdm_error *err);
// Whether the step can be seen when it ran as `how`. The step must have `ran` NOTHING.
TDM_MUST_CHECK tdm_status tdm_witness_ask(tdm_witness *witness, size_t step, tdm_ran how,
                                          tdm_sight *ret, tdm_error *err);
// `ran` was changed by the caller.
void tdm_witness_forget(tdm_witness *witness);

// What the target has, and no step that ran explains, is left over: how many such things.
TDM_MUST_CHECK tdm_status tdm_witness_left_over(tdm_witness *witness, size_t *ret, tdm_error *err);
// Whether the target bears out a step that ran: `claimed` is what it makes and the target does not
// have so. YES, NO (something is missing), PARTLY (it is there in another form), or UNKNOWN.
TDM_MUST_CHECK tdm_status tdm_witness_check(tdm_witness *witness, size_t step, tdm_sight *ret,
                                            tdm_error *err);

// "documents.file_path", "documents.file_path has type integer in the target, not text".
tdm_text tdm_difference_print(tdm_arena *arena, const tdm_difference *difference);

#endif
