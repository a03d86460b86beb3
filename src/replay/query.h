// What a query on PostgreSQL's catalogs returns, as far as its rows say whether something exists:
// SELECT 1 FROM information_schema.columns WHERE ..., SELECT EXISTS (...), SELECT count(*) ...,
// SELECT to_regclass(...).
#ifndef REPLAY_QUERY_H
#define REPLAY_QUERY_H

#include "catalog/model.h"

typedef enum tdm_cell_kind {
    TDM_CELL_UNKNOWN,
    TDM_CELL_NULL,
    TDM_CELL_SOME,     // not NULL, and not an empty text
    TDM_CELL_POSITIVE, // a number greater than 0
    TDM_CELL_BOOL,
    TDM_CELL_INT,
    TDM_CELL_TEXT,
} tdm_cell_kind;

typedef struct tdm_cell {
    tdm_cell_kind kind;
    tdm_text name; // of the column; empty: not known
    tdm_text text;
    int64_t number;
} tdm_cell;

typedef struct tdm_query_rows {
    tdm_known known;   // YES: it gives rows; NO_OBJECT: none
    bool about_schema; // it reads PostgreSQL's catalogs; else `why` says nothing
    tdm_text why;
    tdm_text asked;  // in words
    bool single;     // exactly one row
    tdm_cell *cells; // the columns of the first row
    size_t count;
} tdm_query_rows;

// `sql` is one statement, which must outlive the rows. Texts live in `arena`. Fails on memory
// alone.
TDM_MUST_CHECK tdm_status tdm_query_answer(const tdm_catalog *catalog, tdm_arena *arena,
                                           tdm_text sql, tdm_query_rows *ret, tdm_error *err);

#endif
