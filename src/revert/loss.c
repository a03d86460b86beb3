// Rows that go with a step: of tables and columns that are not there afterwards. An object is the
// same as long as it has the same number, whatever it is called, and a column as long as it has the
// same position.
#include "revert/reverter.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "push/request_sql.h"
#include "sql/quote.h"

#include <stdlib.h>

// --- What is not there afterwards ---------------------------------------------------------------

static bool holds_rows(const tdm_table *table)
{
    return table->kind == TDM_KIND_TABLE && !table->dropped;
}

static int by_number(const void *a, const void *b)
{
    const tdm_table *left = *(const tdm_table *const *)a;
    const tdm_table *right = *(const tdm_table *const *)b;
    return (left->number > right->number) - (left->number < right->number);
}

typedef TDM_VECTOR(const tdm_table *) tables;

static void sorted_tables(tdm_arena *arena, const tdm_catalog *catalog, tables *ret)
{
    for (size_t i = 0; i < tdm_catalog_table_count(catalog); i++)
        if (holds_rows(tdm_catalog_table_at(catalog, i)))
            (void)tdm_vector_push(arena, ret, tdm_catalog_table_at(catalog, i));
    if (ret->count > 1)
        qsort(ret->items, ret->count, sizeof *ret->items, by_number);
}

static const tdm_table *find_table(const tables *in, uint32_t number)
{
    tdm_table wanted = {.number = number};
    const tdm_table *key = &wanted;
    if (in->count == 0)
        return NULL;
    const tdm_table *const *found =
        bsearch(&key, in->items, in->count, sizeof *in->items, by_number);
    return found ? *found : NULL;
}

static const tdm_column *find_column(const tdm_table *table, uint32_t position)
{
    for (size_t i = 0; i < table->columns.count; i++)
        if (table->columns.items[i].position == position)
            return &table->columns.items[i];
    return NULL;
}

static tdm_text quoted(tdm_arena *arena, tdm_text schema, tdm_text name)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (schema.size)
        tdm_sql_put_qualified(&sql, schema, name);
    else
        tdm_sql_put_ident(&sql, name);
    return tdm_buffer_take(&sql, arena);
}

static tdm_lost lost_of(tdm_arena *arena, const tdm_table *table, bool again)
{
    tdm_text schema = tdm_text_is(table->schema, "public") ? (tdm_text){0} : table->schema;
    return (tdm_lost){.table = table->number,
                      .name = quoted(arena, table->schema, table->name),
                      .shown = quoted(arena, schema, table->name),
                      .again = again,
                      .place = table->place};
}

static void compare_columns(tdm_arena *arena, const tdm_lost *base, const tdm_table *before,
                            const tdm_table *after, tdm_losts *ret)
{
    for (size_t i = 0; i < before->columns.count; i++) {
        const tdm_column *column = &before->columns.items[i];
        tdm_lost lost = *base;
        if (find_column(after, column->position))
            continue;
        lost.position = column->position;
        lost.column = quoted(arena, (tdm_text){0}, column->name);
        lost.shown = tdm_arena_printf(arena, "%.*s.%.*s", TDM_TEXT_ARG(base->shown),
                                      TDM_TEXT_ARG(column->name));
        lost.generated = tdm_text_find(column->generated, TDM_TEXT("STORED")) != SIZE_MAX;
        lost.place = column->place;
        (void)tdm_vector_push(arena, ret, lost);
    }
}

tdm_status tdm_revert_compare_rows(tdm_arena *arena, const tdm_catalog *before,
                                   const tdm_catalog *after, bool again, tdm_losts *ret,
                                   tdm_error *err)
{
    tables there = {0};
    sorted_tables(arena, after, &there);
    for (size_t i = 0; i < tdm_catalog_table_count(before); i++) {
        const tdm_table *table = tdm_catalog_table_at(before, i);
        if (!holds_rows(table))
            continue;
        const tdm_table *found = find_table(&there, table->number);
        tdm_lost lost = lost_of(arena, table, again);
        if (found)
            compare_columns(arena, &lost, table, found, ret);
        else
            (void)tdm_vector_push(arena, ret, lost);
    }
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

// --- What the target holds ----------------------------------------------------------------------

typedef enum holding {
    HOLDS_NOTHING,
    HOLDS_ROWS,
    HOLDS_UNKNOWN,
} holding;

static void put_exists(tdm_buffer *sql, tdm_text table, tdm_text column)
{
    tdm_buffer_puts(sql, "EXISTS (SELECT FROM ");
    tdm_buffer_put(sql, table);
    if (column.size) {
        tdm_buffer_puts(sql, " WHERE ");
        tdm_buffer_put(sql, column);
        tdm_buffer_puts(sql, " IS NOT NULL");
    }
    tdm_buffer_puts(sql, ")");
}

static bool says_yes(const tdm_db_result *rows)
{
    return rows->row_count == 1 && tdm_text_is(tdm_db_at(rows, 0, 0)->text, "t");
}

static bool query(tdm_reverter *r, tdm_buffer *sql, tdm_db_result *ret)
{
    tdm_error ignored = TDM_ERROR_INIT;
    return tdm_session_query(r->session, tdm_buffer_take(sql, r->arena), r->arena, ret, &ignored) ==
           TDM_OK;
}

// Where row level security applies to us, what we do not see may be there.
static holding ask(tdm_reverter *r, tdm_text table, tdm_text column)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_db_result rows;
    tdm_buffer_puts(&sql, "SELECT pg_catalog.row_security_active(pg_catalog.to_regclass(");
    tdm_sql_put_literal(&sql, table);
    tdm_buffer_puts(&sql, ")) AS hidden");
    if (!query(r, &sql, &rows) || rows.row_count != 1 || says_yes(&rows))
        return HOLDS_UNKNOWN;
    if (tdm_db_at(&rows, 0, 0)->is_null)
        return HOLDS_UNKNOWN;
    sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer_puts(&sql, "SELECT ");
    put_exists(&sql, table, column);
    tdm_buffer_puts(&sql, " AS found");
    if (!query(r, &sql, &rows))
        return HOLDS_UNKNOWN;
    return says_yes(&rows) ? HOLDS_ROWS : HOLDS_NOTHING;
}

