#include "plan/histories.h"

#include "base/error.h"
#include "base/vector.h"
#include "sql/quote.h"

#include <stdlib.h>

enum {
    QUERY_MAXIMUM = 1 << 20,
};

typedef struct history_reader {
    tdm_session *session;
    tdm_arena *arena;
    bool after_all; // also when the session was cancelled
    tdm_histories found;
    tdm_error *err;
} history_reader;

// "public.alembic_version", quoted as a name and then as a literal, for to_regclass.
static void put_regclass(tdm_buffer *sql, tdm_arena *arena, tdm_text schema, tdm_text name)
{
    tdm_buffer quoted = TDM_BUFFER_INIT(QUERY_MAXIMUM);
    tdm_sql_put_qualified(&quoted, schema, name);
    tdm_buffer_puts(sql, "pg_catalog.to_regclass(");
    tdm_sql_put_literal(sql, tdm_buffer_take(&quoted, arena));
    tdm_buffer_puts(sql, ")");
}

static tdm_status fail_locked(history_reader *reader)
{
    tdm_fail(reader->err, TDM_ERROR_LOCKED, TDM_NOWHERE,
             "the histories in %.*s cannot be read: somebody else has locked them",
             TDM_TEXT_ARG(reader->session->target));
    return tdm_hint(reader->err, "A push or an upgrade is at work there: try again when it has "
                                 "ended.");
}

static tdm_status ask(history_reader *reader, tdm_buffer *sql, tdm_db_result *ret)
{
    tdm_session *session = reader->session;
    tdm_status status = tdm_buffer_check(sql, reader->err);
    tdm_text text = tdm_buffer_take(sql, reader->arena);
    if (status != TDM_OK)
        return TDM_FAILED;
    status = reader->after_all ? tdm_session_look(session, text, reader->arena, ret, reader->err)
                               : tdm_session_query(session, text, reader->arena, ret, reader->err);
    if (status != TDM_OK && tdm_session_failed_with(session, "55P03"))
        return fail_locked(reader);
    if (status == TDM_OK || !tdm_session_failed_with(session, "42501"))
        return status;
    tdm_fail(reader->err, TDM_ERROR_CONNECT, TDM_NOWHERE,
             "the histories in %.*s cannot be read: %.*s", TDM_TEXT_ARG(session->target),
             TDM_TEXT_ARG(tdm_buffer_text(&session->failure.message)));
    return tdm_hint(reader->err, "Connect as the role that owns both history tables (on Supabase: "
                                 "postgres).");
}

// --- What is there
// -------------------------------------------------------------------------------- One row for each
// fact, in five columns: which kind of fact, a name, two flags, a column's name.

enum {
    SHAPE_PART,
    SHAPE_NAME,
    SHAPE_FIRST,  // server: read-only; a relation: it is a table
    SHAPE_SECOND, // server: standby; a relation: row level security hides rows
    SHAPE_COLUMN,
    SHAPE_COLUMNS,
};

// One row for each column of a relation that to_regclass finds, or one without a column.
static void put_relation_shape(history_reader *reader, tdm_buffer *sql, const char *part,
                               tdm_text schema, tdm_text name)
{
    tdm_buffer_putf(sql, " UNION ALL SELECT '%s', ", part);
    tdm_buffer_puts(sql,
                    "n.nspname::pg_catalog.text, c.relkind IN ('r', 'p'), "
                    "pg_catalog.row_security_active(c.oid), a.attname::pg_catalog.text "
                    "FROM pg_catalog.pg_class c "
                    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                    "LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
                    "AND NOT a.attisdropped AND (a.attname <> 'rollback' OR a.atttypid = "
                    "'pg_catalog.text[]'::pg_catalog.regtype) WHERE c.oid = ");
    put_regclass(sql, reader->arena, schema, name);
}

// Where unqualified names would go, and what kind of server this is. Without a session of our own
// we may read as a role that is read-only by itself; only what is set for everybody counts then.
static void put_server_shape(const history_reader *reader, tdm_buffer *sql)
{
    tdm_buffer_puts(sql, "SELECT 'server', pg_catalog.current_schema()::pg_catalog.text, "
                         "pg_catalog.pg_is_in_recovery() OR EXISTS (SELECT FROM "
                         "pg_catalog.pg_settings WHERE name = 'default_transaction_read_only' "
                         "AND setting = 'on'");
    if (!tdm_session_holds(reader->session))
        tdm_buffer_puts(sql,
                        " AND source IN ('configuration file', 'command line', 'database')) "
                        "OR EXISTS (SELECT FROM pg_catalog.pg_db_role_setting s JOIN "
                        "pg_catalog.pg_database d ON d.oid = s.setdatabase WHERE s.setrole = 0 "
                        "AND d.datname = pg_catalog.current_database() "
                        "AND s.setconfig && ARRAY['default_transaction_read_only=on', "
                        "'default_transaction_read_only=true', "
                        "'default_transaction_read_only=1']");
    tdm_buffer_puts(sql, "), pg_catalog.pg_is_in_recovery(), NULL::pg_catalog.text");
}

