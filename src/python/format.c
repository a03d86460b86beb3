// Formatting: format() and its mini-language, str.format, and the % operator
// (Python Library Reference, "Format String Syntax" and "printf-style String Formatting").
#include "python/interp.h"
#include "python/number.h"

#include <math.h>
#include <string.h>

enum {
    MAX_WIDTH = 1 << 16,
};

typedef struct spec {
    tdm_text fill;
    char align; // '<', '>', '^', '=' or 0
    char sign;  // '+', '-', ' ' or 0
    bool alternate;
    bool zero;
    char grouping; // ',', '_' or 0
    char type;
    int64_t width;
    int precision; // -1: none
} spec;

static tdm_py bad_spec(tdm_interp *in, tdm_py value)
{
    return tdm_py_raise(in, "ValueError", "Invalid format specifier for object of type '%s'",
                        tdm_py_type_name(value));
}

static bool read_number(tdm_text text, size_t *at, int64_t *ret)
{
    size_t start = *at;
    int64_t value = 0;
    while (*at < text.size && tdm_is_digit(text.data[*at]) && value <= MAX_WIDTH)
        value = value * 10 + (text.data[(*at)++] - '0');
    *ret = value;
    return *at > start && value <= MAX_WIDTH;
}

static bool take(tdm_text text, size_t *at, const char *set, char *ret)
{
    if (*at >= text.size || !strchr(set, text.data[*at]) || !text.data[*at])
        return false;
    *ret = text.data[(*at)++];
    return true;
}

static bool read_spec(tdm_text text, spec *ret)
{
    spec s = {.fill = TDM_TEXT(" "), .precision = -1};
    size_t at = 0, after = 0;
    char hash;
    if (text.size)
        tdm_utf8_next(text, &after);
    if (after < text.size && strchr("<>^=", text.data[after])) {
        s.fill = tdm_text_slice(text, 0, after);
        s.align = text.data[after];
        at = after + 1;
    } else {
        take(text, &at, "<>^=", &s.align);
    }
    take(text, &at, "+- ", &s.sign);
    s.alternate = take(text, &at, "#", &hash);
    if (at < text.size && text.data[at] == '0') {
        s.zero = true;
        at++;
        if (!s.align) {
            s.align = '=';
            s.fill = TDM_TEXT("0");
        }
    }
    if (at < text.size && tdm_is_digit(text.data[at]) && !read_number(text, &at, &s.width))
        return false;
    take(text, &at, ",_", &s.grouping);
    if (at < text.size && text.data[at] == '.') {
        int64_t precision;
        at++;
        if (!read_number(text, &at, &precision))
            return false;
        s.precision = (int)precision;
    }
    take(text, &at, "bcdeEfFgGnosxX%", &s.type);
    *ret = s;
    return at == text.size;
}

// Pads `body` (with a sign or prefix of `head` bytes before it) to the width.
static tdm_py padded(tdm_interp *in, const spec *s, tdm_text body, size_t head, char standard)
{
    int64_t missing = s->width - (int64_t)tdm_utf8_count(body);
    char align = s->align ? s->align : standard;
    int64_t left = align == '>' ? missing : align == '^' ? missing / 2 : 0;
    tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    if (align == '=') {
        tdm_buffer_put(&out, tdm_text_slice(body, 0, head));
        body = tdm_text_from(body, head);
        left = missing;
    }
    for (int64_t i = 0; i < left; i++)
        tdm_buffer_put(&out, s->fill);
    tdm_buffer_put(&out, body);
    for (int64_t i = left > 0 ? left : 0; i < missing; i++)
        tdm_buffer_put(&out, s->fill);
    return tdm_py_buffer_value(in, &out);
}

// ---- numbers ----

static void put_sign(tdm_buffer *out, const spec *s, bool negative)
{
    if (negative)
        tdm_buffer_putc(out, '-');
    else if (s->sign == '+' || s->sign == ' ')
        tdm_buffer_putc(out, s->sign);
}

