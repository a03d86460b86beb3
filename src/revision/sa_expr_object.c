// SQL expressions as Python objects: operators, methods, attributes.
#include "revision/sa_expr.h"

#include <string.h>

// --- Comparison
// -----------------------------------------------------------------------------------

static bool is_constant(const tdm_expr *expr)
{
    return expr->kind == TDM_EXPR_NULL || expr->kind == TDM_EXPR_TRUE ||
           expr->kind == TDM_EXPR_FALSE;
}

static tdm_expr *constant_of(tdm_host *host, tdm_py value)
{
    if (tdm_py_kind_of(value) == TDM_PY_NONE)
        return tdm_expr_new(host->arena, TDM_EXPR_NULL, NULL);
    if (tdm_py_kind_of(value) == TDM_PY_BOOL)
        return tdm_expr_from(host, value);
    tdm_expr *expr = tdm_data_of(value, &tdm_expr_object);
    return expr && is_constant(expr) ? expr : NULL;
}

// _boolean_compare with None, True or False on the right: mostly IS.
static tdm_expr *compare_constant(tdm_bound *bound, tdm_op op, tdm_expr *left, tdm_expr *right)
{
    tdm_type *type = tdm_type_plain(bound->host->arena, "Boolean");
    bool keeps = op == TDM_OP_IS_DISTINCT || op == TDM_OP_IS_NOT_DISTINCT ||
                 ((op == TDM_OP_EQ || op == TDM_OP_NE) && right->kind != TDM_EXPR_NULL);
    if (!keeps && (op == TDM_OP_EQ || op == TDM_OP_IS))
        op = TDM_OP_IS;
    else if (!keeps && (op == TDM_OP_NE || op == TDM_OP_IS_NOT))
        op = TDM_OP_IS_NOT;
    else if (!keeps) {
        tdm_py_raise(bound->host->in, "ArgumentError",
                     "Only '=', '!=', 'is_()', 'is_not()', 'is_distinct_from()', "
                     "'is_not_distinct_from()' operators can be used with None/True/False");
        return NULL;
    }
    return tdm_expr_binary(bound->host->arena, op, left, right, type);
}

static bool is_aggregate(const tdm_expr *expr)
{
    return expr->kind == TDM_EXPR_UNARY && (expr->op == TDM_OP_ANY || expr->op == TDM_OP_ALL);
}

static tdm_op mirrored(tdm_op op)
{
    switch (op) {
    case TDM_OP_LT:
        return TDM_OP_GT;
    case TDM_OP_LE:
        return TDM_OP_GE;
    case TDM_OP_GT:
        return TDM_OP_LT;
    case TDM_OP_GE:
        return TDM_OP_LE;
    default:
        return op;
    }
}

// NULL: raised, or bound->unknown is set.
static tdm_expr *compare(tdm_bound *bound, tdm_op op, tdm_expr *left, tdm_py value)
{
    tdm_host *host = bound->host;
    tdm_expr *constant = constant_of(host, value);
    bool kept = constant && constant->kind != TDM_EXPR_NULL && (op == TDM_OP_EQ || op == TDM_OP_NE);
    if (constant && (kept || !is_aggregate(left)))
        return compare_constant(bound, op, left, constant);
    tdm_expr *right = constant ? constant : tdm_operand(bound, value, left);
    if (!right)
        return NULL;
    tdm_type *type = tdm_type_plain(host->arena, "Boolean");
    if (is_aggregate(left)) // ANY and ALL stand on the right
        return tdm_expr_binary(host->arena, mirrored(op), right, left, type);
    return tdm_expr_binary(host->arena, op, left, right, type);
}

static tdm_py finish(tdm_bound *bound, tdm_expr *expr)
{
    if (bound->unknown)
        return bound->unknown;
    return expr ? tdm_expr_value(bound->host, expr) : NULL;
}

// --- IN
// -------------------------------------------------------------------------------------------

