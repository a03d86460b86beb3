// Paths that a configuration names, as folders of the tree. Used by config.c.
#ifndef ALEMBIC_CONFIG_PATHS_H
#define ALEMBIC_CONFIG_PATHS_H

#include "alembic/config.h"

#include "base/vector.h"

typedef struct tdm_path_finder {
    tdm_arena *arena;
    tdm_tree *tree;
    const char *folder;       // of the configuration
    const char *const *roots; // where packages are looked for
    size_t root_count;
    TDM_VECTOR(tdm_note) notes;
    tdm_error *err;
} tdm_path_finder;

// "script_location" and its value with its place.
typedef struct tdm_path_value {
    const char *option;
    tdm_text text;
    tdm_place place;
} tdm_path_value;

// The folder that a value names: absolute inside the project, `package:dir`, or relative
// (config.h). NULL in `ret` when no such folder is there. What leads out of the project, and a
// package that is not in it, is TDM_ERROR_CONFIG.
TDM_MUST_CHECK tdm_status tdm_path_find(tdm_path_finder *in, const tdm_path_value *value,
                                        const char **ret);

// Splits a list of the ini: on `separator`, items stripped, empty ones dropped; or, with '\0', by
// Alembic's older rule (runs of spaces, commas with spaces behind them, `also` if not '\0').
TDM_MUST_CHECK tdm_status tdm_path_split(tdm_arena *arena, tdm_text text, char separator, char also,
                                         const tdm_text **ret, size_t *ret_count, tdm_error *err);

TDM_MUST_CHECK tdm_status tdm_path_note(tdm_path_finder *in, tdm_place place, const char *format,
                                        ...) TDM_PRINTF(3, 4);

#endif
