// The naming convention of the metadata that env.py hands to Alembic.
#ifndef ALEMBIC_ENV_NAMING_H
#define ALEMBIC_ENV_NAMING_H

#include "alembic/render.h"

typedef struct tdm_env_naming {
    bool known; // false: env.py's metadata cannot be read; then there are no rows
    const tdm_naming *rows;
    size_t count;
} tdm_env_naming;

// Reads the module level of env.py, and what it imports from the project, as a revision is read:
// nothing is run. Only memory running out is a failure; whatever else stands in the way makes the
// convention unknown. The rows live in `arena`.
TDM_MUST_CHECK tdm_status tdm_env_read_naming(tdm_arena *arena, const char *path, tdm_text source,
                                              const tdm_render_options *options,
                                              tdm_env_naming *ret, tdm_error *err);

#endif