static bool has_expression(tdm_py list)
{
    for (size_t i = 0; i < tdm_py_count(list); i++) {
        if (tdm_py_kind_of(tdm_py_item(list, i)) == TDM_PY_NATIVE)
            return true;
    }
    return false;
}

static tdm_expr *in_list(tdm_bound *bound, const tdm_expr *left, tdm_py list)
{
    tdm_host *host = bound->host;
    if (has_expression(list)) {
        tdm_expr *tuple = tdm_expr_new(host->arena, TDM_EXPR_TUPLE, NULL);
        for (size_t i = 0; tuple && i < tdm_py_count(list); i++) {
            tdm_expr *item = tdm_operand(bound, tdm_py_item(list, i), left);
            if (!item)
                return NULL;
            (void)tdm_vector_push(host->arena, &tuple->items, item);
        }
        return tuple;
    }
    tdm_py first = tdm_py_count(list) > 0 ? tdm_py_item(list, 0) : tdm_py_none(host->in);
    tdm_expr *bind = tdm_expr_compared_bind(host->arena, host->in, left, first);
    if (bind) {
        bind->value = list;
        bind->expanding = true;
    }
    return bind;
}

static tdm_py membership(tdm_host *host, tdm_py self, tdm_bound *bound, tdm_op op)
{
    tdm_expr *left = tdm_expr_from(host, self);
    tdm_py value = tdm_arg(bound, "other");
    tdm_expr *right = tdm_select_expr(host, value);
    if (!right) {
        tdm_py list =
            tdm_py_kind_of(value) == TDM_PY_NATIVE ? NULL : tdm_py_iterate(host->in, value);
        tdm_py_kind kind = list ? tdm_py_kind_of(list) : TDM_PY_UNKNOWN;
        if (kind != TDM_PY_LIST && kind != TDM_PY_TUPLE) {
            tdm_arg_refuse(bound, "list of values");
            return bound->unknown;
        }
        right = in_list(bound, left, list);
    }
    if (!right)
        return bound->unknown;
    return finish(bound, tdm_expr_binary(host->arena, op, left, right,
                                         tdm_type_plain(host->arena, "Boolean")));
}

static tdm_py method_in(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    return membership(host, self, bound, TDM_OP_IN);
}

static tdm_py method_not_in(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    return membership(host, self, bound, TDM_OP_NOT_IN);
}

// --- Methods that compare
// -------------------------------------------------------------------------

static const struct {
    const char *name;
    tdm_op op;
} comparisons[] = {
    {"is_", TDM_OP_IS},
    {"is_not", TDM_OP_IS_NOT},
    {"isnot", TDM_OP_IS_NOT},
    {"is_distinct_from", TDM_OP_IS_DISTINCT},
    {"is_not_distinct_from", TDM_OP_IS_NOT_DISTINCT},
    {"isnot_distinct_from", TDM_OP_IS_NOT_DISTINCT},
    {"like", TDM_OP_LIKE},
    {"not_like", TDM_OP_NOT_LIKE},
    {"notlike", TDM_OP_NOT_LIKE},
    {"ilike", TDM_OP_ILIKE},
    {"not_ilike", TDM_OP_NOT_ILIKE},
    {"notilike", TDM_OP_NOT_ILIKE},
    {"startswith", TDM_OP_STARTS},
    {"endswith", TDM_OP_ENDS},
    {"contains", TDM_OP_CONTAINS},
};

static tdm_py method_compare(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_expr *left = tdm_expr_from(host, self);
    tdm_op op = TDM_OP_NONE;
    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++) {
        if (strcmp(comparisons[i].name, bound->function) == 0)
            op = comparisons[i].op;
    }
    // contains() of an array, a range or JSON is another operator.
    tdm_affinity affinity = tdm_type_affinity(left->type);
    if (op == TDM_OP_CONTAINS && (affinity == TDM_AFFINITY_ARRAY || affinity == TDM_AFFINITY_JSON ||
                                  affinity == TDM_AFFINITY_OTHER)) {
        tdm_arg_refuse(bound, "type of column");
        return bound->unknown;
    }
    tdm_expr *expr = compare(bound, op, left, tdm_arg(bound, "other"));
    if (expr && !tdm_arg_absent(bound, "escape"))
        expr->escape = tdm_arg_text(bound, "escape");
    return finish(bound, expr);
}

