// The text of a part of a statement, for messages: PostgreSQL keeps where parts begin, not where
// they end.
#ifndef SQL_EXCERPT_H
#define SQL_EXCERPT_H

#include "sql/tree.h"

// The source text of an expression or a type name, a view of the statement; empty when the part
// says nowhere where it stands.
tdm_text tdm_sql_excerpt(const tdm_sql_tree *tree, const ProtobufCMessage *part);

// The byte offset of the first token of a part, as its nodes tell; -1 when none does.
int32_t tdm_sql_first_location(const ProtobufCMessage *part);

// A text on one line of at most 200 bytes, with "..." where it was longer.
tdm_text tdm_sql_one_line(tdm_arena *arena, tdm_text sql);

#endif
