// The schema model: what a run of statements leaves behind, and what is known about its edges.
//
// A schema is a list of objects (kinds.h), each with its attributes; tables have columns beside
// them. The same model is built by replaying statements (replay.h) and by reading a running server;
// both make objects through build.h, so that one comparer serves every two of them.
//
// The model never holds a guess. What cannot be known is said at the smallest place that it
// concerns: a value with a reason, an object that is `uncertain` or known by identity only, a table
// whose columns are not known, or a catalog that is open.
//
// Everything lives in the arena of the catalog. Texts are views of that arena, of literals, or of
// the statements' sources, which must outlive the catalog and its copies.
#ifndef CATALOG_MODEL_H
#define CATALOG_MODEL_H

#include <tandem/error.h>
#include <tandem/statement.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/map.h"
#include "base/vector.h"
#include "catalog/kinds.h"

typedef enum tdm_known {
    TDM_KNOWN_YES,
    TDM_KNOWN_NO_OBJECT, // it is known that there is none
    TDM_KNOWN_UNKNOWN,   // cannot be known; a reason stands beside it
} tdm_known;

// The value of an attribute. Not set when `text` and `reason` are empty.
typedef struct tdm_value {
    tdm_text text;     // in its canonical spelling; of expressions and queries as written
    tdm_text written;  // for messages, where it is not `text`
    tdm_digest digest; // of expressions, keys and queries: identity in their normal form
    tdm_text reason;   // not empty: the value cannot be known
} tdm_value;

typedef struct tdm_attribute_entry {
    tdm_attribute attribute;
    tdm_value value;
    tdm_place place; // of the statement that gave it
} tdm_attribute_entry;

typedef TDM_VECTOR(tdm_attribute_entry) tdm_attributes; // those that are set, in order of the enum

typedef struct tdm_column {
    tdm_text name;
    tdm_text type;         // canonical spelling: "character varying(512)", "jsonb", "public.mood[]"
    tdm_text written_type; // as the statement wrote it, for messages
    tdm_text default_text; // as written; empty: none
    tdm_digest default_id; // identity of the expression
    tdm_text generated;    // "ALWAYS AS IDENTITY", "BY DEFAULT AS IDENTITY", "ALWAYS AS (a * 2)
                           // STORED"; empty: plain
    tdm_digest generated_id;
    tdm_attributes attributes; // collation, storage, compression, statistics, comment, ...
    bool plain_type;           // a type of pg_catalog, hence no domain
    bool not_null;
    bool has_default;
    uint32_t position; // order of creation, with holes for dropped columns
    tdm_place place;   // of the statement that gave the column its present form
} tdm_column;

typedef TDM_VECTOR(tdm_column) tdm_columns;

// The statements that made an object what it is, last first, as they are written. They are never
// changed, so that copies of a catalog share them.
typedef struct tdm_making {
    tdm_text sql;
    const struct tdm_making *earlier; // NULL: this one made it anew
    const struct tdm_making *before;  // of the object before this statement; NULL: not known
} tdm_making;

typedef struct tdm_object {
    tdm_kind kind;
    uint32_t number;       // of no other object in its catalog, before or after; a copy keeps it
    tdm_text schema;       // empty for kinds without; of what stands on a relation: the relation's
    tdm_text name;         // "documents", "f(integer, text)"
    struct tdm_object *on; // the relation that it stands on and goes with, or NULL
    tdm_attributes attributes;
    bool modelled;       // false: known by identity only, beside the attributes that are set
    tdm_digest identity; // of what is not modelled: over every statement that touched it
    // Running these makes it again, but for its owner, comment and grants. NULL: not known, or its
    // attributes say it better (tables, constraints, indexes).
    const tdm_making *making;
    bool indexed;        // a constraint whose index bears its name too
    bool dropped;
    bool uncertain;  // it may be there or not
    bool assumed;    // no statement made it: one was replayed that fails without it
    tdm_place place; // of the last statement that touched it

    // Of relations.
    tdm_columns columns; // in order of position
    uint32_t next_position;
    bool columns_known; // false: `reason` says why they are not all known
    tdm_text reason;
    bool partitioned;
    TDM_VECTOR(struct tdm_object *) members; // what stands on it, dropped ones too
} tdm_object;

