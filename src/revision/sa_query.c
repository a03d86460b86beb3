// session.query(): the SELECT, UPDATE or DELETE that it sends (S2052 orm/query.py).
#include "revision/sa_expr.h"
#include "revision/sa_orm.h"

#include <string.h>

typedef struct query {
    tdm_session *session;
    tdm_select *select;
    tdm_table *table; // of the first entity, where that is a whole model
    tdm_py model;     // that model
    bool entity_only; // nothing but that model is asked for
} query;

// --- Building -----------------------------------------------------------------------------------

// What is done with such a query is reported.
static tdm_py not_followed(tdm_host *host, const char *what)
{
    return tdm_host_unknown_effect(host, "query.%s is not covered", what);
}

static void add_model(tdm_host *host, tdm_select *select, const tdm_table *table)
{
    for (size_t i = 0; i < table->columns.count; i++) {
        tdm_expr *expr = tdm_column_expr(host, table->columns.items[i]);
        if (expr)
            (void)tdm_vector_push(host->arena, &select->columns, expr);
    }
    select->objects = true;
}

tdm_py tdm_query_new(tdm_host *host, tdm_session *session, tdm_bound *bound)
{
    query *q = tdm_arena_new_of(host->arena, query);
    tdm_select *select = tdm_arena_new_of(host->arena, tdm_select);
    if (!q || !select)
        return tdm_host_unknown(host, "out of memory");
    select->head = (tdm_statement_object){.print = tdm_print_select_statement, .data = select};
    select->table_labels = true;
    *q = (query){.session = session, .select = select};
    for (size_t i = 0; i < bound->rest_count; i++) {
        tdm_py entity = bound->rest[i];
        bool model = tdm_is_model(entity);
        tdm_table *table = model ? tdm_table_of(entity) : NULL;
        tdm_expr *expr = model ? NULL : tdm_expr_from(host, entity);
        if (table) {
            add_model(host, select, table);
            q->table = i == 0 ? table : q->table;
            q->model = i == 0 ? entity : q->model;
        } else if (!expr || !tdm_vector_push(host->arena, &select->columns, expr)) {
            return bound->unknown
                       ? tdm_host_unknown_effect(host, "%.*s", TDM_TEXT_ARG(tdm_py_reason(entity)))
                       : not_followed(host, "query() of this");
        }
    }
    q->entity_only = q->table && bound->rest_count == 1;
    return bound->rest_count ? tdm_object(host, &tdm_query_object, q)
                             : not_followed(host, "query() of nothing");
}

static query *copy_query(tdm_host *host, tdm_py self)
{
    const query *from = tdm_py_native_data(self);
    query *q = tdm_arena_new_of(host->arena, query);
    tdm_select *select = tdm_arena_new_of(host->arena, tdm_select);
    if (!q || !select)
        return NULL;
    *select = *from->select;
    select->head.data = select;
    select->columns.capacity = select->columns.count;
    select->froms.capacity = select->froms.count;
    select->where.capacity = select->where.count;
    select->group_by.capacity = select->group_by.count;
    select->order_by.capacity = select->order_by.count;
    *q = *from;
    q->select = select;
    return q;
}

static tdm_py query_value(tdm_host *host, const tdm_bound *bound, query *q)
{
    if (bound->unknown)
        return tdm_host_unknown_effect(host, "%.*s", TDM_TEXT_ARG(tdm_py_reason(bound->unknown)));
    return q ? tdm_object(host, &tdm_query_object, q) : tdm_host_unknown(host, "out of memory");
}

static bool push_all(tdm_host *host, const tdm_bound *bound, tdm_exprs *list)
{
    for (size_t i = 0; i < bound->rest_count; i++) {
        tdm_expr *expr = tdm_expr_from(host, bound->rest[i]);
        if (!expr || !tdm_vector_push(host->arena, list, expr))
            return false;
    }
    return true;
}

// After a limit a condition is about the rows that are left, which SQLAlchemy refuses.
static tdm_py query_filter(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    query *q = copy_query(host, self);
    if (q && (q->select->limit || q->select->offset || !push_all(host, bound, &q->select->where)))
        return not_followed(host, "filter() of this");
    return query_value(host, bound, q);
}

