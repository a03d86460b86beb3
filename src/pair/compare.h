// Whether the two sides of a pair do the same: identical, equivalent, different, or not to be known
// (design: "Never guess"; the rules of reasoning stand in docs/internals/pairing.md).
#ifndef PAIR_COMPARE_H
#define PAIR_COMPARE_H

#include <tandem/check.h>

#include "compare/compare.h"
#include "pair/flat.h"

// What only one side does.
typedef struct tdm_residue {
    tdm_pair_side side;
    tdm_residue_class residue;
    const char *command; // "CREATE POLICY"
    tdm_text object;     // what it names: "reads on documents", or empty
    tdm_statement statement;
} tdm_residue;

typedef struct tdm_pair_comparison {
    tdm_verdict verdict;
    tdm_text detail; // one line on why, or empty
    // Of DIFFERENT and OPAQUE; left is the Alembic side. In OPAQUE ones `reason` is not empty.
    tdm_differences differences;
    TDM_VECTOR(tdm_residue) residues;
} tdm_pair_comparison;

// One side: the statements of its revisions or migrations, in the order in which they run.
typedef struct tdm_side_statements {
    const tdm_statements *const *items;
    size_t count;
} tdm_side_statements;

// Whether both sides consist of the same statements, one by one. Needs no catalog, and no parse of
// statements that are equal byte by byte.
TDM_MUST_CHECK tdm_status tdm_sides_identical(tdm_side_statements alembic,
                                              tdm_side_statements supabase, bool *ret,
                                              tdm_error *err);

typedef struct tdm_side_units {
    const tdm_unit *const *items;
    size_t count;
} tdm_side_units;

// Compares what both sides do on the catalogs they were replayed on. Places and texts of the result
// live in `arena` and in the units.
TDM_MUST_CHECK tdm_status tdm_sides_compare(tdm_arena *arena, tdm_side_units alembic,
                                            tdm_side_units supabase, tdm_pair_comparison *ret,
                                            tdm_error *err);

#endif
