// Where new revisions stand in the chain, so that the migrations stay in an order that the chain
// allows.
#ifndef WRITE_SYNC_PARENTS_H
#define WRITE_SYNC_PARENTS_H

#include "pair/pair.h"
#include "write/revise.h"

typedef struct tdm_sync_parents {
    tdm_revise_parents *parents;    // by migration; of those that are chosen
    const tdm_revise_parent *heads; // what nothing follows afterwards
    size_t head_count;
} tdm_sync_parents;

// A new revision follows all of which Supabase applied everything before its migration: it may
// build on any of it, and can build on nothing else. Branches with labels of their own are not
// joined in passing: that is TDM_ERROR_REVISION. `unrelated` (by revision in upgrade order, or
// NULL) are followed by none of the new ones; what needs one of them is unrelated, too.
TDM_MUST_CHECK tdm_status tdm_sync_find_parents(tdm_project *project, const tdm_pairing *pairing,
                                                const bool *chosen, const bool *unrelated,
                                                tdm_sync_parents *ret, tdm_error *err);

#endif
