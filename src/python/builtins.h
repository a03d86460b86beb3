// What the files of the built-in functions share.
#ifndef PYTHON_BUILTINS_H
#define PYTHON_BUILTINS_H

#include "python/interp.h"

// Whether a call has `least` to `most` positional arguments and no others; false: TypeError.
bool tdm_py_want_count(tdm_interp *in, const tdm_py_args *args, const char *name, size_t least,
                       size_t most);

// builtins_iter.c
tdm_py tdm_py_builtin_range(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_builtin_enumerate(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_builtin_zip(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_builtin_map(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_builtin_filter(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_builtin_reversed(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_builtin_sorted(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_builtin_any(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_builtin_all(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_builtin_sum(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_builtin_min(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_builtin_max(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_builtin_iter(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_builtin_next(tdm_interp *in, void *data, const tdm_py_args *args);

#endif
