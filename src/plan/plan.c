#include "plan/plan.h"

#include "alembic/revision_arg.h"
#include "base/error.h"
#include "base/vector.h"
#include "plan/patience.h"
#include "plan/plan_adopt.h"
#include "plan/plan_facts.h"
#include "plan/plan_review.h"
#include "plan/plan_share.h"

typedef struct plan_maker {
    tdm_project *project;
    tdm_arena *arena;
    const tdm_plan_options *options;
    tdm_full_plan *made;
    const tdm_plan_share *share; // NULL: the facts are read when something is pending
    tdm_plan_facts facts;
    tdm_revision_set applied;
    tdm_text block; // why nothing may be done, or empty
    TDM_VECTOR(tdm_plan_step) steps;
    TDM_VECTOR(tdm_plan_item) items;
    tdm_error *err;
} plan_maker;

// --- What the histories say ----------------------------------------------------------------------

// Heads that the chain does not have are kept apart; the others give the applied revisions.
static tdm_status read_heads(plan_maker *m)
{
    const tdm_history_keys *rows = &m->made->histories.heads;
    const tdm_chain *chain = tdm_project_chain(m->project);
    TDM_VECTOR(tdm_text) known = {0};
    TDM_VECTOR(tdm_text) unknown = {0};
    tdm_revision_list heads;
    for (size_t i = 0; i < rows->count; i++) {
        if (tdm_chain_get(chain, rows->items[i]))
            (void)tdm_vector_push(m->arena, &known, rows->items[i]);
        else
            (void)tdm_vector_push(m->arena, &unknown, rows->items[i]);
    }
    if (!tdm_arena_ok(m->arena))
        return tdm_fail_memory(m->err);
    m->made->plan.unknown_revisions = unknown.items;
    m->made->plan.unknown_revision_count = unknown.count;
    if (tdm_rows_find(m->arena, chain, known.items, known.count, &heads, m->err) != TDM_OK)
        return TDM_FAILED;
    return tdm_applied_set(m->arena, chain, heads, &m->applied, m->err);
}

static tdm_status read_versions(plan_maker *m)
{
    const tdm_history_keys *rows = &m->made->histories.versions;
    TDM_VECTOR(tdm_text) unknown = {0};
    for (size_t i = 0; i < rows->count; i++)
        if (!tdm_folder_find(tdm_project_folder(m->project), rows->items[i]))
            (void)tdm_vector_push(m->arena, &unknown, rows->items[i]);
    m->made->plan.unknown_versions = unknown.items;
    m->made->plan.unknown_version_count = unknown.count;
    return tdm_arena_ok(m->arena) ? TDM_OK : tdm_fail_memory(m->err);
}

static tdm_text block_of(const plan_maker *m)
{
    const tdm_plan *plan = &m->made->plan;
    if (m->made->histories.read_only)
        return m->made->histories.standby
                   ? TDM_TEXT("the target is a standby, which is read-only: push to its primary")
                   : TDM_TEXT("the target is read-only: default_transaction_read_only is on");
    if (m->made->has_alembic && plan->unknown_revision_count)
        return tdm_arena_printf(m->arena,
                                "alembic_version names %.*s, which is not in the chain: what is "
                                "applied is not known",
                                TDM_TEXT_ARG(plan->unknown_revisions[0]));
    if (m->made->has_supabase && plan->unknown_version_count)
        return tdm_arena_printf(m->arena,
                                "schema_migrations has %.*s, which has no file: the Supabase CLI "
                                "refuses to push here, too",
                                TDM_TEXT_ARG(plan->unknown_versions[0]));
    return (tdm_text){0};
}

static tdm_status read_target(plan_maker *m, tdm_session *session)
{
    tdm_version_table table;
    m->made->plan.target = tdm_arena_text(m->arena, session->target);
    m->made->holds_session = tdm_session_holds(session);
    m->made->identity = session->identity;
    m->made->tag = session->tag;
    m->made->has_alembic = tdm_project_revision_count(m->project) > 0;
    m->made->has_supabase = tdm_project_migration_count(m->project) > 0;
    if (tdm_project_version_table(m->project, &table, m->err) != TDM_OK ||
        tdm_session_patience(session, m->options->patience_ms, m->arena, m->err) != TDM_OK ||
        tdm_histories_read(session, &table, m->arena, &m->made->histories, m->err) != TDM_OK ||
        read_heads(m) != TDM_OK || read_versions(m) != TDM_OK)
        return TDM_FAILED;
    m->block = block_of(m);
    return TDM_OK;
}

