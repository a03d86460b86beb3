// The built-in functions.
#include "python/iter.h"
#include "python/methods.h"
#include "python/std.h"

#include <math.h>
#include <string.h>

// Cuts the positional arguments down to exactly `count`; keyword arguments are refused.
static bool want(tdm_interp *in, const tdm_py_args *args, const char *name, size_t least,
                 size_t most)
{
    if (args->count >= least && args->count <= most && !args->named_count)
        return true;
    tdm_py_raise(in, "TypeError", "%s() takes %zu to %zu arguments (%zu given)", name, least, most,
                 args->count + args->named_count);
    return false;
}

static tdm_py unknown_for(tdm_interp *in, tdm_py value, const char *what)
{
    tdm_py unknown = tdm_py_find_unknown(value);
    return py_doubt(in, unknown ? unknown : py_unfollowed(in, "%s", what));
}

// ---- sizes, truth, numbers ----

static tdm_py builtin_len(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!want(in, args, "len", 1, 1))
        return NULL;
    tdm_py value = args->positional[0];
    tdm_py method = py_find_special(in, value, "__len__");
    if (method || py_failed(in))
        return method ? py_call0(in, method) : NULL;
    value = py_plain(value);
    switch ((tdm_py_kind)value->kind) {
    case TDM_PY_STR:
        return tdm_py_int(in, (int64_t)py_str_length(value));
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
        if (py_is_range(value))
            return tdm_py_int(in, py_range_count(value));
        if (value->other.type->behaviour.iterate) {
            tdm_py items = py_items_of(in, value);
            return !items || py_is_unknown(items) ? items : tdm_py_int(in, items->list.count);
        }
        break;
    case TDM_PY_NATIVE: {
        tdm_py items = value->native.type->iterate
                           ? py_items_of(in, value)
                           : py_unfollowed(in, "len() of a %s", py_type_name(value));
        return !items || py_is_unknown(items) ? items : tdm_py_int(in, items->list.count);
    }
    default:
        break;
    }
    return tdm_py_raise(in, "TypeError", "object of type '%s' has no len()", py_type_name(value));
}

static tdm_py builtin_abs(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!want(in, args, "abs", 1, 1))
        return NULL;
    tdm_py value = py_plain(args->positional[0]);
    if (value->kind == TDM_PY_FLOAT)
        return tdm_py_float(in, fabs(value->number));
    if (!py_is_number(value))
        return py_behaviour(value)
                   ? py_unfollowed(in, "abs() of a %s", py_type_name(value))
                   : tdm_py_raise(in, "TypeError", "bad operand type for abs(): '%s'",
                                  py_type_name(value));
    return value->integer < 0 ? py_unary(in, TDM_PY_NEG, value) : tdm_py_int(in, value->integer);
}

static tdm_py builtin_round(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[2];
    (void)data;
    if (!py_read_args(in, args, "round", "number,ndigits=", read))
        return NULL;
    tdm_py value = py_plain(read[0]);
    if (value->kind == TDM_PY_INT || value->kind == TDM_PY_BOOL)
        return !read[1] || read[1]->kind == TDM_PY_NONE ||
                       (read[1]->kind == TDM_PY_INT && read[1]->integer >= 0)
                   ? tdm_py_int(in, value->integer)
                   : py_unfollowed(in, "round() to tens");
    if (value->kind != TDM_PY_FLOAT)
        return py_unfollowed(in, "round() of a %s", py_type_name(value));
    if (!read[1] || read[1]->kind == TDM_PY_NONE) {
        double half = rint(value->number); // to even, as the default rounding mode is
        return fabs(half) < 9e18 ? tdm_py_int(in, (int64_t)half)
                                 : py_unfollowed(in, "a number beyond 64 bits");
    }
    if (read[1]->kind != TDM_PY_INT || read[1]->integer < 0 || read[1]->integer > 22)
        return py_unfollowed(in, "round() to so many digits");
    // Correctly rounded decimal digits, read back (float.__round__ does the same).
    char spec[16];
    tdm_buffer text = TDM_BUFFER_INIT(16);
    tdm_buffer_putf(&text, ".%lldf", (long long)read[1]->integer);
    memcpy(spec, text.data, text.size + 1);
    tdm_text view = {spec, text.size};
    tdm_buffer_free(&text);
    tdm_py shown = py_format(in, value, view);
    tdm_py_args again = {.positional = &shown, .count = 1};
    return shown ? py_construct_float(in, NULL, &again) : NULL;
}

