// Visiting every message of a parse tree, or of a part of one.
#ifndef SQL_VISIT_H
#define SQL_VISIT_H

#include <stdbool.h>

#include <pg_query.pb-c.h>

// Called for each message before what is below it; false: pass over what is below.
typedef bool tdm_sql_visitor(void *context, const ProtobufCMessage *message);

// The one field of a Node that is set: a Node holds one of some 240 messages, and every part of a
// tree is wrapped in one, so that looking for it would be most of a walk. NULL for other messages.
const ProtobufCFieldDescriptor *tdm_sql_chosen_field(const ProtobufCMessage *message);

// NULL is visited as nothing.
void tdm_sql_visit(const ProtobufCMessage *message, tdm_sql_visitor *visitor, void *context);

#endif
