// The way back: the statements that undo what a statement did.
//
// They are derived from the effect of the statement on the catalog, not from its text, so that one
// code undoes whatever the replay understands. What was dropped is made again from the catalog
// before; what the catalog does not keep of it cannot be made again, and says so. Rows are never
// brought back.
#ifndef INVERSE_INVERSE_H
#define INVERSE_INVERSE_H

#include "base/vector.h"
#include "replay/replay.h"

typedef enum tdm_return {
    TDM_RETURN_WHOLE,   // the schema is as it was
    TDM_RETURN_LOSSY,   // the schema is as it was, and rows are lost: `note`
    TDM_RETURN_NOTHING, // rows that were written stay as they are: `note`, no statement
    TDM_RETURN_NONE,    // it cannot be undone: `note` says why, no statement
} tdm_return;

typedef struct tdm_back_step {
    tdm_return outcome;
    tdm_text sql;
    tdm_text note; // one line: "the rows of documents are lost"
    unsigned rank; // for the order in which they are made
} tdm_back_step;

typedef struct tdm_way_back {
    TDM_VECTOR(tdm_back_step) steps; // in the order in which they are to run
} tdm_way_back;

// Undoes the changes of `effect` from index `first` on, all of one statement. `before` is the
// catalog that the statement met; NULL for a statement that drops and replaces nothing. The result
// lives in `arena`. Fails on memory alone.
TDM_MUST_CHECK tdm_status tdm_inverse_of(tdm_arena *arena, const tdm_catalog *before,
                                         const tdm_effect *effect, size_t first, tdm_way_back *ret,
                                         tdm_error *err);

#endif
