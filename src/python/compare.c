// Truth, equality, order and membership, each with the answer "cannot be known".
#include "python/iter.h"

#include <math.h>
#include <string.h>

static bool too_nested(tdm_interp *in)
{
    return in->nesting >= PY_MAX_NESTING;
}

// ---- truth ----

static py_answer answer_of(tdm_interp *in, tdm_py value)
{
    if (!value)
        return PY_ERROR;
    if (tdm_py_is_unknown(value))
        return PY_CANNOT_KNOW;
    return value->kind == TDM_PY_BOOL ? (value->integer ? PY_YES : PY_NO) : tdm_py_truth(in, value);
}

static py_answer instance_truth(tdm_interp *in, tdm_py value)
{
    tdm_py method = tdm_py_find_special(in, value, "__bool__");
    if (!method && !tdm_py_failed(in))
        method = tdm_py_find_special(in, value, "__len__");
    if (tdm_py_failed(in))
        return PY_ERROR;
    if (method)
        return answer_of(in, tdm_py_call0(in, method));
    tdm_py plain = tdm_py_plain(value);
    if (plain != value && value->instance->type->class_data->value_type)
        return tdm_py_truth(in, plain);
    return value->instance->type->class_data->native_base &&
                   value->instance->type->class_data->flavor != PY_CLASS_EXCEPTION
               ? PY_CANNOT_KNOW
               : PY_YES;
}

py_answer tdm_py_truth(tdm_interp *in, tdm_py value)
{
    const tdm_py_class *behaviour = tdm_py_behaviour(value);
    if (behaviour)
        return behaviour->truth ? answer_of(in, behaviour->truth(in, value)) : PY_YES;
    switch ((tdm_py_kind)value->kind) {
    case TDM_PY_NONE:
        return PY_NO;
    case TDM_PY_BOOL:
    case TDM_PY_INT:
        return value->integer ? PY_YES : PY_NO;
    case TDM_PY_FLOAT:
        return value->number != 0 ? PY_YES : PY_NO;
    case TDM_PY_STR:
    case TDM_PY_BYTES:
        return value->text.size ? PY_YES : PY_NO;
    case TDM_PY_LIST:
    case TDM_PY_TUPLE:
        return value->list.count ? PY_YES : PY_NO;
    case TDM_PY_DICT:
    case TDM_PY_SET:
        return value->table->live ? PY_YES : PY_NO;
    case TDM_PY_INSTANCE:
        return instance_truth(in, value);
    case TDM_PY_UNKNOWN:
        return PY_CANNOT_KNOW;
    case TDM_PY_ELLIPSIS:
    case TDM_PY_FUNCTION:
    case TDM_PY_CLASS:
    case TDM_PY_MODULE:
    case TDM_PY_OTHER:
    case TDM_PY_NATIVE:
        break;
    }
    return PY_YES;
}

// ---- equality ----

static py_answer equal_numbers(tdm_py a, tdm_py b)
{
    if (a->kind != TDM_PY_FLOAT && b->kind != TDM_PY_FLOAT)
        return a->integer == b->integer ? PY_YES : PY_NO;
    if (a->kind == TDM_PY_FLOAT && b->kind == TDM_PY_FLOAT)
        return a->number == b->number ? PY_YES : PY_NO;
    double d = a->kind == TDM_PY_FLOAT ? a->number : b->number;
    int64_t i = a->kind == TDM_PY_FLOAT ? b->integer : a->integer;
    if (d < -9.2e18 || d > 9.2e18 || d != floor(d))
        return PY_NO;
    return (int64_t)d == i ? PY_YES : PY_NO;
}

