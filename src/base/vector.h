// A typed growing array in an arena, by macros: struct { T *items; size_t count, capacity; }.
// Growing leaves the old array behind in the arena; that costs at most as much again.
#ifndef BASE_VECTOR_H
#define BASE_VECTOR_H

#include "base/arena.h"

#define TDM_VECTOR(type)                                                                           \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t count;                                                                              \
        size_t capacity;                                                                           \
    }

// Appends a value; true on success, false when out of memory (the arena remembers it too).
#define tdm_vector_push(arena, vector, value)                                                      \
    (tdm_vector_reserve((arena), (void **)&(vector)->items, &(vector)->capacity, (vector)->count,  \
                        sizeof *(vector)->items) &&                                                \
     ((vector)->items[(vector)->count++] = (value), true))

#define tdm_vector_last(vector) ((vector)->items[(vector)->count - 1])

bool tdm_vector_reserve(tdm_arena *arena, void **items, size_t *capacity, size_t count,
                        size_t size);

#endif
