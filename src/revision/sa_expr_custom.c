// Operators of the user's own: column.op("@>")(value), bool_op().
#include "revision/sa_expr.h"

// -----------------------------------------------------------------------------------

typedef struct custom_operator {
    tdm_expr *left;
    tdm_text text;
    int32_t precedence;
    bool comparison;
    tdm_type *type;
} custom_operator;

static tdm_py custom_call(tdm_interp *in, tdm_py self, const tdm_py_args *args)
{
    tdm_host *host = tdm_host_of(in);
    const custom_operator *op = tdm_py_native_data(self);
    tdm_bound bound;
    if (!tdm_bind(host, "op", "other", false, args, &bound))
        return NULL;
    tdm_expr *right =
        bound.unknown ? NULL : tdm_operand(&bound, tdm_arg(&bound, "other"), op->left);
    if (!right)
        return bound.unknown;
    tdm_expr *expr = tdm_expr_new(host->arena, TDM_EXPR_BINARY, op->type);
    if (!expr)
        return tdm_host_unknown(host, "out of memory");
    expr->op = TDM_OP_CUSTOM;
    expr->text = op->text;
    expr->precedence = op->precedence;
    expr->comparison = op->comparison;
    (void)tdm_vector_push(host->arena, &expr->items,
                          tdm_expr_group_against(host->arena, op->left, expr));
    (void)tdm_vector_push(host->arena, &expr->items,
                          tdm_expr_group_against(host->arena, right, expr));
    return tdm_expr_value(host, expr);
}

static const tdm_py_class custom_object = {
    .name = "sqlalchemy.sql.operators.custom_op", .inert = true, .call = custom_call};

static tdm_py custom(tdm_host *host, tdm_py self, tdm_bound *bound, bool comparison)
{
    custom_operator *op = tdm_arena_new_of(host->arena, custom_operator);
    if (!op)
        return tdm_host_unknown(host, "out of memory");
    tdm_number precedence = tdm_arg_number(bound, "precedence");
    op->left = tdm_expr_from(host, self);
    op->text = tdm_arg_text(bound, "opstring");
    op->precedence = (int32_t)precedence.value;
    op->comparison = comparison || tdm_arg_truth(bound, "is_comparison", false);
    op->type = tdm_arg_type(bound, "return_type");
    if (!op->type)
        op->type = op->comparison ? tdm_type_plain(host->arena, "Boolean") : op->left->type;
    return bound->unknown ? bound->unknown : tdm_object(host, &custom_object, op);
}

tdm_py tdm_custom_op(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    return custom(host, self, bound, false);
}

tdm_py tdm_custom_bool_op(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    return custom(host, self, bound, true);
}
