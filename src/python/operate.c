// Arithmetic and the other binary and unary operators.
#include "python/iter.h"
#include "python/std_file.h"

#include <math.h>
#include <string.h>

static const char *const symbols[] = {
    [TDM_PY_ADD] = "+",           [TDM_PY_SUB] = "-",
    [TDM_PY_MUL] = "*",           [TDM_PY_DIV] = "/",
    [TDM_PY_FLOORDIV] = "//",     [TDM_PY_MOD] = "%",
    [TDM_PY_POW] = "** or pow()", [TDM_PY_MATMUL] = "@",
    [TDM_PY_LSHIFT] = "<<",       [TDM_PY_RSHIFT] = ">>",
    [TDM_PY_BIT_AND] = "&",       [TDM_PY_BIT_OR] = "|",
    [TDM_PY_BIT_XOR] = "^",       [TDM_PY_EQ] = "==",
    [TDM_PY_NE] = "!=",           [TDM_PY_LT] = "<",
    [TDM_PY_LE] = "<=",           [TDM_PY_GT] = ">",
    [TDM_PY_GE] = ">=",           [TDM_PY_NEG] = "-",
    [TDM_PY_POS] = "+",           [TDM_PY_INVERT] = "~",
};

static tdm_py unsupported(tdm_interp *in, tdm_py_operator op, tdm_py a, tdm_py b)
{
    return tdm_py_raise(in, "TypeError", "unsupported operand type(s) for %s: '%s' and '%s'",
                        symbols[op], tdm_py_type_name(a), tdm_py_type_name(b));
}

static tdm_py too_large(tdm_interp *in)
{
    return tdm_py_unfollowed(in, "arithmetic beyond 64 bits");
}

// ---- integers ----

static int64_t floor_div(int64_t a, int64_t b)
{
    int64_t q = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}

static bool int_power(int64_t base, int64_t exponent, int64_t *ret)
{
    int64_t result = 1;
    while (exponent > 0) {
        if ((exponent & 1) && __builtin_mul_overflow(result, base, &result))
            return false;
        exponent >>= 1;
        if (exponent && __builtin_mul_overflow(base, base, &base))
            return false;
    }
    *ret = result;
    return true;
}

static tdm_py zero_division(tdm_interp *in, const char *what)
{
    return tdm_py_raise(in, "ZeroDivisionError", "%s", what);
}

static tdm_py divide_ints(tdm_interp *in, tdm_py_operator op, int64_t a, int64_t b)
{
    if (b == 0)
        return zero_division(in, op == TDM_PY_DIV   ? "division by zero"
                                 : op == TDM_PY_MOD ? "integer modulo by zero"
                                                    : "integer division or modulo by zero");
    if (a == INT64_MIN && b == -1)
        return op == TDM_PY_MOD ? tdm_py_int(in, 0) : too_large(in);
    if (op == TDM_PY_FLOORDIV)
        return tdm_py_int(in, floor_div(a, b));
    if (op == TDM_PY_MOD)
        return tdm_py_int(in, a - floor_div(a, b) * b);
    const int64_t exact = (int64_t)1 << 53; // beyond it a double rounds twice
    if (a > exact || a < -exact || b > exact || b < -exact)
        return too_large(in);
    return tdm_py_float(in, (double)a / (double)b);
}

static tdm_py shift_ints(tdm_interp *in, tdm_py_operator op, int64_t a, int64_t b)
{
    if (b < 0)
        return tdm_py_raise(in, "ValueError", "negative shift count");
    if (op == TDM_PY_RSHIFT)
        return tdm_py_int(in, b > 62 ? (a < 0 ? -1 : 0) : a >> b);
    int64_t result;
    if (a && (b > 62 || __builtin_mul_overflow(a, (int64_t)1 << b, &result)))
        return too_large(in);
    return tdm_py_int(in, a ? result : 0);
}

