#include "base/text.h"

#include "base/error.h"
#include "base/print.h"

#include <stdlib.h>
#include <string.h>

tdm_text tdm_text_of(const char *string)
{
    return string ? (tdm_text){string, strlen(string)} : (tdm_text){NULL, 0};
}

bool tdm_text_equal(tdm_text a, tdm_text b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool tdm_text_is(tdm_text text, const char *string)
{
    return tdm_text_equal(text, tdm_text_of(string));
}

int tdm_text_compare(tdm_text a, tdm_text b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common ? memcmp(a.data, b.data, common) : 0;
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

bool tdm_text_equal_nocase(tdm_text a, tdm_text b)
{
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++)
        if (tdm_to_lower(a.data[i]) != tdm_to_lower(b.data[i]))
            return false;
    return true;
}

bool tdm_text_starts(tdm_text text, tdm_text prefix)
{
    return text.size >= prefix.size && tdm_text_equal(tdm_text_slice(text, 0, prefix.size), prefix);
}

bool tdm_text_ends(tdm_text text, tdm_text suffix)
{
    return text.size >= suffix.size &&
           tdm_text_equal(tdm_text_from(text, text.size - suffix.size), suffix);
}

tdm_text tdm_text_from(tdm_text text, size_t start)
{
    return tdm_text_slice(text, start, text.size);
}

tdm_text tdm_text_slice(tdm_text text, size_t start, size_t end)
{
    if (end > text.size)
        end = text.size;
    if (start > end)
        start = end;
    return text.data ? (tdm_text){text.data + start, end - start} : text;
}

tdm_text tdm_text_trim(tdm_text text)
{
    size_t start = 0;
    size_t end = text.size;
    while (start < end && tdm_is_space(text.data[start]))
        start++;
    while (end > start && tdm_is_space(text.data[end - 1]))
        end--;
    return tdm_text_slice(text, start, end);
}

// str.isspace() of Python, which also takes the ASCII separators 0x1C to 0x1F.
static bool is_python_space(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1C && c <= 0x1F) || c == 0x85 ||
           c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x3000;
}

tdm_text tdm_text_strip(tdm_text text)
{
    size_t start = 0;
    size_t end = text.size;
    for (size_t at = 0; at < end && is_python_space(tdm_utf8_next(text, &at));)
        start = at;
    while (end > start) {
        size_t last = end - 1;
        while (last > start && ((unsigned char)text.data[last] & 0xC0) == 0x80)
            last--;
        size_t at = last;
        if (!is_python_space(tdm_utf8_next(text, &at)) || at != end)
            break;
        end = last;
    }
    return tdm_text_slice(text, start, end);
}

size_t tdm_text_find(tdm_text text, tdm_text needle)
{
    if (needle.size == 0)
        return 0;
    if (needle.size > text.size)
        return SIZE_MAX;
    const char *at = memmem(text.data, text.size, needle.data, needle.size);
    return at ? (size_t)(at - text.data) : SIZE_MAX;
}

size_t tdm_text_find_char(tdm_text text, char c)
{
    const char *at = text.size ? memchr(text.data, c, text.size) : NULL;
    return at ? (size_t)(at - text.data) : SIZE_MAX;
}

bool tdm_text_next_line(tdm_text *rest, tdm_text *ret_line)
{
    if (rest->size == 0)
        return false;
    size_t end = tdm_text_find_char(*rest, '\n');
    tdm_text line = tdm_text_slice(*rest, 0, end);
    *rest = end == SIZE_MAX ? tdm_text_from(*rest, rest->size) : tdm_text_from(*rest, end + 1);
    if (line.size && line.data[line.size - 1] == '\r')
        line.size--;
    *ret_line = line;
    return true;
}

bool tdm_text_to_u64(tdm_text text, uint64_t *ret)
{
    uint64_t value = 0;
    if (text.size == 0)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (!tdm_is_digit(text.data[i]))
            return false;
        uint64_t digit = (uint64_t)(text.data[i] - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *ret = value;
    return true;
}

bool tdm_is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool tdm_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool tdm_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool tdm_is_alnum(char c)
{
    return tdm_is_alpha(c) || tdm_is_digit(c);
}

char tdm_to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

char tdm_to_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

// Length of the valid sequence at `at`, and its code point; 0 when it is not valid.
static size_t decode(tdm_text text, size_t at, uint32_t *ret)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)text.data[at];
    size_t length = first < 0x80           ? 1
                    : (first >> 5) == 0x06 ? 2
                    : (first >> 4) == 0x0E ? 3
                    : (first >> 3) == 0x1E ? 4
                                           : 0;
    if (length == 0 || text.size - at < length)
        return 0;
    if (length == 1) {
        *ret = first;
        return 1;
    }
    uint32_t code_point = first & (0xFFU >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        unsigned char next = (unsigned char)text.data[at + i];
        if ((next & 0xC0) != 0x80)
            return 0;
        code_point = (code_point << 6) | (next & 0x3FU);
    }
    if (code_point < smallest[length] || code_point > 0x10FFFF ||
        (code_point >= 0xD800 && code_point <= 0xDFFF))
        return 0;
    *ret = code_point;
    return length;
}