static tdm_py builtin_divmod(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!want(in, args, "divmod", 2, 2))
        return NULL;
    tdm_py pair[2] = {py_operate(in, TDM_PY_FLOORDIV, args->positional[0], args->positional[1]),
                      NULL};
    if (pair[0])
        pair[1] = py_operate(in, TDM_PY_MOD, args->positional[0], args->positional[1]);
    return pair[1] ? tdm_py_tuple(in, pair, 2) : NULL;
}

static tdm_py builtin_pow(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (args->count != 2 || args->named_count)
        return py_unfollowed(in, "pow() with a modulus");
    return py_operate(in, TDM_PY_POW, args->positional[0], args->positional[1]);
}

static tdm_py in_base(tdm_interp *in, const tdm_py_args *args, const char *name, const char *spec)
{
    if (!want(in, args, name, 1, 1))
        return NULL;
    tdm_py value = py_plain(args->positional[0]);
    if (value->kind != TDM_PY_INT && value->kind != TDM_PY_BOOL)
        return tdm_py_raise(in, "TypeError", "'%s' object cannot be interpreted as an integer",
                            py_type_name(value));
    return py_format(in, tdm_py_int(in, value->integer), tdm_text_of(spec));
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
    if (!want(in, args, "ord", 1, 1))
        return NULL;
    tdm_py value = py_plain(args->positional[0]);
    size_t at = 0;
    if (value->kind != TDM_PY_STR || py_str_length(value) != 1)
        return tdm_py_raise(in, "TypeError", "ord() expected a character");
    return tdm_py_int(in, tdm_utf8_next(value->text, &at));
}

static tdm_py builtin_chr(tdm_interp *in, void *data, const tdm_py_args *args)
{
    char utf8[4];
    (void)data;
    if (!want(in, args, "chr", 1, 1))
        return NULL;
    tdm_py value = py_plain(args->positional[0]);
    if (value->kind != TDM_PY_INT || value->integer < 0 || value->integer > 0x10FFFF)
        return tdm_py_raise(in, "ValueError", "chr() arg not in range(0x110000)");
    if (value->integer >= 0xD800 && value->integer < 0xE000)
        return py_unfollowed(in, "half a surrogate pair");
    size_t size = tdm_utf8_put((uint32_t)value->integer, utf8);
    return py_text_value(in, (tdm_text){utf8, size});
}

// ---- iterables ----

static tdm_py builtin_range(tdm_interp *in, void *data, const tdm_py_args *args)
{
    int64_t bound[3] = {0, 0, 1};
    (void)data;
    if (!want(in, args, "range", 1, 3))
        return NULL;
    for (size_t i = 0; i < args->count; i++) {
        tdm_py value = py_plain(args->positional[i]);
        if (value->kind != TDM_PY_INT && value->kind != TDM_PY_BOOL)
            return tdm_py_raise(in, "TypeError", "'%s' object cannot be interpreted as an integer",
                                py_type_name(value));
        bound[i] = value->integer;
    }
    return args->count == 1 ? py_range(in, 0, bound[0], 1)
                            : py_range(in, bound[0], bound[1], bound[2]);
}

static tdm_py builtin_enumerate(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[2];
    (void)data;
    if (!py_read_args(in, args, "enumerate", "iterable,start=", read))
        return NULL;
    tdm_py source = py_iter(in, read[0]);
    if (!source || py_is_unknown(source))
        return source;
    return py_lazy(in, PY_LAZY_ENUMERATE, &source, 1, NULL, read[1] ? read[1]->integer : 0);
}

// Iterators of all positional arguments from `from` on. NULL: raised; *ret_unknown: one is.
static tdm_py *iterators(tdm_interp *in, const tdm_py_args *args, size_t from, tdm_py *ret_unknown)
{
    tdm_py *made = tdm_arena_array(in->arena, args->count + 1, sizeof *made);
    *ret_unknown = NULL;
    for (size_t i = from; made && i < args->count; i++) {
        made[i - from] = py_iter(in, args->positional[i]);
        if (!made[i - from])
            return NULL;
        if (py_is_unknown(made[i - from]))
            *ret_unknown = made[i - from];
    }
    return made;
}

