// CREATE INDEX, DROP INDEX.
#include "sqlalchemy/ddl.h"

static void print_lower(tdm_printer *p, tdm_text text)
{
    for (size_t i = 0; i < text.size; i++)
        tdm_buffer_putc(&p->out, tdm_to_lower(text.data[i]));
}

static void print_items(tdm_printer *p, const tdm_index *index)
{
    for (size_t i = 0; i < index->columns.count; i++) {
        tdm_expr *expr = index->columns.items[i];
        tdm_puts(p, i > 0 ? ", " : "");
        if (expr->kind != TDM_EXPR_COLUMN)
            expr = tdm_expr_self_group(p->arena, expr, TDM_OP_NONE);
        if (!expr)
            return;
        tdm_print_expr(p, expr);
        tdm_text key = index->keys.items[i].text;
        tdm_py ops = index->ops && key.size > 0 ? tdm_py_dict_get(index->ops, key) : NULL;
        if (ops && tdm_py_kind_of(ops) == TDM_PY_STR) {
            tdm_puts(p, " ");
            tdm_put(p, tdm_py_as_text(ops));
        }
    }
}

static void print_clauses(tdm_printer *p, const tdm_index *index)
{
    if (index->include.count > 0) {
        tdm_puts(p, " INCLUDE (");
        tdm_print_names(p, &index->include);
        tdm_puts(p, ")");
    }
    if (index->nulls_not_distinct != TDM_FLAG_NONE)
        tdm_puts(p, index->nulls_not_distinct == TDM_FLAG_TRUE ? " NULLS NOT DISTINCT"
                                                               : " NULLS DISTINCT");
    if (index->with.size > 0) {
        tdm_puts(p, " WITH (");
        tdm_put(p, index->with);
        tdm_puts(p, ")");
    }
    if (index->tablespace.given) {
        tdm_puts(p, " TABLESPACE ");
        tdm_print_name(p, index->tablespace);
    }
    if (index->where) {
        tdm_puts(p, " WHERE ");
        tdm_print_expr(p, index->where);
    }
}

void tdm_print_create_index(tdm_printer *p, const void *statement)
{
    const tdm_create_index *create = statement;
    const tdm_index *index = create->index;
    p->ddl = true;
    tdm_puts(p, index->unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
    tdm_puts(p, index->concurrently ? "CONCURRENTLY " : "");
    tdm_puts(p, create->if_not_exists ? "IF NOT EXISTS " : "");
    if (!index->name.given)
        tdm_print_raise(p, "CompileError", "CREATE INDEX requires that the index have a name");
    if (p->online && index->name_unknown.size)
        tdm_print_opaque(p, "%.*s", TDM_TEXT_ARG(index->name_unknown));
    tdm_print_limited_name(p, index->name);
    tdm_puts(p, " ON ");
    tdm_print_qualified(p, index->table->schema, index->table->name);
    tdm_puts(p, " ");
    if (index->using.size > 0) {
        tdm_puts(p, "USING ");
        print_lower(p, index->using);
        tdm_puts(p, " ");
    }
    tdm_puts(p, "(");
    print_items(p, index);
    tdm_puts(p, ")");
    print_clauses(p, index);
}

void tdm_print_drop_index(tdm_printer *p, const void *statement)
{
    const tdm_drop_index *drop = statement;
    tdm_puts(p, "DROP INDEX ");
    tdm_puts(p, drop->concurrently ? "CONCURRENTLY " : "");
    tdm_puts(p, drop->if_exists ? "IF EXISTS " : "");
    if (drop->schema.given && drop->schema.text.size > 0) {
        tdm_print_name(p, drop->schema);
        tdm_puts(p, ".");
    }
    if (!drop->name.given)
        tdm_print_raise(p, "CompileError", "DROP INDEX requires that the index have a name");
    tdm_print_limited_name(p, drop->name);
}
