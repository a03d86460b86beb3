#include "pair/words.h"

#include "base/text.h"
#include "base/tree.h"
#include "base/vector.h"

// Length of a dash at `at`, or 0. U+2010 to U+2015 are E2 80 90 to E2 80 95 in UTF-8.
static size_t dash_size(tdm_text text, size_t at)
{
    const unsigned char *data = (const unsigned char *)text.data + at;
    size_t left = text.size - at;
    if (data[0] == '-')
        return 1;
    if (left >= 3 && data[0] == 0xE2 && data[1] == 0x80 && data[2] >= 0x90 && data[2] <= 0x95)
        return 3;
    return left >= 2 && data[0] == '.' && data[1] == '.' ? 2 : 0;
}

static bool is_name_char(char c)
{
    return tdm_is_alnum(c) || c == '_' || c == '.' || c == '/' || (unsigned char)c >= 0x80;
}

static tdm_text read_name(tdm_text line, size_t *at)
{
    size_t start = *at;
    while (*at < line.size && is_name_char(line.data[*at]) && dash_size(line, *at) == 0)
        (*at)++;
    size_t end = *at;
    while (end > start && line.data[end - 1] == '.')
        end--;
    return tdm_path_base(tdm_text_slice(line, start, end));
}

static tdm_word read_word(tdm_text line, size_t *at)
{
    size_t dash = dash_size(line, *at);
    if (dash == 1 && *at + 1 < line.size && line.data[*at + 1] == '>') {
        *at += 2;
        return (tdm_word){.kind = TDM_WORD_ARROW};
    }
    if (dash) {
        *at += dash;
        return (tdm_word){.kind = TDM_WORD_DASH};
    }
    if (is_name_char(line.data[*at]))
        return (tdm_word){.kind = TDM_WORD_NAME, .text = read_name(line, at)};
    char c = line.data[(*at)++];
    if (c == ',' || c == '&' || c == '+')
        return (tdm_word){.kind = TDM_WORD_SEPARATOR};
    return (tdm_word){.kind = c == ':' ? TDM_WORD_COLON : TDM_WORD_LINE};
}

bool tdm_words_read(tdm_arena *arena, tdm_comment comment, tdm_words *ret)
{
    *ret = (tdm_words){0};
    for (size_t i = 0; i < comment.count; i++) {
        tdm_text line = comment.lines[i].text;
        for (size_t at = 0; at < line.size;) {
            tdm_word word = read_word(line, &at);
            word.line = i;
            bool punctuation = word.kind == TDM_WORD_LINE;
            bool empty = word.kind == TDM_WORD_NAME && word.text.size == 0;
            if (!punctuation && !empty && !tdm_vector_push(arena, ret, word))
                return false;
        }
        if (!tdm_vector_push(arena, ret, ((tdm_word){.kind = TDM_WORD_LINE, .line = i})))
            return false;
    }
    return true;
}

bool tdm_comment_read(tdm_arena *arena, tdm_text text, tdm_place place, tdm_comment *ret)
{
    TDM_VECTOR(tdm_comment_line) lines = {0};
    tdm_text line;
    for (uint32_t number = 0; tdm_text_next_line(&text, &line); number++) {
        tdm_comment_line item = {tdm_text_trim(line), place};
        if (item.place.line)
            item.place.line += number;
        if (number) {
            item.place.column = 1;
            item.place.end_line = item.place.end_column = 0;
        }
        if (!tdm_vector_push(arena, &lines, item))
            return false;
    }
    *ret = (tdm_comment){lines.items, lines.count};
    return true;
}
