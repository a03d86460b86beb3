// A migration file as `tandem convert` writes it: two lines that say what it is and to which
// revision it belongs, then the statements, unaltered.
#ifndef WRITE_PLAIN_H
#define WRITE_PLAIN_H

#include "alembic/header.h"
#include "base/text.h"
#include "sql/split.h"

// The header's lines. Nothing of a message gets into them that a reader of headers would take for
// an order: "tandem: ...", "pg-delta: ...".
void tdm_put_migration_header(tdm_buffer *out, const tdm_revision *revision);
// A statement with its semicolon, on a line of its own when the text ends in a comment.
void tdm_put_statement(tdm_buffer *out, tdm_text sql);

// What a migration file is made of.
typedef struct tdm_plain_input {
    const tdm_revision *revision;
    const tdm_statements *statements;
    const tdm_text *comments;        // of each statement: the line before it, or empty; or NULL
    const tdm_statements *only_here; // what this side does alone, behind them; or NULL
    tdm_text record;                 // the step of alembic_version at its end, or empty
    const char *path;
} tdm_plain_input;

// The line that stands before what this side does alone: until the step or the end of the file.
#define TDM_ONLY_HERE "-- tandem: only here"

// Makes the text of the file, reads it back with tandem's own splitter and with that of the
// Supabase CLI, and compares. Refused, with the place in the revision: a statement that is opaque
// (TDM_ERROR_OPAQUE), that controls the transaction, or that must run outside of one beside others,
// or that the Supabase CLI would cut differently (TDM_ERROR_SQL).
TDM_MUST_CHECK tdm_status tdm_plain_migration(tdm_arena *arena, const tdm_plain_input *input,
                                              tdm_text *ret, tdm_error *err);

// Whether the statement runs outside of a transaction, and so stands alone in its file.
TDM_MUST_CHECK tdm_status tdm_runs_outside(const tdm_statement *statement, bool *ret,
                                           tdm_error *err);

#endif
