// Building expressions: where SQLAlchemy puts parentheses, and which type an operand gets.
#include "sqlalchemy/expr.h"

#include "python/eval.h"

enum { NO_OPERATOR = -100, ANY_OPERATOR = 100 };

tdm_expr *tdm_expr_new(tdm_arena *arena, tdm_expr_kind kind, tdm_type *type)
{
    tdm_expr *expr = tdm_arena_new_of(arena, tdm_expr);
    if (expr) {
        expr->kind = kind;
        expr->type = type;
    }
    return expr;
}

tdm_expr *tdm_expr_text(tdm_arena *arena, tdm_text text)
{
    tdm_expr *expr = tdm_expr_new(arena, TDM_EXPR_TEXT, NULL);
    if (expr)
        expr->text = text;
    return expr;
}

tdm_expr *tdm_expr_bind(tdm_arena *arena, tdm_py value, tdm_type *type)
{
    tdm_expr *expr = tdm_expr_new(arena, TDM_EXPR_BIND, type);
    if (expr) {
        expr->value = value;
        expr->text = TDM_TEXT("param");
        expr->final_name = true;
    }
    return expr;
}

tdm_type *tdm_type_plain(tdm_arena *arena, const char *name)
{
    tdm_type *type = tdm_arena_new_of(arena, tdm_type);
    if (type)
        type->type_class = tdm_type_class_named(name);
    return type;
}

// Values of the standard library's classes, as tdm_py_type_name calls them.
static const struct {
    const char *class_name;
    const char *type;
} known_classes[] = {
    {"decimal.Decimal", "Numeric"},     {"datetime.date", "Date"},
    {"datetime.datetime", "DateTime"},  {"datetime.time", "Time"},
    {"datetime.timedelta", "Interval"}, {"uuid.UUID", "Uuid"},
};

tdm_type *tdm_type_of_value(tdm_arena *arena, tdm_interp *in, tdm_py value)
{
    (void)in;
    value = tdm_py_plain(value);
    switch (tdm_py_kind_of(value)) {
    case TDM_PY_BOOL:
        return tdm_type_plain(arena, "Boolean");
    case TDM_PY_INT:
        return tdm_type_plain(arena, "Integer");
    case TDM_PY_FLOAT:
        return tdm_type_plain(arena, "Float");
    case TDM_PY_STR:
        return tdm_type_plain(arena, "String");
    case TDM_PY_BYTES:
        return tdm_type_plain(arena, "LargeBinary");
    case TDM_PY_INSTANCE:
    case TDM_PY_OTHER: {
        tdm_text name = tdm_text_of(tdm_py_type_name(value));
        for (size_t i = 0; i < sizeof known_classes / sizeof *known_classes; i++) {
            if (tdm_text_is(name, known_classes[i].class_name))
                return tdm_type_plain(arena, known_classes[i].type);
        }
        return NULL;
    }
    case TDM_PY_NONE:
    case TDM_PY_LIST:
    case TDM_PY_TUPLE:
    case TDM_PY_DICT:
    case TDM_PY_SET:
    case TDM_PY_ELLIPSIS:
    case TDM_PY_FUNCTION:
    case TDM_PY_CLASS:
    case TDM_PY_MODULE:
    case TDM_PY_NATIVE:
    case TDM_PY_UNKNOWN:
        return NULL;
    }
    return NULL;
}

tdm_expr *tdm_expr_compared_bind(tdm_arena *arena, tdm_interp *in, const tdm_expr *expr,
                                 tdm_py value)
{
    tdm_type *own = expr->type;
    if (expr->kind == TDM_EXPR_UNARY && (expr->op == TDM_OP_ANY || expr->op == TDM_OP_ALL)) {
        const tdm_type *array = tdm_type_effective(expr->items.items[0]->type);
        own = array && array->item ? array->item : expr->items.items[0]->type;
    }
    tdm_type *type = tdm_type_of_value(arena, in, value);
    if (!type || (own && own->coerces_to_self) || tdm_type_affinity(type) == tdm_type_affinity(own))
        type = own;
    tdm_expr *bind = tdm_expr_bind(arena, value, type);
    if (bind && expr->kind == TDM_EXPR_COLUMN)
        bind->text = expr->name.text;
    return bind;
}

// --- Grouping -----------------------------------------------------------------------------------

static int precedence_of(const tdm_expr *expr)
{
    return expr->op == TDM_OP_CUSTOM ? expr->precedence : tdm_op_info_of(expr->op)->precedence;
}

