#include "write/sync_parents.h"

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"

#include <stdlib.h>

// A revision, and the version after which it is applied for certain.
typedef struct ready {
    tdm_text version;
    bool never;   // it lacks its migration or is unrelated, or what it needs is
    size_t index; // in upgrade order
} ready;

typedef struct finder {
    tdm_project *project;
    tdm_arena *arena;
    const tdm_pairing *pairing;
    const bool *unrelated; // or NULL
    ready *all;            // by revision in upgrade order, later by version
    size_t count;
    size_t *order; // of a revision's index in the chain: its place in upgrade order
    TDM_VECTOR(tdm_revise_parent) heads;
    tdm_error *err;
} finder;

// --- When revisions are applied -----------------------------------------------------------------

static void read_own(const finder *in, ready *at)
{
    const tdm_paired *pair = &in->pairing->pairs[in->pairing->of_revision[at->index]];
    const tdm_group *group = &pair->group;
    at->never = (in->unrelated && in->unrelated[at->index]) ||
                (group->migration_count == 0 &&
                 (pair->verdict == TDM_VERDICT_MISSING || pair->verdict == TDM_VERDICT_OPAQUE));
    for (size_t i = 0; i < group->migration_count; i++) {
        tdm_text version = tdm_project_migration(in->project, group->migrations[i]).version;
        if (tdm_text_compare(version, at->version) > 0)
            at->version = version;
    }
}

// What a revision needs stands before it in upgrade order.
static void read_needs(const finder *in, const tdm_revision *revision, ready *at)
{
    for (size_t i = 0; i < revision->needs.count; i++) {
        const ready *need = &in->all[in->order[revision->needs.items[i]->index]];
        at->never = at->never || need->never;
        if (tdm_text_compare(need->version, at->version) > 0)
            at->version = need->version;
    }
}

static int by_version(const void *a, const void *b)
{
    const ready *x = a;
    const ready *y = b;
    if (x->never != y->never)
        return x->never ? 1 : -1;
    int order = tdm_text_compare(x->version, y->version);
    if (order != 0)
        return order;
    return x->index < y->index ? -1 : x->index > y->index;
}

static tdm_status read_all(finder *in)
{
    in->count = tdm_project_revision_count(in->project);
    in->all = tdm_arena_array(in->arena, in->count + 1, sizeof *in->all);
    in->order = tdm_arena_array(in->arena, in->count + 1, sizeof *in->order);
    if (!in->all || !in->order)
        return tdm_fail_memory(in->err);
    for (size_t i = 0; i < in->count; i++)
        in->order[tdm_project_chain_revision(in->project, i)->index] = i;
    for (size_t i = 0; i < in->count; i++) {
        in->all[i].index = i;
        read_own(in, &in->all[i]);
        read_needs(in, tdm_project_chain_revision(in->project, i), &in->all[i]);
    }
    qsort(in->all, in->count, sizeof *in->all, by_version);
    return TDM_OK;
}

// --- Heads --------------------------------------------------------------------------------------

static bool is_needed(const tdm_revision *revision, tdm_text id)
{
    for (size_t i = 0; i < revision->needs.count; i++)
        if (tdm_text_equal(revision->needs.items[i]->id, id))
            return true;
    return false;
}

static tdm_status add_head(finder *in, tdm_revise_parent head)
{
    return tdm_vector_push(in->arena, &in->heads, head) ? TDM_OK : tdm_fail_memory(in->err);
}

static tdm_status take_revision(finder *in, size_t index)
{
    const tdm_revision *revision = tdm_project_chain_revision(in->project, index);
    size_t kept = 0;
    for (size_t i = 0; i < in->heads.count; i++) {
        tdm_revise_parent head = in->heads.items[i];
        if (head.id.size == 0 || !is_needed(revision, head.id))
            in->heads.items[kept++] = head;
    }
    in->heads.count = kept;
    return add_head(in, (tdm_revise_parent){.id = revision->id});
}

static tdm_status check_labels(const finder *in, size_t migration)
{
    const tdm_chain *chain = tdm_project_chain(in->project);
    bool labelled = false;
    for (size_t i = 0; i < in->heads.count; i++) {
        const tdm_revision *head =
            in->heads.items[i].id.size ? tdm_chain_get(chain, in->heads.items[i].id) : NULL;
        labelled = labelled || (head && head->branches.count);
    }
    if (!labelled || in->heads.count < 2)
        return TDM_OK;
    tdm_fail(in->err, TDM_ERROR_REVISION, tdm_project_migration(in->project, migration).place,
             "it is not clear on which branch the revision of this migration belongs");
    return tdm_hint(in->err,
                    "Make the revision with `alembic revision --head LABEL@head`, and name "
                    "it in the migration's first line: -- tandem: revision ID");
}

// The new revision follows all heads, and is the only one.
static tdm_status take_migration(finder *in, size_t migration, tdm_revise_parents *ret)
{
    tdm_revise_parent *parents = tdm_arena_array(in->arena, in->heads.count + 1, sizeof *parents);
    if (!parents)
        return tdm_fail_memory(in->err);
    if (check_labels(in, migration) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < in->heads.count; i++)
        parents[i] = in->heads.items[i];
    *ret = (tdm_revise_parents){parents, in->heads.count};
    in->heads.count = 0;
    return add_head(in, (tdm_revise_parent){.migration = migration});
}

static tdm_status take_until(finder *in, size_t *at, tdm_text version)
{
    while (*at < in->count && !in->all[*at].never &&
           (version.size == 0 || tdm_text_compare(in->all[*at].version, version) < 0))
        if (take_revision(in, in->all[(*at)++].index) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

static tdm_status find(finder *in, const bool *chosen, tdm_sync_parents *ret)
{
    size_t at = 0;
    for (size_t i = 0; i < tdm_project_migration_count(in->project); i++) {
        if (!chosen[i])
            continue;
        if (take_until(in, &at, tdm_project_migration(in->project, i).version) != TDM_OK ||
            take_migration(in, i, &ret->parents[i]) != TDM_OK)
            return TDM_FAILED;
    }
    // Those that stay without their migrations stand in upgrade order at the end.
    for (; at < in->count; at++)
        if (take_revision(in, in->all[at].index) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

tdm_status tdm_sync_find_parents(tdm_project *project, const tdm_pairing *pairing,
                                 const bool *chosen, const bool *unrelated, tdm_sync_parents *ret,
                                 tdm_error *err)
{
    tdm_arena *arena = tdm_project_arena(project);
    size_t count = tdm_project_migration_count(project);
    finder in = {
        .project = project, .arena = arena, .pairing = pairing, .unrelated = unrelated, .err = err};
    *ret = (tdm_sync_parents){.parents = tdm_arena_array(arena, count + 1, sizeof *ret->parents)};
    if (!ret->parents)
        return tdm_fail_memory(err);
    if (read_all(&in) != TDM_OK || find(&in, chosen, ret) != TDM_OK)
        return TDM_FAILED;
    ret->heads = in.heads.items;
    ret->head_count = in.heads.count;
    return TDM_OK;
}
