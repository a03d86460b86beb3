// PrimaryKeyConstraint and its relatives, Index.
#include "revision/sa_namespace.h"

#include <string.h>

static tdm_py constraint_value(tdm_host *host, tdm_bound *bound, tdm_constraint *c)
{
    return bound->unknown ? bound->unknown : tdm_object(host, &tdm_constraint_object, c);
}

bool tdm_constraint_options(tdm_host *host, tdm_constraint *c, tdm_bound *bound,
                            const char *options)
{
    (void)host;
    if (!tdm_arg_absent(bound, "name"))
        c->name = tdm_arg_name(bound, "name");
    c->deferrable = tdm_arg_flag(bound, "deferrable");
    c->initially = tdm_arg_text(bound, "initially");
    c->on_delete = tdm_arg_text(bound, "ondelete");
    c->on_update = tdm_arg_text(bound, "onupdate");
    c->match = tdm_arg_text(bound, "match");
    c->use_alter = tdm_arg_truth(bound, "use_alter", false);
    c->not_valid = tdm_flag_from(bound, tdm_arg_option(bound, "not_valid")) == TDM_FLAG_TRUE;
    c->include = tdm_names_from(bound, tdm_arg_option(bound, "include"));
    c->nulls_not_distinct = tdm_flag_from(bound, tdm_arg_option(bound, "nulls_not_distinct"));
    static const char *const classes[] = {
        [TDM_CONSTRAINT_PRIMARY] = "sql.schema.PrimaryKeyConstraint",
        [TDM_CONSTRAINT_UNIQUE] = "sql.schema.UniqueConstraint",
        [TDM_CONSTRAINT_FOREIGN] = "sql.schema.ForeignKeyConstraint",
        [TDM_CONSTRAINT_CHECK] = "sql.schema.CheckConstraint",
        [TDM_CONSTRAINT_EXCLUDE] = "dialects.postgresql.ext.ExcludeConstraint",
    };
    return tdm_check_options(bound, options, classes[c->kind]);
}

// The positional arguments are the columns.
static void take_columns(tdm_bound *bound, tdm_constraint *c)
{
    tdm_py rest = tdm_py_tuple(bound->host->in, bound->rest, bound->rest_count);
    c->columns = tdm_names_from(bound, rest);
}

static tdm_py make_keyed(tdm_host *host, tdm_bound *bound, tdm_constraint_kind kind,
                         const char *options)
{
    tdm_constraint *c = tdm_constraint_new(host, kind);
    if (!c)
        return tdm_host_unknown(host, "out of memory");
    take_columns(bound, c);
    if (!tdm_constraint_options(host, c, bound, options))
        return NULL;
    return constraint_value(host, bound, c);
}

static tdm_py make_primary_key(tdm_host *host, tdm_bound *bound)
{
    return make_keyed(host, bound, TDM_CONSTRAINT_PRIMARY, "include");
}

static tdm_py make_unique(tdm_host *host, tdm_bound *bound)
{
    return make_keyed(host, bound, TDM_CONSTRAINT_UNIQUE, "include nulls_not_distinct");
}

static bool take_reference(tdm_bound *bound, tdm_constraint *c, tdm_py item)
{
    const tdm_column *column = tdm_data_of(item, &tdm_column_object);
    if (column && column->table) {
        c->referred_table = column->table->name;
        c->referred_schema = column->table->schema;
        return tdm_vector_push(bound->host->arena, &c->referred_columns, column->name);
    }
    tdm_name name = tdm_name_from(bound, item);
    return bound->unknown || tdm_split_reference(bound->host, name.text, c);
}

static tdm_py make_foreign(tdm_host *host, tdm_bound *bound)
{
    tdm_constraint *c = tdm_constraint_new(host, TDM_CONSTRAINT_FOREIGN);
    if (!c)
        return tdm_host_unknown(host, "out of memory");
    c->columns = tdm_arg_names(bound, "columns");
    tdm_py references = tdm_py_iterate(host->in, tdm_arg(bound, "refcolumns"));
    tdm_py_kind kind = references ? tdm_py_kind_of(references) : TDM_PY_UNKNOWN;
    if (kind != TDM_PY_LIST && kind != TDM_PY_TUPLE) {
        tdm_arg_refuse(bound, "list of referred columns");
        return bound->unknown;
    }
    for (size_t i = 0; i < tdm_py_count(references); i++) {
        if (!take_reference(bound, c, tdm_py_item(references, i)))
            return NULL;
    }
    if (!bound->unknown && c->columns.count != c->referred_columns.count) {
        tdm_py_raise(host->in, "ArgumentError",
                     "ForeignKeyConstraint number of constrained columns must match the number of "
                     "referenced columns.");
        return NULL;
    }
    if (!tdm_constraint_options(host, c, bound, "not_valid"))
        return NULL;
    return constraint_value(host, bound, c);
}

