// Tables and what columns, constraints and indexes do to them when they are attached (S2052
// sql/schema.py).
#include "revision/third_party.h"

#include <stdlib.h>
#include <string.h>

tdm_table *tdm_table_new(tdm_host *host, tdm_name name, tdm_name schema,
                         const tdm_metadata *metadata)
{
    tdm_table *table = tdm_arena_new_of(host->arena, tdm_table);
    tdm_constraint *key = tdm_constraint_new(host, TDM_CONSTRAINT_PRIMARY);
    if (!table || !key)
        return NULL;
    key->implicit = true;
    table->name = name;
    table->schema = schema;
    table->primary_key = key;
    memcpy(&table->metadata, &metadata, sizeof metadata);
    return table;
}

tdm_constraint *tdm_constraint_new(tdm_host *host, tdm_constraint_kind kind)
{
    tdm_constraint *c = tdm_arena_new_of(host->arena, tdm_constraint);
    if (c) {
        c->kind = kind;
        c->order = ++host->order;
    }
    return c;
}

tdm_column *tdm_sa_table_column(const tdm_table *table, tdm_text key)
{
    for (size_t i = 0; i < table->columns.count; i++) {
        if (tdm_text_equal(table->columns.items[i]->key, key))
            return table->columns.items[i];
    }
    return NULL;
}

bool tdm_split_reference(tdm_host *host, tdm_text spec, tdm_constraint *c)
{
    size_t last = SIZE_MAX, before = SIZE_MAX;
    for (size_t i = 0; i < spec.size; i++) {
        if (spec.data[i] == '.') {
            before = last;
            last = i;
        }
    }
    if (last == SIZE_MAX) {
        tdm_py_raise(host->in, "ValueError", "not enough values to unpack (expected 2, got 1)");
        return false;
    }
    tdm_name column = tdm_name_of(tdm_text_from(spec, last + 1));
    size_t start = before == SIZE_MAX ? 0 : before + 1;
    c->referred_table = tdm_name_of(tdm_text_slice(spec, start, last));
    if (before != SIZE_MAX)
        c->referred_schema = tdm_name_of(tdm_text_slice(spec, 0, before));
    return tdm_vector_push(host->arena, &c->referred_columns, column);
}

// --- Constraints
// ----------------------------------------------------------------------------------

static bool missing_column(tdm_host *host, const tdm_table *table, const tdm_constraint *c,
                           tdm_text name)
{
    const char *kind = c->kind == TDM_CONSTRAINT_PRIMARY  ? "PrimaryKeyConstraint"
                       : c->kind == TDM_CONSTRAINT_UNIQUE ? "UniqueConstraint"
                                                          : "ForeignKeyConstraint";
    tdm_py_raise(host->in, "ConstraintColumnNotFoundError",
                 "Can't create %s on table '%.*s': no column named '%.*s' is present.", kind,
                 TDM_TEXT_ARG(table->name.text), TDM_TEXT_ARG(name));
    return false;
}

// Columns are named by key in constraints, and print by their name.
static bool resolve_columns(tdm_host *host, const tdm_table *table, tdm_constraint *c)
{
    if (c->kind == TDM_CONSTRAINT_CHECK || c->kind == TDM_CONSTRAINT_EXCLUDE)
        return true;
    tdm_names resolved = {0};
    for (size_t i = 0; i < c->columns.count; i++) {
        const tdm_column *column = tdm_sa_table_column(table, c->columns.items[i].text);
        if (!column)
            return missing_column(host, table, c, c->columns.items[i].text);
        (void)tdm_vector_push(host->arena, &resolved, column->name);
    }
    c->columns = resolved;
    return true;
}

static void mark_key(tdm_table *table, const tdm_constraint *key)
{
    for (size_t i = 0; i < key->columns.count; i++) {
        for (size_t j = 0; j < table->columns.count; j++) {
            if (tdm_text_equal(table->columns.items[j]->name.text, key->columns.items[i].text))
                table->columns.items[j]->primary_key = true;
        }
    }
}

