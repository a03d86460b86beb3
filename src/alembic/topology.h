// Alembic's topological order. Used by order.c.
#ifndef ALEMBIC_TOPOLOGY_H
#define ALEMBIC_TOPOLOGY_H

#include "alembic/graph.h"

// The revisions of `todo`, newest first, walking down from `heads`
// (RevisionMap._topological_sort). The chain must not be cyclic.
TDM_MUST_CHECK tdm_status tdm_topological(tdm_arena *arena, tdm_walker *walker,
                                          const tdm_revision_set *todo, tdm_revision_list heads,
                                          tdm_revision_list *ret, tdm_error *err);

#endif
