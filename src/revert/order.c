// The order in which steps are taken back: one after the other what is on top of both histories,
// so that each of them is a state that either tool knows, whatever stops the run.
#include "revert/reverter.h"

#include "base/error.h"

#include <stdlib.h>

typedef struct top_version {
    tdm_text version; // the last of the step's
    size_t step;
} top_version;

typedef struct picker {
    const tdm_reverter *r;
    bool *taken;
    size_t *needed;        // by how many steps that are not taken
    top_version *versions; // last first
    size_t version_count;
    size_t at; // the first of them that is not taken
} picker;

static int last_first(const void *a, const void *b)
{
    return tdm_text_compare(((const top_version *)b)->version, ((const top_version *)a)->version);
}

// Counts, for all that the step needs, one more or one less.
static void count_needs(picker *p, size_t step, bool more)
{
    const tdm_plan_item *item = &p->r->found->items[step];
    for (size_t i = 0; i < p->r->found->plan.steps[step].pair.revision_count; i++) {
        const tdm_revision *revision =
            tdm_project_chain_revision(p->r->project, item->revisions[i]);
        for (size_t k = 0; k < revision->needs.count; k++) {
            size_t needed = tdm_revert_step_of(p->r, revision->needs.items[k]);
            if (needed < SIZE_MAX && needed != step)
                p->needed[needed] += more ? 1 : SIZE_MAX;
        }
    }
}

static tdm_status start(const tdm_reverter *r, picker *p)
{
    size_t count = r->found->plan.step_count;
    *p = (picker){.r = r,
                  .taken = tdm_arena_array(r->arena, count, sizeof *p->taken),
                  .needed = tdm_arena_array(r->arena, count, sizeof *p->needed),
                  .versions = tdm_arena_array(r->arena, count, sizeof *p->versions)};
    if (!p->taken || !p->needed || !p->versions)
        return tdm_fail_memory(r->err);
    for (size_t i = 0; i < count; i++) {
        const tdm_pair_info *pair = &r->found->plan.steps[i].pair;
        p->taken[i] = !tdm_revert_is_applied(r, i);
        if (p->taken[i])
            continue;
        count_needs(p, i, true);
        top_version top = {.step = i};
        for (size_t k = 0; k < pair->migration_count; k++)
            if (tdm_text_compare(pair->migrations[k].version, top.version) > 0)
                top.version = pair->migrations[k].version;
        if (pair->migration_count)
            p->versions[p->version_count++] = top;
    }
    if (p->version_count > 1)
        qsort(p->versions, p->version_count, sizeof *p->versions, last_first);
    return TDM_OK;
}

// The next step; SIZE_MAX when there is none. Where versions and chain contradict each other no
// step is on top of both: then the chain alone decides.
static size_t pick(picker *p, const bool *among)
{
    size_t otherwise = SIZE_MAX;
    while (p->at < p->version_count && p->taken[p->versions[p->at].step])
        p->at++;
    for (size_t i = p->r->found->plan.step_count; i-- > 0;) {
        if (p->taken[i] || p->needed[i] > 0 || (among && !among[i]))
            continue;
        bool versioned = p->r->found->plan.steps[i].pair.migration_count > 0;
        if (!versioned || p->versions[p->at].step == i)
            return i;
        otherwise = otherwise < SIZE_MAX ? otherwise : i;
    }
    return otherwise;
}

static void take(picker *p, size_t step)
{
    p->taken[step] = true;
    count_needs(p, step, false);
}

tdm_status tdm_revert_take_last(tdm_reverter *r, size_t count, size_t *ret_taken)
{
    picker p;
    *ret_taken = 0;
    if (start(r, &p) != TDM_OK)
        return TDM_FAILED;
    for (; *ret_taken < count; ++*ret_taken) {
        size_t step = pick(&p, NULL);
        if (step == SIZE_MAX)
            break;
        r->goes[step] = true;
        take(&p, step);
    }
    return TDM_OK;
}

tdm_status tdm_revert_order(tdm_reverter *r)
{
    picker p;
    r->order = tdm_arena_array(r->arena, r->found->plan.step_count, sizeof *r->order);
    if (!r->order)
        return tdm_fail_memory(r->err);
    if (start(r, &p) != TDM_OK)
        return TDM_FAILED;
    r->going = 0;
    for (size_t step = pick(&p, r->goes); step < SIZE_MAX; step = pick(&p, r->goes)) {
        r->order[r->going++] = step;
        take(&p, step);
    }
    return TDM_OK;
}
