// The built-in functions.
#include "python/builtins.h"
#include "python/iter.h"
#include "python/methods.h"
#include "python/std.h"
#include "python/std_file.h"

#include <math.h>
#include <string.h>

// Cuts the positional arguments down to exactly `count`; keyword arguments are refused.
bool tdm_py_want_count(tdm_interp *in, const tdm_py_args *args, const char *name, size_t least,
                       size_t most)
{
    if (args->count >= least && args->count <= most && !args->named_count)
        return true;
    tdm_py_raise(in, "TypeError", "%s() takes %zu to %zu arguments (%zu given)", name, least, most,
                 args->count + args->named_count);
    return false;
}

// ---- sizes, truth, numbers ----

static tdm_py builtin_len(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!tdm_py_want_count(in, args, "len", 1, 1))
        return NULL;
    tdm_py value = args->positional[0];
    tdm_py method = tdm_py_find_special(in, value, "__len__");
    if (method || tdm_py_failed(in))
        return method ? tdm_py_call0(in, method) : NULL;
    value = tdm_py_plain(value);
    switch ((tdm_py_kind)value->kind) {
    case TDM_PY_STR:
        return tdm_py_int(in, (int64_t)tdm_py_str_length(value));
    case TDM_PY_BYTES:
        return tdm_py_int(in, (int64_t)value->text.size);
    case TDM_PY_LIST:
    case TDM_PY_TUPLE:
        return tdm_py_int(in, value->list.count);
    case TDM_PY_DICT:
    case TDM_PY_SET:
        return tdm_py_int(in, value->table->live);
    case TDM_PY_CLASS:
        if (value->class_data->flavor == PY_CLASS_ENUM)
            return tdm_py_int(in, (int64_t)value->class_data->member_count);
        break;
    case TDM_PY_OTHER:
        if (tdm_py_is_range(value))
            return tdm_py_int(in, tdm_py_range_count(value));
        if (value->other.type->behaviour.iterate) {
            tdm_py items = tdm_py_items_of(in, value);
            return !items || tdm_py_is_unknown(items) ? items : tdm_py_int(in, items->list.count);
        }
        break;
    case TDM_PY_NATIVE: {
        tdm_py items = value->native.type->iterate
                           ? tdm_py_items_of(in, value)
                           : tdm_py_unfollowed(in, "len() of a %s", tdm_py_type_name(value));
        return !items || tdm_py_is_unknown(items) ? items : tdm_py_int(in, items->list.count);
    }
    default:
        break;
    }
    return tdm_py_raise(in, "TypeError", "object of type '%s' has no len()",
                        tdm_py_type_name(value));
}

static tdm_py builtin_abs(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!tdm_py_want_count(in, args, "abs", 1, 1))
        return NULL;
    tdm_py value = tdm_py_plain(args->positional[0]);
    if (value->kind == TDM_PY_FLOAT)
        return tdm_py_float(in, fabs(value->number));
    if (!tdm_py_is_number(value))
        return tdm_py_behaviour(value)
                   ? tdm_py_unfollowed(in, "abs() of a %s", tdm_py_type_name(value))
                   : tdm_py_raise(in, "TypeError", "bad operand type for abs(): '%s'",
                                  tdm_py_type_name(value));
    return value->integer < 0 ? tdm_py_unary(in, TDM_PY_NEG, value)
                              : tdm_py_int(in, value->integer);
}

static tdm_py builtin_round(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[2];
    (void)data;
    if (!tdm_py_read_args(in, args, "round", "number,ndigits=", read))
        return NULL;
    tdm_py value = tdm_py_plain(read[0]);
    if (value->kind == TDM_PY_INT || value->kind == TDM_PY_BOOL)
        return !read[1] || read[1]->kind == TDM_PY_NONE ||
                       (read[1]->kind == TDM_PY_INT && read[1]->integer >= 0)
                   ? tdm_py_int(in, value->integer)
                   : tdm_py_unfollowed(in, "round() to tens");
    if (value->kind != TDM_PY_FLOAT)
        return tdm_py_behaviour(value) || value->kind == TDM_PY_INSTANCE
                   ? tdm_py_unfollowed(in, "round() of a %s", tdm_py_type_name(value))
                   : tdm_py_raise(in, "TypeError", "type %s doesn't define __round__ method",
                                  tdm_py_type_name(value));
    if (!read[1] || read[1]->kind == TDM_PY_NONE) {
        double half = rint(value->number); // to even, as the default rounding mode is
        return fabs(half) < 9e18 ? tdm_py_int(in, (int64_t)half)
                                 : tdm_py_unfollowed(in, "a number beyond 64 bits");
    }
    if (read[1]->kind != TDM_PY_INT || read[1]->integer < 0 || read[1]->integer > 22)
        return tdm_py_unfollowed(in, "round() to so many digits");
    // Correctly rounded decimal digits, read back (float.__round__ does the same).
    char spec[16];
    tdm_buffer text = TDM_BUFFER_INIT(16);
    tdm_buffer_putf(&text, ".%lldf", (long long)read[1]->integer);
    memcpy(spec, text.data, text.size + 1);
    tdm_text view = {spec, text.size};
    tdm_buffer_free(&text);
    tdm_py shown = tdm_py_format(in, value, view);
    tdm_py_args again = {.positional = &shown, .count = 1};
    return shown ? tdm_py_construct_float(in, NULL, &again) : NULL;
}

