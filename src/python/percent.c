// "..." % values.
#include "python/interp.h"
#include "python/number.h"

#include <string.h>

enum {
    MAX_WIDTH = 1 << 16,
};

typedef struct printer {
    tdm_interp *in;
    tdm_text format;
    size_t at;
    tdm_py values;
    bool tuple;
    bool used_mapping;
    size_t next;
    tdm_buffer out;
    tdm_py unknown;
} printer;

typedef struct directive {
    bool minus, plus, space, alternate, zero;
    int64_t width;
    int64_t precision; // -1: none
    char type;
} directive;

static tdm_py next_value(printer *p)
{
    if (!p->tuple) {
        if (p->next++ == 0)
            return p->values;
    } else if (p->next < p->values->list.count) {
        return p->values->list.items[p->next++];
    }
    return tdm_py_raise(p->in, "TypeError", "not enough arguments for format string");
}

static tdm_py mapped_value(printer *p)
{
    size_t start = ++p->at;
    unsigned depth = 1;
    while (p->at < p->format.size && depth) {
        depth += p->format.data[p->at] == '(';
        depth -= p->format.data[p->at] == ')';
        p->at++;
    }
    if (depth)
        return tdm_py_raise(p->in, "ValueError", "incomplete format key");
    tdm_text key = tdm_text_slice(p->format, start, p->at - 1);
    tdm_py mapping = p->values;
    if (mapping->kind != TDM_PY_DICT && mapping->kind != TDM_PY_UNKNOWN &&
        mapping->kind != TDM_PY_NATIVE && mapping->kind != TDM_PY_OTHER)
        return tdm_py_raise(p->in, "TypeError", "format requires a mapping");
    p->used_mapping = true;
    return tdm_py_get_item(p->in, mapping, tdm_py_str(p->in, key));
}

// A number, or "*" that takes it from the values. False: raised.
static bool read_count(printer *p, int64_t *ret)
{
    if (p->at < p->format.size && p->format.data[p->at] == '*') {
        p->at++;
        tdm_py value = next_value(p);
        if (!value)
            return false;
        if (value->kind != TDM_PY_INT) {
            tdm_py_raise(p->in, "TypeError", "* wants int");
            return false;
        }
        *ret = value->integer;
        return true;
    }
    *ret = 0;
    for (; p->at < p->format.size && tdm_is_digit(p->format.data[p->at]); p->at++)
        *ret = *ret > MAX_WIDTH ? *ret : *ret * 10 + (p->format.data[p->at] - '0');
    return true;
}

static bool read_directive(printer *p, directive *ret)
{
    directive d = {.precision = -1};
    for (; p->at < p->format.size; p->at++) {
        char c = p->format.data[p->at];
        if (c == '-')
            d.minus = true;
        else if (c == '+')
            d.plus = true;
        else if (c == ' ')
            d.space = true;
        else if (c == '#')
            d.alternate = true;
        else if (c == '0')
            d.zero = true;
        else
            break;
    }
    if (!read_count(p, &d.width))
        return false;
    if (p->at < p->format.size && p->format.data[p->at] == '.') {
        p->at++;
        if (!read_count(p, &d.precision))
            return false;
    }
    while (p->at < p->format.size && strchr("hlL", p->format.data[p->at]))
        p->at++;
    if (p->at >= p->format.size) {
        tdm_py_raise(p->in, "ValueError", "incomplete format");
        return false;
    }
    d.type = p->format.data[p->at++];
    *ret = d;
    return true;
}

static void put_padded(printer *p, const directive *d, tdm_text text, size_t head)
{
    int64_t missing = d->width - (int64_t)tdm_utf8_count(text);
    bool zeros = d->zero && !d->minus && !strchr("sra", d->type);
    if (missing > MAX_WIDTH || d->precision > MAX_WIDTH) {
        p->unknown = tdm_py_unfollowed(p->in, "so wide a format");
        return;
    }
    if (zeros) {
        tdm_buffer_put(&p->out, tdm_text_slice(text, 0, head));
        text = tdm_text_from(text, head);
    }
    for (int64_t i = 0; i < missing && !d->minus; i++)
        tdm_buffer_putc(&p->out, zeros ? '0' : ' ');
    tdm_buffer_put(&p->out, text);
    for (int64_t i = 0; i < missing && d->minus; i++)
        tdm_buffer_putc(&p->out, ' ');
}

static bool put_text(printer *p, const directive *d, tdm_py text)
{
    if (!text)
        return false;
    if (text->kind != TDM_PY_STR) {
        p->unknown = p->unknown ? p->unknown : text;
        return true;
    }
    tdm_text view = text->text;
    if (d->precision >= 0) {
        size_t at = 0;
        for (int64_t i = 0; i < d->precision && at < view.size; i++)
            tdm_utf8_next(view, &at);
        view = tdm_text_slice(view, 0, at);
    }
    put_padded(p, d, view, 0);
    return true;
}

