// Replaying what defines types, policies, routines, triggers, views and the like: one file for each
// family, and what they share.
#ifndef REPLAY_KINDS_H
#define REPLAY_KINDS_H

#include "replay/parts.h"

// --- replay_kinds.c -----------------------------------------------------------------------------

// The object to define: new, or with OR REPLACE the one that is there. NULL: nothing to do, or
// refused, and said so.
tdm_object *tdm_kinds_begin(tdm_replay *r, const tdm_key *key);
// The relation that something is to stand on. NULL: refused, and said so.
tdm_object *tdm_kinds_relation(tdm_replay *r, const PgQuery__RangeVar *range);
// The object that ALTER changes. NULL: refused, or there is no definition to change, so that the
// statement counts by its identity.
tdm_object *tdm_kinds_altered(tdm_replay *r, const tdm_key *key);

// What stands between the brackets that follow a word of the statement, outside of other brackets
// and at the `nth` place (from 0) where it does; `word` is in upper case. Empty: nowhere.
tdm_text tdm_kinds_bracketed(const tdm_replay *r, const char *word, size_t nth);
// The value of an expression that stands at `text`; where that does not read back as the
// expression, with what the tree tells of its text.
tdm_value tdm_kinds_value(tdm_replay *r, const PgQuery__Node *node, tdm_text text);

// Whether a text says what the expression says.
bool tdm_kinds_reads_back(tdm_replay *r, const PgQuery__Node *node, tdm_text text);

// A type as what refers to it names it: without the schema in `public` or where it is an
// extension's.
tdm_text tdm_kinds_type(tdm_replay *r, const PgQuery__TypeName *type);

// A list that grows.
typedef struct tdm_text_list {
    TDM_VECTOR(tdm_text) texts;
} tdm_text_list;

void tdm_kinds_push(tdm_replay *r, tdm_text_list *list, tdm_text text);
// "a, b"
tdm_text tdm_kinds_join(tdm_replay *r, const tdm_text_list *list, const char *between);
const char *tdm_kinds_string(const PgQuery__Node *node);
// What a trigger calls, from its qualified name (replay_trigger.c).
tdm_text tdm_trigger_function(tdm_replay *r, PgQuery__Node *const *parts, size_t count);

// --- One file each ------------------------------------------------------------------------------

// replay_policy.c
void tdm_replay_create_policy(tdm_replay *r);
void tdm_replay_alter_policy(tdm_replay *r);

// replay_type.c
void tdm_replay_create_enum(tdm_replay *r);
void tdm_replay_alter_enum(tdm_replay *r);
void tdm_replay_create_domain(tdm_replay *r);
void tdm_replay_alter_domain(tdm_replay *r);
void tdm_replay_create_composite(tdm_replay *r);
void tdm_replay_create_range(tdm_replay *r);

// replay_routine.c
void tdm_replay_create_function(tdm_replay *r);
void tdm_replay_alter_function(tdm_replay *r);

// replay_view.c
void tdm_replay_create_view(tdm_replay *r);
void tdm_replay_create_materialized(tdm_replay *r);

// replay_database.c
void tdm_replay_create_extension(tdm_replay *r);
void tdm_replay_create_publication(tdm_replay *r);
void tdm_replay_alter_publication(tdm_replay *r);
// After a table was renamed, moved, or, without `now`, dropped.
void tdm_replay_follow_published(tdm_replay *r, tdm_text schema, tdm_text name,
                                 const tdm_object *now);
void tdm_replay_create_event_trigger(tdm_replay *r);
void tdm_replay_alter_event_trigger(tdm_replay *r);

#endif
