// insert(), update(), delete() and their methods. Each method gives a changed copy.
#include "revision/sa_dml.h"
#include "revision/sa_expr.h"
#include "revision/sa_orm.h"

#include <string.h>

static tdm_dml *new_dml(tdm_host *host, tdm_dml_kind kind, tdm_table *table)
{
    tdm_dml *dml = tdm_arena_new_of(host->arena, tdm_dml);
    if (dml) {
        dml->head = (tdm_statement_object){.print = tdm_print_dml, .data = dml};
        dml->kind = kind;
        dml->table = table;
    }
    return dml;
}

static tdm_dml *copy_dml(tdm_host *host, tdm_py self)
{
    const tdm_dml *dml = tdm_py_native_data(self);
    tdm_dml *copy = new_dml(host, dml->kind, dml->table);
    if (copy) {
        *copy = *dml;
        copy->head.data = copy;
        // Vectors of the copy must not grow into the original's memory.
        copy->where.capacity = copy->where.count;
        copy->values.capacity = copy->values.count;
        copy->rows.capacity = copy->rows.count;
        copy->returning.capacity = copy->returning.count;
    }
    return copy;
}

static tdm_py dml_value(tdm_bound *bound, tdm_dml *dml)
{
    if (bound->unknown)
        return bound->unknown;
    return dml ? tdm_object(bound->host, &tdm_dml_object, dml)
               : tdm_host_unknown(bound->host, "out of memory");
}

// --- Values
// ---------------------------------------------------------------------------------------

static tdm_text key_of(tdm_bound *bound, tdm_py key)
{
    const tdm_column *column = tdm_data_of(key, &tdm_column_object);
    const tdm_expr *expr = tdm_data_of(key, &tdm_expr_object);
    if (column)
        return column->key;
    if (expr && expr->kind == TDM_EXPR_COLUMN)
        return expr->name.text;
    return tdm_name_from(bound, key).text;
}

// A value takes the type of its column.
static tdm_expr *value_of(tdm_bound *bound, const tdm_table *table, tdm_text key, tdm_py value)
{
    tdm_host *host = bound->host;
    const tdm_column *column = tdm_sa_table_column(table, key);
    tdm_expr *expr = tdm_py_kind_of(value) == TDM_PY_BOOL ? NULL : tdm_expr_from(host, value);
    if (!expr) {
        const tdm_name *name = tdm_data_of(value, &tdm_name_object);
        if (name)
            value = tdm_py_str(host->in, name->text);
        else if (tdm_py_kind_of(value) == TDM_PY_NATIVE)
            tdm_arg_refuse(bound, "value");
        expr = tdm_expr_bind(host->arena, value, column ? column->type : NULL);
        if (expr) {
            expr->text = key;
            expr->final_name = false;
        }
    }
    return expr;
}

static bool push_value(tdm_bound *bound, const tdm_table *table, tdm_assignments *list,
                       tdm_text key, tdm_py value)
{
    if (!tdm_sa_table_column(table, key)) {
        tdm_py_raise(bound->host->in, "CompileError", "Unconsumed column names: %.*s",
                     TDM_TEXT_ARG(key));
        return false;
    }
    // Given again, the later value counts.
    tdm_expr *expr = value_of(bound, table, key, value);
    for (size_t i = 0; i < list->count; i++) {
        if (tdm_text_equal(list->items[i].key, key)) {
            list->items[i].value = expr;
            return true;
        }
    }
    return tdm_vector_push(bound->host->arena, list, ((tdm_assignment){key, expr}));
}

static bool take_dict(tdm_bound *bound, const tdm_table *table, tdm_assignments *list, tdm_py dict)
{
    for (size_t i = 0; i < tdm_py_count(dict); i++) {
        if (!push_value(bound, table, list, key_of(bound, tdm_py_item(dict, i)),
                        tdm_py_dict_value(dict, i)))
            return false;
    }
    return true;
}

// A tuple gives the columns in the table's order.
static bool take_tuple(tdm_bound *bound, const tdm_table *table, tdm_assignments *list, tdm_py row)
{
    for (size_t i = 0; i < tdm_py_count(row) && i < table->columns.count; i++) {
        if (!push_value(bound, table, list, table->columns.items[i]->key, tdm_py_item(row, i)))
            return false;
    }
    return true;
}

