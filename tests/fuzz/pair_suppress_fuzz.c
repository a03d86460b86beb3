// Fuzz target: comments that suppress findings are looked for in any text, as SQL and as Python.
// What is found lies in the text, in its order.
#include "pair/suppress_scan.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static void check(tdm_arena *arena, tdm_text source, tdm_comment_language language)
{
    tdm_ignore_comments found = {0};
    uint32_t line = 1;
    require(tdm_ignore_scan(arena, "fuzz", source, language, &found));
    for (size_t i = 0; i < found.count; i++) {
        const tdm_ignore_comment *comment = &found.items[i];
        require(comment->place.line >= line && comment->place.column > 0);
        require(comment->words.size == 0 ||
                (comment->words.data >= source.data &&
                 comment->words.data + comment->words.size <= source.data + source.size));
        require(comment->first_line <= comment->last_line);
        line = comment->place.line;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_text source = {(const char *)data, size};
    if (!arena)
        return 0;
    check(arena, source, TDM_COMMENT_SQL);
    check(arena, source, TDM_COMMENT_PYTHON);
    tdm_arena_free(arena);
    return 0;
}
