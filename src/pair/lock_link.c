// Links that tandem.lock holds: the strongest evidence, because somebody looked at them.
#include "pair/link_state.h"

static tdm_status link_line(tdm_link_state *state, const tdm_frozen *first, size_t count,
                            tdm_error *err)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++) {
            const tdm_frozen *revision = &first[i];
            const tdm_frozen *migration = &first[k];
            if (!revision->member->revision || migration->member->revision ||
                revision->state == TDM_FROZEN_GONE || migration->state == TDM_FROZEN_GONE)
                continue;
            tdm_link_edge edge = {revision->index, migration->index, TDM_LINK_LOCK,
                                  first->line->place, TDM_TEXT("a line of tandem.lock")};
            if (tdm_link_add(state, edge, err) != TDM_OK)
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