// The column of an attribute of the model, which may have another name. NULL: it is none.
static tdm_py column_named(tdm_host *host, const query *q, tdm_text name)
{
    tdm_py value = tdm_py_find_attr(host->in, q->model, name);
    return value && tdm_py_is_native(value, &tdm_column_object) ? value : NULL;
}

static tdm_py query_filter_by(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    query *q = copy_query(host, self);
    if (!q || !q->table || q->select->froms.count || q->select->limit || q->select->offset)
        return not_followed(host, "filter_by() of this");
    for (size_t i = 0; i < bound->extra.count && !bound->unknown; i++) {
        tdm_py left = column_named(host, q, bound->extra_names.items[i]);
        if (!left)
            return not_followed(host, "filter_by() of this");
        tdm_py condition = tdm_expr_operate(host->in, TDM_PY_EQ, left, bound->extra.items[i]);
        tdm_expr *expr = condition ? tdm_expr_from(host, condition) : NULL;
        if (!condition)
            return NULL;
        if (!expr || !tdm_vector_push(host->arena, &q->select->where, expr))
            return not_followed(host, "filter_by() of this");
    }
    return query_value(host, bound, q);
}

static tdm_py query_order_by(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    query *q = copy_query(host, self);
    if (q && (q->select->limit || !push_all(host, bound, &q->select->order_by)))
        return not_followed(host, "order_by() of this");
    return query_value(host, bound, q);
}

static tdm_py query_group_by(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    query *q = copy_query(host, self);
    if (q && (q->select->limit || !push_all(host, bound, &q->select->group_by)))
        return not_followed(host, "group_by() of this");
    return query_value(host, bound, q);
}

static tdm_expr *number(tdm_host *host, tdm_py value)
{
    return tdm_expr_bind(host->arena, value, tdm_type_plain(host->arena, "Integer"));
}

static tdm_py query_limit(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    query *q = copy_query(host, self);
    tdm_py count = tdm_arg(bound, "count");
    if (!q || tdm_py_kind_of(count) != TDM_PY_INT)
        return not_followed(host, "limit() of this");
    *(strcmp(bound->function, "limit") == 0 ? &q->select->limit : &q->select->offset) =
        number(host, count);
    return query_value(host, bound, q);
}

static tdm_py query_distinct(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    query *q = copy_query(host, self);
    // Columns to sort by would join those that are selected.
    if (!q || q->select->order_by.count)
        return not_followed(host, "distinct() of this");
    q->select->distinct = true;
    return query_value(host, bound, q);
}

// join(Model, condition): from the first entity.
static tdm_py query_join(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    query *q = copy_query(host, self);
    const tdm_table *target = tdm_table_of(tdm_arg(bound, "target"));
    tdm_expr *on =
        tdm_arg_absent(bound, "onclause") ? NULL : tdm_expr_from(host, tdm_arg(bound, "onclause"));
    if (!q || !q->table || !target || !on || q->select->froms.count || q->select->limit ||
        target == q->table)
        return not_followed(host, "join() of this");
    bool outer = strcmp(bound->function, "outerjoin") == 0;
    (void)tdm_vector_push(host->arena, &q->select->froms,
                          ((tdm_from){q->table, target, outer, on}));
    return query_value(host, bound, q);
}

// --- Running ------------------------------------------------------------------------------------

static tdm_py run(tdm_host *host, const query *q, tdm_bound *bound)
{
    tdm_place outer = host->place;
    if (bound)
        host->place = bound->place;
    bool flushed = tdm_session_flush(host, q->session);
    size_t before = host->emissions.count;
    bool sent = flushed && tdm_emit_statement(host, q->select->head.print, q->select, NULL);
    tdm_session_only(host, before);
    host->place = outer;
    if (!sent)
        return NULL;
    tdm_py rows = tdm_host_unknown(host, "what a query returns cannot be known without a database");
    q->session->has_objects =
        q->session->has_objects || (q->select->objects && !q->select->counted);
    return rows;
}

static tdm_py query_all(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    return run(host, tdm_py_native_data(self), bound);
}

static tdm_py query_first(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    query *q = copy_query(host, self);
    if (!q)
        return tdm_host_unknown(host, "out of memory");
    q->select->limit = number(host, tdm_py_int(host->in, 1));
    return run(host, q, bound);
}

static tdm_py query_count(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    query *q = copy_query(host, self);
    if (!q)
        return tdm_host_unknown(host, "out of memory");
    q->select->counted = true;
    return run(host, q, bound);
}

