// Groups: what the links hold together. One pair is the smallest group; a squashed mirror is one
// with several revisions. A revision or migration without a link is a group of its own.
#ifndef PAIR_GROUP_H
#define PAIR_GROUP_H

#include "pair/link.h"

typedef struct tdm_group {
    const uint32_t *revisions; // in upgrade order
    size_t revision_count;
    const uint32_t *migrations; // in Supabase's order
    size_t migration_count;
    const tdm_link_edge *const *edges; // as found: strongest first
    size_t edge_count;
} tdm_group;

typedef struct tdm_groups {
    tdm_group *items;
    size_t count;
    const uint32_t *of_revision; // index of the group
    const uint32_t *of_migration;
} tdm_groups;

// The groups in chain order: by their first revision; a migration without revision stands behind
// the group of the migration before it.
TDM_MUST_CHECK tdm_status tdm_groups_make(tdm_arena *arena, const tdm_links *links,
                                          size_t revision_count, size_t migration_count,
                                          tdm_groups *ret, tdm_error *err);

#endif
