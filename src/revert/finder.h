// One step while its way back is looked for.
#ifndef REVERT_FINDER_H
#define REVERT_FINDER_H

#include "inverse/inverse.h"
#include "revert/reverter.h"

typedef struct tdm_revert_finder {
    tdm_reverter *r;
    size_t step;
    const tdm_pair_info *pair;
    const tdm_plan_item *item;
    tdm_arena *scratch;  // of the catalogs
    tdm_catalog *before; // `r->catalog` is as the step leaves it
    tdm_inverse_sql inverse;
    tdm_way *way;
} tdm_revert_finder;

// --- way.c --------------------------------------------------------------------------------------
// What was run of a pair: its migrations, since those are what schema_migrations says was run, or
// else its revisions.
size_t tdm_revert_file_count(const tdm_pair_info *pair);
TDM_MUST_CHECK tdm_status tdm_revert_file(const tdm_reverter *r, size_t step, size_t file,
                                          const tdm_statements **ret);
void tdm_revert_note_down(tdm_revert_finder *f, tdm_text text, tdm_place place);

// --- proof.c ------------------------------------------------------------------------------------
// Whether the way back, which has left `after`, brings back what was there before; what it does not
// is noted.
TDM_MUST_CHECK tdm_status tdm_revert_prove(tdm_revert_finder *f, const tdm_catalog *after);

#endif
