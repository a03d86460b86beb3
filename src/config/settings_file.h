// One settings file, read into values of known keys. settings.c owns the precedence, this the
// types.
#ifndef CONFIG_SETTINGS_FILE_H
#define CONFIG_SETTINGS_FILE_H

#include "config/settings.h"
#include "config/toml.h"

#include "base/vector.h"

typedef struct tdm_settings_reader {
    tdm_arena *arena;
    tdm_tree *tree; // of the project, for paths
    tdm_settings *settings;
    TDM_VECTOR(tdm_setting_warning) warnings;
    tdm_error *err;
    // Of the file being read.
    tdm_origin origin;
    const char *folder; // paths in the file start here
} tdm_settings_reader;

TDM_MUST_CHECK tdm_status tdm_settings_file(tdm_settings_reader *in, const tdm_toml *root);
// A path relative to the root, cleaned. Relative ones start at `in->folder`; absolute ones must lie
// inside the project.
TDM_MUST_CHECK tdm_status tdm_settings_path(tdm_settings_reader *in, const char *said_by,
                                            tdm_text text, tdm_place place, const char **ret);
// A value from a flag or the environment: lists are separated by ':'.
TDM_MUST_CHECK tdm_status tdm_settings_text(tdm_settings_reader *in, tdm_setting_id id,
                                            tdm_text text, const char *said_by);

#endif
