// The sort keeps a list of lines that it walks down ("heads") and, for each, the set of everything
// below it. It goes on with one line as long as no other line still stands above the candidate. The
// result must be Alembic's own to the last place, so this is its algorithm and not a better one;
// the sets are bit sets that are used again.
#include "alembic/topology.h"

#include "base/error.h"
#include "base/vector.h"

#include <stdlib.h>

typedef struct line {
    tdm_revision *at;
    tdm_revision_set below; // with `at` itself
} line;

typedef struct sorter {
    tdm_arena *arena;
    tdm_walker *walker;
    tdm_revision_set todo;
    tdm_revision_set standing; // revisions at which a line stands
    TDM_VECTOR(line) lines;
    TDM_VECTOR(tdm_revision_set) free;
    tdm_revision_list out;
    tdm_error *err;
} sorter;

static int by_rank(const void *a, const void *b)
{
    uint32_t left = (*(tdm_revision *const *)a)->rank;
    uint32_t right = (*(tdm_revision *const *)b)->rank;
    return (left > right) - (left < right);
}

static tdm_status ancestors(sorter *in, tdm_revision *from, tdm_revision_set *ret)
{
    in->walker->visited += in->todo.word_count;
    if (in->free.count) {
        *ret = in->free.items[--in->free.count];
        tdm_set_clear(ret);
    } else if (!tdm_set_new(in->arena, in->walker->chain, ret)) {
        return tdm_fail_memory(in->err);
    }
    return tdm_walk_one(in->walker, from, TDM_NEEDS, ret, in->err);
}

static tdm_status add_line(sorter *in, tdm_revision *at)
{
    line next = {.at = at};
    if (ancestors(in, at, &next.below) != TDM_OK)
        return TDM_FAILED;
    tdm_set_add(&in->standing, at);
    return tdm_vector_push(in->arena, &in->lines, next) ? TDM_OK : tdm_fail_memory(in->err);
}

static tdm_status start_lines(sorter *in, tdm_revision_list heads)
{
    tdm_revision_list sorted = {tdm_arena_array(in->arena, heads.count, sizeof(tdm_revision *)), 0};
    if (!sorted.items)
        return tdm_fail_memory(in->err);
    for (size_t i = 0; i < heads.count; i++)
        if (tdm_set_has(&in->todo, heads.items[i]))
            sorted.items[sorted.count++] = heads.items[i];
    if (sorted.count)
        qsort(sorted.items, sorted.count, sizeof(tdm_revision *), by_rank);
    for (size_t i = 0; i < sorted.count; i++)
        if (!tdm_set_has(&in->standing, sorted.items[i]) && add_line(in, sorted.items[i]) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

// The first other line that the candidate lies below, or SIZE_MAX.
static size_t line_above(const sorter *in, size_t candidate)
{
    for (size_t i = 0; i < in->lines.count; i++)
        if (i != candidate && tdm_set_has(&in->lines.items[i].below, in->lines.items[candidate].at))
            return i;
    return SIZE_MAX;
}

static tdm_status drop_line(sorter *in, size_t index)
{
    if (!tdm_vector_push(in->arena, &in->free, in->lines.items[index].below))
        return tdm_fail_memory(in->err);
    for (size_t i = index + 1; i < in->lines.count; i++)
        in->lines.items[i - 1] = in->lines.items[i];
    in->lines.count--;
    return TDM_OK;
}

// Moves a line down from where it stands; `*index` is the line to look at next.
static tdm_status step_down(sorter *in, size_t *index)
{
    tdm_revision *from = in->lines.items[*index].at;
    size_t added = 0;
    tdm_revision **add = tdm_arena_array(in->arena, from->needs.count, sizeof(tdm_revision *));
    if (!add)
        return tdm_fail_memory(in->err);
    for (size_t i = 0; i < from->needs.count; i++)
        if (tdm_set_has(&in->todo, from->needs.items[i]) &&
            !tdm_set_has(&in->standing, from->needs.items[i]))
            add[added++] = from->needs.items[i];
    tdm_set_remove(&in->standing, from);
    if (added == 0) {
        if (drop_line(in, *index) != TDM_OK)
            return TDM_FAILED;
        *index -= *index > 0;
        return TDM_OK;
    }
    line *here = &in->lines.items[*index];
    here->at = add[0];
    tdm_set_add(&in->standing, add[0]);
    if (from->needs_more.count == 0 && from->down.count == 1) {
        tdm_set_remove(&here->below, from);
        return TDM_OK;
    }
    tdm_set_clear(&here->below);
    if (tdm_walk_one(in->walker, add[0], TDM_NEEDS, &here->below, in->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 1; i < added; i++)
        if (add_line(in, add[i]) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

tdm_status tdm_topological(tdm_arena *arena, tdm_walker *walker, const tdm_revision_set *todo,
                           tdm_revision_list heads, tdm_revision_list *ret, tdm_error *err)
{
    const tdm_chain *chain = walker->chain;
    sorter in = {.arena = arena, .walker = walker, .err = err};
    size_t index = 0;
    in.out.items = tdm_arena_array(arena, chain->revisions.count, sizeof(tdm_revision *));
    if (!in.out.items || !tdm_set_new(arena, chain, &in.todo) ||
        !tdm_set_new(arena, chain, &in.standing))
        return tdm_fail_memory(err);
    for (size_t i = 0; i < in.todo.word_count; i++)
        in.todo.words[i] = todo->words[i];
    if (start_lines(&in, heads) != TDM_OK)
        return TDM_FAILED;
    while (in.lines.count) {
        tdm_revision *candidate = in.lines.items[index].at;
        size_t above = line_above(&in, index);
        walker->visited += in.lines.count;
        if (walker->visited > TDM_LIMIT_WALK)
            return tdm_fail(err, TDM_ERROR_LIMIT, candidate->id_place,
                            "the chain of revisions has too many branches and merges to follow");
        if (above != SIZE_MAX) {
            index = above;
            continue;
        }
        if (tdm_set_has(&in.todo, candidate)) {
            in.out.items[in.out.count++] = candidate;
            tdm_set_remove(&in.todo, candidate);
        }
        if (step_down(&in, &index) != TDM_OK)
            return TDM_FAILED;
    }
    if (!tdm_set_empty(&in.todo))
        return tdm_fail(err, TDM_ERROR_BUG, TDM_NOWHERE, "revisions that no head leads to");
    *ret = in.out;
    return TDM_OK;
}
