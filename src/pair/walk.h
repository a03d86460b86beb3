// Both histories replayed, each in its own order on its own catalog, group by group.
//
// A guard's answer counts only in a closed world, and only when the catalog of the own side and
// that of both sides together give it. As long as every earlier group agreed, the two catalogs are
// the same and there is nothing to ask; from the first disagreement on, a side with guards is also
// replayed on a copy of the other side's catalog, and must do the same there.
#ifndef PAIR_WALK_H
#define PAIR_WALK_H

#include "pair/flat.h"
#include "pair/group.h"
#include "project/project.h"
#include "sql/known.h"

typedef struct tdm_walk_side {
    const tdm_statements **statements; // of each revision or migration, in order
    tdm_unit *units;                   // filled as far as `done`
    size_t count;
    size_t done;
    tdm_catalog *catalog;
} tdm_walk_side;

typedef struct tdm_pair_walk {
    tdm_project *project;
    tdm_arena *arena;
    tdm_walk_side sides[2]; // by tdm_pair_side
    tdm_sql_store *texts;   // of both sides' statements
    bool parted;            // some earlier group does not agree
} tdm_pair_walk;

// Why guards of a group cannot be trusted, or an empty reason.
typedef struct tdm_walk_doubt {
    tdm_text reason;
    tdm_place place;
    tdm_pair_side side;
} tdm_walk_doubt;

// `statements` of both sides are loaded by the caller. What the chain does not show (missing
// parents, files that cannot be read) opens the Alembic catalog.
TDM_MUST_CHECK tdm_status tdm_walk_begin(tdm_arena *arena, const tdm_chain *chain,
                                         tdm_pair_walk *ret, tdm_error *err);

// Replays up to and including the units of a group.
TDM_MUST_CHECK tdm_status tdm_walk_group(tdm_pair_walk *walk, const tdm_group *group,
                                         tdm_walk_doubt *ret, tdm_error *err);

#endif
