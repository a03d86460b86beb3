#include "python/names.h"

#include "base/text.h"

#include <pthread.h>
#include <string.h>

struct py_name_pool {
    pthread_mutex_t lock; // of `map` and its arena
    tdm_map map;
    py_name none; // handed out when memory has run out
};

py_name_pool *tdm_py_name_pool_new(tdm_arena *arena)
{
    py_name_pool *pool = tdm_arena_new_of(arena, py_name_pool);
    if (!pool)
        return NULL;
    *pool = (py_name_pool){.lock = PTHREAD_MUTEX_INITIALIZER, .none = {.text = {"", 0}}};
    tdm_map_init(&pool->map, arena);
    return pool;
}

bool tdm_py_names_init(py_names *names, py_name_pool *pool, tdm_arena *arena)
{
    *names = (py_names){.pool = pool, .met = tdm_arena_new_of(arena, tdm_map)};
    if (names->met)
        tdm_map_init(names->met, arena);
    return names->met != NULL;
}

static uint32_t hash_of(tdm_text text)
{
    uint32_t hash = 2166136261U;
    for (size_t i = 0; i < text.size; i++)
        hash = (hash ^ (unsigned char)text.data[i]) * 16777619U;
    return hash ^ (hash >> 15);
}

static py_name *add_to_pool(py_name_pool *pool, tdm_text text)
{
    py_name *name = tdm_arena_new_of(pool->map.arena, py_name);
    tdm_text copy = tdm_arena_text(pool->map.arena, text);
    if (!name || !copy.data)
        return NULL;
    *name = (py_name){copy, hash_of(text)};
    return tdm_map_put(&pool->map, copy, name) ? name : NULL;
}

static py_name *find_in_pool(const py_names *names, tdm_text text, bool add)
{
    py_name_pool *pool = names->pool;
    pthread_mutex_lock(&pool->lock);
    py_name *name = tdm_map_get(&pool->map, text);
    if (!name && add)
        name = add_to_pool(pool, text);
    pthread_mutex_unlock(&pool->lock);
    if (name)
        (void)tdm_map_put(names->met, name->text, name); // without memory it is asked for again
    return name;
}

const py_name *tdm_py_name_of(const py_names *names, tdm_text text)
{
    const py_name *name = tdm_map_get(names->met, text);
    if (!name)
        name = find_in_pool(names, text, true);
    return name ? name : &names->pool->none;
}

const py_name *tdm_py_name_find(const py_names *names, tdm_text text)
{
    const py_name *name = tdm_map_get(names->met, text);
    return name ? name : find_in_pool(names, text, false);
}

// Up to this many names are searched one after the other.
enum {
    FEW = 8,
};

static py_binding *find(const py_space *space, const py_name *name)
{
    if (space->slots) {
        uint32_t mask = space->slot_count - 1;
        for (uint32_t slot = name->hash & mask; space->slots[slot]; slot = (slot + 1) & mask)
            if (space->items[space->slots[slot] - 1].name == name)
                return &space->items[space->slots[slot] - 1];
        return NULL;
    }
    for (uint32_t i = 0; i < space->count; i++)
        if (space->items[i].name == name)
            return &space->items[i];
    return NULL;
}

struct tdm_py_object *tdm_py_space_get(const py_space *space, const py_name *name)
{
    const py_binding *binding = find(space, name);
    return binding ? binding->value : NULL;
}

static void enter_slot(py_space *space, uint32_t index)
{
    uint32_t mask = space->slot_count - 1;
    uint32_t slot = space->items[index].name->hash & mask;
    while (space->slots[slot])
        slot = (slot + 1) & mask;
    space->slots[slot] = index + 1;
}

static bool grow(py_space *space, tdm_arena *arena)
{
    uint32_t capacity = space->capacity ? space->capacity * 2 : 4;
    py_binding *items = tdm_arena_array(arena, capacity, sizeof *items);
    if (!items)
        return false;
    if (space->count)
        memcpy(items, space->items, space->count * sizeof *items);
    space->items = items;
    space->capacity = capacity;
    if (capacity <= FEW)
        return true;
    uint32_t *slots = tdm_arena_array(arena, (size_t)capacity * 2, sizeof *slots);
    if (!slots)
        return false;
    space->slots = slots;
    space->slot_count = capacity * 2;
    for (uint32_t i = 0; i < space->count; i++)
        enter_slot(space, i);
    return true;
}

bool tdm_py_space_put(py_space *space, tdm_arena *arena, const py_name *name,
                      struct tdm_py_object *value)
{
    py_binding *binding = find(space, name);
    if (binding) {
        binding->value = value;
        return true;
    }
    if (space->count == space->capacity && !grow(space, arena))
        return false;
    space->items[space->count] = (py_binding){name, value};
    if (space->slots)
        enter_slot(space, space->count);
    space->count++;
    return true;
}
