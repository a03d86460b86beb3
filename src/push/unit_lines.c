// The lines of a unit that are the same over every transport.
#include "push/unit_writer.h"

#include "base/error.h"
#include "base/limits.h"
#include "plan/history_tables.h"
#include "push/trace.h"
#include "supabase/history.h"

#include <stdlib.h>

// --- One line as text ----------------------------------------------------------------------------

// A statement may end in a line comment, which would swallow a semicolon on the same line.
static bool ends_in_comment(tdm_text sql)
{
    size_t start = sql.size;
    while (start > 0 && sql.data[start - 1] != '\n')
        start--;
    return tdm_text_find(tdm_text_from(sql, start), TDM_TEXT("--")) != SIZE_MAX;
}

void tdm_send_put(tdm_buffer *out, const tdm_send *line)
{
    tdm_buffer_put(out, line->sql);
    if (line->kind == TDM_SEND_REQUEST)
        tdm_buffer_putc(out, '\n');
    else
        tdm_buffer_puts(out, ends_in_comment(line->sql) ? "\n;\n" : ";\n");
}

// --- Writing one line ----------------------------------------------------------------------------

void tdm_unit_send(tdm_unit_writer *w, tdm_send_kind kind, tdm_text sql)
{
    tdm_send line = {.kind = kind, .sql = sql};
    (void)tdm_vector_push(w->arena, &w->sends, line);
}

tdm_status tdm_unit_send_buffer(tdm_unit_writer *w, tdm_send_kind kind, tdm_buffer *sql)
{
    tdm_status status = tdm_buffer_check(sql, w->err);
    tdm_unit_send(w, kind, tdm_buffer_take(sql, w->arena));
    return status;
}

void tdm_unit_send_setting(tdm_unit_writer *w, const char *local, const char *name, uint32_t value)
{
    tdm_unit_send(w, TDM_SEND_SETTING,
                  tdm_arena_printf(w->arena, "SET %s%s = %u", local, name, (unsigned)value));
}

// --- Around the statements -----------------------------------------------------------------------

tdm_status tdm_unit_send_compare(tdm_unit_writer *w, tdm_send_kind kind)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_put_compare(&sql, &w->units->sides);
    return tdm_unit_send_buffer(w, kind, &sql);
}

static tdm_status lock_tables(tdm_unit_writer *w)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (w->units->sides.alembic) {
        tdm_buffer_puts(&sql, "LOCK TABLE ");
        tdm_put_alembic_table(&sql, w->units->sides.alembic);
        tdm_buffer_puts(&sql, " IN ACCESS EXCLUSIVE MODE");
        if (tdm_unit_send_buffer(w, TDM_SEND_TABLE_LOCK, &sql) != TDM_OK)
            return TDM_FAILED;
    }
    if (w->units->sides.supabase)
        tdm_unit_send(w, TDM_SEND_TABLE_LOCK,
                      TDM_TEXT("LOCK TABLE supabase_migrations.schema_migrations "
                               "IN SHARE ROW EXCLUSIVE MODE"));
    return TDM_OK;
}

static tdm_status create_tables(tdm_unit_writer *w)
{
    tdm_texts tables;
    if (tdm_history_tables(&w->units->plan->histories, &w->units->sides, w->arena, &tables,
                           w->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < tables.count; i++)
        tdm_unit_send(w, TDM_SEND_CREATE, tables.items[i]);
    return TDM_OK;
}

tdm_status tdm_unit_open_histories(tdm_unit_writer *w)
{
    tdm_unit_send_setting(w, "LOCAL ", "lock_timeout", w->units->times.lock_slice_ms);
    if (!w->units->created && create_tables(w) != TDM_OK)
        return TDM_FAILED;
    return lock_tables(w);
}

void tdm_unit_send_timeouts(tdm_unit_writer *w, const char *local)
{
    const tdm_push_times *times = &w->units->times;
    const tdm_plan_work *work = w->units->work;
    bool patient = w->unit.alone && work->review.items[w->unit.part->first].concurrent;
    tdm_unit_send_setting(w, local, "lock_timeout",
                          patient ? times->patience_ms : times->lock_timeout_ms);
    if (times->statement_timeout_ms > 0)
        tdm_unit_send_setting(w, local, "statement_timeout", times->statement_timeout_ms);
}

// From one migration to the next.
static tdm_status send_trace(tdm_unit_writer *w)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    bool several = w->units->plan->plan.pending > 1;
    if (!several || !w->units->sides.supabase || w->unit.part || w->unit.backward)
        return TDM_OK;
    tdm_put_trace(&sql, &w->units->sides);
    return tdm_unit_send_buffer(w, TDM_SEND_TRACE, &sql);
}