// A table that is not in the target now is one that an earlier part of the way back makes again,
// without rows. The others are asked for by the name that they have now.
static holding look(tdm_reverter *r, const tables *now, const tdm_lost *lost)
{
    const tdm_table *table = find_table(now, lost->table);
    tdm_text column = {0};
    if (!table)
        return HOLDS_NOTHING;
    if (lost->position) {
        const tdm_column *found = find_column(table, lost->position);
        if (!found)
            return HOLDS_NOTHING;
        column = quoted(r->arena, (tdm_text){0}, found->name);
    }
    return ask(r, quoted(r->arena, table->schema, table->name), column);
}

// What a step that goes has made, and a later one has dropped, is not there in the end either way.
static bool is_in(const tables *first, const tdm_lost *lost)
{
    const tdm_table *table = find_table(first, lost->table);
    return table && (lost->position == 0 || find_column(table, lost->position));
}

// "documents.file_path goes with its values".
static void add_loss(tdm_reverter *r, tdm_way *way, const tdm_lost *lost, const char *goes)
{
    tdm_revert_note loss = {tdm_arena_printf(r->arena, "%.*s %s", TDM_TEXT_ARG(lost->shown), goes),
                            lost->place};
    (void)tdm_vector_push(r->arena, &way->losses, loss);
}

static tdm_text guard_of(tdm_arena *arena, const tdm_lost *lost)
{
    tdm_buffer body = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer_puts(&body, "\nBEGIN\n    LOCK TABLE ");
    tdm_buffer_put(&body, lost->name);
    tdm_buffer_puts(&body, " IN ACCESS EXCLUSIVE MODE;\n    IF ");
    put_exists(&body, lost->name, lost->column);
    tdm_buffer_puts(&body, " THEN\n        RAISE EXCEPTION 'rows would be lost' "
                           "USING ERRCODE = '" TDM_REQUEST_ROWS "';\n    END IF;\nEND\n");
    tdm_buffer_puts(&sql, "DO ");
    tdm_sql_put_dollar(&sql, tdm_buffer_text(&body), "tandem");
    tdm_buffer_free(&body);
    return tdm_buffer_take(&sql, arena);
}

tdm_status tdm_revert_ask_rows(tdm_reverter *r, size_t step, tdm_texts *guards)
{
    tdm_way *way = &r->ways[step];
    TDM_VECTOR(tdm_text) made = {0};
    tables now = {0};
    tables first = {0};
    sorted_tables(r->arena, r->catalog, &now);
    sorted_tables(r->arena, r->first, &first);
    for (size_t i = 0; i < way->lost.count; i++) {
        const tdm_lost *lost = &way->lost.items[i];
        if (lost->generated)
            continue;
        if (lost->again && !is_in(&first, lost))
            continue;
        if (lost->again) {
            add_loss(r, way, lost,
                     lost->position ? "comes back without its values"
                                    : "comes back without its rows");
            continue;
        }
        switch (look(r, &now, lost)) {
        case HOLDS_ROWS:
            add_loss(r, way, lost, lost->position ? "goes with its values" : "goes with its rows");
            break;
        case HOLDS_UNKNOWN:
            add_loss(r, way, lost, "goes, and whether it is empty is not to be seen");
            break;
        case HOLDS_NOTHING:
            if (!r->options->accept_loss)
                (void)tdm_vector_push(r->arena, &made, guard_of(r->arena, lost));
            break;
        }
    }
    *guards = (tdm_texts){made.items, made.count};
    return tdm_arena_ok(r->arena) ? TDM_OK : tdm_fail_memory(r->err);
}
