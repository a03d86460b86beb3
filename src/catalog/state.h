// The inside of a catalog, for the files of this room.
#ifndef CATALOG_STATE_H
#define CATALOG_STATE_H

#include "catalog/model.h"

#include <pg_query.pb-c.h>

typedef TDM_VECTOR(tdm_table *) tdm_tables;
typedef TDM_VECTOR(tdm_other *) tdm_others;
typedef TDM_VECTOR(tdm_text) tdm_path;

struct tdm_catalog {
    tdm_arena *arena;
    bool open;
    tdm_text why;
    tdm_place why_place;
    tdm_text vague; // a block whose effect is confined to objects that are marked; empty: none
    tdm_place vague_place;
    tdm_map schemas;   // name -> "yes", or NULL when dropped
    tdm_tables tables; // in order of creation
    tdm_map by_name;   // "schema\0table" -> tdm_table, or NULL when dropped
    tdm_others others;
    tdm_map by_kind; // "kind\0schema\0name" -> tdm_other
    tdm_map taken;   // "schema\0name" of indexes and constraints, for names that are chosen
    tdm_path path;   // the search path, without pg_catalog and "$user"
    const tdm_catalog *companion; // guards are asked of it as well; may be NULL
    bool careful; // a statement may fail and be caught: what may be there already is not taken as
                  // new
};

// What a name in a statement means.
typedef struct tdm_found {
    tdm_known known;
    tdm_table *table; // of YES
    tdm_text schema;  // where it is; of NO_OBJECT and UNKNOWN: where it would be made
    tdm_text why;     // of UNKNOWN
} tdm_found;

tdm_found tdm_catalog_find(const tdm_catalog *catalog, tdm_text schema, tdm_text table);
tdm_found tdm_catalog_find_range(const tdm_catalog *catalog, const PgQuery__RangeVar *range);
// The schema that an unqualified name is made in; empty when the path is empty.
tdm_text tdm_catalog_creation_schema(const tdm_catalog *catalog);

// Changes. NULL or false when out of memory, which the arena remembers.
tdm_table *tdm_catalog_add_table(tdm_catalog *catalog, tdm_text schema, tdm_text name);
void tdm_catalog_remove_table(tdm_catalog *catalog, tdm_table *table);
bool tdm_catalog_move_table(tdm_catalog *catalog, tdm_table *table, tdm_text schema, tdm_text name);
void tdm_catalog_set_schema(tdm_catalog *catalog, tdm_text schema, bool exists);
tdm_column *tdm_table_column(const tdm_table *table, tdm_text name);
tdm_column *tdm_table_add_column(tdm_catalog *catalog, tdm_table *table, tdm_column column);
void tdm_table_remove_column(tdm_table *table, tdm_column *column);

// The record of an object that is not modelled, or NULL. `add` makes it when it is missing.
tdm_other *tdm_catalog_other(const tdm_catalog *catalog, tdm_text kind, tdm_text schema,
                             tdm_text name);
tdm_other *tdm_catalog_add_other(tdm_catalog *catalog, tdm_text kind, tdm_text schema,
                                 tdm_text name);
// Whether an object of one of the kinds that share the names of tables bears this name.
const tdm_other *tdm_catalog_other_relation(const tdm_catalog *catalog, tdm_text schema,
                                            tdm_text name);

// Names of indexes and constraints that a chosen name must not be.
bool tdm_catalog_is_taken(const tdm_catalog *catalog, tdm_text schema, tdm_text name);
void tdm_catalog_take(tdm_catalog *catalog, tdm_text schema, tdm_text name, bool taken);

// "schema.name", or the name alone in public.
tdm_text tdm_catalog_print(const tdm_catalog *catalog, tdm_text schema, tdm_text name);

#endif
