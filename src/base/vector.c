#include "base/vector.h"

#include <string.h>

bool tdm_vector_reserve(tdm_arena *arena, void **items, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity)
        return true;
    size_t wider = *capacity ? *capacity * 2 : 8;
    void *grown = tdm_arena_array(arena, wider, size);
    if (!grown)
        return false;
    if (count)
        memcpy(grown, *items, count * size);
    *items = grown;
    *capacity = wider;
    return true;
}
