// Where migrations may lie in a project that has no supabase/migrations: wherever files have their
// names.
#include <tandem/init.h>

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"
#include "project/project.h"

enum {
    SEARCH_DEPTH = 6,
    SEARCH_FOLDERS = 20000,
    VERSION_DIGITS = 14,
};

typedef struct folder_search {
    tdm_tree *tree;
    tdm_arena *arena;
    size_t visited;
    TDM_VECTOR(const char *) found;
} folder_search;

static bool is_migration(const tdm_entry *entry)
{
    tdm_text version;
    tdm_text name;
    return entry->kind == TDM_ENTRY_FILE &&
           tdm_migration_name_parse(entry->name, &version, &name) && version.size == VERSION_DIGITS;
}

static bool worth_entering(const tdm_entry *entry)
{
    return entry->kind == TDM_ENTRY_FOLDER && entry->name.data[0] != '.' &&
           !tdm_text_is(entry->name, "node_modules");
}

static tdm_status look(folder_search *in, const char *folder, int depth, tdm_error *err)
{
    tdm_entries entries;
    bool holds = false;
    if (++in->visited > SEARCH_FOLDERS ||
        tdm_tree_list(in->tree, folder, in->arena, &entries, NULL) != TDM_OK)
        return TDM_OK; // a folder that may not be read holds nothing for us
    for (size_t i = 0; i < entries.count; i++)
        holds = holds || is_migration(&entries.items[i]);
    if (holds && !tdm_vector_push(in->arena, &in->found, folder))
        return tdm_fail_memory(err);
    for (size_t i = 0; depth > 0 && i < entries.count; i++) {
        if (!worth_entering(&entries.items[i]))
            continue;
        const char *below = tdm_path_join(in->arena, folder, entries.items[i].name.data);
        if (!below)
            return tdm_fail_memory(err);
        if (look(in, below, depth - 1, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

tdm_status tdm_propose_folders(tdm_project *project, const char *const **ret, size_t *ret_count,
                               tdm_error *err)
{
    folder_search in = {.tree = tdm_project_tree(project), .arena = tdm_project_arena(project)};
    if (look(&in, "", SEARCH_DEPTH, err) != TDM_OK)
        return TDM_FAILED;
    *ret = in.found.items;
    *ret_count = in.found.count;
    return TDM_OK;
}
