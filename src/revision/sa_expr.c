// The functions of sqlalchemy that make expressions: text(), literal(), and_(), case(), func.
#include "revision/sa_expr.h"

#include <string.h>

// --- Coercion
// -------------------------------------------------------------------------------------

tdm_py tdm_expr_value(tdm_host *host, tdm_expr *expr)
{
    return expr ? tdm_object(host, &tdm_expr_object, expr)
                : tdm_host_unknown(host, "out of memory");
}

tdm_expr *tdm_column_expr(tdm_host *host, tdm_column *column)
{
    tdm_expr *expr = tdm_expr_new(host->arena, TDM_EXPR_COLUMN, column->type);
    if (expr) {
        expr->name = column->name;
        expr->table = column->table;
        expr->column = column;
    }
    return expr;
}

tdm_expr *tdm_expr_from(tdm_host *host, tdm_py value)
{
    if (!value)
        return NULL;
    tdm_expr *expr = tdm_data_of(value, &tdm_expr_object);
    tdm_column *column = tdm_data_of(value, &tdm_column_object);
    if (expr)
        return expr;
    if (column)
        return tdm_column_expr(host, column);
    if (tdm_py_kind_of(value) == TDM_PY_BOOL)
        return tdm_expr_new(host->arena, tdm_py_as_bool(value) ? TDM_EXPR_TRUE : TDM_EXPR_FALSE,
                            tdm_type_plain(host->arena, "Boolean"));
    return tdm_select_expr(host, value);
}

tdm_expr *tdm_expr_or_bind(tdm_host *host, tdm_py value, const tdm_expr *compared)
{
    tdm_expr *expr = tdm_py_kind_of(value) == TDM_PY_BOOL ? NULL : tdm_expr_from(host, value);
    if (expr)
        return expr;
    const tdm_name *name = tdm_data_of(value, &tdm_name_object);
    if (name)
        value = tdm_py_str(host->in, name->text);
    if (compared)
        return tdm_expr_compared_bind(host->arena, host->in, compared, value);
    if (tdm_py_kind_of(value) == TDM_PY_NONE)
        return tdm_expr_new(host->arena, TDM_EXPR_NULL, NULL);
    return tdm_expr_bind(host->arena, value, tdm_type_of_value(host->arena, host->in, value));
}

// A value that no expression can be made of: a list, a native of another kind.
static bool is_plain(tdm_py value)
{
    switch (tdm_py_kind_of(value)) {
    case TDM_PY_NATIVE:
    case TDM_PY_LIST:
    case TDM_PY_TUPLE:
    case TDM_PY_DICT:
    case TDM_PY_SET:
    case TDM_PY_FUNCTION:
    case TDM_PY_MODULE:
    case TDM_PY_CLASS:
        return false;
    default:
        return true;
    }
}

tdm_expr *tdm_operand(tdm_bound *bound, tdm_py value, const tdm_expr *compared)
{
    tdm_expr *expr =
        tdm_py_kind_of(value) == TDM_PY_BOOL ? NULL : tdm_expr_from(bound->host, value);
    if (expr)
        return expr;
    if (!is_plain(value) && !tdm_data_of(value, &tdm_name_object)) {
        tdm_arg_refuse(bound, "operand");
        return NULL;
    }
    return tdm_expr_or_bind(bound->host, value, compared);
}

static tdm_py finish(tdm_bound *bound, tdm_expr *expr)
{
    return bound->unknown ? bound->unknown : tdm_expr_value(bound->host, expr);
}

// --- Constants and text
// ---------------------------------------------------------------------------

static tdm_py make_text(tdm_host *host, tdm_bound *bound)
{
    return finish(bound, tdm_expr_text(host->arena, tdm_arg_text(bound, "text")));
}

static tdm_py constant(tdm_host *host, tdm_expr_kind kind, const char *type)
{
    tdm_type *of = type ? tdm_type_plain(host->arena, type) : NULL;
    return tdm_expr_value(host, tdm_expr_new(host->arena, kind, of));
}

static tdm_py make_null(tdm_host *host, tdm_bound *bound)
{
    (void)bound;
    return constant(host, TDM_EXPR_NULL, NULL);
}

