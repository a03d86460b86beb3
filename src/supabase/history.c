#include "supabase/history.h"

#include "sql/quote.h"

const char *const tdm_history_ddl[] = {
    "CREATE SCHEMA IF NOT EXISTS supabase_migrations",
    "CREATE TABLE IF NOT EXISTS supabase_migrations.schema_migrations "
    "(version text NOT NULL PRIMARY KEY)",
    "ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS statements text[]",
    "ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS name text",
};
const size_t tdm_history_ddl_count = sizeof tdm_history_ddl / sizeof *tdm_history_ddl;

static void put_array(tdm_buffer *sql, const tdm_text *items, size_t count)
{
    if (count == 0) {
        tdm_buffer_puts(sql, "'{}'::text[]");
        return;
    }
    tdm_buffer_puts(sql, "ARRAY[");
    for (size_t i = 0; i < count; i++) {
        tdm_buffer_puts(sql, i > 0 ? ", " : "");
        tdm_sql_put_literal(sql, items[i]);
    }
    tdm_buffer_puts(sql, "]::text[]");
}

void tdm_history_insert(tdm_buffer *sql, const tdm_history_row *row)
{
    tdm_buffer_puts(sql, "INSERT INTO supabase_migrations.schema_migrations"
                         "(version, name, statements");
    tdm_buffer_puts(sql, row->rollback.size ? ", rollback) VALUES(" : ") VALUES(");
    tdm_sql_put_literal(sql, row->version);
    tdm_buffer_puts(sql, ", ");
    tdm_sql_put_literal(sql, row->name);
    tdm_buffer_puts(sql, ", ");
    put_array(sql, row->statements.statements, row->statements.count);
    if (row->rollback.size) {
        tdm_buffer_puts(sql, ", ");
        put_array(sql, &row->rollback, 1);
    }
    tdm_buffer_puts(sql, ")");
}

void tdm_history_delete(tdm_buffer *sql, tdm_text version)
{
    tdm_buffer_puts(sql, "DELETE FROM supabase_migrations.schema_migrations WHERE version = ");
    tdm_sql_put_literal(sql, version);
}
