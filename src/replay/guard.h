// Guarded SQL: DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE ...) THEN
// ... END IF; END $$, which people write so that a script can be pasted twice.
//
// A guard is decided on a given catalog, under the closed-world rules of model.h, and flattened to
// the statements of the branch that runs. Decided forms: EXISTS / NOT EXISTS (or a count) over
// information_schema.tables, .columns, .schemata, pg_tables, pg_class with pg_namespace,
// pg_attribute; to_regclass('x') IS [NOT] NULL; NOT, AND, OR over them. Bodies: plain SQL
// statements, nested IF, ELSIF, ELSE, RAISE NOTICE and lower. Everything else cannot be known.
#ifndef REPLAY_GUARD_H
#define REPLAY_GUARD_H

#include "catalog/model.h"
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

#endif
