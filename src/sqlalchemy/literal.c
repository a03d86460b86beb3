// Python values as SQL literals.
//
// Offline, the literal processors of SQLAlchemy decide, and a type without one is
// an error. Online, the value would travel as a parameter: it is written as the literal that means
// the same under standard_conforming_strings.
#include "sqlalchemy/literal.h"

#include "sqlalchemy/expr.h"

#include "python/eval.h"

#include <math.h>
#include <string.h>

// SQLAlchemy's objects have no repr but their address.
static void cannot_render(tdm_printer *p, tdm_py value, const tdm_type *type)
{
    const tdm_py_class *native = tdm_py_native_class(value);
    const tdm_expr *expr =
        native && strcmp(native->name, TDM_EXPR_CLASS) == 0 ? tdm_py_native_data(value) : NULL;
    tdm_py repr = tdm_py_repr(p->in, value);
    tdm_text text = TDM_TEXT("<a value>");
    if (expr && expr->kind == TDM_EXPR_TEXT)
        text = TDM_TEXT("<sqlalchemy.sql.elements.TextClause object at 0x0>");
    else if (repr && tdm_py_kind_of(repr) == TDM_PY_STR)
        text = tdm_py_as_text(repr);
    tdm_text name = tdm_type_description(p->arena, type);
    tdm_print_raise(p, "CompileError",
                    "Could not render literal value \"%.*s\" with datatype %.*s; see parent stack "
                    "trace for more detail.",
                    TDM_TEXT_ARG(text), TDM_TEXT_ARG(name));
}

static void no_renderer(tdm_printer *p, tdm_py value, const tdm_type *type)
{
    tdm_py repr = tdm_py_repr(p->in, value);
    if (!repr || tdm_py_kind_of(repr) != TDM_PY_STR) {
        tdm_print_opaque(p, "a value cannot be written as text");
        return;
    }
    tdm_text text = tdm_py_as_text(repr);
    tdm_text name = tdm_type_description(p->arena, type);
    tdm_print_raise(p, "CompileError",
                    "No literal value renderer is available for literal value \"%.*s\" with "
                    "datatype %.*s",
                    TDM_TEXT_ARG(text), TDM_TEXT_ARG(name));
}

// value.method(), as text; false when the value has no such method.
static bool call_for_text(tdm_printer *p, tdm_py value, const char *method, tdm_text *ret)
{
    tdm_py_kind kind = tdm_py_kind_of(value);
    if (kind != TDM_PY_INSTANCE && kind != TDM_PY_OTHER && kind != TDM_PY_NATIVE)
        return false;
    tdm_py function = tdm_py_find_attr(p->in, value, tdm_text_of(method));
    if (!function || tdm_py_kind_of(function) == TDM_PY_UNKNOWN)
        return false;
    tdm_py result = tdm_py_call(p->in, function, &(tdm_py_args){.place = TDM_NOWHERE});
    tdm_py text = result ? tdm_py_to_str(p->in, result) : NULL;
    if (!text) {
        tdm_py_clear(p->in);
        return false;
    }
    if (tdm_py_kind_of(text) != TDM_PY_STR)
        return false;
    *ret = tdm_py_as_text(text);
    return true;
}

// Text of datetime values. PART: what of "2020-01-02T03:04:05" is wanted.
typedef enum iso_part { ISO_ALL, ISO_DATE, ISO_TIME } iso_part;

static void print_iso(tdm_printer *p, tdm_py value, const tdm_type *type, iso_part part)
{
    tdm_text text;
    if (p->online && tdm_py_kind_of(value) == TDM_PY_STR) {
        tdm_print_string(p, tdm_py_as_text(value)); // the server reads it
        return;
    }
    if (!call_for_text(p, value, "isoformat", &text)) {
        cannot_render(p, value, type);
        return;
    }
    size_t middle = tdm_text_find_char(text, 'T');
    if (part == ISO_DATE && middle != SIZE_MAX)
        text = tdm_text_slice(text, 0, middle);
    if (part == ISO_TIME && middle != SIZE_MAX)
        text = tdm_text_from(text, middle + 1);
    char *copy = tdm_arena_string(p->arena, text);
    if (copy && part == ISO_ALL && middle != SIZE_MAX)
        copy[middle] = ' ';
    tdm_print_string(p, (tdm_text){copy, copy ? text.size : 0});
}

static void print_interval(tdm_printer *p, tdm_py value, const tdm_type *type)
{
    tdm_text seconds;
    if (!call_for_text(p, value, "total_seconds", &seconds)) {
        cannot_render(p, value, type);
        return;
    }
    tdm_puts(p, "make_interval(secs=>");
    tdm_put(p, seconds);
    tdm_puts(p, ")");
}

