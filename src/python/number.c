#include "python/number.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int digit_of(char c)
{
    if (tdm_is_digit(c))
        return c - '0';
    c = tdm_to_lower(c);
    return c >= 'a' && c <= 'z' ? c - 'a' + 10 : 99;
}

// "0x", "0o", "0b". Takes it off and says the base; base 0 without a prefix is 10.
static bool cut_prefix(tdm_text *text, int *base)
{
    static const struct {
        char letter;
        int base;
    } prefixes[] = {{'x', 16}, {'o', 8}, {'b', 2}};
    if (text->size > 1 && text->data[0] == '0')
        for (size_t i = 0; i < 3; i++)
            if (tdm_to_lower(text->data[1]) == prefixes[i].letter &&
                (*base == 0 || *base == prefixes[i].base)) {
                *base = prefixes[i].base;
                *text = tdm_text_from(*text, 2);
                if (text->size && text->data[0] == '_')
                    *text = tdm_text_from(*text, 1);
                return true;
            }
    if (*base != 0)
        return true;
    *base = 10;
    // A literal like 0777 is refused; zeros alone are zero.
    for (size_t i = 0; text->size > 1 && text->data[0] == '0' && i < text->size; i++)
        if (text->data[i] != '0' && text->data[i] != '_')
            return false;
    return true;
}

py_number_status tdm_py_parse_int(tdm_text text, int base, int64_t *ret)
{
    bool negative = text.size && text.data[0] == '-', overflow = false;
    if (text.size && (text.data[0] == '-' || text.data[0] == '+'))
        text = tdm_text_from(text, 1);
    if (!cut_prefix(&text, &base) || !text.size)
        return PY_NUMBER_INVALID;
    uint64_t value = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '_') {
            if (i == 0 || i + 1 == text.size || text.data[i - 1] == '_')
                return PY_NUMBER_INVALID;
            continue;
        }
        int digit = digit_of(text.data[i]);
        if (digit >= base)
            return PY_NUMBER_INVALID;
        overflow |= __builtin_mul_overflow(value, (uint64_t)base, &value) ||
                    __builtin_add_overflow(value, (uint64_t)digit, &value);
    }
    if (overflow || value > (uint64_t)INT64_MAX + negative)
        return PY_NUMBER_TOO_LARGE;
    *ret = negative ? (int64_t)(0 - value) : (int64_t)value;
    return PY_NUMBER_OK;
}

// Whether text is digits (with single underscores between them), cut off its front.
static size_t cut_digits(tdm_text text, size_t at)
{
    size_t i = at;
    while (i < text.size && (tdm_is_digit(text.data[i]) ||
                             (text.data[i] == '_' && i > at && tdm_is_digit(text.data[i - 1]) &&
                              i + 1 < text.size && tdm_is_digit(text.data[i + 1]))))
        i++;
    return i;
}

static bool is_float_syntax(tdm_text text)
{
    size_t at = text.size && (text.data[0] == '-' || text.data[0] == '+');
    size_t whole = cut_digits(text, at), end = whole;
    bool digits = whole > at;
    if (end < text.size && text.data[end] == '.') {
        size_t fraction = cut_digits(text, end + 1);
        digits |= fraction > end + 1;
        end = fraction;
    }
    if (digits && end < text.size && tdm_to_lower(text.data[end]) == 'e') {
        size_t start = end + 1;
        if (start < text.size && (text.data[start] == '-' || text.data[start] == '+'))
            start++;
        end = cut_digits(text, start);
        digits = end > start;
    }
    return digits && end == text.size;
}

static bool parse_special(tdm_text text, double *ret)
{
    bool negative = text.size && text.data[0] == '-';
    if (text.size && (text.data[0] == '-' || text.data[0] == '+'))
        text = tdm_text_from(text, 1);
    if (tdm_text_equal_nocase(text, TDM_TEXT("inf")) ||
        tdm_text_equal_nocase(text, TDM_TEXT("infinity")))
        *ret = negative ? -INFINITY : INFINITY;
    else if (tdm_text_equal_nocase(text, TDM_TEXT("nan")))
        *ret = NAN;
    else
        return false;
    return true;
}