// Digits with a separator every `size` places. Zero padding fills with grouped zeros.
static void put_grouped(tdm_buffer *out, tdm_text digits, char separator, size_t size)
{
    for (size_t i = 0; i < digits.size; i++) {
        if (i && separator && (digits.size - i) % size == 0)
            tdm_buffer_putc(out, separator);
        tdm_buffer_putc(out, digits.data[i]);
    }
}

static void put_zeros(tdm_buffer *digits, const spec *s, size_t used, size_t size)
{
    // "=" with fill "0" and a grouping: the zeros are grouped as well.
    size_t width = s->width > 0 ? (size_t)s->width : 0;
    if (!s->zero || !s->grouping || s->align != '=' || width <= used)
        return;
    size_t count = digits->size;
    while (count + (count - 1) / size + used - digits->size < width)
        count++;
    char *text = digits->data;
    (void)text;
    tdm_buffer wide = TDM_BUFFER_INIT(MAX_WIDTH * 2);
    for (size_t i = digits->size; i < count; i++)
        tdm_buffer_putc(&wide, '0');
    tdm_buffer_put(&wide, tdm_buffer_text(digits));
    tdm_buffer_free(digits);
    *digits = wide;
}

static void put_based(tdm_buffer *out, uint64_t value, unsigned base, bool upper)
{
    char text[65];
    size_t at = sizeof text;
    do {
        unsigned digit = (unsigned)(value % base);
        text[--at] = (char)(digit < 10 ? '0' + digit : (upper ? 'A' : 'a') + digit - 10);
        value /= base;
    } while (value);
    tdm_buffer_put(out, (tdm_text){text + at, sizeof text - at});
}

static tdm_py format_float(tdm_interp *in, const spec *s, double value);

static tdm_py format_int(tdm_interp *in, const spec *s, tdm_py value)
{
    int64_t number = value->integer;
    char type = s->type ? s->type : 'd';
    if (strchr("eEfFgG%", type))
        return format_float(in, s, (double)number);
    if (s->precision >= 0)
        return tdm_py_raise(in, "ValueError", "Precision not allowed in integer format specifier");
    if (type == 's' || type == 'n' || type == 'c')
        return type == 's' ? bad_spec(in, value) : tdm_py_unfollowed(in, "the format '%c'", type);
    unsigned base = type == 'd' ? 10 : type == 'b' ? 2 : type == 'o' ? 8 : 16;
    size_t group = base == 10 ? 3 : 4;
    tdm_buffer digits = TDM_BUFFER_INIT(MAX_WIDTH * 2), out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    put_based(&digits, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, base, type == 'X');
    put_sign(&out, s, number < 0);
    if (s->alternate && base != 10) {
        tdm_buffer_putc(&out, '0');
        tdm_buffer_putc(&out, type);
    }
    size_t head = out.size;
    put_zeros(&digits, s, head + digits.size, group);
    put_grouped(&out, tdm_buffer_text(&digits), s->grouping, group);
    tdm_py made = padded(in, s, tdm_buffer_text(&out), head, '>');
    tdm_buffer_free(&digits);
    tdm_buffer_free(&out);
    return made;
}

// str(float) with a precision: like 'g', but with at least one digit after the point.
static void put_general(tdm_buffer *out, double value, int precision)
{
    if (precision < 0) {
        tdm_py_print_float(out, value);
        return;
    }
    tdm_buffer digits = TDM_BUFFER_INIT(2048);
    tdm_py_print_float_as(&digits, value, 'g', precision ? precision : 1, false);
    tdm_buffer_put(out, tdm_buffer_text(&digits));
    tdm_text text = tdm_buffer_text(&digits);
    if (tdm_text_find_char(text, '.') == SIZE_MAX && tdm_text_find_char(text, 'e') == SIZE_MAX)
        tdm_buffer_puts(out, ".0");
    tdm_buffer_free(&digits);
}

