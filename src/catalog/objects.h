// How objects are called that a statement names: one spelling for each, so that the same object is
// found again.
#ifndef CATALOG_OBJECTS_H
#define CATALOG_OBJECTS_H

#include "catalog/replay_parts.h"

// The parts of a qualified name, without a schema that unqualified names are made in anyway.
typedef struct tdm_object_name {
    tdm_text schema; // never empty but where objects have none
    tdm_text name;   // "f(integer, text)" for functions, "p on t" for what stands on a table
    tdm_text table;  // that it stands on, as tdm_other.table
} tdm_object_name;

// A list of strings: [schema,] name.
tdm_object_name tdm_object_of_strings(tdm_replay *r, PgQuery__Node *const *parts, size_t count);
tdm_object_name tdm_object_of_range(tdm_replay *r, const PgQuery__RangeVar *range);
// What stands on a table: policy, trigger, rule.
tdm_object_name tdm_object_on(tdm_replay *r, const PgQuery__RangeVar *table, const char *name);
// The object of DROP, COMMENT, GRANT, ALTER ... OWNER in each of its forms.
tdm_object_name tdm_object_of_node(tdm_replay *r, const PgQuery__Node *object,
                                   PgQuery__ObjectType type);
tdm_object_name tdm_object_of_function(tdm_replay *r, const PgQuery__CreateFunctionStmt *function);

// How many leading strings of a qualified name name the schema that it would be made in anyway: 0
// or 1.
size_t tdm_object_default_schema(const tdm_replay *r, PgQuery__Node *const *parts, size_t count);

#endif
