// Table, table(), MetaData, and how columns and tables look to Python.
#include "revision/sa_dml.h"
#include "revision/sa_expr.h"

#include <string.h>

// --- Options of a Table
// ---------------------------------------------------------------------------

static void take_prefixes(tdm_bound *bound, tdm_table *table)
{
    tdm_names prefixes = tdm_arg_names(bound, "prefixes");
    for (size_t i = 0; i < prefixes.count; i++)
        (void)tdm_vector_push(bound->host->arena, &table->prefixes, prefixes.items[i].text);
}

static void take_inherits(tdm_bound *bound, tdm_table *table)
{
    tdm_py value = tdm_arg_option(bound, "inherits");
    if (!value || tdm_py_kind_of(value) == TDM_PY_NONE)
        return;
    if (tdm_py_kind_of(value) == TDM_PY_STR) {
        (void)tdm_vector_push(bound->host->arena, &table->inherits,
                              tdm_name_of(tdm_py_as_text(value)));
        return;
    }
    tdm_names names = tdm_names_from(bound, value);
    for (size_t i = 0; i < names.count; i++)
        (void)tdm_vector_push(bound->host->arena, &table->inherits, names.items[i]);
}

bool tdm_table_options(tdm_host *host, tdm_table *table, tdm_bound *bound)
{
    (void)host;
    table->comment = tdm_arg_name(bound, "comment");
    take_prefixes(bound, table);
    take_inherits(bound, table);
    table->partition_by = tdm_name_from(bound, tdm_arg_option(bound, "partition_by")).text;
    table->using = tdm_name_from(bound, tdm_arg_option(bound, "using")).text;
    table->on_commit = tdm_name_from(bound, tdm_arg_option(bound, "on_commit")).text;
    table->with_oids = tdm_flag_from(bound, tdm_arg_option(bound, "with_oids"));
    table->tablespace = tdm_name_from(bound, tdm_arg_option(bound, "tablespace"));
    return tdm_check_options(
        bound, "ignore_search_path tablespace partition_by with_oids on_commit inherits using",
        "sql.schema.Table");
}

// --- Construction
// ---------------------------------------------------------------------------------

static tdm_py make_table(tdm_host *host, tdm_bound *bound)
{
    tdm_metadata *metadata = tdm_data_of(tdm_arg(bound, "metadata"), &tdm_metadata_object);
    if (!metadata || !tdm_arg_absent(bound, "autoload_with") ||
        !tdm_arg_absent(bound, "autoload")) {
        tdm_arg_refuse(bound, metadata ? "autoload_with" : "metadata");
        return bound->unknown;
    }
    tdm_name schema = tdm_arg_name(bound, "schema");
    if (!schema.given)
        schema = metadata->schema;
    tdm_table *table = tdm_table_new(host, tdm_arg_name(bound, "name"), schema, metadata);
    if (!table)
        return tdm_host_unknown(host, "out of memory");
    if (!tdm_arg_absent(bound, "quote"))
        table->name.quote = tdm_arg_flag(bound, "quote");
    if (!tdm_table_options(host, table, bound))
        return NULL;
    if (bound->unknown)
        return bound->unknown;
    if (!tdm_table_fill(host, table, bound->rest, bound->rest_count))
        return NULL;
    (void)tdm_vector_push(host->arena, &metadata->tables, table);
    return tdm_object(host, &tdm_table_object, table);
}

// sa.table(): a name and columns, without types to create or keys.
static tdm_py make_light_table(tdm_host *host, tdm_bound *bound)
{
    tdm_table *table = tdm_arena_new_of(host->arena, tdm_table);
    if (!table)
        return tdm_host_unknown(host, "out of memory");
    table->lightweight = true;
    table->name = tdm_arg_name(bound, "name");
    table->schema = tdm_arg_name(bound, "schema");
    for (size_t i = 0; i < bound->rest_count; i++) {
        const tdm_expr *item = tdm_data_of(bound->rest[i], &tdm_expr_object);
        const tdm_column *full = tdm_data_of(bound->rest[i], &tdm_column_object);
        tdm_column *column = tdm_arena_new_of(host->arena, tdm_column);
        if (!column || (!full && (!item || item->kind != TDM_EXPR_COLUMN))) {
            tdm_arg_refuse(bound, "column");
            return bound->unknown;
        }
        if (full)
            *column = *full;
        else
            *column = (tdm_column){.name = item->name, .key = item->name.text, .type = item->type};
        column->table = table;
        (void)tdm_vector_push(host->arena, &table->columns, column);
    }
    return bound->unknown ? bound->unknown : tdm_object(host, &tdm_table_object, table);
}

