// Context managers of the evaluator's own: contextlib's.
#ifndef PYTHON_CONTEXT_H
#define PYTHON_CONTEXT_H

#include "python/interp.h"

typedef struct py_generator_context {
    py_function_data *function;
    tdm_py_args args;
} py_generator_context;

// What calling a @contextmanager function gives; NULL for anything else.
const py_generator_context *tdm_py_generator_context_of(tdm_py value);
tdm_py py_generator_context_new(tdm_interp *in, py_function_data *function,
                                const tdm_py_args *args);
// contextlib.suppress: whether the pending exception is swallowed (and cleared).
bool tdm_py_suppresses(tdm_interp *in, tdm_py manager);

#endif