static tdm_py opaque_run(tdm_host *host, const tdm_bound *bound, const char *what)
{
    tdm_place outer = host->place;
    host->place = bound->place;
    (void)tdm_emit_opaque(host,
                          tdm_arena_printf(host->arena, "query.%s(): %s", bound->function, what));
    host->place = outer;
    return tdm_host_unknown(host, "what query.%s() gives", bound->function);
}

// get(): an object that was loaded before is not asked for again.
static tdm_py query_get(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    query *q = copy_query(host, self);
    tdm_py key = tdm_arg(bound, "ident");
    const tdm_constraint *primary = q && q->table ? q->table->primary_key : NULL;
    bool plain = q && q->entity_only && !q->session->has_objects && !bound->unknown &&
                 q->select->where.count == 0 && q->select->froms.count == 0 && primary &&
                 primary->columns.count == 1 &&
                 (tdm_py_kind_of(key) == TDM_PY_INT || tdm_py_kind_of(key) == TDM_PY_STR);
    tdm_column *column = NULL;
    for (size_t i = 0; plain && i < q->table->columns.count; i++)
        if (tdm_text_equal(q->table->columns.items[i]->name.text, primary->columns.items[0].text))
            column = q->table->columns.items[i];
    if (!plain || !column)
        return opaque_run(host, bound, "this is not covered");
    tdm_py left = tdm_object(host, &tdm_column_object, column);
    tdm_py condition = tdm_expr_operate(host->in, TDM_PY_EQ, left, key);
    tdm_expr *expr = condition ? tdm_expr_from(host, condition) : NULL;
    if (!expr || !tdm_vector_push(host->arena, &q->select->where, expr))
        return opaque_run(host, bound, "this is not covered");
    return run(host, q, bound);
}

// --- UPDATE and DELETE --------------------------------------------------------------------------

// Conditions that Python can evaluate on loaded objects (S2052 orm/evaluator.py): "auto" then asks
// the server for nothing. With others the statement gets a RETURNING.
static bool is_evaluated(const tdm_expr *expr, unsigned depth)
{
    if (depth > 50)
        return false;
    switch (expr->kind) {
    case TDM_EXPR_COLUMN:
        return expr->column && expr->column->table && expr->column->table->of_model;
    case TDM_EXPR_BIND:
        return !expr->unset;
    case TDM_EXPR_NULL:
    case TDM_EXPR_TRUE:
    case TDM_EXPR_FALSE:
        return true;
    case TDM_EXPR_GROUPING:
    case TDM_EXPR_LIST:
        if (expr->kind == TDM_EXPR_LIST && expr->op != TDM_OP_AND && expr->op != TDM_OP_OR)
            return false;
        break;
    case TDM_EXPR_BINARY:
        if (expr->op != TDM_OP_EQ && expr->op != TDM_OP_NE && expr->op != TDM_OP_LT &&
            expr->op != TDM_OP_LE && expr->op != TDM_OP_GT && expr->op != TDM_OP_GE &&
            expr->op != TDM_OP_IS && expr->op != TDM_OP_IS_NOT && expr->op != TDM_OP_IN &&
            expr->op != TDM_OP_NOT_IN)
            return false;
        break;
    default:
        return false;
    }
    for (size_t i = 0; i < expr->items.count; i++)
        if (!is_evaluated(expr->items.items[i], depth + 1))
            return false;
    return true;
}

bool tdm_synchronizes_silently(tdm_host *host, const tdm_dml *dml, tdm_py strategy)
{
    (void)host;
    if (strategy && tdm_py_kind_of(strategy) == TDM_PY_BOOL)
        return !tdm_py_as_bool(strategy);
    if (strategy && tdm_py_kind_of(strategy) == TDM_PY_STR &&
        !tdm_text_is(tdm_py_as_text(strategy), "evaluate") &&
        !tdm_text_is(tdm_py_as_text(strategy), "auto"))
        return false;
    for (size_t i = 0; i < dml->where.count; i++)
        if (!is_evaluated(dml->where.items[i], 0))
            return false;
    return true;
}