static bool take_convention(tdm_host *host, tdm_py dict, tdm_metadata *metadata)
{
    if (!dict || tdm_py_kind_of(dict) == TDM_PY_NONE) {
        metadata->naming_count = 0;
        return true;
    }
    if (tdm_py_kind_of(dict) != TDM_PY_DICT)
        return false;
    size_t count = tdm_py_count(dict);
    tdm_naming *rows = tdm_arena_array(host->arena, count + 1, sizeof *rows);
    for (size_t i = 0; rows && i < count; i++) {
        tdm_py key = tdm_py_item(dict, i), value = tdm_py_dict_value(dict, i);
        if (tdm_py_kind_of(key) != TDM_PY_STR || tdm_py_kind_of(value) != TDM_PY_STR)
            return false;
        rows[i] = (tdm_naming){tdm_py_as_text(key), tdm_py_as_text(value)};
    }
    metadata->naming = rows;
    metadata->naming_count = count;
    return true;
}

static tdm_py make_metadata(tdm_host *host, tdm_bound *bound)
{
    tdm_metadata *metadata = tdm_arena_new_of(host->arena, tdm_metadata);
    if (!metadata)
        return tdm_host_unknown(host, "out of memory");
    metadata->schema = tdm_arg_name(bound, "schema");
    if (!take_convention(host, tdm_arg(bound, "naming_convention"), metadata))
        tdm_arg_refuse(bound, "naming_convention");
    return bound->unknown ? bound->unknown : tdm_object(host, &tdm_metadata_object, metadata);
}

const tdm_callable tdm_table_callables[] = {
    {"Table",
     "name metadata *args | schema= quote= ~quote_schema= prefixes= comment= ~info= "
     "~extend_existing= ~keep_existing= autoload_with= autoload= ~include_columns= "
     "~implicit_returning= ~listeners= ~resolve_fks= ~must_exist= ~sqlite_autoincrement= **",
     make_table},
    {"table", "name *columns | schema=", make_light_table},
    {"TableClause", "name *columns | schema=", make_light_table},
    {"MetaData", "schema= ~quote_schema= naming_convention= ~info= ~bind=", make_metadata},
    {NULL, NULL, NULL},
};

// --- .c
// -------------------------------------------------------------------------------------------

static tdm_py column_value(tdm_host *host, const tdm_table *table, tdm_column *column)
{
    if (!table->lightweight && !table->alias.given)
        return tdm_object(host, &tdm_column_object, column);
    tdm_expr *expr = tdm_column_expr(host, column);
    if (expr)
        memcpy(&expr->table, &table, sizeof table);
    return tdm_expr_value(host, expr);
}

static tdm_py columns_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    const tdm_table *table = tdm_py_native_data(self);
    tdm_column *column = tdm_sa_table_column(table, name);
    if (column)
        return column_value(host, table, column);
    if (tdm_text_is(name, "keys") || tdm_text_is(name, "values") || tdm_text_is(name, "items") ||
        tdm_text_is(name, "get"))
        return tdm_host_unknown(host, ".c.%.*s is not covered", TDM_TEXT_ARG(name));
    tdm_py_raise(in, "AttributeError", "%.*s", TDM_TEXT_ARG(name));
    return NULL;
}

