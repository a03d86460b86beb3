#include "base/arena.h"

#include "base/limits.h"
#include "base/print.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Blocks form a list, newest first. A piece is cut from the newest; one that does not fit opens a
// new block, of at least the double size, so that the number of mallocs stays logarithmic.
typedef struct block {
    struct block *older;
    size_t size;
    size_t used;
    alignas(max_align_t) char data[];
} block;

struct tdm_arena {
    block *newest;
    size_t limit;
    size_t total;
    bool failed;
};

enum {
    FIRST_BLOCK = 16 << 10,
    LARGEST_BLOCK = 4 << 20,
};

tdm_arena *tdm_arena_new(size_t limit)
{
    tdm_arena *arena = calloc(1, sizeof *arena);
    if (arena)
        arena->limit = limit ? limit : TDM_LIMIT_ARENA;
    return arena;
}

void tdm_arena_free(tdm_arena *arena)
{
    if (!arena)
        return;
    for (block *b = arena->newest; b;) {
        block *older = b->older;
        free(b);
        b = older;
    }
    free(arena);
}

static block *open_block(tdm_arena *arena, size_t need)
{
#ifdef TANDEM_ARENA_MALLOC
    size_t size = need;
#else
    size_t size = arena->newest ? arena->newest->size * 2 : FIRST_BLOCK;
    if (size > LARGEST_BLOCK)
        size = LARGEST_BLOCK;
    if (size < need)
        size = need;
#endif
    block *b = malloc(sizeof *b + size);
    if (!b)
        return NULL;
    *b = (block){.older = arena->newest, .size = size};
    arena->newest = b;
    return b;
}

void *tdm_arena_alloc(tdm_arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);

    if (arena->failed || size > arena->limit - arena->total ||
        arena->limit - arena->total - size < align) {
        arena->failed = true;
        return NULL;
    }
    size_t need = size ? (size + align - 1) / align * align : align;
    block *b = arena->newest;
    if (!b || b->size - b->used < need)
        b = open_block(arena, need);
    if (!b) {
        arena->failed = true;
        return NULL;
    }
    void *piece = b->data + b->used;
    b->used += need;
    arena->total += need;
    return memset(piece, 0, need);
}

bool tdm_arena_widen(tdm_arena *arena, void *piece, size_t size, size_t wider)
{
    const size_t align = alignof(max_align_t);
    block *b = arena->newest;
    size_t old = size ? (size + align - 1) / align * align : align;
    if (!b || arena->failed || wider < old || wider > arena->limit - arena->total ||
        (char *)piece + old != b->data + b->used)
        return false;
    size_t more = (wider - old + align - 1) / align * align;
    if (more > b->size - b->used || more > arena->limit - arena->total)
        return false;
    memset(b->data + b->used, 0, more);
    b->used += more;
    arena->total += more;
    return true;
}

void *tdm_arena_array(tdm_arena *arena, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size) {
        arena->failed = true;
        return NULL;
    }
    return tdm_arena_alloc(arena, count * size);
}

tdm_text tdm_arena_text(tdm_arena *arena, tdm_text text)
{
    char *copy = tdm_arena_string(arena, text);
    return copy ? (tdm_text){copy, text.size} : (tdm_text){NULL, 0};
}

char *tdm_arena_string(tdm_arena *arena, tdm_text text)
{
    if (text.size == SIZE_MAX) {
        arena->failed = true;
        return NULL;
    }
    char *copy = tdm_arena_alloc(arena, text.size + 1);
    if (copy && text.size)
        memcpy(copy, text.data, text.size);
    return copy;
}

tdm_text tdm_arena_vprintf(tdm_arena *arena, const char *format, va_list args)
{
    size_t size = tdm_print_size(format, args);
    char *text = size == SIZE_MAX ? NULL : tdm_arena_alloc(arena, size + 1);
    if (text)
        tdm_print(text, size, format, args);
    else
        arena->failed = true;
    return text ? (tdm_text){text, size} : (tdm_text){NULL, 0};
}

tdm_text tdm_arena_printf(tdm_arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tdm_text text = tdm_arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

void tdm_arena_join(tdm_arena *arena, tdm_arena *from)
{
    if (!from)
        return;
    if (from->newest) {
        block *oldest = from->newest;
        while (oldest->older)
            oldest = oldest->older;
        oldest->older = arena->newest;
        arena->newest = from->newest;
    }
    if (from->failed || from->total > arena->limit - arena->total)
        arena->failed = true;
    arena->total += from->total;
    free(from);
}

bool tdm_arena_ok(const tdm_arena *arena)
{
    return !arena->failed;
}

size_t tdm_arena_used(const tdm_arena *arena)
{
    return arena->total;
}

tdm_arena_mark tdm_arena_save(const tdm_arena *arena)
{
    const block *b = arena->newest;
    return (tdm_arena_mark){.block = arena->newest, .used = b ? b->used : 0, .total = arena->total};
}

void tdm_arena_restore(tdm_arena *arena, tdm_arena_mark mark)
{
    while (arena->newest && arena->newest != mark.block) {
        block *older = arena->newest->older;
        free(arena->newest);
        arena->newest = older;
    }
    if (arena->newest)
        arena->newest->used = mark.used;
    arena->total = mark.total;
}