// is_precedent(): whether an operator inside another needs parentheses. Two custom operators are
// never the same object.
static bool needs_group(const tdm_expr *inner, tdm_op against, int against_precedence)
{
    if (inner->op == against && tdm_op_info_of(against)->self_precedent)
        return false;
    return precedence_of(inner) <= against_precedence;
}

static tdm_expr *grouping(tdm_arena *arena, tdm_expr *expr)
{
    tdm_expr *group = tdm_expr_new(arena, TDM_EXPR_GROUPING, expr->type);
    if (group)
        (void)tdm_vector_push(arena, &group->items, expr);
    return group;
}

// ColumnElement.self_group: operands of AND and OR that are columns of BOOLEAN, and ANY (x).
static tdm_expr *group_plain(tdm_arena *arena, tdm_expr *expr, tdm_op against)
{
    bool logical = against == TDM_OP_AND || against == TDM_OP_OR || against == TDM_OP_AS_BOOL;
    if (logical && tdm_type_affinity(expr->type) == TDM_AFFINITY_BOOLEAN) {
        tdm_expr *wrapped = tdm_expr_new(arena, TDM_EXPR_AS_BOOLEAN, expr->type);
        if (wrapped) {
            wrapped->op = TDM_OP_IS_TRUE;
            wrapped->negate = TDM_OP_IS_FALSE;
            (void)tdm_vector_push(arena, &wrapped->items, expr);
        }
        return wrapped;
    }
    return against == TDM_OP_ANY || against == TDM_OP_ALL ? grouping(arena, expr) : expr;
}

// The label around what was made of its expression.
static tdm_expr *relabel(tdm_arena *arena, tdm_expr *label, tdm_expr *inner)
{
    if (inner == label->items.items[0] || !inner)
        return label;
    tdm_expr *copy = tdm_expr_new(arena, TDM_EXPR_LABEL, label->type);
    if (copy) {
        *copy = *label;
        copy->items = (tdm_exprs){0};
        (void)tdm_vector_push(arena, &copy->items, inner);
    }
    return copy;
}

static tdm_expr *group_at(tdm_arena *arena, tdm_expr *expr, tdm_op against, int precedence)
{
    switch (expr->kind) {
    case TDM_EXPR_BINARY:
        if (needs_group(expr, against, precedence) ||
            (against == TDM_OP_NOT && !tdm_op_info_of(expr->op)->boolean && !expr->comparison))
            return grouping(arena, expr);
        return expr;
    case TDM_EXPR_LIST:
        if (expr->items.count == 0 && (expr->op == TDM_OP_AND || expr->op == TDM_OP_OR))
            return expr;
        if (needs_group(expr, against, precedence) ||
            (against == TDM_OP_NOT && !tdm_op_info_of(expr->op)->boolean))
            return grouping(arena, expr);
        return expr;
    case TDM_EXPR_UNARY:
        return needs_group(expr, against, precedence) ? grouping(arena, expr) : expr;
    case TDM_EXPR_TEXT:
        return against == TDM_OP_IN ? grouping(arena, expr) : expr;
    case TDM_EXPR_LABEL:
        return relabel(arena, expr, group_at(arena, expr->items.items[0], against, precedence));
    case TDM_EXPR_MODIFIER:
    case TDM_EXPR_AS_BOOLEAN:
    case TDM_EXPR_GROUPING:
    case TDM_EXPR_TUPLE:
    case TDM_EXPR_SUBQUERY:
    case TDM_EXPR_COLLATION:
        return expr;
    case TDM_EXPR_COLUMN:
    case TDM_EXPR_BIND:
    case TDM_EXPR_LITERAL_COLUMN:
    case TDM_EXPR_NULL:
    case TDM_EXPR_TRUE:
    case TDM_EXPR_FALSE:
    case TDM_EXPR_FUNCTION:
    case TDM_EXPR_CAST:
    case TDM_EXPR_TYPE_COERCE:
    case TDM_EXPR_CASE:
    case TDM_EXPR_EXTRACT:
    case TDM_EXPR_NEXT_VALUE:
    case TDM_EXPR_ARRAY:
    case TDM_EXPR_EXCLUDED:
        return group_plain(arena, expr, against);
    }
    return expr;
}

