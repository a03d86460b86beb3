// Replaying statements on a catalog, and what each of them changed.
#ifndef REPLAY_REPLAY_H
#define REPLAY_REPLAY_H

#include "catalog/model.h"
#include "sql/classify.h"
#include "sql/tree.h"

typedef enum tdm_change_kind {
    TDM_CHANGE_EXISTENCE, // an object or column was made or dropped: `exists`
    TDM_CHANGE_ATTRIBUTE, // `attribute` went from `before` to `after`
    TDM_CHANGE_NAME,      // renamed or moved: from `was` to `key`
    TDM_CHANGE_STATEMENT, // a statement on an object that is known by identity only
    TDM_CHANGE_DATA,      // a data statement, in its order
    TDM_CHANGE_SESSION,   // SET, LOCK, ...: no change of the schema
    TDM_CHANGE_OPAQUE,    // cannot be known: `reason`
} tdm_change_kind;

// What a change is about, by the names at the time of the change.
typedef struct tdm_change_key {
    tdm_kind kind;
    tdm_text schema;
    tdm_text name;
    tdm_text owner_schema; // of columns and what stands on a relation
    tdm_text owner;        // empty: it stands on none
} tdm_change_key;

typedef struct tdm_change {
    tdm_change_kind kind;
    tdm_change_key key;
    tdm_text object;    // "documents.file_path", "policy owner_reads on documents"
    tdm_change_key was; // of NAME
    // Of NAME, for what holds no rows, so that renaming it and making it anew under the other name
    // are one: what it is called after, and all its attributes.
    tdm_text renamed;
    const tdm_attributes *attributes;
    bool exists;  // of EXISTENCE and STATEMENT: is there afterwards
    bool creates; // of STATEMENT: what was there before counts no more
    tdm_attribute attribute;
    // For the way back.
    const tdm_object *gone;   // of EXISTENCE and STATEMENT: what was there before, if it is known
    const tdm_column *column; // of a column that is dropped: the column
    const tdm_making *making; // of ATTRIBUTE: of the object before the statement
    bool anew;                // of EXISTENCE and STATEMENT: nothing was there before, surely
    tdm_value before;         // of ATTRIBUTE
    tdm_value after;     // of ATTRIBUTE; of others `text` is what to show, and `reason` of a new
                         // table says why its columns are not known
    tdm_text type;       // of the default of a column: its type
    tdm_digest identity; // of STATEMENT, DATA, SESSION: of the statement; of a new column: what
                         // fills old rows; of a type: how rows are converted
    tdm_text sql;        // the statement
    tdm_place place;     // of the statement
    tdm_text reason;     // of OPAQUE
    const char *refusal; // of OPAQUE: the condition that the server raises, or NULL
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
