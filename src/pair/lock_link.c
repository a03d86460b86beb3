// Links that tandem.lock holds: the strongest evidence, because somebody looked at them.
#include "pair/link_state.h"

static tdm_status join(tdm_link_state *state, const tdm_frozen *revision,
                       const tdm_frozen *migration, tdm_error *err)
{
    tdm_link_edge edge = {revision->index, migration->index, TDM_LINK_LOCK, revision->line->place,
                          TDM_TEXT("a line of tandem.lock")};
    return tdm_link_add(state, edge, err);
}

static const tdm_frozen *first_of(const tdm_frozen *items, size_t count, bool revision)
{
    for (size_t i = 0; i < count; i++)
        if (items[i].member->revision == revision && items[i].state != TDM_FROZEN_GONE)
            return &items[i];
    return NULL;
}

// Each with the first of the other side: that holds the line together.
static tdm_status link_line(tdm_link_state *state, const tdm_frozen *items, size_t count,
                            tdm_error *err)
{
    const tdm_frozen *revision = first_of(items, count, true);
    const tdm_frozen *migration = first_of(items, count, false);
    for (size_t i = 0; revision && migration && i < count; i++) {
        bool of_revision = items[i].member->revision;
        if (items[i].state != TDM_FROZEN_GONE &&
            join(state, of_revision ? &items[i] : revision, of_revision ? migration : &items[i],
                 err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

tdm_status tdm_link_by_lock(tdm_link_state *state, tdm_error *err)
{
    const tdm_frozen_list *frozen = state->input->frozen;
    size_t count;
    for (size_t i = 0; frozen && i < frozen->count; i += count) {
        count = frozen->items[i].line->count;
        if (link_line(state, &frozen->items[i], count, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}
