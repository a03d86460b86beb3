#include "alembic/graph.h"

#include "base/error.h"

#include <string.h>

bool tdm_set_new(tdm_arena *arena, const tdm_chain *chain, tdm_revision_set *ret)
{
    ret->word_count = chain->revisions.count / 64 + 1;
    ret->words = tdm_arena_array(arena, ret->word_count, sizeof *ret->words);
    return ret->words != NULL;
}

bool tdm_set_has(const tdm_revision_set *set, const tdm_revision *revision)
{
    return set->words[revision->index / 64] >> (revision->index % 64) & 1U;
}

void tdm_set_add(tdm_revision_set *set, const tdm_revision *revision)
{
    set->words[revision->index / 64] |= UINT64_C(1) << (revision->index % 64);
}

void tdm_set_remove(tdm_revision_set *set, const tdm_revision *revision)
{
    set->words[revision->index / 64] &= ~(UINT64_C(1) << (revision->index % 64));
}

void tdm_set_clear(tdm_revision_set *set)
{
    memset(set->words, 0, set->word_count * sizeof *set->words);
}

void tdm_set_minus(tdm_revision_set *set, const tdm_revision_set *other)
{
    for (size_t i = 0; i < set->word_count; i++)
        set->words[i] &= ~other->words[i];
}

void tdm_set_and(tdm_revision_set *set, const tdm_revision_set *other)
{
    for (size_t i = 0; i < set->word_count; i++)
        set->words[i] &= other->words[i];
}

size_t tdm_set_next(const tdm_revision_set *set, size_t from)
{
    for (size_t word = from / 64; word < set->word_count; word++) {
        uint64_t bits = set->words[word];
        if (word == from / 64)
            bits &= UINT64_MAX << (from % 64);
        if (bits)
            return word * 64 + (size_t)__builtin_ctzll(bits);
    }
    return SIZE_MAX;
}

bool tdm_set_empty(const tdm_revision_set *set)
{
    return tdm_set_next(set, 0) == SIZE_MAX;
}

tdm_status tdm_set_list(tdm_arena *arena, const tdm_chain *chain, const tdm_revision_set *set,
                        tdm_revision_list *ret, tdm_error *err)
{
    tdm_revision_list list = {0};
    for (size_t i = tdm_set_next(set, 0); i != SIZE_MAX; i = tdm_set_next(set, i + 1))
        list.count++;
    list.items = tdm_arena_array(arena, list.count, sizeof(tdm_revision *));
    if (!list.items)
        return tdm_fail_memory(err);
    list.count = 0;
    for (size_t i = tdm_set_next(set, 0); i != SIZE_MAX; i = tdm_set_next(set, i + 1))
        list.items[list.count++] = chain->revisions.items[i];
    *ret = list;
    return TDM_OK;
}

bool tdm_list_has(tdm_revision_list list, const tdm_revision *revision)
{
    for (size_t i = 0; i < list.count; i++)
        if (list.items[i] == revision)
            return true;
    return false;
}

tdm_status tdm_walker_start(tdm_arena *arena, const tdm_chain *chain, tdm_walker *ret,
                            tdm_error *err)
{
    *ret = (tdm_walker){.chain = chain};
    ret->stack = tdm_arena_array(arena, chain->revisions.count + 1, sizeof(tdm_revision *));
    return ret->stack ? TDM_OK : tdm_fail_memory(err);
}

tdm_revision_list tdm_related(const tdm_revision *revision, tdm_relation relation)
{
    switch (relation) {
    case TDM_PARENTS:
        return revision->parents;
    case TDM_NEEDS:
        return revision->needs;
    case TDM_CHILDREN:
        return revision->children;
    case TDM_ALL_CHILDREN:
        return revision->all_children;
    }
    return (tdm_revision_list){0};
}

// A revision is added to the set when it is put on the stack, so that the stack never holds it
// twice and its size is that of the chain.
tdm_status tdm_walk_one(tdm_walker *walker, tdm_revision *from, tdm_relation relation,
                        tdm_revision_set *set, tdm_error *err)
{
    size_t depth = 0;
    if (tdm_set_has(set, from))
        return TDM_OK;
    tdm_set_add(set, from);
    walker->stack[depth++] = from;
    while (depth) {
        tdm_revision *revision = walker->stack[--depth];
        tdm_revision_list next = tdm_related(revision, relation);
        walker->last = revision;
        walker->visited += 1 + next.count;
        if (walker->visited > TDM_LIMIT_WALK)
            return tdm_fail(err, TDM_ERROR_LIMIT, revision->id_place,
                            "the chain of revisions has too many branches and merges to follow");
        for (size_t i = 0; i < next.count; i++) {
            if (tdm_set_has(set, next.items[i]))
                continue;
            tdm_set_add(set, next.items[i]);
            walker->stack[depth++] = next.items[i];
        }
    }
    return TDM_OK;
}

tdm_status tdm_walk(tdm_walker *walker, tdm_revision_list from, tdm_relation relation,
                    tdm_revision_set *set, tdm_error *err)
{
    for (size_t i = 0; i < from.count; i++)
        if (tdm_walk_one(walker, from.items[i], relation, set, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}
