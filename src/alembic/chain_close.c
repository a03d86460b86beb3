// The last steps of building a chain: normalized dependencies, cycles, and where labels reach.
#include "alembic/chain_build.h"
#include "alembic/graph.h"

#include "base/error.h"
#include "base/text.h"

#include <stdlib.h>

enum {
    LIMIT_CYCLE_TEXT = 32 << 20, // the message names every revision: 100,000 names of 300 bytes
};

// Stamps every dependency of a revision in the set other than `self`.
static void stamp_dependencies(tdm_chain_builder *in, const tdm_revision_set *set,
                               const tdm_revision *self)
{
    for (size_t i = tdm_set_next(set, 0); i != SIZE_MAX; i = tdm_set_next(set, i + 1)) {
        const tdm_revision *revision = in->chain->revisions.items[i];
        for (size_t k = 0; k < revision->dependencies.count && revision != self; k++)
            tdm_chain_stamp(in, revision->dependencies.items[k]);
    }
}

// Dependencies that an ancestor by down_revision has too are left out
// (RevisionMap._normalize_depends_on).
static tdm_status normalize(tdm_chain_builder *in, tdm_walker *walker, tdm_revision_set *below,
                            tdm_revision *revision, tdm_error *err)
{
    size_t most = revision->parents.count + revision->dependencies.count;
    tdm_revision_list more = {
        tdm_arena_array(in->arena, revision->dependencies.count, sizeof(tdm_revision *)), 0};
    tdm_revision_list needs = {tdm_arena_array(in->arena, most, sizeof(tdm_revision *)), 0};
    if (!more.items || !needs.items)
        return tdm_fail_memory(err);
    if (revision->dependencies.count) {
        tdm_set_clear(below);
        if (tdm_walk_one(walker, revision, TDM_PARENTS, below, err) != TDM_OK)
            return TDM_FAILED;
        in->stamp++;
        stamp_dependencies(in, below, revision);
        for (size_t i = 0; i < revision->dependencies.count; i++)
            if (tdm_chain_stamp(in, revision->dependencies.items[i]))
                more.items[more.count++] = revision->dependencies.items[i];
    }
    in->stamp++;
    for (size_t i = 0; i < revision->parents.count; i++)
        if (tdm_chain_stamp(in, revision->parents.items[i]))
            needs.items[needs.count++] = revision->parents.items[i];
    for (size_t i = 0; i < more.count; i++)
        if (tdm_chain_stamp(in, more.items[i]))
            needs.items[needs.count++] = more.items[i];
    revision->needs_more = more;
    revision->needs = needs;
    return TDM_OK;
}

