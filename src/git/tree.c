// One tree over two sources. The index is a sorted list of full paths; a commit is a tree of trees.
// Both answer one question, "what stands at this path", and list one folder; links, reading and the
// rest is the same for both.
#include "git/tree.h"

#include "git/state.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/vector.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST_LINKS = 16, // symbolic links followed for one path
    MODE_KIND = 0170000,
    MODE_FOLDER = 0040000,
    MODE_LINK = 0120000,
    MODE_MODULE = 0160000,
};

// What stands at a path.
typedef struct node {
    unsigned mode; // 0: nothing
    git_oid id;
    bool conflict;
} node;

typedef struct git_tree_source {
    tdm_tree tree;
    tdm_repository *repository;
    git_index *index; // exactly one of the two
    git_tree *commit;
} git_tree_source;

static unsigned kind_bits(unsigned mode)
{
    return mode & MODE_KIND;
}

// --- The two sources ----------------------------------------------------------------------------

// The first index entry at or after `path` and '/': an entry below it makes it a folder.
static bool index_has_folder(git_index *index, const char *path, tdm_arena *arena)
{
    size_t at;
    tdm_text prefix = tdm_arena_printf(arena, "%s/", path);
    return prefix.data && git_index_find_prefix(&at, index, prefix.data) == 0;
}

// `git add -N` only announces a file: the next commit will not hold it.
static bool is_announced(const git_index_entry *entry)
{
    return entry->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD;
}

static node look_in_index(git_tree_source *source, const char *path, tdm_arena *arena)
{
    const git_index_entry *entry = git_index_get_bypath(source->index, path, 0);
    if (entry && is_announced(entry))
        return (node){0};
    if (entry)
        return (node){.mode = entry->mode, .id = entry->id};
    for (int stage = 1; stage <= 3; stage++)
        if (git_index_get_bypath(source->index, path, stage))
            return (node){.mode = GIT_FILEMODE_BLOB, .conflict = true};
    return (node){.mode = index_has_folder(source->index, path, arena) ? MODE_FOLDER : 0};
}

static node look_in_commit(git_tree_source *source, const char *path)
{
    git_tree_entry *entry = NULL;
    node found = {0};
    if (git_tree_entry_bypath(&entry, source->commit, path) == 0) {
        found.mode = (unsigned)git_tree_entry_filemode_raw(entry);
        found.id = *git_tree_entry_id(entry);
        git_tree_entry_free(entry);
    }
    return found;
}

static node look(git_tree_source *source, const char *path, tdm_arena *arena)
{
    if (path[0] == '\0')
        return (node){.mode = MODE_FOLDER};
    return source->index ? look_in_index(source, path, arena) : look_in_commit(source, path);
}

// --- Links --------------------------------------------------------------------------------------

static char *link_target(git_tree_source *source, const git_oid *id, const char *link,
                         tdm_arena *arena)
{
    git_blob *blob = NULL;
    char *target = NULL;
    if (git_blob_lookup(&blob, source->repository->git, id) != 0)
        return NULL;
    tdm_text text = {git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob)};
    char *written = text.size && text.data[0] != '/' ? tdm_arena_string(arena, text) : NULL;
    char *folder = tdm_arena_string(arena, tdm_path_folder(tdm_text_of(link)));
    if (written && folder)
        target = tdm_path_join(arena, folder, written);
    git_blob_free(blob);
    return target;
}

// Replaces the first symbolic link among the leading parts of `path` by what it points to. NULL
// when the link leads out of the tree; `path` itself when there is none.
static const char *follow_one(git_tree_source *source, const char *path, tdm_arena *arena)
{
    size_t size = strlen(path);
    for (size_t end = 1; end <= size; end++) {
        if (end < size && path[end] != '/')
            continue;
        char *part = tdm_arena_string(arena, (tdm_text){path, end});
        if (!part)
            return NULL;
        node found = look(source, part, arena);
        if (kind_bits(found.mode) != MODE_LINK)
            continue;
        char *target = link_target(source, &found.id, part, arena);
        return target ? tdm_path_join(arena, target, path + end) : NULL;
    }
    return path;
}

