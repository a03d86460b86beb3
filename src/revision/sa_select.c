// select(): building it.
#include "revision/sa_dml.h"
#include "revision/sa_expr.h"
#include "revision/sa_orm.h"

#include <string.h>

// --- Building
// -------------------------------------------------------------------------------------

static tdm_select *new_select(tdm_host *host)
{
    tdm_select *select = tdm_arena_new_of(host->arena, tdm_select);
    if (select)
        select->head = (tdm_statement_object){.print = tdm_print_select_statement, .data = select};
    return select;
}

static tdm_py select_value(tdm_bound *bound, tdm_select *select)
{
    if (bound->unknown)
        return bound->unknown;
    return select ? tdm_object(bound->host, &tdm_select_object, select)
                  : tdm_host_unknown(bound->host, "out of memory");
}

static void add_table_columns(tdm_host *host, tdm_select *select, const tdm_table *table)
{
    for (size_t i = 0; i < table->columns.count; i++) {
        tdm_expr *expr = tdm_column_expr(host, table->columns.items[i]);
        if (expr)
            memcpy(&expr->table, &table, sizeof table);
        (void)tdm_vector_push(host->arena, &select->columns, expr);
    }
}

tdm_py tdm_select_table(tdm_host *host, const tdm_table *table)
{
    tdm_select *select = new_select(host);
    if (!select)
        return tdm_host_unknown(host, "out of memory");
    add_table_columns(host, select, table);
    return tdm_object(host, &tdm_select_object, select);
}

tdm_py tdm_select_of(tdm_host *host, tdm_bound *bound)
{
    tdm_select *select = new_select(host);
    if (bound->extra.count > 0 ||
        (bound->rest_count > 0 && tdm_py_kind_of(bound->rest[0]) == TDM_PY_LIST)) {
        tdm_py_raise(host->in, "ArgumentError",
                     "Column expression, FROM clause, or other columns clause element expected, "
                     "got a list or keyword of an older SQLAlchemy.");
        return NULL;
    }
    for (size_t i = 0; select && i < bound->rest_count; i++) {
        const tdm_table *table = tdm_table_of(bound->rest[i]);
        select->objects = select->objects || tdm_is_model(bound->rest[i]);
        tdm_expr *expr = table ? NULL : tdm_expr_from(host, bound->rest[i]);
        if (table) {
            add_table_columns(host, select, table);
        } else if (expr) {
            (void)tdm_vector_push(host->arena, &select->columns, expr);
        } else {
            tdm_arg_refuse(bound, "column");
            return bound->unknown;
        }
    }
    return select_value(bound, select);
}

static tdm_select *copy_select(tdm_host *host, tdm_py self)
{
    const tdm_select *select = tdm_py_native_data(self);
    tdm_select *copy = new_select(host);
    if (copy) {
        *copy = *select;
        copy->head.data = copy;
        copy->columns.capacity = copy->columns.count;
        copy->froms.capacity = copy->froms.count;
        copy->where.capacity = copy->where.count;
        copy->group_by.capacity = copy->group_by.count;
        copy->order_by.capacity = copy->order_by.count;
    }
    return copy;
}

static bool push_all(tdm_bound *bound, tdm_exprs *list)
{
    for (size_t i = 0; i < bound->rest_count; i++) {
        tdm_expr *expr = tdm_expr_from(bound->host, bound->rest[i]);
        if (!expr) {
            tdm_arg_refuse(bound, "expression");
            return false;
        }
        (void)tdm_vector_push(bound->host->arena, list, expr);
    }
    return true;
}

static tdm_py method_where(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_select *select = copy_select(host, self);
    return select && push_all(bound, &select->where) ? select_value(bound, select) : bound->unknown;
}

static tdm_py method_group_by(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_select *select = copy_select(host, self);
    return select && push_all(bound, &select->group_by) ? select_value(bound, select)
                                                        : bound->unknown;
}

