// Text: views compared and cut without copying, and a growing buffer that is born with a maximum.
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <tandem/error.h>
#include <tandem/text.h>

#include "base/arena.h"

#include <stdarg.h>

tdm_text tdm_text_of(const char *string); // a view of a C string; NULL gives an empty view
bool tdm_text_equal(tdm_text a, tdm_text b);
bool tdm_text_is(tdm_text text, const char *string);
// Byte order, shorter first on a tie: the order of Python's str and of C collation.
int tdm_text_compare(tdm_text a, tdm_text b);
bool tdm_text_equal_nocase(tdm_text a, tdm_text b); // ASCII only
bool tdm_text_starts(tdm_text text, tdm_text prefix);
bool tdm_text_ends(tdm_text text, tdm_text suffix);
tdm_text tdm_text_from(tdm_text text, size_t start);              // from `start` to the end
tdm_text tdm_text_slice(tdm_text text, size_t start, size_t end); // clamped
tdm_text tdm_text_trim(tdm_text text);                            // ASCII space at both ends
tdm_text tdm_text_strip(tdm_text text); // Python's str.strip(): Unicode white space at both ends
// Index of the first occurrence, or SIZE_MAX.
size_t tdm_text_find(tdm_text text, tdm_text needle);
size_t tdm_text_find_char(tdm_text text, char c);
// Cuts the next line (without its end) off `*rest`; false when nothing is left.
bool tdm_text_next_line(tdm_text *rest, tdm_text *ret_line);
// A decimal number that fits, all of the text and nothing else.
bool tdm_text_to_u64(tdm_text text, uint64_t *ret);

// ASCII character classes without a locale.
bool tdm_is_space(char c); // space, \t \n \v \f \r
bool tdm_is_digit(char c);
bool tdm_is_alpha(char c);
bool tdm_is_alnum(char c);
char tdm_to_lower(char c);
char tdm_to_upper(char c);

// UTF-8. `tdm_utf8_next` decodes one code point at *at and moves on; an invalid byte gives
// 0xFFFD and moves one byte. `tdm_utf8_error` gives the offset of the first invalid byte, or
// SIZE_MAX when all is well (surrogates and overlong forms are invalid).
uint32_t tdm_utf8_next(tdm_text text, size_t *at);
size_t tdm_utf8_error(tdm_text text);
size_t tdm_utf8_count(tdm_text text); // code points
size_t tdm_utf8_put(uint32_t code_point, char ret[4]);

// Line and column of byte `offset` in `source`, as tdm_place counts.
void tdm_text_position(tdm_text source, size_t offset, uint32_t *ret_line, uint32_t *ret_column);

// A growing text. Failing (out of memory, or beyond `maximum`) is sticky: the buffer becomes empty,
// stays so, and `failed` is set, so that a writer checks once at the end. The bytes are always
// followed by a NUL.
typedef struct tdm_buffer {
    char *data;
    size_t size;
    size_t capacity;
    size_t maximum;
    bool failed;
} tdm_buffer;

#define TDM_BUFFER_INIT(max) ((tdm_buffer){.maximum = (max)})

void tdm_buffer_free(tdm_buffer *buffer);
void tdm_buffer_clear(tdm_buffer *buffer); // empties, keeps the memory
void tdm_buffer_put(tdm_buffer *buffer, tdm_text text);
void tdm_buffer_puts(tdm_buffer *buffer, const char *string);
void tdm_buffer_putc(tdm_buffer *buffer, char c);
void tdm_buffer_putf(tdm_buffer *buffer, const char *format, ...) TDM_PRINTF(2, 3);
void tdm_buffer_vputf(tdm_buffer *buffer, const char *format, va_list args);
tdm_text tdm_buffer_text(const tdm_buffer *buffer);
// Reports a failed buffer as an error; TDM_OK otherwise.
TDM_MUST_CHECK tdm_status tdm_buffer_check(const tdm_buffer *buffer, tdm_error *err);
// The contents copied into an arena; empties and frees the buffer.
tdm_text tdm_buffer_take(tdm_buffer *buffer, tdm_arena *arena);

#endif
