// A row as PostgreSQL prints it in one text: "(a,\"b c\",,t)".
//
// Over HTTP a row would arrive as JSON, which has other types than the server: numbers beyond 2^53
// are rounded, and equal names of two columns become one. As a record in one text every value is
// exactly what libpq would have given.
#ifndef DB_RECORD_H
#define DB_RECORD_H

#include "db/session.h"

// Cuts what record_out() wrote (src/backend/utils/adt/rowtypes.c): an empty field is NULL, quotes
// and backslashes are doubled within quotes. The values live in `arena`. False when the text is no
// record; `tdm_arena_ok` tells whether memory was the reason.
bool tdm_record_read(tdm_arena *arena, tdm_text text, const tdm_db_value **ret, size_t *ret_count);

// A query whose rows come as one such text each, and the rows that they stand for; the same false.
// Empty text when out of memory.
tdm_text tdm_record_wrap(tdm_arena *arena, tdm_text sql);
bool tdm_records_read(tdm_arena *arena, const tdm_db_result *records, tdm_db_result *ret);

#endif