static tdm_status read_shapes(history_reader *reader, tdm_text asked_schema, tdm_db_result *ret)
{
    tdm_buffer sql = TDM_BUFFER_INIT(QUERY_MAXIMUM);
    put_server_shape(reader, &sql);
    tdm_buffer_puts(&sql, " UNION ALL SELECT 'role', rolname::pg_catalog.text, NULL, NULL, NULL "
                          "FROM pg_catalog.pg_roles WHERE rolname IN ('anon', 'authenticated')"
                          " UNION ALL SELECT 'schema', nspname::pg_catalog.text, NULL, NULL, NULL "
                          "FROM pg_catalog.pg_namespace WHERE nspname = 'supabase_migrations'"
                          " UNION ALL SELECT 'journal', NULL, NULL, NULL, NULL WHERE "
                          "pg_catalog.to_regclass('tandem.journal') IS NOT NULL");
    put_relation_shape(reader, &sql, "alembic", asked_schema, reader->found.table.name);
    put_relation_shape(reader, &sql, "supabase", TDM_TEXT("supabase_migrations"),
                       TDM_TEXT("schema_migrations"));
    if (ask(reader, &sql, ret) != TDM_OK)
        return TDM_FAILED;
    if (ret->row_count > 0 && ret->column_count != SHAPE_COLUMNS)
        return tdm_fail(reader->err, TDM_ERROR_BUG, TDM_NOWHERE, "the answer has other columns");
    return TDM_OK;
}

static bool is_true(const tdm_db_result *result, size_t row, size_t column)
{
    return tdm_text_is(tdm_db_at(result, row, column)->text, "t");
}

static tdm_status fail_shape(history_reader *reader, tdm_text table, const char *why)
{
    return tdm_fail(reader->err, TDM_ERROR_HISTORY, TDM_NOWHERE, "%.*s in %.*s %s",
                    TDM_TEXT_ARG(table), TDM_TEXT_ARG(reader->session->target), why);
}

typedef struct shape {
    bool found;
    size_t row; // the first of it
} shape;

static shape find_shape(const tdm_db_result *rows, const char *part, const char *column)
{
    for (size_t i = 0; i < rows->row_count; i++)
        if (tdm_text_is(tdm_db_at(rows, i, SHAPE_PART)->text, part) &&
            (!column || tdm_text_is(tdm_db_at(rows, i, SHAPE_COLUMN)->text, column)))
            return (shape){.found = true, .row = i};
    return (shape){0};
}

// A table whose rows are hidden from us looks empty, and then everything would seem to be pending.
static tdm_status check_table(history_reader *reader, tdm_text table, const tdm_db_result *rows,
                              size_t row)
{
    if (!is_true(rows, row, SHAPE_FIRST))
        return fail_shape(reader, table, "is no table");
    if (!is_true(rows, row, SHAPE_SECOND))
        return TDM_OK;
    fail_shape(reader, table, "hides its rows from this role by row level security");
    return tdm_hint(reader->err, "Connect as the role that owns the table.");
}

static tdm_status take_alembic(history_reader *reader, const tdm_db_result *rows)
{
    tdm_histories *found = &reader->found;
    shape table = find_shape(rows, "alembic", NULL);
    if (!table.found)
        return TDM_OK;
    if (check_table(reader, found->table.name, rows, table.row) != TDM_OK)
        return TDM_FAILED;
    if (!find_shape(rows, "alembic", "version_num").found)
        return fail_shape(reader, found->table.name, "has no column version_num");
    found->has_alembic = true;
    found->table.schema = tdm_db_at(rows, table.row, SHAPE_NAME)->text;
    return TDM_OK;
}

static tdm_status take_supabase(history_reader *reader, const tdm_db_result *rows)
{
    tdm_histories *found = &reader->found;
    tdm_text name = TDM_TEXT("supabase_migrations.schema_migrations");
    shape table = find_shape(rows, "supabase", NULL);
    found->has_supabase_schema = find_shape(rows, "schema", NULL).found;
    if (!table.found)
        return TDM_OK;
    if (check_table(reader, name, rows, table.row) != TDM_OK)
        return TDM_FAILED;
    if (!find_shape(rows, "supabase", "version").found)
        return fail_shape(reader, name, "has no column version");
    found->has_supabase_table = true;
    found->has_statements = find_shape(rows, "supabase", "statements").found;
    found->has_name = find_shape(rows, "supabase", "name").found;
    found->has_rollback = find_shape(rows, "supabase", "rollback").found;
    return TDM_OK;
}

