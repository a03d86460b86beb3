// What the files of the live reader share.
//
// A family is one query: a kind of object, where its rows come from, and for each attribute the SQL
// that gives its value in the canonical spelling (catalog/kinds.h), or NULL at the default; the
// attribute's mode says what is made of the text. {name} stands for a piece of SQL (live_parts.c).
//
// Every family but those that are read everywhere joins the namespace that decides whether an
// object is asked for, as n.
#ifndef DB_LIVE_READER_H
#define DB_LIVE_READER_H

#include "base/map.h"
#include "catalog/build.h"
#include "db/live.h"

enum {
    TDM_LIVE_MAINTAIN = 170000, // the first server with a privilege of this name
};

typedef struct tdm_live {
    tdm_session *session;
    tdm_arena *arena;  // of the catalog
    tdm_arena *answer; // of one answer, emptied between two
    tdm_catalog *catalog;
    tdm_map relations; // oid -> tdm_object
    tdm_map types;     // as the server prints one -> const tdm_text, as the catalog does
    tdm_text scope;    // a condition on n.nspname
    int version;       // server_version_num
    tdm_error *err;
} tdm_live;

typedef struct tdm_live_field {
    tdm_attribute attribute;
    const char *sql;
} tdm_live_field;

typedef struct tdm_live_family {
    tdm_kind kind;
    bool is_relation; // others stand on it
    bool no_schema;   // its name has none
    bool everywhere;  // it is in no schema, or in whichever: there is no n
    const char *oid;
    const char *on; // the oid of the relation that it stands on; NULL: on none
    const char *name;
    const tdm_live_field *fields;
    size_t field_count;
    const char *from;
    const char *where;
} tdm_live_family;

// --- live_parts.c ---
// The query with every {name} replaced; empty when out of memory.
tdm_text tdm_live_fill(const tdm_live *live, tdm_text sql);
// The condition on n.nspname that the options mean.
tdm_text tdm_live_scope(tdm_arena *arena, const tdm_live_options *options);

// --- live.c ---
// Asks a query, with its pieces filled in. The answer is good until the next one.
TDM_MUST_CHECK tdm_status tdm_live_ask(tdm_live *live, tdm_text sql, tdm_db_result *ret);
// A value of the answer, copied into the catalog's arena; empty for NULL.
tdm_text tdm_live_text(const tdm_live *live, const tdm_db_result *rows, size_t row, size_t column);
// The relation of an oid in a row, or NULL.
tdm_object *tdm_live_relation(const tdm_live *live, const tdm_db_result *rows, size_t row,
                              size_t column);
// Sets an attribute from the text that a column gave.
void tdm_live_set(tdm_live *live, tdm_object *object, tdm_attribute attribute, tdm_text text);
// Reads one family whose objects are made of their attributes alone.
TDM_MUST_CHECK tdm_status tdm_live_family_read(tdm_live *live, const tdm_live_family *family);

// The value of a list of privileges, from the piece {grants}.
tdm_value tdm_live_grants(const tdm_live *live, tdm_kind kind, tdm_text owner, tdm_text list);
// What kind of object an entry of default privileges is about.
tdm_kind tdm_live_defaults_kind(const tdm_object *object);

// The options of foreign table c that are not secret.
extern const char tdm_live_foreign_options[];

// A type in the catalog's spelling, from the server's.
tdm_text tdm_live_type(tdm_live *live, tdm_text text);

// --- The families, in the order in which they are read: one file each ---
TDM_MUST_CHECK tdm_status tdm_live_read_schemas(tdm_live *live); // in live_relation.c
TDM_MUST_CHECK tdm_status tdm_live_read_relations(tdm_live *live);
TDM_MUST_CHECK tdm_status tdm_live_read_columns(tdm_live *live);
TDM_MUST_CHECK tdm_status tdm_live_read_constraints(tdm_live *live);
TDM_MUST_CHECK tdm_status tdm_live_read_sequences(tdm_live *live);
TDM_MUST_CHECK tdm_status tdm_live_read_types(tdm_live *live);
TDM_MUST_CHECK tdm_status tdm_live_read_routines(tdm_live *live);
TDM_MUST_CHECK tdm_status tdm_live_read_access(tdm_live *live);
TDM_MUST_CHECK tdm_status tdm_live_read_others(tdm_live *live);
TDM_MUST_CHECK tdm_status tdm_live_read_foreign(tdm_live *live);
TDM_MUST_CHECK tdm_status tdm_live_read_definitions(tdm_live *live);
TDM_MUST_CHECK tdm_status tdm_live_read_defaults(tdm_live *live);

#endif
