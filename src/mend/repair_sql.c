#include "mend/repair_sql.h"

#include "base/error.h"
#include "base/limits.h"
#include "plan/history_tables.h"
#include "plan/journal_sql.h"
#include "sql/quote.h"
#include "supabase/history.h"

typedef struct writer {
    const tdm_repair_job *job;
    tdm_arena *arena;
    tdm_buffer sql;
    tdm_error *err;
} writer;

static const char schema_migrations[] = "supabase_migrations.schema_migrations";

static tdm_text relation_of(const writer *w, const tdm_row_edit *edit)
{
    tdm_buffer name = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (!edit->in_alembic)
        return tdm_text_of(schema_migrations);
    tdm_put_alembic_table(&name, &w->job->plan->histories.table);
    return tdm_buffer_take(&name, w->arena);
}

static const char *key_of(const tdm_row_edit *edit)
{
    return edit->in_alembic ? "version_num" : "version";
}

static void line(writer *w, const char *sql)
{
    tdm_buffer_puts(&w->sql, sql);
    tdm_buffer_puts(&w->sql, ";\n");
}

// --- Around it ----------------------------------------------------------------------------------

static void open_transaction(tdm_buffer *sql, const tdm_history_sides *sides,
                             const tdm_texts *tables)
{
    tdm_put_request_lock(sql);
    tdm_buffer_puts(sql, ";\nSET LOCAL lock_timeout = 4000;\n");
    for (size_t i = 0; i < tables->count; i++)
        tdm_buffer_putf(sql, "%.*s;\n", TDM_TEXT_ARG(tables->items[i]));
    if (sides->alembic) {
        tdm_buffer_puts(sql, "LOCK TABLE ");
        tdm_put_alembic_table(sql, sides->alembic);
        tdm_buffer_puts(sql, " IN ACCESS EXCLUSIVE MODE;\n");
    }
    if (sides->supabase)
        tdm_buffer_putf(sql, "LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE;\n", schema_migrations);
}

// Nobody but the owner may read it: the rows hold the text of migrations.
static void make_journal(writer *w)
{
    line(w, "CREATE SCHEMA IF NOT EXISTS tandem");
    line(w, "CREATE TABLE IF NOT EXISTS " TDM_REPAIR_TABLE " (\n"
            "    id text NOT NULL,\n"
            "    step integer NOT NULL,\n"
            "    relation text NOT NULL,\n"
            "    before text,\n"
            "    after text,\n"
            "    done_at timestamptz NOT NULL DEFAULT pg_catalog.now(),\n"
            "    done_by text NOT NULL DEFAULT current_user,\n"
            "    undone_at timestamptz,\n"
            "    PRIMARY KEY (id, step)\n"
            ")");
}

static void close_transaction(tdm_buffer *sql, const tdm_history_sides *sides)
{
    tdm_put_request_proof(sql);
    tdm_buffer_puts(sql, ";\n");
    tdm_put_compare(sql, sides);
}

// --- One edit -----------------------------------------------------------------------------------

// The place of one row with this key: a table without primary key may have it twice.
static void put_one(writer *w, const tdm_row_edit *edit)
{
    tdm_text relation = relation_of(w, edit);
    tdm_buffer_putf(&w->sql,
                    " WHERE ctid = (SELECT ctid FROM %.*s WHERE %s = ", TDM_TEXT_ARG(relation),
                    key_of(edit));
    tdm_sql_put_literal(&w->sql, edit->row);
    tdm_buffer_puts(&w->sql, " LIMIT 1)");
}

static void put_row_text(writer *w, const tdm_row_edit *edit, tdm_text key)
{
    tdm_text relation = relation_of(w, edit);
    if (key.size == 0) {
        tdm_buffer_puts(&w->sql, "NULL");
        return;
    }
    tdm_buffer_putf(&w->sql, "(SELECT m::pg_catalog.text FROM %.*s AS m WHERE m.%s = ",
                    TDM_TEXT_ARG(relation), key_of(edit));
    tdm_sql_put_literal(&w->sql, key);
    tdm_buffer_puts(&w->sql, " LIMIT 1)");
}

static void note_before(writer *w, const tdm_row_edit *edit, size_t step)
{
    tdm_buffer_puts(&w->sql, "INSERT INTO " TDM_REPAIR_TABLE " (id, step, relation, before) "
                             "VALUES (");
    tdm_sql_put_literal(&w->sql, w->job->id);
    tdm_buffer_putf(&w->sql, ", %zu, ", step + 1);
    tdm_sql_put_literal(&w->sql, relation_of(w, edit));
    tdm_buffer_puts(&w->sql, ", ");
    put_row_text(w, edit, edit->row);
    tdm_buffer_puts(&w->sql, ");\n");
}