tdm_status tdm_chain_normalize(tdm_chain_builder *in, tdm_error *err)
{
    tdm_walker walker;
    tdm_revision_set below;
    if (!tdm_set_new(in->arena, in->chain, &below))
        return tdm_fail_memory(err);
    if (tdm_walker_start(in->arena, in->chain, &walker, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < in->chain->revisions.count; i++)
        if (normalize(in, &walker, &below, in->chain->revisions.items[i], err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

static int by_id(const void *a, const void *b)
{
    return tdm_text_compare((*(tdm_revision *const *)a)->id, (*(tdm_revision *const *)b)->id);
}

static tdm_status note_cycle(tdm_chain_builder *in, tdm_problem_kind kind, tdm_revision_list list,
                             tdm_error *err)
{
    tdm_buffer text = TDM_BUFFER_INIT(LIMIT_CYCLE_TEXT);
    tdm_buffer_puts(&text, kind == TDM_PROBLEM_CYCLE ? "Cycle" : "Dependency cycle");
    tdm_buffer_puts(&text, " is detected in revisions (");
    for (size_t i = 0; i < list.count; i++) {
        tdm_buffer_puts(&text, i ? ", " : "");
        tdm_buffer_put(&text, list.items[i]->id);
    }
    tdm_buffer_putc(&text, ')');
    tdm_status status = tdm_buffer_check(&text, err);
    tdm_problem problem = {.kind = kind,
                           .fatal = true,
                           .place = list.items[0]->down_place,
                           .name = list.items[0]->id,
                           .revision = list.items[0],
                           .message = tdm_buffer_take(&text, in->arena)};
    if (status != TDM_OK)
        return status;
    return tdm_chain_problem(in, problem) ? TDM_OK : tdm_fail_memory(err);
}

// What Alembic's own test finds: revisions that cannot be reached both from the heads downwards and
// from the bases upwards (RevisionMap._detect_cycles).
static tdm_status find_unreachable(tdm_chain_builder *in, tdm_walker *walker, tdm_problem_kind kind,
                                   tdm_revision_list *ret, tdm_error *err)
{
    tdm_chain *chain = in->chain;
    bool plain = kind == TDM_PROBLEM_CYCLE;
    tdm_revision_set above;
    tdm_revision_set below;
    tdm_revision_list list = {
        tdm_arena_array(in->arena, chain->revisions.count, sizeof(tdm_revision *)), 0};
    if (!list.items || !tdm_set_new(in->arena, chain, &above) ||
        !tdm_set_new(in->arena, chain, &below))
        return tdm_fail_memory(err);
    if (tdm_walk(walker, plain ? chain->heads : chain->real_heads, plain ? TDM_PARENTS : TDM_NEEDS,
                 &below, err) != TDM_OK)
        return TDM_FAILED;
    bool rooted = false;
    bool topped = plain ? chain->heads.count != 0 : chain->real_heads.count != 0;
    for (size_t i = 0; i < chain->bases.count; i++) {
        tdm_revision *base = chain->bases.items[i];
        if (!plain && base->depends_on.count)
            continue;
        rooted = true;
        if (tdm_walk_one(walker, base, plain ? TDM_CHILDREN : TDM_ALL_CHILDREN, &above, err) !=
            TDM_OK)
            return TDM_FAILED;
    }
    for (size_t i = 0; i < chain->revisions.count; i++) {
        tdm_revision *revision = chain->revisions.items[i];
        bool through = tdm_set_has(&above, revision) && tdm_set_has(&below, revision);
        if (!revision->replaced && (!rooted || !topped || !through))
            list.items[list.count++] = revision;
    }
    if (rooted && topped && list.count)
        qsort(list.items, list.count, sizeof(tdm_revision *), by_id);
    *ret = list;
    return TDM_OK;
}

typedef struct peeling {
    tdm_revision_list all;
    tdm_revision **queue;
    uint32_t *links; // of each revision that is left, to others that are left; 0: taken away
    bool *gone;
    tdm_relation relation;
} peeling;

// Takes away every revision that no other one still there leads to, until nothing moves.
static void peel(peeling *in)
{
    size_t head = 0;
    size_t tail = 0;
    for (size_t i = 0; i < in->all.count; i++)
        in->links[i] = 0;
    for (size_t i = 0; i < in->all.count; i++) {
        tdm_revision_list next = tdm_related(in->all.items[i], in->relation);
        for (size_t k = 0; k < next.count && !in->gone[i]; k++)
            in->links[next.items[k]->index]++;
    }
    for (size_t i = 0; i < in->all.count; i++)
        if (!in->gone[i] && in->links[i] == 0)
            in->queue[tail++] = in->all.items[i];
    while (head < tail) {
        const tdm_revision *revision = in->queue[head++];
        tdm_revision_list next = tdm_related(revision, in->relation);
        in->gone[revision->index] = true;
        for (size_t k = 0; k < next.count; k++)
            if (!in->gone[next.items[k]->index] && --in->links[next.items[k]->index] == 0)
                in->queue[tail++] = next.items[k];
    }
}

// The revisions that lie on cycles or between them: what is left when those below and those above
// have been peeled off.
static tdm_status find_knots(tdm_chain_builder *in, bool plain, tdm_revision_list *ret,
                             tdm_error *err)
{
    tdm_revision_list all = in->chain->revisions;
    peeling peels = {.all = all,
                     .queue = tdm_arena_array(in->arena, all.count, sizeof(tdm_revision *)),
                     .links = tdm_arena_array(in->arena, all.count, sizeof(uint32_t)),
                     .gone = tdm_arena_array(in->arena, all.count, sizeof(bool)),
                     .relation = plain ? TDM_CHILDREN : TDM_ALL_CHILDREN};
    tdm_revision_list left = {tdm_arena_array(in->arena, all.count, sizeof(tdm_revision *)), 0};
    if (!peels.queue || !peels.links || !peels.gone || !left.items)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < all.count; i++)
        peels.gone[i] = all.items[i]->replaced;
    peel(&peels);
    peels.relation = plain ? TDM_PARENTS : TDM_NEEDS;
    peel(&peels);
    for (size_t i = 0; i < all.count; i++)
        if (!peels.gone[i])
            left.items[left.count++] = all.items[i];
    *ret = left;
    return TDM_OK;
}

// Whether everything that was written could be linked; only then does Alembic come this far.
static bool links_whole(const tdm_chain_builder *in)
{
    for (size_t i = 0; i < in->problems.count; i++)
        if (in->problems.items[i].fatal)
            return false;
    return true;
}

// Alembic's test comes first, for its words; it needs all parents, and it overlooks a cycle that
// hangs between a base and a head: it then runs a revision before its parent, or never ends. Those
// are found by peeling.
tdm_status tdm_chain_find_cycles(tdm_chain_builder *in, tdm_error *err)
{
    tdm_walker walker;
    if (in->chain->revisions.count == 0)
        return TDM_OK;
    if (tdm_walker_start(in->arena, in->chain, &walker, err) != TDM_OK)
        return TDM_FAILED;
    bool whole = links_whole(in);
    for (int pass = 0; pass < 2; pass++) {
        tdm_problem_kind kind = pass == 0 ? TDM_PROBLEM_CYCLE : TDM_PROBLEM_DEPENDENCY_CYCLE;
        tdm_revision_list list = {0};
        if (whole && find_unreachable(in, &walker, kind, &list, err) != TDM_OK)
            return TDM_FAILED;
        if (list.count == 0 && find_knots(in, pass == 0, &list, err) != TDM_OK)
            return TDM_FAILED;
        if (list.count == 0)
            continue;
        in->chain->cyclic = true;
        return note_cycle(in, kind, list, err);
    }
    return TDM_OK;
}

// One label on its way through the graph: which revisions carry it.
static tdm_status spread(tdm_chain_builder *in, tdm_walker *walker, tdm_revision *revision,
                         tdm_revision_set *reached, tdm_error *err)
{
    tdm_set_clear(reached);
    if (tdm_walk_one(walker, revision, TDM_CHILDREN, reached, err) != TDM_OK)
        return TDM_FAILED;
    tdm_revision *below = walker->last;
    for (size_t steps = 0; steps < in->chain->revisions.count; steps++) {
        if (below->all_children.count > 1 || tdm_is_merge_point(below))
            break;
        tdm_set_add(reached, below);
        if (below->parents.count == 0)
            break;
        below = below->parents.items[0];
    }
    return TDM_OK;
}

static int by_text(const void *a, const void *b)
{
    return tdm_text_compare(*(const tdm_text *)a, *(const tdm_text *)b);
}

static bool carry(tdm_chain_builder *in, tdm_revision *revision, tdm_texts labels)
{
    tdm_text *wider =
        tdm_arena_array(in->arena, revision->branches.count + labels.count, sizeof *wider);
    size_t count = 0;
    if (!wider)
        return false;
    for (size_t i = 0; i < revision->branches.count; i++)
        wider[count++] = revision->branches.items[i];
    for (size_t i = 0; i < labels.count; i++)
        wider[count++] = labels.items[i];
    qsort(wider, count, sizeof *wider, by_text);
    size_t unique = 0;
    for (size_t i = 0; i < count; i++)
        if (unique == 0 || !tdm_text_equal(wider[unique - 1], wider[i]))
            wider[unique++] = wider[i];
    revision->branches = (tdm_texts){wider, unique};
    return true;
}

// Labels reach all descendants, and go down the line of the last one as far as it is a plain line
// (RevisionMap._add_branches).
tdm_status tdm_chain_spread_labels(tdm_chain_builder *in, tdm_error *err)
{
    tdm_revision_list all = in->chain->revisions;
    tdm_walker walker;
    tdm_revision_set reached;
    if (!tdm_set_new(in->arena, in->chain, &reached))
        return tdm_fail_memory(err);
    if (tdm_walker_start(in->arena, in->chain, &walker, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < all.count; i++) {
        if (all.items[i]->labels.count == 0)
            continue;
        if (spread(in, &walker, all.items[i], &reached, err) != TDM_OK)
            return TDM_FAILED;
        for (size_t k = tdm_set_next(&reached, 0); k != SIZE_MAX; k = tdm_set_next(&reached, k + 1))
            if (!carry(in, all.items[k], all.items[i]->labels))
                return tdm_fail_memory(err);
    }
    return TDM_OK;
}
