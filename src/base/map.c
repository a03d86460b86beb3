#include "base/map.h"

#include "base/text.h"
#include "base/vector.h"

#include <string.h>

// FNV-1a with a final mix. Keys come from files that anybody may have written, so a flood of
// colliding keys is possible; the folder and file limits bound what it can cost.
static uint64_t hash_of(tdm_text key)
{
    uint64_t hash = 14695981039346656037U;
    for (size_t i = 0; i < key.size; i++)
        hash = (hash ^ (unsigned char)key.data[i]) * 1099511628211U;
    hash ^= hash >> 32;
    return hash * 0x9E3779B97F4A7C15U;
}

void tdm_map_init(tdm_map *map, tdm_arena *arena)
{
    *map = (tdm_map){.arena = arena};
}

static tdm_map_entry *find(const tdm_map *map, tdm_text key, uint64_t hash, size_t *ret_slot)
{
    size_t mask = map->slot_count - 1;
    for (size_t slot = (size_t)(hash >> 20) & mask;; slot = (slot + 1) & mask) {
        *ret_slot = slot;
        if (map->slots[slot] == 0)
            return NULL;
        tdm_map_entry *entry = &map->entries[map->slots[slot] - 1];
        if (entry->hash == hash && tdm_text_equal(entry->key, key))
            return entry;
    }
}

static bool grow(tdm_map *map)
{
    size_t slot_count = map->slot_count ? map->slot_count * 2 : 16;
    uint32_t *slots = tdm_arena_array(map->arena, slot_count, sizeof *slots);
    if (!slots)
        return false;
    map->slots = slots;
    map->slot_count = slot_count;
    for (size_t i = 0; i < map->count; i++) {
        size_t slot = (size_t)(map->entries[i].hash >> 20) & (slot_count - 1);
        while (slots[slot])
            slot = (slot + 1) & (slot_count - 1);
        slots[slot] = (uint32_t)(i + 1);
    }
    return true;
}

void *tdm_map_get(const tdm_map *map, tdm_text key)
{
    size_t slot;
    tdm_map_entry *entry = map->slot_count ? find(map, key, hash_of(key), &slot) : NULL;
    return entry ? entry->value : NULL;
}

bool tdm_map_has(const tdm_map *map, tdm_text key)
{
    size_t slot;
    return map->slot_count && find(map, key, hash_of(key), &slot);
}

bool tdm_map_put(tdm_map *map, tdm_text key, void *value)
{
    uint64_t hash = hash_of(key);
    size_t slot = 0;
    if (map->count * 2 >= map->slot_count && !grow(map))
        return false;
    tdm_map_entry *entry = find(map, key, hash, &slot);
    if (entry) {
        entry->value = value;
        return true;
    }
    if (!tdm_vector_reserve(map->arena, (void **)&map->entries, &map->capacity, map->count,
                            sizeof *map->entries))
        return false;
    map->entries[map->count++] = (tdm_map_entry){.key = key, .hash = hash, .value = value};
    map->slots[slot] = (uint32_t)map->count;
    return true;
}