tdm_expr *tdm_expr_self_group(tdm_arena *arena, tdm_expr *expr, tdm_op against)
{
    int precedence = against == TDM_OP_NONE ? ANY_OPERATOR : tdm_op_info_of(against)->precedence;
    // What is not in SQLAlchemy's table counts as the largest on the outside.
    if (precedence == NO_OPERATOR)
        precedence = ANY_OPERATOR;
    return group_at(arena, expr, against, precedence);
}

tdm_expr *tdm_expr_group_against(tdm_arena *arena, tdm_expr *expr, const tdm_expr *like)
{
    if (like->op != TDM_OP_CUSTOM)
        return tdm_expr_self_group(arena, expr, like->op);
    return group_at(arena, expr, TDM_OP_CUSTOM, like->precedence);
}

// AS stands at -1: only what SQLAlchemy's table does not list, such as startswith, is below.
tdm_expr *tdm_expr_group_for_label(tdm_arena *arena, tdm_expr *expr)
{
    return group_at(arena, expr, TDM_OP_CUSTOM, -1);
}

// --- Operators ----------------------------------------------------------------------------------

static bool same_affinity(const tdm_type *a, const tdm_type *b)
{
    return tdm_type_affinity(a) == tdm_type_affinity(b);
}

// An operand that is itself of the same associative operator gives its own operands.
static void append_flattened(tdm_arena *arena, tdm_exprs *list, tdm_expr *expr, tdm_op op,
                             const tdm_type *type, bool *flattened)
{
    bool joins = (expr->kind == TDM_EXPR_BINARY || expr->kind == TDM_EXPR_LIST) && expr->op == op &&
                 same_affinity(type, expr->type);
    if (!joins) {
        (void)tdm_vector_push(arena, list, expr);
        return;
    }
    *flattened = true;
    for (size_t i = 0; i < expr->items.count; i++)
        (void)tdm_vector_push(arena, list, expr->items.items[i]);
}

tdm_expr *tdm_expr_binary(tdm_arena *arena, tdm_op op, tdm_expr *left, tdm_expr *right,
                          tdm_type *type)
{
    const tdm_op_info *info = tdm_op_info_of(op);
    if (info->associative) {
        tdm_exprs list = {0};
        bool flattened = false;
        append_flattened(arena, &list, left, op, type, &flattened);
        append_flattened(arena, &list, right, op, type, &flattened);
        if (flattened) {
            tdm_expr *joined = tdm_expr_new(arena, TDM_EXPR_LIST, type);
            if (!joined)
                return NULL;
            joined->op = op;
            for (size_t i = 0; i < list.count; i++)
                (void)tdm_vector_push(arena, &joined->items,
                                      tdm_expr_self_group(arena, list.items[i], op));
            return joined;
        }
    }
    tdm_expr *binary = tdm_expr_new(arena, TDM_EXPR_BINARY, type);
    if (!binary)
        return NULL;
    binary->op = op;
    bool aggregate =
        right->kind == TDM_EXPR_UNARY && (right->op == TDM_OP_ANY || right->op == TDM_OP_ALL);
    binary->negate = aggregate ? TDM_OP_NONE : info->negate;
    (void)tdm_vector_push(arena, &binary->items, tdm_expr_self_group(arena, left, op));
    (void)tdm_vector_push(arena, &binary->items, tdm_expr_self_group(arena, right, op));
    return binary;
}

