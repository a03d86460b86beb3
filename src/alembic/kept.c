#include "alembic/kept.h"

#include "base/limits.h"
#include "base/text.h"
#include "cache/pack.h"

#include <string.h>

// Whoever gives one of these a field decides whether it is packed, and mends the size.
_Static_assert(sizeof(void *) != 8 || sizeof(tdm_emission) == 136, "a field that is not kept");
_Static_assert(sizeof(void *) != 8 || sizeof(tdm_script) == 176, "a field that is not kept");
_Static_assert(sizeof(void *) != 8 || sizeof(tdm_revision) == 456, "a field that is not kept");
_Static_assert(sizeof(void *) != 8 || sizeof(tdm_render_options) == 96, "an option without a key");

static tdm_buffer new_buffer(void)
{
    return TDM_BUFFER_INIT(TDM_LIMIT_CACHE);
}

// Texts are followed by a NUL wherever they come from, and the cache has none between them.
static tdm_text read_text(tdm_unpack *in, tdm_arena *arena)
{
    tdm_text text = tdm_unpack_text(in);
    return text.size ? tdm_arena_text(arena, text) : (tdm_text){"", 0};
}

static bool read_flag(tdm_unpack *in)
{
    return tdm_unpack_number(in) != 0;
}

// --- Headers ------------------------------------------------------------------------------------

bool tdm_kept_file_key(tdm_hasher *hasher, const tdm_cache *cache, const tdm_py_file *file,
                       tdm_digest *ret)
{
    tdm_text texts[] = {tdm_text_of(file->path), file->text};
    return tdm_cache_key(hasher, cache, "revision", texts, 2, ret);
}

static void put_texts(tdm_buffer *out, const tdm_texts *texts)
{
    tdm_pack_number(out, texts->count);
    for (size_t i = 0; i < texts->count; i++)
        tdm_pack_text(out, texts->items[i]);
}

tdm_text tdm_kept_header(tdm_arena *arena, const tdm_revision *revision)
{
    tdm_buffer out = new_buffer();
    tdm_pack_text(&out, revision->id);
    put_texts(&out, &revision->down);
    put_texts(&out, &revision->depends_on);
    put_texts(&out, &revision->labels);
    tdm_pack_text(&out, revision->doc);
    tdm_pack_text(&out, revision->message);
    tdm_pack_text(&out, revision->create_date);
    tdm_pack_text(&out, revision->unknown);
    tdm_pack_place(&out, revision->id_place);
    tdm_pack_place(&out, revision->down_place);
    tdm_pack_place(&out, revision->depends_place);
    tdm_pack_place(&out, revision->labels_place);
    tdm_pack_place(&out, revision->doc_place);
    tdm_pack_place(&out, revision->unknown_place);
    tdm_pack_number(&out, revision->has_upgrade);
    tdm_pack_number(&out, revision->has_downgrade);
    return tdm_buffer_take(&out, arena);
}

static tdm_texts read_texts(tdm_unpack *in, tdm_arena *arena)
{
    size_t count = tdm_unpack_count(in);
    tdm_text *items = tdm_arena_array(arena, count, sizeof *items);
    for (size_t i = 0; items && i < count; i++)
        items[i] = read_text(in, arena);
    return (tdm_texts){items, items ? count : 0};
}

bool tdm_kept_header_read(tdm_arena *arena, const tdm_py_file *file, tdm_text kept,
                          tdm_revision *ret)
{
    tdm_unpack in = {.rest = kept};
    tdm_revision revision = {.path = file->path, .source = file->text};
    revision.id = read_text(&in, arena);
    revision.down = read_texts(&in, arena);
    revision.depends_on = read_texts(&in, arena);
    revision.labels = read_texts(&in, arena);
    revision.doc = read_text(&in, arena);
    revision.message = read_text(&in, arena);
    revision.create_date = read_text(&in, arena);
    revision.unknown = read_text(&in, arena);
    revision.id_place = tdm_unpack_place(&in, file->path);
    revision.down_place = tdm_unpack_place(&in, file->path);
    revision.depends_place = tdm_unpack_place(&in, file->path);
    revision.labels_place = tdm_unpack_place(&in, file->path);
    revision.doc_place = tdm_unpack_place(&in, file->path);
    revision.unknown_place = tdm_unpack_place(&in, file->path);
    revision.has_upgrade = read_flag(&in);
    revision.has_downgrade = read_flag(&in);
    *ret = revision;
    return tdm_unpack_done(&in) && tdm_arena_ok(arena);
}

// --- Scripts ------------------------------------------------------------------------------------

tdm_text tdm_kept_options(tdm_arena *arena, const tdm_render_options *options, bool named)
{
    tdm_buffer out = new_buffer();
    tdm_pack_number(&out, options->pyformat);
    tdm_pack_number(&out, options->no_literal_binds);
    tdm_pack_number(&out, options->strict_offline);
    tdm_pack_number(&out, options->online);
    tdm_pack_number(&out, options->assumption_count);
    for (size_t i = 0; i < options->assumption_count; i++) {
        tdm_pack_text(&out, options->assumptions[i].name);
        tdm_pack_text(&out, options->assumptions[i].literal);
        tdm_pack_number(&out, options->assumptions[i].is_string);
    }
    tdm_pack_number(&out, named);
    tdm_pack_text(&out, named ? options->naming_unknown : (tdm_text){NULL, 0});
    tdm_pack_number(&out, named ? options->naming_count : 0);
    for (size_t i = 0; named && i < options->naming_count; i++) {
        tdm_pack_text(&out, options->naming[i].key);
        tdm_pack_text(&out, options->naming[i].format);
    }
    return tdm_buffer_take(&out, arena);
}

