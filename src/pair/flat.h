// One revision or migration as it runs: guards decided, each statement with its class, identity and
// what it changes on the catalog replayed so far.
#ifndef PAIR_FLAT_H
#define PAIR_FLAT_H

#include "base/vector.h"
#include "replay/replay.h"
#include "pair/residue.h"
#include "sql/identity.h"
#include "sql/split.h"

// What the settings say of a statement that only one side has (ownership.h).
typedef enum tdm_share {
    TDM_SHARE_DEFAULT, // nothing: its class decides
    TDM_SHARE_MAY,     // this side may have it alone
    TDM_SHARE_MUST,    // both sides must have it
} tdm_share;

typedef struct tdm_flat {
    tdm_statement statement; // as it runs; of a decided guard: one of the branch that runs
    tdm_sql_class of;
    tdm_residue_class residue;
    tdm_share share;
    bool barrier; // barrier.h
    tdm_digest identity;
    tdm_text reason; // not empty: what it does cannot be known
    tdm_place reason_place;
    size_t first_change; // its changes in the effect of the unit
    size_t change_count;
} tdm_flat;

typedef struct tdm_unit {
    TDM_VECTOR(tdm_flat) flats;
    tdm_effect effect;
    bool guarded;   // some guard was decided, or an IF [NOT] EXISTS rests on the catalog
    tdm_text asked; // what the first of them rests on
} tdm_unit;

// Replays statements on `catalog`. Texts live in `arena`. Fails on memory alone.
TDM_MUST_CHECK tdm_status tdm_unit_replay(tdm_arena *arena, tdm_catalog *catalog,
                                          const tdm_statements *statements, tdm_unit *ret,
                                          tdm_error *err);

// Whether the side may have the statement alone.
bool tdm_flat_may_stand_alone(const tdm_flat *flat, tdm_pair_side side);

#endif
