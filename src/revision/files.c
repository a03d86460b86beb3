// Files of the project that a revision reads, beside the modules that it imports: SQL kept as
// package data (python/std_file.c finds the places). Read through the tree, so that a check of the
// index or of a commit sees what is staged or committed there.
#include "revision/host.h"

#include <string.h>

bool tdm_host_note_import(tdm_host *host, const char *path)
{
    for (size_t i = 0; i < host->imported.count; i++) {
        if (strcmp(host->imported.items[i], path) == 0)
            return true;
    }
    return tdm_vector_push(host->arena, &host->imported, path);
}

static bool read_file(tdm_host *host, tdm_text path, tdm_text *ret)
{
    tdm_entry_kind kind;
    tdm_error err;
    if (!path.data || !tdm_tree_exists(host->options->tree, path.data, &kind) ||
        kind != TDM_ENTRY_FILE)
        return false;
    return tdm_tree_read(host->options->tree, path.data, host->arena, ret, &err) == TDM_OK &&
           tdm_host_note_import(host, path.data);
}

bool tdm_host_file(void *context, tdm_text package, tdm_text path, tdm_text *ret_bytes)
{
    tdm_host *host = context;
    const tdm_render_options *options = host->options;
    host->asked_world = true;
    if (!options->tree)
        return false;
    if (!package.size)
        return read_file(host, tdm_arena_printf(host->arena, "%.*s", TDM_TEXT_ARG(path)),
                         ret_bytes);
    char *folder = tdm_arena_string(host->arena, package);
    for (char *c = folder; c && *c; c++)
        *c = *c == '.' ? '/' : *c;
    for (size_t i = 0; folder && i < options->root_count; i++) {
        const char *root = options->roots[i];
        tdm_text file = tdm_arena_printf(host->arena, "%s%s%s/%.*s", root, *root ? "/" : "", folder,
                                         TDM_TEXT_ARG(path));
        if (read_file(host, file, ret_bytes))
            return true;
    }
    return false;
}
