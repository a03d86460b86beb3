// The calls of a file to one dotted name, wherever they stand, with their keyword arguments as far
// as they are literals. Nothing is evaluated: this is for files that are asked what they say, such
// as env.py.
#ifndef PYTHON_CALLS_H
#define PYTHON_CALLS_H

#include "python/syntax.h"

typedef enum tdm_py_said_kind {
    TDM_PY_SAID_NONE,
    TDM_PY_SAID_BOOL,
    TDM_PY_SAID_STRING,
    TDM_PY_SAID_DICT,
    TDM_PY_SAID_OTHER, // anything that is no literal of these kinds
} tdm_py_said_kind;

// A keyword argument, or an entry of a dict display with a string for its key.
typedef struct tdm_py_said {
    tdm_text name;
    tdm_place place; // of the value
    tdm_text source; // of the value
    tdm_py_said_kind kind;
    bool flag;                         // of BOOL
    tdm_text text;                     // of STRING
    const struct tdm_py_said *entries; // of DICT
    size_t count;
    bool open; // of DICT: there are entries besides, whose keys are not literals
} tdm_py_said;

typedef struct tdm_py_call_site {
    tdm_place place;
    tdm_text method;   // the last part of the name
    tdm_text function; // the innermost `def` it stands in, or empty
    const tdm_py_said *keywords;
    size_t count;
    bool open; // there are **arguments
} tdm_py_call_site;

typedef struct tdm_py_call_sites {
    const tdm_py_call_site *items;
    size_t count;
} tdm_py_call_sites;

// All calls of a method of `object` ("context"), or of an attribute of that name (alembic.context),
// in the order of the file.
TDM_MUST_CHECK tdm_status tdm_py_calls_on(tdm_arena *arena, tdm_py_source *source, tdm_text object,
                                          tdm_py_call_sites *ret, tdm_error *err);

// The keyword of that name, or NULL.
const tdm_py_said *tdm_py_said_of(const tdm_py_said *list, size_t count, tdm_text name);

#endif
