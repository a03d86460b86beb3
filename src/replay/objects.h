// How objects are called that a statement names: one key for each, so that the same object is found
// again.
#ifndef REPLAY_OBJECTS_H
#define REPLAY_OBJECTS_H

#include "replay/parts.h"

// The kinds that a statement's words mean.
tdm_kind tdm_object_kind(PgQuery__ObjectType type);
tdm_kind tdm_object_kind_of_class(tdm_sql_kind kind);

// A list of strings: [schema,] name.
tdm_key tdm_object_of_strings(tdm_replay *r, tdm_kind kind, PgQuery__Node *const *parts,
                              size_t count);
tdm_key tdm_object_of_range(tdm_replay *r, tdm_kind kind, const PgQuery__RangeVar *range);
// What stands on a table: policy, trigger, rule. A relation that is not known to be there is noted
// as assumed; `on` is NULL when it is known not to be there.
tdm_key tdm_object_on(tdm_replay *r, tdm_kind kind, const PgQuery__RangeVar *table,
                      const char *name);
// The object of DROP, COMMENT, GRANT, ALTER ... OWNER in each of its forms.
tdm_key tdm_object_of_node(tdm_replay *r, const PgQuery__Node *object, PgQuery__ObjectType type);
// A type as an argument: without lengths.
tdm_text tdm_object_argument(tdm_replay *r, const PgQuery__TypeName *type);
tdm_key tdm_object_of_function(tdm_replay *r, const PgQuery__CreateFunctionStmt *function);

// The relation that a name means, whatever its kind. One that may be there is assumed to be, as the
// statement would fail otherwise; with IF EXISTS it stays uncertain. NULL: it is known that there
// is none.
tdm_object *tdm_object_relation(tdm_replay *r, const PgQuery__RangeVar *range);

// How many leading strings of a qualified name name the schema that it would be made in anyway: 0
// or 1.
size_t tdm_object_default_schema(const tdm_replay *r, PgQuery__Node *const *parts, size_t count);

#endif
