#include "python/library.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/parallel.h"
#include "base/text.h"
#include "python/interp.h"

#include <string.h>

// A tree, or why there is none.
typedef struct entry {
    tdm_text text;
    tdm_py_source *source;
    tdm_error_code code;
    tdm_place place;
    tdm_text message;
} entry;

struct tdm_py_library {
    tdm_arena *arena;
    tdm_map entries; // by path
    size_t kept;     // bytes of trees
    tdm_map absent;  // dotted names that no file has
    py_name_pool *pool;
    py_names names;
    tdm_py small[PY_SMALL_INT_COUNT];
};

tdm_py_library *tdm_py_library_new(tdm_arena *arena)
{
    tdm_py_library *library = tdm_arena_new_of(arena, tdm_py_library);
    if (!library)
        return NULL;
    library->arena = arena;
    tdm_map_init(&library->entries, arena);
    tdm_map_init(&library->absent, arena);
    library->pool = tdm_py_name_pool_new(arena);
    if (!library->pool || !tdm_py_names_init(&library->names, library->pool, arena))
        return NULL;
    for (int i = 0; i < PY_SMALL_INT_COUNT; i++)
        library->small[i] = tdm_py_int_constant(arena, i + PY_SMALL_INT_MIN);
    return tdm_arena_ok(arena) ? library : NULL;
}

const py_names *tdm_py_library_names(const tdm_py_library *library)
{
    return &library->names;
}

const tdm_py *tdm_py_library_small_ints(const tdm_py_library *library)
{
    return library->small;
}

// --- One file -----------------------------------------------------------------------------------

static const entry *find_entry(const tdm_py_library *library, const tdm_py_file *file)
{
    const entry *found = tdm_map_get(&library->entries, tdm_text_of(file->path));
    bool same = found && found->text.size == file->text.size &&
                (found->text.data == file->text.data || tdm_text_equal(found->text, file->text));
    return same ? found : NULL;
}

tdm_py_source *tdm_py_library_find(const tdm_py_library *library, const tdm_py_file *file)
{
    const entry *found = find_entry(library, file);
    return found ? found->source : NULL;
}

