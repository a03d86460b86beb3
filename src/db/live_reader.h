// What the files of the live reader share.
//
// A family is one query and the attributes that its columns give. Every row begins with
//
//     0  the object's oid        2  its schema, or NULL
//     1  the oid of what it      3  its name
//        stands on, or NULL
//
// and each further column is the value of an attribute in its canonical spelling (catalog/kinds.h),
// or NULL at the default; the attribute's mode says what is made of the text. In a query, {name}
// stands for a piece of SQL that depends on what was asked for (the schemas) or on the server's
// version (live_parts.c).
#ifndef DB_LIVE_READER_H
#define DB_LIVE_READER_H

#include "base/map.h"
#include "catalog/build.h"
#include "db/live.h"

enum {
    TDM_LIVE_OID,
    TDM_LIVE_ON,
    TDM_LIVE_SCHEMA,
    TDM_LIVE_NAME,
    TDM_LIVE_HEAD, // how many columns every row begins with
};

typedef struct tdm_live {
    tdm_session *session;
    tdm_arena *arena;  // of the catalog
    tdm_arena *answer; // of one answer, emptied between two
    tdm_catalog *catalog;
    tdm_map relations; // oid -> tdm_object
    tdm_text scope;    // a condition on n.nspname
    int version;       // server_version_num
    tdm_error *err;
} tdm_live;

typedef struct tdm_live_family {
    tdm_kind kind;
    const char *sql;
    const tdm_attribute *attributes; // of the columns behind the head
    size_t attribute_count;
} tdm_live_family;

// --- live_parts.c ---
// The query with every {name} replaced; empty when out of memory.
tdm_text tdm_live_fill(const tdm_live *live, const char *sql);
// The condition on n.nspname that the options mean.
tdm_text tdm_live_scope(tdm_arena *arena, const tdm_live_options *options);

// --- live.c ---
// Asks a query, with its pieces filled in. The answer is good until the next one.
TDM_MUST_CHECK tdm_status tdm_live_ask(tdm_live *live, const char *sql, tdm_db_result *ret);
// A value of the answer, copied into the catalog's arena; empty for NULL.
tdm_text tdm_live_text(const tdm_live *live, const tdm_db_result *rows, size_t row, size_t column);
// The relation of an oid in a row, or NULL.
tdm_object *tdm_live_relation(const tdm_live *live, const tdm_db_result *rows, size_t row,
                              size_t column);
// Sets an attribute from the text that a column gave.
void tdm_live_set(tdm_live *live, tdm_object *object, tdm_attribute attribute, tdm_text text);
// Reads one family whose objects are made of their attributes alone.
TDM_MUST_CHECK tdm_status tdm_live_family_read(tdm_live *live, const tdm_live_family *family);

// --- The families, in the order in which they are read ---
TDM_MUST_CHECK tdm_status tdm_live_read_schemas(tdm_live *live);     // live_relation.c
TDM_MUST_CHECK tdm_status tdm_live_read_relations(tdm_live *live);   // live_relation.c
TDM_MUST_CHECK tdm_status tdm_live_read_columns(tdm_live *live);     // live_column.c
TDM_MUST_CHECK tdm_status tdm_live_read_constraints(tdm_live *live); // live_constraint.c

#endif
