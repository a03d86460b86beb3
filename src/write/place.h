// Where the migration of a revision belongs among those that are there.
#ifndef WRITE_PLACE_H
#define WRITE_PLACE_H

#include <tandem/check.h>

#include "project/project.h"
#include "write/version.h"

// The versions of the project, by revision in upgrade order.
typedef struct tdm_places {
    tdm_project *project;
    tdm_arena *arena;
    const tdm_pair_info **pairs; // of each revision; NULL when it stands in none
    tdm_text *first;             // first and last version of each revision, or empty
    tdm_text *last;
    tdm_text *next;  // the first version of any later revision, or empty
    tdm_map taken;   // every version that is there or was chosen
    tdm_text newest; // of them all
} tdm_places;

TDM_MUST_CHECK tdm_status tdm_places_read(tdm_project *project, const tdm_check_result *result,
                                          tdm_places *ret, tdm_error *err);

// A version for revision `index`, and its place is taken from then on; asked again, the next one
// behind it. Behind every other version
// when no later revision has a migration, else between its neighbours of the chain. No version left
// there, and nothing to make one from, is TDM_ERROR_REVISION.
TDM_MUST_CHECK tdm_status tdm_places_choose(tdm_places *places, size_t index, tdm_text *ret,
                                            tdm_error *err);

// The index of a revision in upgrade order, or SIZE_MAX.
size_t tdm_places_index(const tdm_places *places, const tdm_revision *revision);

#endif
