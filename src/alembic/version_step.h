// The step of alembic_version that a migration takes by itself, for whoever applies the file
// without tandem: Supabase's branches, its dashboard, `supabase db push`.
//
// It is one DO block at the end of the file. It makes the table where it is missing, exactly as
// Alembic does, and closed to Supabase's API. It takes the step only from a state of which it is
// known that everything before the revision is applied and the revision is not, and then to the
// state that `alembic upgrade` would reach; so it changes nothing the second time. In every other
// state it warns and records nothing.
//
// What it was made from stands in comments of its own. A block is taken for a step only when it is,
// byte for byte, what tandem makes of them: then nothing else can be hidden in it, and whoever
// compares, replays or pushes the file leaves it out.
#ifndef ALEMBIC_VERSION_STEP_H
#define ALEMBIC_VERSION_STEP_H

#include "alembic/version_table.h"

// A revision that must be applied before.
typedef struct tdm_version_step_need {
    tdm_text id;
    // Revisions whose rows say that it is applied and the recorded one is not: those of a branch
    // that begins at it.
    tdm_texts covers;
    // Its migrations: when schema_migrations has them all, Supabase applied it. Counts only while
    // every row of alembic_version is a known one.
    tdm_texts versions;
} tdm_version_step_need;

typedef struct tdm_version_step {
    tdm_text revision;
    const tdm_version_step_need *needs;
    size_t need_count;
    tdm_texts replaces; // rows that the step takes away: what it needs, and what that may rest on
    tdm_texts beside;   // rows of other branches, which stay
    bool resets_path;   // the file changes the search path, by which alembic_version is found
} tdm_version_step;

// Whether an id can stand in a step: letters, digits, '_' and '.' alone.
bool tdm_version_step_can_name(tdm_text id);

// The statement, without a semicolon behind it.
void tdm_version_step_put(tdm_buffer *out, const tdm_version_table *table,
                          const tdm_version_step *record);

// Reads a statement that tdm_version_step_put made for the same table. `ret_found` is false for
// every other one. Fails on memory alone.
TDM_MUST_CHECK tdm_status tdm_version_step_read(tdm_arena *arena, tdm_text sql,
                                                const tdm_version_table *table, bool *ret_found,
                                                tdm_version_step *ret, tdm_error *err);

#endif
