#include "alembic/ask.h"

#include "base/error.h"
#include "base/text.h"

// The next place at or after `from` where a whole line begins with `needle`.
static size_t find_line(tdm_text text, size_t from, tdm_text needle)
{
    while (from < text.size) {
        size_t found = tdm_text_find(tdm_text_from(text, from), needle);
        if (found == SIZE_MAX)
            return SIZE_MAX;
        from += found;
        if (from == 0 || text.data[from - 1] == '\n')
            return from;
        from++;
    }
    return SIZE_MAX;
}

static bool ends_line(tdm_text text, size_t at)
{
    return at == text.size || text.data[at] == '\n';
}

// The one line that is `comment` and nothing else, or SIZE_MAX.
static size_t find_comment(tdm_text answer, tdm_text comment)
{
    size_t only = SIZE_MAX;
    size_t at = 0;
    while ((at = find_line(answer, at, comment)) != SIZE_MAX) {
        size_t end = at + comment.size;
        if (ends_line(answer, end) && only != SIZE_MAX)
            return SIZE_MAX;
        if (ends_line(answer, end))
            only = at;
        at = end;
    }
    return only;
}

// The last statement that is this row's: a revision may have written such a line before.
static size_t find_row(tdm_text text, tdm_text row)
{
    size_t returning = tdm_text_find(row, TDM_TEXT(" RETURNING "));
    size_t last = SIZE_MAX;
    size_t at = 0;
    row = tdm_text_slice(row, 0, returning);
    while ((at = find_line(text, at, row)) != SIZE_MAX) {
        tdm_text rest = tdm_text_from(text, at + row.size);
        if (tdm_text_starts(rest, TDM_TEXT(";")) || tdm_text_starts(rest, TDM_TEXT(" RETURNING ")))
            last = at;
        at += row.size;
    }
    return last;
}

static tdm_status fail_unlike(tdm_text missing, tdm_place place, tdm_error *err)
{
    return tdm_fail(err, TDM_ERROR_OPAQUE, place,
                    "what Alembic prints does not hold '%.*s' once, so the text of this revision "
                    "cannot be found in it",
                    TDM_TEXT_ARG(missing));
}

tdm_status tdm_asked_text(tdm_text answer, const tdm_asked_bounds *bounds, tdm_place place,
                          tdm_text *ret, tdm_error *err)
{
    size_t from = find_comment(answer, bounds->comment);
    size_t to = answer.size;
    if (tdm_utf8_error(answer) != SIZE_MAX)
        return tdm_fail(err, TDM_ERROR_OPAQUE, place, "what Alembic prints is not UTF-8");
    if (from == SIZE_MAX)
        return fail_unlike(bounds->comment, place, err);
    from += bounds->comment.size;
    if (bounds->next.size) {
        to = find_comment(answer, bounds->next);
        if (to == SIZE_MAX || to < from)
            return fail_unlike(bounds->next, place, err);
    }
    tdm_text text = tdm_text_slice(answer, from, to);
    size_t row = bounds->row.size ? find_row(text, bounds->row) : SIZE_MAX;
    if (row == SIZE_MAX)
        return fail_unlike(bounds->row, place, err);
    text = tdm_text_slice(text, 0, row);
    while (text.size && text.data[0] == '\n')
        text = tdm_text_from(text, 1);
    while (text.size && text.data[text.size - 1] == '\n')
        text.size--;
    *ret = text;
    return TDM_OK;
}
