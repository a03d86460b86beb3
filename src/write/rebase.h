// The parts of `tandem rebase` (tandem/rebase.h): whose is whose, and what is edited.
#ifndef WRITE_REBASE_H
#define WRITE_REBASE_H

#include <tandem/rebase.h>

#include "alembic/graph.h"
#include "base/map.h"
#include "base/vector.h"
#include "pair/pair.h"
#include "write/file_set.h"

typedef struct tdm_rebaser {
    tdm_project *project;
    tdm_arena *arena;
    const tdm_rebase_options *options;
    const tdm_pairing *pairing;
    tdm_other_line other; // `project` is NULL when only names say what is ours
    bool *ours;           // by revision
    tdm_revision_set our_set;
    bool *our_migrations; // by migration
    const tdm_revision *tip;
    tdm_text *new_versions; // by migration; empty for theirs
    tdm_map versions;       // old version of ours -> its new one, as a tdm_text
    tdm_project *after;     // as it will be
    TDM_VECTOR(tdm_rebased_revision) revisions;
    TDM_VECTOR(tdm_rebased_migration) migrations;
    TDM_VECTOR(tdm_file_change) changes;
    tdm_error *err;
} tdm_rebaser;

// Fills `ours`, `our_migrations` and `tip`, and refuses what cannot be moved.
TDM_MUST_CHECK tdm_status tdm_rebase_sides(tdm_rebaser *in);

// Fills `new_versions`: their order is that of the chain, and all of them are later than theirs.
TDM_MUST_CHECK tdm_status tdm_rebase_versions(tdm_rebaser *in);

// A revision's text with another parent, and with new versions in its docstring's links. What comes
// out has been read again: it says the same but for that. A parent that is not written as a plain
// literal is TDM_ERROR_OPAQUE.
typedef struct tdm_revision_edit {
    const tdm_revision *revision;
    tdm_text parent;         // the new one; the old one: nothing to do
    const tdm_map *versions; // old -> new, as tdm_text
} tdm_revision_edit;

TDM_MUST_CHECK tdm_status tdm_rebase_revision_text(tdm_arena *arena, const tdm_revision_edit *edit,
                                                   tdm_text *ret, tdm_error *err);

// A migration's text with a first line that names its revisions.
TDM_MUST_CHECK tdm_status tdm_rebase_migration_text(tdm_arena *arena, tdm_text text,
                                                    const tdm_text *revisions, size_t count,
                                                    tdm_text *ret, tdm_error *err);

#endif
