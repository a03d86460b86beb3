// create_index, drop_index.
#include "revision/op_directive.h"

static void take_columns(tdm_bound *bound, tdm_index *index)
{
    tdm_host *host = bound->host;
    tdm_py columns = tdm_arg(bound, "columns");
    if (tdm_py_kind_of(columns) == TDM_PY_STR) {
        // A string iterates its characters, as in Python.
        tdm_names names = tdm_names_from(bound, columns);
        for (size_t i = 0; i < names.count; i++)
            (void)tdm_index_add(host, index, tdm_py_str(host->in, names.items[i].text));
        return;
    }
    tdm_py items = tdm_py_iterate(host->in, columns);
    tdm_py_kind kind = items ? tdm_py_kind_of(items) : TDM_PY_UNKNOWN;
    if (kind != TDM_PY_LIST && kind != TDM_PY_TUPLE) {
        tdm_arg_refuse(bound, "list of columns");
        return;
    }
    for (size_t i = 0; i < tdm_py_count(items); i++) {
        if (!tdm_index_add(host, index, tdm_py_item(items, i)))
            tdm_arg_refuse(bound, "index item");
    }
}

// Strings and text() become columns of Alembic's stand-in table, each name once.
static bool check_columns(tdm_host *host, const tdm_index *index, tdm_name table)
{
    for (size_t i = 0; i < index->columns.count; i++) {
        for (size_t j = 0; j < i; j++) {
            bool twice = index->keys.items[i].final && index->keys.items[j].final &&
                         tdm_text_equal(index->keys.items[i].text, index->keys.items[j].text);
            if (!twice)
                continue;
            tdm_py_raise(host->in, "DuplicateColumnError",
                         "A column with name '%.*s' is already present in table '%.*s'. Specify "
                         "replace_existing=True to Table.append_column() to replace an existing "
                         "column.",
                         TDM_TEXT_ARG(index->keys.items[i].text), TDM_TEXT_ARG(table.text));
            return false;
        }
    }
    return true;
}

// Without a name of its own the index takes one from a column of the stand-in table, if it has any.
static bool check_unnamed(tdm_bound *bound, const tdm_index *index)
{
    bool attached = index->columns.count == 0;
    for (size_t i = 0; i < index->columns.count; i++)
        attached = attached || index->keys.items[i].final;
    if (!index->name.given && !attached) {
        tdm_py_raise(bound->host->in, "AssertionError", "%s", "");
        return false;
    }
    if (!index->name.given && index->columns.count > 0 &&
        index->columns.items[0]->kind == TDM_EXPR_LITERAL_COLUMN)
        tdm_arg_refuse(bound, "index without a name");
    return true;
}

static tdm_py create_index(tdm_host *host, tdm_bound *bound)
{
    tdm_index *index = tdm_arena_new_of(host->arena, tdm_index);
    tdm_table *table =
        tdm_throwaway_table(host, tdm_arg_name(bound, "table_name"), tdm_arg_name(bound, "schema"));
    if (!index || !table)
        return tdm_host_unknown(host, "out of memory");
    index->name = tdm_arg_name(bound, "index_name");
    take_columns(bound, index);
    if (!tdm_index_options(host, index, bound))
        return NULL;
    bool guarded = tdm_arg_truth(bound, "if_not_exists", false);
    if (!bound->unknown &&
        (!check_columns(host, index, table->name) || !check_unnamed(bound, index)))
        return NULL;
    if (bound->unknown)
        return tdm_opaque_directive(host, bound);
    if (!tdm_table_add_index(host, table, index))
        return NULL;
    return tdm_emitted(host, tdm_emit_index(host, index, guarded));
}

static tdm_py drop_index(tdm_host *host, tdm_bound *bound)
{
    for (size_t i = 0; i < bound->extra_names.count; i++) {
        if (tdm_text_is(bound->extra_names.items[i], "tablename")) {
            tdm_py_raise(host->in, "TypeError",
                         "SchemaObjects.index() got multiple values for argument 'tablename'");
            return NULL;
        }
    }
    // The index is built like any other, with all its options, and then only dropped.
    tdm_index index = {.name = tdm_arg_name(bound, "index_name")};
    if (!tdm_index_options(host, &index, bound))
        return NULL;
    tdm_drop_index drop = {.name = index.name,
                           .schema = tdm_arg_name(bound, "schema"),
                           .concurrently = index.concurrently,
                           .if_exists = tdm_arg_truth(bound, "if_exists", false)};
    if (!drop.name.given) {
        // Alembic's stand-in has one column "x", which the naming convention sees.
        tdm_table *table =
            tdm_throwaway_table(host, tdm_arg_name(bound, "table_name"), drop.schema);
        if (!table || !tdm_index_add(host, &index, tdm_py_str(host->in, TDM_TEXT("x"))) ||
            !tdm_table_add_index(host, table, &index))
            return NULL;
        drop.name = index.name;
    }
    if (bound->unknown)
        return tdm_opaque_directive(host, bound);
    return tdm_emitted(host, tdm_emit(host, tdm_print_drop_index, &drop));
}

const tdm_directive tdm_index_directives[] = {
    {"create_index",
     "index_name table_name columns | schema= unique= if_not_exists= quote= ~info= **",
     "index_name columns | unique= if_not_exists= quote= ~info= **", "table_name", "schema",
     create_index},
    {"drop_index", "index_name table_name= | schema= if_exists= unique= quote= ~info= **",
     "index_name | if_exists= unique= quote= ~info= **", "table_name", "schema", drop_index},
    {NULL, NULL, NULL, NULL, NULL, NULL},
};
