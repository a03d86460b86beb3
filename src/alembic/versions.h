// Which files are revisions, in Alembic's load order (A119 script/base.py
// Script._list_py_dir and ScriptDirectory._load_revisions).
#ifndef ALEMBIC_VERSIONS_H
#define ALEMBIC_VERSIONS_H

#include "alembic/config.h"

typedef struct tdm_paths {
    const char **items;
    size_t count;
} tdm_paths;

// Whether a file of this name is a revision: `(?!\.\#|__init__)(.*\.py)$`.
bool tdm_is_revision_name(tdm_text name);

// The revision files of all version folders. A file reached twice is listed once; `ret_twice` gets
// those.
TDM_MUST_CHECK tdm_status tdm_versions_list(tdm_arena *arena, tdm_tree *tree,
                                            const tdm_alembic_config *config, tdm_paths *ret,
                                            tdm_paths *ret_twice, tdm_error *err);

#endif
