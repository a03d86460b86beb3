// Constraints added and dropped.
#include "revision/op_directive.h"

static tdm_py emit_add(tdm_host *host, tdm_constraint *c, tdm_table *table)
{
    tdm_alter_constraint add = {.constraint = c, .schema = table->schema, .table = table->name};
    if (!tdm_name_constraint(host, table, c))
        return NULL;
    return tdm_emitted(host, tdm_emit(host, tdm_print_add_constraint, &add));
}

static tdm_table *named_table(tdm_host *host, tdm_bound *bound)
{
    return tdm_throwaway_table(host, tdm_arg_name(bound, "table_name"),
                               tdm_arg_name(bound, "schema"));
}

// Alembic's stand-in table has just the columns of the key.
static bool check_include(tdm_host *host, const tdm_constraint *c)
{
    for (size_t i = 0; i < c->include.count; i++) {
        bool found = false;
        for (size_t j = 0; j < c->columns.count; j++)
            found = found || tdm_text_equal(c->columns.items[j].text, c->include.items[i].text);
        if (!found) {
            tdm_py_raise(host->in, "KeyError", "%.*s", TDM_TEXT_ARG(c->include.items[i].text));
            return false;
        }
    }
    return true;
}

static tdm_py create_keyed(tdm_host *host, tdm_bound *bound, tdm_constraint_kind kind)
{
    tdm_constraint *c = tdm_constraint_new(host, kind);
    tdm_table *table = named_table(host, bound);
    if (!c || !table)
        return tdm_host_unknown(host, "out of memory");
    c->name = tdm_arg_name(bound, "constraint_name");
    c->columns = tdm_arg_names(bound, "columns");
    if (!tdm_constraint_options(host, c, bound, "include nulls_not_distinct"))
        return NULL;
    if (bound->unknown)
        return tdm_opaque_directive(host, bound);
    return check_include(host, c) ? emit_add(host, c, table) : NULL;
}

static tdm_py create_unique(tdm_host *host, tdm_bound *bound)
{
    return create_keyed(host, bound, TDM_CONSTRAINT_UNIQUE);
}

static tdm_py create_primary_key(tdm_host *host, tdm_bound *bound)
{
    return create_keyed(host, bound, TDM_CONSTRAINT_PRIMARY);
}

static tdm_py create_foreign_key(tdm_host *host, tdm_bound *bound)
{
    tdm_constraint *c = tdm_constraint_new(host, TDM_CONSTRAINT_FOREIGN);
    tdm_table *table = tdm_throwaway_table(host, tdm_arg_name(bound, "source_table"),
                                           tdm_arg_name(bound, "source_schema"));
    if (!c || !table)
        return tdm_host_unknown(host, "out of memory");
    c->name = tdm_arg_name(bound, "constraint_name");
    c->columns = tdm_arg_names(bound, "local_cols");
    c->referred_table = tdm_arg_name(bound, "referent_table");
    c->referred_schema = tdm_arg_name(bound, "referent_schema");
    c->referred_columns = tdm_arg_names(bound, "remote_cols");
    c->referred_known = true;
    if (!tdm_constraint_options(host, c, bound, "not_valid"))
        return NULL;
    c->use_alter = false; // an ALTER it is anyway
    if (bound->unknown)
        return tdm_opaque_directive(host, bound);
    if (c->columns.count != c->referred_columns.count) {
        tdm_py_raise(host->in, "ArgumentError",
                     "ForeignKeyConstraint number of constrained columns must match the number of "
                     "referenced columns.");
        return NULL;
    }
    return emit_add(host, c, table);
}

static tdm_py create_check(tdm_host *host, tdm_bound *bound)
{
    tdm_constraint *c = tdm_constraint_new(host, TDM_CONSTRAINT_CHECK);
    tdm_table *table = named_table(host, bound);
    tdm_py condition = tdm_arg(bound, "condition");
    if (!c || !table)
        return tdm_host_unknown(host, "out of memory");
    c->name = tdm_arg_name(bound, "constraint_name");
    // What Python's own comparison of text() gave is a truth value.
    c->check = tdm_py_kind_of(condition) == TDM_PY_BOOL ? tdm_expr_from(host, condition)
                                                        : tdm_arg_sql(bound, "condition");
    if (!c->check)
        tdm_arg_refuse(bound, "condition");
    if (!tdm_constraint_options(host, c, bound, "not_valid"))
        return NULL;
    if (bound->unknown)
        return tdm_opaque_directive(host, bound);
    return emit_add(host, c, table);
}

// --- Exclusion
// ------------------------------------------------------------------------------------

static bool add_element(tdm_bound *bound, tdm_constraint *c, tdm_py pair)
{
    tdm_host *host = bound->host;
    bool is_pair = (tdm_py_kind_of(pair) == TDM_PY_TUPLE || tdm_py_kind_of(pair) == TDM_PY_LIST) &&
                   tdm_py_count(pair) == 2;
    if (!is_pair) {
        tdm_arg_refuse(bound, "element");
        return true;
    }
    tdm_py item = tdm_py_item(pair, 0);
    tdm_exclude_element element = {.operator_text =
                                       tdm_name_from(bound, tdm_py_item(pair, 1)).text};
    if (tdm_py_kind_of(item) == TDM_PY_STR) {
        element.expr = tdm_expr_new(host->arena, TDM_EXPR_COLUMN, NULL);
        if (element.expr)
            element.expr->name = tdm_name_of(tdm_py_as_text(item));
    } else {
        element.expr = tdm_expr_from(host, item);
    }
    if (!element.expr) {
        tdm_arg_refuse(bound, "element");
        return true;
    }
    if (element.expr->kind == TDM_EXPR_TEXT) {
        tdm_py_raise(host->in, "ArgumentError",
                     "Column must be constructed with a non-blank name or assign a non-blank "
                     ".name before adding to a Table.");
        return false;
    }
    if (element.expr->kind == TDM_EXPR_COLUMN)
        element.key = element.expr->name.text;
    return tdm_vector_push(host->arena, &c->elements, element);
}

