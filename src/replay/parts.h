// The parts of replaying a statement: one file for each theme, all working on one tdm_replay.
#ifndef REPLAY_PARTS_H
#define REPLAY_PARTS_H

#include "catalog/state.h"
#include "replay/replay.h"

typedef struct tdm_replay {
    tdm_catalog *catalog;
    const tdm_statement *statement;
    const tdm_sql_tree *tree;
    tdm_sql_class of;
    tdm_effect *effect;
    tdm_text shown; // what stands for the statement, where it holds something secret; empty: itself
    tdm_text says;  // how a difference shows what is made next; empty: by its statement
    bool doubtful;  // whether the statement runs at all is not known
    bool failed;    // out of memory where the arena does not show it
} tdm_replay;

// --- effect.c -----------------------------------------------------------------------------------

// Appends a change; statement and place are filled in where the change leaves them open.
void tdm_replay_record(tdm_replay *r, tdm_change change);
// From here on the catalog is open: what the statement does cannot be known.
void tdm_replay_opaque(tdm_replay *r, tdm_text reason);
// The same for what the server refuses. `condition` is the name that PL/pgSQL has for it when the
// object exists already ("duplicate_table"), else NULL.
void tdm_replay_refuse(tdm_replay *r, const char *condition, tdm_text reason);
// The same, but the catalog stays closed where the effect of a block is confined (confine.h).
// `tree` may be NULL.
void tdm_replay_vague(tdm_replay *r, const tdm_sql_tree *tree, tdm_text reason);
// Identity in a session with the search path of the catalog.
tdm_digest tdm_replay_identity(tdm_replay *r, const ProtobufCMessage *message);
tdm_digest tdm_replay_chain(tdm_replay *r, tdm_digest first, tdm_digest second);
tdm_place tdm_replay_place(const tdm_replay *r, int32_t location);
tdm_text tdm_replay_text(tdm_replay *r, const char *format, ...) TDM_PRINTF(2, 3);
// A string of the tree, in the memory of the catalog.
tdm_text tdm_replay_copy(tdm_replay *r, const char *string);
// "table.column"
tdm_text tdm_replay_member(tdm_replay *r, const tdm_table *table, tdm_text column);
tdm_text tdm_replay_table_name(tdm_replay *r, const tdm_table *table);

// --- change.c: the model and the record of what happened to it, in one go -----------------------

// Whether an object can be made.
typedef enum tdm_outcome {
    TDM_OUTCOME_CREATE,
    TDM_OUTCOME_REPLACE, // it is there, and OR REPLACE says that this is well
    TDM_OUTCOME_NOTHING, // it is there, and IF NOT EXISTS says so
    TDM_OUTCOME_OPAQUE,  // refused, or not to be known; said so already
} tdm_outcome;

// By r->of.if_not_exists and .or_replace.
tdm_outcome tdm_replay_may_create(tdm_replay *r, const tdm_key *key);
// Makes a modelled object.
tdm_object *tdm_replay_make(tdm_replay *r, const tdm_key *key);
// The object that a statement changes. One that may be there is taken to be, as the statement would
// fail otherwise, and is known by identity only. NULL: refused or nothing to do, and said so.
tdm_object *tdm_replay_target(tdm_replay *r, const tdm_key *key, bool missing_ok);
// Drops it with all that stands on it.
void tdm_replay_remove(tdm_replay *r, tdm_object *object);
// Renames or moves it. False: the name is taken, and said so.
bool tdm_replay_rename_object(tdm_replay *r, tdm_object *object, tdm_text schema, tdm_text name);
// Sets an attribute; an empty value takes it away. Nothing is recorded when it was so before.
void tdm_replay_assign(tdm_replay *r, tdm_object *object, tdm_attribute attribute, tdm_value value);
void tdm_replay_assign_text(tdm_replay *r, tdm_object *object, tdm_attribute attribute,
                            tdm_text text);
void tdm_replay_assign_flag(tdm_replay *r, tdm_object *object, tdm_attribute attribute, bool set);
// Of an expression or query of the tree.
void tdm_replay_assign_node(tdm_replay *r, tdm_object *object, tdm_attribute attribute,
                            const PgQuery__Node *node);
tdm_value tdm_replay_value_of(tdm_replay *r, const PgQuery__Node *node);
// An attribute of a column that tdm_column keeps in `attributes`.
void tdm_replay_assign_column(tdm_replay *r, tdm_table *table, tdm_column *column,
                              tdm_attribute attribute, tdm_value value);
