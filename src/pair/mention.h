// Reading which revisions or migrations a comment names.
//
// Comments are prose, so a name counts only behind a phrase that says "this is the other side of"
// (mirrors, candidate for, generated from, Source:, Revision ID:, ...) with nothing but filler
// between: "follows the pattern of revision 0005" links nothing. The forms are those that real
// projects use (docs/internals/pairing.md lists them with their owners).
#ifndef PAIR_MENTION_H
#define PAIR_MENTION_H

#include "pair/names.h"

// One name, or a range of names, that a comment gives for the other side.
typedef struct tdm_named {
    tdm_text name;
    tdm_naming_count count;
    uint32_t first;
    bool range; // from `first` to `last`, both included
    tdm_text last_name;
    tdm_naming_count last_count;
    uint32_t last;
    tdm_place place; // of the line
} tdm_named;

typedef TDM_VECTOR(tdm_named) tdm_named_list;

typedef enum tdm_mention_side {
    TDM_MENTION_IN_SQL,    // a migration's comment, which names revisions
    TDM_MENTION_IN_PYTHON, // a revision's docstring, which names migrations
} tdm_mention_side;

// Appends what a comment names; the list lives in the arena of the table. Names that nothing
// answers to are reported only where the comment can mean nothing else ("Alembic revision 0042").
// Fails on memory alone.
TDM_MUST_CHECK tdm_status tdm_mentions_read(const tdm_name_table *table, tdm_mention_side side,
                                            tdm_comment comment, tdm_named_list *ret,
                                            tdm_error *err);

#endif
