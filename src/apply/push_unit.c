#include "apply/push_unit.h"

#include "apply/review.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/vector.h"
#include "supabase/history.h"

#include <stdlib.h>
#include <string.h>

struct tdm_push_units {
    tdm_arena *arena;   // what is kept from unit to unit
    tdm_arena *scratch; // the unit that was given last
    const tdm_full_plan *plan;
    tdm_history_sides sides;
    tdm_push_times times;
    size_t step;       // the next unit is one of this step,
    size_t part;       // and this one of its units
    size_t step_index; // among the steps that change something
    bool created;      // the history tables are there, and whole
    tdm_heads heads;
    TDM_VECTOR(tdm_text) versions; // sorted by bytes
    tdm_history_state state;
};

typedef struct unit_writer {
    tdm_push_units *units;
    tdm_arena *arena;
    tdm_push_unit unit;
    tdm_statements statements;
    TDM_VECTOR(tdm_send) sends;
    TDM_VECTOR(tdm_text) recorded;
    tdm_revision_list stepped;
    tdm_error *err;
} unit_writer;

// --- Writing one line ----------------------------------------------------------------------------

static void send(unit_writer *w, tdm_send_kind kind, tdm_text sql)
{
    tdm_send line = {.kind = kind, .sql = sql};
    (void)tdm_vector_push(w->arena, &w->sends, line);
}

static tdm_status send_buffer(unit_writer *w, tdm_send_kind kind, tdm_buffer *sql)
{
    tdm_status status = tdm_buffer_check(sql, w->err);
    send(w, kind, tdm_buffer_take(sql, w->arena));
    return status;
}

static void send_setting(unit_writer *w, const char *local, const char *name, uint32_t value)
{
    send(w, TDM_SEND_SETTING,
         tdm_arena_printf(w->arena, "SET %s%s = %u", local, name, (unsigned)value));
}

// --- History tables that are not there yet -------------------------------------------------------

// The API of Supabase publishes every table that its roles may read.
static void unpublish(unit_writer *w, tdm_text table)
{
    const tdm_history_keys *roles = &w->units->plan->histories.api_roles;
    tdm_text list = {0};
    for (size_t i = 0; i < roles->count; i++)
        list = tdm_arena_printf(w->arena, "%.*s%s%.*s", TDM_TEXT_ARG(list), i ? ", " : "",
                                TDM_TEXT_ARG(roles->items[i]));
    if (roles->count == 0)
        return;
    send(w, TDM_SEND_CREATE,
         tdm_arena_printf(w->arena, "ALTER TABLE %.*s ENABLE ROW LEVEL SECURITY",
                          TDM_TEXT_ARG(table)));
    send(w, TDM_SEND_CREATE,
         tdm_arena_printf(w->arena, "REVOKE ALL ON TABLE %.*s FROM %.*s", TDM_TEXT_ARG(table),
                          TDM_TEXT_ARG(list)));
}

static tdm_status create_alembic(unit_writer *w)
{
    const tdm_histories *found = &w->units->plan->histories;
    tdm_buffer create = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer name = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (!w->units->sides.alembic || found->has_alembic)
        return TDM_OK;
    if (found->table.schema.size == 0) {
        tdm_fail(w->err, TDM_ERROR_HISTORY, TDM_NOWHERE,
                 "no schema of the search path exists, so that there is none to create %.*s in",
                 TDM_TEXT_ARG(found->table.name));
        return tdm_hint(w->err, "Set alembic.version_table_schema, or the search_path.");
    }
    tdm_version_table_create(&create, &found->table);
    tdm_put_alembic_table(&name, &found->table);
    if (send_buffer(w, TDM_SEND_CREATE, &create) != TDM_OK)
        return TDM_FAILED;
    unpublish(w, tdm_buffer_take(&name, w->arena));
    return TDM_OK;
}

// Only the lines that are needed: each asks for rights that a push into an existing history does
// not need.
static void create_supabase(unit_writer *w)
{
    const tdm_histories *found = &w->units->plan->histories;
    const bool wanted[] = {!found->has_supabase_schema, !found->has_supabase_table,
                           !found->has_statements, !found->has_name};
    if (!w->units->sides.supabase)
        return;
    for (size_t i = 0; i < tdm_history_ddl_count; i++)
        if (wanted[i])
            send(w, TDM_SEND_CREATE, tdm_text_of(tdm_history_ddl[i]));
}

// --- Around the statements -----------------------------------------------------------------------

