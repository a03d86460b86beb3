// A map from text to pointers in an arena. Iteration is in the order of insertion, so that no
// result ever depends on a hash. Keys are views and must outlive the map. No removal: store NULL.
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/arena.h"

typedef struct tdm_map_entry {
    tdm_text key;
    uint64_t hash;
    void *value;
} tdm_map_entry;

typedef struct tdm_map {
    tdm_arena *arena;
    tdm_map_entry *entries; // in order of insertion
    size_t count;
    size_t capacity;
    uint32_t *slots; // index + 1 into entries, 0 = free; a power of two
    size_t slot_count;
} tdm_map;

void tdm_map_init(tdm_map *map, tdm_arena *arena);
// The value, or NULL when the key is absent.
void *tdm_map_get(const tdm_map *map, tdm_text key);
bool tdm_map_has(const tdm_map *map, tdm_text key);
// Sets or replaces; false when out of memory.
bool tdm_map_put(tdm_map *map, tdm_text key, void *value);

#endif