static tdm_py make_true(tdm_host *host, tdm_bound *bound)
{
    (void)bound;
    return constant(host, TDM_EXPR_TRUE, "Boolean");
}

static tdm_py make_false(tdm_host *host, tdm_bound *bound)
{
    (void)bound;
    return constant(host, TDM_EXPR_FALSE, "Boolean");
}

static tdm_py make_literal(tdm_host *host, tdm_bound *bound)
{
    tdm_py value = tdm_arg(bound, "value");
    tdm_type *type = tdm_arg_type(bound, "type_");
    if (!is_plain(value) && !type) {
        tdm_arg_refuse(bound, "value");
        return bound->unknown;
    }
    if (!type)
        type = tdm_type_of_value(host->arena, host->in, value);
    return finish(bound, tdm_expr_bind(host->arena, value, type));
}

static tdm_py make_bindparam(tdm_host *host, tdm_bound *bound)
{
    tdm_py value = tdm_arg(bound, "value");
    tdm_type *type = tdm_arg_type(bound, "type_");
    if (!type && value)
        type = tdm_type_of_value(host->arena, host->in, value);
    tdm_expr *bind = tdm_expr_bind(host->arena, value ? value : tdm_py_none(host->in), type);
    if (!bind)
        return tdm_host_unknown(host, "out of memory");
    bind->text = tdm_arg_text(bound, "key");
    bind->final_name = tdm_arg_truth(bound, "unique", false);
    bind->unset = !value;
    bind->expanding = tdm_arg_truth(bound, "expanding", false);
    if (bind->expanding)
        tdm_arg_refuse(bound, "expanding");
    return finish(bound, bind);
}

static tdm_py make_literal_column(tdm_host *host, tdm_bound *bound)
{
    tdm_expr *expr =
        tdm_expr_new(host->arena, TDM_EXPR_LITERAL_COLUMN, tdm_arg_type(bound, "type_"));
    if (expr)
        expr->text = tdm_arg_text(bound, "text");
    return finish(bound, expr);
}

static tdm_py make_column_clause(tdm_host *host, tdm_bound *bound)
{
    bool literal = tdm_arg_truth(bound, "is_literal", false);
    tdm_expr *expr = tdm_expr_new(host->arena, literal ? TDM_EXPR_LITERAL_COLUMN : TDM_EXPR_COLUMN,
                                  tdm_arg_type(bound, "type_"));
    if (expr) {
        expr->name = tdm_arg_name(bound, "text");
        expr->text = expr->name.text;
    }
    return finish(bound, expr);
}

// --- Conjunctions
// ---------------------------------------------------------------------------------

static tdm_py conjunction(tdm_host *host, tdm_bound *bound, tdm_op op)
{
    tdm_exprs items = {0};
    for (size_t i = 0; i < bound->rest_count; i++) {
        tdm_expr *item = tdm_expr_from(host, bound->rest[i]);
        if (!item) {
            tdm_arg_refuse(bound, "condition");
            return bound->unknown;
        }
        (void)tdm_vector_push(host->arena, &items, item);
    }
    return finish(bound, tdm_expr_conjunction(host->arena, op, items.items, items.count));
}

static tdm_py make_and(tdm_host *host, tdm_bound *bound)
{
    return conjunction(host, bound, TDM_OP_AND);
}

static tdm_py make_or(tdm_host *host, tdm_bound *bound)
{
    return conjunction(host, bound, TDM_OP_OR);
}

static tdm_py make_not(tdm_host *host, tdm_bound *bound)
{
    tdm_expr *expr = tdm_expr_from(host, tdm_arg(bound, "clause"));
    if (!expr) {
        tdm_arg_refuse(bound, "condition");
        return bound->unknown;
    }
    return finish(bound, tdm_expr_negate(host->arena, expr));
}

// --- cast(), case(), extract()
// --------------------------------------------------------------------

static tdm_expr *typed_operand(tdm_bound *bound, tdm_py value, tdm_type *type)
{
    tdm_expr *expr =
        tdm_py_kind_of(value) == TDM_PY_BOOL ? NULL : tdm_expr_from(bound->host, value);
    if (expr)
        return expr;
    if (!is_plain(value)) {
        tdm_arg_refuse(bound, "operand");
        return NULL;
    }
    return tdm_expr_bind(bound->host->arena, value, type);
}

