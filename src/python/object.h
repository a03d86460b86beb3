// How values lie in memory. Internal to the room; hosts see value.h.
//
// Any mutable object can become UNKNOWN in place, when code that cannot be followed may have
// changed it (tdm_py_spoil): its kind changes, the rest stays valid memory, so that C code that
// still holds a pointer into it reads old values and never freed or foreign ones.
#ifndef PYTHON_OBJECT_H
#define PYTHON_OBJECT_H

#include "python/ast.h"

typedef struct py_why {
    tdm_text reason;
    tdm_place place;
    tdm_text dotted; // "app.settings.use_postgres", for settings that give it a value; may be empty
    const struct py_why *alias;              // another dotted name of the same value, or NULL
    const struct py_place *place_in_project; // that it is the path of (std_file.c), or NULL
    bool harmless;                           // plain data: no operation on it can reach the host
} py_why;

typedef struct py_dict_entry {
    tdm_py key; // NULL: removed
    tdm_py value;
    uint64_t hash;
} py_dict_entry;

// A dict or set: entries in order of insertion, found through slots of index + 1.
typedef struct py_table {
    py_dict_entry *entries;
    uint32_t count; // entries in use, removed ones included
    uint32_t live;  // not removed
    uint32_t capacity;
    uint32_t *slots;
    uint32_t slot_count;
    tdm_py factory; // of a defaultdict
    bool frozen;    // frozenset
    bool counter;
} py_table;

typedef struct py_env {
    struct py_env *parent;
    uint32_t count;
    tdm_py slots[];
} py_env;

typedef struct py_class_data py_class_data;

typedef struct py_module_data {
    tdm_text dotted; // "" for a revision file
    const char *path;
    struct tdm_py_source *source;
    py_space globals;
    bool package;
    bool loading;
    bool loaded;
    tdm_py open;   // UNKNOWN that stands for names the module may have besides; or NULL
    tdm_py *stars; // host modules of "from x import *"
    size_t star_count;
    bool raised;
    tdm_py failure; // UNKNOWN with the text of the exception
    tdm_place raised_at;
    tdm_text exception, message;
} py_module_data;

typedef enum py_function_kind {
    PY_FUNCTION_USER,
    PY_FUNCTION_BOUND,   // function, self
    PY_FUNCTION_BUILTIN, // native, data; or a method of a built-in type: data is self
    PY_FUNCTION_PARTIAL, // function, partial
    PY_FUNCTION_WRAPPER, // name: staticmethod, classmethod, property; function; self: its setter
} py_function_kind;

typedef struct py_function_data {
    py_function_kind kind;
    const char *name; // of BUILTIN
    tdm_py_function native;
    void *data;
    uint8_t flags; // of BUILTIN: py_row_flag
    py_code *code;
    py_module_data *module;
    py_env *env;
    tdm_py *standards; // parallel to the params; NULL where there is none
    tdm_py function, self;
    tdm_py_args partial;
    py_class_data *owner; // the class whose body defined it, for super()
    bool contextmanager;
    py_space attributes;
} py_function_data;

typedef struct py_builtin_type py_builtin_type;

typedef enum py_class_flavor {
    PY_CLASS_PLAIN,
    PY_CLASS_EXCEPTION,
    PY_CLASS_ENUM,
    PY_CLASS_BUILTIN, // str, int: `type`
    PY_CLASS_NAMEDTUPLE,
    PY_CLASS_DATACLASS,
} py_class_flavor;

struct py_class_data {
    const py_name *name;
    py_class_flavor flavor;
    const py_builtin_type *type; // of a built-in class
    tdm_py *bases;
    size_t base_count;
    size_t named_bases; // in the class statement, natives included
    tdm_py *mro; // itself first
    size_t mro_count;
    tdm_py native_base;                // the first native among all bases, or NULL
    const py_builtin_type *value_type; // instances carry a value of this type (class X(str, Enum))
    py_space space;
    py_module_data *module;
    tdm_py *members; // of an enum, in order, without aliases
    size_t member_count;
    const py_name **fields; // of a dataclass or namedtuple
    tdm_py *field_standards;
    size_t field_count;
    tdm_py annotations; // LIST of annotated names in order, or NULL
    bool frozen;
    bool prints_value; // str() of a member is that of its value (IntEnum, StrEnum)
};

typedef struct py_instance_data {
    tdm_py type;
    py_space space;
    tdm_py value;    // of an enum member; of a subclass of str, int, list...: the plain value
    tdm_py args;     // of an exception: a tuple
    tdm_place place; // of an exception: where it was raised
    tdm_text dotted; // "app.settings.settings", when it is a module-level name of a project module
} py_instance_data;

typedef struct py_other_type py_other_type;

struct tdm_py_object {
    uint8_t kind; // tdm_py_kind
    uint8_t flags;
    const py_why *why; // of UNKNOWN
    union {
        int64_t integer;
        double number;
        tdm_text text;
        struct {
            tdm_py *items;
            uint32_t count;
            uint32_t capacity;
            tdm_py type; // of a namedtuple: its class
        } list;
        py_table *table;
        py_function_data *function;
        py_class_data *class_data;
        py_instance_data *instance;
        py_module_data *module;
        struct {
            const tdm_py_class *type;
            void *data;
        } native;
        struct {
            const py_other_type *type;
            void *data;
        } other;
    };
};

enum {
    PY_FLAG_VISITED = 1,  // by the walk in progress (repr, spoil), against cycles
    PY_FLAG_ASCII = 2,    // of STR: known to be ASCII
    PY_FLAG_PRINTING = 4, // repr of it is being made
};

// Values of literals, made before there is an interpreter. Never NULL: without memory a shared
// UNKNOWN.
tdm_py tdm_py_constant(tdm_arena *arena, tdm_py_kind kind, bool value, tdm_text text);
tdm_py tdm_py_int_constant(tdm_arena *arena, int64_t value);
tdm_py tdm_py_float_constant(tdm_arena *arena, double value);
tdm_py tdm_py_unknown_constant(tdm_arena *arena, tdm_place place, const char *reason);

#endif
