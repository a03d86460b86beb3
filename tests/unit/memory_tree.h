// A tree of files in memory: an array of paths with their contents. Folders are there when a file
// lies below them.
#ifndef MEMORY_TREE_H
#define MEMORY_TREE_H

#include "base/error.h"
#include "base/text.h"
#include "base/tree.h"
#include "base/vector.h"

#include <stdlib.h>

typedef struct memory_file {
    const char *path;
    const char *text;
} memory_file;

typedef struct memory_tree {
    tdm_tree tree;
    const memory_file *files; // ends with a NULL path
} memory_tree;

// The part of `path` below `folder`, or an empty text.
static inline tdm_text memory_below(const char *folder, const char *path)
{
    tdm_text prefix = tdm_text_of(folder);
    tdm_text text = tdm_text_of(path);
    if (prefix.size == 0)
        return text;
    if (!tdm_text_starts(text, prefix) || text.data[prefix.size] != '/')
        return (tdm_text){NULL, 0};
    return tdm_text_from(text, prefix.size + 1);
}

static inline bool memory_exists(tdm_tree *base, const char *path, tdm_entry_kind *ret)
{
    const memory_file *files = ((memory_tree *)base)->files;
    *ret = TDM_ENTRY_FOLDER;
    for (size_t i = 0; files[i].path; i++) {
        if (tdm_text_is(tdm_text_of(path), files[i].path)) {
            *ret = TDM_ENTRY_FILE;
            return true;
        }
        if (memory_below(path, files[i].path).size)
            return true;
    }
    return path[0] == '\0';
}

static inline int memory_by_name(const void *a, const void *b)
{
    return tdm_text_compare(((const tdm_entry *)a)->name, ((const tdm_entry *)b)->name);
}

static inline tdm_status memory_list(tdm_tree *base, const char *folder, tdm_arena *arena,
                                     tdm_entries *ret, tdm_error *err)
{
    const memory_file *files = ((memory_tree *)base)->files;
    TDM_VECTOR(tdm_entry) found = {0};
    tdm_entry_kind kind;
    if (!memory_exists(base, folder, &kind) || kind != TDM_ENTRY_FOLDER)
        return tdm_fail(err, TDM_ERROR_FILE, (tdm_place){.file = folder}, "no folder '%s'", folder);
    for (size_t i = 0; files[i].path; i++) {
        tdm_text below = memory_below(folder, files[i].path);
        size_t slash = tdm_text_find_char(below, '/');
        tdm_entry entry = {tdm_arena_text(arena, tdm_text_slice(below, 0, slash)),
                           slash == SIZE_MAX ? TDM_ENTRY_FILE : TDM_ENTRY_FOLDER};
        bool known = below.size == 0;
        for (size_t k = 0; k < found.count; k++)
            known = known || tdm_text_equal(found.items[k].name, entry.name);
        if (!known && !tdm_vector_push(arena, &found, entry))
            return tdm_fail_memory(err);
    }
    if (found.count)
        qsort(found.items, found.count, sizeof *found.items, memory_by_name);
    *ret = (tdm_entries){found.items, found.count};
    return TDM_OK;
}

static inline tdm_status memory_read(tdm_tree *base, const char *path, tdm_arena *arena,
                                     tdm_text *ret, tdm_error *err)
{
    const memory_file *files = ((memory_tree *)base)->files;
    for (size_t i = 0; files[i].path; i++) {
        if (!tdm_text_is(tdm_text_of(path), files[i].path))
            continue;
        *ret = tdm_arena_text(arena, tdm_text_of(files[i].text));
        return TDM_OK;
    }
    return tdm_fail(err, TDM_ERROR_FILE, (tdm_place){.file = path}, "no file '%s'", path);
}

static inline void memory_free(tdm_tree *base)
{
    (void)base;
}

static inline memory_tree memory_tree_of(const memory_file *files)
{
    static const tdm_tree_methods methods = {
        .list = memory_list, .read = memory_read, .exists = memory_exists, .free = memory_free};
    return (memory_tree){.tree = {.methods = &methods, .root = "/project"}, .files = files};
}

#endif