// --- One step ------------------------------------------------------------------------------------

static tdm_status fill_item(plan_maker *m, const tdm_group *group, tdm_plan_item *ret)
{
    size_t *revisions = tdm_arena_array(m->arena, group->revision_count, sizeof *revisions);
    size_t *migrations = tdm_arena_array(m->arena, group->migration_count, sizeof *migrations);
    bool *revision_applied = tdm_arena_array(m->arena, group->revision_count, sizeof(bool));
    bool *migration_applied = tdm_arena_array(m->arena, group->migration_count, sizeof(bool));
    if (!revisions || !migrations || !revision_applied || !migration_applied) {
        tdm_fail_memory(m->err);
        return TDM_FAILED;
    }
    for (size_t i = 0; i < group->revision_count; i++) {
        revisions[i] = group->revisions[i];
        revision_applied[i] =
            tdm_set_has(&m->applied, tdm_project_chain_revision(m->project, revisions[i]));
    }
    for (size_t i = 0; i < group->migration_count; i++) {
        migrations[i] = group->migrations[i];
        migration_applied[i] =
            tdm_history_has(&m->made->histories.versions,
                            tdm_project_folder_migration(m->project, migrations[i])->version);
    }
    *ret = (tdm_plan_item){.revisions = revisions,
                           .migrations = migrations,
                           .revision_applied = revision_applied,
                           .migration_applied = migration_applied};
    return TDM_OK;
}

static void refuse(tdm_plan_step *step, tdm_text reason)
{
    step->action = TDM_ACTION_REFUSED;
    step->reason = reason;
}

// A revision can only be stepped to when all that it needs is applied by then.
static void follow(plan_maker *m, tdm_plan_step *step, const tdm_plan_item *item)
{
    if (step->action != TDM_ACTION_APPLY && step->action != TDM_ACTION_ADOPT_ALEMBIC)
        return;
    for (size_t i = 0; i < step->pair.revision_count; i++) {
        const tdm_revision *revision = tdm_project_chain_revision(m->project, item->revisions[i]);
        for (size_t k = 0; k < revision->needs.count; k++)
            if (!tdm_set_has(&m->applied, revision->needs.items[k])) {
                refuse(step, tdm_arena_printf(m->arena, "it needs %.*s, which is not applied",
                                              TDM_TEXT_ARG(revision->needs.items[k]->id)));
                return;
            }
        tdm_set_add(&m->applied, revision);
    }
}

static tdm_status add_step(plan_maker *m, tdm_session *session, size_t index)
{
    tdm_pair_facts facts = {0};
    tdm_pair_state state = {0};
    tdm_plan_item item = {0};
    if (fill_item(m, &m->facts.pairing->pairs[index].group, &item) != TDM_OK)
        return TDM_FAILED;
    tdm_plan_facts_of(&m->facts, index, m->arena, &facts);
    facts.revision_applied = item.revision_applied;
    facts.migration_applied = item.migration_applied;
    if (!tdm_pair_decide(m->arena, &facts, m->options->adopt, m->block, &state))
        return tdm_fail_memory(m->err);
    item.run_revision = state.run_revision;
    tdm_plan_step step = {.pair = *facts.pair,
                          .in_alembic = state.in_alembic,
                          .in_supabase = state.in_supabase,
                          .partly = state.partly,
                          .action = state.action,
                          .reason = state.reason};
    const tdm_plan_reviewing reviewing = {m->made, session, m->arena};
    if (tdm_plan_review_step(&reviewing, &step, &item, m->err) != TDM_OK)
        return TDM_FAILED;
    follow(m, &step, &item);
    m->made->plan.refused += step.action == TDM_ACTION_REFUSED ? 1 : 0;
    m->made->plan.pending +=
        step.action != TDM_ACTION_REFUSED && step.action != TDM_ACTION_NONE ? 1 : 0;
    bool kept =
        tdm_vector_push(m->arena, &m->steps, step) && tdm_vector_push(m->arena, &m->items, item);
    return kept ? TDM_OK : tdm_fail_memory(m->err);
}

// --- Where to stop -------------------------------------------------------------------------------