static tdm_py builtin_divmod(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!tdm_py_want_count(in, args, "divmod", 2, 2))
        return NULL;
    tdm_py pair[2] = {tdm_py_operate(in, TDM_PY_FLOORDIV, args->positional[0], args->positional[1]),
                      NULL};
    if (pair[0])
        pair[1] = tdm_py_operate(in, TDM_PY_MOD, args->positional[0], args->positional[1]);
    return pair[1] ? tdm_py_tuple(in, pair, 2) : NULL;
}

static tdm_py builtin_pow(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (args->count != 2 || args->named_count)
        return tdm_py_unfollowed(in, "pow() with a modulus");
    return tdm_py_operate(in, TDM_PY_POW, args->positional[0], args->positional[1]);
}

static tdm_py in_base(tdm_interp *in, const tdm_py_args *args, const char *name, const char *spec)
{
    if (!tdm_py_want_count(in, args, name, 1, 1))
        return NULL;
    tdm_py value = tdm_py_plain(args->positional[0]);
    if (value->kind != TDM_PY_INT && value->kind != TDM_PY_BOOL)
        return tdm_py_raise(in, "TypeError", "'%s' object cannot be interpreted as an integer",
                            tdm_py_type_name(value));
    return tdm_py_format(in, tdm_py_int(in, value->integer), tdm_text_of(spec));
}

static tdm_py builtin_hex(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return in_base(in, args, "hex", "#x");
}

static tdm_py builtin_oct(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return in_base(in, args, "oct", "#o");
}

static tdm_py builtin_bin(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return in_base(in, args, "bin", "#b");
}

static tdm_py builtin_ord(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!tdm_py_want_count(in, args, "ord", 1, 1))
        return NULL;
    tdm_py value = tdm_py_plain(args->positional[0]);
    size_t at = 0;
    if (value->kind != TDM_PY_STR || tdm_py_str_length(value) != 1)
        return tdm_py_raise(in, "TypeError", "ord() expected a character");
    return tdm_py_int(in, tdm_utf8_next(value->text, &at));
}

static tdm_py builtin_chr(tdm_interp *in, void *data, const tdm_py_args *args)
{
    char utf8[4];
    (void)data;
    if (!tdm_py_want_count(in, args, "chr", 1, 1))
        return NULL;
    tdm_py value = tdm_py_plain(args->positional[0]);
    if (value->kind != TDM_PY_INT || value->integer < 0 || value->integer > 0x10FFFF)
        return tdm_py_raise(in, "ValueError", "chr() arg not in range(0x110000)");
    if (value->integer >= 0xD800 && value->integer < 0xE000)
        return tdm_py_unfollowed(in, "half a surrogate pair");
    size_t size = tdm_utf8_put((uint32_t)value->integer, utf8);
    return tdm_py_text_value(in, (tdm_text){utf8, size});
}

// ---- attributes and types ----

static const py_name *attribute_name(tdm_interp *in, tdm_py value)
{
    value = tdm_py_plain(value);
    if (value->kind == TDM_PY_STR)
        return tdm_py_name_of(&in->names, value->text);
    tdm_py_raise(in, "TypeError", "attribute name must be string, not '%s'",
                 tdm_py_type_name(value));
    return NULL;
}

static tdm_py builtin_getattr(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!tdm_py_want_count(in, args, "getattr", 2, 3))
        return NULL;
    if (tdm_py_is_unknown(args->positional[1]))
        return tdm_py_doubt(in, args->positional[1]);
    const py_name *name = attribute_name(in, args->positional[1]);
    if (!name)
        return NULL;
    tdm_py value = tdm_py_attr(in, args->positional[0], name);
    if (!value && args->count == 3 && tdm_py_raised(in, "AttributeError")) {
        tdm_py_clear(in);
        return args->positional[2];
    }
    return value;
}

static tdm_py builtin_hasattr(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!tdm_py_want_count(in, args, "hasattr", 2, 2))
        return NULL;
    const py_name *name = attribute_name(in, args->positional[1]);
    if (!name)
        return NULL;
    tdm_py value = tdm_py_lookup_attr(in, args->positional[0], name);
    if (!value && tdm_py_raised(in, "AttributeError"))
        tdm_py_clear(in);
    if (tdm_py_failed(in))
        return NULL;
    return value && tdm_py_is_unknown(value) ? value : tdm_py_bool(in, value != NULL);
}