static tdm_py columns_item(tdm_interp *in, tdm_py self, tdm_py key)
{
    tdm_host *host = tdm_host_of(in);
    const tdm_table *table = tdm_py_native_data(self);
    if (tdm_py_kind_of(key) == TDM_PY_UNKNOWN)
        return key;
    if (tdm_py_kind_of(key) != TDM_PY_STR)
        return tdm_host_unknown(host, "this item of .c is not covered");
    tdm_text name = tdm_py_as_text(key);
    tdm_column *column = tdm_sa_table_column(table, name);
    if (column)
        return column_value(host, table, column);
    tdm_py_raise(in, "KeyError", "%.*s", TDM_TEXT_ARG(name));
    return NULL;
}

static tdm_py columns_iterate(tdm_interp *in, tdm_py self)
{
    tdm_host *host = tdm_host_of(in);
    const tdm_table *table = tdm_py_native_data(self);
    tdm_py *items = tdm_arena_array(host->arena, table->columns.count + 1, sizeof(tdm_py));
    for (size_t i = 0; items && i < table->columns.count; i++)
        items[i] = column_value(host, table, table->columns.items[i]);
    return items ? tdm_py_list(in, items, table->columns.count)
                 : tdm_host_unknown(host, "out of memory");
}

static bool columns_contain(tdm_interp *in, tdm_py self, tdm_py item, bool *ret)
{
    (void)in;
    const tdm_table *table = tdm_py_native_data(self);
    if (tdm_py_kind_of(item) != TDM_PY_STR) {
        tdm_py_raise(in, "ArgumentError", "__contains__ requires a string argument");
        return false;
    }
    *ret = tdm_sa_table_column(table, tdm_py_as_text(item)) != NULL;
    return true;
}

const tdm_py_class tdm_columns_object = {.name = "sqlalchemy.sql.base.ColumnCollection",
                                         .inert = true,
                                         .get_attr = columns_attr,
                                         .get_item = columns_item,
                                         .contains = columns_contain,
                                         .iterate = columns_iterate};

// --- Tables
// ---------------------------------------------------------------------------------------

static tdm_py table_create(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    const tdm_table *table = tdm_py_native_data(self);
    bool checkfirst = tdm_arg_truth(bound, "checkfirst", true);
    return tdm_emitted(
        host, tdm_emit_checked_table(host, table, checkfirst, tdm_run_memo_new(host->arena)));
}

static tdm_py table_drop(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    const tdm_table *table = tdm_py_native_data(self);
    bool checkfirst = tdm_arg_truth(bound, "checkfirst", true);
    return tdm_emitted(host, tdm_emit_drop_table_types(host, table, checkfirst));
}

static tdm_py table_alias(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    const tdm_table *table = tdm_py_native_data(self);
    tdm_table *copy = tdm_arena_new_of(host->arena, tdm_table);
    if (!copy)
        return tdm_host_unknown(host, "out of memory");
    if (tdm_arg_absent(bound, "name"))
        return tdm_host_unknown(host, "an alias without a name is not covered");
    *copy = *table;
    copy->alias = tdm_arg_name(bound, "name");
    return bound->unknown ? bound->unknown : tdm_object(host, &tdm_table_object, copy);
}

static const tdm_method_row table_methods[] = {
    {"create", "~bind= checkfirst=", table_create},
    {"drop", "~bind= checkfirst=", table_drop},
    {"alias", "name= ~flat=", table_alias},
};

static tdm_py table_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    tdm_table *table = tdm_py_native_data(self);
    if (tdm_text_is(name, "c") || tdm_text_is(name, "columns"))
        return tdm_object(host, &tdm_columns_object, table);
    if (tdm_text_is(name, "name"))
        return tdm_py_str(in, table->name.text);
    if (tdm_text_is(name, "schema"))
        return table->schema.given ? tdm_py_str(in, table->schema.text) : tdm_py_none(in);
    tdm_py method = tdm_dml_method(host, self, name);
    if (!method)
        method = tdm_find_method(host, table_methods, sizeof table_methods / sizeof *table_methods,
                                 self, name);
    return method ? method
                  : tdm_host_unknown(host, ".%.*s of a table is not covered", TDM_TEXT_ARG(name));
}

