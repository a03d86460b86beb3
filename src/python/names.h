// Interned identifiers: one py_name for each spelling, so that names are compared by pointer.
//
// A pool holds the names of all files that may meet in one evaluation. Several threads may intern
// in one pool at the same time, each through a py_names of its own, which remembers what it has
// met and asks the pool for the rest.
#ifndef PYTHON_NAMES_H
#define PYTHON_NAMES_H

#include "base/map.h"

typedef struct py_name {
    tdm_text text; // NUL-terminated
    uint32_t hash;
} py_name;

typedef struct py_name_pool py_name_pool;

typedef struct py_names {
    py_name_pool *pool;
    tdm_map *met;
} py_names;

// A pool in `arena`, which the pool alone may use while other threads intern. NULL: out of memory.
py_name_pool *tdm_py_name_pool_new(tdm_arena *arena);
// What one thread interns with; copies are the same. False when out of memory.
bool tdm_py_names_init(py_names *names, py_name_pool *pool, tdm_arena *arena);
// The one name of this spelling, copied. Never NULL.
const py_name *tdm_py_name_of(const py_names *names, tdm_text text);
// The name when it was ever interned, else NULL: nobody can have bound it.
const py_name *tdm_py_name_find(const py_names *names, tdm_text text);

// A namespace: names and values in order of binding (module globals, a class, an instance).
struct tdm_py_object;

typedef struct py_binding {
    const py_name *name;
    struct tdm_py_object *value; // NULL: deleted
} py_binding;

typedef struct py_space {
    py_binding *items;
    uint32_t count;
    uint32_t capacity;
    uint32_t *slots; // index + 1, made once there are more than a few names
    uint32_t slot_count;
} py_space;

struct tdm_py_object *tdm_py_space_get(const py_space *space, const py_name *name);
// False when out of memory.
bool tdm_py_space_put(py_space *space, tdm_arena *arena, const py_name *name,
                      struct tdm_py_object *value);

#endif
