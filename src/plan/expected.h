// The catalog that a target should have by what its histories record: the applied prefix replayed.
#ifndef PLAN_EXPECTED_H
#define PLAN_EXPECTED_H

#include <tandem/drift.h>

#include "compare/compare.h"
#include "db/live.h"
#include "plan/plan.h"

typedef struct tdm_expected {
    tdm_catalog *catalog;
    size_t pair_count; // pairs that are applied, wholly or in part
} tdm_expected;

// Of a pair what ran is its migrations where schema_migrations has them, else its revisions; a
// pair of which one side has run all and the other a part is what the first says. Where a history
// names what the project does not have, the catalog is open.
TDM_MUST_CHECK tdm_status tdm_expected_of_plan(const tdm_full_plan *plan, tdm_arena *arena,
                                               tdm_expected *ret, tdm_error *err);

// Replays statements as one file of their side. `supabase`: settings of a session end with it.
TDM_MUST_CHECK tdm_status tdm_expected_replay(tdm_catalog *catalog,
                                              const tdm_statements *statements, bool supabase,
                                              tdm_error *err);

// Takes the two history tables and the journal out of what was read from a target, and what the
// platform brings along: none of them is the project's.
void tdm_expected_set_aside(tdm_catalog *live, const tdm_catalog *expected,
                            const tdm_version_table *table);

// A difference between what is expected and what is there, as it is reported.
tdm_drift_item tdm_drift_of(const tdm_difference *difference);

typedef struct tdm_prefix_verdict {
    tdm_text problem; // empty: none
    bool is_known;    // it does differ; else whether it does cannot be known
} tdm_prefix_verdict;

// Whether the target is, as a whole, what its histories say: what adopting a pair rests on. The
// first thing that differs is told, or else the first that cannot be compared. The text lives in
// `arena`.
TDM_MUST_CHECK tdm_status tdm_live_verify_prefix(tdm_session *session, const tdm_full_plan *plan,
                                                 tdm_arena *arena, tdm_prefix_verdict *ret,
                                                 tdm_error *err);

#endif
