// The way back: the statements that undo what a statement did.
//
// They are derived from the effect of the statement on the catalog, not from its text, so that one
// code undoes whatever the replay understands. What was dropped is made again from the catalog
// before; what the catalog does not keep of it cannot be made again, and says so. Rows are never
// brought back.
#ifndef INVERSE_INVERSE_H
#define INVERSE_INVERSE_H

#include "base/text.h"
#include "base/vector.h"
#include "replay/replay.h"
#include "sql/split.h"

typedef enum tdm_return {
    TDM_RETURN_WHOLE,   // the schema is as it was
    TDM_RETURN_LOSSY,   // the schema is as it was, and rows are lost: `note`
    TDM_RETURN_NOTHING, // rows that were written stay as they are: `note`, no statement
    TDM_RETURN_NONE,    // it cannot be undone: `note` says why, no statement
} tdm_return;

// What a step does to the object that its key names.
typedef enum tdm_back_deed {
    TDM_BACK_OTHER,
    TDM_BACK_TAKES_AWAY, // what the statement made
    TDM_BACK_NAMES,      // back, what the statement renamed
    TDM_BACK_SETS,       // an attribute that nothing else in the schema rests on
    TDM_BACK_DEFINES,    // what nothing else in the schema rests on
    TDM_BACK_PREPARES,   // the session, once for all the steps behind it
} tdm_back_deed;

typedef struct tdm_back_step {
    tdm_return outcome;
    tdm_text sql;
    tdm_text note; // one line: "the rows of documents are lost"
    size_t turn;   // which of the statements of a block it undoes, the last one first
    unsigned rank; // for the order in which those of one turn are made
    tdm_change_key key;
    tdm_back_deed deed;
    bool needless; // the object is taken away by a later step
} tdm_back_step;

typedef struct tdm_way_back {
    TDM_VECTOR(tdm_back_step) steps; // in the order in which they are to run
} tdm_way_back;

// Undoes the changes of `effect`, all of one statement, which may be a block of several. `after` is
// the catalog that it left. The result lives in `arena`. Fails on memory alone.
TDM_MUST_CHECK tdm_status tdm_inverse_of(tdm_arena *arena, const tdm_catalog *after,
                                         const tdm_statement *statement, const tdm_effect *effect,
                                         tdm_way_back *ret, tdm_error *err);

// Marks, among the steps of several statements in the order in which they are to run, those that
// change what a later one takes away as a whole, and what was prepared already.
TDM_MUST_CHECK tdm_status tdm_inverse_thin_out(tdm_arena *arena, tdm_way_back *back,
                                               tdm_error *err);

// --- migration.c: of a whole migration, as SQL ---------------------------------------------------

typedef struct tdm_inverse_sql {
    TDM_VECTOR(tdm_text) statements; // in the order in which they are to run, without semicolons
    TDM_VECTOR(tdm_text) losses;     // what they do not bring back: one line each
    bool whole;                      // the schema afterwards is what it was, and no rows are lost
    bool keeps_rows;                 // rows that the migration wrote stay as they are
} tdm_inverse_sql;

// The way back of a migration: its statements are replayed on `catalog`, which is as the migration
// finds it and is as it leaves it afterwards. When not `whole`, running the statements restores as
// much as can be; whoever runs them has accepted the losses. Texts live in `arena` or in the
// statements' sources. Fails on memory alone.
TDM_MUST_CHECK tdm_status tdm_inverse_of_migration(tdm_arena *arena, tdm_catalog *catalog,
                                                   const tdm_statements *statements,
                                                   tdm_inverse_sql *ret, tdm_error *err);

// --- prove.c -------------------------------------------------------------------------------------

typedef struct tdm_round_step {
    const tdm_statement *statement;
    const tdm_sql_tree *tree; // or NULL
} tdm_round_step;

// A migration, and the statements that undo it.
typedef struct tdm_round {
    const tdm_round_step *there;
    size_t there_count;
    const tdm_round_step *back;
    size_t back_count;
} tdm_round;

// Runs the migration, the way back and the migration again on `catalog`, which is as the migration
// finds it, and says in one line what would surely not be as it was on the way; empty: nothing is
// known to be wrong, also where the model cannot follow. After a fault the catalog is of no use.
// Fails on memory alone.
TDM_MUST_CHECK tdm_status tdm_inverse_prove(tdm_arena *arena, tdm_catalog *catalog,
                                            const tdm_round *round, tdm_text *ret, tdm_error *err);

#endif