// str(int(value)).
static void print_integer(tdm_printer *p, tdm_py value, const tdm_type *type)
{
    tdm_py_kind kind = tdm_py_kind_of(value);
    if (kind == TDM_PY_INT || kind == TDM_PY_BOOL) {
        tdm_print_int(p, tdm_py_as_int(value));
        return;
    }
    if (kind == TDM_PY_FLOAT) {
        double number = tdm_py_as_float(value);
        if (p->online && number != floor(number))
            tdm_print_opaque(p, "a fraction for an integer: the server rounds, int() cuts off");
        else if (number > -9e15 && number < 9e15)
            tdm_print_int(p, (int64_t)number);
        else
            cannot_render(p, value, type);
        return;
    }
    tdm_text text = kind == TDM_PY_STR ? tdm_text_trim(tdm_py_as_text(value)) : (tdm_text){0};
    bool negative = text.size > 1 && text.data[0] == '-';
    uint64_t number = 0;
    if (!tdm_text_to_u64(tdm_text_from(text, negative ? 1 : 0), &number) || number > INT64_MAX) {
        if (kind == TDM_PY_INSTANCE || kind == TDM_PY_OTHER)
            tdm_print_opaque(p, "what int() makes of a value cannot be known");
        else
            cannot_render(p, value, type);
        return;
    }
    tdm_print_int(p, negative ? -(int64_t)number : (int64_t)number);
}

static void print_plain_text(tdm_printer *p, tdm_py value, const tdm_type *type)
{
    tdm_py_kind kind = tdm_py_kind_of(value);
    bool container = kind == TDM_PY_LIST || kind == TDM_PY_TUPLE || kind == TDM_PY_DICT ||
                     kind == TDM_PY_SET || kind == TDM_PY_NATIVE;
    tdm_py text = container ? NULL : tdm_py_to_str(p->in, value);
    if (!text || tdm_py_kind_of(text) != TDM_PY_STR)
        cannot_render(p, value, type);
    else if (p->online && kind == TDM_PY_STR)
        tdm_print_string(p, tdm_py_as_text(value));
    else
        tdm_put_percent(p, tdm_py_as_text(text));
}

static void print_boolean(tdm_printer *p, tdm_py value, const tdm_type *type)
{
    tdm_py_kind kind = tdm_py_kind_of(value);
    bool truth = (kind == TDM_PY_BOOL || kind == TDM_PY_INT) &&
                 (tdm_py_as_int(value) == 0 || tdm_py_as_int(value) == 1);
    if (truth)
        tdm_puts(p, tdm_py_as_int(value) ? "true" : "false");
    else
        cannot_render(p, value, type);
}

static void print_uuid(tdm_printer *p, tdm_py value, const tdm_type *type)
{
    tdm_py text = tdm_py_to_str(p->in, value);
    if (!text || tdm_py_kind_of(text) != TDM_PY_STR) {
        cannot_render(p, value, type);
        return;
    }
    tdm_text full = tdm_py_as_text(text);
    if (type->as_uuid || p->online) {
        tdm_print_string(p, full);
        return;
    }
    tdm_buffer bare = TDM_BUFFER_INIT(full.size + 1);
    for (size_t i = 0; i < full.size; i++) {
        if (full.data[i] != '-')
            tdm_buffer_putc(&bare, full.data[i]);
    }
    tdm_print_string(p, tdm_buffer_take(&bare, p->arena));
}

// The label of a member of a Python enum class is its name (6.3).
static void print_text_value(tdm_printer *p, tdm_py value, const tdm_type *type)
{
    if (tdm_py_kind_of(value) == TDM_PY_STR) {
        tdm_print_string(p, tdm_py_as_text(value));
        return;
    }
    if (type->type_class->shape == TDM_SHAPE_ENUM && tdm_py_kind_of(value) == TDM_PY_INSTANCE) {
        tdm_py name = tdm_py_get_attr(p->in, value, TDM_TEXT("name"));
        if (name && tdm_py_kind_of(name) == TDM_PY_STR) {
            tdm_print_string(p, tdm_py_as_text(name));
            return;
        }
    }
    cannot_render(p, value, type);
}

