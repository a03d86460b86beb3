// The built-in types and what makes their values. A row without a function is a method that Python
// has and the evaluator does not follow: using it gives UNKNOWN, not AttributeError.
#ifndef PYTHON_METHODS_H
#define PYTHON_METHODS_H

#include "python/interp.h"

extern const py_builtin_type tdm_py_str_type, tdm_py_bytes_type, tdm_py_list_type,
    tdm_py_tuple_type, tdm_py_dict_type, tdm_py_set_type, tdm_py_frozenset_type, tdm_py_int_type,
    tdm_py_bool_type, tdm_py_float_type, tdm_py_object_type;

tdm_py tdm_py_construct_str(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_construct_bytes(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_construct_int(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_construct_bool(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_construct_float(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_construct_list(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_construct_tuple(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_construct_dict(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_construct_set(tdm_interp *in, void *data, const tdm_py_args *args);
tdm_py tdm_py_construct_frozenset(tdm_interp *in, void *data, const tdm_py_args *args);

void tdm_py_reverse(tdm_py list);
// Sorts a fresh list in place by an optional key. NULL: raised; UNKNOWN: the order is not known.
tdm_py tdm_py_sort_list(tdm_interp *in, tdm_py list, tdm_py key, tdm_py reverse);

#endif