static tdm_py builtin_zip(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py unknown, *sources = iterators(in, args, 0, &unknown);
    (void)data;
    if (!sources || unknown)
        return sources ? unknown : NULL;
    bool strict = args->named_count && py_truth(in, args->named[0]) == PY_YES;
    return py_lazy(in, strict ? PY_LAZY_ZIP_STRICT : PY_LAZY_ZIP, sources, args->count, NULL, 0);
}

static tdm_py map_or_filter(tdm_interp *in, const tdm_py_args *args, py_lazy_kind kind)
{
    tdm_py unknown;
    if (args->count < 2 || args->named_count)
        return tdm_py_raise(in, "TypeError", "map() must have at least two arguments.");
    tdm_py *sources = iterators(in, args, 1, &unknown);
    if (!sources || unknown)
        return sources ? unknown : NULL;
    return py_lazy(in, kind, sources, args->count - 1, args->positional[0], 0);
}

static tdm_py builtin_map(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return map_or_filter(in, args, PY_LAZY_MAP);
}

static tdm_py builtin_filter(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return map_or_filter(in, args, PY_LAZY_FILTER);
}

static tdm_py builtin_reversed(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!want(in, args, "reversed", 1, 1))
        return NULL;
    tdm_py value = args->positional[0];
    if (value->kind == TDM_PY_SET || value->kind == TDM_PY_INSTANCE)
        return py_unfollowed(in, "reversed() of a %s", py_type_name(value));
    if (value->kind == TDM_PY_OTHER && value->other.type->next)
        return tdm_py_raise(in, "TypeError", "'%s' object is not reversible", py_type_name(value));
    tdm_py items = py_items_of(in, value);
    if (!items || py_is_unknown(items))
        return items;
    py_reverse(items);
    return py_iter(in, items);
}

static tdm_py builtin_sorted(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[3];
    (void)data;
    if (!py_read_args(in, args, "sorted", "iterable,*,key=,reverse=", read))
        return NULL;
    // With a key, equal keys keep the order of the iterable.
    bool keyed = read[1] && read[1]->kind != TDM_PY_NONE;
    tdm_py items = keyed ? py_items_of(in, read[0]) : py_members_of(in, read[0]);
    return !items || py_is_unknown(items) ? items : py_sort_list(in, items, read[1], read[2]);
}

// any and all: the first item that settles it, unless one before it is unknown.
static tdm_py any_or_all(tdm_interp *in, const tdm_py_args *args, bool any)
{
    if (!want(in, args, any ? "any" : "all", 1, 1))
        return NULL;
    tdm_py over = args->positional[0], item, unknown = NULL;
    if (over->kind == TDM_PY_SET)
        over = py_members_of(in, over);
    tdm_py iterator = over ? py_iter(in, over) : NULL;
    if (!iterator || py_is_unknown(iterator))
        return iterator;
    for (int more; (more = py_next(in, iterator, &item)) != 0;) {
        if (more < 0)
            return NULL;
        if (py_is_unknown(iterator))
            return iterator;
        py_answer truth = py_truth(in, item);
        if (truth == PY_ERROR)
            return NULL;
        if (truth == PY_CANNOT_KNOW)
            unknown = unknown_for(in, item, "whether this is true");
        else if ((truth == PY_YES) == any)
            return tdm_py_bool(in, any);
    }
    return unknown ? unknown : tdm_py_bool(in, !any);
}

static tdm_py builtin_any(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return any_or_all(in, args, true);
}

static tdm_py builtin_all(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return any_or_all(in, args, false);
}

static tdm_py builtin_sum(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[2];
    (void)data;
    if (!py_read_args(in, args, "sum", "iterable,start=", read))
        return NULL;
    tdm_py items = py_members_of(in, read[0]), sum = read[1] ? read[1] : tdm_py_int(in, 0);
    if (!items || py_is_unknown(items))
        return items;
    for (uint32_t i = 0; i < items->list.count && sum; i++)
        sum = py_operate(in, TDM_PY_ADD, sum, items->list.items[i]);
    return sum;
}

