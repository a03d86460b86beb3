// Printing INSERT, UPDATE, DELETE (S2052 sql/compiler.py, sql/crud.py).
#include "sqlalchemy/dml.h"

static const tdm_assignment *find_value(const tdm_assignments *values, tdm_text key)
{
    for (size_t i = 0; i < values->count; i++) {
        if (tdm_text_equal(values->items[i].key, key))
            return &values->items[i];
    }
    return NULL;
}

static void print_value(tdm_printer *p, const tdm_dml *dml, tdm_expr *value)
{
    bool outer = p->keep_binds;
    if (dml->bulk)
        p->keep_binds = false;
    tdm_expr *grouped = tdm_expr_self_group(p->arena, value, TDM_OP_NONE);
    if (grouped)
        tdm_print_expr(p, grouped);
    p->keep_binds = outer;
}

static void print_bind_name(tdm_printer *p, tdm_text name)
{
    tdm_puts(p, p->double_percent ? "%(" : ":");
    tdm_put(p, name);
    tdm_puts(p, p->double_percent ? ")s" : "");
}

// Without values every column is a parameter, whatever the settings are.
static void print_required(tdm_printer *p, const tdm_column *column)
{
    tdm_py given = p->online && p->parameters ? tdm_py_dict_get(p->parameters, column->key) : NULL;
    if (given)
        tdm_print_value(p, given, column->type);
    else if (p->online)
        tdm_print_raise(p, "StatementError",
                        "(sqlalchemy.exc.InvalidRequestError) A value is required for bind "
                        "parameter '%.*s'",
                        TDM_TEXT_ARG(column->key));
    else
        print_bind_name(p, column->key);
}

// A Python-side default or onupdate: SQL prints, a value is not bound offline and prints NULL.
static void print_python_default(tdm_printer *p, const tdm_column *column, tdm_expr *sql,
                                 tdm_py value)
{
    if (sql) {
        tdm_print_expr(p, sql);
        return;
    }
    if (!p->online && !p->keep_binds) {
        tdm_puts(p, "NULL");
        return;
    }
    if (!p->online) {
        print_bind_name(p, column->key);
        return;
    }
    tdm_py_kind kind = value ? tdm_py_kind_of(value) : TDM_PY_UNKNOWN;
    if (kind == TDM_PY_INT || kind == TDM_PY_STR || kind == TDM_PY_BOOL || kind == TDM_PY_FLOAT)
        tdm_print_value(p, value, column->type);
    else
        tdm_print_opaque(p, "the Python-side default of column %.*s cannot be known",
                         TDM_TEXT_ARG(column->name.text));
}

static bool is_all_columns(const tdm_dml *dml)
{
    return !dml->has_values && dml->values.count == 0;
}

// Which parameters an INSERT without values() has online is what execute() was given.
static bool prints_column(const tdm_printer *p, const tdm_dml *dml, const tdm_column *column)
{
    if (find_value(&dml->values, column->key))
        return true;
    if (is_all_columns(dml)) {
        if (p->online && p->parameters)
            return tdm_py_dict_get(p->parameters, column->key) != NULL || column->has_default;
        return true;
    }
    if (dml->table->lightweight)
        return false;
    return dml->kind == TDM_DML_INSERT ? column->has_default || column->default_expr
                                       : column->has_onupdate;
}

static void print_column_value(tdm_printer *p, const tdm_dml *dml, const tdm_assignments *values,
                               const tdm_column *column)
{
    const tdm_assignment *given = find_value(values, column->key);
    bool parameter =
        p->online && p->parameters && tdm_py_dict_get(p->parameters, column->key) != NULL;
    if (given)
        print_value(p, dml, given->value);
    else if (is_all_columns(dml) && (parameter || !p->online || !column->has_default))
        print_required(p, column);
    else if (dml->kind == TDM_DML_INSERT)
        print_python_default(p, column, column->default_expr, column->default_value);
    else
        print_python_default(p, column, column->onupdate_expr, column->onupdate_value);
}