// strtod reads the decimal point of the process's locale, so the text is put into that first.
static bool read_decimal(tdm_text text, double *ret)
{
    const char *point = localeconv()->decimal_point;
    tdm_buffer copy = TDM_BUFFER_INIT(1 << 20);
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '.')
            tdm_buffer_puts(&copy, point);
        else if (text.data[i] != '_')
            tdm_buffer_putc(&copy, text.data[i]);
    }
    bool ok = !copy.failed && copy.size;
    if (ok)
        *ret = strtod(copy.data, NULL);
    tdm_buffer_free(&copy);
    return ok;
}

bool tdm_py_parse_float(tdm_text text, double *ret)
{
    if (parse_special(text, ret))
        return true;
    return is_float_syntax(text) && read_decimal(text, ret);
}

// ---- printing ----

// snprintf with the locale's decimal point made a '.' again.
static void print_digits(char *text, size_t size, const char *format, int precision, double value)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(text, size, format, precision, value);
#pragma GCC diagnostic pop
    const char *point = localeconv()->decimal_point;
    char *found = strcmp(point, ".") == 0 ? NULL : strstr(text, point);
    if (found) {
        *found = '.';
        memmove(found + 1, found + strlen(point), strlen(found + strlen(point)) + 1);
    }
}

static bool print_special(tdm_buffer *out, double value)
{
    if (isnan(value))
        tdm_buffer_puts(out, "nan");
    else if (isinf(value))
        tdm_buffer_puts(out, value < 0 ? "-inf" : "inf");
    else
        return false;
    return true;
}

// The shortest digits that read back as the same number (float_repr_style 'short'), in decimal
// notation between 1e-4 and 1e16, else with an exponent of at least two digits.
void tdm_py_print_float(tdm_buffer *out, double value)
{
    if (print_special(out, value))
        return;
    char text[64] = "";
    for (int precision = 0; precision < 17; precision++) {
        double back = 0;
        print_digits(text, sizeof text, "%.*e", precision, value);
        if (tdm_py_parse_float(tdm_text_of(text), &back) && back == value)
            break;
    }
    const char *e = strchr(text, 'e');
    long exponent = e ? strtol(e + 1, NULL, 10) : 0;
    char digits[32];
    int count = 0;
    for (const char *p = text; p != e && *p; p++)
        if (tdm_is_digit(*p) && count < 30)
            digits[count++] = *p;
    digits[count] = '\0';
    if (signbit(value))
        tdm_buffer_putc(out, '-');
    if (exponent < -4 || exponent >= 16) {
        tdm_buffer_putf(out, count > 1 ? "%c.%s" : "%c%s", digits[0], digits + 1);
        tdm_buffer_putf(out, "e%c%02ld", exponent < 0 ? '-' : '+', labs(exponent));
        return;
    }
    if (exponent < 0) {
        tdm_buffer_puts(out, "0.");
        for (long i = -1; i > exponent; i--)
            tdm_buffer_putc(out, '0');
        tdm_buffer_puts(out, digits);
        return;
    }
    for (long i = 0; i <= exponent || i < count; i++) {
        if (i == exponent + 1)
            tdm_buffer_putc(out, '.');
        tdm_buffer_putc(out, i < count ? digits[i] : '0');
    }
    if (count <= exponent + 1)
        tdm_buffer_puts(out, ".0");
}

void tdm_py_print_float_as(tdm_buffer *out, double value, char type, int precision, bool alternate)
{
    if (print_special(out, value))
        return;
    char format[] = "%#.*f";
    char *at = format + 1;
    if (!alternate)
        memmove(at, at + 1, strlen(at));
    format[strlen(format) - 1] = type;
    char small[512], *text = small;
    size_t size = sizeof small;
    if ((size_t)precision + 350 > size) {
        size = (size_t)precision + 350;
        text = malloc(size);
        if (!text) {
            out->failed = true;
            return;
        }
    }
    print_digits(text, size, format, precision, value);
    tdm_buffer_puts(out, text);
    if (text != small)
        free(text);
}
