#include "apply/histories.h"

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

static tdm_status run(history_reader *reader, tdm_text sql, tdm_db_result *ret)
{
    tdm_session *session = reader->session;
    if (tdm_session_run(session, sql, reader->arena, ret, reader->err) == TDM_OK)
        return TDM_OK;
    if (!tdm_session_failed_with(session, "42501"))
        return TDM_FAILED;
    tdm_fail(reader->err, TDM_ERROR_CONNECT, TDM_NOWHERE,
             "the histories in %.*s cannot be read: %.*s", TDM_TEXT_ARG(session->target),
             TDM_TEXT_ARG(tdm_buffer_text(&session->failure.message)));
    return tdm_hint(reader->err, "Connect as the role that owns both history tables (on Supabase: "
                                 "postgres).");
}

static tdm_status run_buffer(history_reader *reader, tdm_buffer *sql, tdm_db_result *ret)
{
    tdm_status status = tdm_buffer_check(sql, reader->err);
    tdm_text text = tdm_buffer_take(sql, reader->arena);
    return status == TDM_OK ? run(reader, text, ret) : TDM_FAILED;
}

static bool is_true(const tdm_db_result *result, size_t row, size_t column)
{
    return tdm_text_is(tdm_db_at(result, row, column)->text, "t");
}

// Where unqualified names would go, and what kind of server this is.
static tdm_status read_server(history_reader *reader)
{
    tdm_db_result result;
    tdm_text sql =
        TDM_TEXT("SELECT pg_catalog.current_schema(), pg_catalog.pg_is_in_recovery() OR "
                 "pg_catalog.current_setting('default_transaction_read_only')::pg_catalog.bool");
    if (run(reader, sql, &result) != TDM_OK)
        return TDM_FAILED;
    if (reader->found.table.schema.size == 0)
        reader->found.table.schema = tdm_db_at(&result, 0, 0)->text;
    reader->found.read_only = is_true(&result, 0, 1);
    return TDM_OK;
}

static tdm_status fail_shape(history_reader *reader, tdm_text table, const char *why)
{
    return tdm_fail(reader->err, TDM_ERROR_HISTORY, TDM_NOWHERE, "%.*s in %.*s %s",
                    TDM_TEXT_ARG(table), TDM_TEXT_ARG(reader->session->target), why);
}

// One row for each column of a relation that to_regclass finds: schema, kind, hidden, column.
static tdm_status read_columns(history_reader *reader, tdm_text schema, tdm_text name,
                               tdm_db_result *ret)
{
    tdm_buffer sql = TDM_BUFFER_INIT(QUERY_MAXIMUM);
    tdm_buffer_puts(&sql,
                    "SELECT n.nspname, c.relkind IN ('r', 'p'), "
                    "pg_catalog.row_security_active(c.oid), a.attname "
                    "FROM pg_catalog.pg_class c "
                    "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                    "LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
                    "AND NOT a.attisdropped WHERE c.oid = ");
    put_regclass(&sql, reader->arena, schema, name);
    return run_buffer(reader, &sql, ret);
}

// A table whose rows are hidden from us looks empty, and then everything would seem to be pending.
static tdm_status check_table(history_reader *reader, tdm_text table, const tdm_db_result *columns)
{
    if (!is_true(columns, 0, 1))
        return fail_shape(reader, table, "is no table");
    if (!is_true(columns, 0, 2))
        return TDM_OK;
    fail_shape(reader, table, "hides its rows from this role by row level security");
    return tdm_hint(reader->err, "Connect as the role that owns the table.");
}

static bool has_column(const tdm_db_result *columns, const char *name)
{
    for (size_t i = 0; i < columns->row_count; i++)
        if (tdm_text_is(tdm_db_at(columns, i, 3)->text, name))
            return true;
    return false;
}

static int by_bytes(const void *a, const void *b)
{
    return tdm_text_compare(*(const tdm_text *)a, *(const tdm_text *)b);
}