// What the pair of affinities gives, from the _expression_adaptations of S2052 sql/sqltypes.py.
static const struct {
    tdm_affinity left;
    tdm_op op;
    tdm_affinity right;
    const char *result;
} adaptations[] = {
    {TDM_AFFINITY_INTEGER, TDM_OP_ADD, TDM_AFFINITY_NUMERIC, "Numeric"},
    {TDM_AFFINITY_INTEGER, TDM_OP_ADD, TDM_AFFINITY_DATE, "Date"},
    {TDM_AFFINITY_INTEGER, TDM_OP_SUB, TDM_AFFINITY_NUMERIC, "Numeric"},
    {TDM_AFFINITY_INTEGER, TDM_OP_MUL, TDM_AFFINITY_NUMERIC, "Numeric"},
    {TDM_AFFINITY_INTEGER, TDM_OP_MUL, TDM_AFFINITY_INTERVAL, "Interval"},
    {TDM_AFFINITY_INTEGER, TDM_OP_TRUEDIV, TDM_AFFINITY_INTEGER, "Numeric"},
    {TDM_AFFINITY_INTEGER, TDM_OP_TRUEDIV, TDM_AFFINITY_NUMERIC, "Numeric"},
    {TDM_AFFINITY_INTEGER, TDM_OP_FLOORDIV, TDM_AFFINITY_NUMERIC, "Numeric"},
    {TDM_AFFINITY_NUMERIC, TDM_OP_MUL, TDM_AFFINITY_INTERVAL, "Interval"},
    {TDM_AFFINITY_DATE, TDM_OP_ADD, TDM_AFFINITY_INTERVAL, "DateTime"},
    {TDM_AFFINITY_DATE, TDM_OP_ADD, TDM_AFFINITY_TIME, "DateTime"},
    {TDM_AFFINITY_DATE, TDM_OP_SUB, TDM_AFFINITY_DATE, "Integer"},
    {TDM_AFFINITY_DATE, TDM_OP_SUB, TDM_AFFINITY_INTERVAL, "DateTime"},
    {TDM_AFFINITY_DATE, TDM_OP_SUB, TDM_AFFINITY_DATETIME, "Interval"},
    {TDM_AFFINITY_DATETIME, TDM_OP_SUB, TDM_AFFINITY_DATETIME, "Interval"},
    {TDM_AFFINITY_TIME, TDM_OP_ADD, TDM_AFFINITY_DATE, "DateTime"},
    {TDM_AFFINITY_TIME, TDM_OP_SUB, TDM_AFFINITY_TIME, "Interval"},
    {TDM_AFFINITY_INTERVAL, TDM_OP_ADD, TDM_AFFINITY_DATE, "DateTime"},
    {TDM_AFFINITY_INTERVAL, TDM_OP_ADD, TDM_AFFINITY_DATETIME, "DateTime"},
    {TDM_AFFINITY_INTERVAL, TDM_OP_ADD, TDM_AFFINITY_TIME, "Time"},
};

static tdm_type *adapted_type(tdm_arena *arena, tdm_op op, tdm_type *left, tdm_type *right)
{
    tdm_affinity a = tdm_type_affinity(left), b = tdm_type_affinity(right);
    for (size_t i = 0; i < sizeof adaptations / sizeof *adaptations; i++) {
        if (adaptations[i].left == a && adaptations[i].op == op && adaptations[i].right == b)
            return tdm_type_plain(arena, adaptations[i].result);
    }
    return left;
}

static bool concatenates(tdm_affinity a)
{
    return a == TDM_AFFINITY_STRING || a == TDM_AFFINITY_ARRAY || a == TDM_AFFINITY_BINARY ||
           a == TDM_AFFINITY_JSON;
}

tdm_expr *tdm_expr_arithmetic(tdm_arena *arena, tdm_op op, tdm_expr *left, tdm_expr *right)
{
    tdm_affinity a = tdm_type_affinity(left->type), b = tdm_type_affinity(right->type);
    if (a == TDM_AFFINITY_NULL && b != TDM_AFFINITY_NULL &&
        (op == TDM_OP_ADD || op == TDM_OP_MUL)) {
        // NullType lets the other side decide, where the operator commutes.
        if (op == TDM_OP_ADD && concatenates(b))
            return tdm_expr_binary(arena, TDM_OP_CONCAT, left, right, right->type);
        return tdm_expr_binary(arena, op, left, right,
                               adapted_type(arena, op, right->type, left->type));
    }
    if (op == TDM_OP_ADD && concatenates(a) && (concatenates(b) || b == TDM_AFFINITY_NULL))
        op = TDM_OP_CONCAT;
    return tdm_expr_binary(arena, op, left, right,
                           adapted_type(arena, op, left->type, right->type));
}

tdm_expr *tdm_expr_unary(tdm_arena *arena, tdm_op op, tdm_expr *operand, tdm_type *type)
{
    tdm_expr *unary = tdm_expr_new(arena, TDM_EXPR_UNARY, type);
    if (unary) {
        unary->op = op;
        (void)tdm_vector_push(arena, &unary->items, tdm_expr_self_group(arena, operand, op));
    }
    return unary;
}

tdm_expr *tdm_expr_modifier(tdm_arena *arena, tdm_op op, tdm_expr *operand)
{
    tdm_expr *modifier = tdm_expr_new(arena, TDM_EXPR_MODIFIER, NULL);
    if (modifier) {
        modifier->op = op;
        (void)tdm_vector_push(arena, &modifier->items, tdm_expr_self_group(arena, operand, op));
    }
    return modifier;
}

// --- Truth --------------------------------------------------------------------------------------

