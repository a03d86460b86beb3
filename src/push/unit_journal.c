// The lines that keep the journal, the same over every transport.
#include "push/unit_writer.h"

#include "base/error.h"
#include "base/limits.h"
#include "plan/journal_sql.h"
#include "push/request_sql.h"
#include "sql/quote.h"

static const tdm_part *part_of(const tdm_unit_writer *w)
{
    return w->unit.part;
}

static const tdm_journal_row *stopped_at(const tdm_unit_writer *w)
{
    return w->unit.begins ? w->units->work->parts.stopped : NULL;
}

static tdm_status send_check(tdm_unit_writer *w)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    tdm_put_journal_check(&sql, w->unit.key,
                          tdm_journal_text(w->arena, w->units->rows.items, w->units->rows.count),
                          w->units->sides.alembic, TDM_REQUEST_CHANGED);
    return tdm_unit_send_buffer(w, TDM_SEND_CHECK, &sql);
}

// The row that the broken run stopped at gives way to that of the part that stands there now.
static tdm_status forget_stopped(tdm_unit_writer *w)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (!stopped_at(w))
        return TDM_OK;
    w->units->rows.count--;
    tdm_put_journal_forget(&sql, w->unit.key, stopped_at(w)->position);
    return tdm_unit_send_buffer(w, TDM_SEND_JOURNAL, &sql);
}

tdm_status tdm_unit_open_journal(tdm_unit_writer *w)
{
    tdm_buffer sweep = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    for (size_t i = 0; i < tdm_journal_ddl_count && !w->units->has_journal; i++)
        tdm_unit_send(w, TDM_SEND_CREATE, tdm_text_of(tdm_journal_ddl[i]));
    if (w->units->has_journal && w->unit.begins && w->units->rows.count == 0) {
        tdm_put_journal_sweep(&sweep, w->unit.key);
        if (tdm_unit_send_buffer(w, TDM_SEND_SETTING, &sweep) != TDM_OK)
            return TDM_FAILED;
    }
    w->units->has_journal = true;
    return send_check(w) == TDM_OK ? forget_stopped(w) : TDM_FAILED;
}

void tdm_unit_repeat_settings(tdm_unit_writer *w, bool identity)
{
    const tdm_push_units *units = w->units;
    for (size_t i = 0; i < part_of(w)->first; i++) {
        const tdm_judged *judged = &units->work->review.items[i];
        if (judged->is_setting && (identity || !judged->is_identity))
            tdm_unit_send(w, TDM_SEND_SETTING, units->work->statements.items[i].sql);
    }
}

tdm_status tdm_unit_journal_part(tdm_unit_writer *w, tdm_journal_state state)
{
    tdm_push_units *units = w->units;
    const tdm_journal_row *stopped = stopped_at(w);
    const tdm_effect_name *effect =
        part_of(w)->outside ? &units->work->review.items[part_of(w)->first].effect : NULL;
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_journal_row row = {.migration = w->unit.key,
                           .position = part_of(w)->first + 1,
                           .count = part_of(w)->count,
                           .digest = part_of(w)->digest,
                           .state = state,
                           .attempt = stopped ? stopped->attempt + 1 : 1};
    tdm_text session = units->form == TDM_PUSH_REQUESTS
                           ? tdm_sql_literal(w->arena, units->plan->tag)
                           : TDM_TEXT("'process ' || pg_catalog.pg_backend_pid()");
    if (units->rows.count > 0 && !effect) {
        tdm_buffer keep = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
        tdm_put_journal_keep(&keep, w->unit.key, row.position);
        if (tdm_unit_send_buffer(w, TDM_SEND_SETTING, &keep) != TDM_OK)
            return TDM_FAILED;
    }
    tdm_put_journal_insert(&sql, &row, effect, session, units->sides.alembic);
    w->unit.row = row;
    // What the next part is to find: a statement outside of transactions has succeeded by then.
    row.state = TDM_JOURNAL_DONE;
    if (!tdm_vector_push(units->arena, &units->rows, row))
        return tdm_fail_memory(w->err);
    return tdm_unit_send_buffer(w, TDM_SEND_JOURNAL, &sql);
}

tdm_status tdm_unit_journal_done(tdm_unit_writer *w)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_put_journal_done(&sql, w->unit.key, part_of(w)->first + 1);
    return tdm_unit_send_buffer(w, TDM_SEND_DONE, &sql);
}

// Whether migrations were under way when the plan was made: only their rows need to be carried
// over.
static bool others_are_open(const tdm_unit_writer *w)
{
    return w->units->plan->histories.journal.row_count > 0;
}

tdm_status tdm_unit_hold_journal(tdm_unit_writer *w)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (!others_are_open(w) || !w->units->sides.alembic)
        return TDM_OK;
    tdm_put_journal_hold(&sql, w->units->sides.alembic);
    return tdm_unit_send_buffer(w, TDM_SEND_SETTING, &sql);
}

tdm_status tdm_unit_close_journal(tdm_unit_writer *w)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer carry = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (!w->unit.part && !others_are_open(w))
        return TDM_OK;
    tdm_put_journal_close(&sql, w->unit.key, w->units->sides.supabase);
    if (tdm_unit_send_buffer(w, TDM_SEND_SETTING, &sql) != TDM_OK)
        return TDM_FAILED;
    if (!others_are_open(w) || !w->units->sides.alembic)
        return TDM_OK;
    tdm_put_journal_carry(&carry, w->units->sides.alembic);
    return tdm_unit_send_buffer(w, TDM_SEND_SETTING, &carry);
}

tdm_status tdm_unit_look(tdm_unit_writer *w)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (!stopped_at(w))
        return TDM_OK;
    tdm_put_journal_look(&sql, w->unit.key, stopped_at(w)->position);
    return tdm_unit_send_buffer(w, TDM_SEND_LOOK, &sql);
}
