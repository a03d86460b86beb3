// Whether the statements of a migration can be run as one transaction: read from the parse tree
// before anything is sent.
#ifndef APPLY_REVIEW_H
#define APPLY_REVIEW_H

#include "base/arena.h"
#include "sql/split.h"

typedef struct tdm_review {
    bool alone;       // a single statement that the server refuses inside a transaction
    bool leaves_rest; // it works concurrently: when it fails, something of it may be left
    tdm_text problem; // why the statements cannot be run, or empty
    tdm_place place;  // of the statement concerned
    bool unknown;     // PostgreSQL 15's grammar does not know one of them
    tdm_place unknown_place;
} tdm_review;

// A statement that PostgreSQL 15's grammar does not know is not judged but noted: in a session it
// runs inside the transaction, and the server, which may be newer, has the last word.
TDM_MUST_CHECK tdm_status tdm_review_statements(tdm_arena *arena, const tdm_statements *statements,
                                                tdm_review *ret, tdm_error *err);

#endif