static tdm_py make_check(tdm_host *host, tdm_bound *bound)
{
    tdm_constraint *c = tdm_constraint_new(host, TDM_CONSTRAINT_CHECK);
    if (!c)
        return tdm_host_unknown(host, "out of memory");
    c->check = tdm_arg_sql(bound, "sqltext");
    if (!c->check)
        tdm_arg_refuse(bound, "condition");
    if (!tdm_constraint_options(host, c, bound, "not_valid"))
        return NULL;
    return constraint_value(host, bound, c);
}

// --- Indexes
// --------------------------------------------------------------------------------------

static void index_item(tdm_host *host, tdm_index *index, tdm_expr *expr, tdm_name key,
                       tdm_name label)
{
    (void)tdm_vector_push(host->arena, &index->columns, expr);
    (void)tdm_vector_push(host->arena, &index->keys, key);
    if (label.given)
        (void)tdm_vector_push(host->arena, &index->labels, label);
}

// The first column inside an expression: what a naming convention calls the item.
static const tdm_expr *first_column(const tdm_expr *expr)
{
    if (expr->kind == TDM_EXPR_COLUMN)
        return expr;
    for (size_t i = 0; i < expr->items.count; i++) {
        const tdm_expr *found = first_column(expr->items.items[i]);
        if (found)
            return found;
    }
    return NULL;
}

bool tdm_index_add(tdm_host *host, tdm_index *index, tdm_py item)
{
    tdm_expr *expr = NULL;
    if (tdm_py_kind_of(item) == TDM_PY_STR || tdm_data_of(item, &tdm_name_object)) {
        const tdm_name *marked = tdm_data_of(item, &tdm_name_object);
        tdm_name name = marked ? *marked : tdm_name_of(tdm_py_as_text(item));
        name.final = false;
        expr = tdm_expr_new(host->arena, TDM_EXPR_COLUMN, NULL);
        if (!expr)
            return false;
        expr->name = name;
        tdm_name key = name;
        key.final = true;
        index_item(host, index, expr, key, name);
        return true;
    }
    expr = tdm_expr_from(host, item);
    if (!expr)
        return false;
    tdm_name key = TDM_NO_NAME, label = TDM_NO_NAME;
    if (expr->kind == TDM_EXPR_TEXT || expr->kind == TDM_EXPR_LITERAL_COLUMN) {
        key = tdm_name_of(expr->text);
        label = key;
        key.final = expr->kind == TDM_EXPR_TEXT;
    } else if (expr->kind == TDM_EXPR_COLUMN) {
        key = expr->name;
        label = expr->name;
        label.final = !expr->column;
    } else {
        if (expr->kind == TDM_EXPR_LABEL)
            key = tdm_name_of(expr->text);
        const tdm_expr *column = first_column(expr);
        if (column) {
            label = column->name;
            label.final = true;
        }
    }
    index_item(host, index, expr, key, label);
    return true;
}

// WITH takes the texts of keys and values as they are.
static void take_with(tdm_bound *bound, tdm_index *index)
{
    tdm_py with = tdm_arg_option(bound, "with");
    if (!with || tdm_py_kind_of(with) == TDM_PY_NONE)
        return;
    if (tdm_py_kind_of(with) != TDM_PY_DICT) {
        tdm_arg_refuse(bound, "postgresql_with");
        return;
    }
    tdm_buffer out = TDM_BUFFER_INIT(1 << 16);
    for (size_t i = 0; i < tdm_py_count(with); i++) {
        tdm_py key = tdm_py_to_str(bound->host->in, tdm_py_item(with, i));
        tdm_py value = tdm_py_to_str(bound->host->in, tdm_py_dict_value(with, i));
        if (!key || !value || tdm_py_kind_of(key) != TDM_PY_STR ||
            tdm_py_kind_of(value) != TDM_PY_STR) {
            tdm_arg_refuse(bound, "postgresql_with");
            break;
        }
        tdm_buffer_puts(&out, i > 0 ? ", " : "");
        tdm_buffer_put(&out, tdm_py_as_text(key));
        tdm_buffer_puts(&out, " = ");
        tdm_buffer_put(&out, tdm_py_as_text(value));
    }
    index->with = tdm_buffer_take(&out, bound->host->arena);
}

