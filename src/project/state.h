// What an opened project holds. Only this room looks inside.
#ifndef PROJECT_STATE_H
#define PROJECT_STATE_H

#include "alembic/env.h"
#include "cache/cache.h"
#include "git/history.h"
#include "git/tree.h"
#include "project/kept.h"
#include "project/project.h"
#include "supabase/config.h"

// What is made of one revision on demand.
typedef struct tdm_revision_state {
    tdm_revision *revision;
    tdm_script scripts[2]; // by tdm_direction
    bool downgraded;       // that script is there
    tdm_statements statements;
    bool has_statements;
} tdm_revision_state;

typedef struct tdm_migration_state {
    const tdm_migration *migration;
    tdm_statements statements; // without the step below
    const tdm_version_step *record;  // the step of alembic_version at its end, or NULL
    tdm_place record_place;
    bool has_statements;
} tdm_migration_state;

struct tdm_project {
    tdm_arena *arena;
    tdm_repository *repository; // of an index or a commit, else NULL
    tdm_tree *tree;
    tdm_cache *cache;  // or NULL
    tdm_project *base; // or NULL
    tdm_commit_id base_commit;
    const char *start; // where the user stands, relative to the root of the tree
    tdm_settings settings;
    tdm_alembic_config alembic;
    tdm_env env;
    tdm_chain *chain;
    tdm_supabase_config supabase;
    tdm_folder folder;

    tdm_revision_state *revisions; // in upgrade order
    size_t revision_count;
    size_t upgraded; // so many upgrade scripts are rendered, from the first on, with `memo`
    tdm_run_memo *memo;
    tdm_render_options render;
    tdm_wanted *wanted; // by revision: what the cache has of upgrade scripts; NULL: not asked yet
    bool naming_open;   // env.py has not been asked yet for the naming convention of its metadata
    struct tdm_history *history; // history.h
    tdm_migration_state *migrations;

    tdm_text *notes;
    size_t note_count;
    const void *pairing; // tdm_project_pairing_slot
};

// Finds the root for a folder the user stands in: the nearest folder at or above it with .git, else
// the nearest with tandem.toml, else the folder itself. Both results are in the arena; `ret_start`
// is relative to the root ("" for the root).
TDM_MUST_CHECK tdm_status tdm_root_find(tdm_arena *arena, const char *folder, char **ret_root,
                                        char **ret_start, tdm_error *err);

// The same for a project in a git repository: the root is that of the repository.
TDM_MUST_CHECK tdm_status tdm_root_below(tdm_arena *arena, const char *root, const char *folder,
                                         char **ret_start, tdm_error *err);

// Opens the base that the options name, or let the settings name, when the project itself is read.
TDM_MUST_CHECK tdm_status tdm_project_open_base(tdm_project *project,
                                                const tdm_project_options *options, tdm_error *err);

// Before anything is rendered: where settings do not state a naming convention, the metadata of
// env.py may have one. Asked once, and only by who renders, since it may lead through all models.
TDM_MUST_CHECK tdm_status tdm_project_settle_naming(tdm_project *project, tdm_error *err);

// Reads the two sides into the project, whose tree, start and settings are there.
TDM_MUST_CHECK tdm_status tdm_project_read_alembic(tdm_project *project,
                                                   const tdm_project_options *options,
                                                   tdm_error *err);
TDM_MUST_CHECK tdm_status tdm_project_read_supabase(tdm_project *project, tdm_error *err);

#endif
