// What the files of str's methods share.
#ifndef PYTHON_METHODS_STR_H
#define PYTHON_METHODS_STR_H

#include "python/methods.h"

bool tdm_py_text_is_ascii(tdm_text text);
// What str.isspace() is true for.
bool tdm_py_is_white(uint32_t code_point);
// A value of self's kind (str or bytes).
tdm_py tdm_py_text_like(tdm_interp *in, tdm_py self, tdm_text text);
tdm_py tdm_py_text_finish(tdm_interp *in, tdm_py self, tdm_buffer *out); // takes the buffer
// Check an argument; false: TypeError is pending. A missing integer is the standard one.
bool tdm_py_want_text(tdm_interp *in, tdm_py self, tdm_py *value);
bool tdm_py_want_int(tdm_interp *in, tdm_py value, int64_t standard, int64_t *ret);

// methods_case.c
tdm_py tdm_py_str_capitalize(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_casefold(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_center(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_expandtabs(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_isalnum(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_isalpha(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_isascii(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_isdigit(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_isidentifier(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_islower(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_isprintable(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_isspace(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_isupper(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_ljust(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_lower(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_rjust(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_swapcase(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_title(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_upper(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_zfill(tdm_interp *in, void *self, const tdm_py_args *args);

// methods_text.c
tdm_py tdm_py_str_encode(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_bytes_decode(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_bytes_hex(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_format_method(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_format_map(tdm_interp *in, void *self, const tdm_py_args *args);
tdm_py tdm_py_str_translate(tdm_interp *in, void *self, const tdm_py_args *args);

#endif
