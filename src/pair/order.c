#include "pair/order.h"

#include "base/error.h"

// For each revision the latest migration that must come before its own: of all it needs, the one
// whose migration is last. Parents stand before their children in upgrade order, so that one pass
// is enough.
typedef struct bound {
    uint32_t revision; // whose migration it is; UINT32_MAX: nothing needed has one
    uint32_t migration;
} bound;

static const bound no_bound = {UINT32_MAX, 0};

static bool is_later(bound a, bound b)
{
    return a.revision != UINT32_MAX && (b.revision == UINT32_MAX || a.migration > b.migration);
}

// What the children of `revision` must come after: its own last migration, or what it needs itself.
static bound bound_for_children(const tdm_group *group, uint32_t revision, bound needed)
{
    if (group->migration_count == 0)
        return needed;
    bound own = {revision, group->migrations[group->migration_count - 1]};
    return is_later(needed, own) ? needed : own;
}

tdm_status tdm_order_check(tdm_arena *arena, const tdm_link_input *input, const tdm_groups *groups,
                           tdm_misorders *ret, tdm_error *err)
{
    *ret = (tdm_misorders){0};
    bound *passed_on = tdm_arena_array(arena, input->revision_count, sizeof *passed_on);
    if (!passed_on)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < input->revision_count; i++) {
        const tdm_link_revision *revision = &input->revisions[i];
        uint32_t group_index = groups->of_revision[i];
        const tdm_group *group = &groups->items[group_index];
        bound needed = no_bound;
        for (size_t j = 0; j < revision->need_count; j++) {
            uint32_t parent = revision->needs[j];
            bound of_parent = parent < i ? passed_on[parent] : no_bound;
            bool same_group = of_parent.revision != UINT32_MAX &&
                              groups->of_revision[of_parent.revision] == group_index;
            if (!same_group && is_later(of_parent, needed))
                needed = of_parent;
        }
        passed_on[i] = bound_for_children(group, (uint32_t)i, needed);
        if (group->migration_count == 0 || needed.revision == UINT32_MAX ||
            needed.migration < group->migrations[0])
            continue;
        tdm_misorder found = {needed.revision, (uint32_t)i, needed.migration, group->migrations[0]};
        if (!tdm_vector_push(arena, ret, found))
            return tdm_fail_memory(err);
    }
    return TDM_OK;
}