static tdm_py method_order_by(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_select *select = copy_select(host, self);
    return select && push_all(bound, &select->order_by) ? select_value(bound, select)
                                                        : bound->unknown;
}

static tdm_py method_select_from(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_select *select = copy_select(host, self);
    for (size_t i = 0; select && i < bound->rest_count; i++) {
        const tdm_join *join = tdm_data_of(bound->rest[i], &tdm_join_object);
        const tdm_table *table = tdm_table_of(bound->rest[i]);
        if (!join && !table) {
            tdm_arg_refuse(bound, "table");
            return bound->unknown;
        }
        tdm_from from = join ? join->from : (tdm_from){.table = table};
        (void)tdm_vector_push(host->arena, &select->froms, from);
    }
    return select_value(bound, select);
}

static tdm_py limited(tdm_host *host, tdm_py self, tdm_bound *bound, bool offset)
{
    tdm_select *select = copy_select(host, self);
    tdm_py value = tdm_arg(bound, "count");
    if (!select || tdm_py_kind_of(value) != TDM_PY_INT) {
        tdm_arg_refuse(bound, "count");
        return bound->unknown;
    }
    tdm_expr *bind = tdm_expr_bind(host->arena, value, tdm_type_plain(host->arena, "Integer"));
    *(offset ? &select->offset : &select->limit) = bind;
    return select_value(bound, select);
}

static tdm_py method_limit(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    return limited(host, self, bound, false);
}

static tdm_py method_offset(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    return limited(host, self, bound, true);
}

static tdm_py method_distinct(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_select *select = copy_select(host, self);
    if (select)
        select->distinct = true;
    return select_value(bound, select);
}

static tdm_py method_scalar(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)bound;
    return tdm_expr_value(host, tdm_select_expr(host, self));
}

static tdm_py method_label(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_expr *label = tdm_expr_new(host->arena, TDM_EXPR_LABEL, NULL);
    if (label) {
        label->text = tdm_arg_text(bound, "name");
        (void)tdm_vector_push(host->arena, &label->items, tdm_select_expr(host, self));
    }
    return bound->unknown ? bound->unknown : tdm_expr_value(host, label);
}

static tdm_py method_same(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)host;
    (void)bound;
    return self;
}

static const tdm_method_row select_methods[] = {
    {"where", "*whereclause", method_where},
    {"filter", "*whereclause", method_where},
    {"group_by", "*clauses", method_group_by},
    {"order_by", "*clauses", method_order_by},
    {"select_from", "*froms", method_select_from},
    {"limit", "count", method_limit},
    {"offset", "count", method_offset},
    {"distinct", "", method_distinct},
    {"scalar_subquery", "", method_scalar},
    {"as_scalar", "", method_scalar},
    {"label", "name", method_label},
    {"execution_options", "**", method_same},
};

static tdm_py select_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    tdm_py method = tdm_find_method(host, select_methods,
                                    sizeof select_methods / sizeof *select_methods, self, name);
    return method ? method
                  : tdm_host_unknown(host, "select().%.*s is not covered", TDM_TEXT_ARG(name));
}

const tdm_py_class tdm_select_object = {.name = "sqlalchemy.sql.selectable.Select",
                                        .base = &tdm_statement_class,
                                        .inert = true,
                                        .get_attr = select_attr};
const tdm_py_class tdm_join_object = {.name = "sqlalchemy.sql.selectable.Join", .inert = true};

tdm_expr *tdm_select_expr(tdm_host *host, tdm_py value)
{
    tdm_select *select = tdm_data_of(value, &tdm_select_object);
    if (!select)
        return NULL;
    tdm_type *type = select->columns.count > 0 ? select->columns.items[0]->type : NULL;
    tdm_expr *expr = tdm_expr_new(host->arena, TDM_EXPR_SUBQUERY, type);
    if (expr)
        expr->select = select;
    return expr;
}
