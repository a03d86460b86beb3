// The step of a new migration (alembic/version_step.h): which rows it may meet, and which of them
// say that everything before the revision is applied.
#include "write/migrate.h"

#include "alembic/graph.h"
#include "alembic/version_step.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"
#include "pair/session.h"
#include "sql/classify.h"

enum {
    // So far back a database may be where earlier migrations did not record themselves.
    MOST_REPLACED = 64,
};

typedef struct maker {
    const tdm_migrating *m;
    tdm_arena *arena;
    const tdm_chain *chain;
    tdm_revision *revision;
    tdm_walker walker;
    tdm_revision_set below; // everything that the revision needs
    tdm_revision_set above; // it, and everything that needs it
    tdm_version_step record;
    tdm_error *err;
} maker;

typedef TDM_VECTOR(tdm_text) text_list;

static const tdm_paired *pair_of(const maker *in, const tdm_revision *revision)
{
    const tdm_pairing *pairing = in->m->pairing;
    return &pairing->pairs[pairing->of_revision[in->m->order[revision->index]]];
}

// Whether Supabase's applying it takes its step.
static tdm_status records_itself(const maker *in, const tdm_revision *revision, bool *ret)
{
    const tdm_group *group = &pair_of(in, revision)->group;
    const tdm_statements *statements = NULL;
    tdm_place place;
    *ret = in->m->chosen[in->m->order[revision->index]];
    if (*ret || group->migration_count == 0)
        return TDM_OK;
    uint32_t last = group->migrations[group->migration_count - 1];
    if (tdm_project_migration_statements(in->m->project, last, &statements, in->err) != TDM_OK)
        return TDM_FAILED;
    *ret = tdm_project_migration_record(in->m->project, last, &place) != NULL;
    return TDM_OK;
}

// The members of a set that are not in another one, in load order.
static tdm_status list_without(const maker *in, const tdm_revision_set *set,
                               const tdm_revision_set *without, tdm_texts *ret)
{
    text_list ids = {0};
    for (size_t i = tdm_set_next(set, 0); i != SIZE_MAX; i = tdm_set_next(set, i + 1)) {
        const tdm_revision *other = in->chain->revisions.items[i];
        if (!tdm_set_has(without, other) && !tdm_vector_push(in->arena, &ids, other->id))
            return tdm_fail_memory(in->err);
    }
    *ret = (tdm_texts){ids.items, ids.count};
    return TDM_OK;
}

// --- What it needs ------------------------------------------------------------------------------

static tdm_status versions_of(const maker *in, const tdm_revision *revision, tdm_texts *ret)
{
    const tdm_group *group = &pair_of(in, revision)->group;
    text_list versions = {0};
    bool records = false;
    if (records_itself(in, revision, &records) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; !records && i < group->migration_count; i++) {
        tdm_text version = tdm_project_migration(in->m->project, group->migrations[i]).version;
        if (!tdm_vector_push(in->arena, &versions, version))
            return tdm_fail_memory(in->err);
    }
    *ret = (tdm_texts){versions.items, versions.count};
    return TDM_OK;
}

static tdm_status make_need(maker *in, tdm_revision *need, tdm_version_step_need *ret)
{
    tdm_revision_set higher;
    ret->id = need->id;
    if (!tdm_set_new(in->arena, in->chain, &higher))
        return tdm_fail_memory(in->err);
    if (need->all_children.count > 1) {
        if (tdm_walk(&in->walker, need->all_children, TDM_ALL_CHILDREN, &higher, in->err) !=
                TDM_OK ||
            list_without(in, &higher, &in->above, &ret->covers) != TDM_OK)
            return TDM_FAILED;
    }
    return versions_of(in, need, &ret->versions);
}

static tdm_status make_needs(maker *in, bool *ret_branches)
{
    tdm_revision_list needs = in->revision->needs;
    tdm_version_step_need *list = tdm_arena_array(in->arena, needs.count + 1, sizeof *list);
    if (!list)
        return tdm_fail_memory(in->err);
    *ret_branches = needs.count == 0;
    for (size_t i = 0; i < needs.count; i++) {
        if (make_need(in, needs.items[i], &list[i]) != TDM_OK)
            return TDM_FAILED;
        *ret_branches = *ret_branches || list[i].covers.count;
    }
    in->record.needs = list;
    in->record.need_count = needs.count;
    return TDM_OK;
}

// --- Which rows may stand there -----------------------------------------------------------------