tdm_status tdm_unit_open_transaction(tdm_unit_writer *w)
{
    tdm_unit_send(w, TDM_SEND_BEGIN, TDM_TEXT("BEGIN ISOLATION LEVEL READ COMMITTED"));
    tdm_unit_send(w, TDM_SEND_PUSH_LOCK,
                  TDM_TEXT("SELECT pg_catalog.pg_try_advisory_xact_lock(" TDM_PUSH_LOCK_KEY ")"));
    if (tdm_unit_open_histories(w) != TDM_OK || send_trace(w) != TDM_OK)
        return TDM_FAILED;
    return tdm_unit_send_compare(w, TDM_SEND_COMPARE);
}

tdm_status tdm_unit_commit(tdm_unit_writer *w)
{
    bool last = w->unit.ends_step && w->unit.step_index + 1 == w->units->plan->plan.pending;
    tdm_unit_send(w, TDM_SEND_COMMIT, TDM_TEXT("COMMIT"));
    return last ? tdm_unit_send_compare(w, TDM_SEND_VERIFY) : TDM_OK;
}

// What we are beside what we logged in as does not come back by itself.
void tdm_unit_reset_all(tdm_unit_writer *w)
{
    const tdm_db_identity *identity = &w->units->plan->identity;
    tdm_unit_send(w, TDM_SEND_SETTING, TDM_TEXT("RESET ALL"));
    for (size_t i = 0; i < identity->setting_count; i++)
        tdm_unit_send(w, TDM_SEND_SETTING, identity->settings[i]);
}

void tdm_unit_prepare(tdm_unit_writer *w, const char *local)
{
    tdm_unit_reset_all(w);
    tdm_unit_send_timeouts(w, local);
}

void tdm_unit_restore(tdm_unit_writer *w)
{
    const tdm_db_identity *identity = &w->units->plan->identity;
    tdm_unit_send(w, TDM_SEND_SETTING, TDM_TEXT("RESET SESSION AUTHORIZATION"));
    tdm_unit_send(w, TDM_SEND_SETTING,
                  identity->become.size ? identity->become : TDM_TEXT("RESET ROLE"));
    tdm_unit_send(w, TDM_SEND_SETTING, TDM_TEXT("RESET search_path"));
}

void tdm_unit_send_statements(tdm_unit_writer *w)
{
    tdm_unit_guard(w);
    for (size_t i = 0; i < w->statements.count; i++) {
        const tdm_statement *statement = &w->statements.items[i];
        tdm_send line = {.kind = TDM_SEND_STATEMENT,
                         .sql = statement->sql,
                         .place = statement->place,
                         .exact = statement->exact};
        (void)tdm_vector_push(w->arena, &w->sends, line);
    }
}

// --- Recording -----------------------------------------------------------------------------------

static int by_bytes(const void *a, const void *b)
{
    return tdm_text_compare(*(const tdm_text *)a, *(const tdm_text *)b);
}

// The versions stay sorted; `version` is a view of the folder and outlives the unit.
void tdm_units_add_version(tdm_push_units *units, tdm_text version)
{
    if (!tdm_vector_push(units->arena, &units->versions, version))
        return;
    tdm_text *items = units->versions.items;
    size_t at = units->versions.count - 1;
    while (at > 0 && tdm_text_compare(items[at - 1], version) > 0) {
        items[at] = items[at - 1];
        at--;
    }
    items[at] = version;
}

