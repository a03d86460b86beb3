// Edits inside of files that people wrote: only the words that have to change.
#include "write/rebase.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"

#include <string.h>

typedef struct edit {
    size_t start;
    size_t end;
    tdm_text text;
} edit;

typedef struct editor {
    tdm_arena *arena;
    tdm_text source;
    TDM_VECTOR(edit) edits; // in the order of the text
} editor;

static bool put_edit(editor *in, size_t start, size_t end, tdm_text text)
{
    edit new = {start, end, text};
    size_t at = in->edits.count;
    if (!tdm_vector_push(in->arena, &in->edits, new))
        return false;
    for (; at > 0 && in->edits.items[at - 1].start > start; at--)
        in->edits.items[at] = in->edits.items[at - 1];
    in->edits.items[at] = new;
    return true;
}

static tdm_status apply(editor *in, tdm_text *ret, tdm_error *err)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    size_t at = 0;
    for (size_t i = 0; i < in->edits.count; i++) {
        const edit *next = &in->edits.items[i];
        tdm_buffer_put(&out, tdm_text_slice(in->source, at, next->start));
        tdm_buffer_put(&out, next->text);
        at = next->end;
    }
    tdm_buffer_put(&out, tdm_text_from(in->source, at));
    tdm_status status = tdm_buffer_check(&out, err);
    *ret = tdm_buffer_take(&out, in->arena);
    tdm_buffer_free(&out);
    return status == TDM_OK && !tdm_arena_ok(in->arena) ? tdm_fail_memory(err) : status;
}

// --- The parent ---------------------------------------------------------------------------------

// The byte at a line and column; columns count code points.
static size_t offset_of(tdm_text source, uint32_t line, uint32_t column)
{
    size_t at = 0;
    for (uint32_t i = 1; i < line; i++) {
        size_t end = tdm_text_find_char(tdm_text_from(source, at), '\n');
        if (end == SIZE_MAX)
            return source.size;
        at += end + 1;
    }
    for (uint32_t i = 1; i < column && at < source.size; i++)
        (void)tdm_utf8_next(source, &at);
    return at;
}

static bool is_plain(tdm_text id)
{
    for (size_t i = 0; i < id.size; i++) {
        unsigned char c = (unsigned char)id.data[i];
        if (c < ' ' || c == '\'' || c == '"' || c == '\\' || c == 0x7F)
            return false;
    }
    return true;
}

// The text between the first two quotes: 'x', r"x", ("x",). Anything else is found out when the
// result is read.
static bool find_literal(tdm_text source, size_t start, size_t end, size_t *ret_start,
                         size_t *ret_end)
{
    size_t at = start;
    while (at < end && source.data[at] != '\'' && source.data[at] != '"')
        at++;
    *ret_start = at + 1;
    *ret_end = *ret_start;
    while (*ret_end < end && source.data[*ret_end] != source.data[at])
        (*ret_end)++;
    return *ret_end < end;
}

static tdm_status edit_parent(editor *in, const tdm_revision_edit *to, tdm_error *err)
{
    const tdm_revision *revision = to->revision;
    const tdm_place *place = &revision->down_place;
    tdm_text old = revision->down.items[0];
    size_t start = offset_of(in->source, place->line, place->column);
    size_t end = offset_of(in->source, place->end_line, place->end_column);
    bool found = find_literal(in->source, start, end, &start, &end) &&
                 tdm_text_equal(tdm_text_slice(in->source, start, end), old);
    if (!found || !is_plain(to->parent)) {
        tdm_fail(err, TDM_ERROR_OPAQUE, *place,
                 "the parent of revision %.*s is not written as one plain string",
                 TDM_TEXT_ARG(revision->id));
        return tdm_hint(err, "Write down_revision = \"%.*s\" there.", TDM_TEXT_ARG(to->parent));
    }
    return put_edit(in, start, end, to->parent) ? TDM_OK : tdm_fail_memory(err);
}

// --- The docstring ------------------------------------------------------------------------------

