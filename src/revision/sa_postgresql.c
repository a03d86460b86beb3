// What sqlalchemy.dialects.postgresql adds besides types: ExcludeConstraint, array(), insert().
#include "revision/sa_dml.h"
#include "revision/sa_expr.h"

static tdm_py make_exclude(tdm_host *host, tdm_bound *bound)
{
    tdm_constraint *c = tdm_constraint_new(host, TDM_CONSTRAINT_EXCLUDE);
    if (!c)
        return tdm_host_unknown(host, "out of memory");
    if (!tdm_exclude_fill(bound, c))
        return NULL;
    return bound->unknown ? bound->unknown : tdm_object(host, &tdm_constraint_object, c);
}

static tdm_py make_array(tdm_host *host, tdm_bound *bound)
{
    tdm_py items = tdm_py_iterate(host->in, tdm_arg(bound, "clauses"));
    tdm_py_kind kind = items ? tdm_py_kind_of(items) : TDM_PY_UNKNOWN;
    tdm_expr *array =
        tdm_expr_new(host->arena, TDM_EXPR_ARRAY, tdm_type_plain(host->arena, "ARRAY"));
    if (!array || (kind != TDM_PY_LIST && kind != TDM_PY_TUPLE)) {
        tdm_arg_refuse(bound, "list");
        return bound->unknown;
    }
    // An array without items prints a cast to its type, which is not covered.
    if (tdm_py_count(items) == 0)
        tdm_arg_refuse(bound, "empty list");
    for (size_t i = 0; i < tdm_py_count(items); i++) {
        tdm_expr *item = tdm_operand(bound, tdm_py_item(items, i), NULL);
        if (!item)
            return bound->unknown;
        if (!array->type->item)
            array->type->item = item->type;
        (void)tdm_vector_push(host->arena, &array->items,
                              tdm_expr_self_group(host->arena, item, TDM_OP_COMMA));
    }
    return bound->unknown ? bound->unknown : tdm_expr_value(host, array);
}

static tdm_py make_insert(tdm_host *host, tdm_bound *bound)
{
    return tdm_insert_into(host, tdm_arg(bound, "table"));
}

const tdm_callable tdm_postgresql_callables[] = {
    {"ExcludeConstraint",
     "*elements | name= deferrable= initially= using= where= ops= ~info= ~_create_rule= **",
     make_exclude},
    {"array", "clauses", make_array},
    {"insert", "table", make_insert},
    {NULL, NULL, NULL},
};
