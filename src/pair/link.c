#include "pair/link.h"

#include "base/error.h"
#include "base/text.h"
#include "pair/link_state.h"

#include <string.h>

// More links than this for each file can only come from comments made to exhaust memory.
enum { EDGES_PER_FILE = 16, EDGES_FREE = 4096 };

bool tdm_link_has(const tdm_link_state *state, uint32_t revision, uint32_t migration)
{
    uint32_t pair[2] = {revision, migration};
    return tdm_map_has(&state->seen, (tdm_text){(const char *)pair, sizeof pair});
}

tdm_status tdm_link_add(tdm_link_state *state, tdm_link_edge edge, tdm_error *err)
{
    uint32_t pair[2] = {edge.revision, edge.migration};
    if (tdm_link_has(state, edge.revision, edge.migration))
        return TDM_OK;
    size_t files = state->input->revision_count + state->input->migration_count;
    if (state->links->edges.count >= EDGES_FREE + EDGES_PER_FILE * files)
        return tdm_fail(err, TDM_ERROR_LIMIT, edge.place,
                        "the comments of the migrations make more than %zu links",
                        state->links->edges.count);
    tdm_text key = tdm_arena_text(state->arena, (tdm_text){(const char *)pair, sizeof pair});
    if (key.size == 0 || !tdm_map_put(&state->seen, key, state) ||
        !tdm_vector_push(state->arena, &state->links->edges, edge))
        return tdm_fail_memory(err);
    if (state->of_revision[edge.revision] == TDM_LINK_NONE) {
        state->of_revision[edge.revision] = edge.link;
        state->first_migration[edge.revision] = edge.migration;
        state->last_migration[edge.revision] = edge.migration;
    }
    if (state->of_migration[edge.migration] == TDM_LINK_NONE)
        state->of_migration[edge.migration] = edge.link;
    if (edge.migration < state->first_migration[edge.revision])
        state->first_migration[edge.revision] = edge.migration;
    if (edge.migration > state->last_migration[edge.revision])
        state->last_migration[edge.revision] = edge.migration;
    return TDM_OK;
}

tdm_status tdm_link_blame(tdm_link_state *state, tdm_link_fault fault, tdm_error *err)
{
    return tdm_vector_push(state->arena, &state->links->faults, fault) ? TDM_OK
                                                                       : tdm_fail_memory(err);
}

tdm_status tdm_links_find(tdm_arena *arena, const tdm_link_input *input, tdm_links *ret,
                          tdm_error *err)
{
    static tdm_status (*const levels[])(tdm_link_state *, tdm_error *) = {
        tdm_link_by_baseline, tdm_link_by_lock,   tdm_link_by_writing, tdm_link_by_digits,
        tdm_link_by_mention,  tdm_link_by_effect, tdm_link_by_slug,
    };
    *ret = (tdm_links){0};
    tdm_link_state state = {
        .arena = arena,
        .input = input,
        .links = ret,
        .of_revision = tdm_arena_array(arena, input->revision_count, sizeof(tdm_link)),
        .of_migration = tdm_arena_array(arena, input->migration_count, sizeof(tdm_link)),
        .first_migration = tdm_arena_array(arena, input->revision_count, sizeof(uint32_t)),
        .last_migration = tdm_arena_array(arena, input->revision_count, sizeof(uint32_t)),
    };
    tdm_map_init(&state.seen, arena);
    if (!tdm_arena_ok(arena))
        return tdm_fail_memory(err);
    if (tdm_names_of_revisions(arena, input, &state.revisions, err) != TDM_OK ||
        tdm_names_of_migrations(arena, input, &state.migrations, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        if (levels[i](&state, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}
