// Literals of text and numbers: prefixes, escapes, implicit concatenation, f-strings
// (Python Language Reference, 2.4 "Literals").
#include "python/build.h"
#include "python/number.h"
#include "python/object.h"

#include "base/limits.h"
#include "base/text.h"

#include <string.h>

typedef struct literal {
    py_builder *b;
    tdm_buffer text; // what has been decoded and not yet become a node
    TDM_VECTOR(py_node *) parts;
    bool raw;
    bool bytes;
    bool formatted;
    bool any_formatted;
    const char *unknown; // why the text cannot be held: a reason, or NULL
} literal;

static void read_prefix(literal *l, tdm_text start)
{
    l->raw = l->bytes = l->formatted = false;
    for (size_t i = 0; i < start.size; i++) {
        char c = tdm_to_lower(start.data[i]);
        l->raw |= c == 'r';
        l->bytes |= c == 'b';
        l->formatted |= c == 'f';
    }
    l->any_formatted |= l->formatted;
}

static int hex_digit(char c)
{
    if (tdm_is_digit(c))
        return c - '0';
    c = tdm_to_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void put_code_point(literal *l, uint32_t code)
{
    if (l->bytes) {
        tdm_buffer_putc(&l->text, (char)(code & 0xFF));
        return;
    }
    if (code >= 0xD800 && code < 0xE000) {
        l->unknown = "a text with half a surrogate pair";
        return;
    }
    char utf8[4];
    tdm_buffer_put(&l->text, (tdm_text){utf8, tdm_utf8_put(code, utf8)});
}

// "\x41", "\u0041", "\U00000041". Returns where the escape ends, or 0 when it is malformed.
static size_t put_hex(literal *l, tdm_text s, size_t at, size_t digits)
{
    uint32_t code = 0;
    if (at + digits > s.size)
        return 0;
    for (size_t i = at; i < at + digits; i++) {
        int digit = hex_digit(s.data[i]);
        if (digit < 0)
            return 0;
        code = code << 4 | (uint32_t)digit;
    }
    if (code > 0x10FFFF)
        return 0;
    put_code_point(l, code);
    return at + digits;
}

static size_t put_octal(literal *l, tdm_text s, size_t at)
{
    uint32_t code = 0;
    size_t end = at;
    while (end < s.size && end < at + 3 && s.data[end] >= '0' && s.data[end] <= '7')
        code = code * 8 + (uint32_t)(s.data[end++] - '0');
    put_code_point(l, code);
    return end;
}

static size_t put_named(literal *l, tdm_text s, size_t at)
{
    size_t close = tdm_text_find_char(tdm_text_from(s, at), '}');
    if (close == SIZE_MAX)
        return 0;
    l->unknown = "a character written by its Unicode name";
    return at + close + 1;
}

static char simple_escape(char c)
{
    static const char from[] = "\\'\"abfnrtv";
    static const char to[] = "\\'\"\a\b\f\n\r\t\v";
    const char *found = c ? strchr(from, c) : NULL;
    return found ? to[found - from] : '\0';
}

// The escape whose backslash is at `at`. Returns where it ends, 0 when Python refuses it.
static size_t put_escape(literal *l, tdm_text s, size_t at)
{
    if (at + 1 >= s.size) {
        tdm_buffer_putc(&l->text, '\\');
        return at + 1;
    }
    char c = s.data[at + 1];
    if (c == '\n')
        return at + 2;
    if (c == '\r')
        return at + 2 + (at + 2 < s.size && s.data[at + 2] == '\n');
    if (c >= '0' && c <= '7')
        return put_octal(l, s, at + 1);
    if (c == 'x')
        return put_hex(l, s, at + 2, 2);
    if (!l->bytes && (c == 'u' || c == 'U'))
        return put_hex(l, s, at + 2, c == 'u' ? 4 : 8);
    if (!l->bytes && c == 'N')
        return at + 2 < s.size && s.data[at + 2] == '{' ? put_named(l, s, at + 3) : 0;
    char plain = simple_escape(c);
    if (plain) {
        tdm_buffer_putc(&l->text, plain);
        return at + 2;
    }
    tdm_buffer_putc(&l->text, '\\'); // an unknown escape stays as it is written
    return at + 1;
}

// Decodes source text. `braces`: doubled braces of an f-string become single ones.
static bool decode(literal *l, tdm_text s, bool braces)
{
    for (size_t i = 0; i < s.size;) {
        char c = s.data[i];
        if (c == '\\' && !l->raw) {
            i = put_escape(l, s, i);
            if (i == 0)
                return false;
            continue;
        }
        if (l->bytes && (unsigned char)c >= 0x80)
            return false;
        if (braces && (c == '{' || c == '}') && i + 1 < s.size && s.data[i + 1] == c)
            i++;
        if (c == '\r') { // the tokenizer makes every line end a "\n"
            c = '\n';
            i += i + 1 < s.size && s.data[i + 1] == '\n';
        }
        tdm_buffer_putc(&l->text, c);
        i++;
    }
    return true;
}

static void flush(literal *l, py_span span)
{
    if (!l->text.size && !l->unknown)
        return;
    py_builder *b = l->b;
    py_node *made = tdm_py_make(b, PY_CONSTANT, span, 0);
    tdm_text text = tdm_arena_text(b->arena, tdm_buffer_text(&l->text));
    made->constant =
        l->unknown
            ? tdm_py_unknown_constant(b->arena, tdm_py_span_place(b->source, span), l->unknown)
            : tdm_py_constant(b->arena, TDM_PY_STR, false, text);
    tdm_buffer_clear(&l->text);
    l->unknown = NULL;
    if (!tdm_vector_push(b->arena, &l->parts, made))
        b->failed = true;
}

static void build_interpolation(literal *l, TSNode node);

static py_node *join(literal *l, py_span span)
{
    py_node *made = tdm_py_make(l->b, PY_FSTRING, span, l->parts.count);
    for (size_t i = 0; i < l->parts.count; i++)
        tdm_py_put(made, i, l->parts.items[i]);
    return made;
}

// The text between the interpolations of a format specifier, and these.
static py_node *build_specifier(literal *outer, TSNode node)
{
    py_builder *b = outer->b;
    literal l = {.b = b, .text = TDM_BUFFER_INIT(TDM_LIMIT_FILE), .raw = outer->raw};
    py_span span = tdm_py_span_of(node);
    uint32_t at = span.start + 1;
    py_children children = tdm_py_gather(b, node, false);
    for (size_t i = 0; i <= children.count && !b->failed; i++) {
        bool last = i == children.count;
        py_span part = last ? span : tdm_py_span_of(tdm_py_child_at(b, children, i).node);
        uint32_t end = last ? span.end : part.start;
        if (!decode(&l, tdm_text_slice(b->source->text, at, end), true))
            tdm_py_refuse(b, node, "invalid escape sequence");
        flush(&l, span);
        if (!last)
            build_interpolation(&l, tdm_py_child_at(b, children, i).node);
        at = part.end;
    }
    tdm_py_release(b, children);
    tdm_buffer_free(&l.text);
    return join(&l, span);
}

// f"{name = }" prints its own source first.
static bool put_self_documenting(literal *l, TSNode node)
{
    py_children children = tdm_py_gather(l->b, node, true);
    bool found = false;
    for (size_t i = 1; i + 1 < children.count && !found; i++) {
        py_child child = tdm_py_child_at(l->b, children, i);
        found = !child.named && strcmp(ts_node_type(child.node), "=") == 0;
        if (!found)
            continue;
        uint32_t start = ts_node_start_byte(node) + 1;
        uint32_t end = ts_node_start_byte(tdm_py_child_at(l->b, children, i + 1).node);
        tdm_buffer_put(&l->text, tdm_text_slice(l->b->source->text, start, end));
    }
    tdm_py_release(l->b, children);
    return found;
}

static void build_interpolation(literal *l, TSNode node)
{
    py_builder *b = l->b;
    bool self = put_self_documenting(l, node);
    flush(l, tdm_py_span_of(node));
    py_children children = tdm_py_gather(b, node, false);
    py_node *made = tdm_py_make(b, PY_INTERPOLATION, tdm_py_span_of(node), 2);
    for (size_t i = 0; i < children.count && !b->failed; i++) {
        py_child child = tdm_py_child_at(b, children, i);
        if (child.symbol == PY_SYM_TYPE_CONVERSION)
            made->op = (uint8_t)b->source->text.data[ts_node_start_byte(child.node) + 1];
        else if (child.symbol == PY_SYM_FORMAT_SPECIFIER)
            tdm_py_put(made, 1, build_specifier(l, child.node));
        else
            tdm_py_put(made, 0, tdm_py_build_expression(b, child.node));
    }
    tdm_py_release(b, children);
    if (made->count && !made->kid[0])
        tdm_py_refuse(b, node, "empty expression in an f-string");
    if (made->op && !strchr("rsa", made->op))
        tdm_py_refuse(b, node, "invalid conversion character in an f-string");
    if (self && !made->op && made->count && !made->kid[1])
        made->op = 'r';
    if (!tdm_vector_push(b->arena, &l->parts, made))
        b->failed = true;
}

static void build_piece(literal *l, TSNode node, bool first)
{
    py_builder *b = l->b;
    bool bytes = l->bytes;
    py_children children = tdm_py_gather(b, node, false);
    for (size_t i = 0; i < children.count && !b->failed; i++) {
        py_child child = tdm_py_child_at(b, children, i);
        if (child.symbol == PY_SYM_STRING_START) {
            read_prefix(l, tdm_py_text_of(b, child.node));
            if (!first && bytes != l->bytes)
                tdm_py_refuse(b, node, "cannot mix bytes and nonbytes literals");
        } else if (child.symbol == PY_SYM_STRING_CONTENT) {
            if (!decode(l, tdm_py_text_of(b, child.node), l->formatted))
                tdm_py_refuse(b, child.node,
                              l->bytes ? "bytes can only contain ASCII literal characters"
                                       : "invalid escape sequence");
        } else if (child.symbol == PY_SYM_INTERPOLATION) {
            build_interpolation(l, child.node);
        }
    }
    tdm_py_release(b, children);
}

py_node *tdm_py_build_string(py_builder *b, TSNode node)
{
    literal l = {.b = b, .text = TDM_BUFFER_INIT(TDM_LIMIT_FILE)};
    py_span span = tdm_py_span_of(node);
    if (tdm_py_symbol_of(b, node) == PY_SYM_STRING) {
        build_piece(&l, node, true);
    } else {
        py_children children = tdm_py_gather(b, node, false);
        for (size_t i = 0; i < children.count && !b->failed; i++)
            build_piece(&l, tdm_py_child_at(b, children, i).node, i == 0);
        tdm_py_release(b, children);
    }
    py_node *made;
    if (l.any_formatted) {
        flush(&l, span);
        made = join(&l, span);
    } else {
        made = tdm_py_make(b, PY_CONSTANT, span, 0);
        tdm_text text = tdm_arena_text(b->arena, tdm_buffer_text(&l.text));
        made->constant =
            l.unknown
                ? tdm_py_unknown_constant(b->arena, tdm_py_span_place(b->source, span), l.unknown)
                : tdm_py_constant(b->arena, l.bytes ? TDM_PY_BYTES : TDM_PY_STR, false, text);
    }
    if (l.text.failed)
        b->failed = true;
    tdm_buffer_free(&l.text);
    return made;
}

// ---- numbers ----

py_node *tdm_py_build_number(py_builder *b, TSNode node, py_symbol symbol)
{
    tdm_text text = tdm_py_text_of(b, node);
    char last = text.size ? tdm_to_lower(text.data[text.size - 1]) : '0';
    bool prefixed = text.size > 1 && text.data[0] == '0' && tdm_is_alpha(text.data[1]);
    if (last == 'l')
        return tdm_py_refuse(b, node, "invalid decimal literal");
    py_node *made = tdm_py_make(b, PY_CONSTANT, tdm_py_span_of(node), 0);
    tdm_place place = tdm_py_span_place(b->source, made->span);
    if (last == 'j' && !prefixed) {
        made->constant = tdm_py_unknown_constant(b->arena, place, "a complex number");
        return made;
    }
    if (symbol == PY_SYM_FLOAT) {
        double value;
        if (!tdm_py_parse_float(text, &value))
            return tdm_py_refuse(b, node, "invalid decimal literal");
        made->constant = tdm_py_float_constant(b->arena, value);
        return made;
    }
    int64_t value;
    switch (tdm_py_parse_int(text, 0, &value)) {
    case PY_NUMBER_OK:
        made->constant = tdm_py_int_constant(b->arena, value);
        return made;
    case PY_NUMBER_TOO_LARGE:
        made->constant =
            tdm_py_unknown_constant(b->arena, place, "a number beyond 64 bits is not followed");
        return made;
    case PY_NUMBER_INVALID:
        break;
    }
    return tdm_py_refuse(b, node, "invalid decimal literal");
}
