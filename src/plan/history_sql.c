#include "plan/history_sql.h"

#include "base/error.h"
#include "sql/quote.h"

enum {
    STATE_MAXIMUM = 256 << 20,
};

static tdm_text joined(tdm_arena *arena, const tdm_history_keys *keys, tdm_error *err,
                       tdm_status *status)
{
    tdm_buffer text = TDM_BUFFER_INIT(STATE_MAXIMUM);
    for (size_t i = 0; i < keys->count; i++) {
        tdm_buffer_puts(&text, i > 0 ? "," : "");
        tdm_buffer_put(&text, keys->items[i]);
    }
    *status = tdm_buffer_check(&text, err);
    return tdm_buffer_take(&text, arena);
}

tdm_status tdm_history_state_of(tdm_arena *arena, const tdm_history_keys *heads,
                                const tdm_history_keys *versions, tdm_history_state *ret,
                                tdm_error *err)
{
    tdm_status status;
    tdm_digest digest;
    char hex[33];
    tdm_history_state state = {.heads = joined(arena, heads, err, &status)};
    if (status != TDM_OK)
        return TDM_FAILED;
    if (versions->count > 0) {
        tdm_arena_mark mark = tdm_arena_save(arena);
        tdm_text all = joined(arena, versions, err, &status);
        if (status != TDM_OK || tdm_digest_of(all, &digest, err) != TDM_OK)
            return TDM_FAILED;
        tdm_arena_restore(arena, mark);
        tdm_digest_hex(digest, hex);
        state.versions = tdm_arena_text(arena, tdm_text_of(hex));
    }
    *ret = state;
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

void tdm_put_alembic_table(tdm_buffer *sql, const tdm_version_table *table)
{
    tdm_sql_put_qualified(sql, table->schema, table->name);
}

void tdm_put_heads(tdm_buffer *sql, const tdm_history_sides *sides)
{
    if (!sides->alembic) {
        tdm_buffer_puts(sql, "NULL AS heads");
        return;
    }
    tdm_buffer_puts(sql, "(SELECT pg_catalog.string_agg(version_num, ',' "
                         "ORDER BY version_num COLLATE pg_catalog.\"C\") FROM ");
    tdm_put_alembic_table(sql, sides->alembic);
    tdm_buffer_puts(sql, ") AS heads");
}

// The digest is the server's sha256 cut to the 128 bits of tdm_digest: unlike md5 it is there on
// every server from version 11 on, also under FIPS.
void tdm_put_compare(tdm_buffer *sql, const tdm_history_sides *sides)
{
    tdm_buffer_puts(sql, "SELECT ");
    tdm_put_heads(sql, sides);
    tdm_buffer_puts(sql, ", ");
    tdm_buffer_puts(sql, sides->supabase
                             ? "(SELECT pg_catalog.\"left\"(pg_catalog.encode(pg_catalog.sha256("
                               "pg_catalog.convert_to(pg_catalog.string_agg(version, ',' "
                               "ORDER BY version COLLATE pg_catalog.\"C\"), 'UTF8')), 'hex'), 32) "
                               "FROM supabase_migrations.schema_migrations) AS versions"
                             : "NULL AS versions");
}

static void put_relation(tdm_buffer *sql, tdm_text schema, tdm_text name)
{
    tdm_buffer_puts(sql, " OR (n.nspname = ");
    tdm_sql_put_literal(sql, schema);
    tdm_buffer_puts(sql, " AND c.relname = ");
    tdm_sql_put_literal(sql, name);
    tdm_buffer_puts(sql, ")");
}

void tdm_put_holders(tdm_buffer *sql, const tdm_history_sides *sides)
{
    tdm_buffer_puts(
        sql,
        "SELECT DISTINCT a.pid, a.application_name, a.usename, a.state, "
        "pg_catalog.to_char(COALESCE(a.xact_start, a.backend_start), 'YYYY-MM-DD HH24:MI:SS') "
        "FROM pg_catalog.pg_locks l "
        "JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid "
        "LEFT JOIN pg_catalog.pg_class c ON l.locktype = 'relation' AND c.oid = l.relation "
        "LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE l.granted AND l.pid <> pg_catalog.pg_backend_pid() AND l.database = "
        "(SELECT oid FROM pg_catalog.pg_database "
        "WHERE datname = pg_catalog.current_database()) AND ("
        "(l.locktype = 'advisory' AND l.objsubid = 1 AND "
        "(l.classid::pg_catalog.int8 << 32 | l.objid::pg_catalog.int8) = " TDM_PUSH_LOCK_KEY ")");
    if (sides->alembic)
        put_relation(sql, sides->alembic->schema, sides->alembic->name);
    if (sides->supabase)
        put_relation(sql, TDM_TEXT("supabase_migrations"), TDM_TEXT("schema_migrations"));
    tdm_buffer_puts(sql, ") ORDER BY a.pid");
}