uint32_t tdm_utf8_next(tdm_text text, size_t *at)
{
    uint32_t code_point = 0xFFFD;
    size_t length = decode(text, *at, &code_point);
    *at += length ? length : 1;
    return code_point;
}

size_t tdm_utf8_error(tdm_text text)
{
    uint32_t ignored;
    for (size_t at = 0; at < text.size;) {
        size_t length = (unsigned char)text.data[at] < 0x80 ? 1 : decode(text, at, &ignored);
        if (length == 0)
            return at;
        at += length;
    }
    return SIZE_MAX;
}

size_t tdm_utf8_count(tdm_text text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    return count;
}

size_t tdm_utf8_put(uint32_t c, char ret[4])
{
    if (c < 0x80) {
        ret[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        ret[0] = (char)(0xC0 | (c >> 6));
        ret[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        ret[0] = (char)(0xE0 | (c >> 12));
        ret[1] = (char)(0x80 | ((c >> 6) & 0x3F));
        ret[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    ret[0] = (char)(0xF0 | (c >> 18));
    ret[1] = (char)(0x80 | ((c >> 12) & 0x3F));
    ret[2] = (char)(0x80 | ((c >> 6) & 0x3F));
    ret[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

void tdm_text_position(tdm_text source, size_t offset, uint32_t *ret_line, uint32_t *ret_column)
{
    uint32_t line = 1;
    size_t start = 0;
    if (offset > source.size)
        offset = source.size;
    for (size_t i = 0; i < offset; i++) {
        if (source.data[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    *ret_line = line;
    *ret_column = (uint32_t)tdm_utf8_count(tdm_text_slice(source, start, offset)) + 1;
}

void tdm_buffer_free(tdm_buffer *buffer)
{
    free(buffer->data);
    *buffer = TDM_BUFFER_INIT(buffer->maximum);
}

void tdm_buffer_clear(tdm_buffer *buffer)
{
    buffer->size = 0;
    if (buffer->data)
        buffer->data[0] = '\0';
}

static void fail(tdm_buffer *buffer)
{
    tdm_buffer_free(buffer);
    buffer->failed = true;
}

static bool reserve(tdm_buffer *buffer, size_t more)
{
    if (buffer->failed)
        return false;
    if (more > buffer->maximum - buffer->size) {
        fail(buffer);
        return false;
    }
    size_t need = buffer->size + more + 1;
    if (need <= buffer->capacity)
        return true;
    size_t capacity = buffer->capacity ? buffer->capacity : 64;
    while (capacity < need)
        capacity *= 2;
    char *data = realloc(buffer->data, capacity);
    if (!data) {
        fail(buffer);
        return false;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

void tdm_buffer_put(tdm_buffer *buffer, tdm_text text)
{
    if (!reserve(buffer, text.size))
        return;
    if (text.size)
        memcpy(buffer->data + buffer->size, text.data, text.size);
    buffer->size += text.size;
    buffer->data[buffer->size] = '\0';
}

void tdm_buffer_puts(tdm_buffer *buffer, const char *string)
{
    tdm_buffer_put(buffer, tdm_text_of(string));
}

void tdm_buffer_putc(tdm_buffer *buffer, char c)
{
    tdm_buffer_put(buffer, (tdm_text){&c, 1});
}

void tdm_buffer_vputf(tdm_buffer *buffer, const char *format, va_list args)
{
    size_t size = tdm_print_size(format, args);
    if (size == SIZE_MAX)
        fail(buffer);
    else if (reserve(buffer, size)) {
        tdm_print(buffer->data + buffer->size, size, format, args);
        buffer->size += size;
    }
}

void tdm_buffer_putf(tdm_buffer *buffer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tdm_buffer_vputf(buffer, format, args);
    va_end(args);
}

tdm_text tdm_buffer_text(const tdm_buffer *buffer)
{
    return (tdm_text){buffer->data ? buffer->data : "", buffer->size};
}

tdm_status tdm_buffer_check(const tdm_buffer *buffer, tdm_error *err)
{
    if (!buffer->failed)
        return TDM_OK;
    return tdm_fail(err, TDM_ERROR_MEMORY, TDM_NOWHERE, "out of memory, or a text beyond %zu bytes",
                    buffer->maximum);
}

tdm_text tdm_buffer_take(tdm_buffer *buffer, tdm_arena *arena)
{
    tdm_text text = tdm_arena_text(arena, tdm_buffer_text(buffer));
    tdm_buffer_free(buffer);
    return text;
}
