// Places in the project (std_file.c) and open files (open_file.c), for the rest of the room.
#ifndef PYTHON_STD_FILE_H
#define PYTHON_STD_FILE_H

#include "python/interp.h"

// `__file__` of a module that was read from `path`.
tdm_py tdm_py_file_place(tdm_interp *in, const char *path);
// An UNKNOWN that is no place, where `value` is one; else the value itself. NULL stays NULL.
tdm_py tdm_py_no_place(tdm_interp *in, tdm_py value);

// What an operation makes of a place; NULL: it is none, or the operation is an ordinary one.
tdm_py tdm_py_place_attr(tdm_interp *in, tdm_py self, tdm_text name);
tdm_py tdm_py_place_operate(tdm_interp *in, tdm_py_operator op, tdm_py left, tdm_py right);
tdm_py tdm_py_place_extended(tdm_interp *in, tdm_py value, tdm_text more);
tdm_py tdm_py_place_function(tdm_interp *in, const char *name, const tdm_py_args *args);
tdm_py tdm_py_place_text(tdm_interp *in, const tdm_py_args *args);    // str()
tdm_py tdm_py_place_pathlib(tdm_interp *in, const tdm_py_args *args); // Path()
tdm_py tdm_py_builtin_open(tdm_interp *in, void *data, const tdm_py_args *args);

// A file that is open for reading `content`, text or bytes.
tdm_py tdm_py_open_file(tdm_interp *in, tdm_py content);

#endif