static tdm_py builtin_setattr(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!tdm_py_want_count(in, args, "setattr", 3, 3))
        return NULL;
    if (tdm_py_is_unknown(args->positional[1])) {
        tdm_py_spoil(in, args->positional[0], args->positional[1]->why);
        return in->none;
    }
    const py_name *name = attribute_name(in, args->positional[1]);
    return name && tdm_py_set_attr(in, args->positional[0], name, args->positional[2]) ? in->none
                                                                                       : NULL;
}

static tdm_py builtin_isinstance(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!tdm_py_want_count(in, args, "isinstance", 2, 2))
        return NULL;
    py_answer answer = tdm_py_is_instance(in, args->positional[0], args->positional[1]);
    if (answer == PY_ERROR)
        return NULL;
    return answer == PY_CANNOT_KNOW ? tdm_py_unfollowed(in, "this isinstance()")
                                    : tdm_py_bool(in, answer == PY_YES);
}

static tdm_py builtin_issubclass(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!tdm_py_want_count(in, args, "issubclass", 2, 2))
        return NULL;
    tdm_py type = args->positional[0], base = args->positional[1];
    if (type->kind != TDM_PY_CLASS || type->class_data->native_base)
        return tdm_py_unfollowed(in, "this issubclass()");
    bool tuple = base->kind == TDM_PY_TUPLE;
    for (uint32_t i = 0; i < (tuple ? base->list.count : 1); i++) {
        tdm_py one = tuple ? base->list.items[i] : base;
        if (one->kind != TDM_PY_CLASS)
            return tdm_py_unfollowed(in, "this issubclass()");
        if (tdm_py_is_subclass(type, one))
            return in->yes;
    }
    return in->no;
}

static tdm_py builtin_callable(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!tdm_py_want_count(in, args, "callable", 1, 1))
        return NULL;
    tdm_py value = args->positional[0];
    if (value->kind == TDM_PY_NATIVE)
        return tdm_py_bool(in, value->native.type->call != NULL);
    if (value->kind == TDM_PY_INSTANCE)
        return tdm_py_bool(in, tdm_py_find_special(in, value, "__call__") != NULL);
    return tdm_py_bool(in, value->kind == TDM_PY_FUNCTION || value->kind == TDM_PY_CLASS);
}

// ---- texts ----

static tdm_py builtin_repr(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return tdm_py_want_count(in, args, "repr", 1, 1) ? tdm_py_repr(in, args->positional[0]) : NULL;
}

static tdm_py builtin_ascii(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return tdm_py_want_count(in, args, "ascii", 1, 1) ? tdm_py_ascii(in, args->positional[0])
                                                      : NULL;
}

static tdm_py builtin_format(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!tdm_py_want_count(in, args, "format", 1, 2))
        return NULL;
    tdm_text spec = {0};
    if (args->count == 2 && args->positional[1]->kind == TDM_PY_STR)
        spec = args->positional[1]->text;
    return tdm_py_format(in, args->positional[0], spec);
}

// ---- decorators and what cannot be followed ----

static tdm_py wrapper(tdm_interp *in, const char *name, tdm_py function, tdm_py setter)
{
    py_function_data *made = tdm_arena_new_of(in->arena, py_function_data);
    if (made)
        *made = (py_function_data){
            .kind = PY_FUNCTION_WRAPPER, .name = name, .function = function, .self = setter};
    return tdm_py_function_value(in, made);
}

static tdm_py builtin_staticmethod(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return tdm_py_want_count(in, args, "staticmethod", 1, 1)
               ? wrapper(in, "staticmethod", args->positional[0], NULL)
               : NULL;
}

static tdm_py builtin_classmethod(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return tdm_py_want_count(in, args, "classmethod", 1, 1)
               ? wrapper(in, "classmethod", args->positional[0], NULL)
               : NULL;
}

static tdm_py builtin_property(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[4];
    (void)data;
    if (!tdm_py_read_args(in, args, "property", "fget,fset=,fdel=,doc=", read))
        return NULL;
    return wrapper(in, "property", read[0], read[1]);
}

static tdm_py property_setter(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py property = data;
    return tdm_py_want_count(in, args, "setter", 1, 1)
               ? wrapper(in, "property", property->function->function, args->positional[0])
               : NULL;
}

