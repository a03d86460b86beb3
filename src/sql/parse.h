// Calls into libpg_query, with its errors as values.
#ifndef SQL_PARSE_H
#define SQL_PARSE_H

#include <tandem/error.h>
#include <tandem/text.h>

#include "base/arena.h"

// Why PostgreSQL's parser refuses a text.
typedef struct tdm_sql_refusal {
    tdm_text message; // "syntax error at or near "x"", in the arena
    size_t offset;    // byte offset of the trouble in the text
} tdm_sql_refusal;

// Where one statement lies in a text: from behind the semicolon before it, comments included.
typedef struct tdm_sql_range {
    size_t start;
    size_t end;
} tdm_sql_range;

typedef struct tdm_sql_ranges {
    tdm_sql_range *items;
    size_t count;
    bool refused; // then `refusal` says why and there are no items
    tdm_sql_refusal refusal;
} tdm_sql_ranges;

// Splits by the grammar. `text` is copied into the arena to be NUL-terminated; it must hold no NUL
// itself. Fails on memory alone.
TDM_MUST_CHECK tdm_status tdm_sql_parse_ranges(tdm_arena *arena, tdm_text text, tdm_sql_ranges *ret,
                                               tdm_error *err);

// The byte offset of a cursor position, which libpg_query counts in code points from 1.
size_t tdm_sql_cursor_offset(tdm_text text, int cursor);

#endif
