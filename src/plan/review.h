// How the statements of a migration can be run: as one transaction, or as several with statements
// outside of any between them. Read from the parse trees before anything is sent.
#ifndef PLAN_REVIEW_H
#define PLAN_REVIEW_H

#include "plan/judge.h"
#include "sql/split.h"

typedef struct tdm_review {
    const tdm_judged *items; // one for each statement
    bool divided;            // not everything runs in one transaction
    tdm_text problem;        // why the statements cannot be run, or empty
    tdm_place place;         // of the statement concerned
    bool unknown;            // PostgreSQL 15's grammar does not know one of them
    tdm_place unknown_place;
} tdm_review;

// What is known of the target; all empty: nothing.
typedef struct tdm_review_facts {
    const tdm_map *partitioned; // see judge.h
    bool no_session;            // nothing lasts from one request to the next
} tdm_review_facts;

// A statement that PostgreSQL 15's grammar does not know is not judged but noted: in a session it
// runs inside the transaction, and the server, which may be newer, has the last word.
TDM_MUST_CHECK tdm_status tdm_review_statements(tdm_arena *arena, const tdm_statements *statements,
                                                const tdm_review_facts *facts, tdm_review *ret,
                                                tdm_error *err);

#endif
