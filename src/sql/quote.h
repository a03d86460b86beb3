// Writing names and values as SQL, as PostgreSQL's own quote_ident and quote_literal do.
#ifndef SQL_QUOTE_H
#define SQL_QUOTE_H

#include "base/arena.h"
#include "base/text.h"

// Whether a name must be quoted to be read back as itself: not [a-z_][a-z0-9_]*, or a keyword that
// is not unreserved (src/backend/utils/adt/ruleutils.c quote_identifier). Longer than 63 bytes does
// not count: the server cuts a quoted name as well.
bool tdm_sql_needs_quotes(tdm_text name);

void tdm_sql_put_ident(tdm_buffer *buffer, tdm_text name);
// `schema.name`, or the name alone when `schema` is empty.
void tdm_sql_put_qualified(tdm_buffer *buffer, tdm_text schema, tdm_text name);
// 'text' with doubled quotes. With a backslash inside it is E'...' with doubled backslashes, so
// that it means the same whatever standard_conforming_strings says (quote_literal does so too).
void tdm_sql_put_literal(tdm_buffer *buffer, tdm_text text);
// $tag$text$tag$ with the first of $$, $tag$, $tag1$, ... that does not occur in the text.
void tdm_sql_put_dollar(tdm_buffer *buffer, tdm_text text, const char *tag);

tdm_text tdm_sql_ident(tdm_arena *arena, tdm_text name);
tdm_text tdm_sql_literal(tdm_arena *arena, tdm_text text);

#endif
