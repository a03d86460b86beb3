// Walks over the chain: sets of revisions, and everything below or above some of them.
#ifndef ALEMBIC_GRAPH_H
#define ALEMBIC_GRAPH_H

#include "alembic/chain.h"

// A set of revisions of one chain, by their index.
typedef struct tdm_revision_set {
    uint64_t *words;
    size_t word_count;
} tdm_revision_set;

// An empty set that can hold every revision of the chain; false when out of memory.
bool tdm_set_new(tdm_arena *arena, const tdm_chain *chain, tdm_revision_set *ret);
bool tdm_set_has(const tdm_revision_set *set, const tdm_revision *revision);
void tdm_set_add(tdm_revision_set *set, const tdm_revision *revision);
void tdm_set_remove(tdm_revision_set *set, const tdm_revision *revision);
void tdm_set_clear(tdm_revision_set *set);
void tdm_set_minus(tdm_revision_set *set, const tdm_revision_set *other);
void tdm_set_and(tdm_revision_set *set, const tdm_revision_set *other);
bool tdm_set_empty(const tdm_revision_set *set);
// The first index in the set that is `from` or more, or SIZE_MAX.
size_t tdm_set_next(const tdm_revision_set *set, size_t from);
// The members in load order.
TDM_MUST_CHECK tdm_status tdm_set_list(tdm_arena *arena, const tdm_chain *chain,
                                       const tdm_revision_set *set, tdm_revision_list *ret,
                                       tdm_error *err);

bool tdm_list_has(tdm_revision_list list, const tdm_revision *revision);

// Along which lines a walk goes.
typedef enum tdm_relation {
    TDM_PARENTS,      // down_revision
    TDM_NEEDS,        // down_revision and normalized dependencies
    TDM_CHILDREN,     // down_revision, upwards
    TDM_ALL_CHILDREN, // down_revision and depends_on, upwards
} tdm_relation;

tdm_revision_list tdm_related(const tdm_revision *revision, tdm_relation relation);

// Walks of one job. What Alembic does costs a walk at every merge and branch, which a hostile
// folder could make quadratic: all walks of a walker together visit at most TDM_LIMIT_WALK
// revisions.
enum {
    TDM_LIMIT_WALK = 200000000,
};

typedef struct tdm_walker {
    const tdm_chain *chain;
    tdm_revision **stack;
    tdm_revision *last; // visited last by the newest walk
    uint64_t visited;
} tdm_walker;

TDM_MUST_CHECK tdm_status tdm_walker_start(tdm_arena *arena, const tdm_chain *chain,
                                           tdm_walker *ret, tdm_error *err);

// Adds the revisions and all that they lead to. What is in `set` before counts as visited, and is
// not walked on from.
TDM_MUST_CHECK tdm_status tdm_walk(tdm_walker *walker, tdm_revision_list from,
                                   tdm_relation relation, tdm_revision_set *set, tdm_error *err);
TDM_MUST_CHECK tdm_status tdm_walk_one(tdm_walker *walker, tdm_revision *from,
                                       tdm_relation relation, tdm_revision_set *set,
                                       tdm_error *err);

#endif
