#include "targets/list.h"

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"

#include <stdio.h>
#include <string.h>

enum {
    LIMIT_WORDS = 96,
};

typedef struct list_reader {
    tdm_arena *arena;
    const char *file;
    tdm_list list;
    tdm_error *err;
} list_reader;

tdm_status tdm_list_fail(tdm_error *err, tdm_error_code code, const char *file, uint32_t line,
                         const char *what)
{
    if (line == 0)
        return tdm_fail(err, code, TDM_NOWHERE, "%s: %s", file, what);
    return tdm_fail(err, code, TDM_NOWHERE, "%s:%u: %s", file, (unsigned)line, what);
}

static tdm_status fail(const list_reader *r, tdm_error_code code, uint32_t line, const char *what)
{
    return tdm_list_fail(r->err, code, r->file, line, what);
}

static tdm_status fail_limit(const list_reader *r, uint32_t line, const char *before, int most,
                             const char *after)
{
    char what[LIMIT_WORDS];
    snprintf(what, sizeof what, "%s %d %s", before, most, after);
    return fail(r, TDM_ERROR_LIMIT, line, what);
}

static bool is_text(tdm_text line)
{
    for (size_t i = 0; i < line.size; i++) {
        unsigned char c = (unsigned char)line.data[i];
        if (c == 0x7f || (c < 0x20 && c != '\t'))
            return false;
    }
    return tdm_utf8_error(line) == SIZE_MAX;
}

static size_t first_space(tdm_text text)
{
    size_t at = 0;
    while (at < text.size && text.data[at] != ' ' && text.data[at] != '\t')
        at++;
    return at;
}

// "acme postgresql://...": what could be the beginning of a URL or of keywords is no name.
static bool is_name(tdm_text word)
{
    return tdm_text_find_char(word, '=') == SIZE_MAX &&
           tdm_text_find(word, TDM_TEXT("://")) == SIZE_MAX;
}

// Cuts the line in its name and its target.
static tdm_listed cut(list_reader *r, tdm_text line, uint32_t number)
{
    tdm_listed listed = {.line = number};
    char *start = r->list.copy + (line.data - r->list.copy);
    size_t space = first_space(line);
    start[line.size] = '\0'; // the line's end, or the text's
    listed.target = start;
    if (space < line.size && is_name(tdm_text_slice(line, 0, space))) {
        start[space] = '\0';
        listed.name = start;
        listed.target = start + space + 1;
        listed.target += strspn(listed.target, " \t");
    }
    return listed;
}

// What stands behind a URL would be taken for a part of it.
static bool is_followed(const char *target)
{
    tdm_text text = tdm_text_of(target);
    size_t space = first_space(text);
    return space < text.size &&
           tdm_text_find(tdm_text_slice(text, 0, space), TDM_TEXT("://")) != SIZE_MAX;
}

static tdm_status add(list_reader *r, tdm_text line, uint32_t number)
{
    tdm_listed listed = cut(r, line, number);
    if (is_followed(listed.target)) {
        fail(r, TDM_ERROR_CONFIG, number, "something stands behind the URL");
        return tdm_hint(r->err, "A line is a URL, or a name and a URL. A space in a URL is %%20.");
    }
    return tdm_vector_push(r->arena, &r->list, listed) ? TDM_OK : tdm_fail_memory(r->err);
}

static tdm_status take_line(list_reader *r, tdm_text line, uint32_t number)
{
    line = tdm_text_trim(line);
    if (line.size == 0 || line.data[0] == '#')
        return TDM_OK;
    if (line.size > TDM_TARGETS_LINE_MOST)
        return fail_limit(r, number, "the line has more than", TDM_TARGETS_LINE_MOST, "bytes");
    if (!is_text(line))
        return fail(r, TDM_ERROR_CONFIG, number, "the line is no text");
    if (r->list.count == TDM_TARGETS_MOST)
        return fail_limit(r, number, "the list has more than", TDM_TARGETS_MOST, "targets");
    return add(r, line, number);
}

static tdm_status take_lines(list_reader *r)
{
    tdm_text rest = {r->list.copy, r->list.size};
    tdm_text line;
    uint32_t number = 0;
    if (tdm_text_starts(rest, TDM_TEXT("\xef\xbb\xbf"))) // a mark of some editors
        rest = tdm_text_from(rest, 3);
    while (tdm_text_next_line(&rest, &line))
        if (take_line(r, line, ++number) != TDM_OK)
            return TDM_FAILED;
    if (r->list.count == 0)
        return fail(r, TDM_ERROR_CONFIG, 0, "the list names no target");
    return TDM_OK;
}

tdm_status tdm_list_read(tdm_arena *arena, tdm_text text, const char *file, tdm_list *ret,
                         tdm_error *err)
{
    list_reader r = {.arena = arena, .file = file, .err = err};
    r.list.copy = tdm_arena_string(arena, text);
    r.list.size = text.size;
    *ret = r.list;
    if (!r.list.copy)
        return tdm_fail_memory(err);
    tdm_status status = take_lines(&r);
    *ret = r.list;
    if (status != TDM_OK)
        tdm_list_wipe(ret);
    return status;
}

void tdm_list_wipe(tdm_list *list)
{
    if (list->copy)
        explicit_bzero(list->copy, list->size);
}
