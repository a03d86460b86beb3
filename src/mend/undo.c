// Taking a repair back, from what tandem.repair holds.
#include "mend/repair_sql.h"

#include "base/error.h"
#include "base/limits.h"
#include "sql/quote.h"

static tdm_status find_repair(tdm_session *session, const char *id, tdm_arena *arena, tdm_text *ret,
                              tdm_error *err)
{
    tdm_db_result found;
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    bool made;
    if (tdm_mend_has_journal(session, arena, &made, err) != TDM_OK)
        return TDM_FAILED;
    if (!made) {
        tdm_fail(err, TDM_ERROR_HISTORY, TDM_NOWHERE, "no repair was made in %.*s",
                 TDM_TEXT_ARG(session->target));
        return tdm_hint(err, "Nothing was done. Is it the right target?");
    }
    tdm_buffer_puts(&sql, "SELECT id FROM " TDM_REPAIR_TABLE " WHERE undone_at IS NULL");
    if (id) {
        tdm_buffer_puts(&sql, " AND id = ");
        tdm_sql_put_literal(&sql, tdm_text_of(id));
    }
    tdm_buffer_puts(&sql, " ORDER BY done_at DESC, pg_catalog.split_part(id, '-', 1)"
                          "::pg_catalog.int8 DESC LIMIT 1");
    if (tdm_buffer_check(&sql, err) != TDM_OK ||
        tdm_session_query(session, tdm_buffer_take(&sql, arena), arena, &found, err) != TDM_OK)
        return TDM_FAILED;
    if (found.row_count == 0) {
        tdm_fail(err, TDM_ERROR_HISTORY, TDM_NOWHERE,
                 "no repair%s%s%s in %.*s is left to take back", id ? " '" : "", id ? id : "",
                 id ? "'" : "", TDM_TEXT_ARG(session->target));
        return tdm_hint(err, "Nothing was done. The table " TDM_REPAIR_TABLE " has them all.");
    }
    *ret = tdm_db_at(&found, 0, 0)->text;
    return TDM_OK;
}

static tdm_status read_repair(tdm_session *session, tdm_text id, tdm_arena *arena,
                              tdm_repair_row **ret, size_t *ret_count, tdm_error *err)
{
    tdm_db_result found;
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer_puts(&sql, "SELECT relation, before, after FROM " TDM_REPAIR_TABLE " WHERE id = ");
    tdm_sql_put_literal(&sql, id);
    tdm_buffer_puts(&sql, " ORDER BY step DESC");
    if (tdm_buffer_check(&sql, err) != TDM_OK ||
        tdm_session_query(session, tdm_buffer_take(&sql, arena), arena, &found, err) != TDM_OK)
        return TDM_FAILED;
    *ret = tdm_arena_array(arena, found.row_count, sizeof **ret);
    *ret_count = found.row_count;
    if (!*ret)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < found.row_count; i++)
        (*ret)[i] = (tdm_repair_row){.relation = tdm_db_at(&found, i, 0)->text,
                                     .before = tdm_db_at(&found, i, 1)->text,
                                     .after = tdm_db_at(&found, i, 2)->text};
    return TDM_OK;
}

tdm_status tdm_repair_undo(tdm_project *project, tdm_session *session, const char *id,
                           tdm_repair_result *ret, tdm_error *err)
{
    tdm_arena *arena = tdm_project_arena(project);
    tdm_version_table table;
    tdm_histories histories;
    tdm_repair_row *rows;
    size_t count;
    tdm_text found;
    tdm_text sql;
    *ret = (tdm_repair_result){0};
    if (find_repair(session, id, arena, &found, err) != TDM_OK ||
        read_repair(session, found, arena, &rows, &count, err) != TDM_OK ||
        tdm_project_version_table(project, &table, err) != TDM_OK ||
        tdm_histories_read(session, &table, arena, &histories, err) != TDM_OK)
        return TDM_FAILED;
    tdm_history_sides sides = {.alembic = histories.has_alembic ? &histories.table : NULL,
                               .supabase = histories.has_supabase_table};
    if (tdm_undo_write(&sides, found, rows, count, arena, &sql, err) != TDM_OK ||
        tdm_mend_run(session, sql, arena, err) != TDM_OK)
        return TDM_FAILED;
    *ret = (tdm_repair_result){.id = found, .edits = count};
    return TDM_OK;
}
