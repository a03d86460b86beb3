// Revisions as migration files: cut where Supabase needs files of their own, with row level
// security for new tables, and with the step that records the revision.
#ifndef WRITE_MIGRATE_H
#define WRITE_MIGRATE_H

#include <tandem/convert.h>

#include "base/vector.h"
#include "pair/pair.h"
#include "project/project.h"
#include "write/place.h"

typedef struct tdm_migrating {
    tdm_project *project;
    tdm_arena *arena;
    tdm_places *places;
    const tdm_pairing *pairing;
    const bool *chosen;   // by revision in upgrade order: those that get migrations in this run
    bool rls;             // ENABLE ROW LEVEL SECURITY for tables that the API would show
    bool guarded;         // what is there already is passed over
    bool self_recording;  // the step of alembic_version at the end
    bool reworded;        // a file holds other statements than its revision, set by this room
    size_t *order;        // of a revision's index in the chain: its place in upgrade order
    tdm_texts *versions;  // chosen so far, by revision in upgrade order
    tdm_catalog *catalog; // replayed up to `replayed`, where something is asked of it
    size_t replayed;
    TDM_VECTOR(tdm_converted) files;
} tdm_migrating;

// `places` and `chosen` must outlive `ret`; the switches are the caller's to set.
TDM_MUST_CHECK tdm_status tdm_migrate_start(tdm_project *project, tdm_places *places,
                                            const bool *chosen, tdm_migrating *ret, tdm_error *err);
// Appends the files of revision `index`. Revisions must come in upgrade order.
TDM_MUST_CHECK tdm_status tdm_migrate_revision(tdm_migrating *m, size_t index, tdm_error *err);

// --- step_make.c ---
// The step of revision `index`, as the statement that ends its last migration.
TDM_MUST_CHECK tdm_status tdm_version_step_make(const tdm_migrating *m, size_t index,
                                                const tdm_statements *statements, tdm_text *ret,
                                                tdm_error *err);

// --- exposed.c ---
// Brings the catalog to what is there before revision `index`.
TDM_MUST_CHECK tdm_status tdm_migrating_replay(tdm_migrating *m, size_t index, tdm_error *err);
// ENABLE ROW LEVEL SECURITY for each table of the catalog but the first `before` that stands in a
// schema of the API without it.
TDM_MUST_CHECK tdm_status tdm_exposed_tables(tdm_migrating *m, size_t before, tdm_statements *ret,
                                             tdm_error *err);

#endif
