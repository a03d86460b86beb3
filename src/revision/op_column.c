// add_column, drop_column, alter_column.
#include "revision/op_directive.h"

// --- add_column
// -----------------------------------------------------------------------------------

// The one foreign key that inline_references prints inside the column line.
static const tdm_constraint *inline_reference(tdm_bound *bound, const tdm_table *table)
{
    const tdm_constraint *found = NULL;
    for (size_t i = 0; i < table->constraints.count; i++) {
        const tdm_constraint *c = table->constraints.items[i];
        if (c->kind != TDM_CONSTRAINT_FOREIGN)
            continue;
        if (found)
            return NULL;
        found = c;
    }
    return tdm_arg_truth(bound, "inline_references", false) ? found : NULL;
}

static bool add_implied(tdm_host *host, const tdm_table *table, const tdm_constraint *printed)
{
    for (size_t i = 0; i < table->constraints.count; i++) {
        const tdm_constraint *c = table->constraints.items[i];
        tdm_alter_constraint add = {.constraint = c, .schema = table->schema, .table = table->name};
        if (c != printed && !tdm_emit(host, tdm_print_add_constraint, &add))
            return false;
    }
    for (size_t i = 0; i < table->indexes.count; i++) {
        if (!tdm_emit_index(host, table->indexes.items[i], false))
            return false;
    }
    const tdm_column *column = table->columns.items[0];
    tdm_comment comment = {.schema = table->schema,
                           .table = table->name,
                           .column = column->name,
                           .text = column->comment};
    return !column->comment.given || column->comment.text.size == 0 ||
           tdm_emit(host, tdm_print_comment, &comment);
}

static tdm_py add_column(tdm_host *host, tdm_bound *bound)
{
    tdm_table *table =
        tdm_throwaway_table(host, tdm_arg_name(bound, "table_name"), tdm_arg_name(bound, "schema"));
    tdm_py value = tdm_arg(bound, "column");
    tdm_column *column = tdm_data_of(value, &tdm_column_object);
    if (!column)
        tdm_arg_refuse(bound, "column");
    if (bound->unknown || !table)
        return tdm_opaque_directive(host, bound);
    if (!tdm_table_fill(host, table, &value, 1) || !tdm_table_refer_to_itself(host, table))
        return NULL;
    tdm_add_column add = {
        .column = table->columns.items[0],
        .schema = table->schema,
        .table = table->name,
        .if_not_exists = tdm_arg_truth(bound, "if_not_exists", false),
        .references = inline_reference(bound, table),
        .inline_primary_key = tdm_arg_truth(bound, "inline_primary_key", false),
    };
    return tdm_emitted(host, tdm_emit(host, tdm_print_add_column, &add) &&
                                 add_implied(host, table, add.references));
}

static tdm_py batch_guard(tdm_host *host, tdm_bound *bound)
{
    if (tdm_arg_absent(bound, "insert_before") && tdm_arg_absent(bound, "insert_after"))
        return tdm_py_none(host->in);
    tdm_py_raise(host->in, "CommandError",
                 "Can't specify insert_before or insert_after when using ALTER; please specify "
                 "recreate='always'");
    return NULL;
}

static tdm_py add_column_checked(tdm_host *host, tdm_bound *bound)
{
    return batch_guard(host, bound) ? add_column(host, bound) : NULL;
}

static tdm_py drop_column(tdm_host *host, tdm_bound *bound)
{
    tdm_drop_column drop = {tdm_arg_name(bound, "schema"), tdm_arg_name(bound, "table_name"),
                            tdm_arg_name(bound, "column_name"),
                            tdm_arg_truth(bound, "if_exists", false)};
    if (bound->unknown)
        return tdm_opaque_directive(host, bound);
    return tdm_emitted(host, tdm_emit(host, tdm_print_drop_column, &drop));
}

// --- alter_column
// ---------------------------------------------------------------------------------

typedef struct alteration {
    tdm_host *host;
    tdm_bound *bound;
    tdm_name schema, table, column;
    tdm_type *type;
} alteration;

static bool emit_alter(const alteration *a, tdm_alter_column alter)
{
    alter.schema = a->schema;
    alter.table = a->table;
    alter.column = a->column;
    return tdm_emit(a->host, tdm_print_alter_column, &alter);
}

