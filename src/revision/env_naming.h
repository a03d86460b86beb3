// The naming convention of the metadata that env.py hands to Alembic.
#ifndef REVISION_ENV_NAMING_H
#define REVISION_ENV_NAMING_H

#include "revision/render.h"

typedef struct tdm_env_naming {
    bool known;   // false: then there are no rows
    tdm_text why; // it is not known, with the place in front where there is one
    const tdm_naming *rows;
    size_t count;
} tdm_env_naming;

// Finds what the calls of context.configure() name as target_metadata, and follows it through the
// module level of env.py and what that imports from the project, as a revision is read: nothing is
// run. Only memory running out is a failure; whatever else stands in the way makes the convention
// unknown. Everything in `ret` lives in `arena`.
TDM_MUST_CHECK tdm_status tdm_env_read_naming(tdm_arena *arena, const char *path, tdm_text source,
                                              const tdm_render_options *options,
                                              tdm_env_naming *ret, tdm_error *err);

#endif
