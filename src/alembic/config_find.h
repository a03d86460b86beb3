// Where the configuration of a project lies. Used by config.c.
#ifndef ALEMBIC_CONFIG_FIND_H
#define ALEMBIC_CONFIG_FIND_H

#include "alembic/config.h"

#include "config/ini.h"
#include "config/toml.h"

typedef struct tdm_config_files {
    const char *folder; // of both
    const char *ini_path;
    tdm_ini *ini; // NULL: there is none
    const char *toml_path;
    const tdm_toml *toml; // [tool.alembic], or NULL
} tdm_config_files;

// Whether a folder is what `alembic init` makes: env.py beside versions/. Flask-Migrate puts
// alembic.ini in there, without script_location, and names the folder itself when it runs.
bool tdm_is_script_folder(tdm_arena *arena, tdm_tree *tree, const char *folder);

// Nothing found leaves `ret` empty. Several found is TDM_ERROR_CONFIG naming them.
TDM_MUST_CHECK tdm_status tdm_config_find(tdm_arena *arena, tdm_tree *tree,
                                          const tdm_alembic_choice *choice, tdm_config_files *ret,
                                          tdm_error *err);

#endif
