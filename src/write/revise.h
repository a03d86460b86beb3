// A migration as a revision: the parts of `tandem convert --to alembic`.
#ifndef WRITE_REVISE_H
#define WRITE_REVISE_H

#include "autogen/autogen.h"
#include "base/vector.h"
#include "inverse/inverse.h"
#include "project/project.h"
#include "replay/replay.h"
#include "write/revision_file.h"

// What one statement becomes.
typedef struct tdm_revise_group {
    const tdm_statement *statement;
    tdm_directives typed;
    bool executed; // in op.execute(), because the directive does not say the same
    bool outside;  // in an autocommit block
    bool left_out; // BEGIN and COMMIT: Alembic runs a revision in a transaction of its own
    uint32_t line; // of the revision file, first and last
    uint32_t last_line;
} tdm_revise_group;

typedef struct tdm_revise_file {
    size_t migration; // its index in the project
    tdm_revision_input input;
    TDM_VECTOR(tdm_revise_group) groups; // in the order of the file
    TDM_VECTOR(tdm_text) settings;       // that the statements change and the end puts back
    tdm_way_back back;                   // last step first, until it is turned
    TDM_VECTOR(tdm_revise_group) undone; // one group for each of its steps
    TDM_VECTOR(tdm_revise_group) backs;  // the way back, in the order of the file
    TDM_VECTOR(tdm_text) losses;         // what it does not bring back, and why
    bool raises;                         // downgrade() stops before it loses anything
    bool keeps_rows;                     // rows that were written stay
    tdm_converted made;
} tdm_revise_file;

// --- revise_body.c ------------------------------------------------------------------------------

// The schema that a migration meets, twice: `now` is replayed on, and `round` goes there, back and
// there again, so that each way back is tried (tdm_inverse_prove).
typedef struct tdm_revise_catalogs {
    tdm_catalog *now;
    tdm_catalog *round;
} tdm_revise_catalogs;

// What the statements of the migration become, on the catalogs as they are before them; both are
// replayed on. A statement that cannot stand in a revision is TDM_ERROR_SQL.
TDM_MUST_CHECK tdm_status tdm_revise_read(tdm_project *project, tdm_revise_catalogs *catalogs,
                                          bool pgvector, tdm_revise_file *file, tdm_error *err);
// Adds the way back of a statement that made these changes. `after` is the catalog that it left.
TDM_MUST_CHECK tdm_status tdm_revise_back(tdm_arena *arena, tdm_revise_file *file,
                                          const tdm_catalog *after, const tdm_statement *statement,
                                          const tdm_effect *effect, tdm_error *err);
// Called once behind the last statement: the last that was done is the first to be undone.
TDM_MUST_CHECK tdm_status tdm_revise_turn_back(tdm_arena *arena, tdm_revise_file *file,
                                               tdm_error *err);
// Tries the way back, unless it raises anyway; one that does not lead back raises from here on.
TDM_MUST_CHECK tdm_status tdm_revise_prove_back(tdm_arena *arena, tdm_revise_file *file,
                                                tdm_revise_catalogs *catalogs,
                                                const tdm_round_step *there, size_t count,
                                                tdm_error *err);
// The body of downgrade() around the statements of the way back.
void tdm_revise_put_losses(tdm_buffer *out, const tdm_revise_file *file);
// The body and the imports from the groups; makes the file from them.
TDM_MUST_CHECK tdm_status tdm_revise_write(tdm_project *project, tdm_revise_file *file,
                                           tdm_error *err);

// --- revise.c -----------------------------------------------------------------------------------

// A parent of a new revision: one that is there, or else the new one of a migration.
typedef struct tdm_revise_parent {
    tdm_text id; // empty: the new one
    size_t migration;
} tdm_revise_parent;

typedef struct tdm_revise_parents {
    const tdm_revise_parent *items;
    size_t count;
} tdm_revise_parents;

// Which migrations become revisions, and where these stand, when it is not one behind the other
// behind the one head.
typedef struct tdm_revise_plan {
    const bool *chosen;                // by migration
    const tdm_revise_parents *parents; // likewise
} tdm_revise_plan;

TDM_MUST_CHECK tdm_status tdm_revise_planned(tdm_project *project,
                                             const tdm_convert_options *options,
                                             const tdm_revise_plan *plan, tdm_conversion *ret,
                                             tdm_error *err);
// The moment that a version of fourteen digits names.
tdm_new_time tdm_revise_time(tdm_text version);

TDM_MUST_CHECK tdm_status tdm_revise(tdm_project *project, const tdm_convert_options *options,
                                     tdm_conversion *ret, tdm_error *err);

#endif