// Items are compared in turn; a difference settles it even beside something unknown.
static py_answer equal_sequences(tdm_interp *in, tdm_py a, tdm_py b)
{
    if (a->list.count != b->list.count)
        return PY_NO;
    if (!tdm_py_charge(in, a->list.count))
        return PY_ERROR;
    py_answer result = PY_YES;
    for (uint32_t i = 0; i < a->list.count && i < b->list.count; i++) {
        tdm_py x = a->list.items[i], y = b->list.items[i];
        if (x == y && !tdm_py_is_unknown(x))
            continue;
        py_answer same = tdm_py_equality(in, x, y);
        if (same == PY_NO || same == PY_ERROR)
            return same;
        if (same == PY_CANNOT_KNOW)
            result = same;
    }
    return result;
}

static py_answer equal_tables(tdm_interp *in, tdm_py a, tdm_py b)
{
    if (a->table->live != b->table->live)
        return PY_NO;
    py_answer result = PY_YES;
    for (uint32_t i = 0; i < a->table->count; i++) {
        const py_dict_entry *entry = &a->table->entries[i];
        py_dict_entry *other;
        if (!entry->key)
            continue;
        int found = tdm_py_table_find(in, b->table, entry->key, &other);
        py_answer same =
            found == 1
                ? (a->kind == TDM_PY_SET ? PY_YES : tdm_py_equality(in, entry->value, other->value))
            : found == 0  ? PY_NO
            : found == -2 ? PY_CANNOT_KNOW
                          : PY_ERROR;
        if (same == PY_NO || same == PY_ERROR)
            return same;
        if (same == PY_CANNOT_KNOW)
            result = same;
    }
    return result;
}

// Asks both sides of a native comparison. NULL: raised; not_implemented: neither knows.
static tdm_py ask_behaviour(tdm_interp *in, tdm_py_operator op, tdm_py a, tdm_py b)
{
    tdm_py sides[2] = {a, b}, result = in->not_implemented;
    for (int i = 0; i < 2 && result == in->not_implemented; i++) {
        const tdm_py_class *behaviour = tdm_py_behaviour(sides[i]);
        if (behaviour && behaviour->operate)
            result = behaviour->operate(in, op, a, b);
    }
    return result;
}

static py_answer equal_others(tdm_interp *in, tdm_py a, tdm_py b)
{
    if (a->kind == TDM_PY_OTHER && b->kind == TDM_PY_OTHER && a->other.type == b->other.type) {
        if (a->other.type->order)
            return a->other.type->order(a, b) == 0 ? PY_YES : PY_NO;
        if (tdm_py_is_range(a)) {
            tdm_py x = tdm_py_items_of(in, a), y = tdm_py_items_of(in, b);
            return x && y ? tdm_py_equality(in, x, y) : PY_ERROR;
        }
    }
    tdm_py result = ask_behaviour(in, TDM_PY_EQ, a, b);
    if (result == in->not_implemented)
        return a == b ? PY_YES : PY_NO;
    if (result && result->kind == TDM_PY_NATIVE && !result->native.type->truth)
        return a == b ? PY_YES : PY_CANNOT_KNOW;
    return answer_of(in, result);
}

static py_answer equal_by_method(tdm_interp *in, tdm_py a, tdm_py b)
{
    for (int i = 0; i < 2; i++) {
        tdm_py self = i ? b : a, other = i ? a : b;
        tdm_py method = tdm_py_find_special(in, self, "__eq__");
        tdm_py result = method ? tdm_py_call1(in, method, other) : in->not_implemented;
        if (tdm_py_failed(in))
            return PY_ERROR;
        if (result != in->not_implemented)
            return answer_of(in, result);
    }
    return PY_CANNOT_KNOW;
}