static bool take_rows(tdm_bound *bound, tdm_dml *dml, tdm_py list)
{
    for (size_t i = 0; i < tdm_py_count(list); i++) {
        tdm_py row = tdm_py_item(list, i);
        tdm_assignments values = {0};
        tdm_py_kind kind = tdm_py_kind_of(row);
        if (kind != TDM_PY_DICT && kind != TDM_PY_TUPLE) {
            tdm_arg_refuse(bound, "row");
            return true;
        }
        if (kind == TDM_PY_DICT ? !take_dict(bound, dml->table, &values, row)
                                : !take_tuple(bound, dml->table, &values, row))
            return false;
        if (i == 0)
            dml->values = values;
        else
            (void)tdm_vector_push(bound->host->arena, &dml->rows, values);
    }
    return true;
}

static bool take_positional(tdm_bound *bound, tdm_dml *dml)
{
    if (bound->rest_count == 0)
        return true;
    tdm_py first = bound->rest[0];
    switch (tdm_py_kind_of(first)) {
    case TDM_PY_DICT:
        return take_dict(bound, dml->table, &dml->values, first);
    case TDM_PY_TUPLE:
        return take_tuple(bound, dml->table, &dml->values, first);
    case TDM_PY_LIST:
        if (tdm_py_count(first) > 0 && (tdm_py_kind_of(tdm_py_item(first, 0)) == TDM_PY_DICT ||
                                        tdm_py_kind_of(tdm_py_item(first, 0)) == TDM_PY_TUPLE))
            return take_rows(bound, dml, first);
        return take_tuple(bound, dml->table, &dml->values, first);
    default:
        tdm_arg_refuse(bound, "value");
        return true;
    }
}

static tdm_py method_values(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_dml *dml = copy_dml(host, self);
    if (!dml)
        return tdm_host_unknown(host, "out of memory");
    // A copy of the list, as an earlier value may be replaced in it.
    tdm_assignments earlier = dml->values;
    dml->values = (tdm_assignments){0};
    for (size_t i = 0; i < earlier.count; i++)
        (void)tdm_vector_push(host->arena, &dml->values, earlier.items[i]);
    dml->has_values = true;
    if (!take_positional(bound, dml))
        return NULL;
    for (size_t i = 0; i < bound->extra.count; i++) {
        if (!push_value(bound, dml->table, &dml->values, bound->extra_names.items[i],
                        bound->extra.items[i]))
            return NULL;
    }
    return dml_value(bound, dml);
}

// --- The other methods
// ----------------------------------------------------------------------------

static tdm_py method_where(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_dml *dml = copy_dml(host, self);
    for (size_t i = 0; dml && i < bound->rest_count; i++) {
        tdm_expr *condition = tdm_expr_from(host, bound->rest[i]);
        if (!condition) {
            tdm_arg_refuse(bound, "condition");
            return bound->unknown;
        }
        (void)tdm_vector_push(host->arena, &dml->where, condition);
    }
    return dml_value(bound, dml);
}

static tdm_py method_returning(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_dml *dml = copy_dml(host, self);
    for (size_t i = 0; dml && i < bound->rest_count; i++) {
        tdm_expr *item = tdm_expr_from(host, bound->rest[i]);
        if (!item || item->kind != TDM_EXPR_COLUMN) {
            tdm_arg_refuse(bound, "column");
            return bound->unknown;
        }
        (void)tdm_vector_push(host->arena, &dml->returning, item);
    }
    return dml_value(bound, dml);
}

static tdm_py method_inline(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_dml *dml = copy_dml(host, self);
    if (dml)
        dml->inlined = true;
    return dml_value(bound, dml);
}

static tdm_py method_same(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)host;
    (void)bound;
    return self;
}

static tdm_py method_from_select(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_dml *dml = copy_dml(host, self);
    tdm_select *select = tdm_data_of(tdm_arg(bound, "select"), &tdm_select_object);
    if (!dml || !select) {
        tdm_arg_refuse(bound, "select");
        return bound->unknown;
    }
    dml->select_names = tdm_arg_names(bound, "names");
    dml->select = select;
    return dml_value(bound, dml);
}

