#include "base/vector.h"

#include <stdint.h>
#include <string.h>

enum {
    LARGE = 64, // bytes of an item of which there often is one only
};

bool tdm_vector_reserve(tdm_arena *arena, void **items, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity)
        return true;
    size_t first = size >= LARGE ? 2 : 8;
    size_t wider = *capacity ? *capacity * 2 : first;
    if (*capacity && wider <= SIZE_MAX / size &&
        tdm_arena_widen(arena, *items, *capacity * size, wider * size)) {
        *capacity = wider;
        return true;
    }
    void *grown = tdm_arena_array(arena, wider, size);
    if (!grown)
        return false;
    if (count)
        memcpy(grown, *items, count * size);
    *items = grown;
    *capacity = wider;
    return true;
}
