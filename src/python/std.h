// The standard library's pure parts. Each std_*.c has tables of what its modules hold.
#ifndef PYTHON_STD_H
#define PYTHON_STD_H

#include "python/interp.h"

typedef enum py_std_kind {
    PY_STD_FUNCTION,
    PY_STD_CLASS, // of the built-in type of this name
    PY_STD_EXCEPTION,
    PY_STD_MAKE,    // a value that `function` makes, called without arguments
    PY_STD_UNKNOWN, // known to Python, and nothing that can be known here: a clock, a random number
    PY_STD_NOTHING, // a function without effect that gives None
    PY_STD_TYPING,  // a name for type checkers
} py_std_kind;

typedef struct py_std_row {
    const char *module;
    const char *name;
    py_std_kind kind;
    tdm_py_function function;
    uint8_t flags; // py_row_flag
} py_std_row;

typedef struct py_std_table {
    const py_std_row *rows;
    size_t count;
} py_std_table;

// One for each std_*.c.
extern const py_std_table tdm_py_std_text, tdm_py_std_time, tdm_py_std_tools, tdm_py_std_world,
    tdm_py_std_file;

const py_builtin_type *tdm_py_std_type_find(tdm_text name);
extern const py_builtin_type tdm_py_datetime_type, tdm_py_date_type, tdm_py_time_type,
    tdm_py_timedelta_type, tdm_py_timezone_type, tdm_py_uuid_type, tdm_py_decimal_type;

tdm_py tdm_py_typing(tdm_interp *in);

// std_json.c
tdm_py tdm_py_json_dumps(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_json_loads(tdm_interp *in, void *data, const tdm_py_args *args);

#endif