tdm_expr *tdm_expr_cast(tdm_host *host, tdm_expr_kind kind, tdm_expr *operand, tdm_type *type)
{
    tdm_expr *cast = tdm_expr_new(host->arena, kind, type);
    if (cast && operand)
        (void)tdm_vector_push(host->arena, &cast->items, operand);
    return cast;
}

static tdm_py make_cast(tdm_host *host, tdm_bound *bound)
{
    tdm_type *type = tdm_arg_type(bound, "type_");
    tdm_expr *operand = typed_operand(bound, tdm_arg(bound, "expression"), type);
    return finish(bound, tdm_expr_cast(host, TDM_EXPR_CAST, operand, type));
}

static tdm_py make_type_coerce(tdm_host *host, tdm_bound *bound)
{
    tdm_type *type = tdm_arg_type(bound, "type_");
    tdm_expr *operand = typed_operand(bound, tdm_arg(bound, "expression"), type);
    return finish(bound, tdm_expr_cast(host, TDM_EXPR_TYPE_COERCE, operand, type));
}

static tdm_py make_extract(tdm_host *host, tdm_bound *bound)
{
    tdm_expr *extract =
        tdm_expr_new(host->arena, TDM_EXPR_EXTRACT, tdm_type_plain(host->arena, "Integer"));
    tdm_expr *operand = tdm_operand(bound, tdm_arg(bound, "expr"), NULL);
    if (extract && operand) {
        extract->text = tdm_arg_text(bound, "field");
        (void)tdm_vector_push(host->arena, &extract->items, operand);
    }
    return finish(bound, extract);
}

static bool add_when(tdm_bound *bound, tdm_expr *expr, tdm_py pair, const tdm_expr *value)
{
    tdm_host *host = bound->host;
    bool is_pair = tdm_py_kind_of(pair) == TDM_PY_TUPLE && tdm_py_count(pair) == 2;
    if (!is_pair) {
        tdm_arg_refuse(bound, "condition");
        return false;
    }
    tdm_py left = tdm_py_item(pair, 0);
    tdm_expr *condition = value ? tdm_operand(bound, left, value) : tdm_expr_from(host, left);
    tdm_expr *result = tdm_operand(bound, tdm_py_item(pair, 1), NULL);
    if (!condition || !result) {
        tdm_arg_refuse(bound, "condition");
        return false;
    }
    condition = tdm_expr_self_group(host->arena, condition, TDM_OP_NONE);
    (void)tdm_vector_push(host->arena, &expr->items, condition);
    (void)tdm_vector_push(host->arena, &expr->items, result);
    if (result->type)
        expr->type = result->type;
    return true;
}

// case({value: result}, value=x).
static bool add_dict(tdm_bound *bound, tdm_expr *expr, tdm_py dict, const tdm_expr *value)
{
    for (size_t i = 0; i < tdm_py_count(dict); i++) {
        tdm_py pair[2] = {tdm_py_item(dict, i), tdm_py_dict_value(dict, i)};
        if (!add_when(bound, expr, tdm_py_tuple(bound->host->in, pair, 2), value))
            return false;
    }
    return true;
}

static tdm_py make_case(tdm_host *host, tdm_bound *bound)
{
    tdm_expr *expr = tdm_expr_new(host->arena, TDM_EXPR_CASE, NULL);
    if (!expr)
        return tdm_host_unknown(host, "out of memory");
    if (bound->rest_count > 0 && tdm_py_kind_of(bound->rest[0]) == TDM_PY_LIST) {
        tdm_py_raise(host->in, "ArgumentError",
                     "The \"whens\" argument to case(), when referring to a sequence of items, is "
                     "now passed as a series of positional elements, rather than as a list. ");
        return NULL;
    }
    tdm_expr *value = NULL;
    if (!tdm_arg_absent(bound, "value")) {
        value = tdm_operand(bound, tdm_arg(bound, "value"), NULL);
        if (value)
            (void)tdm_vector_push(host->arena, &expr->items, value);
    }
    for (size_t i = 0; i < bound->rest_count; i++) {
        bool dict = tdm_py_kind_of(bound->rest[i]) == TDM_PY_DICT;
        if (dict ? !add_dict(bound, expr, bound->rest[i], value)
                 : !add_when(bound, expr, bound->rest[i], value))
            return bound->unknown;
    }
    tdm_py other = tdm_arg(bound, "else_");
    if (other && tdm_py_kind_of(other) != TDM_PY_NONE) {
        tdm_expr *otherwise = tdm_operand(bound, other, NULL);
        if (otherwise)
            (void)tdm_vector_push(host->arena, &expr->items, otherwise);
        expr->has_else = true;
    }
    return finish(bound, expr);
}

