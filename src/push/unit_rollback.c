// The column `rollback` of schema_migrations, which Supabase's platform adds to the table and runs
// when it is told to roll a project back. tandem fills it with the derived inverse of the migration
// and the step back in alembic_version, so that both histories are true then as well.
//
// What is there is run by others, unseen. So it is filled only when the replay proves that it
// brings back the schema as it was, and when no row that the migration wrote would stay.
#include "push/unit_writer.h"

#include "base/error.h"
#include "base/limits.h"
#include "compare/compare.h"
#include "inverse/inverse.h"
#include "plan/expected.h"

static tdm_status open_catalog(tdm_push_units *units, tdm_error *err)
{
    tdm_expected expected;
    if (units->catalog)
        return TDM_OK;
    if (tdm_expected_of_plan(units->plan, units->arena, &expected, err) != TDM_OK)
        return TDM_FAILED;
    units->catalog = expected.catalog;
    return TDM_OK;
}

// Whether the schema after the way back is the one before the migration.
static tdm_status prove(const tdm_push_units *units, const tdm_catalog *before,
                        const tdm_inverse_sql *inverse, tdm_arena *scratch, bool *ret,
                        tdm_error *err)
{
    tdm_catalog *after;
    tdm_differences differences = {0};
    tdm_comparison verdict;
    tdm_statement *items =
        tdm_arena_array(scratch, inverse->statements.count, sizeof(tdm_statement));
    if (!items)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < inverse->statements.count; i++)
        items[i].sql = inverse->statements.items[i];
    const tdm_statements statements = {items, inverse->statements.count};
    if (tdm_catalog_clone(units->catalog, scratch, &after, err) != TDM_OK ||
        tdm_expected_replay(after, &statements, true, err) != TDM_OK ||
        tdm_catalog_compare(before, after, scratch, &differences, &verdict, err) != TDM_OK)
        return TDM_FAILED;
    *ret = differences.count == 0;
    return TDM_OK;
}

static tdm_row_change turned(const tdm_row_change *change)
{
    switch (change->kind) {
    case TDM_ROW_INSERT:
        return (tdm_row_change){.kind = TDM_ROW_DELETE, .from = change->to};
    case TDM_ROW_UPDATE:
        return (tdm_row_change){.kind = TDM_ROW_UPDATE, .from = change->to, .to = change->from};
    case TDM_ROW_DELETE:
        return (tdm_row_change){.kind = TDM_ROW_INSERT, .to = change->from};
    }
    return *change;
}

static void put_line(tdm_buffer *text, tdm_text sql)
{
    const tdm_send line = {.kind = TDM_SEND_STATEMENT, .sql = sql};
    tdm_send_put(text, &line);
}

static tdm_status write(const tdm_unit_writer *w, const tdm_inverse_sql *inverse,
                        const tdm_row_list *changes, tdm_text *ret)
{
    tdm_buffer text = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    for (size_t i = 0; i < inverse->statements.count; i++)
        put_line(&text, inverse->statements.items[i]);
    for (size_t i = changes->count; i-- > 0;) {
        tdm_row_change back = turned(&changes->items[i]);
        tdm_row_change_put(&text, w->units->sides.alembic, &back);
        tdm_buffer_puts(&text, ";\n");
    }
    tdm_status status = tdm_buffer_check(&text, w->err);
    *ret = tdm_text_trim(tdm_buffer_take(&text, w->arena));
    return status;
}

// The catalog goes on over the migration whether or not anything undoes it.
static tdm_status derive(tdm_unit_writer *w, const tdm_statements *statements, tdm_arena *scratch,
                         const tdm_row_list *changes, tdm_text *ret)
{
    tdm_push_units *units = w->units;
    tdm_catalog *before;
    tdm_inverse_sql inverse;
    bool proven = false;
    if (tdm_catalog_clone(units->catalog, scratch, &before, w->err) != TDM_OK ||
        tdm_inverse_of_migration(units->arena, units->catalog, statements, &inverse, w->err) !=
            TDM_OK)
        return TDM_FAILED;
    if (!inverse.whole || inverse.keeps_rows || w->unit.item->run_revision)
        return TDM_OK;
    if (prove(units, before, &inverse, scratch, &proven, w->err) != TDM_OK)
        return TDM_FAILED;
    return proven ? write(w, &inverse, changes, ret) : TDM_OK;
}

tdm_status tdm_unit_rollback(tdm_unit_writer *w, size_t migration, const tdm_row_list *changes,
                             tdm_text *ret)
{
    tdm_push_units *units = w->units;
    const tdm_statements *statements;
    if (!units->plan->histories.has_rollback || w->unit.step->action != TDM_ACTION_APPLY)
        return TDM_OK;
    if (open_catalog(units, w->err) != TDM_OK ||
        tdm_project_migration_statements(units->plan->project, w->unit.item->migrations[migration],
                                         &statements, w->err) != TDM_OK)
        return TDM_FAILED;
    tdm_arena *scratch = tdm_arena_new(0);
    if (!scratch)
        return tdm_fail_memory(w->err);
    tdm_status status = derive(w, statements, scratch, changes, ret);
    tdm_arena_free(scratch);
    return status;
}