// --- INSERT
// ---------------------------------------------------------------------------------------

static void print_insert_columns(tdm_printer *p, const tdm_dml *dml)
{
    bool first = true;
    for (size_t i = 0; i < dml->table->columns.count; i++) {
        const tdm_column *column = dml->table->columns.items[i];
        if (!prints_column(p, dml, column))
            continue;
        tdm_puts(p, first ? "" : ", ");
        tdm_print_name(p, column->name);
        first = false;
    }
}

static void print_row(tdm_printer *p, const tdm_dml *dml, const tdm_assignments *values)
{
    bool first = true;
    tdm_puts(p, "(");
    for (size_t i = 0; i < dml->table->columns.count; i++) {
        const tdm_column *column = dml->table->columns.items[i];
        if (!prints_column(p, dml, column))
            continue;
        tdm_puts(p, first ? "" : ", ");
        print_column_value(p, dml, values, column);
        first = false;
    }
    tdm_puts(p, ")");
}

static bool has_columns(const tdm_printer *p, const tdm_dml *dml)
{
    for (size_t i = 0; i < dml->table->columns.count; i++) {
        if (prints_column(p, dml, dml->table->columns.items[i]))
            return true;
    }
    return false;
}

static void print_conflict(tdm_printer *p, const tdm_dml *dml)
{
    if (dml->conflict == TDM_CONFLICT_NONE)
        return;
    tdm_puts(p, " ON CONFLICT");
    if (dml->conflict_constraint.given) {
        tdm_puts(p, " ON CONSTRAINT ");
        tdm_print_limited_name(p, dml->conflict_constraint);
    } else if (dml->conflict_elements.count > 0) {
        bool outer = p->ddl;
        p->ddl = true; // columns without their table
        tdm_puts(p, " (");
        for (size_t i = 0; i < dml->conflict_elements.count; i++) {
            tdm_puts(p, i > 0 ? ", " : "");
            tdm_print_expr(p, dml->conflict_elements.items[i]);
        }
        tdm_puts(p, ")");
        p->ddl = outer;
    }
    tdm_puts(p, dml->conflict == TDM_CONFLICT_NOTHING ? " DO NOTHING" : " DO UPDATE SET ");
    bool first = true;
    for (size_t i = 0; i < dml->table->columns.count; i++) {
        const tdm_column *column = dml->table->columns.items[i];
        const tdm_assignment *set = find_value(&dml->conflict_set, column->key);
        if (!set || dml->conflict != TDM_CONFLICT_UPDATE)
            continue;
        tdm_puts(p, first ? "" : ", ");
        tdm_print_name(p, column->name);
        tdm_puts(p, " = ");
        print_value(p, dml, set->value);
        first = false;
    }
}

static void print_returning(tdm_printer *p, const tdm_dml *dml)
{
    for (size_t i = 0; i < dml->returning.count; i++) {
        tdm_puts(p, i == 0 ? " RETURNING " : ", ");
        tdm_print_expr(p, dml->returning.items[i]);
    }
}

// A key that the server makes is asked back (implicit_returning).
static void print_implicit_returning(tdm_printer *p, const tdm_dml *dml)
{
    const tdm_table *table = dml->table;
    bool asks = !table->lightweight && !dml->inlined && dml->returning.count == 0 &&
                !is_all_columns(dml) && dml->rows.count == 0 && !dml->select;
    if (!asks)
        return;
    bool first = true;
    const tdm_column *increments = tdm_autoincrement_column(p, table);
    for (size_t i = 0; i < table->columns.count; i++) {
        const tdm_column *column = table->columns.items[i];
        bool made = column->primary_key && !find_value(&dml->values, column->key) &&
                    (column == increments || column->server_default.kind != TDM_DEFAULT_NONE ||
                     column->sequence || column->default_expr);
        if (!made)
            continue;
        tdm_puts(p, first ? " RETURNING " : ", ");
        tdm_print_qualified(p, table->schema, table->name);
        tdm_puts(p, ".");
        tdm_print_name(p, column->name);
        first = false;
    }
}

