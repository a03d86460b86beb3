// Whether a way back leads back: there and back again on the catalog, and what is different then.
#include "inverse/inverse.h"

#include "base/error.h"
#include "compare/compare.h"

static tdm_status apply(tdm_catalog *catalog, const tdm_round_step *steps, size_t count,
                        tdm_effect *effect, tdm_error *err)
{
    tdm_catalog_reset_session(catalog);
    for (size_t i = 0; i < count; i++)
        if (tdm_catalog_apply(catalog, steps[i].statement, steps[i].tree, effect, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

// What the model cannot follow on the way there says nothing of the way back.
static bool is_followed(const tdm_effect *effect, size_t from)
{
    for (size_t i = from; i < effect->count; i++)
        if (effect->items[i].kind == TDM_CHANGE_OPAQUE)
            return false;
    return true;
}

// A statement of the way back that the server would refuse.
static tdm_text refusal_of(const tdm_effect *effect, size_t from)
{
    for (size_t i = from; i < effect->count; i++)
        if (effect->items[i].kind == TDM_CHANGE_OPAQUE)
            return effect->items[i].reason;
    return (tdm_text){NULL, 0};
}

// Rows that were written stay; that is said elsewhere.
static bool counts(const tdm_difference *difference)
{
    return difference->reason.size == 0 && !tdm_text_is(difference->attribute, "data");
}

static tdm_status compare(tdm_arena *arena, const tdm_effect *both, tdm_text *ret, tdm_error *err)
{
    tdm_effect nothing;
    tdm_differences found = {0};
    tdm_comparison verdict;

    tdm_effect_init(&nothing, arena);
    if (tdm_effect_compare(both, &nothing, arena, &found, &verdict, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < found.count && ret->size == 0; i++)
        if (counts(&found.items[i]))
            *ret = tdm_arena_printf(arena, "%.*s: %.*s would not be as it was",
                                    TDM_TEXT_ARG(found.items[i].object),
                                    TDM_TEXT_ARG(found.items[i].attribute));
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

tdm_status tdm_inverse_prove(tdm_arena *arena, tdm_catalog *catalog, const tdm_round *round,
                             tdm_text *ret, tdm_error *err)
{
    tdm_effect effect;

    *ret = (tdm_text){NULL, 0};
    tdm_effect_init(&effect, arena);
    if (apply(catalog, round->there, round->there_count, &effect, err) != TDM_OK)
        return TDM_FAILED;
    if (!is_followed(&effect, 0) || !tdm_catalog_is_closed(catalog, NULL, NULL))
        return TDM_OK;
    size_t turning = effect.count;
    if (apply(catalog, round->back, round->back_count, &effect, err) != TDM_OK)
        return TDM_FAILED;
    *ret = refusal_of(&effect, turning);
    if (ret->size == 0 && compare(arena, &effect, ret, err) != TDM_OK)
        return TDM_FAILED;
    tdm_effect_init(&effect, arena);
    return apply(catalog, round->there, round->there_count, &effect, err);
}
