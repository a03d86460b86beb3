// Where a project keeps its tandem.lock.
#ifndef PAIR_LOCK_FILE_H
#define PAIR_LOCK_FILE_H

#include "pair/lock.h"
#include "project/project.h"

// Reads the project's lock: beside tandem.toml, at the project's root, or beside the migrations
// folder; two of them are TDM_ERROR_CONFIG. Without one the lock is empty, and its path is where it
// would be written: beside tandem.toml, else beside the migrations folder.
TDM_MUST_CHECK tdm_status tdm_lock_load(tdm_project *project, bool mend, tdm_lock *ret,
                                        tdm_error *err);

#endif