static void print_insert(tdm_printer *p, const tdm_dml *dml)
{
    tdm_puts(p, "INSERT INTO ");
    tdm_print_qualified(p, dml->table->schema, dml->table->name);
    if (dml->select) {
        tdm_puts(p, " (");
        tdm_print_names(p, &dml->select_names);
        tdm_puts(p, ") ");
        tdm_print_select(p, dml->select);
    } else if (!has_columns(p, dml)) {
        tdm_puts(p, " DEFAULT VALUES");
    } else {
        tdm_puts(p, " (");
        print_insert_columns(p, dml);
        tdm_puts(p, ") VALUES ");
        print_row(p, dml, &dml->values);
        for (size_t i = 0; i < dml->rows.count; i++) {
            tdm_puts(p, ", ");
            print_row(p, dml, &dml->rows.items[i]);
        }
    }
    print_conflict(p, dml);
    print_returning(p, dml);
    print_implicit_returning(p, dml);
}

// --- UPDATE, DELETE
// -------------------------------------------------------------------------------

static void print_extra_tables(tdm_printer *p, const tdm_dml *dml, const char *word)
{
    const tdm_table **tables = NULL;
    size_t count = 0;
    bool first = true;
    for (size_t i = 0; i < dml->where.count; i++)
        tdm_collect_tables(p->arena, dml->where.items[i], &tables, &count);
    for (size_t i = 0; i < count; i++) {
        if (tables[i] == dml->table)
            continue;
        tdm_puts(p, first ? word : ", ");
        tdm_print_qualified(p, tables[i]->schema, tables[i]->name);
        if (tables[i]->alias.given) {
            tdm_puts(p, " AS ");
            tdm_print_name(p, tables[i]->alias);
        }
        first = false;
    }
}

static void print_where(tdm_printer *p, const tdm_dml *dml)
{
    if (dml->where.count == 0)
        return;
    tdm_expr *condition =
        tdm_expr_conjunction(p->arena, TDM_OP_AND, dml->where.items, dml->where.count);
    tdm_puts(p, " WHERE ");
    if (condition)
        tdm_print_expr(p, condition);
}

static void print_update(tdm_printer *p, const tdm_dml *dml)
{
    bool first = true;
    tdm_puts(p, "UPDATE ");
    tdm_print_qualified(p, dml->table->schema, dml->table->name);
    tdm_puts(p, " SET ");
    for (size_t i = 0; i < dml->table->columns.count; i++) {
        const tdm_column *column = dml->table->columns.items[i];
        if (!prints_column(p, dml, column))
            continue;
        tdm_puts(p, first ? "" : ", ");
        tdm_print_name(p, column->name);
        tdm_puts(p, "=");
        print_column_value(p, dml, &dml->values, column);
        first = false;
    }
    print_extra_tables(p, dml, " FROM ");
    print_where(p, dml);
    print_returning(p, dml);
}

void tdm_print_dml(tdm_printer *p, const void *statement)
{
    const tdm_dml *dml = statement;
    if (dml->table->alias.given) {
        tdm_print_opaque(p, "a statement that changes an alias is not covered");
        return;
    }
    // Subqueries leave the table that is changed to this statement.
    const tdm_table *outer = p->enclosing;
    p->enclosing = dml->kind == TDM_DML_INSERT ? outer : dml->table;
    switch (dml->kind) {
    case TDM_DML_INSERT:
        print_insert(p, dml);
        break;
    case TDM_DML_UPDATE:
        print_update(p, dml);
        break;
    case TDM_DML_DELETE:
        tdm_puts(p, "DELETE FROM ");
        tdm_print_qualified(p, dml->table->schema, dml->table->name);
        print_extra_tables(p, dml, " USING ");
        print_where(p, dml);
        print_returning(p, dml);
        break;
    }
    p->enclosing = outer;
}
