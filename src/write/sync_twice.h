// Whether both sides added the same thing without saying so.
#ifndef WRITE_SYNC_TWICE_H
#define WRITE_SYNC_TWICE_H

#include <tandem/convert.h>

#include "project/project.h"

// Replays all migrations of `project`, which holds the new files, and refuses a statement of a new
// one that PostgreSQL would refuse on what is there by then: TDM_ERROR_HISTORY with its place.
TDM_MUST_CHECK tdm_status tdm_check_not_twice(tdm_project *project, const tdm_converted *files,
                                              size_t count, tdm_error *err);

#endif
