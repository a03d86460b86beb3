// By what names a revision or a migration can be called: ids, file names, ordinals, versions.
//
// One table for each side. A name that two things answer to is remembered as such, since a link
// that names two things is a finding and never a guess.
#ifndef PAIR_NAMES_H
#define PAIR_NAMES_H

#include "base/map.h"
#include "pair/link.h"

typedef enum tdm_naming_count {
    TDM_NAMES_NOTHING,
    TDM_NAMES_ONE,
    TDM_NAMES_SEVERAL,
} tdm_naming_count;

typedef struct tdm_name_table {
    tdm_arena *arena;
    tdm_map exact;    // id, file name, file name without ending; version, file name
    tdm_map ordinals; // "001" of 001_initial; of revisions only
} tdm_name_table;

TDM_MUST_CHECK tdm_status tdm_names_of_revisions(tdm_arena *arena, const tdm_link_input *input,
                                                 tdm_name_table *ret, tdm_error *err);
TDM_MUST_CHECK tdm_status tdm_names_of_migrations(tdm_arena *arena, const tdm_link_input *input,
                                                  tdm_name_table *ret, tdm_error *err);

// What a full name stands for. `ret` is the one, or the first of several.
tdm_naming_count tdm_names_exact(const tdm_name_table *table, tdm_text name, uint32_t *ret);
// What a bare ordinal ("001") stands for, as only a comment that speaks of revisions may say it.
tdm_naming_count tdm_names_ordinal(const tdm_name_table *table, tdm_text name, uint32_t *ret);

// A map from text to what carries it, which remembers whether it is one or several.
TDM_MUST_CHECK tdm_status tdm_names_add(tdm_map *map, tdm_text name, uint32_t index,
                                        tdm_error *err);
tdm_naming_count tdm_names_get(const tdm_map *map, tdm_text name, uint32_t *ret);

#endif