static tdm_py extreme(tdm_interp *in, const tdm_py_args *args, const char *name, uint8_t op)
{
    tdm_py key = NULL, standard = NULL;
    for (size_t i = 0; i < args->named_count; i++) {
        if (tdm_text_is(args->names[i], "key"))
            key = args->named[i];
        else if (tdm_text_is(args->names[i], "default"))
            standard = args->named[i];
    }
    if (!args->count)
        return tdm_py_raise(in, "TypeError", "%s expected at least 1 argument, got 0", name);
    tdm_py items;
    if (args->count > 1)
        items = tdm_py_list(in, args->positional, args->count);
    else if (key)
        items = py_items_of(in, args->positional[0]);
    else
        items = py_members_of(in, args->positional[0]);
    if (!items || py_is_unknown(items))
        return items;
    if (!items->list.count)
        return standard ? standard
                        : tdm_py_raise(in, "ValueError", "%s() arg is an empty sequence", name);
    tdm_py best = NULL, best_key = NULL;
    for (uint32_t i = 0; i < items->list.count; i++) {
        tdm_py item = items->list.items[i];
        tdm_py item_key = key && key->kind != TDM_PY_NONE ? py_call1(in, key, item) : item;
        tdm_py better = !item_key ? NULL : best ? py_compare(in, op, item_key, best_key) : in->yes;
        if (!better)
            return NULL;
        py_answer truth = py_truth(in, better);
        if (truth == PY_ERROR)
            return NULL;
        if (truth == PY_CANNOT_KNOW)
            return unknown_for(in, better, "this comparison");
        if (truth == PY_YES) {
            best = item;
            best_key = item_key;
        }
    }
    return best;
}

static tdm_py builtin_min(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return extreme(in, args, "min", TDM_PY_LT);
}

static tdm_py builtin_max(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return extreme(in, args, "max", TDM_PY_GT);
}

static tdm_py builtin_iter(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!want(in, args, "iter", 1, 2))
        return NULL;
    return args->count == 1 ? py_iter(in, args->positional[0])
                            : py_lazy(in, PY_LAZY_CALL, args->positional, 2, NULL, 0);
}

static tdm_py builtin_next(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py item;
    (void)data;
    if (!want(in, args, "next", 1, 2))
        return NULL;
    tdm_py iterator = args->positional[0];
    if (py_is_unknown(iterator))
        return py_doubt(in, iterator);
    if (iterator->kind == TDM_PY_INSTANCE)
        iterator = py_lazy(in, PY_LAZY_INSTANCE, &iterator, 1, NULL, 0);
    if (iterator->kind == TDM_PY_NATIVE)
        return py_unfollowed(in, "next() of a %s", py_type_name(iterator));
    if (iterator->kind != TDM_PY_OTHER || !iterator->other.type->next)
        return tdm_py_raise(in, "TypeError", "'%s' object is not an iterator",
                            py_type_name(iterator));
    int more = py_next(in, iterator, &item);
    if (more < 0)
        return NULL;
    if (more > 0)
        return item;
    return args->count == 2 ? args->positional[1] : tdm_py_raise(in, "StopIteration", "%s", "");
}

// ---- attributes and types ----

static const py_name *attribute_name(tdm_interp *in, tdm_py value)
{
    value = py_plain(value);
    if (value->kind == TDM_PY_STR)
        return py_name_of(&in->names, value->text);
    tdm_py_raise(in, "TypeError", "attribute name must be string, not '%s'", py_type_name(value));
    return NULL;
}

static tdm_py builtin_getattr(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!want(in, args, "getattr", 2, 3))
        return NULL;
    if (py_is_unknown(args->positional[1]))
        return py_doubt(in, args->positional[1]);
    const py_name *name = attribute_name(in, args->positional[1]);
    if (!name)
        return NULL;
    tdm_py value = py_get_attr(in, args->positional[0], name);
    if (!value && args->count == 3 && py_raised(in, "AttributeError")) {
        py_clear(in);
        return args->positional[2];
    }
    return value;
}

