// What the files that build a chain share: chain.c links, chain_close.c finishes (normalized
// dependencies, cycles, labels), chain_read.c reads the files. Only they include this.
#ifndef ALEMBIC_CHAIN_BUILD_H
#define ALEMBIC_CHAIN_BUILD_H

#include "alembic/chain.h"

#include "base/vector.h"

typedef struct tdm_growing_list {
    tdm_revision **items;
    size_t count;
    size_t capacity;
} tdm_growing_list;

// One revision while it is linked.
typedef struct tdm_chain_links {
    tdm_growing_list children;
    tdm_growing_list all;
    uint32_t stamp; // of the newest list that this revision was put in or struck from
} tdm_chain_links;

typedef struct tdm_chain_builder {
    tdm_arena *arena;
    tdm_chain *chain;
    tdm_chain_links *links; // by index
    TDM_VECTOR(tdm_problem) problems;
    uint32_t stamp;
} tdm_chain_builder;

TDM_MUST_CHECK tdm_status tdm_chain_builder_start(tdm_arena *arena, tdm_chain_builder *ret,
                                                  tdm_error *err);
// False when out of memory.
bool tdm_chain_problem(tdm_chain_builder *in, tdm_problem problem);
// Stamps a revision; false when it has the current stamp already. `in->stamp++` begins a new list.
bool tdm_chain_stamp(tdm_chain_builder *in, const tdm_revision *revision);
// Links chain->revisions.
TDM_MUST_CHECK tdm_status tdm_chain_link_from(tdm_chain_builder *in, tdm_chain **ret,
                                              tdm_error *err);

// The steps after linking.
TDM_MUST_CHECK tdm_status tdm_chain_normalize(tdm_chain_builder *in, tdm_error *err);
TDM_MUST_CHECK tdm_status tdm_chain_find_cycles(tdm_chain_builder *in, tdm_error *err);
TDM_MUST_CHECK tdm_status tdm_chain_spread_labels(tdm_chain_builder *in, tdm_error *err);

#endif
