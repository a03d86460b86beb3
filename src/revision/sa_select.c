// select(): building it and printing it. What SQLAlchemy would have to label in a
// way that is not covered here makes the statement opaque.
#include "revision/sa_dml.h"
#include "revision/sa_expr.h"

#include <string.h>

// --- Tables of an expression
// ----------------------------------------------------------------------

static void push_table(tdm_arena *arena, const tdm_table *table, const tdm_table ***ret,
                       size_t *count)
{
    for (size_t i = 0; i < *count; i++) {
        if ((*ret)[i] == table)
            return;
    }
    const tdm_table **grown = tdm_arena_array(arena, *count + 1, sizeof *grown);
    if (!grown)
        return;
    if (*count > 0)
        memcpy(grown, *ret, *count * sizeof *grown);
    grown[(*count)++] = table;
    *ret = grown;
}

void tdm_collect_tables(tdm_arena *arena, const tdm_expr *expr, const tdm_table ***ret,
                        size_t *ret_count)
{
    if (expr->kind == TDM_EXPR_COLUMN && expr->table)
        push_table(arena, expr->table, ret, ret_count);
    for (size_t i = 0; i < expr->items.count; i++)
        tdm_collect_tables(arena, expr->items.items[i], ret, ret_count);
}

// --- Printing
// -------------------------------------------------------------------------------------

static bool named_like(const tdm_expr *a, const tdm_expr *b)
{
    tdm_text x = a->kind == TDM_EXPR_COLUMN ? a->name.text : a->text;
    tdm_text y = b->kind == TDM_EXPR_COLUMN ? b->name.text : b->text;
    return tdm_text_equal(x, y);
}

static bool is_named(const tdm_expr *expr)
{
    return expr->kind == TDM_EXPR_COLUMN || expr->kind == TDM_EXPR_LABEL ||
           expr->kind == TDM_EXPR_LITERAL_COLUMN;
}

static tdm_text counted(tdm_printer *p, tdm_text name)
{
    uintptr_t count = p->bind_names ? (uintptr_t)tdm_map_get(p->bind_names, name) + 1 : 1;
    if (p->bind_names)
        (void)tdm_map_put(p->bind_names, name, (void *)count);
    return tdm_arena_printf(p->arena, "%.*s_%u", TDM_TEXT_ARG(name), (unsigned)count);
}

static void print_column_item(tdm_printer *p, const tdm_select *select, size_t index)
{
    const tdm_expr *expr = select->columns.items[index];
    for (size_t i = 0; i < index && is_named(expr); i++) {
        if (is_named(select->columns.items[i]) && named_like(select->columns.items[i], expr))
            tdm_print_opaque(p, "a SELECT of two columns of one name is not covered");
    }
    // The constants are one object each, and the second label of one object is another one.
    bool constant =
        expr->kind == TDM_EXPR_NULL || expr->kind == TDM_EXPR_TRUE || expr->kind == TDM_EXPR_FALSE;
    for (size_t i = 0; i < index && constant; i++) {
        if (select->columns.items[i]->kind == expr->kind)
            tdm_print_opaque(p, "a SELECT of one constant twice is not covered");
    }
    tdm_print_expr(p, expr);
    switch (expr->kind) {
    case TDM_EXPR_COLUMN:
    case TDM_EXPR_TEXT:
    case TDM_EXPR_LITERAL_COLUMN:
        return;
    case TDM_EXPR_LABEL:
        tdm_puts(p, " AS ");
        tdm_print_name(p, tdm_name_of(expr->text));
        return;
    case TDM_EXPR_FUNCTION:
        tdm_puts(p, " AS ");
        tdm_print_name(p, tdm_name_of(counted(p, expr->text)));
        return;
    case TDM_EXPR_NULL:
    case TDM_EXPR_TRUE:
    case TDM_EXPR_FALSE:
    case TDM_EXPR_BIND:
    case TDM_EXPR_BINARY:
        tdm_puts(p, " AS ");
        tdm_put(p, counted(p, TDM_TEXT("anon")));
        return;
    default:
        tdm_print_opaque(p, "a SELECT of this kind of expression is not covered");
        return;
    }
}

