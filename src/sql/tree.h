// The parse tree of one statement: libpg_query's protobuf messages, unpacked into memory that the
// tree owns.
//
// libpg_query and protobuf-c recurse in C along the nesting of a statement, so that nesting is
// measured by tokens before anything is parsed (lexer.h); beyond the limits of base/limits.h the
// answer is TDM_ERROR_LIMIT, never a crash. libpg_query keeps one memory context per thread, which
// it frees itself when the thread ends. pg_query_exit frees it earlier, but the next parse of the
// thread then writes into freed memory (libpg_query 15-4.0.0): it is never called.
#ifndef SQL_TREE_H
#define SQL_TREE_H

#include <tandem/error.h>
#include <tandem/statement.h>

#include "base/arena.h"

#include <pg_query.pb-c.h>

typedef struct tdm_sql_tree {
    tdm_arena *arena; // owns everything below
    tdm_text sql;     // what was parsed: a view of the caller's text
    tdm_place place;  // of its first byte, when `exact`; else of the call that made it
    bool exact;
    const PgQuery__Node *node; // the statement; locations in it are byte offsets into `sql`
} tdm_sql_tree;

// Parses exactly one statement, or takes the tree that is kept of it (known.h); its text must
// outlive the tree. Text that is not one statement of PostgreSQL 15 is TDM_ERROR_SQL with the
// server's message and the place of the trouble.
TDM_MUST_CHECK tdm_status tdm_sql_parse(const tdm_statement *statement, tdm_sql_tree **ret,
                                        tdm_error *err);
// The same for a text that stands nowhere.
TDM_MUST_CHECK tdm_status tdm_sql_parse_text(tdm_text sql, tdm_sql_tree **ret, tdm_error *err);
// The same, and gives the tree as libpg_query packs it, in `arena` behind `room` free bytes.
TDM_MUST_CHECK tdm_status tdm_sql_parse_packed(tdm_text sql, tdm_arena *arena, size_t room,
                                               tdm_sql_tree **ret, tdm_text *ret_packed,
                                               tdm_error *err);
void tdm_sql_tree_free(tdm_sql_tree *tree); // NULL is allowed

// The place of a byte offset of the statement; of the statement itself when `location` is negative
// (protobuf's way to say that there is none) or when offsets have no places.
tdm_place tdm_sql_tree_place(const tdm_sql_tree *tree, int32_t location);

#endif