tdm_expr *tdm_expr_between(tdm_bound *bound, tdm_expr *expr, tdm_py low, tdm_py high)
{
    tdm_host *host = bound->host;
    tdm_expr *a = tdm_operand(bound, low, expr), *b = tdm_operand(bound, high, expr);
    tdm_expr *range = tdm_expr_new(host->arena, TDM_EXPR_LIST, NULL);
    tdm_expr *between = tdm_expr_new(host->arena, TDM_EXPR_BINARY, NULL);
    if (!a || !b || !range || !between)
        return NULL;
    range->op = TDM_OP_AND;
    (void)tdm_vector_push(host->arena, &range->items, a); // never in parentheses
    (void)tdm_vector_push(host->arena, &range->items, b);
    between->op = TDM_OP_BETWEEN;
    between->negate = TDM_OP_NOT_BETWEEN;
    (void)tdm_vector_push(host->arena, &between->items,
                          tdm_expr_self_group(host->arena, expr, TDM_OP_BETWEEN));
    (void)tdm_vector_push(host->arena, &between->items, range);
    return between;
}

static tdm_py method_between(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    return finish(bound, tdm_expr_between(bound, tdm_expr_from(host, self), tdm_arg(bound, "cleft"),
                                          tdm_arg(bound, "cright")));
}

static tdm_py method_regexp(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_expr *left = tdm_expr_from(host, self);
    tdm_expr *right = tdm_operand(bound, tdm_arg(bound, "pattern"), left);
    if (!right)
        return bound->unknown;
    tdm_expr *expr = tdm_expr_binary(host->arena, TDM_OP_REGEXP, left, right, NULL);
    if (expr)
        expr->flags = tdm_arg_text(bound, "flags");
    return finish(bound, expr);
}

// --- The other methods
// ----------------------------------------------------------------------------

static tdm_py method_concat(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_expr *left = tdm_expr_from(host, self);
    tdm_expr *right = tdm_operand(bound, tdm_arg(bound, "other"), left);
    if (!right)
        return bound->unknown;
    return finish(bound, tdm_expr_binary(host->arena, TDM_OP_CONCAT, left, right, left->type));
}

static const struct {
    const char *name;
    tdm_op op;
} bitwise[] = {
    {"bitwise_and", TDM_OP_BIT_AND},       {"bitwise_or", TDM_OP_BIT_OR},
    {"bitwise_xor", TDM_OP_BIT_XOR},       {"bitwise_lshift", TDM_OP_BIT_LSHIFT},
    {"bitwise_rshift", TDM_OP_BIT_RSHIFT},
};

static tdm_py method_bitwise(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_expr *left = tdm_expr_from(host, self);
    tdm_expr *right = tdm_operand(bound, tdm_arg(bound, "other"), left);
    for (size_t i = 0; right && i < sizeof bitwise / sizeof *bitwise; i++) {
        if (strcmp(bitwise[i].name, bound->function) == 0)
            return finish(bound, tdm_expr_arithmetic(host->arena, bitwise[i].op, left, right));
    }
    return bound->unknown;
}

static const struct {
    const char *name;
    tdm_op op;
} modifiers[] = {
    {"desc", TDM_OP_DESC},
    {"asc", TDM_OP_ASC},
    {"nulls_first", TDM_OP_NULLS_FIRST},
    {"nullsfirst", TDM_OP_NULLS_FIRST},
    {"nulls_last", TDM_OP_NULLS_LAST},
    {"nullslast", TDM_OP_NULLS_LAST},
};