// Records a change of one of the attributes that tdm_column itself holds.
void tdm_replay_record_column_value(tdm_replay *r, const tdm_table *table, tdm_text column,
                                    tdm_change change);
// The key of a change.
tdm_change_key tdm_replay_key_of(const tdm_object *object);
tdm_change_key tdm_replay_column_key(const tdm_table *table, tdm_text column);

// --- making.c: the statements that made an object -----------------------------------------------

// The statement makes the object, whatever it was before.
void tdm_making_begin(tdm_replay *r, tdm_object *object);
// The statement changes it; for an attribute also where it is about something else.
void tdm_making_add(tdm_replay *r, tdm_object *object);
void tdm_making_see(tdm_replay *r, tdm_object *object, tdm_attribute attribute);
// What made the object before the statement, which may have changed it already.
const tdm_making *tdm_making_before(const tdm_replay *r, const tdm_object *object);
// Something of this name is called otherwise from now on: texts that have the name mean something
// else.
void tdm_making_forget(tdm_replay *r, tdm_text name);
// A table of this name has one more column: queries that say "all of them" mean more.
void tdm_making_forget_stars(tdm_replay *r, tdm_text table);

// --- replay_table.c -----------------------------------------------------------------------------

void tdm_replay_create_table(tdm_replay *r);
// CREATE TABLE AS and SELECT INTO: a table of unknown columns.
void tdm_replay_create_as(tdm_replay *r, const PgQuery__RangeVar *range, bool if_not_exists);
void tdm_replay_add_column(tdm_replay *r, tdm_table *table, const PgQuery__ColumnDef *def,
                           bool fills);
void tdm_replay_put_column(tdm_replay *r, tdm_table *table, tdm_column column, tdm_digest filled);
void tdm_replay_set_bound(tdm_replay *r, tdm_table *table,
                          const PgQuery__PartitionBoundSpec *bound);

// --- replay_copy.c: what a table gets from another ----------------------------------------------

// INHERITS and PARTITION OF: columns and checks.
void tdm_replay_inherit(tdm_replay *r, tdm_table *table, const PgQuery__RangeVar *parent,
                        bool partition);
// The checks of a parent, under the same names.
void tdm_replay_inherit_checks(tdm_replay *r, tdm_table *table, const tdm_table *parent);
// The indexes, keys and triggers of a partitioned table.
void tdm_replay_copy_partition(tdm_replay *r, tdm_table *table, const PgQuery__RangeVar *parent);
// ATTACH PARTITION: those that the table does not have yet.
void tdm_replay_copy_missing(tdm_replay *r, tdm_table *table, const tdm_table *parent);
// What was a part of the parent's is the table's own after DETACH PARTITION.
void tdm_replay_free_parts(tdm_replay *r, tdm_table *table);
// The parts of an index or key of a partitioned table go with it.
void tdm_replay_drop_parts(tdm_replay *r, const tdm_table *parent, const tdm_object *index);
// A new index of a partitioned table is made on its partitions too.
void tdm_replay_index_partitions(tdm_replay *r, const tdm_table *parent, const tdm_object *index);
// LIKE: columns first; then, with all columns made, what stands on them.
void tdm_replay_copy_columns(tdm_replay *r, tdm_table *table, const PgQuery__TableLikeClause *like);
void tdm_replay_copy_rest(tdm_replay *r, tdm_table *table, const PgQuery__TableLikeClause *like);
// The tables that inherit from a table or are partitions of it, one after the other: pass 0 first.
// NULL: no more.
tdm_table *tdm_replay_child(const tdm_replay *r, const tdm_table *parent, size_t *at);

// --- replay_column.c ----------------------------------------------------------------------------

// What a definition says of a column. Constraints with names are not part of it.
tdm_column tdm_replay_read_column(tdm_replay *r, const tdm_table *table,
                                  const PgQuery__ColumnDef *def);
// "ALWAYS AS IDENTITY"
tdm_value tdm_replay_identity_value(const PgQuery__Constraint *constraint);
void tdm_replay_set_default(tdm_replay *r, tdm_column *column, const PgQuery__Node *expression);
// The changes that a new column is.
void tdm_replay_record_column(tdm_replay *r, const tdm_table *table, const tdm_column *column,
                              tdm_digest filled);
void tdm_replay_set_not_null(tdm_replay *r, tdm_table *table, tdm_column *column, bool not_null);