static tdm_status send_compare(unit_writer *w, tdm_send_kind kind)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_put_compare(&sql, &w->units->sides);
    return send_buffer(w, kind, &sql);
}

static tdm_status lock_tables(unit_writer *w)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (w->units->sides.alembic) {
        tdm_buffer_puts(&sql, "LOCK TABLE ");
        tdm_put_alembic_table(&sql, w->units->sides.alembic);
        tdm_buffer_puts(&sql, " IN ACCESS EXCLUSIVE MODE");
        if (send_buffer(w, TDM_SEND_TABLE_LOCK, &sql) != TDM_OK)
            return TDM_FAILED;
    }
    if (w->units->sides.supabase)
        send(w, TDM_SEND_TABLE_LOCK,
             TDM_TEXT("LOCK TABLE supabase_migrations.schema_migrations "
                      "IN SHARE ROW EXCLUSIVE MODE"));
    return TDM_OK;
}

// A transaction that nobody can come between, up to the proof that nothing has changed.
static tdm_status open_transaction(unit_writer *w)
{
    send(w, TDM_SEND_BEGIN, TDM_TEXT("BEGIN"));
    send(w, TDM_SEND_PUSH_LOCK,
         TDM_TEXT("SELECT pg_catalog.pg_try_advisory_xact_lock(" TDM_PUSH_LOCK_KEY ")"));
    send_setting(w, "LOCAL ", "lock_timeout", w->units->times.lock_slice_ms);
    if (!w->units->created) {
        if (create_alembic(w) != TDM_OK)
            return TDM_FAILED;
        create_supabase(w);
    }
    return lock_tables(w) == TDM_OK ? send_compare(w, TDM_SEND_COMPARE) : TDM_FAILED;
}

static void prepare_statements(unit_writer *w, const char *local)
{
    const tdm_push_times *times = &w->units->times;
    send(w, TDM_SEND_SETTING, TDM_TEXT("RESET ALL"));
    send_setting(w, local, "lock_timeout", times->lock_timeout_ms);
    if (times->statement_timeout_ms > 0)
        send_setting(w, local, "statement_timeout", times->statement_timeout_ms);
}

static void send_statements(unit_writer *w)
{
    for (size_t i = 0; i < w->statements.count; i++) {
        const tdm_statement *statement = &w->statements.items[i];
        tdm_send line = {.kind = TDM_SEND_STATEMENT,
                         .sql = statement->sql,
                         .place = statement->place,
                         .exact = statement->exact};
        (void)tdm_vector_push(w->arena, &w->sends, line);
    }
}

// A migration may leave another role or search path behind.
static void restore_session(unit_writer *w)
{
    send(w, TDM_SEND_SETTING, TDM_TEXT("RESET SESSION AUTHORIZATION"));
    send(w, TDM_SEND_SETTING, TDM_TEXT("RESET ROLE"));
    send(w, TDM_SEND_SETTING, TDM_TEXT("RESET search_path"));
}

// --- Recording -----------------------------------------------------------------------------------

static int by_bytes(const void *a, const void *b)
{
    return tdm_text_compare(*(const tdm_text *)a, *(const tdm_text *)b);
}

// The versions stay sorted; `version` is a view of the folder and outlives the unit.
static void add_version(tdm_push_units *units, tdm_text version)
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

static tdm_status record_migration(unit_writer *w, size_t index)
{
    const tdm_migration *migration =
        tdm_project_folder_migration(w->units->plan->project, w->unit.item->migrations[index]);
    tdm_history_row row = {.version = migration->version, .name = migration->name};
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (tdm_stored_statements(w->arena, migration->source, &row.statements, w->err) != TDM_OK)
        return TDM_FAILED;
    tdm_history_insert(&sql, &row);
    (void)tdm_vector_push(w->arena, &w->recorded, migration->version);
    add_version(w->units, migration->version);
    return send_buffer(w, TDM_SEND_RECORD, &sql);
}

