// Splitting a text into the statements that the server would see.
//
// PostgreSQL's own grammar decides where one statement ends. Where it refuses the text, the pieces
// that its scanner's rules give are tried one by one; a piece that does not parse stays in the list
// as an opaque statement with the server's words and their place. Nothing is ever dropped, and
// nothing is called wrong: what PostgreSQL 15 refuses may be syntax of a later server.
#ifndef SQL_SPLIT_H
#define SQL_SPLIT_H

#include <tandem/error.h>
#include <tandem/statement.h>

#include "base/arena.h"

typedef struct tdm_statements {
    tdm_statement *items;
    size_t count;
} tdm_statements;

// `source` and `path` (NUL-terminated) must outlive the statements, whose `sql` are views into
// `source`: from the first token of the statement (comments before it are left out) to the last
// token or comment before its semicolon. A byte order mark, blank text and comments alone give no
// statement.
//
// Opaque here are: what does not parse (`reason` is the server's message with its place), a psql
// meta-command, COPY FROM STDIN followed by its data, a text with a NUL byte or with bytes that are
// no UTF-8 (one statement for all of it), and a statement nested beyond TDM_LIMIT_SQL_DEPTH. Their
// `sql` is the text as it stands. Fails only on memory, and on a source beyond TDM_LIMIT_FILE.
TDM_MUST_CHECK tdm_status tdm_sql_split(tdm_arena *arena, const char *path, tdm_text source,
                                        tdm_statements *ret, tdm_error *err);

// The same for a text that stands inside another file, as the argument of op.execute does: every
// statement gets `base` as its place, since a Python literal has no byte-to-byte relation to it.
TDM_MUST_CHECK tdm_status tdm_sql_split_at(tdm_arena *arena, tdm_place base, tdm_text source,
                                           tdm_statements *ret, tdm_error *err);

#endif
