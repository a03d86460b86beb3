// What the last runs made of revisions that have not changed since.
#ifndef PROJECT_KEPT_H
#define PROJECT_KEPT_H

#include "alembic/header.h"
#include "project/project.h"

// What is asked of a revision.
typedef enum tdm_evaluation {
    TDM_EVALUATE_ONLINE, // what a running Alembic sends
    TDM_EVALUATE_OFFLINE,
    TDM_EVALUATE_STRICT, // tdm_render_options.strict_offline
} tdm_evaluation;

// The options of a mode. They change when the naming convention is settled.
tdm_render_options tdm_evaluation_options(const tdm_project *project, tdm_evaluation mode);

// A script that somebody is about to need.
typedef struct tdm_wanted {
    const tdm_revision *revision;
    tdm_direction direction;
    bool found; // `script` is what was kept
    tdm_script script;
} tdm_wanted;

// Looks for what the cache has. When anything is not found, the naming convention is settled and
// all files that are needed to render the rest are read, on all cores.
TDM_MUST_CHECK tdm_status tdm_wanted_take(tdm_project *project, tdm_evaluation mode,
                                          tdm_wanted *wanted, size_t count, tdm_error *err);

typedef struct tdm_wanting {
    tdm_project *project;
    tdm_evaluation mode;
    tdm_run_memo *memo; // NULL: alone, and nothing was kept
    tdm_arena *arena;   // of what is rendered
} tdm_wanting;

// Whether what was kept is what this run gives (tdm_run_memo_follow); it then counts as run. Else
// it is to be rendered.
bool tdm_wanted_holds(const tdm_wanting *in, const tdm_wanted *wanted);

// tdm_render_revision(); the script is kept when it may be. The naming convention is settled.
TDM_MUST_CHECK tdm_status tdm_wanted_render(const tdm_wanting *in, const tdm_wanted *wanted,
                                            tdm_script *ret, tdm_error *err);

#endif