// The CHECK of a non-native Enum goes with its type (steps 1 and 7).
static bool alter_check(const alteration *a, tdm_type *type, tdm_print_function print)
{
    tdm_table *table = tdm_throwaway_table(a->host, a->table, a->schema);
    tdm_column *column = tdm_arena_new_of(a->host->arena, tdm_column);
    if (!table || !column)
        return true;
    *column = (tdm_column){.name = a->column, .key = a->column.text, .type = type};
    if (!tdm_sa_table_add_column(a->host, table, column))
        return false;
    for (size_t i = 0; i < table->constraints.count; i++) {
        tdm_alter_constraint change = {
            .constraint = table->constraints.items[i], .schema = a->schema, .table = a->table};
        if (!tdm_emit(a->host, print, &change))
            return false;
    }
    return true;
}

static bool is_false(tdm_py value)
{
    return value && tdm_py_kind_of(value) == TDM_PY_BOOL && !tdm_py_as_bool(value);
}

static bool refuse_computed(const alteration *a)
{
    tdm_py_raise(a->host->in, "CompileError",
                 "Adding or removing a \"computed\" construct, e.g. GENERATED ALWAYS AS, to or "
                 "from an existing column is not supported.");
    return false;
}

static bool alter_default(const alteration *a)
{
    tdm_py given = tdm_arg(a->bound, "server_default");
    tdm_py had = tdm_arg(a->bound, "existing_server_default");
    tdm_default *value = tdm_arena_new_of(a->host->arena, tdm_default);
    tdm_default *existing = tdm_arena_new_of(a->host->arena, tdm_default);
    if (!given || is_false(given) || !value || !existing)
        return true;
    if (!tdm_default_from(a->host, given, value))
        return false;
    bool known = had && tdm_py_kind_of(had) != TDM_PY_UNKNOWN && !is_false(had);
    if (known && !tdm_default_from(a->host, had, existing))
        return false;
    if (value->kind == TDM_DEFAULT_COMPUTED || existing->kind == TDM_DEFAULT_COMPUTED)
        return refuse_computed(a);
    tdm_alter_column alter = {.kind = TDM_ALTER_DEFAULT};
    alter.value = value->kind == TDM_DEFAULT_NONE ? NULL : value;
    bool identity = value->kind == TDM_DEFAULT_IDENTITY,
         had_identity = existing->kind == TDM_DEFAULT_IDENTITY;
    if ((identity && existing->kind != TDM_DEFAULT_NONE && !had_identity) ||
        (had_identity && value->kind != TDM_DEFAULT_NONE && !identity))
        return tdm_emit_opaque(a->host, TDM_TEXT("op.alter_column: between identity and another "
                                                 "default is not covered"));
    if (identity || had_identity) {
        alter.kind = TDM_ALTER_IDENTITY;
        alter.existing_given = known;
        alter.existing = existing->kind == TDM_DEFAULT_NONE ? NULL : existing;
    }
    return emit_alter(a, alter);
}

static bool alter_comment(const alteration *a)
{
    tdm_py given = tdm_arg(a->bound, "comment");
    if (!given || is_false(given))
        return true;
    tdm_comment comment = {.schema = a->schema,
                           .table = a->table,
                           .column = a->column,
                           .text = tdm_arg_name(a->bound, "comment"),
                           .split = true};
    return tdm_emit(a->host, tdm_print_comment, &comment);
}

static bool alter_type(const alteration *a, tdm_type *existing)
{
    tdm_name using = tdm_name_from(a->bound, tdm_arg_option(a->bound, "using"));
    if (using.given && !a->type) {
        tdm_py_raise(a->host->in, "CommandError",
                     "postgresql_using must be used with the type_ parameter");
        return false;
    }
    if (!a->type)
        return true;
    if (existing && !alter_check(a, existing, tdm_print_drop_constraint))
        return false;
    return emit_alter(a,
                      (tdm_alter_column){.kind = TDM_ALTER_TYPE, .type = a->type, .using = using});
}