static py_answer equal_instances(tdm_interp *in, tdm_py a, tdm_py b)
{
    bool has_method = tdm_py_find_special(in, a, "__eq__") || tdm_py_find_special(in, b, "__eq__");
    if (tdm_py_failed(in))
        return PY_ERROR;
    if (has_method)
        return equal_by_method(in, a, b);
    tdm_py x = tdm_py_plain(a), y = tdm_py_plain(b);
    if (x != a || y != b)
        return tdm_py_equality(in, x, y);
    const py_class_data *data = a->kind == TDM_PY_INSTANCE ? a->instance->type->class_data : NULL;
    if (data && data->flavor == PY_CLASS_DATACLASS && b->kind == TDM_PY_INSTANCE &&
        tdm_py_is(a->instance->type, b->instance->type)) {
        for (size_t i = 0; i < data->field_count; i++) {
            tdm_py p = tdm_py_space_get(&a->instance->space, data->fields[i]);
            tdm_py q = tdm_py_space_get(&b->instance->space, data->fields[i]);
            py_answer same = p && q ? tdm_py_equality(in, p, q) : PY_CANNOT_KNOW;
            if (same != PY_YES)
                return same;
        }
        return PY_YES;
    }
    return a == b ? PY_YES : PY_NO;
}

static py_answer equal(tdm_interp *in, tdm_py a, tdm_py b)
{
    if (tdm_py_is_unknown(a) || tdm_py_is_unknown(b))
        return PY_CANNOT_KNOW;
    if (tdm_py_behaviour(a) || tdm_py_behaviour(b))
        return equal_others(in, a, b);
    if (a->kind == TDM_PY_INSTANCE || b->kind == TDM_PY_INSTANCE)
        return equal_instances(in, a, b);
    if (tdm_py_is_number(a) && tdm_py_is_number(b))
        return equal_numbers(a, b);
    if (a->kind != b->kind)
        return PY_NO;
    switch ((tdm_py_kind)a->kind) {
    case TDM_PY_STR:
    case TDM_PY_BYTES:
        return tdm_text_equal(a->text, b->text) ? PY_YES : PY_NO;
    case TDM_PY_LIST:
    case TDM_PY_TUPLE:
        return equal_sequences(in, a, b);
    case TDM_PY_DICT:
    case TDM_PY_SET:
        return equal_tables(in, a, b);
    case TDM_PY_FUNCTION: {
        const py_function_data *f = a->function, *g = b->function;
        if (f->kind == PY_FUNCTION_BOUND && g->kind == PY_FUNCTION_BOUND)
            return tdm_py_is(f->self, g->self) && tdm_py_is(f->function, g->function) ? PY_YES
                                                                                      : PY_NO;
        return f == g || (f->kind == PY_FUNCTION_BUILTIN && g->kind == PY_FUNCTION_BUILTIN &&
                          f->native == g->native && f->data == g->data)
                   ? PY_YES
                   : PY_NO;
    }
    default:
        return tdm_py_is(a, b) ? PY_YES : PY_NO;
    }
}

py_answer tdm_py_equality(tdm_interp *in, tdm_py a, tdm_py b)
{
    if (too_nested(in))
        return PY_CANNOT_KNOW;
    if (!tdm_py_step(in))
        return PY_ERROR;
    in->nesting++;
    py_answer answer = equal(in, a, b);
    in->nesting--;
    return answer;
}

bool tdm_py_equal(tdm_interp *in, tdm_py a, tdm_py b, bool *ret)
{
    py_answer answer = tdm_py_equality(in, a, b);
    if (answer == PY_ERROR)
        tdm_py_clear(in);
    *ret = answer == PY_YES;
    return answer == PY_YES || answer == PY_NO;
}

// ---- order ----

// -1, 0, 1; 2: unordered (NaN, or sets neither of which holds the other); 3: cannot be known;
// 4: an exception.
enum {
    UNORDERED = 2,
    CANNOT = 3,
    RAISED = 4,
};

static int order_of_answer(py_answer answer)
{
    return answer == PY_ERROR ? RAISED : CANNOT;
}

static int order_numbers(tdm_py a, tdm_py b)
{
    if (a->kind != TDM_PY_FLOAT && b->kind != TDM_PY_FLOAT)
        return (a->integer > b->integer) - (a->integer < b->integer);
    double x = tdm_py_as_float(a), y = tdm_py_as_float(b);
    if (isnan(x) || isnan(y))
        return UNORDERED;
    return (x > y) - (x < y);
}

static int order(tdm_interp *in, tdm_py a, tdm_py b, uint8_t op);

