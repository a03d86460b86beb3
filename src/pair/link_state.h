// What the levels of evidence share while links are being found (link.c drives them in order).
#ifndef PAIR_LINK_STATE_H
#define PAIR_LINK_STATE_H

#include "pair/baseline.h"
#include "pair/names.h"

typedef struct tdm_link_state {
    tdm_arena *arena;
    const tdm_link_input *input;
    tdm_links *links;
    tdm_name_table revisions;
    tdm_name_table migrations;
    tdm_map seen; // the edges there are: eight bytes of both indices
    // The strongest link of each, TDM_LINK_NONE while it is alone; and the edges of each, as the
    // first and last migration of a revision (for places in the order).
    tdm_link *of_revision;
    tdm_link *of_migration;
    uint32_t *first_migration;
    uint32_t *last_migration;
} tdm_link_state;

// Adds an edge unless it is there. The texts of `edge` must live in the arena or in the input.
TDM_MUST_CHECK tdm_status tdm_link_add(tdm_link_state *state, tdm_link_edge edge, tdm_error *err);
bool tdm_link_has(const tdm_link_state *state, uint32_t revision, uint32_t migration);
TDM_MUST_CHECK tdm_status tdm_link_blame(tdm_link_state *state, tdm_link_fault fault,
                                         tdm_error *err);

// The levels. Each looks only at what is still alone, except where it says otherwise.
TDM_MUST_CHECK tdm_status tdm_link_by_baseline(tdm_link_state *state, tdm_error *err);
TDM_MUST_CHECK tdm_status tdm_link_by_lock(tdm_link_state *state, tdm_error *err);
TDM_MUST_CHECK tdm_status tdm_link_by_writing(tdm_link_state *state, tdm_error *err);
TDM_MUST_CHECK tdm_status tdm_link_by_digits(tdm_link_state *state, tdm_error *err);
// Also completes what digits found: a comment may name more revisions than the one whose digits the
// version has.
TDM_MUST_CHECK tdm_status tdm_link_by_mention(tdm_link_state *state, tdm_error *err);
TDM_MUST_CHECK tdm_status tdm_link_by_effect(tdm_link_state *state, tdm_error *err);
// Also joins a migration that is alone to a revision that only a comment names: comments need not
// name everything.
TDM_MUST_CHECK tdm_status tdm_link_by_slug(tdm_link_state *state, tdm_error *err);

#endif
