// Making the objects of a catalog: for the replay, and for whoever reads a server.
//
// A reader of a running server makes a closed catalog (tdm_catalog_new), puts every object in an
// order in which what something stands on comes first, and sets the attributes that are not at
// their defaults; kinds.h says what each value looks like, docs/internals/catalog.md which catalog
// of PostgreSQL it comes from. The canonical spellings are
//
// - names: as stored, quoted only inside lists and expressions;
// - references to relations and types: "schema.name", without the schema in `public`;
// - expressions and queries: as written, or as pg_get_expr and its like print them; the digest is
//   made here (expression.h says which spellings are one);
// - flags: "yes".
//
// Out of memory is remembered by the arena: functions then return NULL or do nothing, and the
// caller asks tdm_arena_ok once at the end.
#ifndef CATALOG_BUILD_H
#define CATALOG_BUILD_H

#include "catalog/model.h"

// What names an object.
typedef struct tdm_key {
    tdm_kind kind;
    tdm_text schema;      // ignored where `on` is set and the kind stands on a relation
    const tdm_object *on; // of members; also the owner of a sequence, the table of an index
    tdm_text name;
    bool indexed; // a constraint whose index bears its name among the relations of the schema
} tdm_key;

// A new object of this name, modelled, without attributes; what bore the name before is forgotten.
// Of relations the columns are known (there are none yet).
tdm_object *tdm_catalog_put(tdm_catalog *catalog, const tdm_key *key, tdm_place place);
// The object of this name, also when it is dropped or uncertain, or NULL.
tdm_object *tdm_catalog_get(const tdm_catalog *catalog, const tdm_key *key);
// It is not there any more, nor is what stands on it.
void tdm_catalog_drop(tdm_catalog *catalog, tdm_object *object);
// It stands on another relation from now on, or on none: a sequence and its owner.
void tdm_catalog_attach(tdm_catalog *catalog, tdm_object *object, tdm_object *relation);
// False when something else bears the name, or out of memory.
bool tdm_catalog_rename(tdm_catalog *catalog, tdm_object *object, tdm_text schema, tdm_text name);

// Appends a column; its position is given here.
tdm_column *tdm_object_add_column(tdm_catalog *catalog, tdm_object *relation, tdm_column column);

// Sets an attribute; an empty value takes it away. `digest` and `written` of the value may be left
// out where the mode needs none.
void tdm_attributes_set(tdm_catalog *catalog, tdm_attributes *attributes, tdm_attribute attribute,
                        tdm_value value, tdm_place place);
// The same for plain texts.
void tdm_object_set(tdm_catalog *catalog, tdm_object *object, tdm_attribute attribute,
                    tdm_text text, tdm_place place);

// Values of expressions, keys (with the access method's name) and queries from their text, with
// the digest of their normal form. Text that does not parse gives a value with a reason.
tdm_value tdm_value_of_expression(tdm_catalog *catalog, tdm_text text);
tdm_value tdm_value_of_keys(tdm_catalog *catalog, tdm_text text, tdm_text method);
tdm_value tdm_value_of_query(tdm_catalog *catalog, tdm_text text);
// The default and the generation expression of a column.
void tdm_column_set_default(tdm_catalog *catalog, tdm_column *column, tdm_text text);
void tdm_column_set_generated(tdm_catalog *catalog, tdm_column *column, tdm_text text);
// A type as format_type prints it, with its schema unless that is pg_catalog or public.
tdm_text tdm_type_of_text(tdm_catalog *catalog, tdm_text text);

// Lists of names and sets: "a, b", names quoted where PostgreSQL's quote_ident quotes them; a set
// is sorted here.
tdm_text tdm_names_of(tdm_catalog *catalog, const tdm_text *names, size_t count);
tdm_text tdm_set_of(tdm_catalog *catalog, const tdm_text *items, size_t count);

#endif