static tdm_expr *negate_plain(tdm_arena *arena, tdm_expr *expr)
{
    if (tdm_type_affinity(expr->type) == TDM_AFFINITY_BOOLEAN) {
        tdm_expr *wrapped = tdm_expr_new(arena, TDM_EXPR_AS_BOOLEAN, expr->type);
        if (wrapped) {
            wrapped->op = TDM_OP_IS_FALSE;
            wrapped->negate = TDM_OP_IS_TRUE;
            (void)tdm_vector_push(arena, &wrapped->items, expr);
        }
        return wrapped;
    }
    return tdm_expr_unary(arena, TDM_OP_NOT, expr, NULL);
}

static tdm_expr *negate_binary(tdm_arena *arena, tdm_expr *expr)
{
    if (expr->negate == TDM_OP_NONE) {
        tdm_expr *group = tdm_expr_self_group(arena, expr, TDM_OP_NONE);
        return group ? negate_plain(arena, group) : NULL;
    }
    tdm_expr *opposite = tdm_expr_new(arena, TDM_EXPR_BINARY, expr->type);
    if (opposite) {
        *opposite = *expr;
        opposite->op = expr->negate;
        opposite->negate = expr->op;
    }
    return opposite;
}

tdm_expr *tdm_expr_negate(tdm_arena *arena, tdm_expr *expr)
{
    tdm_expr *copy = NULL;
    switch (expr->kind) {
    case TDM_EXPR_TRUE:
        return tdm_expr_new(arena, TDM_EXPR_FALSE, expr->type);
    case TDM_EXPR_FALSE:
        return tdm_expr_new(arena, TDM_EXPR_TRUE, expr->type);
    case TDM_EXPR_BINARY:
        return negate_binary(arena, expr);
    case TDM_EXPR_AS_BOOLEAN:
        copy = tdm_expr_new(arena, TDM_EXPR_AS_BOOLEAN, expr->type);
        if (copy) {
            *copy = *expr;
            copy->op = expr->negate;
            copy->negate = expr->op;
        }
        return copy;
    case TDM_EXPR_LABEL:
        return relabel(arena, expr, tdm_expr_negate(arena, expr->items.items[0]));
    case TDM_EXPR_LIST:
        return tdm_expr_unary(arena, TDM_OP_NOT, expr, NULL);
    case TDM_EXPR_UNARY:
        if (tdm_type_affinity(expr->type) == TDM_AFFINITY_BOOLEAN)
            return tdm_expr_unary(arena, TDM_OP_NOT, expr, expr->type);
        return tdm_expr_unary(arena, TDM_OP_NOT, expr, NULL);
    default:
        return negate_plain(arena, expr);
    }
}

tdm_expr *tdm_expr_conjunction(tdm_arena *arena, tdm_op op, tdm_expr *const *items, size_t count)
{
    tdm_expr_kind passes = op == TDM_OP_AND ? TDM_EXPR_TRUE : TDM_EXPR_FALSE;
    tdm_expr_kind decides = op == TDM_OP_AND ? TDM_EXPR_FALSE : TDM_EXPR_TRUE;
    tdm_expr *passed = NULL;
    tdm_exprs kept = {0};
    for (size_t i = 0; i < count; i++) {
        if (items[i]->kind == passes) {
            passed = items[i];
            continue;
        }
        if (items[i]->kind == decides) {
            kept.count = 0;
            (void)tdm_vector_push(arena, &kept, items[i]);
            break;
        }
        (void)tdm_vector_push(arena, &kept, items[i]);
    }
    if (kept.count == 0 && passed)
        (void)tdm_vector_push(arena, &kept, passed);
    tdm_op against = kept.count > 1 ? op : TDM_OP_AS_BOOL;
    if (kept.count == 1)
        return tdm_expr_self_group(arena, kept.items[0], against);

    tdm_expr *list = tdm_expr_new(arena, TDM_EXPR_LIST, tdm_type_plain(arena, "Boolean"));
    if (!list)
        return NULL;
    list->op = op;
    for (size_t i = 0; i < kept.count; i++) {
        tdm_expr *item = tdm_expr_self_group(arena, kept.items[i], against);
        bool flat = item && item->kind == TDM_EXPR_LIST && item->op == op;
        for (size_t j = 0; flat && j < item->items.count; j++)
            (void)tdm_vector_push(arena, &list->items, item->items.items[j]);
        if (!flat)
            (void)tdm_vector_push(arena, &list->items, item);
    }
    return list;
}