const tdm_py_class tdm_table_object = {.name = "sqlalchemy.Table", .get_attr = table_attr};

// --- Columns
// --------------------------------------------------------------------------------------

static tdm_py column_copy(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)bound;
    const tdm_column *column = tdm_py_native_data(self);
    tdm_column *copy = tdm_arena_new_of(host->arena, tdm_column);
    if (!copy)
        return tdm_host_unknown(host, "out of memory");
    *copy = *column;
    copy->table = NULL;
    return tdm_object(host, &tdm_column_object, copy);
}

static const tdm_method_row column_methods[] = {
    {"copy", "**", column_copy},
    {"_copy", "**", column_copy},
};

static tdm_py column_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    const tdm_column *column = tdm_py_native_data(self);
    if (tdm_text_is(name, "name"))
        return tdm_py_str(in, column->name.text);
    if (tdm_text_is(name, "key"))
        return tdm_py_str(in, column->key);
    if (tdm_text_is(name, "primary_key"))
        return tdm_py_bool(in, column->primary_key);
    if (tdm_text_is(name, "nullable"))
        return tdm_py_bool(in, tdm_column_is_nullable(column));
    if (tdm_text_is(name, "type") && column->type)
        return tdm_object(host, &tdm_type_object, column->type);
    tdm_py method = tdm_find_method(host, column_methods,
                                    sizeof column_methods / sizeof *column_methods, self, name);
    if (!method)
        method = tdm_expr_method(host, self, name);
    return method ? method
                  : tdm_host_unknown(host, ".%.*s of a column is not covered", TDM_TEXT_ARG(name));
}

static tdm_py column_item(tdm_interp *in, tdm_py self, tdm_py key)
{
    (void)self;
    (void)key;
    return tdm_host_unknown(tdm_host_of(in), "an item of an expression is not covered");
}

// Changing a column after it was made is not followed; the object is not changed either, so that
// the evaluator must hear of it.
const tdm_py_class tdm_column_object = {.name = "sqlalchemy.Column",
                                        .inert = true,
                                        .get_attr = column_attr,
                                        .get_item = column_item,
                                        .operate = tdm_expr_operate};

// --- MetaData
// -------------------------------------------------------------------------------------

static tdm_py metadata_create_all(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    const tdm_metadata *metadata = tdm_py_native_data(self);
    if (!tdm_arg_absent(bound, "tables"))
        return tdm_emitted(host, tdm_emit_opaque(host, TDM_TEXT("create_all() of some tables is "
                                                                "not covered")));
    if (metadata->tables_open)
        return tdm_emitted(host, tdm_emit_opaque(host, TDM_TEXT("which models create_all() makes "
                                                                "tables for cannot be known")));
    bool checkfirst = tdm_arg_truth(bound, "checkfirst", true);
    return tdm_emitted(host, tdm_emit_create_all(host, metadata, checkfirst));
}

static tdm_py metadata_drop_all(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)self;
    (void)bound;
    return tdm_emitted(host, tdm_emit_opaque(host, TDM_TEXT("MetaData.drop_all() is not covered")));
}

static const tdm_method_row metadata_methods[] = {
    {"create_all", "~bind= tables= checkfirst=", metadata_create_all},
    {"drop_all", "~bind= tables= ~checkfirst=", metadata_drop_all},
};

static tdm_py metadata_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_host *host = tdm_host_of(in);
    tdm_py method = tdm_find_method(host, metadata_methods,
                                    sizeof metadata_methods / sizeof *metadata_methods, self, name);
    tdm_metadata *metadata = tdm_py_native_data(self);
    // Whoever reads it may change it in place.
    if (tdm_text_is(name, "naming_convention"))
        metadata->naming_open = true;
    return method ? method
                  : tdm_host_unknown(host, "MetaData.%.*s is not covered", TDM_TEXT_ARG(name));
}

// Base.metadata.naming_convention = {...}
static bool metadata_set(tdm_interp *in, tdm_py self, tdm_text name, tdm_py value)
{
    tdm_metadata *metadata = tdm_py_native_data(self);
    if (tdm_text_is(name, "naming_convention"))
        metadata->naming_open = !take_convention(tdm_host_of(in), value, metadata);
    return true;
}