// Puts sign, prefix and digits of a number that the mini-language of format() knows too.
static bool put_number(printer *p, const directive *d, tdm_py value)
{
    tdm_buffer spec = TDM_BUFFER_INIT(64);
    char type = d->type == 'i' || d->type == 'u' ? 'd' : d->type;
    if (d->plus || d->space)
        tdm_buffer_putc(&spec, d->plus ? '+' : ' ');
    if (d->alternate)
        tdm_buffer_putc(&spec, '#');
    if (d->precision > MAX_WIDTH) {
        tdm_buffer_free(&spec);
        p->unknown = tdm_py_unfollowed(p->in, "so wide a format");
        return true;
    }
    if (d->precision >= 0 && strchr("eEfFgG", type))
        tdm_buffer_putf(&spec, ".%lld", (long long)d->precision);
    tdm_buffer_putc(&spec, type);
    tdm_py text = tdm_py_format(p->in, value, tdm_buffer_text(&spec));
    tdm_buffer_free(&spec);
    if (!text)
        return false;
    if (text->kind != TDM_PY_STR) {
        p->unknown = p->unknown ? p->unknown : text;
        return true;
    }
    size_t head = text->text.size && strchr("+- ", text->text.data[0]) ? 1 : 0;
    head += d->alternate && strchr("xXo", type) ? 2 : 0;
    put_padded(p, d, text->text, head);
    return true;
}

static bool put_integer(printer *p, const directive *d, tdm_py value)
{
    value = tdm_py_plain(value);
    if (value->kind == TDM_PY_FLOAT && strchr("diu", d->type)) {
        tdm_py whole = tdm_py_int(p->in, (int64_t)value->number);
        if (value->number > 9e18 || value->number < -9e18)
            whole = tdm_py_unfollowed(p->in, "a number beyond 64 bits");
        value = whole;
    }
    if (tdm_py_is_unknown(value) || d->precision >= 0 || tdm_py_behaviour(value)) {
        p->unknown = tdm_py_is_unknown(value) ? value : tdm_py_unfollowed(p->in, "this %% format");
        return true;
    }
    if (value->kind == TDM_PY_INT || value->kind == TDM_PY_BOOL)
        return put_number(p, d, tdm_py_int(p->in, value->integer));
    tdm_py_raise(p->in, "TypeError", "%%%c format: a real number is required, not %s", d->type,
                 tdm_py_type_name(value));
    return false;
}

static bool put_float(printer *p, const directive *d, tdm_py value)
{
    value = tdm_py_plain(value);
    if (tdm_py_is_number(value))
        return put_number(p, d, tdm_py_float(p->in, tdm_py_as_float(value)));
    if (tdm_py_is_unknown(value) || tdm_py_behaviour(value)) {
        p->unknown = tdm_py_is_unknown(value) ? value : tdm_py_unfollowed(p->in, "this %% format");
        return true;
    }
    tdm_py_raise(p->in, "TypeError", "must be real number, not %s", tdm_py_type_name(value));
    return false;
}

static bool put_directive(printer *p)
{
    tdm_py value = NULL;
    directive d;
    if (p->at < p->format.size && p->format.data[p->at] == '(') {
        value = mapped_value(p);
        if (!value)
            return false;
    }
    if (!read_directive(p, &d))
        return false;
    if (d.type == '%') {
        tdm_buffer_putc(&p->out, '%');
        return true;
    }
    if (!value)
        value = next_value(p);
    if (!value)
        return false;
    switch (d.type) {
    case 's':
        return put_text(p, &d, tdm_py_to_str(p->in, value));
    case 'r':
        return put_text(p, &d, tdm_py_repr(p->in, value));
    case 'a':
        return put_text(p, &d, tdm_py_ascii(p->in, value));
    case 'c':
        if (value->kind == TDM_PY_STR && tdm_py_str_length(value) == 1)
            return put_text(p, &d, value);
        p->unknown = tdm_py_unfollowed(p->in, "%%c of a %s", tdm_py_type_name(value));
        return true;
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        return put_integer(p, &d, value);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        return put_float(p, &d, value);
    default:
        tdm_py_raise(p->in, "ValueError", "unsupported format character '%c' at index %zu", d.type,
                     p->at - 1);
        return false;
    }
}

static bool print(printer *p)
{
    while (p->at < p->format.size) {
        char c = p->format.data[p->at++];
        if (c != '%')
            tdm_buffer_putc(&p->out, c);
        else if (!put_directive(p))
            return false;
    }
    bool left = p->tuple ? p->next < p->values->list.count
                         : p->next == 0 && !p->used_mapping && p->values->kind != TDM_PY_DICT &&
                               p->values->kind != TDM_PY_LIST && p->values->kind != TDM_PY_BYTES &&
                               !tdm_py_is_unknown(p->values) &&
                               p->values->kind != TDM_PY_INSTANCE && !tdm_py_behaviour(p->values);
    if (left)
        tdm_py_raise(p->in, "TypeError", "not all arguments converted during string formatting");
    return !left;
}

tdm_py tdm_py_percent(tdm_interp *in, tdm_py format, tdm_py values)
{
    printer p = {.in = in,
                 .format = format->text,
                 .values = values,
                 .tuple = values->kind == TDM_PY_TUPLE,
                 .out = TDM_BUFFER_INIT(PY_MAX_TEXT)};
    if (tdm_py_is_unknown(values)) // a tuple or one value: nobody knows
        return tdm_py_doubt(in, values);
    bool ok = print(&p);
    if (!ok || p.unknown) {
        tdm_buffer_free(&p.out);
        return ok ? tdm_py_doubt(in, p.unknown) : NULL;
    }
    return tdm_py_buffer_value(in, &p.out);
}
