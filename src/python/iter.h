// Iterators and the lazy objects of the built-in functions that make them.
#ifndef PYTHON_ITER_H
#define PYTHON_ITER_H

#include "python/interp.h"

typedef enum py_view_kind {
    PY_VIEW_KEYS,
    PY_VIEW_VALUES,
    PY_VIEW_ITEMS,
} py_view_kind;

// dict.keys(), .values(), .items(): live.
tdm_py tdm_py_dict_view(tdm_interp *in, tdm_py dict, py_view_kind kind);
tdm_py tdm_py_range(tdm_interp *in, int64_t start, int64_t stop, int64_t step);
bool tdm_py_is_range(tdm_py value);
int64_t tdm_py_range_count(tdm_py value);

// enumerate, zip, map, filter: `sources` are iterators.
typedef enum py_lazy_kind {
    PY_LAZY_ENUMERATE,
    PY_LAZY_ZIP,
    PY_LAZY_ZIP_STRICT,
    PY_LAZY_MAP,
    PY_LAZY_FILTER,
    PY_LAZY_CHAIN,
    PY_LAZY_COUNT,
    PY_LAZY_INSTANCE, // calls __next__
    PY_LAZY_CALL,     // iter(function, sentinel)
} py_lazy_kind;

tdm_py tdm_py_lazy(tdm_interp *in, py_lazy_kind kind, const tdm_py *sources, size_t count,
                   tdm_py function, int64_t start);

#endif