// What `path` means once links are followed; the node's mode is 0 when nothing is there.
static node resolve(git_tree_source *source, const char **path, tdm_arena *arena)
{
    for (int links = 0; links <= MOST_LINKS; links++) {
        node found = look(source, *path, arena);
        if (found.mode && kind_bits(found.mode) != MODE_LINK)
            return found;
        const char *next = follow_one(source, *path, arena);
        if (!next || next == *path)
            break;
        *path = next;
    }
    return (node){0};
}

static tdm_entry_kind kind_of(const node *found)
{
    unsigned kind = kind_bits(found->mode);
    if (kind == MODE_FOLDER)
        return TDM_ENTRY_FOLDER;
    return kind == MODE_LINK || kind == MODE_MODULE || kind == 0 ? TDM_ENTRY_OTHER : TDM_ENTRY_FILE;
}

// --- The methods --------------------------------------------------------------------------------

typedef TDM_VECTOR(tdm_entry) entry_vector;

static bool add(tdm_arena *arena, entry_vector *list, tdm_text name, unsigned mode)
{
    node found = {.mode = mode};
    tdm_entry entry = {.name = tdm_arena_text(arena, name), .kind = kind_of(&found)};
    return tdm_vector_push(arena, list, entry) && entry.name.data;
}

// Entries below one folder stand side by side in the index; those of one sub-folder too.
static bool list_index(git_tree_source *source, const char *folder, tdm_arena *arena,
                       entry_vector *list)
{
    tdm_text prefix = folder[0] ? tdm_arena_printf(arena, "%s/", folder) : TDM_TEXT("");
    size_t at = 0;
    if (prefix.size && git_index_find_prefix(&at, source->index, prefix.data) != 0)
        return true;
    for (; at < git_index_entrycount(source->index); at++) {
        const git_index_entry *entry = git_index_get_byindex(source->index, at);
        tdm_text path = tdm_text_of(entry->path);
        if (!tdm_text_starts(path, prefix))
            break;
        tdm_text rest = tdm_text_from(path, prefix.size);
        size_t slash = tdm_text_find_char(rest, '/');
        tdm_text name = tdm_text_slice(rest, 0, slash);
        bool listed = list->count && tdm_text_equal(tdm_vector_last(list).name, name);
        if (listed || is_announced(entry))
            continue;
        if (!add(arena, list, name, slash == SIZE_MAX ? entry->mode : MODE_FOLDER))
            return false;
    }
    return true;
}

static bool list_commit(git_tree_source *source, const node *folder, const char *path,
                        tdm_arena *arena, entry_vector *list)
{
    git_tree *tree = NULL;
    bool ok = true;
    if (path[0] == '\0' ? git_tree_dup(&tree, source->commit) != 0
                        : git_tree_lookup(&tree, source->repository->git, &folder->id) != 0)
        return false;
    for (size_t i = 0; ok && i < git_tree_entrycount(tree); i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
        ok = add(arena, list, tdm_text_of(git_tree_entry_name(entry)),
                 (unsigned)git_tree_entry_filemode_raw(entry));
    }
    git_tree_free(tree);
    return ok;
}

static int by_name(const void *a, const void *b)
{
    return tdm_text_compare(((const tdm_entry *)a)->name, ((const tdm_entry *)b)->name);
}

// A link counts as what it leads to.
static void settle_links(git_tree_source *source, const char *folder, tdm_arena *arena,
                         entry_vector *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != TDM_ENTRY_OTHER)
            continue;
        const char *path = tdm_path_join(arena, folder, list->items[i].name.data);
        if (!path)
            continue;
        node found = resolve(source, &path, arena);
        list->items[i].kind = kind_of(&found);
    }
}

static tdm_status source_list(tdm_tree *tree, const char *folder, tdm_arena *arena,
                              tdm_entries *ret, tdm_error *err)
{
    git_tree_source *source = (git_tree_source *)tree;
    entry_vector list = {0};
    const char *path = folder;
    node found = resolve(source, &path, arena);
    if (kind_bits(found.mode) != MODE_FOLDER)
        return tdm_fail(err, TDM_ERROR_FILE, (tdm_place){.file = folder},
                        "cannot read folder '%s': it is not in %s", folder,
                        source->index ? "the index" : "the commit");
    bool ok = source->index ? list_index(source, path, arena, &list)
                            : list_commit(source, &found, path, arena, &list);
    if (!ok || !tdm_arena_ok(arena))
        return tdm_arena_ok(arena) ? tdm_git_fail(err, "cannot read folder '%s'", folder)
                                   : tdm_fail_memory(err);
    settle_links(source, path, arena, &list);
    if (list.count)
        qsort(list.items, list.count, sizeof *list.items, by_name);
    *ret = (tdm_entries){list.items, list.count};
    return TDM_OK;
}