static tdm_py operate_ints(tdm_interp *in, tdm_py_operator op, tdm_py x, tdm_py y)
{
    int64_t a = x->integer, b = y->integer, result = 0;
    bool both_bool = x->kind == TDM_PY_BOOL && y->kind == TDM_PY_BOOL, overflow = false;
    switch (op) {
    case TDM_PY_ADD:
        overflow = __builtin_add_overflow(a, b, &result);
        break;
    case TDM_PY_SUB:
        overflow = __builtin_sub_overflow(a, b, &result);
        break;
    case TDM_PY_MUL:
        overflow = __builtin_mul_overflow(a, b, &result);
        break;
    case TDM_PY_DIV:
    case TDM_PY_FLOORDIV:
    case TDM_PY_MOD:
        return divide_ints(in, op, a, b);
    case TDM_PY_POW:
        if (b < 0)
            return a == 0 ? zero_division(in, "0.0 cannot be raised to a negative power")
                          : tdm_py_float(in, pow((double)a, (double)b));
        overflow = !int_power(a, b, &result);
        break;
    case TDM_PY_LSHIFT:
    case TDM_PY_RSHIFT:
        return shift_ints(in, op, a, b);
    case TDM_PY_BIT_AND:
        return both_bool ? tdm_py_bool(in, a & b) : tdm_py_int(in, a & b);
    case TDM_PY_BIT_OR:
        return both_bool ? tdm_py_bool(in, a | b) : tdm_py_int(in, a | b);
    case TDM_PY_BIT_XOR:
        return both_bool ? tdm_py_bool(in, a ^ b) : tdm_py_int(in, a ^ b);
    default:
        return unsupported(in, op, x, y);
    }
    return overflow ? too_large(in) : tdm_py_int(in, result);
}

// ---- floats ----

// float.__divmod__ (floatobject.c, _float_div_mod).
static void divide_floats(double a, double b, double *ret_quotient, double *ret_rest)
{
    double rest = fmod(a, b), quotient = (a - rest) / b;
    if (rest == 0) {
        rest = copysign(0, b);
    } else if ((b < 0) != (rest < 0)) {
        rest += b;
        quotient -= 1;
    }
    double whole = copysign(0, a / b);
    if (quotient != 0) {
        whole = floor(quotient);
        if (quotient - whole > 0.5)
            whole += 1;
    }
    *ret_quotient = whole;
    *ret_rest = rest;
}

static tdm_py divide(tdm_interp *in, tdm_py_operator op, double a, double b)
{
    double quotient, rest;
    if (b == 0)
        return zero_division(in, op == TDM_PY_DIV   ? "float division by zero"
                                 : op == TDM_PY_MOD ? "float modulo"
                                                    : "float floor division by zero");
    if (op == TDM_PY_DIV)
        return tdm_py_float(in, a / b);
    divide_floats(a, b, &quotient, &rest);
    return tdm_py_float(in, op == TDM_PY_MOD ? rest : quotient);
}

static tdm_py operate_floats(tdm_interp *in, tdm_py_operator op, tdm_py x, tdm_py y)
{
    double a = tdm_py_as_float(x), b = tdm_py_as_float(y);
    switch (op) {
    case TDM_PY_ADD:
        return tdm_py_float(in, a + b);
    case TDM_PY_SUB:
        return tdm_py_float(in, a - b);
    case TDM_PY_MUL:
        return tdm_py_float(in, a * b);
    case TDM_PY_DIV:
    case TDM_PY_FLOORDIV:
    case TDM_PY_MOD:
        return divide(in, op, a, b);
    case TDM_PY_POW:
        if (a == 0 && b < 0)
            return zero_division(in, "0.0 cannot be raised to a negative power");
        return a < 0 && b != floor(b) ? tdm_py_unfollowed(in, "a complex number")
                                      : tdm_py_float(in, pow(a, b));
    default:
        return unsupported(in, op, x, y);
    }
}

// ---- sequences ----

static tdm_py concatenate_text(tdm_interp *in, tdm_py a, tdm_py b)
{
    size_t size = a->text.size + b->text.size;
    if (size > PY_MAX_TEXT)
        return tdm_py_unfollowed(in, "a text larger than %zu bytes", PY_MAX_TEXT);
    char *text = tdm_py_charge(in, size) ? tdm_arena_alloc(in->arena, size + 1) : NULL;
    if (!text)
        return NULL;
    if (a->text.size)
        memcpy(text, a->text.data, a->text.size);
    if (b->text.size)
        memcpy(text + a->text.size, b->text.data, b->text.size);
    return tdm_py_constant(in->arena, (tdm_py_kind)a->kind, false, (tdm_text){text, size});
}

static tdm_py concatenate(tdm_interp *in, tdm_py a, tdm_py b)
{
    if (a->kind == TDM_PY_STR || a->kind == TDM_PY_BYTES)
        return concatenate_text(in, a, b);
    tdm_py made = tdm_py_list(in, a->list.items, a->list.count);
    for (uint32_t i = 0; i < b->list.count; i++)
        if (!tdm_py_append(in, made, b->list.items[i]))
            return NULL;
    if (made->kind == TDM_PY_LIST)
        made->kind = a->kind;
    return made;
}

