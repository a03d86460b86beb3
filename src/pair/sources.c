#include "pair/sources.h"

#include "base/text.h"
#include "base/vector.h"
#include "sql/lexer.h"

static const tdm_text mark = {"Source:", sizeof "Source:" - 1};

// Most files have no such word; only the others are read token by token.
static bool has_mark(tdm_text source)
{
    tdm_text rest = source;
    for (size_t at; (at = tdm_text_find_char(rest, ':')) != SIZE_MAX;
         rest = tdm_text_from(rest, at + 1))
        if (at + 1 >= mark.size &&
            tdm_text_equal_nocase(tdm_text_slice(rest, at + 1 - mark.size, at + 1), mark))
            return true;
    return false;
}

typedef struct collector {
    tdm_arena *arena;
    const char *path;
    uint32_t line; // of the next byte to be looked at
    TDM_VECTOR(tdm_comment_line) lines;
} collector;

static tdm_text without_comment_marks(tdm_text line)
{
    line = tdm_text_trim(line);
    size_t start = 0;
    while (start < line.size &&
           (line.data[start] == '-' || line.data[start] == '/' || line.data[start] == '*'))
        start++;
    return tdm_text_trim(tdm_text_from(line, start));
}

// The space and comments between two tokens.
static bool collect(collector *in, tdm_text gap)
{
    while (gap.size) {
        size_t end = tdm_text_find_char(gap, '\n');
        tdm_text line = tdm_text_slice(gap, 0, end == SIZE_MAX ? gap.size : end);
        tdm_text words = without_comment_marks(line);
        tdm_comment_line item = {words, {in->path, in->line, 1, 0, 0}};
        if (tdm_text_equal_nocase(tdm_text_slice(words, 0, mark.size), mark) &&
            !tdm_vector_push(in->arena, &in->lines, item))
            return false;
        if (end == SIZE_MAX)
            break;
        in->line++;
        gap = tdm_text_from(gap, end + 1);
    }
    return true;
}

static uint32_t count_lines(tdm_text text)
{
    uint32_t count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += text.data[i] == '\n';
    return count;
}

bool tdm_source_comments(tdm_arena *arena, const char *path, tdm_text source, tdm_comment *ret)
{
    collector in = {.arena = arena, .path = path, .line = 1};
    *ret = (tdm_comment){NULL, 0};
    if (!has_mark(source))
        return true;
    tdm_sql_lexer lexer = {.source = source};
    tdm_sql_token token;
    size_t end = 0;
    do {
        token = tdm_sql_next(&lexer);
        size_t start = token.kind == TDM_SQL_TOKEN_END ? source.size : token.start;
        if (!collect(&in, tdm_text_slice(source, end, start)))
            return false;
        end = token.kind == TDM_SQL_TOKEN_END ? source.size : token.end;
        in.line += count_lines(tdm_text_slice(source, start, end));
    } while (token.kind != TDM_SQL_TOKEN_END);
    *ret = (tdm_comment){in.lines.items, in.lines.count};
    return true;
}
