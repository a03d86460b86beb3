// Comparing two catalogs, or the effects of two migrations, down to the attribute.
#ifndef COMPARE_COMPARE_H
#define COMPARE_COMPARE_H

#include "catalog/same_type.h"
#include "replay/replay.h"

typedef struct tdm_difference {
    tdm_text object;    // "documents.file_path"
    tdm_text attribute; // "type", "nullable", "default", "existence", "definition", "data", ...
    tdm_text left;      // what each side says; empty: nothing
    tdm_text right;
    tdm_place left_place; // TDM_NOWHERE when the side says nothing
    tdm_place right_place;
    tdm_text reason; // not empty: this cannot be known, and why
} tdm_difference;

typedef struct tdm_differences {
    tdm_difference *items;
    size_t count;
    size_t capacity;
} tdm_differences;

// The end states.
TDM_MUST_CHECK tdm_status tdm_catalog_compare(const tdm_catalog *left, const tdm_catalog *right,
                                              tdm_arena *arena, tdm_differences *ret,
                                              tdm_comparison *ret_verdict, tdm_error *err);

// What one migration did on each side: the net change of the modelled attributes, what was done to
// objects that are not modelled (per object, in order, by identity of the statements), and the data
// statements in their order. Both effects must start from catalogs that are equal where it matters.
TDM_MUST_CHECK tdm_status tdm_effect_compare(const tdm_effect *left, const tdm_effect *right,
                                             tdm_arena *arena, tdm_differences *ret,
                                             tdm_comparison *ret_verdict, tdm_error *err);

#endif
