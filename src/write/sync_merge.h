// The revision that joins the branches which new revisions have made.
#ifndef WRITE_SYNC_MERGE_H
#define WRITE_SYNC_MERGE_H

#include "write/sync_parents.h"

// `project` has the new migrations and not yet the new revisions `made`; `before` is how many heads
// the chain had without any of them. A merge joins only branches that are new: where none are,
// `ret->path` is NULL, and where the chain had several heads it is TDM_ERROR_REVISION. The same
// heads give the same id everywhere.
TDM_MUST_CHECK tdm_status tdm_sync_merge(tdm_project *project, size_t before,
                                         const tdm_conversion *made, const tdm_sync_parents *places,
                                         tdm_converted *ret, tdm_error *err);

#endif