static bool take_elements(tdm_bound *bound, tdm_dml *dml)
{
    tdm_py elements = tdm_arg(bound, "index_elements");
    if (!elements || tdm_py_kind_of(elements) == TDM_PY_NONE)
        return true;
    elements = tdm_py_iterate(bound->host->in, elements);
    tdm_py_kind kind = elements ? tdm_py_kind_of(elements) : TDM_PY_UNKNOWN;
    if (kind != TDM_PY_LIST && kind != TDM_PY_TUPLE)
        return false;
    for (size_t i = 0; i < tdm_py_count(elements); i++) {
        tdm_py item = tdm_py_item(elements, i);
        tdm_expr *expr = tdm_expr_from(bound->host, item);
        if (!expr && tdm_py_kind_of(item) == TDM_PY_STR) {
            expr = tdm_expr_new(bound->host->arena, TDM_EXPR_COLUMN, NULL);
            if (expr)
                expr->name = tdm_name_of(tdm_py_as_text(item));
        }
        if (!expr || !tdm_vector_push(bound->host->arena, &dml->conflict_elements, expr))
            return false;
    }
    return true;
}

static tdm_py conflict(tdm_host *host, tdm_py self, tdm_bound *bound, tdm_conflict kind)
{
    tdm_dml *dml = copy_dml(host, self);
    if (!dml)
        return tdm_host_unknown(host, "out of memory");
    dml->conflict = kind;
    tdm_py constraint = tdm_arg(bound, "constraint");
    if (constraint && tdm_py_kind_of(constraint) != TDM_PY_NONE)
        dml->conflict_constraint = tdm_name_from(bound, constraint);
    if (!take_elements(bound, dml) || !tdm_arg_absent(bound, "index_where") ||
        !tdm_arg_absent(bound, "where"))
        tdm_arg_refuse(bound, "ON CONFLICT clause");
    tdm_py set = tdm_arg(bound, "set_");
    if (set && tdm_py_kind_of(set) == TDM_PY_DICT) {
        if (!take_dict(bound, dml->table, &dml->conflict_set, set))
            return NULL;
    } else if (kind == TDM_CONFLICT_UPDATE) {
        tdm_arg_refuse(bound, "set_");
    }
    return dml_value(bound, dml);
}

static tdm_py method_conflict_nothing(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    return conflict(host, self, bound, TDM_CONFLICT_NOTHING);
}

static tdm_py method_conflict_update(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    return conflict(host, self, bound, TDM_CONFLICT_UPDATE);
}

static const tdm_method_row insert_methods[] = {
    {"values", "*args **", method_values},
    {"returning", "*cols", method_returning},
    {"inline", "", method_inline},
    {"from_select", "names select ~include_defaults=", method_from_select},
    {"on_conflict_do_nothing", "constraint= index_elements= index_where=", method_conflict_nothing},
    {"on_conflict_do_update",
     "constraint= index_elements= index_where= set_= where=", method_conflict_update},
    {"execution_options", "**", method_same},
};

static const tdm_method_row update_methods[] = {
    {"values", "*args **", method_values},
    {"where", "*whereclause", method_where},
    {"returning", "*cols", method_returning},
    {"execution_options", "**", method_same},
};

static const tdm_method_row delete_methods[] = {
    {"where", "*whereclause", method_where},
    {"returning", "*cols", method_returning},
    {"execution_options", "**", method_same},
};

// .excluded of a PostgreSQL insert: its columns by name.
static tdm_py excluded_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    const tdm_table *table = tdm_py_native_data(self);
    const tdm_column *column = tdm_sa_table_column(table, name);
    tdm_expr *expr = column ? tdm_expr_new(host->arena, TDM_EXPR_EXCLUDED, column->type) : NULL;
    if (!expr)
        return tdm_host_unknown(host, "excluded.%.*s is not covered", TDM_TEXT_ARG(name));
    expr->name = column->name;
    return tdm_expr_value(host, expr);
}

static const tdm_py_class excluded_object = {
    .name = "sqlalchemy.sql.base.ColumnCollection", .inert = true, .get_attr = excluded_attr};