static tdm_status record_migration(tdm_unit_writer *w, size_t index, const tdm_row_list *changes)
{
    const tdm_migration *migration =
        tdm_project_folder_migration(w->units->plan->project, w->unit.item->migrations[index]);
    tdm_history_row row = {.version = migration->version, .name = migration->name};
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (tdm_stored_statements(w->arena, migration->source, &row.statements, w->err) != TDM_OK ||
        tdm_unit_rollback(w, index, changes, &row.rollback) != TDM_OK)
        return TDM_FAILED;
    tdm_history_insert(&sql, &row);
    (void)tdm_vector_push(w->arena, &w->recorded, migration->version);
    tdm_units_add_version(w->units, migration->version);
    return tdm_unit_send_buffer(w, TDM_SEND_RECORD, &sql);
}

tdm_status tdm_unit_step_heads(tdm_unit_writer *w, size_t index, tdm_direction direction,
                               tdm_row_list *ret)
{
    const tdm_revision *found =
        tdm_project_chain_revision(w->units->plan->project, w->unit.item->revisions[index]);
    const tdm_chain *chain = w->units->heads.chain;
    tdm_step step = {.direction = direction, .revision = chain->revisions.items[found->index]};
    tdm_row_changes changes;
    if (tdm_heads_step(&w->units->heads, &step, &changes, w->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < changes.count; i++)
        if (!tdm_vector_push(w->arena, ret, changes.items[i]))
            return tdm_fail_memory(w->err);
    w->stepped.items[w->stepped.count++] = step.revision;
    return TDM_OK;
}

tdm_status tdm_unit_send_rows(tdm_unit_writer *w, const tdm_row_list *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
        tdm_row_change_put(&sql, w->units->sides.alembic, &changes->items[i]);
        if (tdm_unit_send_buffer(w, TDM_SEND_RECORD, &sql) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

static tdm_status record_all(tdm_unit_writer *w)
{
    const tdm_plan_item *item = w->unit.item;
    const tdm_pair_info *pair = &w->unit.step->pair;
    tdm_row_list changes = {0};
    size_t first;
    size_t end;
    if (w->unit.backward)
        return tdm_unit_forget(w);
    tdm_plan_part part = {w->unit.step, item, w->units->part};
    tdm_plan_part_range(&part, &first, &end);
    w->stepped.items = tdm_arena_array(w->arena, pair->revision_count, sizeof(tdm_revision *));
    if (!w->stepped.items)
        return tdm_fail_memory(w->err);
    for (size_t i = 0; w->unit.ends_step && i < pair->revision_count; i++)
        if (!item->revision_applied[i] &&
            tdm_unit_step_heads(w, i, TDM_UPGRADE, &changes) != TDM_OK)
            return TDM_FAILED;
    for (size_t i = first; i < end; i++)
        if (!item->migration_applied[i] && record_migration(w, i, &changes) != TDM_OK)
            return TDM_FAILED;
    return tdm_unit_send_rows(w, &changes);
}

tdm_status tdm_unit_record(tdm_unit_writer *w)
{
    if (tdm_unit_hold_journal(w) != TDM_OK || record_all(w) != TDM_OK)
        return TDM_FAILED;
    return tdm_unit_close_journal(w);
}

tdm_status tdm_units_state(tdm_push_units *units, tdm_arena *arena, tdm_history_state *ret,
                           tdm_error *err)
{
    tdm_revision_list list = {0};
    TDM_VECTOR(tdm_text) ids = {0};
    if (units->sides.alembic &&
        tdm_set_list(arena, units->heads.chain, &units->heads.active, &list, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < list.count; i++)
        (void)tdm_vector_push(arena, &ids, list.items[i]->id);
    if (ids.count > 1)
        qsort(ids.items, ids.count, sizeof *ids.items, by_bytes);
    tdm_history_keys heads = {ids.items, ids.count};
    tdm_history_keys versions = {units->versions.items,
                                 units->sides.supabase ? units->versions.count : 0};
    return tdm_history_state_of(arena, &heads, &versions, ret, err);
}
