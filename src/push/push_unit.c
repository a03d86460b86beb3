#include "push/unit_writer.h"

#include "base/error.h"

#include <string.h>

static tdm_status write_together(tdm_unit_writer *w)
{
    if (tdm_unit_open_transaction(w) != TDM_OK)
        return TDM_FAILED;
    if (w->statements.count > 0) {
        tdm_unit_prepare(w, "LOCAL ");
        tdm_unit_send_statements(w);
        tdm_unit_restore(w);
    }
    return tdm_unit_record(w) == TDM_OK ? tdm_unit_commit(w) : TDM_FAILED;
}

static tdm_text name_of(const tdm_unit_writer *w, size_t first)
{
    const tdm_pair_info *pair = &w->unit.step->pair;
    const char *file = first < pair->migration_count ? pair->migrations[first].place.file
                                                     : pair->revisions[0].place.file;
    return tdm_text_of(file);
}

static tdm_status enter_migration(tdm_push_units *units, tdm_error *err)
{
    units->work = &units->plan->items[units->step].works[units->part];
    units->rows.count = 0;
    for (size_t i = 0; i < units->work->parts.row_count; i++)
        if (!tdm_vector_push(units->arena, &units->rows, units->work->parts.rows[i]))
            return tdm_fail_memory(err);
    return TDM_OK;
}

static void describe_unit(tdm_unit_writer *w)
{
    const tdm_push_units *units = w->units;
    const tdm_parts *parts = &units->work->parts;
    const tdm_part *piece = &parts->items[units->piece];
    size_t first;
    size_t end;
    tdm_plan_part part = {w->unit.step, w->unit.item, units->part};
    tdm_plan_part_range(&part, &first, &end);
    w->statements = (tdm_statements){units->work->statements.items + piece->first, piece->count};
    w->unit.name = name_of(w, first);
    w->unit.key = units->work->key;
    w->unit.before = units->state;
    w->unit.begins = units->piece == 0;
    w->unit.alone = piece->outside;
    w->unit.records = units->piece + 1 == parts->count;
    w->unit.singly = parts->journalled || units->work->review.unknown;
    w->unit.ends_step = w->unit.ends_step && w->unit.records;
    if (!parts->journalled)
        return;
    w->unit.parts = parts;
    w->unit.part = piece;
    w->unit.holds_lock = units->form == TDM_PUSH_LINES;
    const tdm_journal_row *stopped = units->piece == 0 ? parts->stopped : NULL;
    w->unit.same = stopped && piece->outside && tdm_text_equal(stopped->digest, piece->digest);
}

static tdm_status write_unit(tdm_unit_writer *w)
{
    tdm_push_units *units = w->units;
    bool request = units->form == TDM_PUSH_REQUESTS;
    tdm_status written = TDM_FAILED;
    describe_unit(w);
    if (w->unit.part)
        written = request ? tdm_unit_write_request_part(w) : tdm_unit_write_part(w);
    else
        written = request ? tdm_unit_write_request(w) : write_together(w);
    if (written != TDM_OK || tdm_units_state(units, w->arena, &w->unit.after, w->err) != TDM_OK)
        return TDM_FAILED;
    units->created = true;
    units->state.heads = tdm_arena_text(units->arena, w->unit.after.heads);
    units->state.versions = tdm_arena_text(units->arena, w->unit.after.versions);
    w->unit.sends = w->sends.items;
    w->unit.count = w->sends.count;
    w->unit.versions = w->recorded.items;
    w->unit.version_count = w->recorded.count;
    w->unit.revisions = w->stepped;
    return tdm_arena_ok(w->arena) && tdm_arena_ok(units->arena) ? TDM_OK : tdm_fail_memory(w->err);
}

static size_t migration_count(const tdm_push_units *units)
{
    return tdm_plan_unit_count(&units->plan->plan.steps[units->step],
                               &units->plan->items[units->step]);
}

// Moves to the next part, migration or step; false when there is none.
static bool advance(tdm_push_units *units)
{
    if (units->given && ++units->piece < units->work->parts.count)
        return true;
    units->part += units->given ? 1 : 0;
    units->given = false;
    units->piece = 0;
    while (units->step < units->plan->plan.step_count && units->part >= migration_count(units)) {
        units->step_index += units->part > 0 ? 1 : 0;
        units->step++;
        units->part = 0;
    }
    return units->step < units->plan->plan.step_count;
}

tdm_status tdm_push_units_next(tdm_push_units *units, tdm_push_unit *ret, tdm_error *err)
{
    *ret = (tdm_push_unit){0};
    if (!advance(units))
        return TDM_OK;
    units->given = true;
    if (units->piece == 0 && enter_migration(units, err) != TDM_OK)
        return TDM_FAILED;
    units->turn = 1 - units->turn;
    tdm_arena **scratch = &units->scratch[units->turn];
    tdm_arena_free(*scratch);
    *scratch = tdm_arena_new(0);
    if (!*scratch)
        return tdm_fail_memory(err);
    tdm_unit_writer writer = {.units = units, .arena = *scratch, .err = err};
    writer.unit = (tdm_push_unit){.step = &units->plan->plan.steps[units->step],
                                  .item = &units->plan->items[units->step],
                                  .step_index = units->step_index,
                                  .backward = units->plan->plan.steps[units->step].action ==
                                              TDM_ACTION_REVERT,
                                  .ends_step = units->part + 1 == migration_count(units)};
    if (write_unit(&writer) != TDM_OK)
        return TDM_FAILED;
    *ret = writer.unit;
    return TDM_OK;
}

static bool has_tables(const tdm_push_units *units)
{
    const tdm_histories *found = &units->plan->histories;
    bool alembic = !units->sides.alembic || found->has_alembic;
    bool supabase = !units->sides.supabase ||
                    (found->has_supabase_table && found->has_statements && found->has_name);
    return alembic && supabase;
}

static tdm_status start(tdm_push_units *units, tdm_error *err)
{
    const tdm_histories *found = &units->plan->histories;
    tdm_revision_list current = {0};
    units->created = has_tables(units);
    units->has_journal = found->journal.exists;
    if (units->sides.alembic) {
        const tdm_chain *chain = tdm_project_chain(units->plan->project);
        if (tdm_rows_find(units->arena, chain, found->heads.items, found->heads.count, &current,
                          err) != TDM_OK ||
            tdm_heads_start(units->arena, chain, current, &units->heads, err) != TDM_OK)
            return TDM_FAILED;
    }
    for (size_t i = 0; i < found->versions.count; i++)
        tdm_units_add_version(units, found->versions.items[i]);
    return tdm_units_state(units, units->arena, &units->state, err);
}

tdm_status tdm_push_units_start(const tdm_full_plan *plan, tdm_push_times times,
                                tdm_push_units **ret, tdm_error *err)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_push_units *units = arena ? tdm_arena_new_of(arena, tdm_push_units) : NULL;
    if (!units) {
        tdm_arena_free(arena);
        return tdm_fail_memory(err);
    }
    units->arena = arena;
    units->plan = plan;
    units->times = times;
    units->sides = tdm_plan_sides(plan);
    units->form = plan->holds_session ? TDM_PUSH_LINES : TDM_PUSH_REQUESTS;
    if (start(units, err) != TDM_OK) {
        tdm_push_units_free(units);
        return TDM_FAILED;
    }
    *ret = units;
    return TDM_OK;
}

void tdm_push_units_free(tdm_push_units *units)
{
    if (!units)
        return;
    tdm_arena_free(units->scratch[0]);
    tdm_arena_free(units->scratch[1]);
    tdm_arena_free(units->arena);
}
