// The built-in types: finding them, their attributes, and the constructors of plain values.
#include "python/iter.h"
#include "python/methods.h"
#include "python/number.h"
#include "python/std.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// ---- numbers ----

static bool read_base(tdm_interp *in, tdm_py value, int *ret)
{
    *ret = 10;
    if (!value)
        return true;
    if (value->kind != TDM_PY_INT || value->integer < 0 || value->integer > 36 ||
        value->integer == 1) {
        tdm_py_raise(in, "ValueError", "int() base must be >= 2 and <= 36, or 0");
        return false;
    }
    *ret = (int)value->integer;
    return true;
}

static tdm_py int_of_text(tdm_interp *in, tdm_py text, int base)
{
    int64_t number;
    tdm_text trimmed = tdm_text_trim(text->text);
    // int("0777") is 777: leading zeros are only refused in literals.
    switch (tdm_py_parse_int(trimmed, base, &number)) {
    case PY_NUMBER_OK:
        return tdm_py_int(in, number);
    case PY_NUMBER_TOO_LARGE:
        return tdm_py_unfollowed(in, "a number beyond 64 bits");
    case PY_NUMBER_INVALID:
        break;
    }
    tdm_py shown = tdm_py_repr(in, text);
    if (!shown || shown->kind != TDM_PY_STR)
        return shown;
    return tdm_py_raise(in, "ValueError", "invalid literal for int() with base %d: %.*s", base,
                        TDM_TEXT_ARG(shown->text));
}

tdm_py tdm_py_construct_int(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[2];
    int base;
    (void)data;
    if (!tdm_py_read_args(in, args, "int", "x=,/,base=", read) || !read_base(in, read[1], &base))
        return NULL;
    if (!read[0])
        return tdm_py_int(in, 0);
    tdm_py value = tdm_py_plain(read[0]);
    if (value->kind == TDM_PY_STR || value->kind == TDM_PY_BYTES)
        return int_of_text(in, value, base);
    if (value->kind == TDM_PY_INT || value->kind == TDM_PY_BOOL)
        return tdm_py_int(in, value->integer);
    if (value->kind == TDM_PY_FLOAT) {
        if (isnan(value->number) || isinf(value->number))
            return tdm_py_raise(in, isnan(value->number) ? "ValueError" : "OverflowError",
                                "cannot convert float %s to integer",
                                isnan(value->number) ? "NaN" : "infinity");
        if (fabs(value->number) >= 9.2e18)
            return tdm_py_unfollowed(in, "a number beyond 64 bits");
        return tdm_py_int(in, (int64_t)value->number);
    }
    tdm_py method = tdm_py_find_special(in, value, "__int__");
    if (method || tdm_py_failed(in))
        return method ? tdm_py_call0(in, method) : NULL;
    if (tdm_py_behaviour(value))
        return tdm_py_unfollowed(in, "int() of a %s", tdm_py_type_name(value));
    return tdm_py_raise(in, "TypeError",
                        "int() argument must be a string, a bytes-like object or a real number, "
                        "not '%s'",
                        tdm_py_type_name(value));
}

tdm_py tdm_py_construct_bool(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py value;
    (void)data;
    if (!tdm_py_read_args(in, args, "bool", "x=,/", &value))
        return NULL;
    py_answer truth = value ? tdm_py_truth(in, value) : PY_NO;
    if (truth == PY_ERROR)
        return NULL;
    return truth == PY_CANNOT_KNOW
               ? tdm_py_unfollowed(in, "bool() of a %s", tdm_py_type_name(value))
               : tdm_py_bool(in, truth == PY_YES);
}