static tdm_py method_modifier(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    for (size_t i = 0; i < sizeof modifiers / sizeof *modifiers; i++) {
        if (strcmp(modifiers[i].name, bound->function) == 0)
            return finish(
                bound, tdm_expr_modifier(host->arena, modifiers[i].op, tdm_expr_from(host, self)));
    }
    return NULL;
}

static tdm_py method_label(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_expr *operand = tdm_expr_from(host, self);
    if (operand->kind == TDM_EXPR_LABEL)
        operand = operand->items.items[0];
    tdm_expr *label = tdm_expr_new(host->arena, TDM_EXPR_LABEL, operand->type);
    if (label) {
        label->text = tdm_arg_text(bound, "name");
        (void)tdm_vector_push(host->arena, &label->items, operand);
    }
    return finish(bound, label);
}

static tdm_py method_cast(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    return finish(bound, tdm_expr_cast(host, TDM_EXPR_CAST, tdm_expr_from(host, self),
                                       tdm_arg_type(bound, "type_")));
}

static tdm_py method_distinct(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_expr *operand = tdm_expr_from(host, self);
    return finish(bound, tdm_expr_unary(host->arena, TDM_OP_DISTINCT, operand, operand->type));
}

tdm_expr *tdm_expr_collate(tdm_host *host, tdm_expr *expr, tdm_text collation)
{
    tdm_expr *name = tdm_expr_new(host->arena, TDM_EXPR_COLLATION, NULL);
    if (!name)
        return NULL;
    name->text = collation;
    return tdm_expr_binary(host->arena, TDM_OP_COLLATE, expr, name, expr->type);
}

static tdm_py method_collate(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    return finish(
        bound, tdm_expr_collate(host, tdm_expr_from(host, self), tdm_arg_text(bound, "collation")));
}

static tdm_py method_aggregate(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_op op = strcmp(bound->function, "any_") == 0 ? TDM_OP_ANY : TDM_OP_ALL;
    return finish(bound, tdm_expr_unary(host->arena, op, tdm_expr_from(host, self),
                                        tdm_type_plain(host->arena, "Boolean")));
}

static tdm_py method_self_group(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    return finish(bound, tdm_expr_self_group(host->arena, tdm_expr_from(host, self), TDM_OP_NONE));
}

static const tdm_method_row methods[] = {
    {"in_", "other", method_in},
    {"not_in", "other", method_not_in},
    {"notin_", "other", method_not_in},
    {"is_", "other", method_compare},
    {"is_not", "other", method_compare},
    {"isnot", "other", method_compare},
    {"is_distinct_from", "other", method_compare},
    {"is_not_distinct_from", "other", method_compare},
    {"isnot_distinct_from", "other", method_compare},
    {"like", "other escape=", method_compare},
    {"not_like", "other escape=", method_compare},
    {"notlike", "other escape=", method_compare},
    {"ilike", "other escape=", method_compare},
    {"not_ilike", "other escape=", method_compare},
    {"notilike", "other escape=", method_compare},
    {"startswith", "other | escape=", method_compare},
    {"endswith", "other | escape=", method_compare},
    {"contains", "other | escape=", method_compare},
    {"between", "cleft cright", method_between},
    {"regexp_match", "pattern flags=", method_regexp},
    {"op", "opstring precedence= is_comparison= return_type=", tdm_custom_op},
    {"bool_op", "opstring precedence= return_type=", tdm_custom_bool_op},
    {"concat", "other", method_concat},
    {"bitwise_and", "other", method_bitwise},
    {"bitwise_or", "other", method_bitwise},
    {"bitwise_xor", "other", method_bitwise},
    {"bitwise_lshift", "other", method_bitwise},
    {"bitwise_rshift", "other", method_bitwise},
    {"desc", "", method_modifier},
    {"asc", "", method_modifier},
    {"nulls_first", "", method_modifier},
    {"nullsfirst", "", method_modifier},
    {"nulls_last", "", method_modifier},
    {"nullslast", "", method_modifier},
    {"label", "name", method_label},
    {"cast", "type_", method_cast},
    {"distinct", "", method_distinct},
    {"collate", "collation", method_collate},
    {"any_", "", method_aggregate},
    {"all_", "", method_aggregate},
    {"self_group", "~against=", method_self_group},
};