static tdm_py repeat(tdm_interp *in, tdm_py sequence, int64_t times)
{
    bool text = sequence->kind == TDM_PY_STR || sequence->kind == TDM_PY_BYTES;
    size_t unit = text ? sequence->text.size : sequence->list.count;
    size_t count = times > 0 ? (size_t)times : 0, limit = text ? PY_MAX_TEXT : PY_MAX_ITEMS;
    if (unit && count > limit / unit)
        return tdm_py_unfollowed(in, "a repetition beyond %zu", limit);
    if (text) {
        tdm_buffer out = TDM_BUFFER_INIT(PY_MAX_TEXT);
        for (size_t i = 0; i < count && unit; i++)
            tdm_buffer_put(&out, sequence->text);
        tdm_py made = tdm_py_buffer_value(in, &out);
        if (made && made->kind == TDM_PY_STR)
            made->kind = sequence->kind;
        return made;
    }
    tdm_py made = tdm_py_list(in, NULL, 0);
    for (size_t i = 0; i < count && unit; i++)
        for (uint32_t j = 0; j < unit; j++)
            if (!tdm_py_append(in, made, sequence->list.items[j]))
                return NULL;
    if (made->kind == TDM_PY_LIST)
        made->kind = sequence->kind;
    return made;
}

static bool is_sequence(tdm_py value)
{
    return value->kind == TDM_PY_STR || value->kind == TDM_PY_BYTES || value->kind == TDM_PY_LIST ||
           value->kind == TDM_PY_TUPLE;
}

static bool is_int(tdm_py value)
{
    return value->kind == TDM_PY_INT || value->kind == TDM_PY_BOOL;
}

// ---- sets and dicts ----

static bool keeps(tdm_interp *in, tdm_py_operator op, const py_table *other, tdm_py key, int *found)
{
    py_dict_entry *entry;
    *found = tdm_py_table_find(in, other, key, &entry);
    return op == TDM_PY_BIT_AND ? *found == 1 : *found == 0;
}

static tdm_py operate_sets(tdm_interp *in, tdm_py_operator op, tdm_py a, tdm_py b)
{
    tdm_py made = tdm_py_set(in, a->table->frozen);
    bool from_b = op == TDM_PY_BIT_OR || op == TDM_PY_BIT_XOR;
    for (int side = 0; side < (from_b ? 2 : 1); side++) {
        const py_table *table = side ? b->table : a->table;
        for (uint32_t i = 0; i < table->count; i++) {
            tdm_py key = table->entries[i].key;
            int found = 0;
            bool keep = key && (op == TDM_PY_BIT_OR ||
                                keeps(in, op, side ? a->table : b->table, key, &found));
            if (found < 0)
                return found == -1 ? NULL : tdm_py_unfollowed(in, "this set");
            if (keep && tdm_py_table_put(in, made->table, key, in->none) < 0)
                return NULL;
        }
    }
    return made;
}

static tdm_py merge_dicts(tdm_interp *in, tdm_py a, tdm_py b)
{
    tdm_py made = tdm_py_table_value(in, tdm_py_table_copy(in, a->table), TDM_PY_DICT);
    for (uint32_t i = 0; i < b->table->count && made->kind == TDM_PY_DICT; i++) {
        const py_dict_entry *entry = &b->table->entries[i];
        if (entry->key && tdm_py_table_put(in, made->table, entry->key, entry->value) == -1)
            return NULL;
    }
    return made;
}

// ---- dispatch ----

static const char *method_name(tdm_py_operator op, bool reflected)
{
    static const char *const names[][2] = {
        [TDM_PY_ADD] = {"__add__", "__radd__"},
        [TDM_PY_SUB] = {"__sub__", "__rsub__"},
        [TDM_PY_MUL] = {"__mul__", "__rmul__"},
        [TDM_PY_DIV] = {"__truediv__", "__rtruediv__"},
        [TDM_PY_FLOORDIV] = {"__floordiv__", "__rfloordiv__"},
        [TDM_PY_MOD] = {"__mod__", "__rmod__"},
        [TDM_PY_POW] = {"__pow__", "__rpow__"},
        [TDM_PY_MATMUL] = {"__matmul__", "__rmatmul__"},
        [TDM_PY_LSHIFT] = {"__lshift__", "__rlshift__"},
        [TDM_PY_RSHIFT] = {"__rshift__", "__rrshift__"},
        [TDM_PY_BIT_AND] = {"__and__", "__rand__"},
        [TDM_PY_BIT_OR] = {"__or__", "__ror__"},
        [TDM_PY_BIT_XOR] = {"__xor__", "__rxor__"},
    };
    return (size_t)op < sizeof names / sizeof *names ? names[op][reflected] : NULL;
}

