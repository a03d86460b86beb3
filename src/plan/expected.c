#include "plan/expected.h"

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"

tdm_status tdm_expected_replay(tdm_catalog *catalog, const tdm_statements *statements,
                               bool supabase, tdm_error *err)
{
    tdm_arena *scratch = tdm_arena_new(0);
    tdm_effect effect;
    tdm_status status = TDM_OK;

    if (!scratch)
        return tdm_fail_memory(err);
    tdm_effect_init(&effect, scratch);
    // The Supabase CLI runs RESET ALL before every file; Alembic runs an upgrade in one session.
    if (supabase)
        tdm_catalog_reset_session(catalog);
    for (size_t i = 0; status == TDM_OK && i < statements->count; i++)
        status = tdm_catalog_apply(catalog, &statements->items[i], NULL, &effect, err);
    tdm_arena_free(scratch);
    return status;
}

// --- The applied prefix -------------------------------------------------------------------------

static size_t count_set(const bool *flags, size_t count)
{
    size_t set = 0;

    for (size_t i = 0; i < count; i++)
        set += flags[i];
    return set;
}

static tdm_status replay_revisions(const tdm_full_plan *plan, size_t step, tdm_catalog *catalog,
                                   tdm_error *err)
{
    const tdm_plan_item *item = &plan->items[step];
    const tdm_statements *statements;

    for (size_t i = 0; i < plan->plan.steps[step].pair.revision_count; i++) {
        if (!item->revision_applied[i])
            continue;
        if (tdm_project_revision_statements(plan->project, item->revisions[i], &statements, err) !=
                TDM_OK ||
            tdm_expected_replay(catalog, statements, false, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

static tdm_status replay_migrations(const tdm_full_plan *plan, size_t step, tdm_catalog *catalog,
                                    tdm_error *err)
{
    const tdm_plan_item *item = &plan->items[step];
    const tdm_statements *statements;

    for (size_t i = 0; i < plan->plan.steps[step].pair.migration_count; i++) {
        if (!item->migration_applied[i])
            continue;
        if (tdm_project_migration_statements(plan->project, item->migrations[i], &statements,
                                             err) != TDM_OK ||
            tdm_expected_replay(catalog, statements, true, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

static tdm_status replay_step(const tdm_full_plan *plan, size_t step, tdm_expected *expected,
                              tdm_error *err)
{
    const tdm_pair_info *pair = &plan->plan.steps[step].pair;
    const tdm_plan_item *item = &plan->items[step];
    size_t revisions = count_set(item->revision_applied, pair->revision_count);
    size_t migrations = count_set(item->migration_applied, pair->migration_count);
    bool revisions_say_more =
        revisions && revisions == pair->revision_count && migrations < pair->migration_count;

    if (!revisions && !migrations)
        return TDM_OK;
    expected->pair_count++;
    if (!migrations || revisions_say_more)
        return replay_revisions(plan, step, expected->catalog, err);
    return replay_migrations(plan, step, expected->catalog, err);
}

static void open_for(tdm_catalog *catalog, tdm_arena *arena, const char *what,
                     const tdm_text *items, size_t count)
{
    if (count)
        tdm_catalog_open(catalog,
                         tdm_arena_printf(arena,
                                          "the target has %s %.*s, and no file says what it "
                                          "did",
                                          what, TDM_TEXT_ARG(items[0])),
                         TDM_NOWHERE);
}

tdm_status tdm_expected_of_plan(const tdm_full_plan *plan, tdm_arena *arena, tdm_expected *ret,
                                tdm_error *err)
{
    const tdm_plan *said = &plan->plan;

    *ret = (tdm_expected){0};
    if (tdm_catalog_new(arena, true, &ret->catalog, err) != TDM_OK)
        return TDM_FAILED;
    open_for(ret->catalog, arena, "revision", said->unknown_revisions,
             said->unknown_revision_count);
    open_for(ret->catalog, arena, "version", said->unknown_versions, said->unknown_version_count);
    for (size_t i = 0; i < said->step_count; i++)
        if (replay_step(plan, i, ret, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

void tdm_expected_set_aside(tdm_catalog *live, const tdm_catalog *expected,
                            const tdm_version_table *table)
{
    const tdm_key keys[] = {
        {.kind = TDM_KIND_TABLE, .schema = table->schema, .name = table->name},
        {.kind = TDM_KIND_TABLE,
         .schema = TDM_TEXT("supabase_migrations"),
         .name = TDM_TEXT("schema_migrations")},
        {.kind = TDM_KIND_TABLE, .schema = TDM_TEXT("tandem"), .name = TDM_TEXT("journal")},
        {.kind = TDM_KIND_TABLE, .schema = TDM_TEXT("tandem"), .name = TDM_TEXT("repair")},
        {.kind = TDM_KIND_SCHEMA, .name = TDM_TEXT("tandem")},
    };

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        tdm_object *history = tdm_catalog_get(live, &keys[i]);
        if (history)
            tdm_catalog_drop(live, history);
    }
    tdm_live_fit(live, expected);
}

// --- Adopting -----------------------------------------------------------------------------------

static tdm_text told(tdm_arena *arena, const tdm_difference *difference)
{
    const char *side = difference->left.size ? "the histories say" : "the target says";
    tdm_text says = difference->left.size ? difference->left : difference->right;

    if (difference->reason.size)
        return tdm_arena_printf(arena, "%.*s (%.*s) cannot be compared with the target: %.*s",
                                TDM_TEXT_ARG(difference->object),
                                TDM_TEXT_ARG(difference->attribute),
                                TDM_TEXT_ARG(difference->reason));
    return tdm_arena_printf(arena, "the target is not what its histories say: %.*s (%.*s), %s %.*s",
                            TDM_TEXT_ARG(difference->object), TDM_TEXT_ARG(difference->attribute),
                            side, TDM_TEXT_ARG(says));
}

// The first thing that the histories make and a target is not read for, or nothing.
static tdm_text told_unread(tdm_arena *arena, const tdm_catalog *expected)
{
    for (size_t i = 0; i < tdm_catalog_object_count(expected); i++) {
        const tdm_object *object = tdm_catalog_object_at(expected, i);
        if (!object->dropped && !tdm_live_reads(object->kind))
            return tdm_arena_printf(arena,
                                    "%s %.*s cannot be compared with the target, which is "
                                    "not read for this",
                                    tdm_kind_name(object->kind), TDM_TEXT_ARG(object->name));
    }
    return (tdm_text){NULL, 0};
}

// What is known to differ says more than what cannot be known.
static const tdm_difference *worst_of(const tdm_differences *differences)
{
    for (size_t i = 0; i < differences->count; i++)
        if (differences->items[i].reason.size == 0)
            return &differences->items[i];
    return differences->count ? &differences->items[0] : NULL;
}

static bool is_foreign(const tdm_catalog *expected, const tdm_object *object)
{
    const tdm_key key = {.kind = object->kind, .schema = object->schema, .name = object->name};

    return !object->dropped && !object->on && !tdm_catalog_get(expected, &key);
}

// Takes out of what was read the objects of a name that no history ever had: in one database there
// may be others' as well. What a history dropped and is still there stays in.
static tdm_status set_foreign_aside(tdm_catalog *live, const tdm_catalog *expected,
                                    tdm_arena *arena, tdm_error *err)
{
    TDM_VECTOR(const tdm_object *) foreign = {0};

    for (size_t i = 0; i < tdm_catalog_table_count(live); i++)
        if (is_foreign(expected, tdm_catalog_table_at(live, i)))
            (void)tdm_vector_push(arena, &foreign, tdm_catalog_table_at(live, i));
    for (size_t i = 0; i < tdm_catalog_object_count(live); i++)
        if (is_foreign(expected, tdm_catalog_object_at(live, i)))
            (void)tdm_vector_push(arena, &foreign, tdm_catalog_object_at(live, i));
    for (size_t i = 0; i < foreign.count; i++) {
        const tdm_object *found = foreign.items[i];
        tdm_key key = {.kind = found->kind, .schema = found->schema, .name = found->name};
        tdm_object *object = tdm_catalog_get(live, &key);
        if (object && !object->dropped)
            tdm_catalog_drop(live, object);
    }
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

tdm_status tdm_live_verify_prefix(tdm_session *session, const tdm_full_plan *plan, tdm_arena *arena,
                                  tdm_prefix_verdict *ret, tdm_error *err)
{
    const tdm_live_options options = {0};
    tdm_expected expected;
    tdm_catalog *live;
    tdm_differences differences = {0};
    tdm_comparison verdict;

    if (tdm_expected_of_plan(plan, arena, &expected, err) != TDM_OK ||
        tdm_live_read(session, &options, arena, &live, err) != TDM_OK)
        return TDM_FAILED;
    tdm_live_keep_asked(expected.catalog, &options);
    tdm_expected_set_aside(live, expected.catalog, &plan->histories.table);
    *ret = (tdm_prefix_verdict){.problem = told_unread(arena, expected.catalog)};
    tdm_live_drop_unread(expected.catalog);
    if (set_foreign_aside(live, expected.catalog, arena, err) != TDM_OK ||
        tdm_catalog_compare(expected.catalog, live, arena, &differences, &verdict, err) != TDM_OK)
        return TDM_FAILED;

    const tdm_difference *worst = worst_of(&differences);
    if (worst)
        *ret = (tdm_prefix_verdict){.problem = told(arena, worst),
                                    .is_known = worst->reason.size == 0};
    return TDM_OK;
}
