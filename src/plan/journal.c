#include "plan/journal.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "plan/journal_proof.h"

#include <string.h>

enum {
    COLUMN_MIGRATION,
    COLUMN_POSITION,
    COLUMN_COUNT,
    COLUMN_DIGEST,
    COLUMN_STATE,
    COLUMN_ATTEMPT,
    COLUMN_COMMAND,
    COLUMN_OBJECT,
    COLUMN_SQLSTATE,
    COLUMN_REST,
    COLUMN_STARTED,
    COLUMN_UNHELD,
    COLUMN_LOST,
    COLUMN_END,
};

static const char *const names[] = {
    [TDM_JOURNAL_DONE] = "done",
    [TDM_JOURNAL_RUNNING] = "running",
    [TDM_JOURNAL_FAILED] = "failed",
};

const char *tdm_journal_state_name(tdm_journal_state state)
{
    return names[state];
}

static bool read_state(tdm_text text, tdm_journal_state *ret)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (tdm_text_is(text, names[i])) {
            *ret = (tdm_journal_state)i;
            return true;
        }
    return false;
}

static bool read_number(tdm_text text, size_t *ret)
{
    uint64_t number;
    if (!tdm_text_to_u64(text, &number) || number == 0 || number > INT32_MAX)
        return false;
    *ret = (size_t)number;
    return true;
}

static bool read_row(const tdm_db_result *rows, size_t index, tdm_journal_row *ret)
{
    const tdm_db_value *values = tdm_db_at(rows, index, 0);
    *ret = (tdm_journal_row){
        .migration = values[COLUMN_MIGRATION].text,
        .digest = values[COLUMN_DIGEST].text,
        .command = values[COLUMN_COMMAND].text,
        .object = values[COLUMN_OBJECT].text,
        .sqlstate = values[COLUMN_SQLSTATE].text,
        .rest = values[COLUMN_REST].text,
        .started = values[COLUMN_STARTED].text,
        .unheld = tdm_text_is(values[COLUMN_UNHELD].text, "t"),
        .lost = values[COLUMN_LOST].text,
    };
    return read_number(values[COLUMN_POSITION].text, &ret->position) &&
           read_number(values[COLUMN_COUNT].text, &ret->count) &&
           read_number(values[COLUMN_ATTEMPT].text, &ret->attempt) &&
           read_state(values[COLUMN_STATE].text, &ret->state);
}

static void put_query(tdm_buffer *sql, const tdm_version_table *alembic)
{
    tdm_buffer_puts(sql,
                    "SELECT j.migration, j.position, j.statements, j.digest, j.state, j.attempt, "
                    "j.command, j.object, j.sqlstate, j.rest, "
                    "pg_catalog.to_char(j.started_at, 'YYYY-MM-DD HH24:MI') AS started, "
                    "j.histories IS NOT NULL AND j.histories IS DISTINCT FROM ");
    tdm_put_proof_histories(sql, alembic);
    tdm_buffer_puts(sql, " AS unheld, CASE j.state WHEN 'done' THEN ");
    tdm_put_proof_lost(sql);
    tdm_buffer_puts(sql, " END AS lost FROM tandem.journal j WHERE j.state <> 'recorded' "
                         "ORDER BY j.migration COLLATE pg_catalog.\"C\", j.position");
}

tdm_status tdm_journal_read(tdm_session *session, const tdm_version_table *alembic,
                            tdm_arena *arena, tdm_journal *ret, tdm_error *err)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_db_result rows;
    put_query(&sql, alembic);
    if (tdm_buffer_check(&sql, err) != TDM_OK ||
        tdm_session_query(session, tdm_buffer_take(&sql, arena), arena, &rows, err) != TDM_OK)
        return TDM_FAILED;
    tdm_journal_row *items = tdm_arena_array(arena, rows.row_count, sizeof *items);
    if (!items)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < rows.row_count; i++)
        if (rows.column_count != COLUMN_END || !read_row(&rows, i, &items[i]))
            return tdm_fail(err, TDM_ERROR_HISTORY, TDM_NOWHERE,
                            "tandem.journal in %.*s holds a row that tandem did not write",
                            TDM_TEXT_ARG(session->target));
    *ret = (tdm_journal){.exists = true, .rows = items, .row_count = rows.row_count};
    return TDM_OK;
}