bool tdm_exclude_fill(tdm_bound *bound, tdm_constraint *c)
{
    for (size_t i = 0; i < bound->rest_count; i++) {
        if (!add_element(bound, c, bound->rest[i]))
            return false;
    }
    c->using = tdm_arg_absent(bound, "using") ? TDM_TEXT("gist") : tdm_arg_text(bound, "using");
    c->where = tdm_arg_sql(bound, "where");
    if (!tdm_arg_absent(bound, "ops"))
        c->ops = tdm_arg(bound, "ops");
    return tdm_constraint_options(bound->host, c, bound, "");
}

static tdm_py create_exclude(tdm_host *host, tdm_bound *bound)
{
    tdm_constraint *c = tdm_constraint_new(host, TDM_CONSTRAINT_EXCLUDE);
    tdm_table *table = named_table(host, bound);
    if (!c || !table)
        return tdm_host_unknown(host, "out of memory");
    c->name = tdm_arg_name(bound, "constraint_name");
    if (!tdm_exclude_fill(bound, c))
        return NULL;
    if (bound->unknown)
        return tdm_opaque_directive(host, bound);
    return emit_add(host, c, table);
}

// --- drop_constraint
// ------------------------------------------------------------------------------

static const struct {
    const char *name;
    tdm_constraint_kind kind;
} drop_kinds[] = {
    {"foreignkey", TDM_CONSTRAINT_FOREIGN},
    {"primary", TDM_CONSTRAINT_PRIMARY},
    {"unique", TDM_CONSTRAINT_UNIQUE},
    {"check", TDM_CONSTRAINT_CHECK},
};

// Only a constraint of a stated kind goes through the naming convention.
static bool name_dropped(tdm_host *host, tdm_bound *bound, tdm_table *table, tdm_constraint *c)
{
    tdm_text type = tdm_arg_text(bound, "type_");
    c->kind = TDM_CONSTRAINT_EXCLUDE;
    if (type.size == 0)
        return true;
    for (size_t i = 0; i < sizeof drop_kinds / sizeof *drop_kinds; i++) {
        if (!tdm_text_is(type, drop_kinds[i].name))
            continue;
        c->kind = drop_kinds[i].kind;
        return tdm_name_constraint(host, table, c);
    }
    tdm_py_raise(host->in, "TypeError",
                 "'type' can be one of 'check', 'foreignkey', 'primary', 'unique', None");
    return false;
}

static tdm_py drop_constraint(tdm_host *host, tdm_bound *bound)
{
    tdm_constraint *c = tdm_constraint_new(host, TDM_CONSTRAINT_CHECK);
    tdm_table *table = named_table(host, bound);
    if (!c || !table)
        return tdm_host_unknown(host, "out of memory");
    c->name = tdm_arg_name(bound, "constraint_name");
    (void)tdm_arg_text(bound, "type_");
    bool guarded = tdm_arg_truth(bound, "if_exists", false);
    if (bound->unknown)
        return tdm_opaque_directive(host, bound);
    if (!name_dropped(host, bound, table, c))
        return NULL;
    tdm_alter_constraint drop = {
        .constraint = c, .schema = table->schema, .table = table->name, .if_exists = guarded};
    return tdm_emitted(host, tdm_emit(host, tdm_print_drop_constraint, &drop));
}

#define DEFERRABLE "deferrable= initially= ~info= "

const tdm_directive tdm_constraint_directives[] = {
    {"create_foreign_key",
     "constraint_name source_table referent_table local_cols remote_cols | onupdate= ondelete= "
     "match= source_schema= referent_schema= ~use_alter= ~link_to_name= " DEFERRABLE "**",
     "constraint_name referent_table local_cols remote_cols | referent_schema= onupdate= "
     "ondelete= match= ~use_alter= ~link_to_name= " DEFERRABLE "**",
     "source_table", "source_schema", create_foreign_key},
    {"create_unique_constraint", "constraint_name table_name columns | schema= " DEFERRABLE "**",
     "constraint_name columns | " DEFERRABLE "**", "table_name", "schema", create_unique},
    {"create_primary_key", "constraint_name table_name columns | schema=",
     "constraint_name columns", "table_name", "schema", create_primary_key},
    {"create_check_constraint", "constraint_name table_name condition | schema= " DEFERRABLE "**",
     "constraint_name condition | " DEFERRABLE "**", "table_name", "schema", create_check},
    {"create_exclude_constraint",
     "constraint_name table_name *elements | schema= where= using= ops= " DEFERRABLE "**",
     "constraint_name *elements | where= using= ops= " DEFERRABLE "**", "table_name", "schema",
     create_exclude},
    {"drop_constraint", "constraint_name table_name type_= | schema= if_exists=",
     "constraint_name type_= | if_exists=", "table_name", "schema", drop_constraint},
    {NULL, NULL, NULL, NULL, NULL, NULL},
};