static void take_ops(tdm_bound *bound, tdm_index *index)
{
    tdm_py ops = tdm_arg_option(bound, "ops");
    if (!ops || tdm_py_kind_of(ops) == TDM_PY_NONE)
        return;
    if (tdm_py_kind_of(ops) == TDM_PY_DICT)
        index->ops = ops;
    else
        tdm_arg_refuse(bound, "postgresql_ops");
}

static void take_where(tdm_bound *bound, tdm_index *index)
{
    tdm_py where = tdm_arg_option(bound, "where");
    if (!where || tdm_py_kind_of(where) == TDM_PY_NONE)
        return;
    if (tdm_py_kind_of(where) == TDM_PY_STR)
        index->where = tdm_expr_text(bound->host->arena, tdm_py_as_text(where));
    else
        index->where = tdm_expr_from(bound->host, where);
    if (!index->where)
        tdm_arg_refuse(bound, "postgresql_where");
}

bool tdm_index_options(tdm_host *host, tdm_index *index, tdm_bound *bound)
{
    (void)host;
    index->unique = tdm_arg_truth(bound, "unique", false);
    tdm_flag quote = tdm_arg_flag(bound, "quote");
    if (quote != TDM_FLAG_NONE)
        index->name.quote = quote;
    index->using = tdm_name_from(bound, tdm_arg_option(bound, "using")).text;
    index->include = tdm_names_from(bound, tdm_arg_option(bound, "include"));
    index->nulls_not_distinct = tdm_flag_from(bound, tdm_arg_option(bound, "nulls_not_distinct"));
    index->tablespace = tdm_name_from(bound, tdm_arg_option(bound, "tablespace"));
    index->concurrently =
        tdm_flag_from(bound, tdm_arg_option(bound, "concurrently")) == TDM_FLAG_TRUE;
    take_with(bound, index);
    take_ops(bound, index);
    take_where(bound, index);
    return tdm_check_options(
        bound, "using where ops concurrently with tablespace include nulls_not_distinct",
        "sql.schema.Index");
}

static tdm_py make_index(tdm_host *host, tdm_bound *bound)
{
    tdm_index *index = tdm_arena_new_of(host->arena, tdm_index);
    if (!index)
        return tdm_host_unknown(host, "out of memory");
    index->name = tdm_arg_name(bound, "name");
    for (size_t i = 0; i < bound->rest_count; i++) {
        if (!tdm_index_add(host, index, bound->rest[i]))
            tdm_arg_refuse(bound, "index item");
    }
    if (!tdm_index_options(host, index, bound))
        return NULL;
    // An index over the columns of a Table belongs to it, as index=True does.
    for (size_t i = 0; i < index->columns.count && !index->table && !bound->unknown; i++) {
        const tdm_column *column = index->columns.items[i]->column;
        if (column && column->table && !tdm_table_add_index(host, column->table, index))
            return NULL;
    }
    return bound->unknown ? bound->unknown : tdm_object(host, &tdm_index_object, index);
}

#define DEFERRABLE "deferrable= initially= ~info= ~_create_rule= ~_type_bound= ~comment= "

const tdm_callable tdm_constraint_callables[] = {
    {"PrimaryKeyConstraint", "*columns | name= " DEFERRABLE "~_implicit_generated= **",
     make_primary_key},
    {"UniqueConstraint", "*columns | name= " DEFERRABLE "~_column_flag= **", make_unique},
    {"ForeignKeyConstraint",
     "columns refcolumns name= onupdate= ondelete= deferrable= initially= use_alter= "
     "~link_to_name= match= ~table= ~info= ~comment= **",
     make_foreign},
    {"CheckConstraint",
     "sqltext name= deferrable= initially= ~table= ~info= ~_create_rule= ~_autoattach= "
     "~_type_bound= ~comment= **",
     make_check},
    {"Index", "name= *expressions | unique= quote= ~info= ~_table= ~_column_flag= **", make_index},
    {NULL, NULL, NULL},
};
