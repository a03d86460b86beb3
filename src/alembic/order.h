// Which revisions run, and in which order (A119 script/revision.py
// _collect_upgrade_revisions, _collect_downgrade_revisions, _topological_sort).
#ifndef ALEMBIC_ORDER_H
#define ALEMBIC_ORDER_H

#include "alembic/chain.h"
#include "revision/render.h"

// One revision that runs, or (stamp) a move of rows without running anything.
typedef struct tdm_step {
    tdm_direction direction;
    tdm_revision *revision; // of a run; NULL for a stamp
    tdm_revision_list from; // of a stamp
    tdm_revision_list to;
    bool branch_move; // of a stamp: a branch appears or goes
} tdm_step;

typedef struct tdm_steps {
    tdm_step *items;
    size_t count;
} tdm_steps;

// The steps from `current` (active heads; empty: base) to what `target` says. The chain must have
// passed tdm_chain_check.
TDM_MUST_CHECK tdm_status tdm_upgrade_steps(tdm_arena *arena, const tdm_chain *chain,
                                            tdm_revision_list current, tdm_text target,
                                            tdm_steps *ret, tdm_error *err);
TDM_MUST_CHECK tdm_status tdm_downgrade_steps(tdm_arena *arena, const tdm_chain *chain,
                                              tdm_revision_list current, tdm_text target,
                                              tdm_steps *ret, tdm_error *err);
TDM_MUST_CHECK tdm_status tdm_stamp_steps(tdm_arena *arena, const tdm_chain *chain,
                                          tdm_revision_list current, tdm_text target,
                                          tdm_steps *ret, tdm_error *err);

// All of `revisions` in topological order, oldest first: the order in which `upgrade heads` from
// base runs them. Works on chains with missing parents; a cyclic one is TDM_ERROR_CHAIN.
TDM_MUST_CHECK tdm_status tdm_chain_order(tdm_arena *arena, const tdm_chain *chain,
                                          tdm_revision_list *ret, tdm_error *err);

#endif