static tdm_py operate_instances(tdm_interp *in, tdm_py_operator op, tdm_py a, tdm_py b)
{
    for (int reflected = 0; reflected < 2; reflected++) {
        const char *name = method_name(op, reflected);
        tdm_py method = name ? tdm_py_find_special(in, reflected ? b : a, name) : NULL;
        tdm_py result = method ? tdm_py_call1(in, method, reflected ? a : b) : in->not_implemented;
        if (tdm_py_failed(in) || result != in->not_implemented)
            return result;
    }
    if (tdm_py_plain(a) != a || tdm_py_plain(b) != b)
        return tdm_py_operate(in, op, tdm_py_plain(a), tdm_py_plain(b));
    return unsupported(in, op, a, b);
}

static tdm_py operate_behaviours(tdm_interp *in, tdm_py_operator op, tdm_py a, tdm_py b)
{
    tdm_py sides[2] = {a, b};
    if (op == TDM_PY_MOD && a->kind == TDM_PY_STR)
        return tdm_py_no_place(in, tdm_py_percent(in, a, b));
    for (int i = 0; i < 2; i++) {
        const tdm_py_class *behaviour = tdm_py_behaviour(sides[i]);
        tdm_py result = behaviour && behaviour->operate ? behaviour->operate(in, op, a, b)
                                                        : in->not_implemented;
        if (!result || result != in->not_implemented)
            return result;
    }
    if (tdm_py_is_unknown(a) || tdm_py_is_unknown(b))
        return tdm_py_doubt(in, tdm_py_is_unknown(a) ? a : b);
    return unsupported(in, op, a, b);
}

static tdm_py operate_plain(tdm_interp *in, tdm_py_operator op, tdm_py a, tdm_py b)
{
    if (op == TDM_PY_ADD && a->kind == b->kind && is_sequence(a))
        return concatenate(in, a, b);
    if (op == TDM_PY_MUL && is_sequence(a) && is_int(b))
        return repeat(in, a, b->integer);
    if (op == TDM_PY_MUL && is_sequence(b) && is_int(a))
        return repeat(in, b, a->integer);
    if (op == TDM_PY_MOD && a->kind == TDM_PY_BYTES)
        return tdm_py_unfollowed(in, "%% of bytes");
    if (a->kind == TDM_PY_SET && b->kind == TDM_PY_SET &&
        (op == TDM_PY_BIT_AND || op == TDM_PY_BIT_OR || op == TDM_PY_BIT_XOR || op == TDM_PY_SUB))
        return operate_sets(in, op, a, b);
    if (op == TDM_PY_BIT_OR && a->kind == TDM_PY_DICT && b->kind == TDM_PY_DICT)
        return merge_dicts(in, a, b);
    if (op == TDM_PY_ADD && is_sequence(a))
        return tdm_py_raise(
            in, "TypeError",
            a->kind == TDM_PY_BYTES  ? "can't concat %s to %s"
            : a->kind == TDM_PY_STR  ? "can only concatenate str (not \"%s\") to %s"
            : a->kind == TDM_PY_LIST ? "can only concatenate list (not \"%s\") to %s"
                                     : "can only concatenate tuple (not \"%s\") to %s",
            b->kind == TDM_PY_BYTES ? "bytes" : tdm_py_type_name(b), tdm_py_type_name(a));
    if (op == TDM_PY_BIT_OR && (a->kind == TDM_PY_CLASS || b->kind == TDM_PY_CLASS))
        return tdm_py_harmless(in, "a union of types"); // str | None, for type checkers
    return unsupported(in, op, a, b);
}