static tdm_status record_revision(unit_writer *w, size_t index)
{
    const tdm_revision *found =
        tdm_project_chain_revision(w->units->plan->project, w->unit.item->revisions[index]);
    const tdm_chain *chain = w->units->heads.chain;
    tdm_step step = {.direction = TDM_UPGRADE, .revision = chain->revisions.items[found->index]};
    tdm_row_changes changes;
    if (tdm_heads_step(&w->units->heads, &step, &changes, w->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < changes.count; i++) {
        tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
        tdm_row_change_put(&sql, w->units->sides.alembic, &changes.items[i]);
        if (send_buffer(w, TDM_SEND_RECORD, &sql) != TDM_OK)
            return TDM_FAILED;
    }
    w->stepped.items[w->stepped.count++] = step.revision;
    return TDM_OK;
}

static tdm_status record(unit_writer *w)
{
    const tdm_plan_item *item = w->unit.item;
    const tdm_pair_info *pair = &w->unit.step->pair;
    size_t first;
    size_t end;
    tdm_plan_part part = {w->unit.step, item, w->units->part};
    tdm_plan_part_range(&part, &first, &end);
    for (size_t i = first; i < end; i++)
        if (!item->migration_applied[i] && record_migration(w, i) != TDM_OK)
            return TDM_FAILED;
    w->stepped.items = tdm_arena_array(w->arena, pair->revision_count, sizeof(tdm_revision *));
    if (!w->stepped.items)
        return tdm_fail_memory(w->err);
    for (size_t i = 0; w->unit.ends_step && i < pair->revision_count; i++)
        if (!item->revision_applied[i] && record_revision(w, i) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

static tdm_status current_state(tdm_push_units *units, tdm_arena *arena, tdm_history_state *ret,
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

// --- The whole -----------------------------------------------------------------------------------

static tdm_status write_together(unit_writer *w)
{
    if (open_transaction(w) != TDM_OK)
        return TDM_FAILED;
    if (w->statements.count > 0) {
        prepare_statements(w, "LOCAL ");
        send_statements(w);
        restore_session(w);
    }
    if (record(w) != TDM_OK)
        return TDM_FAILED;
    send(w, TDM_SEND_COMMIT, TDM_TEXT("COMMIT"));
    return send_compare(w, TDM_SEND_VERIFY);
}

// The push lock is held by the session while the statement runs outside a transaction.
static tdm_status write_alone(unit_writer *w)
{
    send(w, TDM_SEND_PUSH_LOCK,
         TDM_TEXT("SELECT pg_catalog.pg_try_advisory_lock(" TDM_PUSH_LOCK_KEY ")"));
    if (w->units->created && send_compare(w, TDM_SEND_COMPARE) != TDM_OK)
        return TDM_FAILED;
    prepare_statements(w, "");
    send_statements(w);
    restore_session(w);
    send(w, TDM_SEND_SETTING, TDM_TEXT("RESET ALL"));
    if (open_transaction(w) != TDM_OK || record(w) != TDM_OK)
        return TDM_FAILED;
    send(w, TDM_SEND_COMMIT, TDM_TEXT("COMMIT"));
    if (send_compare(w, TDM_SEND_VERIFY) != TDM_OK)
        return TDM_FAILED;
    send(w, TDM_SEND_SETTING,
         TDM_TEXT("SELECT pg_catalog.pg_advisory_unlock(" TDM_PUSH_LOCK_KEY ")"));
    return TDM_OK;
}

static tdm_text name_of(const unit_writer *w, size_t first)
{
    const tdm_pair_info *pair = &w->unit.step->pair;
    const char *file = first < pair->migration_count ? pair->migrations[first].place.file
                                                     : pair->revisions[0].place.file;
    return tdm_text_of(file);
}

static tdm_status write_unit(unit_writer *w)
{
    tdm_push_units *units = w->units;
    tdm_review review;
    size_t first;
    size_t end;
    tdm_plan_part part = {w->unit.step, w->unit.item, units->part};
    tdm_plan_part_range(&part, &first, &end);
    w->unit.name = name_of(w, first);
    w->unit.before = units->state;
    if (tdm_plan_part_statements(units->plan->project, &part, w->arena, &w->statements, w->err) !=
            TDM_OK ||
        tdm_review_statements(w->arena, &w->statements, &review, w->err) != TDM_OK)
        return TDM_FAILED;
    w->unit.alone = review.alone;
    w->unit.leaves_rest = review.leaves_rest;
    if ((review.alone ? write_alone(w) : write_together(w)) != TDM_OK ||
        current_state(units, w->arena, &w->unit.after, w->err) != TDM_OK)
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
    tdm_arena_free(units->scratch);
    units->scratch = tdm_arena_new(0);
    if (!units->scratch)
        return tdm_fail_memory(err);
    unit_writer writer = {.units = units, .arena = units->scratch, .err = err};
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
        add_version(units, found->versions.items[i]);
    return current_state(units, units->arena, &units->state, err);
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
    tdm_arena_free(units->scratch);
    tdm_arena_free(units->arena);
}
