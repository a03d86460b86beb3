// How a migration is cut into parts, each of which is one transaction or one statement outside of
// any, and where an earlier run of it stopped.
#ifndef PLAN_PARTS_H
#define PLAN_PARTS_H

#include "plan/journal.h"
#include "plan/review.h"

typedef struct tdm_part {
    size_t first; // of the statements
    size_t count;
    bool outside;
    tdm_text digest;
} tdm_part;

typedef struct tdm_parts {
    const tdm_part *items; // what is left to do; the last one records
    size_t count;
    bool journalled; // there is more than one, or an earlier run has left rows
    size_t statement_count;
    size_t done; // statements that an earlier run has done
    const tdm_journal_row *rows;
    size_t row_count;
    const tdm_journal_row *stopped; // the row that an earlier run stopped at, or NULL
    tdm_text problem;               // why it cannot be gone on with, or empty
    tdm_place place;
} tdm_parts;

typedef struct tdm_parts_input {
    const tdm_statements *statements;
    const tdm_review *review;
    const tdm_journal *journal;
    tdm_text migration;
} tdm_parts_input;

TDM_MUST_CHECK tdm_status tdm_parts_make(tdm_arena *arena, const tdm_parts_input *input,
                                         tdm_parts *ret, tdm_error *err);

// Where it stands, for people: "2 of 5 statements are done; the third failed ..."; empty where
// nothing is under way.
tdm_text tdm_parts_say(tdm_arena *arena, const tdm_parts *parts);

#endif