static tdm_status source_read(tdm_tree *tree, const char *path, tdm_arena *arena, tdm_text *ret,
                              tdm_error *err)
{
    git_tree_source *source = (git_tree_source *)tree;
    git_blob *blob = NULL;
    tdm_place place = {.file = path};
    const char *real = path;
    node found = resolve(source, &real, arena);
    if (found.conflict) {
        tdm_fail(err, TDM_ERROR_FILE, place, "'%s' has a merge conflict in the index", path);
        return tdm_hint(err, "Resolve it and `git add` it.");
    }
    if (kind_of(&found) != TDM_ENTRY_FILE)
        return tdm_fail(err, TDM_ERROR_FILE, place, "cannot read '%s': it is not a file in %s",
                        path, source->index ? "the index" : "the commit");
    if (git_blob_lookup(&blob, source->repository->git, &found.id) != 0)
        return tdm_git_fail(err, "cannot read '%s'", path);
    tdm_status status = TDM_OK;
    uint64_t size = (uint64_t)git_blob_rawsize(blob);
    if (size > TDM_LIMIT_FILE)
        status = tdm_fail(err, TDM_ERROR_LIMIT, place, "'%s' has %llu bytes, more than the %d read",
                          path, (unsigned long long)size, TDM_LIMIT_FILE);
    else
        *ret = tdm_arena_text(arena, (tdm_text){git_blob_rawcontent(blob), (size_t)size});
    git_blob_free(blob);
    if (status == TDM_OK && !tdm_arena_ok(arena))
        status = tdm_fail_memory(err);
    return status;
}

static bool source_exists(tdm_tree *tree, const char *path, tdm_entry_kind *ret)
{
    git_tree_source *source = (git_tree_source *)tree;
    tdm_arena *arena = tdm_arena_new(0);
    if (!arena)
        return false;
    node found = resolve(source, &path, arena);
    tdm_arena_free(arena);
    *ret = kind_of(&found);
    return found.mode != 0;
}

static void source_free(tdm_tree *tree)
{
    git_tree_source *source = (git_tree_source *)tree;
    git_index_free(source->index);
    git_tree_free(source->commit);
    free(source);
}

static const tdm_tree_methods source_methods = {
    .list = source_list,
    .read = source_read,
    .exists = source_exists,
    .free = source_free,
};

static git_tree_source *source_new(tdm_repository *repository)
{
    git_tree_source *source = calloc(1, sizeof *source);
    if (source) {
        source->tree.methods = &source_methods;
        source->tree.root = repository->root;
        source->repository = repository;
    }
    return source;
}

tdm_status tdm_git_open_index(tdm_repository *repository, tdm_tree **ret, tdm_error *err)
{
    git_tree_source *source = source_new(repository);
    if (!source)
        return tdm_fail_memory(err);
    int code = repository->index ? git_index_open(&source->index, repository->index)
                                 : git_repository_index(&source->index, repository->git);
    if (code != 0) {
        tdm_git_fail(err, "cannot read the index of '%s'", repository->root);
        source_free(&source->tree);
        return TDM_FAILED;
    }
    *ret = &source->tree;
    return TDM_OK;
}

tdm_status tdm_git_open_commit(tdm_repository *repository, const char *revision, tdm_tree **ret,
                               tdm_error *err)
{
    git_object *named = NULL;
    git_tree_source *source = source_new(repository);
    if (!source)
        return tdm_fail_memory(err);
    if (git_revparse_single(&named, repository->git, revision) != 0 ||
        git_object_peel((git_object **)&source->commit, named, GIT_OBJECT_TREE) != 0) {
        tdm_git_fail(err, "cannot read the commit '%s'", revision);
        git_object_free(named);
        source_free(&source->tree);
        return TDM_FAILED;
    }
    git_object_free(named);
    *ret = &source->tree;
    return TDM_OK;
}