static bool set_primary_key(tdm_host *host, tdm_table *table, tdm_constraint *key)
{
    // An explicit constraint without columns takes those that carry the flag.
    if (key->columns.count == 0)
        key->columns = table->primary_key->columns;
    table->primary_key = key;
    mark_key(table, key);
    return tdm_name_constraint(host, table, key);
}

bool tdm_table_add_constraint(tdm_host *host, tdm_table *table, tdm_constraint *c)
{
    if (!resolve_columns(host, table, c))
        return false;
    if (c->kind == TDM_CONSTRAINT_PRIMARY)
        return set_primary_key(host, table, c);
    return tdm_name_constraint(host, table, c) &&
           tdm_vector_push(host->arena, &table->constraints, c);
}

static int compare_order(const void *a, const void *b)
{
    const tdm_constraint *const *x = a, *const *y = b;
    return ((*x)->order > (*y)->order) - ((*x)->order < (*y)->order);
}

void tdm_table_sort_constraints(tdm_table *table)
{
    if (table->constraints.count > 1)
        qsort(table->constraints.items, table->constraints.count, sizeof(tdm_constraint *),
              compare_order);
}

// --- Columns
// --------------------------------------------------------------------------------------

static tdm_constraint *copy_constraint(tdm_host *host, const tdm_constraint *c)
{
    tdm_constraint *copy = tdm_constraint_new(host, c->kind);
    uint32_t order = copy ? copy->order : 0;
    if (copy) {
        *copy = *c;
        copy->order = order;
    }
    return copy;
}

// A non-native Enum that asks for it is held to its labels by a CHECK.
static bool add_type_check(tdm_host *host, tdm_table *table, tdm_column *column)
{
    const tdm_type *type = tdm_type_effective(column->type);
    const tdm_enum_type *e = type ? type->enumeration : NULL;
    if (!e || e->native || !e->create_constraint)
        return true;
    tdm_constraint *c = tdm_constraint_new(host, TDM_CONSTRAINT_CHECK);
    tdm_expr *list = tdm_expr_new(host->arena, TDM_EXPR_BIND, column->type);
    tdm_expr *name = tdm_expr_new(host->arena, TDM_EXPR_COLUMN, column->type);
    tdm_py *labels = tdm_arena_array(host->arena, e->count + 1, sizeof(tdm_py));
    if (!c || !list || !name || !labels)
        return true;
    for (size_t i = 0; i < e->count; i++)
        labels[i] = tdm_py_str(host->in, e->labels[i]);
    list->value = tdm_py_list(host->in, labels, e->count);
    list->type = tdm_type_plain(host->arena, "String");
    list->expanding = true;
    name->name = column->name;
    c->check = tdm_expr_binary(host->arena, TDM_OP_IN, name, list, NULL);
    c->name = e->name;
    c->type_bound = true;
    return tdm_table_add_constraint(host, table, c);
}

static bool add_unique(tdm_host *host, tdm_table *table, tdm_column *column)
{
    tdm_constraint *c = tdm_constraint_new(host, TDM_CONSTRAINT_UNIQUE);
    if (!c)
        return true;
    (void)tdm_vector_push(host->arena, &c->columns, tdm_name_of(column->key));
    return tdm_table_add_constraint(host, table, c);
}

static bool add_column_index(tdm_host *host, tdm_table *table, tdm_column *column)
{
    tdm_index *index = tdm_arena_new_of(host->arena, tdm_index);
    if (!index)
        return true;
    index->unique = column->unique;
    (void)tdm_vector_push(host->arena, &index->columns, tdm_column_expr(host, column));
    (void)tdm_vector_push(host->arena, &index->keys, tdm_name_of(column->key));
    (void)tdm_vector_push(host->arena, &index->labels, column->name);
    return tdm_table_add_index(host, table, index);
}

