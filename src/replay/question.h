// Answering a condition about the schema: EXISTS over information_schema and pg_catalog,
// to_regclass, and NOT, AND, OR over them.
#ifndef REPLAY_QUESTION_H
#define REPLAY_QUESTION_H

#include "catalog/state.h"

typedef enum tdm_truth {
    TDM_TRUTH_NO,
    TDM_TRUTH_YES,
    TDM_TRUTH_UNKNOWN,
} tdm_truth;

typedef struct tdm_reply {
    tdm_truth truth;
    tdm_text why;   // of UNKNOWN
    tdm_text asked; // "column file_path of documents does not exist"; of several the first
} tdm_reply;

// `condition` is the expression as a parse tree. Texts live in `arena`.
tdm_reply tdm_question_answer(const tdm_catalog *catalog, tdm_arena *arena,
                              const PgQuery__Node *condition);

// Whether a SELECT gives a row, whatever it selects. A query that is more than relations,
// conditions and a positive LIMIT is UNKNOWN.
tdm_reply tdm_question_rows(const tdm_catalog *catalog, tdm_arena *arena,
                            const PgQuery__Node *query);
// 'text' or 'text'::type. False: something else.
bool tdm_question_constant(const PgQuery__Node *node, tdm_text *ret);

#endif