// --- Rows
// -----------------------------------------------------------------------------------------

static int by_bytes(const void *a, const void *b)
{
    return tdm_text_compare(*(const tdm_text *)a, *(const tdm_text *)b);
}

// The column's values of all rows of one part, sorted. NULL is no key.
static tdm_status take_keys(history_reader *reader, const tdm_db_result *rows, const char *part,
                            tdm_history_keys *ret)
{
    TDM_VECTOR(tdm_text) keys = {0};
    for (size_t i = 0; i < rows->row_count; i++)
        if (tdm_text_is(tdm_db_at(rows, i, SHAPE_PART)->text, part) &&
            !tdm_db_at(rows, i, SHAPE_NAME)->is_null &&
            !tdm_vector_push(reader->arena, &keys, tdm_db_at(rows, i, SHAPE_NAME)->text))
            return tdm_fail_memory(reader->err);
    if (keys.count > 1)
        qsort(keys.items, keys.count, sizeof *keys.items, by_bytes);
    *ret = (tdm_history_keys){keys.items, keys.count};
    return TDM_OK;
}

// Both tables in one query, and so in one snapshot.
static tdm_status read_rows(history_reader *reader)
{
    tdm_histories *found = &reader->found;
    tdm_buffer sql = TDM_BUFFER_INIT(QUERY_MAXIMUM);
    tdm_db_result rows;
    if (!found->has_alembic && !found->has_supabase_table)
        return TDM_OK;
    if (found->has_alembic) {
        tdm_buffer_puts(&sql, "SELECT 'head', version_num::pg_catalog.text FROM ");
        tdm_sql_put_qualified(&sql, found->table.schema, found->table.name);
    }
    if (found->has_supabase_table) {
        tdm_buffer_puts(&sql, found->has_alembic ? " UNION ALL " : "");
        tdm_buffer_puts(&sql, "SELECT 'version', version::pg_catalog.text "
                              "FROM supabase_migrations.schema_migrations");
    }
    if (ask(reader, &sql, &rows) != TDM_OK ||
        take_keys(reader, &rows, "head", &found->heads) != TDM_OK)
        return TDM_FAILED;
    return take_keys(reader, &rows, "version", &found->versions);
}

static tdm_status read_all(history_reader *reader, const tdm_version_table *table)
{
    tdm_db_result shapes;
    tdm_histories *found = &reader->found;
    found->table = *table;
    if (read_shapes(reader, table->schema, &shapes) != TDM_OK)
        return TDM_FAILED;
    shape server = find_shape(&shapes, "server", NULL);
    if (server.found && found->table.schema.size == 0)
        found->table.schema = tdm_db_at(&shapes, server.row, SHAPE_NAME)->text;
    found->read_only = server.found && is_true(&shapes, server.row, SHAPE_FIRST);
    found->standby = server.found && is_true(&shapes, server.row, SHAPE_SECOND);
    if (take_alembic(reader, &shapes) != TDM_OK || take_supabase(reader, &shapes) != TDM_OK ||
        take_keys(reader, &shapes, "role", &found->api_roles) != TDM_OK ||
        read_rows(reader) != TDM_OK)
        return TDM_FAILED;
    if (!find_shape(&shapes, "journal", NULL).found || reader->after_all)
        return TDM_OK;
    return tdm_journal_read(reader->session, found->has_alembic ? &found->table : NULL,
                            reader->arena, &found->journal, reader->err);
}

static tdm_status read_as(history_reader *reader, const tdm_version_table *table,
                          tdm_histories *ret)
{
    if (read_all(reader, table) != TDM_OK)
        return TDM_FAILED;
    *ret = reader->found;
    return TDM_OK;
}

tdm_status tdm_histories_read(tdm_session *session, const tdm_version_table *table,
                              tdm_arena *arena, tdm_histories *ret, tdm_error *err)
{
    history_reader reader = {.session = session, .arena = arena, .err = err};
    return read_as(&reader, table, ret);
}

tdm_status tdm_histories_look(tdm_session *session, const tdm_version_table *table,
                              tdm_arena *arena, tdm_histories *ret, tdm_error *err)
{
    history_reader reader = {.session = session, .arena = arena, .after_all = true, .err = err};
    return read_as(&reader, table, ret);
}

bool tdm_history_has(const tdm_history_keys *keys, tdm_text key)
{
    size_t low = 0;
    size_t high = keys->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = tdm_text_compare(keys->items[middle], key);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}
