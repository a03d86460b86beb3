#include "base/print.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

// Prints, or only measures when `out` is NULL.
typedef struct printer {
    char *out;
    size_t size;
} printer;

static void put(printer *in, const char *text, size_t size)
{
    if (in->out && size)
        memcpy(in->out + in->size, text, size);
    in->size += size;
}

static void put_number(printer *in, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while (number /= 10);
    put(in, digits + at, sizeof digits - at);
}

static bool put_string(printer *in, const char *text)
{
    if (text)
        put(in, text, strlen(text));
    return text != NULL;
}

static bool put_text(printer *in, int most, const char *text)
{
    if (most < 0 || (most && !text))
        return false;
    if (most)
        put(in, text, strnlen(text, (size_t)most));
    return true;
}

// One conversion, or false when it is none of these: %% %c %d %u %zu %s %.*s. Gives what follows.
static bool convert(printer *in, const char **format, va_list *args)
{
    const char *at = *format;
    bool wide = at[0] == 'z' && at[1] == 'u';
    bool cut = at[0] == '.' && at[1] == '*' && at[2] == 's';
    *format = at + (wide ? 2 : cut ? 3 : 1);
    if (wide) {
        put_number(in, va_arg(*args, size_t));
        return true;
    }
    if (cut) {
        int most = va_arg(*args, int);
        return put_text(in, most, va_arg(*args, const char *));
    }
    switch (*at) {
    case '%':
        put(in, "%", 1);
        return true;
    case 'c':
        put(in, &(char){(char)va_arg(*args, int)}, 1);
        return true;
    case 'u':
        put_number(in, va_arg(*args, unsigned));
        return true;
    case 'd': {
        int number = va_arg(*args, int);
        put(in, "-", number < 0);
        put_number(in, number < 0 ? -(uint64_t)number : (uint64_t)number);
        return true;
    }
    case 's':
        return put_string(in, va_arg(*args, const char *));
    default:
        return false;
    }
}

// False when a conversion is another one.
static bool print_plain(printer *in, const char *format, va_list *args)
{
    for (;;) {
        size_t plain = strcspn(format, "%");
        put(in, format, plain);
        format += plain;
        if (!*format)
            return true;
        format++;
        if (!convert(in, &format, args))
            return false;
    }
}

size_t tdm_print_size(const char *format, va_list args)
{
    printer in = {NULL, 0};
    va_list first, second;
    va_copy(first, args);
    va_copy(second, args);
    bool plain = print_plain(&in, format, &first);
    int size = plain ? 0 : vsnprintf(NULL, 0, format, second);
    va_end(first);
    va_end(second);
    if (!plain)
        in.size = size < 0 ? SIZE_MAX : (size_t)size;
    return in.size;
}

void tdm_print(char *out, size_t size, const char *format, va_list args)
{
    printer in = {out, 0};
    va_list first, second;
    va_copy(first, args);
    va_copy(second, args);
    if (print_plain(&in, format, &first))
        out[size] = '\0';
    else
        vsnprintf(out, size + 1, format, second);
    va_end(first);
    va_end(second);
}
