#include "pair/group.h"

#include "base/error.h"

// Revisions are nodes 0 .. revision_count - 1, migrations follow.
typedef struct forest {
    uint32_t *parent;
    size_t count;
} forest;

static uint32_t root_of(forest *trees, uint32_t node)
{
    while (trees->parent[node] != node) {
        trees->parent[node] = trees->parent[trees->parent[node]];
        node = trees->parent[node];
    }
    return node;
}

// The smaller number becomes the root, so that a group with revisions is rooted in its first one.
static void join(forest *trees, uint32_t a, uint32_t b)
{
    a = root_of(trees, a);
    b = root_of(trees, b);
    if (a < b)
        trees->parent[b] = a;
    else
        trees->parent[a] = b;
}

typedef struct builder {
    tdm_arena *arena;
    forest trees;
    size_t revision_count;
    size_t migration_count;
    uint32_t *group_of_root; // index + 1
    tdm_groups *ret;
} builder;

static void open_group(builder *in, uint32_t node)
{
    uint32_t root = root_of(&in->trees, node);
    if (in->group_of_root[root] == 0)
        in->group_of_root[root] = (uint32_t)++in->ret->count;
}

// Groups in chain order: each revision opens its group; behind the last revision of a run come the
// migrations that follow the group's own and have no revision.
static void open_groups(builder *in, const uint32_t *first_migration)
{
    size_t done = 0;
    for (size_t i = 0; i < in->revision_count; i++) {
        uint32_t root = root_of(&in->trees, (uint32_t)i);
        uint32_t first = first_migration[root];
        // Migrations without revision that stand before this group's first one.
        for (; first != UINT32_MAX && done < first; done++)
            if (root_of(&in->trees, (uint32_t)(in->revision_count + done)) >= in->revision_count)
                open_group(in, (uint32_t)(in->revision_count + done));
        open_group(in, (uint32_t)i);
    }
    for (; done < in->migration_count; done++)
        if (root_of(&in->trees, (uint32_t)(in->revision_count + done)) >= in->revision_count)
            open_group(in, (uint32_t)(in->revision_count + done));
}

static uint32_t group_index(builder *in, uint32_t node)
{
    return in->group_of_root[root_of(&in->trees, node)] - 1;
}

// Counts, then hands every group its part of one shared array each.
static tdm_status fill(builder *in, const tdm_links *links, tdm_error *err)
{
    tdm_groups *ret = in->ret;
    uint32_t *of_revision = tdm_arena_array(in->arena, in->revision_count, sizeof(uint32_t));
    uint32_t *of_migration = tdm_arena_array(in->arena, in->migration_count, sizeof(uint32_t));
    uint32_t *revisions = tdm_arena_array(in->arena, in->revision_count, sizeof(uint32_t));
    uint32_t *migrations = tdm_arena_array(in->arena, in->migration_count, sizeof(uint32_t));
    const tdm_link_edge **edges = tdm_arena_array(in->arena, links->edges.count, sizeof *edges);
    ret->items = tdm_arena_array(in->arena, ret->count, sizeof *ret->items);
    if (!tdm_arena_ok(in->arena))
        return tdm_fail_memory(err);
    for (size_t i = 0; i < in->revision_count; i++)
        ret->items[of_revision[i] = group_index(in, (uint32_t)i)].revision_count++;
    for (size_t i = 0; i < in->migration_count; i++)
        ret->items[of_migration[i] = group_index(in, (uint32_t)(in->revision_count + i))]
            .migration_count++;
    for (size_t i = 0; i < links->edges.count; i++)
        ret->items[of_revision[links->edges.items[i].revision]].edge_count++;
    for (size_t i = 0; i < ret->count; i++) {
        tdm_group *group = &ret->items[i];
        group->revisions = revisions;
        group->migrations = migrations;
        group->edges = edges;
        revisions += group->revision_count;
        migrations += group->migration_count;
        edges += group->edge_count;
        group->revision_count = group->migration_count = group->edge_count = 0;
    }
    for (size_t i = 0; i < in->revision_count; i++) {
        tdm_group *group = &ret->items[of_revision[i]];
        ((uint32_t *)group->revisions)[group->revision_count++] = (uint32_t)i;
    }
    for (size_t i = 0; i < in->migration_count; i++) {
        tdm_group *group = &ret->items[of_migration[i]];
        ((uint32_t *)group->migrations)[group->migration_count++] = (uint32_t)i;
    }
    for (size_t i = 0; i < links->edges.count; i++) {
        tdm_group *group = &ret->items[of_revision[links->edges.items[i].revision]];
        ((const tdm_link_edge **)group->edges)[group->edge_count++] = &links->edges.items[i];
    }
    ret->of_revision = of_revision;
    ret->of_migration = of_migration;
    return TDM_OK;
}

tdm_status tdm_groups_make(tdm_arena *arena, const tdm_links *links, size_t revision_count,
                           size_t migration_count, tdm_groups *ret, tdm_error *err)
{
    size_t nodes = revision_count + migration_count;
    builder in = {.arena = arena,
                  .trees = {tdm_arena_array(arena, nodes, sizeof(uint32_t)), nodes},
                  .revision_count = revision_count,
                  .migration_count = migration_count,
                  .group_of_root = tdm_arena_array(arena, nodes, sizeof(uint32_t)),
                  .ret = ret};
    uint32_t *first_migration = tdm_arena_array(arena, nodes, sizeof(uint32_t));
    *ret = (tdm_groups){0};
    if (!tdm_arena_ok(arena))
        return tdm_fail_memory(err);
    for (size_t i = 0; i < nodes; i++) {
        in.trees.parent[i] = (uint32_t)i;
        first_migration[i] = UINT32_MAX;
    }
    for (size_t i = 0; i < links->edges.count; i++)
        join(&in.trees, links->edges.items[i].revision,
             (uint32_t)(revision_count + links->edges.items[i].migration));
    for (size_t i = migration_count; i-- > 0;)
        first_migration[root_of(&in.trees, (uint32_t)(revision_count + i))] = (uint32_t)i;
    open_groups(&in, first_migration);
    return fill(&in, links, err);
}