bool tdm_kept_script_key(tdm_hasher *hasher, const tdm_cache *cache, const tdm_script_origin *from,
                         tdm_digest *ret)
{
    static const char *const kinds[] = {[TDM_UPGRADE] = "upgrade", [TDM_DOWNGRADE] = "downgrade"};
    tdm_text texts[] = {{(const char *)from->file.bytes, sizeof from->file.bytes}, from->options};
    return from->options.size &&
           tdm_cache_key(hasher, cache, kinds[from->direction], texts, 2, ret);
}

static bool is_of(tdm_place place, const char *path)
{
    return !place.file || strcmp(place.file, path) == 0;
}

// Flags for themselves, then what `alone` implies; what the schema decides has a guard.
static bool may_be_kept(const tdm_script *script, const char *path)
{
    if (!script->alone || script->assumed_count || script->imported_count || script->asked_count ||
        !is_of(script->raised_at, path))
        return false;
    for (size_t i = 0; i < script->count; i++)
        if (script->emissions[i].guard || !is_of(script->emissions[i].place, path))
            return false;
    return true;
}

static void put_types(tdm_buffer *out, const tdm_script *script)
{
    tdm_pack_number(out, script->type_count);
    for (size_t i = 0; i < script->type_count; i++) {
        tdm_pack_text(out, script->types[i].name);
        tdm_pack_number(out, script->types[i].there);
    }
}

static void put_emission(tdm_buffer *out, const tdm_emission *emission)
{
    bool same = tdm_text_equal(emission->online, emission->offline);
    tdm_pack_number(out, emission->kind);
    tdm_pack_text(out, emission->offline);
    tdm_pack_number(out, same);
    if (!same)
        tdm_pack_text(out, emission->online);
    tdm_pack_text(out, emission->offline_fails);
    tdm_pack_text(out, emission->online_fails);
    tdm_pack_number(out, emission->online_unknown);
    tdm_pack_place(out, emission->place);
    tdm_pack_text(out, emission->reason);
    tdm_pack_number(out, emission->question);
    tdm_pack_number(out, emission->outside);
}

tdm_text tdm_kept_script(tdm_arena *arena, const char *path, const tdm_script *script)
{
    tdm_buffer out = new_buffer();
    if (!may_be_kept(script, path))
        return (tdm_text){NULL, 0};
    tdm_pack_number(&out, script->count);
    for (size_t i = 0; i < script->count; i++)
        put_emission(&out, &script->emissions[i]);
    tdm_pack_number(&out, script->raised);
    tdm_pack_text(&out, script->exception);
    tdm_pack_text(&out, script->message);
    tdm_pack_place(&out, script->raised_at);
    tdm_pack_number(&out, script->named);
    put_texts(&out, &(tdm_texts){script->absent, script->absent_count});
    put_types(&out, script);
    return tdm_buffer_take(&out, arena);
}

static tdm_emission read_emission(tdm_unpack *in, tdm_arena *arena, const char *path)
{
    tdm_emission emission = {.kind = (tdm_emission_kind)tdm_unpack_number(in)};
    emission.offline = read_text(in, arena);
    emission.online = read_flag(in) ? emission.offline : read_text(in, arena);
    emission.offline_fails = read_text(in, arena);
    emission.online_fails = read_text(in, arena);
    emission.online_unknown = read_flag(in);
    emission.place = tdm_unpack_place(in, path);
    emission.reason = read_text(in, arena);
    emission.question = read_flag(in);
    emission.outside = read_flag(in);
    return emission;
}

static void read_types(tdm_unpack *in, tdm_arena *arena, tdm_script *script)
{
    size_t count = tdm_unpack_count(in);
    tdm_type_asked *types = tdm_arena_array(arena, count, sizeof *types);
    for (size_t i = 0; types && i < count; i++) {
        types[i].name = read_text(in, arena);
        types[i].there = read_flag(in);
    }
    script->types = types;
    script->type_count = types ? count : 0;
}

bool tdm_kept_script_read(tdm_arena *arena, const char *path, tdm_text kept, tdm_script *ret)
{
    tdm_unpack in = {.rest = kept};
    tdm_script script = {.alone = true, .count = tdm_unpack_count(&in)};
    script.emissions = tdm_arena_array(arena, script.count, sizeof *script.emissions);
    for (size_t i = 0; script.emissions && i < script.count; i++)
        script.emissions[i] = read_emission(&in, arena, path);
    script.raised = read_flag(&in);
    script.exception = read_text(&in, arena);
    script.message = read_text(&in, arena);
    script.raised_at = tdm_unpack_place(&in, path);
    script.named = read_flag(&in);
    tdm_texts absent = read_texts(&in, arena);
    script.absent = absent.items;
    script.absent_count = absent.count;
    read_types(&in, arena, &script);
    *ret = script;
    return tdm_unpack_done(&in) && tdm_arena_ok(arena);
}
