// What the chain itself leaves behind, replayed on demand: the answers to what its revisions ask
// of the database (alembic/schema.h).
//
// The upgrade of the whole chain is one run of Alembic, so a revision is asked on the catalog that
// the revisions before it in that run leave behind. Where branches make some of them no ancestors,
// the ancestors alone must give the same answer. A downgrade sees what its own upgrade left.
// Nothing is replayed before the first question, and each revision once along the way; what goes
// back to an earlier point is bounded.
#ifndef PROJECT_HISTORY_H
#define PROJECT_HISTORY_H

#include "project/project.h"

typedef struct tdm_history tdm_history;

// Where the questions of the project's revisions go: `ret` is for tdm_render_options.schema. The
// project's chain is read and ordered.
TDM_MUST_CHECK tdm_status tdm_history_new(tdm_project *project, tdm_history **ret,
                                          const tdm_schema_view **ret_view, tdm_error *err);
void tdm_history_free(tdm_history *history); // NULL is allowed

// Decides the guards of one direction of revision `index`, whose script is rendered.
TDM_MUST_CHECK tdm_status tdm_history_decide(tdm_history *history, size_t index,
                                             tdm_direction direction, const tdm_script *script,
                                             tdm_error *err);

#endif