tdm_py tdm_py_construct_float(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py value;
    double number;
    (void)data;
    if (!tdm_py_read_args(in, args, "float", "x=,/", &value))
        return NULL;
    if (!value)
        return tdm_py_float(in, 0);
    value = tdm_py_plain(value);
    if (tdm_py_is_number(value))
        return tdm_py_float(in, tdm_py_as_float(value));
    if (value->kind == TDM_PY_STR || value->kind == TDM_PY_BYTES) {
        if (tdm_py_parse_float(tdm_text_trim(value->text), &number))
            return tdm_py_float(in, number);
        tdm_py shown = tdm_py_repr(in, value);
        if (!shown || shown->kind != TDM_PY_STR)
            return shown;
        return tdm_py_raise(in, "ValueError", "could not convert string to float: %.*s",
                            TDM_TEXT_ARG(shown->text));
    }
    if (tdm_py_behaviour(value))
        return tdm_py_unfollowed(in, "float() of a %s", tdm_py_type_name(value));
    return tdm_py_raise(in, "TypeError",
                        "float() argument must be a string or a real number, not '%s'",
                        tdm_py_type_name(value));
}

static tdm_py int_bit_length(tdm_interp *in, void *data, const tdm_py_args *args)
{
    int64_t value = ((tdm_py)data)->integer, bits = 0;
    (void)args;
    for (uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value; rest; rest >>= 1)
        bits++;
    return tdm_py_int(in, bits);
}

static tdm_py float_is_integer(tdm_interp *in, void *data, const tdm_py_args *args)
{
    double value = ((tdm_py)data)->number;
    (void)args;
    return tdm_py_bool(in, isfinite(value) && floor(value) == value);
}

static const py_row int_rows[] = {
    {"as_integer_ratio", NULL, 0}, {"bit_count", NULL, 0},  {"bit_length", int_bit_length, 0},
    {"denominator", NULL, 0},      {"from_bytes", NULL, 0}, {"imag", NULL, 0},
    {"numerator", NULL, 0},        {"real", NULL, 0},       {"to_bytes", NULL, 0},
};

static const py_row float_rows[] = {
    {"as_integer_ratio", NULL, 0},       {"fromhex", NULL, 0}, {"hex", NULL, 0}, {"imag", NULL, 0},
    {"is_integer", float_is_integer, 0}, {"real", NULL, 0},
};

const py_builtin_type tdm_py_int_type = {
    "int", TDM_PY_INT, NULL, tdm_py_construct_int, int_rows, sizeof int_rows / sizeof *int_rows,
    NULL};
const py_builtin_type tdm_py_bool_type = {
    "bool", TDM_PY_BOOL, NULL, tdm_py_construct_bool, int_rows, sizeof int_rows / sizeof *int_rows,
    "int"};
const py_builtin_type tdm_py_float_type = {"float",    TDM_PY_FLOAT,
                                           NULL,       tdm_py_construct_float,
                                           float_rows, sizeof float_rows / sizeof *float_rows,
                                           NULL};

// ---- text and containers ----

tdm_py tdm_py_construct_str(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[3];
    (void)data;
    if (!tdm_py_read_args(in, args, "str", "object=,encoding=,errors=", read))
        return NULL;
    if (!read[0])
        return tdm_py_str(in, (tdm_text){"", 0});
    if (read[1] || read[2])
        return read[0]->kind == TDM_PY_BYTES && tdm_utf8_error(read[0]->text) == SIZE_MAX
                   ? tdm_py_str(in, read[0]->text)
                   : tdm_py_unfollowed(in, "str() with an encoding");
    return tdm_py_to_str(in, read[0]);
}

tdm_py tdm_py_construct_bytes(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[2];
    (void)data;
    if (!tdm_py_read_args(in, args, "bytes", "source=,encoding=", read))
        return NULL;
    if (!read[0])
        return tdm_py_bytes(in, (tdm_text){"", 0});
    if (read[0]->kind == TDM_PY_BYTES || (read[0]->kind == TDM_PY_STR && read[1]))
        return tdm_py_bytes(in, read[0]->text);
    return tdm_py_unfollowed(in, "bytes() of a %s", tdm_py_type_name(read[0]));
}

