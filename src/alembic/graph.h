// Walks over the chain: sets of revisions, and everything below or above some of them.
#ifndef ALEMBIC_GRAPH_H
#define ALEMBIC_GRAPH_H

#include "alembic/chain.h"

// A set of revisions of one chain, by their index.
typedef struct tdm_revision_set {
    uint64_t *words;
    size_t word_count;
} tdm_revision_set;

// An empty set that can hold every revision of the chain; its words are NULL when out of memory.
tdm_revision_set tdm_set_new(tdm_arena *arena, const tdm_chain *chain);
bool tdm_set_has(const tdm_revision_set *set, const tdm_revision *revision);
void tdm_set_add(tdm_revision_set *set, const tdm_revision *revision);
void tdm_set_remove(tdm_revision_set *set, const tdm_revision *revision);
void tdm_set_minus(tdm_revision_set *set, const tdm_revision_set *other);
void tdm_set_and(tdm_revision_set *set, const tdm_revision_set *other);
bool tdm_set_empty(const tdm_revision_set *set);
// The members in load order.
TDM_MUST_CHECK tdm_status tdm_set_list(tdm_arena *arena, const tdm_chain *chain,
                                       const tdm_revision_set *set, tdm_revision_list *ret,
                                       tdm_error *err);

// Along which lines a walk goes.
typedef enum tdm_relation {
    TDM_PARENTS,      // down_revision
    TDM_NEEDS,        // down_revision and normalized dependencies
    TDM_CHILDREN,     // down_revision, upwards
    TDM_ALL_CHILDREN, // down_revision and depends_on, upwards
} tdm_relation;

// The revisions themselves and all that they lead to, added to `set`.
TDM_MUST_CHECK tdm_status tdm_walk(tdm_arena *arena, const tdm_chain *chain, tdm_revision_list from,
                                   tdm_relation relation, tdm_revision_set *set, tdm_error *err);

#endif