static void print_table(tdm_printer *p, const tdm_table *table)
{
    tdm_print_qualified(p, table->schema, table->name);
    if (table->alias.given) {
        tdm_puts(p, " AS ");
        tdm_print_name(p, table->alias);
    }
}

static bool is_stated(const tdm_select *select, const tdm_table *table)
{
    for (size_t i = 0; i < select->froms.count; i++) {
        if (select->froms.items[i].table == table || select->froms.items[i].joined == table)
            return true;
    }
    return false;
}

// The tables stated, then those of columns and conditions; without the enclosing statement's own
// where others are left (correlation).
static void print_froms(tdm_printer *p, const tdm_select *select, const tdm_table *enclosing)
{
    const tdm_table **tables = NULL;
    size_t count = 0, others = select->froms.count;
    for (size_t i = 0; i < select->columns.count; i++)
        tdm_collect_tables(p->arena, select->columns.items[i], &tables, &count);
    for (size_t i = 0; i < select->where.count; i++)
        tdm_collect_tables(p->arena, select->where.items[i], &tables, &count);
    for (size_t i = 0; i < count; i++)
        others += tables[i] != enclosing && !is_stated(select, tables[i]) ? 1 : 0;
    bool first = true;
    for (size_t i = 0; i < select->froms.count; i++) {
        const tdm_from *from = &select->froms.items[i];
        tdm_puts(p, first ? " \nFROM " : ", ");
        first = false;
        print_table(p, from->table);
        if (from->joined) {
            tdm_puts(p, from->outer ? " LEFT OUTER JOIN " : " JOIN ");
            print_table(p, from->joined);
            tdm_puts(p, " ON ");
            tdm_print_expr(p, from->on);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (is_stated(select, tables[i]) || (tables[i] == enclosing && others > 0))
            continue;
        tdm_puts(p, first ? " \nFROM " : ", ");
        first = false;
        print_table(p, tables[i]);
    }
}

static void print_list(tdm_printer *p, const char *words, const tdm_exprs *items)
{
    for (size_t i = 0; i < items->count; i++) {
        tdm_puts(p, i == 0 ? words : ", ");
        tdm_print_expr(p, items->items[i]);
    }
}

void tdm_print_select(tdm_printer *p, const tdm_select *select)
{
    const tdm_table *enclosing = p->enclosing;
    // In a subquery the columns keep their tables, also inside DDL.
    tdm_puts(p, select->distinct ? "SELECT DISTINCT " : "SELECT ");
    for (size_t i = 0; i < select->columns.count; i++) {
        tdm_puts(p, i > 0 ? ", " : "");
        print_column_item(p, select, i);
    }
    print_froms(p, select, enclosing);
    if (select->where.count > 0) {
        tdm_expr *condition =
            tdm_expr_conjunction(p->arena, TDM_OP_AND, select->where.items, select->where.count);
        tdm_puts(p, " \nWHERE ");
        if (condition)
            tdm_print_expr(p, condition);
    }
    print_list(p, " GROUP BY ", &select->group_by);
    print_list(p, " ORDER BY ", &select->order_by);
    if (select->limit) {
        tdm_puts(p, " \n LIMIT ");
        tdm_print_expr(p, select->limit);
    }
    if (select->offset) {
        tdm_puts(p, select->limit ? " OFFSET " : " \n LIMIT ALL OFFSET ");
        tdm_print_expr(p, select->offset);
    }
}

void tdm_print_select_statement(tdm_printer *p, const void *select)
{
    tdm_print_select(p, select);
}

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
        const tdm_table *table = tdm_data_of(bound->rest[i], &tdm_table_object);
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
        const tdm_table *table = tdm_data_of(bound->rest[i], &tdm_table_object);
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
