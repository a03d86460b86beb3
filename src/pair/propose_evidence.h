// What a project shows of how its two histories are meant.
#ifndef PAIR_PROPOSE_EVIDENCE_H
#define PAIR_PROPOSE_EVIDENCE_H

#include "pair/pair.h"

typedef struct tdm_evidence {
    size_t revisions;
    size_t migrations;
    size_t two_sided;        // pairs with both sides
    size_t squashed;         // of them with several revisions
    size_t revisions_alone;  // revisions that have no migration and would need one
    size_t migrations_alone; // migrations that have no revision and would need one
    size_t revisions_after;  // of those, how many stand behind the last two-sided pair
    size_t migrations_after;
    size_t for_reading; // migrations that say they are not to be applied
    size_t exported;    // migrations that a script made of revisions
    size_t deferring;   // revisions that say production is Supabase's
    // Migrations that would need a revision for nothing but functions and triggers, and whether no
    // revision makes any: then these belong to the Supabase side, as what policies call does.
    size_t only_functions;
    bool functions_in_revisions;
    const tdm_paired *first; // the first two-sided pair, or NULL
    bool first_is_empty;     // its revisions do nothing, so that the SQL made the beginning
} tdm_evidence;

TDM_MUST_CHECK tdm_status tdm_evidence_read(tdm_project *project, const tdm_pairing *pairing,
                                            tdm_evidence *ret, tdm_error *err);

#endif
