// The text of `alembic upgrade A:B --sql` and its relatives, byte for byte (A119
// runtime/migration.py run_migrations, ddl/impl.py static_output).
#ifndef ALEMBIC_OFFLINE_H
#define ALEMBIC_OFFLINE_H

#include "alembic/ask.h"
#include "alembic/chain.h"
#include "alembic/env.h"
#include "alembic/order.h"
#include "revision/render.h"

#include "base/text.h"

typedef enum tdm_offline_command {
    TDM_OFFLINE_UPGRADE,
    TDM_OFFLINE_DOWNGRADE,
    TDM_OFFLINE_STAMP,
} tdm_offline_command;

// Where scripts come from in the place of tdm_render_revision(), as strict or not as the options
// say; what they are is the same. Both functions are called with the steps of the run.
typedef struct tdm_script_source {
    void *context;
    // Called once, before the first script.
    tdm_status (*prepare)(void *context, const tdm_steps *steps, tdm_error *err);
    tdm_status (*script)(void *context, size_t step, tdm_run_memo *memo, tdm_script *ret,
                         tdm_error *err);
} tdm_script_source;

typedef struct tdm_offline_options {
    const tdm_env_mode *env;          // NULL: stock
    const tdm_render_options *render; // NULL: none
    const tdm_script_source *source;  // NULL: every revision is rendered with `render`
    bool strict; // what cannot be known is TDM_ERROR_OPAQUE in place of a comment in the text
    // Asked for a revision with an emission that cannot be known. NULL: never.
    tdm_ask_alembic ask;
    void *ask_context;
} tdm_offline_options;

typedef struct tdm_offline_result {
    size_t steps;
    size_t opaque; // emissions that became "-- tandem: opaque <file>:<line>: <reason>"
    size_t asked;  // revisions below "-- tandem: asked Alembic for <file>:<line>: <reason>"
} tdm_offline_result;

// Writes the script for an argument such as "head", "A:B" or "heads" into `out`. A revision that
// raises an exception, or has no function for the direction, fails as it does in Alembic. Alembic
// is asked once, for the same range: in a run of its own a revision would create the enum types
// again that the run has created before.
TDM_MUST_CHECK tdm_status tdm_offline_run(tdm_arena *arena, const tdm_chain *chain,
                                          tdm_offline_command command, tdm_text argument,
                                          const tdm_offline_options *options, tdm_buffer *out,
                                          tdm_offline_result *ret, tdm_error *err);

// The text of one revision in a run of its own, which Alembic is asked for. TDM_ERROR_OPAQUE when
// no run is of this revision alone (a merge, or one that depends on others).
TDM_MUST_CHECK tdm_status tdm_offline_ask(tdm_arena *arena, const tdm_chain *chain,
                                          const tdm_step *step, tdm_place place,
                                          const tdm_offline_options *options, tdm_text *ret,
                                          tdm_error *err);

#endif