static void note_after(writer *w, const tdm_row_edit *edit, size_t step)
{
    tdm_buffer_puts(&w->sql, "UPDATE " TDM_REPAIR_TABLE " SET after = ");
    put_row_text(w, edit, edit->becomes);
    tdm_buffer_puts(&w->sql, " WHERE id = ");
    tdm_sql_put_literal(&w->sql, w->job->id);
    tdm_buffer_putf(&w->sql, " AND step = %zu;\n", step + 1);
}

static tdm_status record(writer *w, const tdm_row_edit *edit)
{
    tdm_text relation = relation_of(w, edit);
    if (edit->in_alembic) {
        tdm_buffer_putf(&w->sql, "INSERT INTO %.*s (version_num) VALUES (", TDM_TEXT_ARG(relation));
        tdm_sql_put_literal(&w->sql, edit->becomes);
        tdm_buffer_puts(&w->sql, ")");
        return TDM_OK;
    }
    const tdm_migration *file = tdm_folder_find(tdm_project_folder(w->job->project), edit->becomes);
    if (!file)
        return tdm_fail(w->err, TDM_ERROR_BUG, TDM_NOWHERE, "version %.*s has no file",
                        TDM_TEXT_ARG(edit->becomes));
    tdm_history_row row = {.version = file->version, .name = file->name};
    if (tdm_stored_statements(w->arena, file->source, &row.statements, w->err) != TDM_OK)
        return TDM_FAILED;
    tdm_history_insert(&w->sql, &row);
    return TDM_OK;
}

static tdm_status put_edit(writer *w, const tdm_row_edit *edit)
{
    tdm_text relation = relation_of(w, edit);
    switch (edit->kind) {
    case TDM_EDIT_RECORD:
        if (record(w, edit) != TDM_OK)
            return TDM_FAILED;
        break;
    case TDM_EDIT_RENAME:
        tdm_buffer_putf(&w->sql, "UPDATE %.*s SET %s = ", TDM_TEXT_ARG(relation), key_of(edit));
        tdm_sql_put_literal(&w->sql, edit->becomes);
        put_one(w, edit);
        break;
    case TDM_EDIT_FORGET:
        tdm_buffer_putf(&w->sql, "DELETE FROM %.*s", TDM_TEXT_ARG(relation));
        put_one(w, edit);
        break;
    }
    tdm_buffer_puts(&w->sql, ";\n");
    return TDM_OK;
}

// What tandem.journal knows of a migration that is recorded or taken back here is not gone on with;
// what it knows of others is as good as before.
static void close_journal(writer *w)
{
    for (size_t i = 0; i < w->job->edit_count; i++) {
        const tdm_row_edit *edit = &w->job->edits[i];
        if (edit->row.size) {
            tdm_put_journal_close(&w->sql, edit->row, w->job->sides.supabase);
            tdm_buffer_puts(&w->sql, ";\n");
        }
        if (edit->becomes.size) {
            tdm_put_journal_close(&w->sql, edit->becomes, w->job->sides.supabase);
            tdm_buffer_puts(&w->sql, ";\n");
        }
    }
    if (w->job->sides.alembic) {
        tdm_put_journal_carry(&w->sql, w->job->sides.alembic);
        tdm_buffer_puts(&w->sql, ";\n");
    }
}

static tdm_status put_edits(writer *w)
{
    bool journal = w->job->plan->histories.journal.row_count > 0;
    if (journal && w->job->sides.alembic) {
        tdm_put_journal_hold(&w->sql, w->job->sides.alembic);
        tdm_buffer_puts(&w->sql, ";\n");
    }
    for (size_t i = 0; i < w->job->edit_count; i++) {
        const tdm_row_edit *edit = &w->job->edits[i];
        note_before(w, edit, i);
        if (put_edit(w, edit) != TDM_OK)
            return TDM_FAILED;
        note_after(w, edit, i);
    }
    if (journal)
        close_journal(w);
    return TDM_OK;
}

static tdm_status finish(writer *w, tdm_text *ret)
{
    tdm_status status = tdm_buffer_check(&w->sql, w->err);
    *ret = tdm_buffer_take(&w->sql, w->arena);
    return status;
}

tdm_status tdm_repair_write(const tdm_repair_job *job, tdm_arena *arena, tdm_text *ret,
                            tdm_error *err)
{
    writer w = {.job = job, .arena = arena, .sql = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT), .err = err};
    tdm_texts tables;
    if (tdm_history_tables(&job->plan->histories, &job->sides, arena, &tables, err) != TDM_OK)
        return TDM_FAILED;
    open_transaction(&w.sql, &job->sides, &tables);
    tdm_put_request_check(&w.sql, &job->sides, &job->state_before, TDM_REQUEST_CHANGED);
    tdm_buffer_puts(&w.sql, ";\n");
    make_journal(&w);
    tdm_status status = put_edits(&w);
    if (status == TDM_OK) {
        tdm_put_request_check(&w.sql, &job->sides, &job->state_after, TDM_REQUEST_WRONG);
        tdm_buffer_puts(&w.sql, ";\n");
        close_transaction(&w.sql, &job->sides);
        return finish(&w, ret);
    }
    tdm_buffer_free(&w.sql);
    return TDM_FAILED;
}

