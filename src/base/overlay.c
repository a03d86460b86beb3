#include "base/overlay.h"

#include "base/error.h"
#include "base/map.h"
#include "base/text.h"
#include "base/vector.h"

#include <stdlib.h>

typedef struct layer_file {
    const char *path;
    tdm_text text;
    bool there;
} layer_file;

struct tdm_overlay {
    tdm_tree tree;
    tdm_tree *below;
    tdm_arena *arena;
    tdm_map files; // by path: layer_file
};

static tdm_overlay *overlay_of(tdm_tree *tree)
{
    return (tdm_overlay *)tree;
}

static const layer_file *find(const tdm_overlay *overlay, const char *path)
{
    return tdm_map_get(&overlay->files, tdm_text_of(path));
}

static bool set(tdm_overlay *overlay, const char *path, tdm_text text, bool there)
{
    layer_file *file = tdm_arena_new_of(overlay->arena, layer_file);
    if (!file)
        return false;
    *file = (layer_file){path, text, there};
    return tdm_map_put(&overlay->files, tdm_text_of(path), file);
}

bool tdm_overlay_put(tdm_overlay *overlay, const char *path, tdm_text text)
{
    return set(overlay, path, text, true);
}

bool tdm_overlay_remove(tdm_overlay *overlay, const char *path)
{
    return set(overlay, path, (tdm_text){NULL, 0}, false);
}

// --- The methods --------------------------------------------------------------------------------

static int by_name(const void *a, const void *b)
{
    return tdm_text_compare(((const tdm_entry *)a)->name, ((const tdm_entry *)b)->name);
}

static bool is_in(tdm_text folder, const layer_file *file)
{
    return tdm_text_equal(tdm_path_folder(tdm_text_of(file->path)), folder);
}

// A folder that only files of the overlay make.
static bool is_made(const tdm_overlay *overlay, tdm_text folder)
{
    for (size_t i = 0; i < overlay->files.count; i++) {
        const layer_file *file = overlay->files.entries[i].value;
        tdm_text path = tdm_text_of(file->path);
        if (file->there && path.size > folder.size && path.data[folder.size] == '/' &&
            tdm_text_starts(path, folder))
            return true;
    }
    return false;
}

static tdm_status list_below(tdm_overlay *overlay, const char *folder, tdm_arena *arena,
                             tdm_entries *ret, tdm_error *err)
{
    *ret = (tdm_entries){0};
    if (!tdm_tree_exists(overlay->below, folder, NULL) && is_made(overlay, tdm_text_of(folder)))
        return TDM_OK;
    return tdm_tree_list(overlay->below, folder, arena, ret, err);
}

static tdm_status overlay_list(tdm_tree *tree, const char *folder, tdm_arena *arena,
                               tdm_entries *ret, tdm_error *err)
{
    tdm_overlay *overlay = overlay_of(tree);
    tdm_entries below;
    TDM_VECTOR(tdm_entry) all = {0};
    if (list_below(overlay, folder, arena, &below, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < below.count; i++) {
        const char *path = tdm_path_join(arena, folder, below.items[i].name.data);
        if (!path)
            return tdm_fail_memory(err);
        if (!find(overlay, path) && !tdm_vector_push(arena, &all, below.items[i]))
            return tdm_fail_memory(err);
    }
    for (size_t i = 0; i < overlay->files.count; i++) {
        const layer_file *file = overlay->files.entries[i].value;
        tdm_entry entry = {tdm_arena_text(arena, tdm_path_base(tdm_text_of(file->path))),
                           TDM_ENTRY_FILE};
        if (file->there && is_in(tdm_text_of(folder), file) && !tdm_vector_push(arena, &all, entry))
            return tdm_fail_memory(err);
    }
    if (all.count)
        qsort(all.items, all.count, sizeof *all.items, by_name);
    *ret = (tdm_entries){all.items, all.count};
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

static tdm_status overlay_read(tdm_tree *tree, const char *path, tdm_arena *arena, tdm_text *ret,
                               tdm_error *err)
{
    tdm_overlay *overlay = overlay_of(tree);
    const layer_file *file = find(overlay, path);
    if (!file)
        return tdm_tree_read(overlay->below, path, arena, ret, err);
    if (!file->there)
        return tdm_fail(err, TDM_ERROR_FILE, (tdm_place){.file = path}, "cannot read '%s': gone",
                        path);
    *ret = tdm_arena_text(arena, file->text);
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

static bool overlay_exists(tdm_tree *tree, const char *path, tdm_entry_kind *ret)
{
    tdm_overlay *overlay = overlay_of(tree);
    const layer_file *file = find(overlay, path);
    tdm_entry_kind kind = TDM_ENTRY_FILE;
    bool there = file && file->there;
    if (!file)
        there = tdm_tree_exists(overlay->below, path, &kind);
    if (!file && !there && is_made(overlay, tdm_text_of(path))) {
        kind = TDM_ENTRY_FOLDER;
        there = true;
    }
    if (there && ret)
        *ret = kind;
    return there;
}

static void overlay_free(tdm_tree *tree)
{
    free(overlay_of(tree));
}

static const tdm_tree_methods methods = {
    .list = overlay_list,
    .read = overlay_read,
    .exists = overlay_exists,
    .free = overlay_free,
};

tdm_overlay *tdm_overlay_new(tdm_tree *below, tdm_arena *arena)
{
    tdm_overlay *overlay = calloc(1, sizeof *overlay);
    if (!overlay)
        return NULL;
    overlay->tree = (tdm_tree){.methods = &methods, .root = below->root};
    overlay->below = below;
    overlay->arena = arena;
    tdm_map_init(&overlay->files, arena);
    return overlay;
}

tdm_tree *tdm_overlay_tree(tdm_overlay *overlay)
{
    return &overlay->tree;
}
