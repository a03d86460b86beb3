// New pairs in a lock that is there: what `tandem new` and `tandem convert` have to say of the
// files that they make.
#ifndef PAIR_LOCK_ADD_H
#define PAIR_LOCK_ADD_H

#include <tandem/lock.h>

#include "pair/lock.h"
#include "project/project.h"

typedef struct tdm_lock_draft {
    tdm_text revision;  // the id; it need not be in the project yet
    tdm_text migration; // "<version>_<name>"
} tdm_lock_draft;

// The text of the project's lock with these drafts, each at its place in the order of the chain; a
// new revision comes last. What stands in a line already keeps it when it is frozen there, and
// else gets the new one. Where the project keeps no lock, `ret->path` is NULL. A lock that cannot
// be read as it is (a merge conflict) fails.
TDM_MUST_CHECK tdm_status tdm_lock_add_drafts(tdm_project *project, const tdm_lock_draft *drafts,
                                              size_t count, tdm_locked *ret, tdm_error *err);

#endif
