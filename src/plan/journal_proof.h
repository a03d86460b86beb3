// What proves that a row of the journal is still true, asked of the target.
//
// Between a run that was broken off and the next one, others may have finished the migration, and
// taken it back: the row says "done" all the same. So a row holds what its statements made, by the
// oids in the catalog, and the rows of alembic_version with the transactions that wrote them. Both
// must be found again. Oids and transactions are of one database: in a copy of it made by pg_dump
// nothing is proven.
//
// The expressions are written where `j` is a row of tandem.journal, unless it says otherwise.
#ifndef PLAN_JOURNAL_PROOF_H
#define PLAN_JOURNAL_PROOF_H

#include "plan/history_sql.h"

// What is made outside of transactions and is known by a name alone; `there` is an expression.
typedef struct tdm_named_kind {
    const char *what; // "DATABASE"
    const char *there;
} tdm_named_kind;
extern const tdm_named_kind tdm_named[];
extern const size_t tdm_named_count;

// The rows of alembic_version as they are, whoever asks; NULL without the table.
void tdm_put_proof_histories(tdm_buffer *sql, const tdm_version_table *alembic);
// What this transaction has made so far. Not what a block with an exception handler made.
void tdm_put_proof_made(tdm_buffer *sql);
// What a statement outside of transactions has made or taken away, once it has succeeded.
void tdm_put_proof_outside(tdm_buffer *sql);
// What such a statement is to make and stands there before it runs, so that it is not taken for its
// work.
void tdm_put_proof_before(tdm_buffer *sql);
// Of what the row made: that which is there.
void tdm_put_proof_kept(tdm_buffer *sql);
// Of what the row made: one that is missing, by name; NULL when nothing is. What the statement that
// a broken run stopped at may have taken away does not count.
void tdm_put_proof_lost(tdm_buffer *sql);

#endif