// Back to the nearest revisions whose migrations record themselves: a database cannot be farther
// behind, unless somebody took rows away.
static tdm_status make_replaced(maker *in)
{
    TDM_VECTOR(tdm_revision *) queue = {0};
    text_list ids = {0};
    tdm_revision_set seen;
    if (!tdm_set_new(in->arena, in->chain, &seen))
        return tdm_fail_memory(in->err);
    tdm_revision_list next = in->revision->needs;
    for (size_t at = 0;; at++) {
        for (size_t i = 0; i < next.count; i++) {
            if (tdm_set_has(&seen, next.items[i]))
                continue;
            tdm_set_add(&seen, next.items[i]);
            if (!tdm_vector_push(in->arena, &queue, next.items[i]))
                return tdm_fail_memory(in->err);
        }
        if (at == queue.count || ids.count == MOST_REPLACED)
            break;
        bool records = false;
        if (!tdm_vector_push(in->arena, &ids, queue.items[at]->id))
            return tdm_fail_memory(in->err);
        if (records_itself(in, queue.items[at], &records) != TDM_OK)
            return TDM_FAILED;
        next = records ? (tdm_revision_list){0} : queue.items[at]->needs;
    }
    in->record.replaces = (tdm_texts){ids.items, ids.count};
    return TDM_OK;
}

// Every revision that is neither before nor behind this one.
static tdm_status make_beside(maker *in)
{
    text_list ids = {0};
    for (size_t i = 0; i < in->chain->revisions.count; i++) {
        const tdm_revision *other = in->chain->revisions.items[i];
        if (!tdm_set_has(&in->below, other) && !tdm_set_has(&in->above, other) &&
            !tdm_vector_push(in->arena, &ids, other->id))
            return tdm_fail_memory(in->err);
    }
    in->record.beside = (tdm_texts){ids.items, ids.count};
    return TDM_OK;
}

// --- The search path ----------------------------------------------------------------------------

static tdm_status sets_path(const tdm_statement *statement, bool *ret, tdm_error *err)
{
    tdm_sql_tree *tree = NULL;
    tdm_sql_class of;
    tdm_text name = {NULL, 0};
    if (*ret || statement->opaque || !tdm_session_may_change(statement->sql))
        return TDM_OK;
    if (tdm_sql_parse(statement, &tree, err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = tdm_sql_classify(tree->arena, tree, &of, err);
    if (status == TDM_OK && tdm_session_effect_of(&of, tree, &name) == TDM_SESSION_SETS)
        *ret = name.size == 0 || tdm_text_is(name, "search_path");
    tdm_sql_tree_free(tree);
    return status;
}

// --- The step -----------------------------------------------------------------------------------

static tdm_status check_ids(const maker *in)
{
    const tdm_version_step *record = &in->record;
    bool ok = tdm_version_step_can_name(record->revision);
    for (size_t i = 0; i < record->need_count; i++)
        ok = ok && tdm_version_step_can_name(record->needs[i].id);
    if (ok)
        return TDM_OK;
    return tdm_fail(in->err, TDM_ERROR_REVISION, in->revision->id_place,
                    "the id '%.*s', or that of a revision before it, cannot stand in a migration "
                    "that records itself",
                    TDM_TEXT_ARG(record->revision));
}

// What tandem would not know again is not written.
static tdm_status put_step(maker *in, tdm_text *ret)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_version_table table;
    tdm_version_step again;
    bool found = false;
    if (tdm_project_version_table(in->m->project, &table, in->err) != TDM_OK)
        return TDM_FAILED;
    tdm_version_step_put(&out, &table, &in->record);
    tdm_status status = tdm_buffer_check(&out, in->err);
    *ret = tdm_buffer_take(&out, in->arena);
    if (status != TDM_OK ||
        tdm_version_step_read(in->arena, *ret, &table, &found, &again, in->err) != TDM_OK)
        return TDM_FAILED;
    if (!found)
        return tdm_fail(in->err, TDM_ERROR_BUG, in->revision->id_place,
                        "the step of '%.*s' cannot be read back",
                        TDM_TEXT_ARG(in->record.revision));
    return TDM_OK;
}

tdm_status tdm_version_step_make(const tdm_migrating *m, size_t index,
                                 const tdm_statements *statements, tdm_text *ret, tdm_error *err)
{
    maker in = {.m = m, .arena = m->arena, .chain = tdm_project_chain(m->project), .err = err};
    bool branches = false;
    in.revision = in.chain->revisions.items[tdm_project_chain_revision(m->project, index)->index];
    in.record.revision = in.revision->id;
    if (!tdm_set_new(m->arena, in.chain, &in.below) || !tdm_set_new(m->arena, in.chain, &in.above))
        return tdm_fail_memory(err);
    for (size_t i = 0; i < statements->count; i++)
        if (sets_path(&statements->items[i], &in.record.resets_path, err) != TDM_OK)
            return TDM_FAILED;
    if (tdm_walker_start(m->arena, in.chain, &in.walker, err) != TDM_OK ||
        tdm_walk(&in.walker, in.revision->needs, TDM_NEEDS, &in.below, err) != TDM_OK ||
        tdm_walk_one(&in.walker, in.revision, TDM_ALL_CHILDREN, &in.above, err) != TDM_OK ||
        make_needs(&in, &branches) != TDM_OK || make_replaced(&in) != TDM_OK ||
        (branches && make_beside(&in) != TDM_OK) || check_ids(&in) != TDM_OK)
        return TDM_FAILED;
    return put_step(&in, ret);
}