// Keywords that are names inside Alembic collide there.
static bool refuse_inner_names(tdm_bound *bound)
{
    for (size_t i = 0; i < bound->extra_names.count; i++) {
        tdm_text name = bound->extra_names.items[i];
        if (tdm_text_is(name, "name")) {
            tdm_py_raise(bound->host->in, "TypeError",
                         "alembic.ddl.postgresql.PostgresqlImpl.alter_column() got multiple "
                         "values for keyword argument 'name'");
            return false;
        }
        if (tdm_text_starts(name, TDM_TEXT("modify_"))) {
            tdm_py_raise(bound->host->in, "TypeError",
                         "alembic.operations.ops.AlterColumnOp() got multiple values for keyword "
                         "argument '%.*s'",
                         TDM_TEXT_ARG(name));
            return false;
        }
    }
    return true;
}

static bool alter_steps(const alteration *a, tdm_type *existing)
{
    tdm_flag nullable = tdm_arg_flag(a->bound, "nullable");
    tdm_name new_name = tdm_arg_name(a->bound, "new_column_name");
    if (!alter_type(a, existing))
        return false;
    if (nullable != TDM_FLAG_NONE &&
        !emit_alter(a, (tdm_alter_column){.kind = TDM_ALTER_NULLABLE,
                                          .nullable = nullable == TDM_FLAG_TRUE}))
        return false;
    if (!alter_default(a) || !alter_comment(a))
        return false;
    if (new_name.given &&
        !emit_alter(a, (tdm_alter_column){.kind = TDM_ALTER_RENAME, .new_name = new_name}))
        return false;
    return !a->type || alter_check(a, a->type, tdm_print_add_constraint);
}

// Without anything to change nothing is printed, whatever the column is called.
static bool asks_nothing(tdm_bound *bound)
{
    tdm_py value = tdm_arg(bound, "server_default"), comment = tdm_arg(bound, "comment");
    return tdm_arg_absent(bound, "nullable") && tdm_arg_absent(bound, "type_") &&
           tdm_arg_absent(bound, "new_column_name") && (!value || is_false(value)) &&
           (!comment || is_false(comment)) && !tdm_arg_option(bound, "using");
}

static tdm_py alter_column(tdm_host *host, tdm_bound *bound)
{
    if (!refuse_inner_names(bound) || !batch_guard(host, bound))
        return NULL;
    if (asks_nothing(bound))
        return tdm_py_none(host->in);
    alteration a = {.host = host,
                    .bound = bound,
                    .schema = tdm_arg_name(bound, "schema"),
                    .table = tdm_arg_name(bound, "table_name"),
                    .column = tdm_arg_name(bound, "column_name"),
                    .type = tdm_arg_type(bound, "type_")};
    // The old type matters only for the CHECK that goes with it; the old default for identity.
    tdm_type *existing = a.type ? tdm_arg_type(bound, "existing_type") : NULL;
    tdm_py had = tdm_arg(bound, "existing_server_default");
    if (!bound->unknown && had && tdm_py_kind_of(had) == TDM_PY_UNKNOWN &&
        tdm_arg(bound, "server_default"))
        bound->unknown = had;
    // Read once here, so that what cannot be known shows before anything is emitted.
    (void)tdm_arg_flag(bound, "nullable");
    (void)tdm_arg_name(bound, "new_column_name");
    (void)tdm_name_from(bound, tdm_arg_option(bound, "using"));
    tdm_py comment = tdm_arg(bound, "comment");
    if (comment && !is_false(comment))
        (void)tdm_arg_name(bound, "comment");
    if (bound->unknown)
        return tdm_opaque_directive(host, bound);
    return tdm_emitted(host, alter_steps(&a, existing));
}

#define ALTER_KEYWORDS                                                                             \
    "nullable= comment= server_default= new_column_name= type_= ~existing_type= "                  \
    "~existing_server_default= ~existing_nullable= ~existing_comment= ~autoincrement= "            \
    "~existing_autoincrement= "

const tdm_directive tdm_column_directives[] = {
    {"add_column",
     "table_name column | schema= if_not_exists= inline_references= inline_primary_key=",
     "column | insert_before= insert_after= if_not_exists= inline_references= "
     "inline_primary_key=",
     "table_name", "schema", add_column_checked},
    {"drop_column", "table_name column_name | schema= if_exists= **", "column_name | if_exists= **",
     "table_name", "schema", drop_column},
    {"alter_column", "table_name column_name | " ALTER_KEYWORDS "schema= **",
     "column_name | " ALTER_KEYWORDS "insert_before= insert_after= **", "table_name", "schema",
     alter_column},
    {NULL, NULL, NULL, NULL, NULL, NULL},
};