const tdm_py_class tdm_metadata_object = {
    .name = "sqlalchemy.MetaData", .get_attr = metadata_attr, .set_attr = metadata_set};

// --- The small ones
// -------------------------------------------------------------------------------

static tdm_py small_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    return tdm_host_unknown(tdm_host_of(in), "%s.%.*s is not covered",
                            tdm_py_native_class(self)->name, TDM_TEXT_ARG(name));
}

static tdm_py sequence_next_value(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    (void)bound;
    return tdm_expr_value(host, tdm_next_value(host, tdm_py_native_data(self)));
}

static tdm_py emit_sequence(tdm_host *host, tdm_py self, tdm_bound *bound, bool create)
{
    const tdm_sequence *sequence = tdm_py_native_data(self);
    bool checkfirst = tdm_arg_truth(bound, "checkfirst", true);
    tdm_schema_question question = {.subject = TDM_SCHEMA_SEQUENCE,
                                    .schema = sequence->schema.text,
                                    .name = sequence->name.text};
    if (checkfirst && !tdm_guard_open(host, &question, !create))
        return tdm_host_unknown(host, "out of memory");
    bool emitted = tdm_emit_sequence(host, sequence, create);
    if (checkfirst)
        tdm_guard_close(host);
    return tdm_emitted(host, emitted);
}

static tdm_py sequence_create(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    return emit_sequence(host, self, bound, true);
}

static tdm_py sequence_drop(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    return emit_sequence(host, self, bound, false);
}

static const tdm_method_row sequence_methods[] = {
    {"next_value", "", sequence_next_value},
    {"create", "~bind= checkfirst=", sequence_create},
    {"drop", "~bind= checkfirst=", sequence_drop},
};

static tdm_py sequence_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_py method = tdm_find_method(tdm_host_of(in), sequence_methods,
                                    sizeof sequence_methods / sizeof *sequence_methods, self, name);
    return method ? method : small_attr(in, self, name);
}

static tdm_py index_create(tdm_host *host, tdm_py self, tdm_bound *bound)
{
    const tdm_index *index = tdm_py_native_data(self);
    bool checkfirst = tdm_arg_truth(bound, "checkfirst", false);
    if (!index->table)
        return tdm_emitted(
            host,
            tdm_emit_opaque(host, TDM_TEXT("create() of an index without a table is not covered")));
    tdm_schema_question question = {.subject = TDM_SCHEMA_INDEXES,
                                    .schema = index->table->schema.text,
                                    .table = index->table->name.text,
                                    .name = index->name.text};
    if (checkfirst && !tdm_guard_open(host, &question, false))
        return tdm_host_unknown(host, "out of memory");
    bool emitted = tdm_emit_index(host, index, false);
    if (checkfirst)
        tdm_guard_close(host);
    return tdm_emitted(host, emitted);
}

static const tdm_method_row index_methods[] = {{"create", "~bind= checkfirst=", index_create}};

static tdm_py index_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    tdm_py method = tdm_find_method(tdm_host_of(in), index_methods, 1, self, name);
    return method ? method : small_attr(in, self, name);
}

const tdm_py_class tdm_constraint_object = {
    .name = "sqlalchemy.Constraint", .inert = true, .get_attr = small_attr};
const tdm_py_class tdm_index_object = {
    .name = "sqlalchemy.Index", .inert = true, .get_attr = index_attr};
const tdm_py_class tdm_sequence_object = {.name = "sqlalchemy.Sequence", .get_attr = sequence_attr};
const tdm_py_class tdm_identity_object = {
    .name = "sqlalchemy.Identity", .inert = true, .get_attr = small_attr};
const tdm_py_class tdm_computed_object = {
    .name = "sqlalchemy.Computed", .inert = true, .get_attr = small_attr};
const tdm_py_class tdm_default_object = {
    .name = "sqlalchemy.DefaultClause", .inert = true, .get_attr = small_attr};