static int order_sequences(tdm_interp *in, tdm_py a, tdm_py b, uint8_t op)
{
    uint32_t count = a->list.count < b->list.count ? a->list.count : b->list.count;
    for (uint32_t i = 0; i < count; i++) {
        py_answer same = tdm_py_equality(in, a->list.items[i], b->list.items[i]);
        if (same == PY_YES)
            continue;
        return same == PY_NO ? order(in, a->list.items[i], b->list.items[i], op)
                             : order_of_answer(same);
    }
    return (a->list.count > b->list.count) - (a->list.count < b->list.count);
}

static int holds_all(tdm_interp *in, const py_table *large, const py_table *small)
{
    py_dict_entry *found;
    for (uint32_t i = 0; i < small->count; i++)
        if (small->entries[i].key) {
            int has = tdm_py_table_find(in, large, small->entries[i].key, &found);
            if (has != 1)
                return has == 0 ? 0 : has == -2 ? CANNOT : RAISED;
        }
    return 1;
}

static int order_sets(tdm_interp *in, tdm_py a, tdm_py b)
{
    int below = holds_all(in, b->table, a->table), above = holds_all(in, a->table, b->table);
    if (below > 1 || above > 1)
        return below > 1 ? below : above;
    return below && above ? 0 : below ? -1 : above ? 1 : UNORDERED;
}

static const char *operator_text(uint8_t op)
{
    switch (op) {
    case TDM_PY_LT:
        return "<";
    case TDM_PY_LE:
        return "<=";
    case TDM_PY_GT:
        return ">";
    default:
        return ">=";
    }
}

static int not_ordered(tdm_interp *in, tdm_py a, tdm_py b, uint8_t op)
{
    tdm_py_raise(in, "TypeError", "'%s' not supported between instances of '%s' and '%s'",
                 operator_text(op), tdm_py_type_name(a), tdm_py_type_name(b));
    return RAISED;
}

static int order(tdm_interp *in, tdm_py a, tdm_py b, uint8_t op)
{
    if (tdm_py_is_unknown(a) || tdm_py_is_unknown(b) || too_nested(in))
        return CANNOT;
    if (!tdm_py_step(in))
        return RAISED;
    if (tdm_py_is_number(a) && tdm_py_is_number(b))
        return order_numbers(a, b);
    if (a->kind == TDM_PY_OTHER && b->kind == TDM_PY_OTHER && a->other.type == b->other.type &&
        a->other.type->order && !a->other.type->equal_only)
        return a->other.type->order(a, b);
    if (a->kind != b->kind)
        return not_ordered(in, a, b, op);
    in->nesting++;
    int result;
    switch ((tdm_py_kind)a->kind) {
    case TDM_PY_STR:
    case TDM_PY_BYTES:
        result = tdm_text_compare(a->text, b->text);
        result = (result > 0) - (result < 0);
        break;
    case TDM_PY_LIST:
    case TDM_PY_TUPLE:
        result = order_sequences(in, a, b, op);
        break;
    case TDM_PY_SET:
        result = order_sets(in, a, b);
        break;
    default:
        result = not_ordered(in, a, b, op);
    }
    in->nesting--;
    return result;
}

static tdm_py unknown_in(tdm_interp *in, tdm_py a, tdm_py b)
{
    tdm_py unknown = tdm_py_find_unknown(a);
    if (!unknown)
        unknown = tdm_py_find_unknown(b);
    return tdm_py_doubt(in, unknown ? unknown : tdm_py_unfollowed(in, "this comparison"));
}

static const char *order_method(uint8_t op)
{
    switch (op) {
    case TDM_PY_LT:
        return "__lt__";
    case TDM_PY_LE:
        return "__le__";
    case TDM_PY_GT:
        return "__gt__";
    default:
        return "__ge__";
    }
}

