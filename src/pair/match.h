// Which statements of one side the other side has too, by identity; and what is left on one side
// alone and may be.
#ifndef PAIR_MATCH_H
#define PAIR_MATCH_H

#include "pair/compare.h"

typedef enum tdm_match {
    TDM_MATCH_OPEN,    // no statement of the other side is the same
    TDM_MATCH_BOTH,    // the other side has it as well
    TDM_MATCH_RESIDUE, // only this side has it, and may
    TDM_MATCH_IGNORED, // changes nothing that a pair compares: time-outs, transaction control
} tdm_match;

// One statement of a side in a flat list over all its units.
typedef struct tdm_matched {
    const tdm_unit *unit;
    const tdm_flat *flat;
    tdm_match match;
} tdm_matched;

typedef struct tdm_matched_side {
    tdm_matched *items;
    size_t count;
} tdm_matched_side;

// Each statement is matched with at most one of the other side; of several equal ones the earlier.
// A statement that could stand alone is residue only when the other side has nothing left over that
// names the same: two versions of one policy differ.
TDM_MUST_CHECK tdm_status tdm_match_sides(tdm_arena *arena, tdm_side_units alembic,
                                          tdm_side_units supabase, tdm_matched_side ret[2],
                                          tdm_error *err);

// "reads on documents", "documents", "file_path on documents": what a statement names, for
// messages; empty when it names nothing.
tdm_text tdm_flat_object(tdm_arena *arena, const tdm_sql_class *of);
// "CREATE TABLE documents": command and object; "a statement" when it could not be read.
tdm_text tdm_flat_words(tdm_arena *arena, const tdm_flat *flat);

#endif