// --- The file -----------------------------------------------------------------------------------

static void put_file_edit(writer *w, const tdm_row_edit *edit, tdm_text before)
{
    tdm_text relation = relation_of(w, edit);
    if (edit->becomes.size) {
        tdm_buffer_putf(&w->sql, "DELETE FROM %.*s WHERE %s = ", TDM_TEXT_ARG(relation),
                        key_of(edit));
        tdm_sql_put_literal(&w->sql, edit->becomes);
        tdm_buffer_puts(&w->sql, ";\n");
    }
    if (before.size) {
        tdm_buffer_putf(&w->sql, "INSERT INTO %.*s SELECT (", TDM_TEXT_ARG(relation));
        tdm_sql_put_literal(&w->sql, before);
        tdm_buffer_putf(&w->sql, "::%.*s).*;\n", TDM_TEXT_ARG(relation));
    }
}

tdm_status tdm_repair_write_file(const tdm_repair_job *job, tdm_arena *arena, tdm_text *ret,
                                 tdm_error *err)
{
    writer w = {.job = job, .arena = arena, .sql = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT), .err = err};
    tdm_buffer_putf(&w.sql,
                    "-- What repair %.*s changed in %.*s, and how it is put back:\n"
                    "-- `tandem repair --undo %.*s`, or this file by psql.\n"
                    "BEGIN;\n",
                    TDM_TEXT_ARG(job->id), TDM_TEXT_ARG(job->plan->plan.target),
                    TDM_TEXT_ARG(job->id));
    for (size_t i = job->edit_count; i > 0; i--)
        put_file_edit(&w, &job->edits[i - 1], job->before[i - 1]);
    tdm_buffer_puts(&w.sql,
                    "UPDATE " TDM_REPAIR_TABLE " SET undone_at = pg_catalog.now() WHERE id = ");
    tdm_sql_put_literal(&w.sql, job->id);
    tdm_buffer_puts(&w.sql, ";\nCOMMIT;\n");
    return finish(&w, ret);
}

// --- Taking it back -----------------------------------------------------------------------------

static void put_back(tdm_buffer *sql, const tdm_repair_row *row, tdm_arena *arena)
{
    tdm_buffer body = TDM_BUFFER_INIT(sql->maximum);
    tdm_buffer_puts(&body, "\nBEGIN\n");
    if (row->after.size) {
        tdm_buffer_putf(&body,
                        "    DELETE FROM %.*s WHERE ctid = (SELECT m.ctid FROM %.*s AS m WHERE "
                        "m::pg_catalog.text = ",
                        TDM_TEXT_ARG(row->relation), TDM_TEXT_ARG(row->relation));
        tdm_sql_put_literal(&body, row->after);
        tdm_buffer_puts(&body, " LIMIT 1);\n"
                               "    IF NOT FOUND THEN\n"
                               "        RAISE EXCEPTION 'a row has changed since the repair' "
                               "USING ERRCODE = '" TDM_REPAIR_MOVED "';\n"
                               "    END IF;\n");
    }
    if (row->before.size) {
        tdm_buffer_putf(&body, "    INSERT INTO %.*s SELECT (", TDM_TEXT_ARG(row->relation));
        tdm_sql_put_literal(&body, row->before);
        tdm_buffer_putf(&body, "::%.*s).*;\n", TDM_TEXT_ARG(row->relation));
    }
    tdm_buffer_puts(&body, "END\n");
    tdm_buffer_puts(sql, "DO ");
    tdm_sql_put_dollar(sql, tdm_buffer_take(&body, arena), "tandem");
    tdm_buffer_puts(sql, ";\n");
}

tdm_status tdm_undo_write(const tdm_history_sides *sides, tdm_text id, const tdm_repair_row *rows,
                          size_t count, tdm_arena *arena, tdm_text *ret, tdm_error *err)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    open_transaction(&sql, sides, &(tdm_texts){0});
    for (size_t i = 0; i < count; i++)
        put_back(&sql, &rows[i], arena);
    tdm_buffer_puts(&sql,
                    "UPDATE " TDM_REPAIR_TABLE " SET undone_at = pg_catalog.now() WHERE id = ");
    tdm_sql_put_literal(&sql, id);
    tdm_buffer_puts(&sql, ";\n");
    close_transaction(&sql, sides);
    tdm_status status = tdm_buffer_check(&sql, err);
    *ret = tdm_buffer_take(&sql, arena);
    return status;
}