// --- Modifiers and the rest
// -----------------------------------------------------------------------

// A string names a column here.
static tdm_expr *column_operand(tdm_bound *bound, const char *name)
{
    tdm_py value = tdm_arg(bound, name);
    tdm_expr *expr = tdm_expr_from(bound->host, value);
    if (expr || tdm_py_kind_of(value) != TDM_PY_STR) {
        if (!expr)
            tdm_arg_refuse(bound, name);
        return expr;
    }
    expr = tdm_expr_new(bound->host->arena, TDM_EXPR_COLUMN, NULL);
    if (expr)
        expr->name = tdm_name_of(tdm_py_as_text(value));
    return expr;
}

static tdm_py modified(tdm_host *host, tdm_bound *bound, tdm_op op)
{
    tdm_expr *operand = column_operand(bound, "column");
    return finish(bound, operand ? tdm_expr_modifier(host->arena, op, operand) : NULL);
}

static tdm_py make_desc(tdm_host *host, tdm_bound *bound)
{
    return modified(host, bound, TDM_OP_DESC);
}

static tdm_py make_asc(tdm_host *host, tdm_bound *bound)
{
    return modified(host, bound, TDM_OP_ASC);
}

static tdm_py make_nulls_first(tdm_host *host, tdm_bound *bound)
{
    return modified(host, bound, TDM_OP_NULLS_FIRST);
}

static tdm_py make_nulls_last(tdm_host *host, tdm_bound *bound)
{
    return modified(host, bound, TDM_OP_NULLS_LAST);
}

static tdm_py make_between(tdm_host *host, tdm_bound *bound)
{
    tdm_expr *expr = tdm_expr_from(host, tdm_arg(bound, "expr"));
    if (!expr) {
        tdm_arg_refuse(bound, "expression");
        return bound->unknown;
    }
    return finish(bound, tdm_expr_between(bound, expr, tdm_arg(bound, "lower_bound"),
                                          tdm_arg(bound, "upper_bound")));
}

static tdm_py aggregate(tdm_host *host, tdm_bound *bound, tdm_op op)
{
    tdm_expr *operand = tdm_operand(bound, tdm_arg(bound, "expr"), NULL);
    if (!operand)
        return bound->unknown;
    return finish(bound,
                  tdm_expr_unary(host->arena, op, operand, tdm_type_plain(host->arena, "Boolean")));
}

static tdm_py make_any(tdm_host *host, tdm_bound *bound)
{
    return aggregate(host, bound, TDM_OP_ANY);
}

static tdm_py make_all(tdm_host *host, tdm_bound *bound)
{
    return aggregate(host, bound, TDM_OP_ALL);
}

static tdm_py make_distinct(tdm_host *host, tdm_bound *bound)
{
    tdm_expr *operand = tdm_operand(bound, tdm_arg(bound, "expr"), NULL);
    if (!operand)
        return bound->unknown;
    return finish(bound, tdm_expr_unary(host->arena, TDM_OP_DISTINCT, operand, operand->type));
}

static tdm_py make_tuple(tdm_host *host, tdm_bound *bound)
{
    tdm_expr *tuple = tdm_expr_new(host->arena, TDM_EXPR_TUPLE, NULL);
    for (size_t i = 0; tuple && i < bound->rest_count; i++) {
        tdm_expr *item = tdm_operand(bound, bound->rest[i], NULL);
        if (item)
            (void)tdm_vector_push(host->arena, &tuple->items,
                                  tdm_expr_self_group(host->arena, item, TDM_OP_COMMA));
    }
    return finish(bound, tuple);
}

static tdm_py make_collate(tdm_host *host, tdm_bound *bound)
{
    tdm_expr *operand = tdm_operand(bound, tdm_arg(bound, "expression"), NULL);
    if (!operand)
        return bound->unknown;
    return finish(bound, tdm_expr_collate(host, operand, tdm_arg_text(bound, "collation")));
}