tdm_py tdm_py_wrapper_attr(tdm_interp *in, tdm_py value, const py_name *name)
{
    if (tdm_text_is(name->text, "setter"))
        return tdm_py_builtin_new(in, "setter", property_setter, value, 0);
    if (tdm_text_is(name->text, "getter") || tdm_text_is(name->text, "deleter"))
        return tdm_py_unfollowed(in, "property.%.*s", TDM_TEXT_ARG(name->text));
    return tdm_py_lookup_attr(in, value->function->function, name);
}

static const py_row rows[] = {
    {"__import__", NULL, 0},
    {"abs", builtin_abs, 0},
    {"all", tdm_py_builtin_all, 0},
    {"any", tdm_py_builtin_any, 0},
    {"ascii", builtin_ascii, 0},
    {"bin", builtin_bin, 0},
    {"breakpoint", tdm_py_ignore_call, PY_ROW_TOLERANT},
    {"callable", builtin_callable, 0},
    {"chr", builtin_chr, 0},
    {"classmethod", builtin_classmethod, PY_ROW_TOLERANT},
    {"compile", NULL, 0},
    {"delattr", NULL, 0},
    {"dir", NULL, 0},
    {"divmod", builtin_divmod, 0},
    {"enumerate", tdm_py_builtin_enumerate, 0},
    {"eval", NULL, 0},
    {"exec", NULL, 0},
    {"exit", NULL, 0},
    {"filter", tdm_py_builtin_filter, PY_ROW_CALLS},
    {"format", builtin_format, 0},
    {"getattr", builtin_getattr, PY_ROW_TOLERANT},
    {"hasattr", builtin_hasattr, 0},
    {"hash", NULL, 0},
    {"help", NULL, 0},
    {"hex", builtin_hex, 0},
    {"id", NULL, 0},
    {"input", NULL, 0},
    {"isinstance", builtin_isinstance, 0},
    {"issubclass", builtin_issubclass, 0},
    {"iter", tdm_py_builtin_iter, 0},
    {"len", builtin_len, 0},
    {"map", tdm_py_builtin_map, PY_ROW_CALLS},
    {"max", tdm_py_builtin_max, PY_ROW_CALLS | PY_ROW_TOLERANT},
    {"min", tdm_py_builtin_min, PY_ROW_CALLS | PY_ROW_TOLERANT},
    {"next", tdm_py_builtin_next, PY_ROW_TOLERANT},
    {"oct", builtin_oct, 0},
    {"open", tdm_py_builtin_open, PY_ROW_TOLERANT},
    {"ord", builtin_ord, 0},
    {"pow", builtin_pow, 0},
    {"print", tdm_py_ignore_call, PY_ROW_TOLERANT},
    {"property", builtin_property, PY_ROW_TOLERANT},
    {"quit", NULL, 0},
    {"range", tdm_py_builtin_range, 0},
    {"repr", builtin_repr, 0},
    {"reversed", tdm_py_builtin_reversed, 0},
    {"round", builtin_round, 0},
    {"setattr", builtin_setattr, PY_ROW_TOLERANT | PY_ROW_MUTATES},
    {"sorted", tdm_py_builtin_sorted, PY_ROW_CALLS},
    {"staticmethod", builtin_staticmethod, PY_ROW_TOLERANT},
    {"sum", tdm_py_builtin_sum, 0},
    {"vars", NULL, 0},
    {"zip", tdm_py_builtin_zip, 0},
};

// exec, eval and the like may do anything, so calling them is reported.
static bool may_do_anything(const char *name)
{
    static const char *const names[] = {"exec", "eval", "compile", "__import__", "exit", "quit"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

tdm_py tdm_py_builtin_name(tdm_interp *in, const py_name *name)
{
    const py_row *row = tdm_py_row_find(rows, sizeof rows / sizeof *rows, name->text);
    if (row && row->function)
        return tdm_py_builtin_new(in, row->name, row->function, NULL, row->flags);
    if (row)
        return may_do_anything(row->name)
                   ? tdm_py_unknown(in, tdm_py_here(in), "%s() is not followed", row->name)
                   : tdm_py_unfollowed(in, "%s()", row->name);
    if (tdm_text_is(name->text, "NotImplemented"))
        return in->not_implemented;
    if (tdm_text_is(name->text, "Ellipsis"))
        return in->ellipsis;
    if (tdm_text_is(name->text, "__debug__"))
        return in->yes;
    const py_builtin_type *type = tdm_py_builtin_type_find(name->text);
    if (type && !strchr(type->name, '.') && type->name[0] >= 'a' && type->name[0] <= 'z' &&
        type->kind != TDM_PY_ELLIPSIS && type->kind != TDM_PY_FUNCTION &&
        type->kind != TDM_PY_MODULE)
        return tdm_py_builtin_class(in, type->name);
    if (tdm_text_is(name->text, "JSONDecodeError") ||
        tdm_text_is(name->text, "FrozenInstanceError"))
        return NULL;
    return tdm_py_exception_builtin(in, name->text);
}