tdm_py tdm_expr_method(tdm_host *host, tdm_py self, tdm_text name)
{
    return tdm_find_method(host, methods, sizeof methods / sizeof *methods, self, name);
}

// --- Operators
// ------------------------------------------------------------------------------------

static tdm_op arithmetic_of(tdm_py_operator op)
{
    switch (op) {
    case TDM_PY_ADD:
        return TDM_OP_ADD;
    case TDM_PY_SUB:
        return TDM_OP_SUB;
    case TDM_PY_MUL:
        return TDM_OP_MUL;
    case TDM_PY_DIV:
        return TDM_OP_TRUEDIV;
    case TDM_PY_FLOORDIV:
        return TDM_OP_FLOORDIV;
    case TDM_PY_MOD:
        return TDM_OP_MOD;
    default:
        return TDM_OP_NONE;
    }
}

static tdm_op comparison_of(tdm_py_operator op)
{
    switch (op) {
    case TDM_PY_EQ:
        return TDM_OP_EQ;
    case TDM_PY_NE:
        return TDM_OP_NE;
    case TDM_PY_LT:
        return TDM_OP_LT;
    case TDM_PY_LE:
        return TDM_OP_LE;
    case TDM_PY_GT:
        return TDM_OP_GT;
    case TDM_PY_GE:
        return TDM_OP_GE;
    default:
        return TDM_OP_NONE;
    }
}

// text() is no column expression: Python compares it by identity and cannot add it.
static tdm_py operate_text(tdm_interp *in, tdm_py_operator op, tdm_py left, tdm_py right)
{
    if (op == TDM_PY_EQ || op == TDM_PY_NE)
        return tdm_py_bool(in, (op == TDM_PY_EQ) == (left == right));
    if (right && tdm_py_is_native(right, &tdm_expr_object)) {
        tdm_py_raise(in, "TypeError",
                     "unsupported operand type(s) for %s: 'TextClause' and 'TextClause'",
                     op == TDM_PY_ADD ? "+" : "this operator");
        return NULL;
    }
    return tdm_host_unknown(tdm_host_of(in), "this operator on text() is not covered");
}

static tdm_py operate_unary(tdm_host *host, tdm_py_operator op, tdm_expr *operand)
{
    if (op == TDM_PY_INVERT)
        return tdm_expr_value(host, tdm_expr_negate(host->arena, operand));
    if (op == TDM_PY_NEG)
        return tdm_expr_value(host,
                              tdm_expr_unary(host->arena, TDM_OP_NEG, operand, operand->type));
    return tdm_host_unknown(host, "this operator on an expression is not covered");
}

static tdm_py operate_logical(tdm_bound *bound, tdm_py_operator op, tdm_py left, tdm_py right)
{
    tdm_expr *items[2] = {tdm_expr_from(bound->host, left), tdm_expr_from(bound->host, right)};
    if (!items[0] || !items[1])
        return tdm_host_unknown(bound->host, "this operand of & or | is not covered");
    tdm_op logical = op == TDM_PY_BIT_AND ? TDM_OP_AND : TDM_OP_OR;
    return finish(bound, tdm_expr_conjunction(bound->host->arena, logical, items, 2));
}

static tdm_py_operator mirrored_python(tdm_py_operator op)
{
    switch (op) {
    case TDM_PY_LT:
        return TDM_PY_GT;
    case TDM_PY_LE:
        return TDM_PY_GE;
    case TDM_PY_GT:
        return TDM_PY_LT;
    case TDM_PY_GE:
        return TDM_PY_LE;
    default:
        return op;
    }
}