tdm_py tdm_py_operate(tdm_interp *in, tdm_py_operator op, tdm_py a, tdm_py b)
{
    if (a->kind == TDM_PY_NATIVE || b->kind == TDM_PY_NATIVE)
        return operate_behaviours(in, op, a, b);
    if (op == TDM_PY_MOD && a->kind == TDM_PY_STR)
        return tdm_py_no_place(in, tdm_py_percent(in, a, b));
    tdm_py place = tdm_py_place_operate(in, op, a, b);
    if (place)
        return place;
    if (tdm_py_is_unknown(a) || tdm_py_is_unknown(b))
        return tdm_py_doubt(in, tdm_py_is_unknown(a) ? a : b);
    if (tdm_py_is_number(a) && tdm_py_is_number(b))
        return a->kind == TDM_PY_FLOAT || b->kind == TDM_PY_FLOAT ? operate_floats(in, op, a, b)
                                                                  : operate_ints(in, op, a, b);
    if (tdm_py_behaviour(a) || tdm_py_behaviour(b))
        return operate_behaviours(in, op, a, b);
    if (a->kind == TDM_PY_INSTANCE || b->kind == TDM_PY_INSTANCE)
        return operate_instances(in, op, a, b);
    return operate_plain(in, op, a, b);
}

// ---- in place ----

static tdm_py extend(tdm_interp *in, tdm_py list, tdm_py value)
{
    tdm_py items = tdm_py_items_of(in, value);
    if (!items)
        return NULL;
    if (tdm_py_is_unknown(items)) {
        tdm_py_spoil(in, list, items->why);
        return list;
    }
    for (uint32_t i = 0; i < items->list.count; i++)
        if (!tdm_py_append(in, list, items->list.items[i]))
            return NULL;
    return list;
}

tdm_py tdm_py_operate_in_place(tdm_interp *in, tdm_py_operator op, tdm_py a, tdm_py b)
{
    if (a->kind == TDM_PY_LIST && op == TDM_PY_ADD)
        return extend(in, a, b);
    if (a->kind == TDM_PY_INSTANCE) {
        static const char *const names[] = {
            [TDM_PY_ADD] = "__iadd__", [TDM_PY_SUB] = "__isub__", [TDM_PY_BIT_OR] = "__ior__"};
        const char *name = (size_t)op < sizeof names / sizeof *names ? names[op] : NULL;
        tdm_py method = name ? tdm_py_find_special(in, a, name) : NULL;
        if (method || tdm_py_failed(in))
            return method ? tdm_py_call1(in, method, b) : NULL;
    }
    bool table = a->kind == TDM_PY_SET || a->kind == TDM_PY_DICT;
    if (table && tdm_py_is_unknown(b)) {
        tdm_py_spoil(in, a, tdm_py_doubt(in, b)->why);
        return a;
    }
    tdm_py result = tdm_py_operate(in, op, a, b);
    // Sets and dicts change themselves; other names for them see it.
    if (table && result && result->kind == a->kind && !a->table->frozen) {
        result->table->factory = a->table->factory;
        *a->table = *result->table;
        return a;
    }
    if (a->kind == TDM_PY_LIST && result && op == TDM_PY_MUL && result->kind == TDM_PY_LIST) {
        a->list = result->list;
        return a;
    }
    return result;
}

// ---- unary ----

static tdm_py bad_unary(tdm_interp *in, tdm_py_operator op, tdm_py a)
{
    return tdm_py_raise(in, "TypeError", "bad operand type for unary %s: '%s'", symbols[op],
                        tdm_py_type_name(a));
}

tdm_py tdm_py_unary(tdm_interp *in, tdm_py_operator op, tdm_py a)
{
    const tdm_py_class *behaviour = tdm_py_behaviour(a);
    if (behaviour) {
        tdm_py result =
            behaviour->operate ? behaviour->operate(in, op, a, NULL) : in->not_implemented;
        return result == in->not_implemented ? bad_unary(in, op, a) : result;
    }
    if (tdm_py_is_unknown(a))
        return tdm_py_doubt(in, a);
    if (a->kind == TDM_PY_INSTANCE) {
        const char *name = op == TDM_PY_NEG   ? "__neg__"
                           : op == TDM_PY_POS ? "__pos__"
                                              : "__invert__";
        tdm_py method = tdm_py_find_special(in, a, name);
        if (method || tdm_py_failed(in))
            return method ? tdm_py_call0(in, method) : NULL;
        return tdm_py_plain(a) != a ? tdm_py_unary(in, op, tdm_py_plain(a)) : bad_unary(in, op, a);
    }
    if (a->kind == TDM_PY_FLOAT && op != TDM_PY_INVERT)
        return op == TDM_PY_NEG ? tdm_py_float(in, -a->number) : a;
    if (!is_int(a))
        return bad_unary(in, op, a);
    if (op == TDM_PY_POS)
        return tdm_py_int(in, a->integer);
    if (op == TDM_PY_INVERT)
        return tdm_py_int(in, ~a->integer);
    return a->integer == INT64_MIN ? too_large(in) : tdm_py_int(in, -a->integer);
}
