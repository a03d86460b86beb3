// Formats as printf() has them, without stdio: most of what the program prints is a few texts in a
// row, many thousand times over, and stdio is slow at that.
#ifndef BASE_PRINT_H
#define BASE_PRINT_H

#include <stdarg.h>
#include <stddef.h>

// How many bytes a format takes, without the NUL. SIZE_MAX: vsnprintf() cannot say.
size_t tdm_print_size(const char *format, va_list args);
// Prints them, with a NUL behind; `size` is what tdm_print_size() gave for the same.
void tdm_print(char *out, size_t size, const char *format, va_list args);

#endif