static tdm_py dml_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    const tdm_dml *dml = tdm_py_native_data(self);
    tdm_py method = NULL;
    if (dml->kind == TDM_DML_INSERT && tdm_text_is(name, "excluded"))
        return tdm_object(host, &excluded_object, dml->table);
    if (dml->kind == TDM_DML_INSERT)
        method = tdm_find_method(host, insert_methods,
                                 sizeof insert_methods / sizeof *insert_methods, self, name);
    else if (dml->kind == TDM_DML_UPDATE)
        method = tdm_find_method(host, update_methods,
                                 sizeof update_methods / sizeof *update_methods, self, name);
    else
        method = tdm_find_method(host, delete_methods,
                                 sizeof delete_methods / sizeof *delete_methods, self, name);
    return method
               ? method
               : tdm_host_unknown(host, ".%.*s of a statement is not covered", TDM_TEXT_ARG(name));
}

const tdm_py_class tdm_dml_object = {.name = "sqlalchemy.sql.dml.UpdateBase",
                                     .base = &tdm_statement_class,
                                     .inert = true,
                                     .get_attr = dml_attr};

// --- Beginnings
// -----------------------------------------------------------------------------------

static tdm_py start(tdm_host *host, tdm_dml_kind kind, tdm_py value)
{
    tdm_table *table = tdm_table_of(value);
    bool model = tdm_is_model(value);
    if (table && model && table->renamed)
        return tdm_host_unknown(host, "a model whose attributes are not named like its columns is "
                                      "not covered here");
    tdm_dml *dml = table ? new_dml(host, kind, table) : NULL;
    if (dml)
        dml->of_model = model;
    return dml ? tdm_object(host, &tdm_dml_object, dml)
               : tdm_host_unknown(host, "a statement about something that is no table is not "
                                        "covered");
}

tdm_py tdm_insert_into(tdm_host *host, tdm_py table)
{
    return start(host, TDM_DML_INSERT, table);
}

tdm_py tdm_update_of(tdm_host *host, tdm_table *table)
{
    tdm_dml *dml = new_dml(host, TDM_DML_UPDATE, table);
    return dml ? tdm_object(host, &tdm_dml_object, dml) : tdm_host_unknown(host, "out of memory");
}

tdm_py tdm_delete_of(tdm_host *host, tdm_table *table)
{
    tdm_dml *dml = new_dml(host, TDM_DML_DELETE, table);
    return dml ? tdm_object(host, &tdm_dml_object, dml) : tdm_host_unknown(host, "out of memory");
}

static tdm_py make_insert(tdm_host *host, tdm_bound *bound)
{
    return start(host, TDM_DML_INSERT, tdm_arg(bound, "table"));
}

static tdm_py make_update(tdm_host *host, tdm_bound *bound)
{
    return start(host, TDM_DML_UPDATE, tdm_arg(bound, "table"));
}

static tdm_py make_delete(tdm_host *host, tdm_bound *bound)
{
    return start(host, TDM_DML_DELETE, tdm_arg(bound, "table"));
}

static tdm_py table_insert(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)bound;
    return start(host, TDM_DML_INSERT, self);
}

static tdm_py table_update(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)bound;
    return start(host, TDM_DML_UPDATE, self);
}

static tdm_py table_delete(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)bound;
    return start(host, TDM_DML_DELETE, self);
}

static tdm_py table_select(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)bound;
    return tdm_select_table(host, tdm_py_native_data(self));
}

static tdm_py table_join(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    tdm_join *join = tdm_arena_new_of(host->arena, tdm_join);
    const tdm_table *right = tdm_data_of(tdm_arg(bound, "right"), &tdm_table_object);
    tdm_expr *on = tdm_arg_sql(bound, "onclause");
    if (!join || !right || !on || tdm_arg_truth(bound, "full", false))
        return tdm_host_unknown(host, "this join is not covered");
    join->from = (tdm_from){
        tdm_py_native_data(self), right,
        tdm_arg_truth(bound, "isouter", false) || strcmp(bound->function, "outerjoin") == 0, on};
    return bound->unknown ? bound->unknown : tdm_object(host, &tdm_join_object, join);
}

static const tdm_method_row table_methods[] = {
    {"insert", "", table_insert},
    {"update", "", table_update},
    {"delete", "", table_delete},
    {"select", "", table_select},
    {"join", "right onclause= isouter= full=", table_join},
    {"outerjoin", "right onclause= full=", table_join},
};

