// create_table, drop_table, rename_table and the comments on tables.
#include "revision/op_directive.h"

// --- create_table
// ---------------------------------------------------------------------------------

bool tdm_table_refer_to_itself(tdm_host *host, tdm_table *table)
{
    for (size_t i = 0; i < table->constraints.count; i++) {
        const tdm_constraint *c = table->constraints.items[i];
        bool own = c->kind == TDM_CONSTRAINT_FOREIGN &&
                   tdm_text_equal(c->referred_table.text, table->name.text) &&
                   tdm_text_equal(c->referred_schema.text, table->schema.text);
        for (size_t j = 0; own && j < c->referred_columns.count; j++) {
            tdm_name name = c->referred_columns.items[j];
            tdm_column *column = tdm_sa_table_column(table, name.text);
            if (column) {
                c->referred_columns.items[j] = column->name;
                continue;
            }
            column = tdm_arena_new_of(host->arena, tdm_column);
            if (!column)
                return false;
            *column = (tdm_column){.name = name, .key = name.text};
            if (!tdm_sa_table_add_column(host, table, column))
                return false;
        }
    }
    return true;
}

static tdm_py create_table(tdm_host *host, tdm_bound *bound)
{
    tdm_table *table =
        tdm_throwaway_table(host, tdm_arg_name(bound, "table_name"), tdm_arg_name(bound, "schema"));
    if (!table)
        return tdm_host_unknown(host, "out of memory");
    if (!tdm_arg_absent(bound, "quote"))
        table->name.quote = tdm_arg_flag(bound, "quote");
    bool guarded = tdm_arg_truth(bound, "if_not_exists", false);
    if (!tdm_table_options(host, table, bound))
        return NULL;
    if (bound->unknown)
        return tdm_opaque_directive(host, bound);
    if (!tdm_table_fill(host, table, bound->rest, bound->rest_count) ||
        !tdm_table_refer_to_itself(host, table) ||
        !tdm_emit_create_table(host, table, guarded, host->memo))
        return NULL;
    return tdm_object(host, &tdm_table_object, table);
}

static tdm_py drop_table(tdm_host *host, tdm_bound *bound)
{
    tdm_drop_table drop = {
        .table = tdm_throwaway_table(host, tdm_arg_name(bound, "table_name"),
                                     tdm_arg_name(bound, "schema")),
        .if_exists = tdm_arg_truth(bound, "if_exists", false),
    };
    if (bound->unknown || !drop.table)
        return tdm_opaque_directive(host, bound);
    return tdm_emitted(host, tdm_emit(host, tdm_print_drop_table, &drop));
}

static tdm_py rename_table(tdm_host *host, tdm_bound *bound)
{
    tdm_rename_table rename = {tdm_arg_name(bound, "schema"), tdm_arg_name(bound, "old_table_name"),
                               tdm_arg_name(bound, "new_table_name")};
    if (bound->unknown)
        return tdm_opaque_directive(host, bound);
    return tdm_emitted(host, tdm_emit(host, tdm_print_rename_table, &rename));
}

static tdm_py table_comment(tdm_host *host, tdm_bound *bound, tdm_name text)
{
    tdm_comment comment = {.schema = tdm_arg_name(bound, "schema"),
                           .table = tdm_arg_name(bound, "table_name"),
                           .text = text};
    if (bound->unknown)
        return tdm_opaque_directive(host, bound);
    return tdm_emitted(host, tdm_emit(host, tdm_print_comment, &comment));
}

static tdm_py create_table_comment(tdm_host *host, tdm_bound *bound)
{
    return table_comment(host, bound, tdm_arg_name(bound, "comment"));
}

static tdm_py drop_table_comment(tdm_host *host, tdm_bound *bound)
{
    return table_comment(host, bound, TDM_NO_NAME);
}

const tdm_directive tdm_table_directives[] = {
    {"create_table",
     "table_name *columns | if_not_exists= schema= prefixes= comment= ~info= quote= "
     "~extend_existing= ~keep_existing= ~listeners= ~implicit_returning= ~_constraints_included= "
     "**",
     NULL, NULL, NULL, create_table},
    {"drop_table", "table_name | schema= if_exists= ~info= ~comment= ~prefixes= **", NULL, NULL,
     NULL, drop_table},
    {"rename_table", "old_table_name new_table_name | schema=", NULL, NULL, NULL, rename_table},
    {"create_table_comment", "table_name comment | ~existing_comment= schema=",
     "comment | ~existing_comment=", "table_name", "schema", create_table_comment},
    {"drop_table_comment", "table_name | ~existing_comment= schema=", "| ~existing_comment=",
     "table_name", "schema", drop_table_comment},
    {NULL, NULL, NULL, NULL, NULL, NULL},
};
