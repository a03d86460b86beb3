// CREATE TABLE with its options, DROP TABLE, COMMENT.
#include "sqlalchemy/ddl.h"

#include <string.h>

static void print_column_line(tdm_printer *p, const tdm_table *table, const tdm_column *column)
{
    tdm_print_column_spec(p, column);
    tdm_print_column_checks(p, column);
    // SQLAlchemy says which column it could not compile.
    if (p->failure.kind == TDM_FAILURE_RAISED &&
        strcmp(p->failure.exception, "CompileError") == 0 &&
        !tdm_text_starts(p->failure.message, TDM_TEXT("(in table ")))
        p->failure.message = tdm_arena_printf(
            p->arena, "(in table '%.*s', column '%.*s'): %.*s", TDM_TEXT_ARG(table->name.text),
            TDM_TEXT_ARG(column->name.text), TDM_TEXT_ARG(p->failure.message));
}

static void next_item(tdm_printer *p, bool *first)
{
    tdm_puts(p, *first ? "\n    " : ", \n    ");
    *first = false;
}

// A key made from column flags lists the autoincrement column first.
static void print_primary_key(tdm_printer *p, const tdm_table *table)
{
    const tdm_constraint *key = table->primary_key;
    const tdm_column *first = key->implicit ? tdm_autoincrement_column(p, table) : NULL;
    if (!first || key->columns.count < 2) {
        tdm_print_constraint(p, key);
        return;
    }
    tdm_constraint ordered = *key;
    ordered.columns = (tdm_names){0};
    (void)tdm_vector_push(p->arena, &ordered.columns, first->name);
    for (size_t i = 0; i < key->columns.count; i++) {
        if (!tdm_text_equal(key->columns.items[i].text, first->key))
            (void)tdm_vector_push(p->arena, &ordered.columns, key->columns.items[i]);
    }
    tdm_print_constraint(p, &ordered);
}

static bool is_skipped(const tdm_create_table *create, const tdm_constraint *c)
{
    return c == create->table->primary_key ||
           (c->kind == TDM_CONSTRAINT_FOREIGN && (c->use_alter || create->skip_foreign));
}

// The table keeps them in order of creation.
static void print_constraints(tdm_printer *p, const tdm_create_table *create, bool *first)
{
    const tdm_table *table = create->table;
    if (table->primary_key && table->primary_key->columns.count > 0) {
        next_item(p, first);
        print_primary_key(p, table);
    }
    for (size_t i = 0; i < table->constraints.count; i++) {
        const tdm_constraint *c = table->constraints.items[i];
        if (is_skipped(create, c))
            continue;
        next_item(p, first);
        tdm_print_constraint(p, c);
    }
}

static void print_inherits(tdm_printer *p, const tdm_table *table)
{
    if (table->inherits.count == 0)
        return;
    tdm_puts(p, "\n INHERITS ( ");
    for (size_t i = 0; i < table->inherits.count; i++) {
        tdm_puts(p, i > 0 ? ", " : "");
        tdm_print_name(p, table->inherits.items[i]);
    }
    tdm_puts(p, " )");
}

static void print_on_commit(tdm_printer *p, tdm_text words)
{
    if (words.size == 0)
        return;
    tdm_puts(p, "\n ON COMMIT ");
    for (size_t i = 0; i < words.size; i++) {
        char c = words.data[i];
        tdm_buffer_putc(&p->out, c == '_' ? ' ' : tdm_to_upper(c));
    }
}

static void print_options(tdm_printer *p, const tdm_table *table)
{
    print_inherits(p, table);
    if (table->partition_by.size > 0) {
        tdm_puts(p, "\n PARTITION BY ");
        tdm_put(p, table->partition_by);
    }
    if (table->using.size > 0) {
        tdm_puts(p, "\n USING ");
        tdm_put(p, table->using);
    }
    if (table->with_oids != TDM_FLAG_NONE)
        tdm_puts(p, table->with_oids == TDM_FLAG_TRUE ? "\n WITH OIDS" : "\n WITHOUT OIDS");
    print_on_commit(p, table->on_commit);
    if (table->tablespace.given) {
        tdm_puts(p, "\n TABLESPACE ");
        tdm_print_name(p, table->tablespace);
    }
}

void tdm_print_create_table(tdm_printer *p, const void *statement)
{
    const tdm_create_table *create = statement;
    const tdm_table *table = create->table;
    bool first = true;
    tdm_puts(p, "CREATE ");
    for (size_t i = 0; i < table->prefixes.count; i++) {
        tdm_put(p, table->prefixes.items[i]);
        tdm_puts(p, " ");
    }
    tdm_puts(p, create->if_not_exists ? "TABLE IF NOT EXISTS " : "TABLE ");
    tdm_print_qualified(p, table->schema, table->name);
    tdm_puts(p, " (");
    for (size_t i = 0; i < table->columns.count; i++) {
        if (table->columns.items[i]->system)
            continue;
        next_item(p, &first);
        print_column_line(p, table, table->columns.items[i]);
    }
    print_constraints(p, create, &first);
    tdm_puts(p, "\n)");
    print_options(p, table);
}

void tdm_print_drop_table(tdm_printer *p, const void *statement)
{
    const tdm_drop_table *drop = statement;
    tdm_puts(p, drop->if_exists ? "DROP TABLE IF EXISTS " : "DROP TABLE ");
    tdm_print_qualified(p, drop->table->schema, drop->table->name);
}

void tdm_print_comment(tdm_printer *p, const void *statement)
{
    const tdm_comment *comment = statement;
    tdm_puts(p, comment->column.given ? "COMMENT ON COLUMN " : "COMMENT ON TABLE ");
    if (comment->split)
        tdm_print_split_qualified(p, comment->schema, comment->table);
    else
        tdm_print_qualified(p, comment->schema, comment->table);
    if (comment->column.given) {
        tdm_puts(p, ".");
        tdm_print_name(p, comment->column);
    }
    tdm_puts(p, " IS ");
    if (comment->text.given)
        tdm_print_string(p, comment->text.text);
    else
        tdm_puts(p, "NULL");
}
