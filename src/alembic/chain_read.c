// From files to a chain: every revision file gives a header or a problem.
#include "alembic/chain_build.h"
#include "alembic/kept.h"
#include "alembic/versions.h"

#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"

#include <string.h>

// What one file gave. Files are looked at on several threads, each at its own place.
typedef struct slot {
    tdm_text text;
    bool was_read;          // else `problem` says why not
    tdm_revision *revision; // NULL: `problem`
    tdm_problem problem;
    tdm_digest key; // in the cache
    bool has_key;
    tdm_text fresh; // what the cache is to keep, or empty
} slot;

// An error as a problem that lives as long as the chain.
static tdm_status set_unreadable(slot *s, const char *path, tdm_arena *arena,
                                 const tdm_error *cause, tdm_error *err)
{
    s->problem = (tdm_problem){.kind = TDM_PROBLEM_UNREADABLE,
                               .code = cause->code,
                               .fatal = true,
                               .place = cause->place,
                               .message = tdm_arena_text(arena, tdm_text_of(cause->message))};
    s->problem.place.file = path;
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

static bool note_unknown(tdm_chain_builder *in, tdm_revision *revision)
{
    return tdm_chain_problem(in, (tdm_problem){.kind = TDM_PROBLEM_UNREADABLE,
                                               .code = TDM_ERROR_OPAQUE,
                                               .fatal = true,
                                               .place = revision->unknown_place,
                                               .message = revision->unknown,
                                               .name = revision->id,
                                               .revision = revision});
}

static bool note_twice(tdm_chain_builder *in, const char *path)
{
    return tdm_chain_problem(
        in, (tdm_problem){.kind = TDM_PROBLEM_LOADED_TWICE,
                          .place = {.file = path},
                          .message = tdm_arena_printf(in->arena,
                                                      "File %s loaded twice! ignoring. Please "
                                                      "ensure version_locations is unique.",
                                                      path)});
}

static bool is_ours(const tdm_error *err)
{
    return err->code == TDM_ERROR_MEMORY || err->code == TDM_ERROR_BUG;
}

typedef struct files {
    tdm_tree *tree;
    tdm_cache *cache;
    const tdm_paths *paths;
    slot *slots;           // by path
    size_t *by_file;       // of those that could be read: index into `slots`
    tdm_py_file *to_parse; // the same, as the library wants them
    size_t count;
    tdm_arena *arenas[TDM_PARALLEL_MOST]; // of the workers that read
    tdm_hasher *hashers[TDM_PARALLEL_MOST];
} files;

// The header as it was read the last time.
static tdm_status find_kept(files *f, size_t worker, size_t index, tdm_error *err)
{
    slot *s = &f->slots[index];
    tdm_py_file file = {f->paths->items[index], s->text};
    tdm_text kept;
    if (!f->cache)
        return TDM_OK;
    s->has_key = tdm_kept_file_key(f->hashers[worker], f->cache, &file, &s->key);
    if (!s->has_key || !tdm_cache_find(f->cache, s->key, &kept))
        return TDM_OK;
    tdm_revision *revision = tdm_arena_new_of(f->arenas[worker], tdm_revision);
    if (!revision)
        return tdm_fail_memory(err);
    if (!tdm_kept_header_read(f->arenas[worker], &file, kept, revision))
        return tdm_arena_ok(f->arenas[worker]) ? TDM_OK : tdm_fail_memory(err);
    revision->key = s->key;
    revision->has_key = true;
    revision->kept = true;
    s->revision = revision;
    return TDM_OK;
}

static tdm_status read_one(void *context, size_t worker, size_t index, tdm_error *err)
{
    files *f = context;
    slot *s = &f->slots[index];
    const char *path = f->paths->items[index];
    tdm_error cause = TDM_ERROR_INIT;
    if (tdm_header_has_source(path, &cause) == TDM_OK &&
        tdm_tree_read(f->tree, path, f->arenas[worker], &s->text, &cause) == TDM_OK) {
        s->was_read = true;
        return find_kept(f, worker, index, err);
    }
    if (is_ours(&cause))
        return tdm_fail(err, cause.code, cause.place, "%s", cause.message);
    return set_unreadable(s, path, f->arenas[worker], &cause, err);
}

// Reads the bytes of all files, and lists those that can be parsed.
static tdm_status read_bytes(tdm_arena *arena, files *f, tdm_error *err)
{
    size_t count = f->paths->count;
    size_t workers = tdm_tree_is_concurrent(f->tree) ? tdm_parallel_workers(count) : 1;
    tdm_status status = TDM_OK;
    for (size_t i = 0; i < workers; i++) {
        f->arenas[i] = tdm_arena_new(0);
        f->hashers[i] = f->cache ? tdm_hasher_new() : NULL;
        if (!f->arenas[i] || (f->cache && !f->hashers[i]))
            status = tdm_fail_memory(err);
    }
    if (status == TDM_OK)
        status = tdm_parallel_run(workers, count, read_one, f, err);
    for (size_t i = 0; i < workers; i++) {
        tdm_arena_join(arena, f->arenas[i]);
        tdm_hasher_free(f->hashers[i]);
    }
    for (size_t i = 0; i < count && status == TDM_OK; i++) {
        if (!f->slots[i].was_read || f->slots[i].revision)
            continue;
        f->by_file[f->count] = i;
        f->to_parse[f->count++] = (tdm_py_file){f->paths->items[i], f->slots[i].text};
    }
    return status;
}

static tdm_status see_file(void *context, const tdm_py_seen *seen, tdm_error *err)
{
    const files *f = context;
    const tdm_py_file *file = &f->to_parse[seen->index];
    slot *s = &f->slots[f->by_file[seen->index]];
    tdm_error cause = TDM_ERROR_INIT;
    if (!seen->source)
        return set_unreadable(s, file->path, seen->arena, seen->cause, err);
    tdm_revision *revision = tdm_arena_new_of(seen->arena, tdm_revision);
    if (!revision)
        return tdm_fail_memory(err);
    if (tdm_header_of(seen->arena, file, seen->source, revision, &cause) == TDM_OK) {
        s->revision = revision;
        revision->key = s->key;
        revision->has_key = s->has_key;
        s->fresh = s->has_key ? tdm_kept_header(seen->arena, revision) : (tdm_text){NULL, 0};
        return TDM_OK;
    }
    if (is_ours(&cause))
        return tdm_fail(err, cause.code, cause.place, "%s", cause.message);
    return set_unreadable(s, file->path, seen->arena, &cause, err);
}

static bool put_slot(tdm_chain_builder *in, const slot *s)
{
    if (!s->revision)
        return tdm_chain_problem(in, s->problem);
    tdm_revision_list *list = &in->chain->revisions;
    list->items[list->count++] = s->revision;
    return !s->revision->unknown.size || note_unknown(in, s->revision);
}

static tdm_status read_files(tdm_chain_builder *in, const tdm_chain_source *source,
                             const tdm_paths *paths, tdm_error *err)
{
    tdm_arena *arena = in->arena;
    files f = {.tree = source->tree,
               .cache = source->cache,
               .paths = paths,
               .slots = tdm_arena_array(arena, paths->count, sizeof *f.slots),
               .by_file = tdm_arena_array(arena, paths->count, sizeof *f.by_file),
               .to_parse = tdm_arena_array(arena, paths->count, sizeof *f.to_parse)};
    in->chain->revisions.items = tdm_arena_array(arena, paths->count, sizeof(tdm_revision *));
    in->chain->library = tdm_py_library_new(arena);
    if (!in->chain->library || !tdm_arena_ok(arena))
        return tdm_fail_memory(err);
    if (read_bytes(arena, &f, err) != TDM_OK)
        return TDM_FAILED;
    tdm_py_reading reading = {
        .files = f.to_parse, .count = f.count, .see = see_file, .context = &f};
    if (tdm_py_library_read(in->chain->library, &reading, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < paths->count; i++) {
        if (!put_slot(in, &f.slots[i]))
            return tdm_fail_memory(err);
        if (f.slots[i].fresh.size)
            tdm_cache_put(f.cache, f.slots[i].key, f.slots[i].fresh);
    }
    return TDM_OK;
}

tdm_status tdm_chain_read(tdm_arena *arena, const tdm_chain_source *source, tdm_chain **ret,
                          tdm_error *err)
{
    tdm_chain_builder in;
    tdm_paths paths;
    tdm_paths twice;
    if (tdm_chain_builder_start(arena, &in, err) != TDM_OK ||
        tdm_versions_list(arena, source->tree, source->config, &paths, &twice, err) != TDM_OK ||
        read_files(&in, source, &paths, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < twice.count; i++)
        if (!note_twice(&in, twice.items[i]))
            return tdm_fail_memory(err);
    return tdm_chain_link_from(&in, ret, err);
}
