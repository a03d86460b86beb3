// Guarded SQL: DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE ...) THEN
// ... END IF; END $$, which people write so that a script can be pasted twice.
//
// A block is followed on a given catalog, under the closed-world rules of model.h, and flattened to
// the statements that run: variables, IF, loops over lists, EXECUTE of a text that is put together
// from what is known, blocks that catch. Questions about the schema are those of question.h. What
// hangs on rows is followed as far as it changes nothing but rows (guard_parts.h). Everything else
// cannot be known.
#ifndef REPLAY_GUARD_H
#define REPLAY_GUARD_H

#include "catalog/model.h"
#include "replay/call.h"
#include "replay/cell.h"
#include "sql/split.h"
#include "sql/tree.h"

typedef enum tdm_guard_verdict {
    TDM_GUARD_NONE,    // not a guarded statement: take it as it is
    TDM_GUARD_DECIDED, // the statements that run stand in `statements` (maybe none)
    TDM_GUARD_UNKNOWN, // `reason` and `place` say why
} tdm_guard_verdict;

typedef struct tdm_guard {
    tdm_guard_verdict verdict;
    tdm_statements statements; // with their places inside the block
    tdm_text reason;
    tdm_place place;
    tdm_text asked; // what the answer rests on: "column file_path of documents does not exist"
} tdm_guard;

// `tree` is that of `statement`. Statements before a later IF of the same block are replayed on a
// copy, so that each condition is asked of the schema it would see. Fails on memory alone.
TDM_MUST_CHECK tdm_status tdm_guard_decide(const tdm_catalog *catalog, tdm_arena *arena,
                                           const tdm_statement *statement, const tdm_sql_tree *tree,
                                           tdm_guard *ret, tdm_error *err);

// The body of a DO in PL/pgSQL, a view of the tree's memory. False: the statement is none.
bool tdm_guard_body(const tdm_sql_tree *tree, tdm_text *ret);

// A function of the history, with what is known of the values it is called with.
typedef struct tdm_guard_function {
    tdm_text body;
    tdm_text *names;
    tdm_text *types;
    tdm_cell *values;
    size_t count;
} tdm_guard_function;

// The same for a function in PL/pgSQL that `statement` calls.
TDM_MUST_CHECK tdm_status tdm_guard_call(const tdm_catalog *catalog, tdm_arena *arena,
                                         const tdm_statement *statement,
                                         const tdm_guard_function *function, tdm_guard *ret,
                                         tdm_error *err);
// Whether a body in PL/pgSQL changes rows alone, whatever it is called with.
bool tdm_guard_is_inert(const tdm_catalog *catalog, tdm_arena *arena, tdm_text body,
                        tdm_call_limits *limits);

#endif
