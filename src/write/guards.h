// Migrations that pass over what is there already, statement by statement: `convert --guarded`.
//
// Where PostgreSQL has a guard its words are put into the statement (native.h); where it has none
// the statement stands in a DO block that asks first (condition.h). Rows prove nothing: a data
// statement runs in one block with the statement that made its table or its column, and only when
// that one did. What nothing tells about stands as it is, and is said.
#ifndef WRITE_GUARDS_H
#define WRITE_GUARDS_H

#include "alembic/header.h"
#include "catalog/state.h"
#include "sql/split.h"

typedef struct tdm_guards {
    tdm_statements statements;
    const tdm_text *comments; // of each statement: the line before it in the file, or empty
    const bool *unguarded;    // of each statement: a second run does it again
    tdm_texts notes;          // what is not guarded and why, one line each
} tdm_guards;

// `catalog` is the one before the statements, and is replayed behind them. A statement that cannot
// be known is TDM_ERROR_OPAQUE; one that would destroy rows the second time, TDM_ERROR_SQL.
TDM_MUST_CHECK tdm_status tdm_guard_statements(tdm_arena *arena, tdm_catalog *catalog,
                                               const tdm_statements *statements, tdm_guards *ret,
                                               tdm_error *err);

// --- guards_twice.c ---
// Runs what is guarded on a copy of `after`, the catalog behind it: nothing may change.
// TDM_ERROR_SQL with the statement's place where something would, TDM_ERROR_OPAQUE where that
// cannot be known.
TDM_MUST_CHECK tdm_status tdm_prove_twice(const tdm_catalog *after, const tdm_guards *guards,
                                          tdm_error *err);
// Whether one statement changes nothing on `after`, surely.
TDM_MUST_CHECK tdm_status tdm_changes_nothing(const tdm_catalog *after,
                                              const tdm_statement *statement, bool *ret,
                                              tdm_error *err);

#endif