static tdm_py builtin_hasattr(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!want(in, args, "hasattr", 2, 2))
        return NULL;
    const py_name *name = attribute_name(in, args->positional[1]);
    if (!name)
        return NULL;
    tdm_py value = py_find_attr(in, args->positional[0], name);
    if (!value && py_raised(in, "AttributeError"))
        py_clear(in);
    if (py_failed(in))
        return NULL;
    return value && py_is_unknown(value) ? value : tdm_py_bool(in, value != NULL);
}

static tdm_py builtin_setattr(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!want(in, args, "setattr", 3, 3))
        return NULL;
    if (py_is_unknown(args->positional[1])) {
        py_spoil(in, args->positional[0], args->positional[1]->why);
        return in->none;
    }
    const py_name *name = attribute_name(in, args->positional[1]);
    return name && py_set_attr(in, args->positional[0], name, args->positional[2]) ? in->none
                                                                                   : NULL;
}

static tdm_py builtin_isinstance(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!want(in, args, "isinstance", 2, 2))
        return NULL;
    py_answer answer = py_is_instance(in, args->positional[0], args->positional[1]);
    if (answer == PY_ERROR)
        return NULL;
    return answer == PY_CANNOT_KNOW ? py_unfollowed(in, "this isinstance()")
                                    : tdm_py_bool(in, answer == PY_YES);
}

static tdm_py builtin_issubclass(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!want(in, args, "issubclass", 2, 2))
        return NULL;
    tdm_py type = args->positional[0], base = args->positional[1];
    if (type->kind != TDM_PY_CLASS || type->class_data->native_base)
        return py_unfollowed(in, "this issubclass()");
    bool tuple = base->kind == TDM_PY_TUPLE;
    for (uint32_t i = 0; i < (tuple ? base->list.count : 1); i++) {
        tdm_py one = tuple ? base->list.items[i] : base;
        if (one->kind != TDM_PY_CLASS)
            return py_unfollowed(in, "this issubclass()");
        if (py_is_subclass(type, one))
            return in->yes;
    }
    return in->no;
}

static tdm_py builtin_callable(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!want(in, args, "callable", 1, 1))
        return NULL;
    tdm_py value = args->positional[0];
    if (value->kind == TDM_PY_NATIVE)
        return tdm_py_bool(in, value->native.type->call != NULL);
    if (value->kind == TDM_PY_INSTANCE)
        return tdm_py_bool(in, py_find_special(in, value, "__call__") != NULL);
    return tdm_py_bool(in, value->kind == TDM_PY_FUNCTION || value->kind == TDM_PY_CLASS);
}

// ---- texts ----

static tdm_py builtin_repr(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return want(in, args, "repr", 1, 1) ? tdm_py_repr(in, args->positional[0]) : NULL;
}

static tdm_py builtin_ascii(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return want(in, args, "ascii", 1, 1) ? py_ascii(in, args->positional[0]) : NULL;
}

static tdm_py builtin_format(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    if (!want(in, args, "format", 1, 2))
        return NULL;
    tdm_text spec = {0};
    if (args->count == 2 && args->positional[1]->kind == TDM_PY_STR)
        spec = args->positional[1]->text;
    return py_format(in, args->positional[0], spec);
}

// ---- decorators and what cannot be followed ----

static tdm_py wrapper(tdm_interp *in, const char *name, tdm_py function, tdm_py setter)
{
    py_function_data *made = tdm_arena_new_of(in->arena, py_function_data);
    if (made)
        *made = (py_function_data){
            .kind = PY_FUNCTION_WRAPPER, .name = name, .function = function, .self = setter};
    return py_function_value(in, made);
}

static tdm_py builtin_staticmethod(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return want(in, args, "staticmethod", 1, 1)
               ? wrapper(in, "staticmethod", args->positional[0], NULL)
               : NULL;
}

static tdm_py builtin_classmethod(tdm_interp *in, void *data, const tdm_py_args *args)
{
    (void)data;
    return want(in, args, "classmethod", 1, 1)
               ? wrapper(in, "classmethod", args->positional[0], NULL)
               : NULL;
}

static tdm_py builtin_property(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py read[4];
    (void)data;
    if (!py_read_args(in, args, "property", "fget,fset=,fdel=,doc=", read))
        return NULL;
    return wrapper(in, "property", read[0], read[1]);
}