static tdm_py make_quoted_name(tdm_host *host, tdm_bound *bound)
{
    tdm_name *name = tdm_arena_new_of(host->arena, tdm_name);
    if (!name)
        return tdm_host_unknown(host, "out of memory");
    *name = tdm_arg_name(bound, "value");
    if (!tdm_arg_absent(bound, "quote"))
        name->quote = tdm_arg_flag(bound, "quote");
    return bound->unknown ? bound->unknown : tdm_object(host, &tdm_name_object, name);
}

static tdm_py make_conv(tdm_host *host, tdm_bound *bound)
{
    tdm_name *name = tdm_arena_new_of(host->arena, tdm_name);
    if (!name)
        return tdm_host_unknown(host, "out of memory");
    *name = tdm_arg_name(bound, "name");
    name->final = true;
    return bound->unknown ? bound->unknown : tdm_object(host, &tdm_name_object, name);
}

static tdm_py make_label(tdm_host *host, tdm_bound *bound)
{
    tdm_expr *label = tdm_expr_new(host->arena, TDM_EXPR_LABEL, NULL);
    tdm_expr *operand = tdm_operand(bound, tdm_arg(bound, "element"), NULL);
    if (label && operand) {
        label->type = operand->type;
        label->text = tdm_arg_text(bound, "name");
        (void)tdm_vector_push(host->arena, &label->items, operand);
    }
    return finish(bound, label);
}

// exists(select): a prefix on the subquery.
static tdm_py make_exists(tdm_host *host, tdm_bound *bound)
{
    tdm_py value = tdm_arg(bound, "argument");
    tdm_expr *subquery = value ? tdm_expr_from(host, value) : NULL;
    if (!subquery || subquery->kind != TDM_EXPR_SUBQUERY) {
        tdm_arg_refuse(bound, "argument");
        return bound->unknown;
    }
    return finish(bound, tdm_expr_unary(host->arena, TDM_OP_EXISTS, subquery,
                                        tdm_type_plain(host->arena, "Boolean")));
}

static tdm_py make_next_value(tdm_host *host, tdm_bound *bound)
{
    const tdm_sequence *sequence = tdm_data_of(tdm_arg(bound, "seq"), &tdm_sequence_object);
    if (!sequence) {
        tdm_arg_refuse(bound, "sequence");
        return bound->unknown;
    }
    return finish(bound, tdm_next_value(host, sequence));
}

const tdm_callable tdm_expr_callables[] = {
    {"text", "text ~bind=", make_text},
    {"null", "", make_null},
    {"true", "", make_true},
    {"false", "", make_false},
    {"literal", "value type_= ~literal_execute=", make_literal},
    {"bindparam",
     "key value= type_= unique= ~required= ~quote= ~callable_= expanding= ~isoutparam= "
     "~literal_execute=",
     make_bindparam},
    {"literal_column", "text type_=", make_literal_column},
    {"column", "text type_= is_literal= ~_selectable=", make_column_clause},
    {"and_", "*clauses", make_and},
    {"or_", "*clauses", make_or},
    {"not_", "clause", make_not},
    {"cast", "expression type_", make_cast},
    {"type_coerce", "expression type_", make_type_coerce},
    {"extract", "field expr", make_extract},
    {"case", "*whens | value= else_=", make_case},
    {"desc", "column", make_desc},
    {"asc", "column", make_asc},
    {"nulls_first", "column", make_nulls_first},
    {"nullsfirst", "column", make_nulls_first},
    {"nulls_last", "column", make_nulls_last},
    {"nullslast", "column", make_nulls_last},
    {"between", "expr lower_bound upper_bound", make_between},
    {"any_", "expr", make_any},
    {"all_", "expr", make_all},
    {"distinct", "expr", make_distinct},
    {"tuple_", "*clauses", make_tuple},
    {"collate", "expression collation", make_collate},
    {"quoted_name", "value quote=", make_quoted_name},
    {"conv", "name", make_conv},
    {"label", "name element", make_label},
    {"next_value", "seq", make_next_value},
    {"exists", "argument=", make_exists},
    {NULL, NULL, NULL},
};
