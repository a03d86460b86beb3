// How a parse tree becomes bytes: the inside of identity.c, for its rules.
//
// A rule belongs to one message type. It makes a shallow copy of the message, puts the normal form
// of a part into the copy, and writes the copy as it is; the walk then goes on below it. Copies
// live in the scratch arena of the walk.
#ifndef SQL_IDENTITY_WALK_H
#define SQL_IDENTITY_WALK_H

#include "base/arena.h"
#include "base/text.h"

#include <pg_query.pb-c.h>

typedef struct tdm_walk {
    tdm_buffer bytes;
    tdm_arena *scratch;
    const char *schema; // where unqualified names of relations and types are; NULL: not known
    bool columns_done;  // inside a CREATE TABLE, whose rule has put the columns in order
} tdm_walk;

// Writes a message by the rule of its type, when there is one.
void tdm_walk_message(tdm_walk *walk, const ProtobufCMessage *message);
// Writes its fields as they stand; what is below goes by rules again.
void tdm_walk_plain(tdm_walk *walk, const ProtobufCMessage *message);

typedef void tdm_walk_rule(tdm_walk *walk, const ProtobufCMessage *message);

// identity_rules.c. NULL: the message is written as it stands.
tdm_walk_rule *tdm_walk_rule_of(const ProtobufCMessageDescriptor *type);

// identity_table.c: columns and constraints in their normal form.
tdm_walk_rule tdm_walk_create_table;
tdm_walk_rule tdm_walk_column;

// Sorts nodes by their own bytes, keeping equal ones in order: for lists whose order means nothing.
// Gives a new array, or NULL when out of memory.
PgQuery__Node **tdm_walk_sorted(tdm_walk *walk, PgQuery__Node *const *nodes, size_t count);

#endif