static size_t pair_of_version(const plan_maker *m, tdm_text version)
{
    for (size_t i = 0; i < tdm_project_migration_count(m->project); i++)
        if (tdm_text_equal(tdm_project_migration(m->project, i).version, version))
            return m->facts.pairing->of_migration[i];
    return SIZE_MAX;
}

// How many pairs the plan covers: all, or those up to and with the one that `to` names.
static tdm_status find_end(plan_maker *m, size_t *ret)
{
    const char *to = m->options->to;
    tdm_revision *revision = NULL;
    *ret = m->facts.pairing->pair_count;
    if (!to)
        return TDM_OK;
    size_t pair = pair_of_version(m, tdm_text_of(to));
    if (pair == SIZE_MAX) {
        if (tdm_revision_find(tdm_project_chain(m->project), tdm_text_of(to), &revision, m->err) !=
            TDM_OK)
            return TDM_FAILED;
        for (size_t i = 0; revision && i < tdm_project_revision_count(m->project); i++)
            if (tdm_project_chain_revision(m->project, i) == revision)
                pair = m->facts.pairing->of_revision[i];
    }
    if (pair == SIZE_MAX)
        return tdm_fail(m->err, TDM_ERROR_REVISION, TDM_NOWHERE,
                        "'%s' names nothing that push could stop at", to);
    *ret = pair + 1;
    return TDM_OK;
}

// Whether both histories have all that the project has, and nothing else.
static bool is_complete(const plan_maker *m)
{
    const tdm_plan *plan = &m->made->plan;
    if (plan->unknown_revision_count > 0 || plan->unknown_version_count > 0)
        return false;
    for (size_t i = 0; i < tdm_project_revision_count(m->project); i++)
        if (!tdm_set_has(&m->applied, tdm_project_chain_revision(m->project, i)))
            return false;
    for (size_t i = 0; i < tdm_project_migration_count(m->project); i++)
        if (!tdm_history_has(&m->made->histories.versions,
                             tdm_project_migration(m->project, i).version))
            return false;
    return true;
}

static tdm_status read_facts(plan_maker *m)
{
    if (!m->share)
        return tdm_plan_facts_read(m->project, m->arena, &m->facts, m->err);
    m->facts = m->share->facts;
    return TDM_OK;
}

static tdm_status make(plan_maker *m, tdm_session *session)
{
    size_t end;
    if (tdm_project_revision_count(m->project) > 0 &&
        tdm_chain_check(tdm_project_chain(m->project), m->err) != TDM_OK)
        return TDM_FAILED;
    if (read_target(m, session) != TDM_OK)
        return TDM_FAILED;
    if (m->options->only_pending && !m->options->to && is_complete(m))
        return TDM_OK;
    if (read_facts(m) != TDM_OK || find_end(m, &end) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < end; i++)
        if (add_step(m, session, i) != TDM_OK)
            return TDM_FAILED;
    m->made->plan.steps = m->steps.items;
    m->made->plan.step_count = m->steps.count;
    m->made->items = m->items.items;
    return tdm_plan_verify_adopted(session, m->made, m->steps.items, m->err);
}

static tdm_status make_plan(plan_maker *m, tdm_session *session, const tdm_plan **ret)
{
    m->made = tdm_arena_new_of(m->arena, tdm_full_plan);
    if (!m->made)
        return tdm_fail_memory(m->err);
    m->made->project = m->project;
    m->made->arena = m->arena;
    tdm_map_init(&m->made->partitioned, m->arena);
    if (make(m, session) != TDM_OK)
        return TDM_FAILED;
    *ret = &m->made->plan;
    return TDM_OK;
}

tdm_status tdm_plan_make(tdm_project *project, tdm_session *session,
                         const tdm_plan_options *options, const tdm_plan **ret, tdm_error *err)
{
    plan_maker maker = {
        .project = project, .arena = tdm_project_arena(project), .options = options, .err = err};
    return make_plan(&maker, session, ret);
}

tdm_status tdm_plan_make_shared(const tdm_plan_share *share, tdm_session *session,
                                const tdm_plan_options *options, tdm_arena *arena,
                                const tdm_plan **ret, tdm_error *err)
{
    plan_maker maker = {
        .project = share->project, .arena = arena, .options = options, .share = share, .err = err};
    return make_plan(&maker, session, ret);
}
