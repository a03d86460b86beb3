// What a query on PostgreSQL's catalogs returns, as far as its rows say whether something exists:
// SELECT 1 FROM information_schema.columns WHERE ..., SELECT EXISTS (...), SELECT count(*) ...,
// SELECT to_regclass(...).
#ifndef REPLAY_QUERY_H
#define REPLAY_QUERY_H

#include "catalog/model.h"
#include "replay/cell.h"

#include <pg_query.pb-c.h>

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
// The same for a SELECT as a parse tree.
TDM_MUST_CHECK tdm_status tdm_query_answer_node(const tdm_catalog *catalog, tdm_arena *arena,
                                                const PgQuery__Node *node, tdm_query_rows *ret,
                                                tdm_error *err);

#endif
