// Definitions that are a list of names and values: foreign data, operators, aggregates, casts,
// dictionaries.
#ifndef REPLAY_DEFINITION_H
#define REPLAY_DEFINITION_H

#include "replay/kinds.h"

// --- foreign.c ---
void tdm_replay_create_wrapper(tdm_replay *r);
void tdm_replay_alter_wrapper(tdm_replay *r);
void tdm_replay_create_server(tdm_replay *r);
void tdm_replay_alter_server(tdm_replay *r);
void tdm_replay_create_user_mapping(tdm_replay *r);
void tdm_replay_alter_user_mapping(tdm_replay *r);
void tdm_replay_drop_user_mapping(tdm_replay *r);
void tdm_replay_create_foreign_table(tdm_replay *r);
void tdm_replay_import_schema(tdm_replay *r);
// ALTER FOREIGN TABLE ... OPTIONS
void tdm_replay_set_foreign_options(tdm_replay *r, tdm_object *object,
                                    PgQuery__Node *const *options, size_t count);

// --- define.c ---
void tdm_replay_define(tdm_replay *r);
void tdm_replay_create_cast(tdm_replay *r);
void tdm_replay_alter_definition(tdm_replay *r);
void tdm_replay_create_named(tdm_replay *r);
void tdm_replay_drop_subscription(tdm_replay *r);
void tdm_replay_create_operator_class(tdm_replay *r);
void tdm_replay_create_operator_family(tdm_replay *r);

// --- rule.c ---
void tdm_replay_create_rule(tdm_replay *r);

// Before something is dropped that such definitions rest on: servers on wrappers, foreign tables
// and user mappings on servers; what names a function or type may go with it. False: refused, and
// said so.
bool tdm_definition_drop_users(tdm_replay *r, tdm_object *object, bool cascade);

// A function as what refers to it names it: without the schema in `public`, pg_catalog, or where it
// is found on the path; several may bear the name.
tdm_text tdm_definition_function(tdm_replay *r, PgQuery__Node *const *parts, size_t count);

// --- definition_key.c: names with the types that belong to them ---
// "===(integer, integer)", with NONE where there is no operand.
tdm_key tdm_object_of_operator(tdm_replay *r, const PgQuery__DefineStmt *define);
tdm_key tdm_object_of_operands(tdm_replay *r, const PgQuery__ObjectWithArgs *object);
// The other operator of a pair; `swapped` with its operands in the other order.
tdm_key tdm_object_of_pair(tdm_replay *r, const PgQuery__DefineStmt *define,
                           const PgQuery__Node *name, bool swapped);
tdm_key tdm_object_of_aggregate(tdm_replay *r, const PgQuery__DefineStmt *define);
// "integer AS mood"
tdm_key tdm_object_of_cast(tdm_replay *r, const PgQuery__TypeName *source,
                           const PgQuery__TypeName *target);
// "text_ops USING btree"
tdm_key tdm_object_of_class(tdm_replay *r, tdm_kind kind, const char *method,
                            PgQuery__Node *const *parts, size_t count);

#endif