static tdm_py format_float(tdm_interp *in, const spec *s, double value)
{
    tdm_buffer digits = TDM_BUFFER_INIT(MAX_WIDTH * 2), out = TDM_BUFFER_INIT(PY_MAX_TEXT);
    char type = s->type;
    int precision = s->precision;
    bool special = isnan(value) || isinf(value);
    if (type && !strchr("eEfFgG%n", type))
        return tdm_py_raise(in, "ValueError", "Unknown format code '%c' for object of type 'float'",
                            type);
    if (type == 'n' || (!type && s->precision >= 0 && !special && fabs(value) >= 1e15))
        return tdm_py_unfollowed(in, "this format of a float");
    put_sign(&out, s, signbit(value) && !isnan(value));
    size_t head = out.size;
    value = fabs(value);
    if (!type)
        put_general(&digits, value, precision);
    else if (type == '%')
        tdm_py_print_float_as(&digits, value * 100, 'f', precision < 0 ? 6 : precision,
                              s->alternate);
    else
        tdm_py_print_float_as(&digits, value, type, precision < 0 ? 6 : precision, s->alternate);
    if (type == '%')
        tdm_buffer_putc(&digits, '%');
    if (digits.failed) {
        tdm_buffer_free(&digits);
        tdm_buffer_free(&out);
        return tdm_py_unfollowed(in, "this format of a float");
    }
    tdm_text text = tdm_buffer_text(&digits);
    size_t whole = 0;
    while (whole < text.size && tdm_is_digit(text.data[whole]))
        whole++;
    if (s->grouping && s->zero) {
        tdm_buffer_free(&digits);
        tdm_buffer_free(&out);
        return tdm_py_unfollowed(in, "this format of a float");
    }
    put_grouped(&out, tdm_text_slice(text, 0, whole), s->grouping, 3);
    tdm_buffer_put(&out, tdm_text_from(text, whole));
    if (special && (type == 'E' || type == 'F' || type == 'G'))
        for (size_t i = 0; i < out.size; i++)
            out.data[i] = tdm_to_upper(out.data[i]);
    tdm_py made = padded(in, s, tdm_buffer_text(&out), head, '>');
    tdm_buffer_free(&digits);
    tdm_buffer_free(&out);
    return made;
}

// ---- texts and everything else ----

static tdm_text first_code_points(tdm_text text, int count)
{
    size_t at = 0;
    while (count-- > 0 && at < text.size)
        tdm_utf8_next(text, &at);
    return tdm_text_slice(text, 0, at);
}

static tdm_py format_text(tdm_interp *in, const spec *s, tdm_py value)
{
    if (s->type && s->type != 's')
        return tdm_py_raise(in, "ValueError", "Unknown format code '%c' for object of type '%s'",
                            s->type, tdm_py_type_name(value));
    if (s->sign || s->grouping || s->alternate || (s->align == '=' && !s->zero))
        return bad_spec(in, value);
    tdm_text text = value->text;
    if (s->precision >= 0)
        text = first_code_points(text, s->precision);
    spec plain = *s;
    if (plain.align == '=')
        plain.align = '<';
    return padded(in, &plain, text, 0, '<');
}

static tdm_py format_special(tdm_interp *in, tdm_py value, tdm_text text)
{
    if (!text.size)
        return tdm_py_to_str(in, value);
    if (value->kind == TDM_PY_OTHER && value->other.type->format)
        return value->other.type->format(in, value, text);
    if (value->kind == TDM_PY_OTHER || value->kind == TDM_PY_NATIVE)
        return tdm_py_unfollowed(in, "a format of a %s", tdm_py_type_name(value));
    return tdm_py_raise(in, "TypeError", "unsupported format string passed to %s.__format__",
                        tdm_py_type_name(value));
}

