// What a revision without migration, or a migration without revision, is: allowed to stand alone,
// a missing twin, or not to be known.
#ifndef PAIR_ALONE_H
#define PAIR_ALONE_H

#include "pair/compare.h"

typedef struct tdm_alone {
    tdm_verdict verdict; // ALONE, MISSING or OPAQUE
    tdm_text detail;     // of ALONE: "4 policies, 1 grant"; of MISSING, when most statements could
                         // stand alone: the first that cannot, "CREATE FUNCTION is_admin"
    const tdm_statement *missing; // that statement, or NULL
    const tdm_flat *unknown;      // the first that cannot be known, or NULL
    TDM_VECTOR(tdm_residue) residues;
} tdm_alone;

TDM_MUST_CHECK tdm_status tdm_alone_judge(tdm_arena *arena, const tdm_unit *unit,
                                          tdm_pair_side side, tdm_alone *ret, tdm_error *err);

#endif
