// The statements of both sides, loaded once, and read ahead on all cores where it is known that
// they will be asked for.
#ifndef PAIR_LOAD_H
#define PAIR_LOAD_H

#include "pair/group.h"
#include "pair/walk.h"
#include "project/project.h"
#include "sql/known.h"

// Loads every statement of the project into the sides of `ret`.
TDM_MUST_CHECK tdm_status tdm_load_sides(tdm_project *project, tdm_pair_walk *ret, tdm_error *err);

// Reads what comparing the groups statement by statement will ask for: those that stand at the same
// place on both sides and are not equal byte by byte.
TDM_MUST_CHECK tdm_status tdm_load_unequal(tdm_pair_walk *walk, const tdm_groups *groups,
                                           tdm_error *err);

// Reads what replaying the first `count` groups will ask for.
TDM_MUST_CHECK tdm_status tdm_load_replayed(tdm_pair_walk *walk, const tdm_groups *groups,
                                            size_t count, tdm_error *err);

#endif