tdm_py tdm_py_construct_list(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py iterable;
    (void)data;
    if (!tdm_py_read_args(in, args, "list", "iterable=,/", &iterable))
        return NULL;
    return iterable ? tdm_py_items_of(in, iterable) : tdm_py_list(in, NULL, 0);
}

tdm_py tdm_py_construct_tuple(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py iterable;
    (void)data;
    if (!tdm_py_read_args(in, args, "tuple", "iterable=,/", &iterable))
        return NULL;
    tdm_py made = iterable ? tdm_py_items_of(in, iterable) : tdm_py_list(in, NULL, 0);
    if (made && made->kind == TDM_PY_LIST)
        made->kind = TDM_PY_TUPLE;
    return made;
}

static tdm_py construct_object(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!tdm_py_read_args(in, args, "object", "", NULL))
        return NULL;
    return tdm_py_instance_new(in, tdm_py_builtin_class(in, "object"));
}

static tdm_py construct_type(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return args->count == 1 ? tdm_py_type_of(in, args->positional[0])
                            : tdm_py_unfollowed(in, "making a class by type()");
}

static tdm_py construct_none(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    (void)args;
    return in->none;
}

const py_builtin_type tdm_py_object_type = {
    "object", TDM_PY_INSTANCE, NULL, construct_object, NULL, 0, NULL};

static const py_builtin_type other_types[] = {
    {"type", TDM_PY_CLASS, NULL, construct_type, NULL, 0, NULL},
    {"NoneType", TDM_PY_NONE, NULL, construct_none, NULL, 0, NULL},
    {"ellipsis", TDM_PY_ELLIPSIS, NULL, NULL, NULL, 0, NULL},
    {"function", TDM_PY_FUNCTION, NULL, NULL, NULL, 0, NULL},
    {"module", TDM_PY_MODULE, NULL, NULL, NULL, 0, NULL},
};

// ---- finding types ----

static const py_builtin_type *const basic_types[] = {
    &tdm_py_str_type,       &tdm_py_int_type,   &tdm_py_bool_type,   &tdm_py_float_type,
    &tdm_py_list_type,      &tdm_py_dict_type,  &tdm_py_tuple_type,  &tdm_py_set_type,
    &tdm_py_frozenset_type, &tdm_py_bytes_type, &tdm_py_object_type,
};

const py_builtin_type *tdm_py_builtin_type_find(tdm_text name)
{
    for (size_t i = 0; i < sizeof basic_types / sizeof *basic_types; i++)
        if (tdm_text_is(name, basic_types[i]->name))
            return basic_types[i];
    for (size_t i = 0; i < sizeof other_types / sizeof *other_types; i++)
        if (tdm_text_is(name, other_types[i].name))
            return &other_types[i];
    return tdm_py_std_type_find(name);
}

const py_builtin_type *tdm_py_type_of_kind(tdm_py_kind kind)
{
    switch (kind) {
    case TDM_PY_STR:
        return &tdm_py_str_type;
    case TDM_PY_BYTES:
        return &tdm_py_bytes_type;
    case TDM_PY_INT:
        return &tdm_py_int_type;
    case TDM_PY_BOOL:
        return &tdm_py_bool_type;
    case TDM_PY_FLOAT:
        return &tdm_py_float_type;
    case TDM_PY_LIST:
        return &tdm_py_list_type;
    case TDM_PY_TUPLE:
        return &tdm_py_tuple_type;
    case TDM_PY_DICT:
        return &tdm_py_dict_type;
    case TDM_PY_SET:
        return &tdm_py_set_type;
    case TDM_PY_NONE:
    case TDM_PY_ELLIPSIS:
    case TDM_PY_FUNCTION:
    case TDM_PY_CLASS:
    case TDM_PY_INSTANCE:
    case TDM_PY_MODULE:
    case TDM_PY_OTHER:
    case TDM_PY_NATIVE:
    case TDM_PY_UNKNOWN:
        break;
    }
    return &tdm_py_object_type;
}

