#include "supabase/config.h"

#include "base/error.h"
#include "base/text.h"
#include "config/toml.h"

enum {
    DB_PORT = 54322,
    SHADOW_PORT = 54320,
    PORT_MAXIMUM = 65535,
};

static bool has_config(tdm_tree *tree, tdm_arena *arena, const char *root)
{
    static const char *const names[] = {"supabase/config.toml", "supabase/config.json",
                                        "supabase/config.jsonc"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *path = tdm_path_join(arena, root, names[i]);
        tdm_entry_kind kind;
        if (path && tdm_tree_exists(tree, path, &kind) && kind == TDM_ENTRY_FILE)
            return true;
    }
    return false;
}

static bool has_migrations(tdm_tree *tree, tdm_arena *arena, const char *root)
{
    const char *path = tdm_path_join(arena, root, "supabase/migrations");
    tdm_entry_kind kind;
    return path && tdm_tree_exists(tree, path, &kind) && kind == TDM_ENTRY_FOLDER;
}

bool tdm_supabase_find_root(tdm_tree *tree, tdm_arena *arena, const char *from, char **ret)
{
    char *second = NULL;
    tdm_text folder = tdm_text_of(from);
    for (;;) {
        char *root = tdm_arena_string(arena, folder);
        if (!root)
            return false;
        if (has_config(tree, arena, root)) {
            *ret = root;
            return true;
        }
        if (!second && has_migrations(tree, arena, root))
            second = root;
        if (folder.size == 0)
            break;
        folder = tdm_path_folder(folder);
    }
    *ret = second ? second : *ret;
    return second != NULL;
}

static tdm_status wrong_type(const tdm_toml *value, const char *key, const char *expected,
                             tdm_error *err)
{
    return tdm_fail(err, TDM_ERROR_CONFIG, value->place, "'%s' is a %s, expected a %s", key,
                    tdm_toml_kind_name(value->kind), expected);
}

static tdm_status read_port(const tdm_toml *db, const char *key, uint16_t *ret, tdm_error *err)
{
    const tdm_toml *value = tdm_toml_get(db, tdm_text_of(key));
    // A string is env(NAME), which only the CLI's environment can answer.
    if (!value || value->kind == TDM_TOML_STRING)
        return TDM_OK;
    if (value->kind != TDM_TOML_INTEGER)
        return wrong_type(value, key, "number", err);
    if (value->integer < 1 || value->integer > PORT_MAXIMUM)
        return tdm_fail(err, TDM_ERROR_CONFIG, value->place, "'%s' is no port: %.*s", key,
                        TDM_TEXT_ARG(value->text));
    *ret = (uint16_t)value->integer;
    return TDM_OK;
}

static tdm_status read_values(const tdm_toml *root, tdm_supabase_config *config, tdm_error *err)
{
    const tdm_toml *id = tdm_toml_get(root, TDM_TEXT("project_id"));
    const tdm_toml *db = tdm_toml_get(root, TDM_TEXT("db"));
    const tdm_toml *migrations = tdm_toml_get(db, TDM_TEXT("migrations"));
    const tdm_toml *enabled = tdm_toml_get(migrations, TDM_TEXT("enabled"));
    if (id && id->kind != TDM_TOML_STRING)
        return wrong_type(id, "project_id", "string", err);
    if (db && db->kind != TDM_TOML_TABLE)
        return wrong_type(db, "db", "table", err);
    if (migrations && migrations->kind != TDM_TOML_TABLE)
        return wrong_type(migrations, "db.migrations", "table", err);
    if (enabled && enabled->kind != TDM_TOML_BOOLEAN)
        return wrong_type(enabled, "db.migrations.enabled", "boolean", err);
    if (id)
        config->project_id = id->text;
    if (enabled)
        config->migrations_enabled = enabled->boolean;
    if (read_port(db, "port", &config->db_port, err) != TDM_OK)
        return TDM_FAILED;
    return read_port(db, "shadow_port", &config->shadow_port, err);
}

// A value that only the CLI's environment knows (env(NAME)) is none of the names.
static tdm_status read_schemas(tdm_arena *arena, const tdm_toml *root, tdm_supabase_config *config,
                               tdm_error *err)
{
    static const tdm_text built_in[] = {{"public", 6}, {"graphql_public", 14}};
    const tdm_toml *api = tdm_toml_get(root, TDM_TEXT("api"));
    const tdm_toml *schemas = tdm_toml_get(api, TDM_TEXT("schemas"));
    config->schemas = built_in;
    config->schema_count = sizeof built_in / sizeof *built_in;
    if (!schemas || schemas->kind == TDM_TOML_STRING)
        return TDM_OK;
    if (schemas->kind != TDM_TOML_ARRAY)
        return wrong_type(schemas, "api.schemas", "list", err);
    tdm_text *names = tdm_arena_array(arena, schemas->count, sizeof *names);
    if (!names)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < schemas->count; i++) {
        if (schemas->items[i]->kind != TDM_TOML_STRING)
            return wrong_type(schemas->items[i], "api.schemas", "string", err);
        names[i] = schemas->items[i]->text;
    }
    config->schemas = names;
    config->schema_count = schemas->count;
    return TDM_OK;
}

// Blocks without a project_id name no project.
static tdm_status read_remotes(tdm_arena *arena, const tdm_toml *root, tdm_supabase_config *config,
                               tdm_error *err)
{
    const tdm_toml *blocks = tdm_toml_get(root, TDM_TEXT("remotes"));
    if (!blocks)
        return TDM_OK;
    if (blocks->kind != TDM_TOML_TABLE)
        return wrong_type(blocks, "remotes", "table", err);
    tdm_supabase_remote *remotes = tdm_arena_array(arena, blocks->count, sizeof *remotes);
    if (!remotes)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < blocks->count; i++) {
        const tdm_toml *id = tdm_toml_get(blocks->entries[i].value, TDM_TEXT("project_id"));
        if (!id || id->kind != TDM_TOML_STRING)
            continue;
        remotes[config->remote_count++] =
            (tdm_supabase_remote){.name = blocks->entries[i].key, .project_id = id->text};
    }
    config->remotes = remotes;
    return TDM_OK;
}

tdm_status tdm_supabase_config_read(tdm_tree *tree, tdm_arena *arena, const char *root,
                                    tdm_supabase_config *ret, tdm_error *err)
{
    tdm_supabase_config config = {.folder = tdm_path_join(arena, root, "supabase/migrations"),
                                  .db_port = DB_PORT,
                                  .shadow_port = SHADOW_PORT,
                                  .migrations_enabled = true};
    const char *path = tdm_path_join(arena, root, "supabase/config.toml");
    if (!path || !config.folder)
        return tdm_fail_memory(err);
    if (read_schemas(arena, NULL, &config, err) != TDM_OK)
        return TDM_FAILED;
    tdm_entry_kind kind;
    if (tdm_tree_exists(tree, path, &kind)) {
        tdm_text source;
        const tdm_toml *values;
        config.path = path;
        if (tdm_tree_read(tree, path, arena, &source, err) != TDM_OK ||
            tdm_toml_parse(arena, path, source, &values, err) != TDM_OK ||
            read_values(values, &config, err) != TDM_OK ||
            read_schemas(arena, values, &config, err) != TDM_OK ||
            read_remotes(arena, values, &config, err) != TDM_OK)
            return TDM_FAILED;
    }
    *ret = config;
    return TDM_OK;
}