static tdm_py property_setter(tdm_interp *in, void *data, const tdm_py_args *args)
{
    tdm_py property = data;
    return want(in, args, "setter", 1, 1)
               ? wrapper(in, "property", property->function->function, args->positional[0])
               : NULL;
}

tdm_py py_wrapper_attr(tdm_interp *in, tdm_py value, const py_name *name)
{
    if (tdm_text_is(name->text, "setter"))
        return py_builtin(in, "setter", property_setter, value, 0);
    if (tdm_text_is(name->text, "getter") || tdm_text_is(name->text, "deleter"))
        return py_unfollowed(in, "property.%.*s", TDM_TEXT_ARG(name->text));
    return py_find_attr(in, value->function->function, name);
}

static const py_row rows[] = {
    {"__import__", NULL, 0},
    {"abs", builtin_abs, 0},
    {"all", builtin_all, 0},
    {"any", builtin_any, 0},
    {"ascii", builtin_ascii, 0},
    {"bin", builtin_bin, 0},
    {"breakpoint", py_ignore_call, PY_ROW_TOLERANT},
    {"callable", builtin_callable, 0},
    {"chr", builtin_chr, 0},
    {"classmethod", builtin_classmethod, PY_ROW_TOLERANT},
    {"compile", NULL, 0},
    {"delattr", NULL, 0},
    {"dir", NULL, 0},
    {"divmod", builtin_divmod, 0},
    {"enumerate", builtin_enumerate, 0},
    {"eval", NULL, 0},
    {"exec", NULL, 0},
    {"exit", NULL, 0},
    {"filter", builtin_filter, PY_ROW_CALLS},
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
    {"iter", builtin_iter, 0},
    {"len", builtin_len, 0},
    {"map", builtin_map, PY_ROW_CALLS},
    {"max", builtin_max, PY_ROW_CALLS | PY_ROW_TOLERANT},
    {"min", builtin_min, PY_ROW_CALLS | PY_ROW_TOLERANT},
    {"next", builtin_next, PY_ROW_TOLERANT},
    {"oct", builtin_oct, 0},
    {"open", NULL, 0},
    {"ord", builtin_ord, 0},
    {"pow", builtin_pow, 0},
    {"print", py_ignore_call, PY_ROW_TOLERANT},
    {"property", builtin_property, PY_ROW_TOLERANT},
    {"quit", NULL, 0},
    {"range", builtin_range, 0},
    {"repr", builtin_repr, 0},
    {"reversed", builtin_reversed, 0},
    {"round", builtin_round, 0},
    {"setattr", builtin_setattr, PY_ROW_TOLERANT | PY_ROW_MUTATES},
    {"sorted", builtin_sorted, PY_ROW_CALLS},
    {"staticmethod", builtin_staticmethod, PY_ROW_TOLERANT},
    {"sum", builtin_sum, 0},
    {"vars", NULL, 0},
    {"zip", builtin_zip, 0},
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

tdm_py py_builtin_name(tdm_interp *in, const py_name *name)
{
    const py_row *row = py_row_find(rows, sizeof rows / sizeof *rows, name->text);
    if (row && row->function)
        return py_builtin(in, row->name, row->function, NULL, row->flags);
    if (row)
        return may_do_anything(row->name)
                   ? tdm_py_unknown(in, py_here(in), "%s() is not followed", row->name)
                   : py_unfollowed(in, "%s()", row->name);
    if (tdm_text_is(name->text, "NotImplemented"))
        return in->not_implemented;
    if (tdm_text_is(name->text, "Ellipsis"))
        return in->ellipsis;
    if (tdm_text_is(name->text, "__debug__"))
        return in->yes;
    const py_builtin_type *type = py_builtin_type_find(name->text);
    if (type && !strchr(type->name, '.') && type->name[0] >= 'a' && type->name[0] <= 'z' &&
        type->kind != TDM_PY_ELLIPSIS && type->kind != TDM_PY_FUNCTION &&
        type->kind != TDM_PY_MODULE)
        return py_builtin_class(in, type->name);
    if (tdm_text_is(name->text, "JSONDecodeError") ||
        tdm_text_is(name->text, "FrozenInstanceError"))
        return NULL;
    return py_exception_builtin(in, name->text);
}