static void print_array_value(tdm_printer *p, tdm_py value, const tdm_type *type)
{
    tdm_py_kind kind = tdm_py_kind_of(value);
    if (kind != TDM_PY_LIST && kind != TDM_PY_TUPLE) {
        cannot_render(p, value, type);
        return;
    }
    if (p->online && tdm_py_count(value) == 0) {
        tdm_puts(p, "'{}'"); // ARRAY[] needs a type
        return;
    }
    tdm_puts(p, "ARRAY[");
    for (size_t i = 0; i < tdm_py_count(value); i++) {
        tdm_py item = tdm_py_item(value, i);
        tdm_py_kind item_kind = tdm_py_kind_of(item);
        if (i > 0)
            tdm_puts(p, ", ");
        if (item_kind == TDM_PY_LIST || item_kind == TDM_PY_TUPLE)
            print_array_value(p, item, type);
        else
            tdm_print_value(p, item, type->item);
    }
    tdm_puts(p, "]");
}

static void print_binary(tdm_printer *p, tdm_py value, const tdm_type *type)
{
    if (tdm_py_kind_of(value) != TDM_PY_BYTES) {
        cannot_render(p, value, type);
        return;
    }
    tdm_text bytes = tdm_py_as_text(value);
    if (!p->online) {
        if (tdm_utf8_error(bytes) != SIZE_MAX)
            cannot_render(p, value, type);
        else
            tdm_print_string(p, bytes);
        return;
    }
    tdm_puts(p, "'\\x");
    for (size_t i = 0; i < bytes.size; i++)
        tdm_buffer_putf(&p->out, "%02x", (unsigned)(unsigned char)bytes.data[i]);
    tdm_puts(p, "'::bytea");
}

// Online only: values whose type has no literal form in SQLAlchemy.
static void print_parameter(tdm_printer *p, tdm_py value, const tdm_type *type)
{
    const tdm_type *own = tdm_type_of_value(p->arena, p->in, value);
    if (tdm_type_affinity(type) == TDM_AFFINITY_JSON) {
        tdm_buffer json = TDM_BUFFER_INIT(TDM_JSON_MAXIMUM);
        if (!tdm_json_dump(p->in, value, &json)) {
            tdm_buffer_free(&json);
            tdm_print_opaque(p, "a value cannot be written as JSON");
            return;
        }
        tdm_print_string(p, tdm_buffer_take(&json, p->arena));
        return;
    }
    tdm_affinity affinity = tdm_type_affinity(own);
    if (!own || affinity == TDM_AFFINITY_OTHER || affinity == TDM_AFFINITY_NULL)
        tdm_print_opaque(p, "how a driver sends this value cannot be known");
    else
        tdm_print_value(p, value, own);
}

void tdm_print_value(tdm_printer *p, tdm_py value, const tdm_type *type)
{
    if (tdm_py_kind_of(value) == TDM_PY_NONE) {
        tdm_puts(p, "NULL");
        return;
    }
    tdm_py unknown = tdm_py_find_unknown(value);
    if (unknown) {
        tdm_print_opaque(p, "%.*s", TDM_TEXT_ARG(tdm_py_reason(unknown)));
        return;
    }
    if (type && type->opaque_values) {
        tdm_print_opaque(p, "what a column type of its own makes of a value cannot be known");
        return;
    }
    const tdm_type *real = tdm_type_effective(type);
    if (!real || real->type_class->shape != TDM_SHAPE_ENUM)
        value = tdm_py_plain(value);
    switch (tdm_type_affinity(real)) {
    case TDM_AFFINITY_STRING:
        print_text_value(p, value, real);
        return;
    case TDM_AFFINITY_INTEGER:
        print_integer(p, value, real);
        return;
    case TDM_AFFINITY_NUMERIC:
        print_plain_text(p, value, real);
        return;
    case TDM_AFFINITY_BOOLEAN:
        print_boolean(p, value, real);
        return;
    case TDM_AFFINITY_DATE:
        print_iso(p, value, real, ISO_DATE);
        return;
    case TDM_AFFINITY_DATETIME:
        print_iso(p, value, real, ISO_ALL);
        return;
    case TDM_AFFINITY_TIME:
        print_iso(p, value, real, ISO_TIME);
        return;
    case TDM_AFFINITY_INTERVAL:
        print_interval(p, value, real);
        return;
    case TDM_AFFINITY_BINARY:
        print_binary(p, value, real);
        return;
    case TDM_AFFINITY_UUID:
        print_uuid(p, value, real);
        return;
    case TDM_AFFINITY_ARRAY:
        print_array_value(p, value, real);
        return;
    case TDM_AFFINITY_NULL:
    case TDM_AFFINITY_JSON:
    case TDM_AFFINITY_OTHER:
        if (p->online)
            print_parameter(p, value, real);
        else
            no_renderer(p, value, real);
        return;
    }
}