static bool is_text(tdm_py value)
{
    const tdm_expr *expr = value ? tdm_data_of(value, &tdm_expr_object) : NULL;
    return expr && expr->kind == TDM_EXPR_TEXT;
}

// Python asks the right side of a comparison first when its class derives from the left's.
static bool right_goes_first(tdm_host *host, tdm_py left, tdm_py right)
{
    const tdm_expr *a = tdm_expr_from(host, left), *b = tdm_expr_from(host, right);
    if (!a || !b || tdm_py_kind_of(right) != TDM_PY_NATIVE)
        return false;
    switch (a->kind) {
    case TDM_EXPR_FUNCTION:
        return b->kind == TDM_EXPR_FUNCTION && !tdm_function_is_known(a->text) &&
               tdm_function_is_known(b->text);
    case TDM_EXPR_COLUMN:
    case TDM_EXPR_LITERAL_COLUMN:
        return tdm_py_is_native(right, &tdm_column_object) &&
               !tdm_py_is_native(left, &tdm_column_object);
    case TDM_EXPR_MODIFIER:
    case TDM_EXPR_UNARY:
        return !is_aggregate(a) && (b->kind == TDM_EXPR_AS_BOOLEAN || is_aggregate(b));
    case TDM_EXPR_LIST:
        return b->kind == TDM_EXPR_LIST && a->op != TDM_OP_AND && a->op != TDM_OP_OR &&
               (b->op == TDM_OP_AND || b->op == TDM_OP_OR);
    default:
        return false;
    }
}

tdm_py tdm_expr_operate(tdm_interp *in, tdm_py_operator op, tdm_py left, tdm_py right)
{
    tdm_host *host = tdm_host_of(in);
    tdm_bound bound = {.host = host, .function = "an operator", .place = tdm_host_place(host)};
    tdm_py unknown = tdm_py_find_unknown(left);
    if (!unknown && right)
        unknown = tdm_py_find_unknown(right);
    if (unknown)
        return unknown;
    tdm_expr *native = tdm_py_kind_of(left) == TDM_PY_NATIVE ? tdm_expr_from(host, left) : NULL;
    if (is_text(left) && (!right || is_text(right) || !tdm_expr_from(host, right)))
        return operate_text(in, op, left, right);
    // Python then asks the column on the right.
    if (is_text(left) && comparison_of(op) != TDM_OP_NONE)
        return tdm_expr_operate(in, mirrored_python(op), right, left);
    if (!right)
        return native ? operate_unary(host, op, native) : tdm_py_not_implemented(in);
    if (op == TDM_PY_BIT_AND || op == TDM_PY_BIT_OR)
        return operate_logical(&bound, op, left, right);
    tdm_op comparison = comparison_of(op), arithmetic = arithmetic_of(op);
    if (comparison != TDM_OP_NONE) {
        tdm_expr *other = native ? native : tdm_expr_from(host, right);
        if (!other)
            return tdm_py_not_implemented(in);
        if (native && right_goes_first(host, left, right))
            return finish(&bound,
                          compare(&bound, mirrored(comparison), tdm_expr_from(host, right), left));
        return finish(&bound, native ? compare(&bound, comparison, native, right)
                                     : compare(&bound, mirrored(comparison), other, left));
    }
    if (arithmetic == TDM_OP_NONE)
        return tdm_host_unknown(host, "this operator on an expression is not covered");
    tdm_expr *b = native ? tdm_operand(&bound, right, native) : tdm_expr_from(host, right);
    tdm_expr *a = native ? native : b ? tdm_operand(&bound, left, b) : NULL;
    if (!a || !b)
        return bound.unknown ? bound.unknown : tdm_py_not_implemented(in);
    return finish(&bound, tdm_expr_arithmetic(host->arena, arithmetic, a, b));
}
