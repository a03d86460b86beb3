#include "apply/unit_writer.h"

#include "apply/review.h"
#include "base/error.h"

#include <string.h>

// A transaction that nobody can come between, up to the proof that nothing has changed.
static tdm_status open_transaction(tdm_unit_writer *w)
{
    tdm_unit_send(w, TDM_SEND_BEGIN, TDM_TEXT("BEGIN"));
    tdm_unit_send(w, TDM_SEND_PUSH_LOCK,
                  TDM_TEXT("SELECT pg_catalog.pg_try_advisory_xact_lock(" TDM_PUSH_LOCK_KEY ")"));
    if (tdm_unit_open_histories(w) != TDM_OK)
        return TDM_FAILED;
    return tdm_unit_send_compare(w, TDM_SEND_COMPARE);
}

// What we are beside what we logged in as does not come back by itself.
static void reset_all(tdm_unit_writer *w)
{
    const tdm_db_identity *identity = &w->units->plan->identity;
    tdm_unit_send(w, TDM_SEND_SETTING, TDM_TEXT("RESET ALL"));
    for (size_t i = 0; i < identity->setting_count; i++)
        tdm_unit_send(w, TDM_SEND_SETTING, identity->settings[i]);
}

static void prepare_statements(tdm_unit_writer *w, const char *local)
{
    reset_all(w);
    tdm_unit_send_timeouts(w, local);
}

// A migration may leave another role or search path behind.
static void restore_session(tdm_unit_writer *w)
{
    const tdm_db_identity *identity = &w->units->plan->identity;
    tdm_unit_send(w, TDM_SEND_SETTING, TDM_TEXT("RESET SESSION AUTHORIZATION"));
    tdm_unit_send(w, TDM_SEND_SETTING,
                  identity->become.size ? identity->become : TDM_TEXT("RESET ROLE"));
    tdm_unit_send(w, TDM_SEND_SETTING, TDM_TEXT("RESET search_path"));
}

// Each unit asks what both histories say before it begins, and so reads back the one before it.
static bool is_last(const tdm_unit_writer *w)
{
    return w->unit.ends_step && w->unit.step_index + 1 == w->units->plan->plan.pending;
}

static tdm_status write_together(tdm_unit_writer *w)
{
    if (open_transaction(w) != TDM_OK)
        return TDM_FAILED;
    if (w->statements.count > 0) {
        prepare_statements(w, "LOCAL ");
        tdm_unit_send_statements(w);
        restore_session(w);
    }
    if (tdm_unit_record(w) != TDM_OK)
        return TDM_FAILED;
    tdm_unit_send(w, TDM_SEND_COMMIT, TDM_TEXT("COMMIT"));
    return is_last(w) ? tdm_unit_send_compare(w, TDM_SEND_VERIFY) : TDM_OK;
}

// The push lock is held by the session while the statement runs outside a transaction.
static tdm_status write_alone(tdm_unit_writer *w)
{
    tdm_unit_send(w, TDM_SEND_PUSH_LOCK,
                  TDM_TEXT("SELECT pg_catalog.pg_try_advisory_lock(" TDM_PUSH_LOCK_KEY ")"));
    if (w->units->created && tdm_unit_send_compare(w, TDM_SEND_COMPARE) != TDM_OK)
        return TDM_FAILED;
    prepare_statements(w, "");
    tdm_unit_send_statements(w);
    restore_session(w);
    reset_all(w);
    if (open_transaction(w) != TDM_OK || tdm_unit_record(w) != TDM_OK)
        return TDM_FAILED;
    tdm_unit_send(w, TDM_SEND_COMMIT, TDM_TEXT("COMMIT"));
    if (tdm_unit_send_compare(w, TDM_SEND_VERIFY) != TDM_OK)
        return TDM_FAILED;
    tdm_unit_send(w, TDM_SEND_SETTING,
                  TDM_TEXT("SELECT pg_catalog.pg_advisory_unlock(" TDM_PUSH_LOCK_KEY ")"));
    return TDM_OK;
}

static tdm_text name_of(const tdm_unit_writer *w, size_t first)
{
    const tdm_pair_info *pair = &w->unit.step->pair;
    const char *file = first < pair->migration_count ? pair->migrations[first].place.file
                                                     : pair->revisions[0].place.file;
    return tdm_text_of(file);
}

static tdm_status write_unit(tdm_unit_writer *w)
{
    tdm_push_units *units = w->units;
    const tdm_review none = {0};
    size_t first;
    size_t end;
    tdm_plan_part part = {w->unit.step, w->unit.item, units->part};
    tdm_plan_part_range(&part, &first, &end);
    w->unit.name = name_of(w, first);
    w->unit.before = units->state;
    if (tdm_plan_part_statements(units->plan->project, &part, w->arena, &w->statements, w->err) !=
        TDM_OK)
        return TDM_FAILED;
    const tdm_review *review =
        w->unit.step->action == TDM_ACTION_APPLY ? &w->unit.item->reviews[units->part] : &none;
    w->unit.alone = review->alone;
    w->unit.leaves_rest = review->leaves_rest;
    w->unit.singly = review->alone || review->unknown;
    bool request = units->form == TDM_PUSH_REQUESTS;
    tdm_status written = review->alone
                             ? (request ? tdm_unit_write_request_alone(w) : write_alone(w))
                             : (request ? tdm_unit_write_request(w) : write_together(w));
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

static size_t unit_count(const tdm_push_units *units)
{
    return tdm_plan_unit_count(&units->plan->plan.steps[units->step],
                               &units->plan->items[units->step]);
}

tdm_status tdm_push_units_next(tdm_push_units *units, tdm_push_unit *ret, tdm_error *err)
{
    while (units->step < units->plan->plan.step_count && units->part >= unit_count(units)) {
        units->step_index += units->part > 0 ? 1 : 0;
        units->step++;
        units->part = 0;
    }
    if (units->step >= units->plan->plan.step_count) {
        *ret = (tdm_push_unit){0};
        return TDM_OK;
    }
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
                                  .ends_step = units->part + 1 == unit_count(units)};
    if (write_unit(&writer) != TDM_OK)
        return TDM_FAILED;
    units->part++;
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