static bool add_implied(tdm_host *host, tdm_table *table, tdm_column *column)
{
    if (column->index && !add_column_index(host, table, column))
        return false;
    const tdm_type *type = tdm_type_effective(column->type);
    if (type && type->not_null)
        column->nullable = TDM_FLAG_FALSE;
    tdm_index *spatial = tdm_spatial_index(host, table, column);
    if (spatial && !tdm_table_add_index(host, table, spatial))
        return false;
    if (column->unique && !column->index && !add_unique(host, table, column))
        return false;
    if (!add_type_check(host, table, column))
        return false;
    for (size_t i = 0; i < column->checks.count; i++) {
        if (!tdm_name_constraint(host, table, column->checks.items[i]))
            return false;
    }
    for (size_t i = 0; i < column->foreign_keys.count; i++) {
        tdm_constraint *fk = copy_constraint(host, column->foreign_keys.items[i]);
        if (!fk)
            return true;
        fk->columns = (tdm_names){0};
        (void)tdm_vector_push(host->arena, &fk->columns, tdm_name_of(column->key));
        if (!tdm_table_add_constraint(host, table, fk))
            return false;
    }
    return true;
}

static tdm_column *copy_column(tdm_host *host, const tdm_column *column)
{
    tdm_column *copy = tdm_arena_new_of(host->arena, tdm_column);
    if (!copy)
        return NULL;
    *copy = *column;
    copy->table = NULL;
    copy->checks = (tdm_constraints){0};
    for (size_t i = 0; i < column->checks.count; i++)
        (void)tdm_vector_push(host->arena, &copy->checks,
                              copy_constraint(host, column->checks.items[i]));
    return copy;
}

bool tdm_sa_table_add_column(tdm_host *host, tdm_table *table, tdm_column *column)
{
    if (column->table)
        column = copy_column(host, column);
    if (!column)
        return true;
    if (!column->name.given || column->name.text.size == 0) {
        tdm_py_raise(host->in, "ArgumentError",
                     "Column must be constructed with a non-blank name or assign a non-blank "
                     ".name before adding to a Table.");
        return false;
    }
    if (tdm_sa_table_column(table, column->key)) {
        tdm_py_raise(host->in, "DuplicateColumnError",
                     "A column with name '%.*s' is already present in table '%.*s'.",
                     TDM_TEXT_ARG(column->key), TDM_TEXT_ARG(table->name.text));
        return false;
    }
    column->table = table;
    (void)tdm_vector_push(host->arena, &table->columns, column);
    if (column->primary_key) {
        tdm_constraint *key = table->primary_key;
        (void)tdm_vector_push(host->arena, &key->columns, column->name);
        // The name of the implicit key follows its columns.
        if (key->implicit)
            key->name = TDM_NO_NAME;
        if (!tdm_name_constraint(host, table, key))
            return false;
    }
    return add_implied(host, table, column);
}

// --- Indexes
// --------------------------------------------------------------------------------------

// String items name columns by key.
bool tdm_table_add_index(tdm_host *host, tdm_table *table, tdm_index *index)
{
    index->table = table;
    for (size_t i = 0; i < index->columns.count; i++) {
        tdm_expr *expr = index->columns.items[i];
        const tdm_column *column =
            expr->kind == TDM_EXPR_COLUMN ? tdm_sa_table_column(table, expr->name.text) : NULL;
        if (column)
            expr->name = column->name;
    }
    return tdm_name_index(host, table, index) &&
           tdm_vector_push(host->arena, &table->indexes, index);
}

// Columns first, as Alembic hands them to Table(); then the rest, in the order of creation.
bool tdm_table_fill(tdm_host *host, tdm_table *table, const tdm_py *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tdm_column *column = tdm_data_of(items[i], &tdm_column_object);
        if (column && !tdm_sa_table_add_column(host, table, column))
            return false;
    }
    for (size_t i = 0; i < count; i++) {
        tdm_constraint *c = tdm_data_of(items[i], &tdm_constraint_object);
        tdm_index *index = tdm_data_of(items[i], &tdm_index_object);
        if (c && !tdm_table_add_constraint(host, table, c))
            return false;
        if (index && !tdm_table_add_index(host, table, index))
            return false;
    }
    tdm_table_sort_constraints(table);
    return true;
}
