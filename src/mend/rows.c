#include "mend/rows.h"

#include "base/error.h"
#include "base/limits.h"
#include "sql/quote.h"

#include <stdlib.h>
#include <string.h>

enum {
    ROW_VERSION,
    ROW_NAME,
    ROW_BY,
    ROW_DIGEST,
    ROW_COLUMNS,
};

enum {
    STATEMENT_VERSION,
    STATEMENT_TEXT,
    STATEMENT_COLUMNS,
};

// --- Rows ---------------------------------------------------------------------------------------

// The table has only the columns that whoever made it gave it; to_jsonb gives NULL for the others.
static void put_rows_query(tdm_buffer *sql, const tdm_histories *histories)
{
    tdm_buffer_puts(sql,
                    "SELECT m.version, pg_catalog.to_jsonb(m) OPERATOR(pg_catalog.->>) 'name', "
                    "pg_catalog.to_jsonb(m) OPERATOR(pg_catalog.->>) 'created_by', ");
    if (histories->has_statements)
        tdm_buffer_puts(sql,
                        "(SELECT pg_catalog.\"left\"(pg_catalog.encode(pg_catalog.sha256("
                        "pg_catalog.convert_to(pg_catalog.string_agg("
                        "pg_catalog.concat(pg_catalog.octet_length(s), ':', s), '' ORDER BY o), "
                        "'UTF8')), 'hex'), 32) "
                        "FROM pg_catalog.unnest(m.statements) WITH ORDINALITY AS u(s, o))");
    else
        tdm_buffer_puts(sql, "NULL");
    tdm_buffer_puts(sql, " FROM supabase_migrations.schema_migrations AS m "
                         "ORDER BY m.version COLLATE pg_catalog.\"C\"");
}

static tdm_text text_at(const tdm_db_result *result, size_t row, size_t column)
{
    const tdm_db_value *value = tdm_db_at(result, row, column);
    return value->is_null ? (tdm_text){0} : value->text;
}

tdm_status tdm_rows_read(tdm_session *session, const tdm_histories *histories, tdm_arena *arena,
                         tdm_rows *ret, tdm_error *err)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_db_result found;
    *ret = (tdm_rows){0};
    if (!histories->has_supabase_table)
        return TDM_OK;
    put_rows_query(&sql, histories);
    if (tdm_buffer_check(&sql, err) != TDM_OK ||
        tdm_session_query(session, tdm_buffer_take(&sql, arena), arena, &found, err) != TDM_OK)
        return TDM_FAILED;
    if (found.row_count > 0 && found.column_count != ROW_COLUMNS)
        return tdm_fail(err, TDM_ERROR_BUG, TDM_NOWHERE, "the answer has other columns");
    ret->migrations = tdm_arena_array(arena, found.row_count, sizeof *ret->migrations);
    if (!ret->migrations)
        return tdm_fail_memory(err);
    ret->migration_count = found.row_count;
    for (size_t i = 0; i < found.row_count; i++)
        ret->migrations[i] = (tdm_migration_row){.version = text_at(&found, i, ROW_VERSION),
                                                 .name = text_at(&found, i, ROW_NAME),
                                                 .by = text_at(&found, i, ROW_BY),
                                                 .digest = text_at(&found, i, ROW_DIGEST)};
    return TDM_OK;
}

// --- Statements ---------------------------------------------------------------------------------

static void put_statements_query(tdm_buffer *sql, const tdm_rows *rows, const bool *wanted)
{
    bool first = true;
    tdm_buffer_puts(sql, "SELECT m.version, u.s FROM supabase_migrations.schema_migrations AS m, "
                         "pg_catalog.unnest(m.statements) WITH ORDINALITY AS u(s, o) "
                         "WHERE u.s IS NOT NULL AND m.version IN (");
    for (size_t i = 0; i < rows->migration_count; i++) {
        if (!wanted[i])
            continue;
        tdm_buffer_puts(sql, first ? "" : ", ");
        tdm_sql_put_literal(sql, rows->migrations[i].version);
        first = false;
    }
    tdm_buffer_puts(sql, ") ORDER BY m.version COLLATE pg_catalog.\"C\", u.o");
}

// The answer has the rows' statements in the order of the rows.
static tdm_status take_statements(tdm_rows *rows, const tdm_db_result *found, tdm_arena *arena,
                                  tdm_error *err)
{
    tdm_text *texts = tdm_arena_array(arena, found->row_count, sizeof *texts);
    size_t at = 0;
    if (!texts)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < found->row_count; i++)
        texts[i] = text_at(found, i, STATEMENT_TEXT);
    for (size_t i = 0; i < rows->migration_count && at < found->row_count; i++) {
        tdm_migration_row *row = &rows->migrations[i];
        size_t first = at;
        while (at < found->row_count &&
               tdm_text_equal(text_at(found, at, STATEMENT_VERSION), row->version))
            at++;
        if (at > first) {
            row->statements = texts + first;
            row->statement_count = at - first;
        }
    }
    return TDM_OK;
}

tdm_status tdm_rows_read_statements(tdm_session *session, tdm_rows *rows, const bool *wanted,
                                    tdm_arena *arena, tdm_error *err)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_db_result found;
    size_t count = 0;
    for (size_t i = 0; i < rows->migration_count; i++)
        count += wanted[i] && rows->migrations[i].digest.size > 0;
    if (count == 0)
        return TDM_OK;
    put_statements_query(&sql, rows, wanted);
    if (tdm_buffer_check(&sql, err) != TDM_OK ||
        tdm_session_query(session, tdm_buffer_take(&sql, arena), arena, &found, err) != TDM_OK)
        return TDM_FAILED;
    if (found.row_count > 0 && found.column_count != STATEMENT_COLUMNS)
        return tdm_fail(err, TDM_ERROR_BUG, TDM_NOWHERE, "the answer has other columns");
    return take_statements(rows, &found, arena, err);
}

// --- Digests ------------------------------------------------------------------------------------

tdm_status tdm_stored_digest(const tdm_text *statements, size_t count, tdm_arena *arena,
                             tdm_text *ret, tdm_error *err)
{
    tdm_buffer all = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    tdm_digest digest;
    char hex[33];
    *ret = (tdm_text){0};
    if (count == 0)
        return TDM_OK;
    for (size_t i = 0; i < count; i++) {
        tdm_buffer_putf(&all, "%zu:", statements[i].size);
        tdm_buffer_put(&all, statements[i]);
    }
    tdm_status status = tdm_buffer_check(&all, err);
    if (status == TDM_OK)
        status = tdm_digest_of(tdm_buffer_text(&all), &digest, err);
    tdm_buffer_free(&all);
    if (status != TDM_OK)
        return TDM_FAILED;
    tdm_digest_hex(digest, hex);
    *ret = tdm_arena_text(arena, tdm_text_of(hex));
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}