static tdm_py format_instance(tdm_interp *in, tdm_py value, tdm_text text)
{
    tdm_py method = tdm_py_find_special(in, value, "__format__");
    if (tdm_py_failed(in))
        return NULL;
    if (method)
        return tdm_py_call1(in, method, tdm_py_str(in, text));
    const py_class_data *data = value->instance->type->class_data;
    tdm_py plain = tdm_py_plain(value);
    // An enum formats as str() does (Python 3.12; the same for IntEnum and StrEnum before).
    if (data->flavor == PY_CLASS_ENUM && !data->prints_value) {
        if (plain != value)
            return tdm_py_unfollowed(in, "the format of an enum with a mixed-in type");
        tdm_py shown = tdm_py_to_str(in, value);
        return shown && shown->kind == TDM_PY_STR ? tdm_py_format(in, shown, text) : shown;
    }
    if (plain != value && text.size)
        return tdm_py_format(in, plain, text);
    return format_special(in, value, text);
}

tdm_py tdm_py_format(tdm_interp *in, tdm_py value, tdm_text text)
{
    spec s;
    if (tdm_py_is_unknown(value))
        return tdm_py_doubt(in, value);
    if (value->kind == TDM_PY_INSTANCE)
        return format_instance(in, value, text);
    bool number = tdm_py_is_number(value), str = value->kind == TDM_PY_STR;
    if (!text.size)
        return str ? value : tdm_py_to_str(in, value);
    if (!number && !str)
        return format_special(in, value, text);
    if (!read_spec(text, &s))
        return bad_spec(in, value);
    if (str)
        return format_text(in, &s, value);
    if (value->kind == TDM_PY_FLOAT)
        return format_float(in, &s, value->number);
    return format_int(in, &s, value);
}

// ---- str.format ----

typedef struct formatter {
    tdm_interp *in;
    const tdm_py_args *args;
    tdm_buffer out;
    tdm_py unknown;
    size_t next;    // automatic numbering
    bool automatic; // fields without a number have been seen
    bool manual;    // fields with one
    unsigned depth;
} formatter;

static bool format_into(formatter *f, tdm_text format);

static tdm_py first_field(formatter *f, tdm_text name)
{
    tdm_interp *in = f->in;
    uint64_t index;
    if (!name.size || tdm_text_to_u64(name, &index)) {
        f->automatic |= !name.size;
        f->manual |= name.size > 0;
        if (f->automatic && f->manual)
            return tdm_py_raise(
                in, "ValueError", "cannot switch from %s field %s to %s field %s",
                name.size ? "automatic" : "manual", name.size ? "numbering" : "specification",
                name.size ? "manual" : "automatic", name.size ? "specification" : "numbering");
        if (!name.size)
            index = f->next++;
        if (index < f->args->count)
            return f->args->positional[index];
        return tdm_py_raise(in, "IndexError",
                            "Replacement index %llu out of range for positional args tuple",
                            (unsigned long long)index);
    }
    for (size_t i = 0; i < f->args->named_count; i++)
        if (tdm_text_equal(f->args->names[i], name))
            return f->args->named[i];
    tdm_py_raise_with(in, "KeyError", tdm_py_str(in, name));
    return NULL;
}

// "0.name[key]": an argument, then attributes and items.
static tdm_py field_value(formatter *f, tdm_text field)
{
    tdm_interp *in = f->in;
    size_t at = 0;
    while (at < field.size && field.data[at] != '.' && field.data[at] != '[')
        at++;
    tdm_py value = first_field(f, tdm_text_slice(field, 0, at));
    while (value && at < field.size) {
        size_t start = at + 1, end = start;
        bool item = field.data[at] == '[';
        while (end < field.size &&
               (item ? field.data[end] != ']' : field.data[end] != '.' && field.data[end] != '['))
            end++;
        tdm_text part = tdm_text_slice(field, start, end);
        uint64_t index;
        if (!item)
            value = tdm_py_get_attr(in, value, tdm_arena_text(in->arena, part));
        else if (tdm_text_to_u64(part, &index) && index < INT32_MAX)
            value = tdm_py_get_item(in, value, tdm_py_int(in, (int64_t)index));
        else
            value = tdm_py_get_item(in, value, tdm_py_str(in, tdm_arena_text(in->arena, part)));
        at = end + item;
    }
    return value;
}

