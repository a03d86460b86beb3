#include "alembic/versions.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/text.h"
#include "base/vector.h"

#include <string.h>

enum {
    MOST_LEVELS = 64, // of folders inside a version folder
};

typedef struct lister {
    tdm_arena *arena;
    tdm_tree *tree;
    const tdm_alembic_config *config;
    tdm_map seen; // path -> itself
    TDM_VECTOR(const char *) found;
    TDM_VECTOR(const char *) twice;
    tdm_error *err;
} lister;

bool tdm_is_revision_name(tdm_text name)
{
    return tdm_text_ends(name, TDM_TEXT(".py")) && !tdm_text_starts(name, TDM_TEXT(".#")) &&
           !tdm_text_starts(name, TDM_TEXT("__init__"));
}

static tdm_status add(lister *in, const char *folder, tdm_text name)
{
    const char *path = tdm_path_join(in->arena, folder, name.data);
    if (!path)
        return tdm_fail_memory(in->err);
    bool known = tdm_map_has(&in->seen, tdm_text_of(path));
    if (in->found.count == TDM_LIMIT_FOLDER_FILES)
        return tdm_fail(in->err, TDM_ERROR_LIMIT, (tdm_place){.file = path},
                        "more than %d revision files", TDM_LIMIT_FOLDER_FILES);
    bool pushed = known ? tdm_vector_push(in->arena, &in->twice, path)
                        : tdm_vector_push(in->arena, &in->found, path) &&
                              tdm_map_put(&in->seen, tdm_text_of(path), (void *)path);
    return pushed ? TDM_OK : tdm_fail_memory(in->err);
}

static tdm_text stem(tdm_text name)
{
    return tdm_text_slice(name, 0, tdm_text_find_char(name, '.'));
}

static bool has_stem(const tdm_entries *entries, tdm_text wanted)
{
    for (size_t i = 0; i < entries->count; i++)
        if (entries->items[i].kind != TDM_ENTRY_FOLDER &&
            tdm_text_equal(stem(entries->items[i].name), wanted))
            return true;
    return false;
}

static bool is_compiled(tdm_text name)
{
    return (tdm_text_ends(name, TDM_TEXT(".pyc")) || tdm_text_ends(name, TDM_TEXT(".pyo"))) &&
           tdm_is_revision_name(tdm_text_slice(name, 0, name.size - 1));
}

// Compiled revisions whose source is not there (`sourceless`): listed so that they are reported.
static tdm_status add_compiled(lister *in, const char *folder, const tdm_entries *entries)
{
    tdm_entries cached = {0};
    const char *cache = tdm_path_join(in->arena, folder, "__pycache__");
    if (!cache)
        return tdm_fail_memory(in->err);
    for (size_t i = 0; i < entries->count; i++) {
        tdm_text name = entries->items[i].name;
        const char *source =
            is_compiled(name) ? tdm_arena_string(in->arena, tdm_text_slice(name, 0, name.size - 1))
                              : NULL;
        const char *path = source ? tdm_path_join(in->arena, folder, source) : NULL;
        if (path && !tdm_tree_exists(in->tree, path, NULL) && add(in, folder, name) != TDM_OK)
            return TDM_FAILED;
    }
    if (!tdm_tree_exists(in->tree, cache, NULL))
        return TDM_OK;
    if (tdm_tree_list(in->tree, cache, in->arena, &cached, in->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < cached.count; i++)
        if (is_compiled(cached.items[i].name) && !has_stem(entries, stem(cached.items[i].name)) &&
            add(in, cache, cached.items[i].name) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

// Files of a folder come before its sub-folders; both are sorted already.
static tdm_status list_folder(lister *in, const char *folder, unsigned level)
{
    tdm_entries entries;
    if (level > MOST_LEVELS)
        return tdm_fail(in->err, TDM_ERROR_LIMIT, (tdm_place){.file = folder},
                        "folders inside a version folder go deeper than %d", MOST_LEVELS);
    if (tdm_tree_list(in->tree, folder, in->arena, &entries, in->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < entries.count; i++) {
        const tdm_entry *entry = &entries.items[i];
        if (entry->kind != TDM_ENTRY_FOLDER && tdm_is_revision_name(entry->name) &&
            add(in, folder, entry->name) != TDM_OK)
            return TDM_FAILED;
    }
    if (in->config->sourceless && add_compiled(in, folder, &entries) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < entries.count && in->config->recursive; i++) {
        const tdm_entry *entry = &entries.items[i];
        if (entry->kind != TDM_ENTRY_FOLDER || tdm_text_ends(entry->name, TDM_TEXT("__pycache__")))
            continue;
        const char *inner = tdm_path_join(in->arena, folder, entry->name.data);
        if (!inner)
            return tdm_fail_memory(in->err);
        if (list_folder(in, inner, level + 1) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

tdm_status tdm_versions_list(tdm_arena *arena, tdm_tree *tree, const tdm_alembic_config *config,
                             tdm_paths *ret, tdm_paths *ret_twice, tdm_error *err)
{
    lister in = {.arena = arena, .tree = tree, .config = config, .err = err};
    tdm_map_init(&in.seen, arena);
    for (size_t i = 0; i < config->version_count; i++)
        if (list_folder(&in, config->versions[i], 0) != TDM_OK)
            return TDM_FAILED;
    *ret = (tdm_paths){in.found.items, in.found.count};
    *ret_twice = (tdm_paths){in.twice.items, in.twice.count};
    return TDM_OK;
}