static tdm_py compare_order(tdm_interp *in, uint8_t op, tdm_py a, tdm_py b)
{
    if (a->kind == TDM_PY_INSTANCE || b->kind == TDM_PY_INSTANCE) {
        tdm_py method = tdm_py_find_special(in, a, order_method(op));
        if (tdm_py_failed(in))
            return NULL;
        if (method)
            return tdm_py_call1(in, method, b);
        if (tdm_py_find_special(in, b, "__lt__") || tdm_py_find_special(in, b, "__gt__"))
            return tdm_py_unfollowed(in, "a reflected comparison");
        if (tdm_py_plain(a) != a || tdm_py_plain(b) != b)
            return compare_order(in, op, tdm_py_plain(a), tdm_py_plain(b));
    }
    int result = order(in, a, b, op);
    if (result == RAISED)
        return NULL;
    if (result == CANNOT)
        return unknown_in(in, a, b);
    bool holds = false;
    if (op == TDM_PY_LT)
        holds = result == -1;
    else if (op == TDM_PY_LE)
        holds = result == -1 || result == 0;
    else if (op == TDM_PY_GT)
        holds = result == 1;
    else
        holds = result == 1 || result == 0;
    return tdm_py_bool(in, holds);
}

// ---- membership ----

static py_answer contains_item(tdm_interp *in, tdm_py list, tdm_py item)
{
    py_answer result = PY_NO;
    if (!tdm_py_charge(in, list->list.count))
        return PY_ERROR;
    for (uint32_t i = 0; i < list->list.count && list->kind != TDM_PY_UNKNOWN; i++) {
        tdm_py at = list->list.items[i];
        py_answer same =
            at == item && !tdm_py_is_unknown(at) ? PY_YES : tdm_py_equality(in, at, item);
        if (same == PY_YES || same == PY_ERROR)
            return same;
        if (same == PY_CANNOT_KNOW)
            result = same;
    }
    return result;
}

static py_answer contains_text(tdm_interp *in, tdm_py text, tdm_py item)
{
    if (item->kind != text->kind) {
        tdm_py_raise(in, "TypeError", "'in <string>' requires string as left operand, not %s",
                     tdm_py_type_name(item));
        return PY_ERROR;
    }
    if (!tdm_py_charge(in, text->text.size))
        return PY_ERROR;
    return tdm_text_find(text->text, item->text) != SIZE_MAX ? PY_YES : PY_NO;
}

static py_answer contains_iterable(tdm_interp *in, tdm_py container, tdm_py item)
{
    tdm_py items = tdm_py_items_of(in, container);
    if (!items)
        return PY_ERROR;
    return tdm_py_is_unknown(items) ? PY_CANNOT_KNOW : contains_item(in, items, item);
}

static tdm_py frozen_copy(tdm_interp *in, tdm_py set)
{
    tdm_py copy = tdm_py_table_value(in, tdm_py_table_copy(in, set->table), TDM_PY_SET);
    if (copy->kind == TDM_PY_SET)
        copy->table->frozen = true;
    return copy;
}

py_answer tdm_py_contains(tdm_interp *in, tdm_py container, tdm_py item)
{
    const tdm_py_class *behaviour = tdm_py_behaviour(container);
    if (behaviour && behaviour->contains && !tdm_py_is_unknown(item)) {
        bool found = false;
        if (!behaviour->contains(in, container, item, &found))
            return tdm_py_failed(in) ? PY_ERROR : PY_CANNOT_KNOW;
        return found ? PY_YES : PY_NO;
    }
    switch ((tdm_py_kind)container->kind) {
    case TDM_PY_UNKNOWN:
        return PY_CANNOT_KNOW;
    case TDM_PY_LIST:
    case TDM_PY_TUPLE:
        return contains_item(in, container, item);
    case TDM_PY_STR:
    case TDM_PY_BYTES:
        item = tdm_py_plain(item);
        return tdm_py_is_unknown(item) ? PY_CANNOT_KNOW : contains_text(in, container, item);
    case TDM_PY_DICT:
    case TDM_PY_SET: {
        py_dict_entry *entry;
        if (container->kind == TDM_PY_SET && item->kind == TDM_PY_SET && !item->table->frozen)
            item = frozen_copy(in, item); // as set.__contains__ does
        int found = tdm_py_table_find(in, container->table, item, &entry);
        return found == 1 ? PY_YES : found == 0 ? PY_NO : found == -2 ? PY_CANNOT_KNOW : PY_ERROR;
    }
    case TDM_PY_INSTANCE: {
        tdm_py method = tdm_py_find_special(in, container, "__contains__");
        if (method || tdm_py_failed(in))
            return method ? answer_of(in, tdm_py_call1(in, method, item)) : PY_ERROR;
        tdm_py plain = tdm_py_plain(container);
        return plain != container ? tdm_py_contains(in, plain, item)
                                  : contains_iterable(in, container, item);
    }
    default:
        return tdm_py_is_unknown(item) ? PY_CANNOT_KNOW : contains_iterable(in, container, item);
    }
}

