// The way back of a whole migration, as SQL.
#include "inverse/inverse.h"

#include "base/error.h"

static tdm_status add_statement(tdm_arena *arena, tdm_catalog *catalog,
                                const tdm_statement *statement, tdm_way_back *all, tdm_error *err)
{
    tdm_effect effect;
    tdm_way_back back;

    tdm_effect_init(&effect, arena);
    if (tdm_catalog_apply(catalog, statement, NULL, &effect, err) != TDM_OK ||
        tdm_inverse_of(arena, catalog, statement, &effect, &back, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = back.steps.count; i-- > 0;)
        if (!tdm_vector_push(arena, &all->steps, back.steps.items[i]))
            return tdm_fail_memory(err);
    return TDM_OK;
}

static void turn(tdm_way_back *back)
{
    size_t count = back->steps.count;

    for (size_t i = 0; i < count / 2; i++) {
        tdm_back_step step = back->steps.items[i];
        back->steps.items[i] = back->steps.items[count - 1 - i];
        back->steps.items[count - 1 - i] = step;
    }
}

static tdm_status hand_out(tdm_arena *arena, const tdm_way_back *all, tdm_inverse_sql *ret,
                           tdm_error *err)
{
    *ret = (tdm_inverse_sql){.whole = true};
    for (size_t i = 0; i < all->steps.count; i++) {
        const tdm_back_step *step = &all->steps.items[i];
        bool loses = step->outcome == TDM_RETURN_LOSSY || step->outcome == TDM_RETURN_NONE;
        if (step->needless)
            continue;
        ret->whole = ret->whole && !loses;
        ret->keeps_rows = ret->keeps_rows || step->outcome == TDM_RETURN_NOTHING;
        if ((loses && !tdm_vector_push(arena, &ret->losses, step->note)) ||
            (step->sql.size && !tdm_vector_push(arena, &ret->statements, step->sql)))
            return tdm_fail_memory(err);
    }
    return TDM_OK;
}

tdm_status tdm_inverse_of_migration(tdm_arena *arena, tdm_catalog *catalog,
                                    const tdm_statements *statements, tdm_inverse_sql *ret,
                                    tdm_error *err)
{
    tdm_way_back all = {0};

    tdm_catalog_reset_session(catalog);
    for (size_t i = 0; i < statements->count; i++)
        if (add_statement(arena, catalog, &statements->items[i], &all, err) != TDM_OK)
            return TDM_FAILED;
    turn(&all);
    if (tdm_inverse_thin_out(arena, &all, err) != TDM_OK)
        return TDM_FAILED;
    return hand_out(arena, &all, ret, err);
}
