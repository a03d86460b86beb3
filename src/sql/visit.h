// Visiting every message of a parse tree, or of a part of one.
#ifndef SQL_VISIT_H
#define SQL_VISIT_H

#include <stdbool.h>

#include <pg_query.pb-c.h>

// Called for each message before what is below it; false: pass over what is below.
typedef bool tdm_sql_visitor(void *context, const ProtobufCMessage *message);

// NULL is visited as nothing.
void tdm_sql_visit(const ProtobufCMessage *message, tdm_sql_visitor *visitor, void *context);

#endif