// The first column of all rows, sorted. NULL is no key.
static tdm_status read_keys(history_reader *reader, tdm_text sql, tdm_history_keys *ret)
{
    tdm_db_result result;
    TDM_VECTOR(tdm_text) keys = {0};
    if (run(reader, sql, &result) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < result.row_count; i++)
        if (!tdm_db_at(&result, i, 0)->is_null &&
            !tdm_vector_push(reader->arena, &keys, tdm_db_at(&result, i, 0)->text))
            return tdm_fail_memory(reader->err);
    if (keys.count > 1)
        qsort(keys.items, keys.count, sizeof *keys.items, by_bytes);
    *ret = (tdm_history_keys){keys.items, keys.count};
    return TDM_OK;
}

static tdm_status read_alembic(history_reader *reader, tdm_text asked_schema)
{
    tdm_histories *found = &reader->found;
    tdm_db_result columns;
    tdm_buffer sql = TDM_BUFFER_INIT(QUERY_MAXIMUM);
    if (read_columns(reader, asked_schema, found->table.name, &columns) != TDM_OK)
        return TDM_FAILED;
    if (columns.row_count == 0)
        return TDM_OK;
    if (check_table(reader, found->table.name, &columns) != TDM_OK)
        return TDM_FAILED;
    if (!has_column(&columns, "version_num"))
        return fail_shape(reader, found->table.name, "has no column version_num");
    found->has_alembic = true;
    found->table.schema = tdm_db_at(&columns, 0, 0)->text;
    tdm_buffer_puts(&sql, "SELECT version_num FROM ");
    tdm_sql_put_qualified(&sql, found->table.schema, found->table.name);
    if (tdm_buffer_check(&sql, reader->err) != TDM_OK)
        return TDM_FAILED;
    return read_keys(reader, tdm_buffer_take(&sql, reader->arena), &found->heads);
}

static tdm_status read_supabase(history_reader *reader)
{
    tdm_histories *found = &reader->found;
    tdm_text table = TDM_TEXT("supabase_migrations.schema_migrations");
    tdm_db_result columns;
    tdm_db_result schema;
    if (run(reader,
            TDM_TEXT("SELECT FROM pg_catalog.pg_namespace WHERE nspname = 'supabase_migrations'"),
            &schema) != TDM_OK ||
        read_columns(reader, TDM_TEXT("supabase_migrations"), TDM_TEXT("schema_migrations"),
                     &columns) != TDM_OK)
        return TDM_FAILED;
    found->has_supabase_schema = schema.row_count > 0;
    if (columns.row_count == 0)
        return TDM_OK;
    if (check_table(reader, table, &columns) != TDM_OK)
        return TDM_FAILED;
    if (!has_column(&columns, "version"))
        return fail_shape(reader, table, "has no column version");
    found->has_supabase_table = true;
    found->has_statements = has_column(&columns, "statements");
    found->has_name = has_column(&columns, "name");
    return read_keys(reader, TDM_TEXT("SELECT version FROM supabase_migrations.schema_migrations"),
                     &found->versions);
}

static tdm_status read_all(history_reader *reader, const tdm_version_table *table)
{
    reader->found.table = *table;
    if (read_server(reader) != TDM_OK || read_alembic(reader, table->schema) != TDM_OK ||
        read_supabase(reader) != TDM_OK)
        return TDM_FAILED;
    return read_keys(reader,
                     TDM_TEXT("SELECT rolname FROM pg_catalog.pg_roles "
                              "WHERE rolname IN ('anon', 'authenticated')"),
                     &reader->found.api_roles);
}

tdm_status tdm_histories_read(tdm_session *session, const tdm_version_table *table,
                              tdm_arena *arena, tdm_histories *ret, tdm_error *err)
{
    history_reader reader = {.session = session, .arena = arena, .err = err};
    tdm_db_result result;
    if (run(&reader, TDM_TEXT("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"), &result) !=
        TDM_OK)
        return TDM_FAILED;
    tdm_status status = read_all(&reader, table);
    tdm_session_tidy(session, TDM_TEXT("ROLLBACK"));
    if (status == TDM_OK)
        *ret = reader.found;
    return status;
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
