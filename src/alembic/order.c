#include "alembic/order.h"

#include "alembic/resolve.h"
#include "alembic/revision_arg.h"
#include "alembic/topology.h"

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"

typedef struct planner {
    tdm_arena *arena;
    const tdm_chain *chain;
    tdm_walker walker;
    tdm_error *err;
} planner;

static tdm_status start(tdm_arena *arena, const tdm_chain *chain, planner *ret, tdm_error *err)
{
    *ret = (planner){.arena = arena, .chain = chain, .err = err};
    if (tdm_chain_check(chain, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_walker_start(arena, chain, &ret->walker, err);
}

static tdm_status new_set(const planner *in, tdm_revision_set *ret)
{
    return tdm_set_new(in->arena, in->chain, ret) ? TDM_OK : tdm_fail_memory(in->err);
}

static tdm_status fail_overlap(const planner *in, const tdm_revision *one, tdm_revision_list list,
                               const tdm_revision_set *below)
{
    tdm_buffer names = TDM_BUFFER_INIT(sizeof in->err->message);
    for (size_t i = 0; i < list.count; i++)
        if (list.items[i] != one && tdm_set_has(below, list.items[i]))
            tdm_buffer_putf(&names, "%s%.*s", names.size ? ", " : "",
                            TDM_TEXT_ARG(list.items[i]->id));
    tdm_fail(in->err, TDM_ERROR_REVISION, TDM_NOWHERE,
             "Requested revision %.*s overlaps with other requested revisions %.*s",
             TDM_TEXT_ARG(one->id), TDM_TEXT_ARG(tdm_buffer_text(&names)));
    tdm_buffer_free(&names);
    return TDM_FAILED;
}

// Everything at or below the revisions, none of which may lie below another
// (_get_ancestor_nodes with check=True).
static tdm_status closure(planner *in, tdm_revision_list list, tdm_revision_set *ret)
{
    tdm_revision_set asked;
    tdm_revision_set below;
    if (new_set(in, ret) != TDM_OK || new_set(in, &below) != TDM_OK ||
        new_set(in, &asked) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < list.count; i++)
        tdm_set_add(&asked, list.items[i]);
    for (size_t i = 0; i < list.count; i++) {
        bool overlaps = false;
        tdm_set_clear(&below);
        if (tdm_walk_one(&in->walker, list.items[i], TDM_NEEDS, &below, in->err) != TDM_OK)
            return TDM_FAILED;
        tdm_set_remove(&asked, list.items[i]);
        for (size_t word = 0; word < ret->word_count; word++) {
            overlaps = overlaps || (below.words[word] & asked.words[word]);
            ret->words[word] |= below.words[word];
        }
        tdm_set_add(&asked, list.items[i]);
        if (overlaps)
            return fail_overlap(in, list.items[i], list, &below);
    }
    return TDM_OK;
}

static tdm_status steps_of(planner *in, tdm_revision_list list, tdm_direction direction,
                           tdm_steps *ret)
{
    tdm_steps steps = {tdm_arena_array(in->arena, list.count, sizeof(tdm_step)), list.count};
    if (!steps.items)
        return tdm_fail_memory(in->err);
    for (size_t i = 0; i < list.count; i++) {
        size_t from = direction == TDM_UPGRADE ? list.count - 1 - i : i;
        steps.items[i] = (tdm_step){.direction = direction, .revision = list.items[from]};
    }
    *ret = steps;
    return TDM_OK;
}

tdm_status tdm_upgrade_steps(tdm_arena *arena, const tdm_chain *chain, tdm_revision_list current,
                             tdm_text target, tdm_steps *ret, tdm_error *err)
{
    planner in;
    tdm_revision_list targets = {0};
    tdm_revision_list order = {0};
    tdm_revision_set needed;
    tdm_revision_set applied;
    if (start(arena, chain, &in, err) != TDM_OK ||
        tdm_upgrade_target(arena, chain, current, target, &targets, err) != TDM_OK ||
        closure(&in, targets, &needed) != TDM_OK || closure(&in, current, &applied) != TDM_OK)
        return TDM_FAILED;
    tdm_set_minus(&needed, &applied);
    if (tdm_topological(arena, &in.walker, &needed, targets, &order, err) != TDM_OK)
        return TDM_FAILED;
    return steps_of(&in, order, TDM_UPGRADE, ret);
}

// The first revisions that a downgrade takes away: what stands on the target, or all bases.
static tdm_status downgrade_roots(planner *in, const tdm_downgrade_to *to, tdm_revision_list *ret)
{
    tdm_revision *branch = NULL;
    tdm_resolver resolver;
    tdm_revision_set below;
    tdm_revision_list roots = to->revision ? to->revision->children : in->chain->bases;
    if (to->branch.size && roots.count > 1) {
        tdm_revision_list kept = {tdm_arena_array(in->arena, roots.count, sizeof(tdm_revision *)),
                                  0};
        if (!kept.items)
            return tdm_fail_memory(in->err);
        if (tdm_resolver_start(in->arena, in->chain, &resolver, in->err) != TDM_OK ||
            tdm_resolve_branch(&resolver, to->branch, &branch) != TDM_OK ||
            new_set(in, &below) != TDM_OK ||
            tdm_walk_one(&in->walker, branch, TDM_PARENTS, &below, in->err) != TDM_OK)
            return TDM_FAILED;
        for (size_t i = 0; i < roots.count; i++)
            if (tdm_set_has(&below, roots.items[i]))
                kept.items[kept.count++] = roots.items[i];
        if (kept.count == 0)
            return tdm_fail(in->err, TDM_ERROR_REVISION, TDM_NOWHERE,
                            "Not a valid downgrade target from current heads");
        roots = kept;
    }
    *ret = roots;
    return TDM_OK;
}

tdm_status tdm_downgrade_steps(tdm_arena *arena, const tdm_chain *chain, tdm_revision_list current,
                               tdm_text target, tdm_steps *ret, tdm_error *err)
{
    planner in;
    tdm_downgrade_to to = {0};
    tdm_revision_list roots = {0};
    tdm_revision_list order = {0};
    tdm_revision_set above;
    tdm_revision_set active;
    if (start(arena, chain, &in, err) != TDM_OK ||
        tdm_downgrade_target(arena, chain, current, target, &to, err) != TDM_OK ||
        downgrade_roots(&in, &to, &roots) != TDM_OK || new_set(&in, &above) != TDM_OK ||
        new_set(&in, &active) != TDM_OK ||
        tdm_walk(&in.walker, roots, TDM_ALL_CHILDREN, &above, err) != TDM_OK ||
        tdm_walk(&in.walker, current, TDM_NEEDS, &active, err) != TDM_OK)
        return TDM_FAILED;
    tdm_set_and(&above, &active);
    if (to.revision && tdm_set_empty(&above) && !tdm_list_has(current, to.revision))
        return tdm_fail(err, TDM_ERROR_REVISION, TDM_NOWHERE,
                        "Destination %.*s is not a valid downgrade target from current head(s)",
                        TDM_TEXT_ARG(target));
    if (tdm_topological(arena, &in.walker, &above, current, &order, err) != TDM_OK)
        return TDM_FAILED;
    return steps_of(&in, order, TDM_DOWNGRADE, ret);
}

typedef struct stamper {
    planner *plan;
    tdm_revision_list heads; // the current ones that the target is about
    TDM_VECTOR(tdm_step) steps;
} stamper;

static bool meets(const tdm_revision_set *set, tdm_revision_list list)
{
    for (size_t i = 0; i < list.count; i++)
        if (tdm_set_has(set, list.items[i]))
            return true;
    return false;
}

static tdm_status push_stamp(stamper *in, tdm_step step)
{
    return tdm_vector_push(in->plan->arena, &in->steps, step) ? TDM_OK
                                                              : tdm_fail_memory(in->plan->err);
}

static tdm_status one_revision(stamper *in, tdm_revision *revision, tdm_revision_list *ret)
{
    *ret = (tdm_revision_list){tdm_arena_array(in->plan->arena, 1, sizeof(tdm_revision *)), 1};
    if (!ret->items)
        return tdm_fail_memory(in->plan->err);
    ret->items[0] = revision;
    return TDM_OK;
}

static tdm_status stamp_base(stamper *in)
{
    for (size_t i = 0; i < in->heads.count; i++) {
        tdm_step step = {.direction = TDM_DOWNGRADE, .branch_move = true};
        if (one_revision(in, in->heads.items[i], &step.from) != TDM_OK ||
            push_stamp(in, step) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

static tdm_status stamp_revision(stamper *in, tdm_revision *to)
{
    planner *plan = in->plan;
    tdm_revision_set above;
    tdm_revision_set below;
    tdm_step step = {.direction = TDM_UPGRADE};
    if (tdm_list_has(in->heads, to))
        return TDM_OK;
    if (one_revision(in, to, &step.to) != TDM_OK || new_set(plan, &above) != TDM_OK ||
        new_set(plan, &below) != TDM_OK ||
        tdm_walk_one(&plan->walker, to, TDM_ALL_CHILDREN, &above, plan->err) != TDM_OK ||
        tdm_walk_one(&plan->walker, to, TDM_NEEDS, &below, plan->err) != TDM_OK)
        return TDM_FAILED;
    bool down = meets(&above, in->heads);
    bool up = meets(&below, in->heads);
    if (down && up)
        return tdm_fail(plan->err, TDM_ERROR_REVISION, TDM_NOWHERE,
                        "current heads lie both above and below revision %.*s",
                        TDM_TEXT_ARG(to->id));
    if (down)
        step.direction = TDM_DOWNGRADE;
    step.branch_move = !down && !up;
    if (down || up)
        step.from = in->heads;
    return push_stamp(in, step);
}

tdm_status tdm_stamp_steps(tdm_arena *arena, const tdm_chain *chain, tdm_revision_list current,
                           tdm_text target, tdm_steps *ret, tdm_error *err)
{
    planner plan;
    tdm_resolver resolver;
    tdm_spot *spots = NULL;
    size_t count = 0;
    stamper in = {.plan = &plan};
    if (start(arena, chain, &plan, err) != TDM_OK ||
        tdm_resolver_start(arena, chain, &resolver, err) != TDM_OK)
        return TDM_FAILED;
    resolver.several = "Multiple heads are present; please specify a single target revision";
    if (tdm_filter_lineage(&resolver, current, target, true, &in.heads) != TDM_OK ||
        tdm_resolve_all(&resolver, target, &spots, &count) != TDM_OK)
        return TDM_FAILED;
    if (count == 0 && stamp_base(&in) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < count; i++) {
        if (spots[i].kind != TDM_SPOT_REVISION)
            return tdm_fail(err, TDM_ERROR_REVISION, TDM_NOWHERE,
                            "'%.*s' leads beyond the end of the chain", TDM_TEXT_ARG(target));
        if (stamp_revision(&in, spots[i].revision) != TDM_OK)
            return TDM_FAILED;
    }
    *ret = (tdm_steps){in.steps.items, in.steps.count};
    return TDM_OK;
}

tdm_status tdm_chain_order(tdm_arena *arena, const tdm_chain *chain, tdm_revision_list *ret,
                           tdm_error *err)
{
    tdm_walker walker;
    tdm_revision_set all;
    tdm_revision_list order;
    if (chain->cyclic)
        return tdm_chain_check(chain, err);
    if (!tdm_set_new(arena, chain, &all))
        return tdm_fail_memory(err);
    if (tdm_walker_start(arena, chain, &walker, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < chain->revisions.count; i++)
        if (!chain->revisions.items[i]->replaced)
            tdm_set_add(&all, chain->revisions.items[i]);
    if (tdm_topological(arena, &walker, &all, chain->real_heads, &order, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0, k = order.count; i + 1 < k; i++) {
        tdm_revision *other = order.items[--k];
        order.items[k] = order.items[i];
        order.items[i] = other;
    }
    *ret = order;
    return TDM_OK;
}
