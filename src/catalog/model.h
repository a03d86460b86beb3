// The schema model: what a run of statements leaves behind, and what is known about its edges.
//
// Modelled are schemas, tables and columns (type, nullability, default, identity, generation,
// position). Every other object is recorded as *not modelled*, by kind and name; whatever depends
// on such an object cannot be known and says so. The model never holds a guess: an attribute that a
// statement leaves open in PostgreSQL is TDM_KNOWN_NO here, with the reason.
#ifndef CATALOG_MODEL_H
#define CATALOG_MODEL_H

#include <tandem/error.h>
#include <tandem/statement.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/map.h"
#include "base/vector.h"

typedef enum tdm_known {
    TDM_KNOWN_YES,
    TDM_KNOWN_NO_OBJECT, // it is known that there is none
    TDM_KNOWN_UNKNOWN,   // cannot be known; a reason stands beside it
} tdm_known;

typedef struct tdm_column {
    tdm_text name;
    tdm_text type;         // canonical spelling: "character varying(512)", "jsonb", "public.mood[]"
    tdm_text written_type; // as the statement wrote it, for messages
    tdm_text default_text; // as written; empty: none
    tdm_digest default_id; // identity of the expression
    tdm_text generated;    // "identity always", "identity by default", "stored"; empty: plain
    tdm_digest generated_id;
    tdm_text collation; // as named; empty: the type's own
    bool plain_type;    // a type of pg_catalog, hence no domain
    bool not_null;
    bool has_default;
    uint32_t position; // order of creation, with holes for dropped columns
    tdm_place place;   // of the statement that gave the column its present form
} tdm_column;

typedef TDM_VECTOR(tdm_column) tdm_columns;

typedef struct tdm_table {
    tdm_text schema;
    tdm_text name;
    tdm_columns columns; // in order of position
    uint32_t next_position;
    bool columns_known; // false: CREATE TABLE AS, INHERITS, LIKE, an opaque ALTER
    tdm_text reason;    // why not
    bool partitioned;
    tdm_place place;
} tdm_table;

// Something that is known by name only.
typedef struct tdm_other {
    tdm_text kind; // "index", "policy", "type", ...
    tdm_text schema;
    tdm_text name;
    tdm_text table;      // that it stands on, as tdm_catalog_print gives it; empty: on none
    tdm_digest identity; // over every statement that touched it, in order
    tdm_place place;     // of the last of them
    bool dropped;
    bool uncertain; // it may have gone with something else that was dropped
} tdm_other;

typedef struct tdm_catalog tdm_catalog;

// An empty schema: `public` is there and nothing else. With `closed` false something unknown may
// have been there before (a baseline that nobody declared), so that absence is never known.
TDM_MUST_CHECK tdm_status tdm_catalog_new(tdm_arena *arena, bool closed, tdm_catalog **ret,
                                          tdm_error *err);
// An independent copy in `arena`; texts are shared and must outlive both.
TDM_MUST_CHECK tdm_status tdm_catalog_clone(const tdm_catalog *catalog, tdm_arena *arena,
                                            tdm_catalog **ret, tdm_error *err);

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

// Everything, in order of creation.
size_t tdm_catalog_table_count(const tdm_catalog *catalog);
const tdm_table *tdm_catalog_table_at(const tdm_catalog *catalog, size_t index);
size_t tdm_catalog_other_count(const tdm_catalog *catalog);
const tdm_other *tdm_catalog_other_at(const tdm_catalog *catalog, size_t index);

#endif