typedef tdm_object tdm_table; // of kind TDM_KIND_TABLE

typedef struct tdm_catalog tdm_catalog;

// An empty schema: `public` is there and nothing else. With `closed` false something unknown may
// have been there before (a baseline that nobody declared), so that absence is never known.
TDM_MUST_CHECK tdm_status tdm_catalog_new(tdm_arena *arena, bool closed, tdm_catalog **ret,
                                          tdm_error *err);
// An independent copy in `arena`; texts are shared and must outlive both.
TDM_MUST_CHECK tdm_status tdm_catalog_clone(const tdm_catalog *catalog, tdm_arena *arena,
                                            tdm_catalog **ret, tdm_error *err);

// A copy of one object as it is now, with its columns and what stands on it, and of the relation
// that it stands on the names alone. NULL: out of memory.
const tdm_object *tdm_object_copy(tdm_arena *arena, const tdm_object *object);
const tdm_column *tdm_column_copy(tdm_arena *arena, const tdm_column *column);

// From here on something unknown has happened: absence of any object, and the form of what is
// there, cannot be known. `why` and the place say what it was. The first reason is kept.
void tdm_catalog_open(tdm_catalog *catalog, tdm_text why, tdm_place place);
// Whether absence is known; when not, the reason and place of the first opening.
bool tdm_catalog_is_closed(const tdm_catalog *catalog, tdm_text *ret_why, tdm_place *ret_place);

// The search path of a new session: `public`. Supabase's CLI runs RESET ALL before each migration.
void tdm_catalog_reset_session(tdm_catalog *catalog);

// Guards that are decided on `catalog` must get the same answer from `companion`, the catalog of
// both sides together, which must outlive it; NULL ends that.
void tdm_catalog_accompany(tdm_catalog *catalog, const tdm_catalog *companion);

// Questions. An empty schema name means an unqualified name in a statement, which is looked up
// along the search path that the statements set (by default `public`). UNKNOWN comes with a reason
// in `ret_why` (may be NULL) that the arena of the catalog owns.
tdm_known tdm_catalog_schema(const tdm_catalog *catalog, tdm_text schema, tdm_text *ret_why);
tdm_known tdm_catalog_table(const tdm_catalog *catalog, tdm_text schema, tdm_text table,
                            const tdm_table **ret, tdm_text *ret_why);
tdm_known tdm_catalog_column(const tdm_catalog *catalog, tdm_text schema, tdm_text table,
                             tdm_text column, const tdm_column **ret, tdm_text *ret_why);

// Any other object. Of kinds that stand on a relation (constraints, policies, triggers, rules)
// `table` names it and `schema` is the schema of that table; of others `table` is empty, or of an
// index the table that it must stand on.
typedef struct tdm_question {
    tdm_kind kind;
    tdm_text schema;
    tdm_text table;
    tdm_text name;
} tdm_question;

tdm_known tdm_catalog_object(const tdm_catalog *catalog, const tdm_question *question,
                             const tdm_object **ret, tdm_text *ret_why);

// The value of an attribute, or NULL when it is not set.
const tdm_value *tdm_object_value(const tdm_object *object, tdm_attribute attribute);
const tdm_value *tdm_column_value(const tdm_column *column, tdm_attribute attribute);

// Everything, in order of creation: tables, and the other objects, of which some may be `dropped`.
size_t tdm_catalog_table_count(const tdm_catalog *catalog);
const tdm_table *tdm_catalog_table_at(const tdm_catalog *catalog, size_t index);
size_t tdm_catalog_object_count(const tdm_catalog *catalog);
const tdm_object *tdm_catalog_object_at(const tdm_catalog *catalog, size_t index);

#endif