// --- replay_constraint.c ------------------------------------------------------------------------

void tdm_replay_add_constraint(tdm_replay *r, tdm_table *table,
                               const PgQuery__Constraint *constraint);
// Primary keys and the like, then checks, then foreign keys, as CREATE TABLE makes them.
void tdm_replay_add_constraints(tdm_replay *r, tdm_table *table,
                                PgQuery__Constraint *const *constraints, size_t count);
void tdm_replay_alter_constraint(tdm_replay *r, tdm_table *table,
                                 const PgQuery__AlterTableCmd *command);
void tdm_replay_drop_constraint(tdm_replay *r, tdm_table *table, tdm_text name, bool missing_ok);

// --- replay_index.c -----------------------------------------------------------------------------

void tdm_replay_create_index(tdm_replay *r);
// An option set or taken away.
tdm_text tdm_replay_merge_options(tdm_replay *r, const tdm_value *before, const PgQuery__List *list,
                                  bool resets);
// A role by name; one that depends on the session has a reason.
tdm_value tdm_replay_role(tdm_replay *r, const PgQuery__RoleSpec *role);
// An access method of indexes, or a tablespace; empty for the usual one.
tdm_text tdm_replay_tablespace(tdm_replay *r, const char *name);
tdm_text tdm_replay_method(tdm_replay *r, const char *method);
// WITH (...) in one spelling.
tdm_text tdm_replay_options(tdm_replay *r, PgQuery__Node *const *options, size_t count);

// --- replay_sequence.c --------------------------------------------------------------------------

void tdm_replay_create_sequence(tdm_replay *r);
void tdm_replay_alter_sequence(tdm_replay *r);
// The sequence of an identity column, or, without `identity`, of a serial one.
void tdm_replay_own_sequence(tdm_replay *r, tdm_table *table, const tdm_column *column,
                             const PgQuery__Constraint *identity);
// The sequence that a column owns, or NULL.
tdm_object *tdm_replay_sequence_of(const tdm_table *table, tdm_text column);
// The type of an identity column is that of its sequence.
void tdm_replay_retype_sequence(tdm_replay *r, tdm_object *sequence, tdm_text type);
// ALTER COLUMN ... SET GENERATED / SET START ...
void tdm_replay_set_sequence(tdm_replay *r, tdm_object *sequence, PgQuery__Node *const *options,
                             size_t count);

// --- replay_alter.c -----------------------------------------------------------------------------

void tdm_replay_alter_table(tdm_replay *r);
void tdm_replay_rename(tdm_replay *r);
void tdm_replay_move(tdm_replay *r);

// --- replay_drop.c ------------------------------------------------------------------------------

void tdm_replay_drop(tdm_replay *r);

// --- replay_comment.c ---------------------------------------------------------------------------

void tdm_replay_comment(tdm_replay *r);

// --- replay_trigger.c ---------------------------------------------------------------------------

void tdm_replay_create_trigger(tdm_replay *r);

// --- replay_other.c -----------------------------------------------------------------------------

// An object that is known by identity only: where it is, and what the statement makes of it.
typedef struct tdm_replay_object {
    tdm_key key;
    tdm_text after; // empty: it is dropped
    tdm_digest identity;
    bool creates; // starts anew; else the identity is added to what there was
} tdm_replay_object;

void tdm_replay_other(tdm_replay *r);
// CREATE of something that is known by identity only, under this name.
void tdm_replay_other_named(tdm_replay *r, const tdm_key *key);
// A statement that changes something under this name, and is not read.
void tdm_replay_other_changed(tdm_replay *r, const tdm_key *key);
// GRANT and REVOKE on something that is no object of the catalog.
void tdm_replay_other_grant(tdm_replay *r, const PgQuery__Node *on);
void tdm_replay_touch(tdm_replay *r, const tdm_replay_object *object);

// --- replay_session.c ---------------------------------------------------------------------------

void tdm_replay_set(tdm_replay *r);
void tdm_replay_select(tdm_replay *r);
void tdm_replay_transaction(tdm_replay *r);
// SELECT f(...) of a function of the history whose statements can be told: they are applied, and it
// says true. False: nothing was done.
bool tdm_replay_follow_call(tdm_replay *r);
// A statement that changes no definition: data, or a matter of the session.
void tdm_replay_plain(tdm_replay *r, tdm_change_kind kind);

#endif
