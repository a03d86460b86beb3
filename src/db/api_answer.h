// What the Management API says, made into what a session gives: rows, and the server's errors.
//
// Everything is checked before cJSON sees it, because cJSON takes bytes that are no UTF-8, and ends
// a text at \u0000; numbers, which it rounds, are never asked for.
#ifndef DB_API_ANSWER_H
#define DB_API_ANSWER_H

#include "db/session.h"

// The rows of an array of objects whose values are texts or null. False when the body is anything
// else; `tdm_arena_ok` tells whether memory was the reason.
bool tdm_api_rows_read(tdm_arena *arena, tdm_text body, tdm_db_result *ret);
// The same for rows that are each one record in a text, which is taken apart.
bool tdm_api_records_read(tdm_arena *arena, tdm_text body, tdm_db_result *ret);

// The text of a string member of an object; false when the body is no such thing.
bool tdm_api_member_read(tdm_arena *arena, tdm_text body, const char *name, tdm_text *ret);

// The connection string of the primary database's pooler, from the answer to
// GET config/database/pooler; without the placeholder that stands for the password. False when
// there is none.
bool tdm_api_pooler_read(tdm_arena *arena, tdm_text body, tdm_text *ret);

// {"query": sql, "read_only": true}, the second only when it is. Empty when out of memory.
tdm_text tdm_api_query_body(tdm_arena *arena, tdm_text sql, bool read_only);

// What a failed query's message says, as PostgreSQL's clients print it:
//
//     Failed to run sql query: ERROR:  42703: column "b" does not exist
//     LINE 2: SELECT a, b
//                       ^
//     DETAIL:  ...
//
// Fills `failure` but its position, which is given as line and column (0: not said) of the text
// that was sent. False when it is no error of the server's: then nothing is known about the query.
bool tdm_api_failure_read(tdm_text message, tdm_db_failure *failure, uint32_t *ret_line,
                          uint32_t *ret_column);

#endif