static bool is_word(char c)
{
    return tdm_is_alnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

// "Revises: <old>" of Alembic's template; a line that says something else stays.
static bool edit_revises(editor *in, size_t start, tdm_text line, const tdm_revision_edit *to)
{
    tdm_text old = to->revision->down.items[0];
    size_t at = tdm_text_find(line, old);
    size_t end = at + old.size;
    if (at == SIZE_MAX || tdm_text_equal(old, to->parent) || (at && is_word(line.data[at - 1])) ||
        (end < line.size && is_word(line.data[end])))
        return true;
    return put_edit(in, start + at, start + end, to->parent);
}

// "Supabase: <version>, <version>".
static bool edit_links(editor *in, size_t start, tdm_text line, const tdm_revision_edit *to)
{
    for (size_t at = 0; at < line.size;) {
        size_t end = at;
        while (end < line.size && is_word(line.data[end]))
            end++;
        const tdm_text *version = tdm_map_get(to->versions, tdm_text_slice(line, at, end));
        if (version && !put_edit(in, start + at, start + end, *version))
            return false;
        at = end > at ? end : at + 1;
    }
    return true;
}

static bool edit_docstring(editor *in, const tdm_revision_edit *to)
{
    const tdm_place *place = &to->revision->doc_place;
    size_t at = place->line ? offset_of(in->source, place->line, place->column) : in->source.size;
    size_t end = place->line ? offset_of(in->source, place->end_line, place->end_column) : at;
    while (at < end) {
        tdm_text rest = tdm_text_slice(in->source, at, end);
        tdm_text line = tdm_text_slice(rest, 0, tdm_text_find_char(rest, '\n'));
        tdm_text words = tdm_text_trim(line);
        bool ok = true;
        if (tdm_text_starts(words, TDM_TEXT("Revises:")))
            ok = edit_revises(in, at, line, to);
        else if (tdm_text_starts(words, TDM_TEXT("Supabase:")))
            ok = edit_links(in, at, line, to);
        if (!ok)
            return false;
        at += line.size + 1;
    }
    return true;
}

// --- Reading back -------------------------------------------------------------------------------

static bool same_texts(tdm_texts a, tdm_texts b)
{
    bool same = a.count == b.count;
    for (size_t i = 0; same && i < a.count; i++)
        same = tdm_text_equal(a.items[i], b.items[i]);
    return same;
}

static tdm_status read_back(tdm_arena *arena, const tdm_revision_edit *to, tdm_text text,
                            tdm_error *err)
{
    const tdm_revision *old = to->revision;
    tdm_revision now;
    if (tdm_header_read(arena, old->path, text, &now, err) != TDM_OK)
        return TDM_FAILED;
    if (now.down.count == 1 && tdm_text_equal(now.down.items[0], to->parent) &&
        tdm_text_equal(now.id, old->id) && same_texts(now.labels, old->labels) &&
        same_texts(now.depends_on, old->depends_on))
        return TDM_OK;
    tdm_fail(err, TDM_ERROR_OPAQUE, old->down_place,
             "the parent of revision %.*s is not written as one plain string",
             TDM_TEXT_ARG(old->id));
    return tdm_hint(err, "Write down_revision = \"%.*s\" there.", TDM_TEXT_ARG(to->parent));
}

tdm_status tdm_rebase_revision_text(tdm_arena *arena, const tdm_revision_edit *to, tdm_text *ret,
                                    tdm_error *err)
{
    editor in = {.arena = arena, .source = to->revision->source};
    bool moves = !tdm_text_equal(to->revision->down.items[0], to->parent);
    if (!edit_docstring(&in, to))
        return tdm_fail_memory(err);
    if (moves && edit_parent(&in, to, err) != TDM_OK)
        return TDM_FAILED;
    if (apply(&in, ret, err) != TDM_OK)
        return TDM_FAILED;
    return read_back(arena, to, *ret, err);
}

tdm_status tdm_rebase_migration_text(tdm_arena *arena, tdm_text text, const tdm_text *revisions,
                                     size_t count, tdm_text *ret, tdm_error *err)
{
    tdm_text mark = TDM_TEXT("\xEF\xBB\xBF");
    size_t start = tdm_text_starts(text, mark) ? mark.size : 0;
    size_t line = tdm_text_find_char(text, '\n');
    bool carriage = line != SIZE_MAX && line > 0 && text.data[line - 1] == '\r';
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer_put(&out, tdm_text_slice(text, 0, start));
    tdm_buffer_puts(&out, count > 1 ? "-- tandem: revisions " : "-- tandem: revision ");
    for (size_t i = 0; i < count; i++) {
        tdm_buffer_puts(&out, i ? ", " : "");
        tdm_buffer_put(&out, revisions[i]);
    }
    tdm_buffer_puts(&out, carriage ? "\r\n" : "\n");
    tdm_buffer_put(&out, tdm_text_from(text, start));
    tdm_status status = tdm_buffer_check(&out, err);
    *ret = tdm_buffer_take(&out, arena);
    tdm_buffer_free(&out);
    return status == TDM_OK && !tdm_arena_ok(arena) ? tdm_fail_memory(err) : status;
}
