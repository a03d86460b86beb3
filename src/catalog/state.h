// The inside of a catalog, for the files of the rooms that keep one: catalog and replay.
#ifndef CATALOG_STATE_H
#define CATALOG_STATE_H

#include "catalog/build.h"

#include <pg_query.pb-c.h>

typedef TDM_VECTOR(tdm_object *) tdm_objects;
typedef TDM_VECTOR(tdm_text) tdm_path;

struct tdm_catalog {
    tdm_arena *arena;
    bool open;
    tdm_text why;
    tdm_place why_place;
    tdm_text vague; // a block whose effect is confined to objects that are marked; empty: none
    tdm_place vague_place;
    tdm_objects tables;  // in order of creation, without dropped ones
    tdm_objects objects; // the others, dropped ones too
    tdm_map by_name;     // the key of a name space -> the last object that bore the name
    tdm_map constraints; // "schema\0name" -> how many constraints bear the name
    uint32_t next_number;
    tdm_objects defaults;         // default privileges, dropped ones too
    bool without_maintain;        // read from a server before PostgreSQL 17
    tdm_text role;                // SET ROLE; empty: whoever runs the statements
    tdm_path path;                // the search path, without pg_catalog and "$user"
    const tdm_catalog *companion; // guards are asked of it as well; may be NULL
    bool careful; // a statement may fail and be caught: what may be there already is not taken as
                  // new
    size_t following; // functions of the history that are being followed, one in the other
};

// What a name in a statement means.
typedef struct tdm_found {
    tdm_known known;
    tdm_table *table;   // of YES
    tdm_object *object; // another relation of this name, or what shares the name of its type
    tdm_text schema;    // where it is; of NO_OBJECT and UNKNOWN: where it would be made
    tdm_text why;       // of UNKNOWN
} tdm_found;

tdm_found tdm_catalog_find(const tdm_catalog *catalog, tdm_text schema, tdm_text table);
tdm_found tdm_catalog_find_range(const tdm_catalog *catalog, const PgQuery__RangeVar *range);
// The schema that an unqualified name is made in; empty when the path is empty.
tdm_text tdm_catalog_creation_schema(const tdm_catalog *catalog);

// Changes. NULL or false when out of memory, which the arena remembers.
void tdm_catalog_set_schema(tdm_catalog *catalog, tdm_text schema, bool exists);
tdm_column *tdm_table_column(const tdm_table *table, tdm_text name);
void tdm_table_remove_column(tdm_table *table, tdm_column *column);

// The object of this name, as tdm_catalog_get, but NULL when it is dropped.
tdm_object *tdm_catalog_live(const tdm_catalog *catalog, const tdm_key *key);
// The record of an object that is known by identity only; made, and dropped, when it is missing.
tdm_object *tdm_catalog_record(tdm_catalog *catalog, const tdm_key *key);
// A relation other than a table, or a type, that bears this name.
tdm_object *tdm_catalog_other_relation(const tdm_catalog *catalog, tdm_text schema, tdm_text name);
// Whether a constraint of some table in the schema bears this name.
bool tdm_catalog_has_constraint(const tdm_catalog *catalog, tdm_text schema, tdm_text name);

// "schema.name", or the name alone in public.
tdm_text tdm_catalog_print(const tdm_catalog *catalog, tdm_text schema, tdm_text name);
// "documents", "index i", "policy reads on documents": as findings name it.
tdm_text tdm_object_print(const tdm_catalog *catalog, const tdm_object *object);

#endif
