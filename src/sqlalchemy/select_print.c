// Printing SELECT. What SQLAlchemy would have to label in a way that is not covered here makes the
// statement opaque.
#include "sqlalchemy/dml.h"

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

// "table_column", as Query labels it (S2052 sql/elements.py, ColumnClause._gen_tq_label). A label
// that SQLAlchemy would have to change, as it is too long or the name of another column, is not
// covered.
static void print_table_label(tdm_printer *p, const tdm_select *select, size_t index)
{
    const tdm_expr *expr = select->columns.items[index];
    const tdm_table *table = expr->table;
    tdm_text label =
        tdm_arena_printf(p->arena, "%.*s%s%.*s_%.*s", TDM_TEXT_ARG(table->schema.text),
                         table->schema.given ? "_" : "", TDM_TEXT_ARG(table->name.text),
                         TDM_TEXT_ARG(expr->name.text));
    bool clashes = label.size > 50 || table->alias.given ||
                   tdm_text_find_char(table->schema.text, '.') != SIZE_MAX;
    for (size_t i = 0; i < table->columns.count; i++)
        clashes = clashes || tdm_text_equal(table->columns.items[i]->name.text, label);
    if (clashes)
        tdm_print_opaque(p, "the label of column %.*s in a query of the ORM is not covered",
                         TDM_TEXT_ARG(expr->name.text));
    tdm_puts(p, " AS ");
    tdm_print_name(p, tdm_name_of(label));
}

static void print_column_item(tdm_printer *p, const tdm_select *select, size_t index)
{
    const tdm_expr *expr = select->columns.items[index];
    for (size_t i = 0; i < index && is_named(expr); i++) {
        const tdm_expr *other = select->columns.items[i];
        bool apart = select->table_labels && expr->kind == TDM_EXPR_COLUMN &&
                     other->kind == TDM_EXPR_COLUMN && other->table != expr->table;
        if (!apart && is_named(other) && named_like(other, expr))
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
        if (select->table_labels && expr->table)
            print_table_label(p, select, index);
        return;
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
        tdm_puts(p, select->limit ? " OFFSET " : "\n LIMIT ALL OFFSET ");
        tdm_print_expr(p, select->offset);
    }
}

void tdm_print_select_statement(tdm_printer *p, const void *statement)
{
    const tdm_select *select = statement;
    tdm_puts(p, select->counted ? "SELECT count(*) AS count_1 \nFROM (" : "");
    tdm_print_select(p, select);
    tdm_puts(p, select->counted ? ") AS anon_1" : "");
}