static tdm_py change(tdm_host *host, tdm_py self, tdm_bound *bound, tdm_py made)
{
    const query *q = tdm_py_native_data(self);
    tdm_dml *dml = made ? tdm_data_of(made, &tdm_dml_object) : NULL;
    const tdm_select *select = q->select;
    if (!made)
        return NULL;
    if (bound->unknown || !dml || select->froms.count || select->limit || select->offset ||
        select->order_by.count || select->group_by.count || select->distinct)
        return opaque_run(host, bound, "this is not covered");
    for (size_t i = 0; i < select->where.count; i++)
        (void)tdm_vector_push(host->arena, &dml->where, select->where.items[i]);
    if (!tdm_synchronizes_silently(host, dml, tdm_arg(bound, "synchronize_session")))
        return opaque_run(host, bound, "how the session is kept in step is not covered");
    tdm_place outer = host->place;
    host->place = bound->place;
    bool flushed = tdm_session_flush(host, q->session);
    size_t before = host->emissions.count;
    bool sent = flushed && tdm_emit_statement(host, tdm_print_dml, dml, NULL);
    tdm_session_only(host, before);
    host->place = outer;
    return sent ? tdm_host_unknown(host, "how many rows a statement changed") : NULL;
}

// The dict with columns for the names of attributes. NULL: a key is none.
static tdm_py by_columns(tdm_host *host, const query *q, tdm_py values)
{
    tdm_py made = tdm_py_dict(host->in);
    for (size_t i = 0; i < tdm_py_count(values); i++) {
        tdm_py key = tdm_py_item(values, i);
        if (tdm_py_kind_of(key) == TDM_PY_STR)
            key = column_named(host, q, tdm_py_as_text(key));
        if (!key || !tdm_py_is_native(key, &tdm_column_object) ||
            !tdm_py_dict_put(host->in, made, key, tdm_py_dict_value(values, i)))
            return NULL;
    }
    return made;
}

static tdm_py query_update(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    const query *q = tdm_py_native_data(self);
    tdm_py values = tdm_arg(bound, "values");
    if (bound->unknown || !q->entity_only || tdm_py_kind_of(values) != TDM_PY_DICT)
        return opaque_run(host, bound,
                          bound->unknown ? "an argument cannot be known" : "this is not covered");
    values = by_columns(host, q, values);
    if (!values)
        return opaque_run(host, bound, "this is not covered");
    tdm_py update = tdm_update_of(host, q->table);
    tdm_py method = tdm_py_get_attr(host->in, update, TDM_TEXT("values"));
    const tdm_py_args args = {&values, 1, NULL, NULL, 0, bound->place};
    return change(host, self, bound, method ? tdm_py_call(host->in, method, &args) : NULL);
}

static tdm_py query_delete(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    const query *q = tdm_py_native_data(self);
    if (bound->unknown || !q->entity_only)
        return opaque_run(host, bound, "this is not covered");
    return change(host, self, bound, tdm_delete_of(host, q->table));
}

// --- The object ---------------------------------------------------------------------------------

static const tdm_method_row methods[] = {
    {"filter", "*criterion", query_filter},
    {"where", "*criterion", query_filter},
    {"filter_by", "**", query_filter_by},
    {"order_by", "*clauses", query_order_by},
    {"group_by", "*clauses", query_group_by},
    {"limit", "count", query_limit},
    {"offset", "count", query_limit},
    {"distinct", "", query_distinct},
    {"join", "target onclause=", query_join},
    {"outerjoin", "target onclause=", query_join},
    {"all", "", query_all},
    {"one", "", query_all},
    {"one_or_none", "", query_all},
    {"scalar", "", query_all},
    {"first", "", query_first},
    {"count", "", query_count},
    {"get", "ident", query_get},
    {"update", "values synchronize_session= ~update_args=", query_update},
    {"delete", "synchronize_session=", query_delete},
};

static tdm_py query_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    tdm_py method = tdm_find_method(host, methods, sizeof methods / sizeof *methods, self, name);
    return method ? method
                  : tdm_host_unknown_effect(host, "query.%.*s is not covered", TDM_TEXT_ARG(name));
}

static tdm_py query_iterate(tdm_interp *in, tdm_py self)
{
    return run(tdm_host_of(in), tdm_py_native_data(self), NULL);
}

const tdm_py_class tdm_query_object = {
    .name = "sqlalchemy.orm.Query", .get_attr = query_attr, .iterate = query_iterate};
