// Numbers as Python reads and prints them, without the C library's locale.
#ifndef PYTHON_NUMBER_H
#define PYTHON_NUMBER_H

#include "base/text.h"

typedef enum py_number_status {
    PY_NUMBER_OK,
    PY_NUMBER_INVALID,
    PY_NUMBER_TOO_LARGE, // a number, but beyond 64 bits
} py_number_status;

// int(text, base) of text without outer space; base 0 reads a literal ("0x1F", "1_000").
py_number_status tdm_py_parse_int(tdm_text text, int base, int64_t *ret);
// float(text): decimals, exponents, underscores between digits, "inf", "nan".
bool tdm_py_parse_float(tdm_text text, double *ret);
// repr(value).
void tdm_py_print_float(tdm_buffer *out, double value);
// format(value, ".<precision><type>") for the types e, f, g and their capitals; `alternate` keeps
// the point and zeros ("#"). Infinities and NaN as "inf", "nan".
void tdm_py_print_float_as(tdm_buffer *out, double value, char type, int precision, bool alternate);

#endif
