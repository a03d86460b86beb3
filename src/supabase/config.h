// The keys of supabase/config.toml that matter for migrations, and where a
// Supabase project has its root (3.1).
#ifndef SUPABASE_CONFIG_H
#define SUPABASE_CONFIG_H

#include <tandem/error.h>
#include <tandem/text.h>

#include "base/tree.h"

// A block [remotes.<name>]: a hosted project by a name of the team's.
typedef struct tdm_supabase_remote {
    tdm_text name;
    tdm_text project_id; // its reference
} tdm_supabase_remote;

typedef struct tdm_supabase_config {
    const char *path;        // of config.toml, relative to the tree; NULL when there is none
    const char *folder;      // of the migrations: "<root>/supabase/migrations"
    tdm_text project_id;     // a label for the local stack, not the hosted reference; may be empty
    uint16_t db_port;        // of the local database: 54322
    uint16_t shadow_port;    // 54320
    bool migrations_enabled; // false: `supabase db push` pushes nothing
    const tdm_text *schemas; // that the API shows: public, graphql_public
    size_t schema_count;
    const tdm_supabase_remote *remotes;
    size_t remote_count;
} tdm_supabase_config;

// The folder whose supabase/config.toml (or .json, .jsonc) stands nearest at or above `from`, as
// the CLI looks for it; false when there is none below the tree's root. Without a config file a
// folder with supabase/migrations in it counts, at or above `from`, as second choice: the CLI would
// use its working directory there.
bool tdm_supabase_find_root(tdm_tree *tree, tdm_arena *arena, const char *from, char **ret);

// Reads <root>/supabase/config.toml. No such file: the defaults. A value with a wrong type, a port
// that is none and a file that is no TOML are TDM_ERROR_CONFIG with their place, as a broken file
// stops every command of the CLI too. env(NAME) values are left as they are written.
TDM_MUST_CHECK tdm_status tdm_supabase_config_read(tdm_tree *tree, tdm_arena *arena,
                                                   const char *root, tdm_supabase_config *ret,
                                                   tdm_error *err);

#endif
