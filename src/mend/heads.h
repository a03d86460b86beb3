// The rows of alembic_version: what each of them names, and which say nothing that another row does
// not say.
//
// Alembic keeps one row for each active head. People who take the table for a log add a row for
// every revision, or write a file's name or a version in place of the id.
#ifndef MEND_HEADS_H
#define MEND_HEADS_H

#include "pair/pair.h"
#include "plan/histories.h"

typedef enum tdm_head_kind {
    TDM_HEAD_TRUE,      // a revision, and no other row implies it
    TDM_HEAD_REDUNDANT, // a revision below that of another row
    TDM_HEAD_TWICE,     // the same row once more, in a table without primary key
    TDM_HEAD_ALIAS,     // names one revision in other words: `how`
    TDM_HEAD_UNKNOWN,
} tdm_head_kind;

typedef struct tdm_head_row {
    tdm_text row;
    tdm_head_kind kind;
    const tdm_revision *revision; // NULL: UNKNOWN
    const tdm_revision *above;    // of REDUNDANT: a revision of another row that implies it
    tdm_text how;                 // "it is the name of its file"
} tdm_head_row;

typedef struct tdm_head_rows {
    tdm_head_row *items; // as in histories->heads
    size_t count;
    tdm_revision_set applied; // all that the rows imply, aliases too
} tdm_head_rows;

TDM_MUST_CHECK tdm_status tdm_heads_explain(tdm_project *project, const tdm_pairing *pairing,
                                            const tdm_histories *histories, tdm_arena *arena,
                                            tdm_head_rows *ret, tdm_error *err);

#endif