static tdm_py convert(tdm_interp *in, tdm_py value, char conversion)
{
    switch (conversion) {
    case 'r':
        return tdm_py_repr(in, value);
    case 's':
        return tdm_py_to_str(in, value);
    case 'a':
        return tdm_py_ascii(in, value);
    default:
        return value;
    }
}

// The text inside of braces: field ["!" conversion] [":" specification].
static bool put_field(formatter *f, tdm_text inner)
{
    tdm_interp *in = f->in;
    size_t at = 0;
    unsigned brackets = 0;
    while (at < inner.size && (brackets || (inner.data[at] != ':' && inner.data[at] != '!'))) {
        brackets += inner.data[at] == '[';
        brackets -= brackets && inner.data[at] == ']';
        at++;
    }
    tdm_text field = tdm_text_slice(inner, 0, at);
    char conversion = 0;
    if (at + 1 < inner.size && inner.data[at] == '!') {
        conversion = inner.data[at + 1];
        at += 2;
    }
    tdm_text specification = at < inner.size ? tdm_text_from(inner, at + 1) : (tdm_text){0};
    tdm_py value = field_value(f, field);
    value = value ? convert(in, value, conversion) : NULL;
    if (!value)
        return false;
    tdm_py nested = NULL;
    if (tdm_text_find_char(specification, '{') != SIZE_MAX) {
        formatter inside = {.in = in,
                            .args = f->args,
                            .next = f->next,
                            .depth = f->depth + 1,
                            .out = TDM_BUFFER_INIT(1 << 16)};
        bool ok = inside.depth < 3 && format_into(&inside, specification);
        nested = ok && !inside.unknown ? tdm_py_buffer_value(in, &inside.out) : inside.unknown;
        tdm_buffer_free(&inside.out);
        f->next = inside.next;
        if (!nested)
            return false;
        if (tdm_py_is_unknown(nested)) {
            f->unknown = nested;
            return true;
        }
        specification = nested->text;
    }
    tdm_py text = tdm_py_format(in, value, specification);
    if (!text)
        return false;
    if (text->kind == TDM_PY_STR)
        tdm_buffer_put(&f->out, text->text);
    else if (!f->unknown)
        f->unknown = text;
    return true;
}

static size_t closing_brace(tdm_text format, size_t at)
{
    unsigned depth = 1;
    for (; at < format.size; at++) {
        depth += format.data[at] == '{';
        depth -= format.data[at] == '}';
        if (!depth)
            return at;
    }
    return SIZE_MAX;
}

static bool format_into(formatter *f, tdm_text format)
{
    for (size_t at = 0; at < format.size;) {
        char c = format.data[at];
        if (c != '{' && c != '}') {
            tdm_buffer_putc(&f->out, c);
            at++;
            continue;
        }
        if (at + 1 < format.size && format.data[at + 1] == c) {
            tdm_buffer_putc(&f->out, c);
            at += 2;
            continue;
        }
        size_t close = c == '{' ? closing_brace(format, at + 1) : SIZE_MAX;
        if (close == SIZE_MAX) {
            tdm_py_raise(f->in, "ValueError",
                         c == '{' ? "expected '}' before end of string"
                                  : "Single '}' encountered in format string");
            return false;
        }
        if (!put_field(f, tdm_text_slice(format, at + 1, close)))
            return false;
        at = close + 1;
    }
    return true;
}

tdm_py tdm_py_str_format(tdm_interp *in, tdm_text format, const tdm_py_args *args)
{
    formatter f = {.in = in, .args = args, .out = TDM_BUFFER_INIT(PY_MAX_TEXT)};
    if (!format_into(&f, format)) {
        tdm_buffer_free(&f.out);
        return NULL;
    }
    if (f.unknown) {
        tdm_buffer_free(&f.out);
        return tdm_py_doubt(in, f.unknown);
    }
    return tdm_py_buffer_value(in, &f.out);
}