static tdm_py compare_in(tdm_interp *in, uint8_t op, tdm_py item, tdm_py container)
{
    py_answer answer = tdm_py_contains(in, container, item);
    if (answer == PY_ERROR)
        return NULL;
    if (answer == PY_CANNOT_KNOW)
        return unknown_in(in, container, item);
    return tdm_py_bool(in, (answer == PY_YES) == (op == PY_OP_IN));
}

// Whether two equal numbers, texts or tuples are one object is up to the implementation of Python.
static bool may_be_one(tdm_interp *in, tdm_py a, tdm_py b)
{
    if (a == b || a->kind != b->kind)
        return false;
    switch ((tdm_py_kind)a->kind) {
    case TDM_PY_INT:
    case TDM_PY_FLOAT:
    case TDM_PY_STR:
    case TDM_PY_BYTES:
    case TDM_PY_TUPLE:
        return tdm_py_equality(in, a, b) != PY_NO;
    default:
        return false;
    }
}

static tdm_py compare_is(tdm_interp *in, uint8_t op, tdm_py a, tdm_py b)
{
    if (tdm_py_is_unknown(a) || tdm_py_is_unknown(b))
        return unknown_in(in, a, b);
    if (may_be_one(in, a, b) || tdm_py_failed(in))
        return tdm_py_failed(in) ? NULL : tdm_py_unfollowed(in, "'is' between equal values");
    return tdm_py_bool(in, tdm_py_is(a, b) == (op == PY_OP_IS));
}

tdm_py tdm_py_compare(tdm_interp *in, uint8_t op, tdm_py a, tdm_py b)
{
    if (op == PY_OP_IN || op == PY_OP_NOT_IN)
        return compare_in(in, op, a, b);
    if (op == PY_OP_IS || op == PY_OP_IS_NOT)
        return compare_is(in, op, a, b);
    if (a->kind == TDM_PY_NATIVE || b->kind == TDM_PY_NATIVE) {
        tdm_py result = ask_behaviour(in, (tdm_py_operator)op, a, b);
        if (result != in->not_implemented)
            return result;
        if (tdm_py_is_unknown(a) || tdm_py_is_unknown(b))
            return unknown_in(in, a, b);
        if (op == TDM_PY_EQ || op == TDM_PY_NE)
            return tdm_py_bool(in, (a == b) == (op == TDM_PY_EQ));
        return not_ordered(in, a, b, op), NULL;
    }
    if (op != TDM_PY_EQ && op != TDM_PY_NE) {
        if (tdm_py_behaviour(a) || tdm_py_behaviour(b)) {
            tdm_py result = ask_behaviour(in, (tdm_py_operator)op, a, b);
            if (result != in->not_implemented)
                return result;
        }
        return compare_order(in, op, a, b);
    }
    py_answer answer = tdm_py_equality(in, a, b);
    if (answer == PY_ERROR)
        return NULL;
    if (answer == PY_CANNOT_KNOW)
        return unknown_in(in, a, b);
    return tdm_py_bool(in, (answer == PY_YES) == (op == TDM_PY_EQ));
}