tdm_py tdm_py_builtin_class(tdm_interp *in, const char *name)
{
    tdm_py known = tdm_map_get(&in->classes, tdm_text_of(name));
    if (known)
        return known;
    const py_builtin_type *type = tdm_py_builtin_type_find(tdm_text_of(name));
    if (!type)
        return NULL;
    tdm_py base = NULL, made;
    if (type != &tdm_py_object_type)
        base = tdm_py_builtin_class(in, type->base ? type->base : "object");
    py_space space = {0};
    if (!tdm_py_class_new(in, tdm_py_intern(in, type->name), &base, base ? 1 : 0, space, &made))
        return NULL;
    made->class_data->flavor = PY_CLASS_BUILTIN;
    made->class_data->type = type;
    made->class_data->module = NULL;
    return tdm_map_put(&in->classes, tdm_text_of(type->name), made) ? made : in->out_of_memory;
}

// ---- attributes ----

const py_row *tdm_py_row_find(const py_row *rows, size_t count, tdm_text name)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = tdm_text_compare(name, tdm_text_of(rows[middle].name));
        if (order == 0)
            return &rows[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

typedef struct unbound {
    const py_builtin_type *type;
    const py_row *row;
} unbound;

// str.upper("x"): the first argument is self.
static tdm_py call_unbound(tdm_interp *in, void *data, const tdm_py_args *args)
{
    const unbound *u = data;
    if (!args->count)
        return tdm_py_raise(in, "TypeError", "unbound method %s.%s() needs an argument",
                            u->type->name, u->row->name);
    tdm_py self = tdm_py_plain(args->positional[0]);
    if (tdm_py_is_unknown(self))
        return tdm_py_doubt(in, self);
    bool fits = self->kind == u->type->kind &&
                (self->kind != TDM_PY_OTHER || self->other.type == u->type->other);
    if (!fits)
        return tdm_py_raise(in, "TypeError",
                            "descriptor '%s' for '%s' objects doesn't apply to a '%s' object",
                            u->row->name, u->type->name, tdm_py_type_name(self));
    tdm_py method = tdm_py_builtin_attr(in, self, u->type, tdm_text_of(u->row->name));
    tdm_py_args rest = *args;
    rest.positional++;
    rest.count--;
    return method ? tdm_py_call(in, method, &rest) : NULL;
}

tdm_py tdm_py_builtin_attr(tdm_interp *in, tdm_py self, const py_builtin_type *type, tdm_text name)
{
    const py_row *row = tdm_py_row_find(type->rows, type->row_count, name);
    if (!row)
        return tdm_text_starts(name, TDM_TEXT("__")) && tdm_text_ends(name, TDM_TEXT("__"))
                   ? tdm_py_unfollowed(in, "'%.*s' of a %s", TDM_TEXT_ARG(name), type->name)
                   : NULL;
    if (!row->function)
        return tdm_py_unfollowed(in, "%s.%s", type->name, row->name);
    static const tdm_py_args none = {0};
    if ((row->flags & PY_ROW_STATIC) && (row->flags & PY_ROW_PROPERTY))
        return row->function(in, self, &none);
    if (row->flags & PY_ROW_STATIC)
        return tdm_py_builtin_new(in, row->name, row->function, self, row->flags);
    if (row->flags & PY_ROW_PROPERTY) {
        return self ? row->function(in, self, &none)
                    : tdm_py_unfollowed(in, "%s.%s", type->name, row->name);
    }
    if (self)
        return tdm_py_builtin_new(in, row->name, row->function, self, row->flags);
    unbound *u = tdm_arena_new_of(in->arena, unbound);
    if (!u)
        return in->out_of_memory;
    *u = (unbound){type, row};
    return tdm_py_builtin_new(in, row->name, call_unbound, u, PY_ROW_TOLERANT | PY_ROW_CALLS);
}