tdm_py tdm_dml_method(tdm_host *host, tdm_py self, tdm_text name)
{
    return tdm_find_method(host, table_methods, sizeof table_methods / sizeof *table_methods, self,
                           name);
}

const tdm_callable tdm_dml_callables[] = {
    {"insert", "table", make_insert},
    {"update", "table", make_update},
    {"delete", "table", make_delete},
    {"select", "*entities **", tdm_select_of},
    {NULL, NULL, NULL},
};

// --- bulk_insert
// ----------------------------------------------------------------------------------

static tdm_expr *bulk_value(tdm_host *host, const tdm_column *column, tdm_py value)
{
    tdm_expr *ready = tdm_data_of(value, &tdm_expr_object);
    if (ready && ready->kind == TDM_EXPR_BIND && ready->always_literal)
        return ready;
    tdm_expr *bind = tdm_expr_bind(host->arena, value, column->type);
    if (bind)
        bind->always_literal = true;
    return bind;
}

// One INSERT for each row, as --sql prints it; online one statement with as many parameter sets.
static bool insert_row(tdm_host *host, tdm_table *table, tdm_py row)
{
    tdm_dml *dml = new_dml(host, TDM_DML_INSERT, table);
    if (!dml)
        return true;
    dml->has_values = dml->inlined = dml->bulk = true;
    for (size_t i = 0; i < tdm_py_count(row); i++) {
        tdm_py key = tdm_py_item(row, i);
        tdm_text name = tdm_py_kind_of(key) == TDM_PY_STR ? tdm_py_as_text(key) : (tdm_text){0};
        const tdm_column *column = tdm_sa_table_column(table, name);
        if (!column) {
            tdm_py_raise(host->in, "KeyError", "%.*s", TDM_TEXT_ARG(name));
            return false;
        }
        tdm_assignment value = {name, bulk_value(host, column, tdm_py_dict_value(row, i))};
        (void)tdm_vector_push(host->arena, &dml->values, value);
    }
    return tdm_emit_statement(host, tdm_print_dml, dml, NULL);
}

static bool same_keys(tdm_py row, tdm_py first)
{
    if (tdm_py_count(row) != tdm_py_count(first))
        return false;
    for (size_t i = 0; i < tdm_py_count(row); i++) {
        tdm_py key = tdm_py_item(row, i);
        if (tdm_py_kind_of(key) != TDM_PY_STR || !tdm_py_dict_get(first, tdm_py_as_text(key)))
            return false;
    }
    return true;
}

// Online all rows go through the statement that the first one makes.
static void refuse_online(tdm_host *host, size_t before)
{
    for (size_t i = before; i < host->emissions.count; i++) {
        tdm_emission *emission = &host->emissions.items[i];
        if (emission->kind != TDM_EMISSION_SQL)
            continue;
        emission->online = (tdm_text){0};
        emission->online_fails = TDM_TEXT("op.bulk_insert: the rows do not have the same keys");
    }
}

tdm_py tdm_bulk_insert(tdm_host *host, tdm_bound *bound)
{
    tdm_table *table = tdm_data_of(tdm_arg(bound, "table"), &tdm_table_object);
    tdm_py rows = tdm_arg(bound, "rows");
    if (!table) {
        (void)tdm_emit_opaque(host, TDM_TEXT("op.bulk_insert: what it inserts into is no table"));
        return tdm_py_none(host->in);
    }
    if (tdm_py_kind_of(rows) != TDM_PY_LIST) {
        tdm_py_raise(host->in, "TypeError", "List expected");
        return NULL;
    }
    size_t before = host->emissions.count;
    bool alike = true;
    for (size_t i = 0; i < tdm_py_count(rows); i++) {
        tdm_py row = tdm_py_item(rows, i);
        if (tdm_py_kind_of(row) != TDM_PY_DICT) {
            tdm_py_raise(host->in, "TypeError", "List of dictionaries expected");
            return NULL;
        }
        if (!insert_row(host, table, row))
            return NULL;
        alike = alike && same_keys(row, tdm_py_item(rows, 0));
    }
    if (!alike && tdm_arg_flag(bound, "multiinsert") != TDM_FLAG_FALSE)
        refuse_online(host, before);
    return tdm_py_none(host->in);
}
