// Replaying statements on a catalog, and what each of them changed.
#ifndef CATALOG_REPLAY_H
#define CATALOG_REPLAY_H

#include "catalog/model.h"
#include "sql/classify.h"
#include "sql/tree.h"

typedef enum tdm_change_kind {
    TDM_CHANGE_SCHEMA, // created or dropped: before or after is empty
    TDM_CHANGE_TABLE,
    TDM_CHANGE_COLUMN,
    TDM_CHANGE_TYPE,      // of a column
    TDM_CHANGE_NULLABLE,  // of a column: "NULL", "NOT NULL"
    TDM_CHANGE_DEFAULT,   // of a column
    TDM_CHANGE_GENERATED, // of a column
    TDM_CHANGE_NAME,      // RENAME: before and after are the names
    TDM_CHANGE_OTHER,     // an object that is not modelled: `object` names it
    TDM_CHANGE_DATA,      // a data statement, in its order
    TDM_CHANGE_SESSION,   // SET, LOCK, ...: no change of the schema
    TDM_CHANGE_OPAQUE,    // cannot be known: `reason`
} tdm_change_kind;

typedef struct tdm_change {
    tdm_change_kind kind;
    tdm_text object;      // "documents.file_path", "policy owner_reads on documents"
    tdm_text object_kind; // of OTHER: "index", "policy", ...; otherwise "table", "column", ...
    tdm_text before;      // as a reader would write it; empty: was not there
    tdm_text after;       // empty: is not there any more
    tdm_text written;     // of TYPE: as the statement spells it
    tdm_digest identity;  // of what `after` says, or of the statement (OTHER, DATA, SESSION)
    tdm_text sql;         // the statement
    tdm_place place;      // of the statement
    tdm_text reason;      // of OPAQUE
    const char *refusal;  // of OPAQUE: the condition that the server raises, or NULL
} tdm_change;

typedef struct tdm_effect {
    tdm_change *items; // in the order in which they happen
    size_t count;
    size_t capacity;
    tdm_arena *arena;
} tdm_effect;

void tdm_effect_init(tdm_effect *effect, tdm_arena *arena);

// Applies one statement, appending to `effect` what it changed. A guarded statement is decided
// (guard.h) and flattened. What cannot be known is recorded as a change of kind OPAQUE and opens
// the catalog; it is no failure. A statement that PostgreSQL would refuse on this catalog (a column
// added twice) is OPAQUE too, with the server's reason. Fails on memory alone.
//
// `tree` may be NULL: then the statement is parsed here. `unqualified` guards ask about names of
// Supabase's own schemas as well (platform.h).
TDM_MUST_CHECK tdm_status tdm_catalog_apply(tdm_catalog *catalog, const tdm_statement *statement,
                                            const tdm_sql_tree *tree, tdm_effect *effect,
                                            tdm_error *err);

#endif
