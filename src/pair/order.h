// Order: Supabase's versions, as Supabase sorts them, must be a linear extension of the Alembic
// graph. Where a revision needs another one, its migration must come later.
#ifndef PAIR_ORDER_H
#define PAIR_ORDER_H

#include "pair/group.h"

// `child` needs `parent`, but a migration of `child` comes before one of `parent`.
typedef struct tdm_misorder {
    uint32_t parent;
    uint32_t child;
    uint32_t parent_migration; // the last of the parent's
    uint32_t child_migration;  // the first of the child's
} tdm_misorder;

typedef struct tdm_misorders {
    tdm_misorder *items;
    size_t count;
    size_t capacity;
} tdm_misorders;

// `revisions` in upgrade order; `needs` gives each revision's parents and dependencies. Revisions
// without a migration are looked through: what they need counts for their children. One misorder
// for each revision at most, the nearest. Revisions of one group have no order among themselves:
// the compared statements say it.
TDM_MUST_CHECK tdm_status tdm_order_check(tdm_arena *arena, const tdm_link_input *input,
                                          const tdm_groups *groups, tdm_misorders *ret,
                                          tdm_error *err);

#endif
