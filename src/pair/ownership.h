// pairing.ownership of the settings: which kinds of statement may stand on one side alone.
//
//     [pairing.ownership]
//     policy = "supabase"      # the default
//     function = "supabase"    # any kind that docs/lock.md lists
//     data = "either"
//     everything = "supabase"  # whatever a file without a twin says
//
// A kind is owned by "alembic", "supabase", "either", or "none": then both sides must say it.
#ifndef PAIR_OWNERSHIP_H
#define PAIR_OWNERSHIP_H

#include "config/settings.h"
#include "pair/flat.h"

typedef enum tdm_owner {
    TDM_OWNER_UNSAID, // as residue.h has it
    TDM_OWNER_NONE,
    TDM_OWNER_ALEMBIC,
    TDM_OWNER_SUPABASE,
    TDM_OWNER_EITHER,
} tdm_owner;

typedef struct tdm_ownership {
    tdm_owner residues[TDM_RESIDUE_CLASS_COUNT];
    tdm_owner kinds[TDM_SQL_KIND_COUNT];
    tdm_owner everything;
    bool said; // whether the settings say anything
} tdm_ownership;

// A kind or an owner that nobody knows is TDM_ERROR_CONFIG with its place.
TDM_MUST_CHECK tdm_status tdm_ownership_read(const tdm_settings *settings, tdm_ownership *ret,
                                             tdm_error *err);

// Marks the statements of a unit that the settings speak of. `alone`: the unit has no other side.
void tdm_ownership_mark(const tdm_ownership *ownership, tdm_pair_side side, bool alone,
                        tdm_unit *unit);

// Whether the side may do anything alone, so that nobody needs to know what it does.
bool tdm_ownership_of_everything(const tdm_ownership *ownership, tdm_pair_side side);

#endif