tdm_status tdm_py_library_parse(const tdm_py_library *library, tdm_arena *arena,
                                const tdm_py_file *file, tdm_py_source **ret, tdm_error *err)
{
    py_parser *parser = NULL;
    if (tdm_py_parser_new(&library->names, &parser, err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = tdm_py_parse_file(parser, arena, file, ret, err);
    tdm_py_parser_free(parser);
    return status;
}

static tdm_status keep(tdm_py_library *library, const tdm_py_file *file, entry **ret,
                       tdm_error *err)
{
    tdm_error cause = TDM_ERROR_INIT;
    entry *made = tdm_arena_new_of(library->arena, entry);
    tdm_py_file copy = {.path = tdm_arena_string(library->arena, tdm_text_of(file->path)),
                        .text = tdm_arena_text(library->arena, file->text)};
    if (!made || !tdm_arena_ok(library->arena))
        return tdm_fail_memory(err);
    made->text = copy.text;
    if (tdm_py_library_parse(library, library->arena, &copy, &made->source, &cause) != TDM_OK) {
        made->code = cause.code;
        made->place = cause.place;
        made->place.file = cause.place.file ? copy.path : NULL;
        made->message = tdm_arena_text(library->arena, tdm_text_of(cause.message));
    }
    if (cause.code == TDM_ERROR_MEMORY ||
        !tdm_map_put(&library->entries, tdm_text_of(copy.path), made) ||
        !tdm_arena_ok(library->arena))
        return tdm_fail_memory(err);
    *ret = made;
    return TDM_OK;
}

tdm_status tdm_py_library_get(tdm_py_library *library, tdm_arena *arena, const tdm_py_file *file,
                              tdm_py_source **ret, tdm_error *err)
{
    const entry *known = find_entry(library, file);
    if (!known) {
        entry *made = NULL;
        size_t before = tdm_arena_used(library->arena);
        if (library->kept >= TDM_LIMIT_PARSED)
            return tdm_py_library_parse(library, arena, file, ret, err);
        if (keep(library, file, &made, err) != TDM_OK)
            return TDM_FAILED;
        library->kept += tdm_arena_used(library->arena) - before;
        known = made;
    }
    if (!known->source)
        return tdm_fail(err, known->code, known->place, "%.*s", TDM_TEXT_ARG(known->message));
    *ret = known->source;
    return TDM_OK;
}

// --- No file ------------------------------------------------------------------------------------

bool tdm_py_library_is_absent(const tdm_py_library *library, tdm_text dotted)
{
    return tdm_map_has(&library->absent, dotted);
}

void tdm_py_library_note_absent(tdm_py_library *library, tdm_text dotted)
{
    tdm_text copy = tdm_arena_text(library->arena, dotted);
    if (copy.data)
        (void)tdm_map_put(&library->absent, copy, library); // without memory it is looked for again
}

// --- Many files ---------------------------------------------------------------------------------

typedef struct desk {
    py_parser *parser;
    tdm_arena *lasting;
    tdm_arena *trees;
    size_t budget; // bytes of trees that this worker may still keep
} desk;

typedef struct reading {
    const tdm_py_reading *asked;
    tdm_py_source **kept; // by file
    desk desks[TDM_PARALLEL_MOST];
} reading;

static tdm_status read_one(void *context, size_t worker, size_t index, tdm_error *err)
{
    reading *in = context;
    desk *d = &in->desks[worker];
    tdm_error cause = TDM_ERROR_INIT;
    tdm_py_seen seen = {.index = index, .arena = d->lasting};
    tdm_arena_mark mark = tdm_arena_save(d->trees);
    size_t before = tdm_arena_used(d->trees);
    if (tdm_py_parse_file(d->parser, d->trees, &in->asked->files[index], &seen.source, &cause) !=
        TDM_OK) {
        if (cause.code == TDM_ERROR_MEMORY || cause.code == TDM_ERROR_BUG)
            return tdm_fail(err, cause.code, TDM_NOWHERE, "%s", cause.message);
        seen.source = NULL;
        seen.cause = &cause;
    }
    tdm_status status = in->asked->see(in->asked->context, &seen, err);
    size_t size = tdm_arena_used(d->trees) - before;
    if (status == TDM_OK && seen.source && size <= d->budget) {
        in->kept[index] = seen.source;
        d->budget -= size;
    } else {
        tdm_arena_restore(d->trees, mark);
    }
    return status;
}

static tdm_status open_desk(tdm_py_library *library, desk *d, size_t budget, tdm_error *err)
{
    py_names names;
    d->budget = budget;
    d->lasting = tdm_arena_new(0);
    d->trees = tdm_arena_new(0);
    if (!d->lasting || !d->trees || !tdm_py_names_init(&names, library->pool, d->lasting))
        return tdm_fail_memory(err);
    return tdm_py_parser_new(&names, &d->parser, err);
}

static void close_desk(tdm_py_library *library, desk *d)
{
    tdm_py_parser_free(d->parser);
    library->kept += d->trees ? tdm_arena_used(d->trees) : 0;
    tdm_arena_join(library->arena, d->lasting);
    tdm_arena_join(library->arena, d->trees);
}

static tdm_status enter_kept(tdm_py_library *library, const reading *in, tdm_error *err)
{
    for (size_t i = 0; i < in->asked->count; i++) {
        if (!in->kept[i])
            continue;
        entry *made = tdm_arena_new_of(library->arena, entry);
        if (!made)
            return tdm_fail_memory(err);
        *made = (entry){.text = in->asked->files[i].text, .source = in->kept[i]};
        if (!tdm_map_put(&library->entries, tdm_text_of(in->asked->files[i].path), made))
            return tdm_fail_memory(err);
    }
    return tdm_arena_ok(library->arena) ? TDM_OK : tdm_fail_memory(err);
}

tdm_status tdm_py_library_read(tdm_py_library *library, const tdm_py_reading *asked, tdm_error *err)
{
    size_t workers = tdm_parallel_workers(asked->count);
    size_t budget = library->kept < TDM_LIMIT_PARSED ? TDM_LIMIT_PARSED - library->kept : 0;
    tdm_status status = TDM_OK;
    reading in = {.asked = asked,
                  .kept = tdm_arena_array(library->arena, asked->count, sizeof *in.kept)};
    if (!in.kept)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < workers && status == TDM_OK; i++)
        status = open_desk(library, &in.desks[i], budget / workers, err);
    if (status == TDM_OK)
        status = tdm_parallel_run(workers, asked->count, read_one, &in, err);
    for (size_t i = 0; i < workers; i++)
        close_desk(library, &in.desks[i]);
    return status == TDM_OK ? enter_kept(library, &in, err) : TDM_FAILED;
}
