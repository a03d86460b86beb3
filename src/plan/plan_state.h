// What is to be done about one pair: a pure function of what the two histories say, what the check
// found, and what the user allows. All of it in one table.
#ifndef PLAN_PLAN_STATE_H
#define PLAN_PLAN_STATE_H

#include <tandem/push.h>

#include "base/arena.h"

// Something that only one side of a pair does. Empty `says`: nothing.
typedef struct tdm_pair_rest {
    tdm_text says; // "CREATE POLICY projects_owner"
    tdm_place place;
} tdm_pair_rest;

typedef struct tdm_pair_facts {
    const tdm_pair_info *pair;
    const bool *revision_applied;  // one for each revision: alembic_version says so
    const bool *migration_applied; // one for each migration: schema_migrations has its version
    tdm_pair_rest only_revision;   // what the migration leaves out
    tdm_pair_rest only_migration;  // what the revision leaves out
    tdm_text finding;              // an error that the check found about the pair, or empty
} tdm_pair_facts;

typedef struct tdm_pair_state {
    bool in_alembic;
    bool in_supabase;
    bool partly;
    tdm_action action;
    tdm_text reason;
    bool run_revision; // APPLY: the revision's statements run, as only they hold all of the pair
} tdm_pair_state;

// `block`, when not empty, is why nothing at all may be done to this target; it becomes the reason
// of every pair that would change something. False when out of memory.
bool tdm_pair_decide(tdm_arena *arena, const tdm_pair_facts *facts, bool adopt, tdm_text block,
                     tdm_pair_state *ret);

#endif
