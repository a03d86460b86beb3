#include "project/emission.h"

#include "base/error.h"
#include "base/text.h"

static tdm_status add_opaque(tdm_arena *arena, const tdm_emission *emission, uint32_t index,
                             tdm_text reason, tdm_statement_list *list, tdm_error *err)
{
    tdm_statement statement = {.place = emission->place,
                               .reason = reason,
                               .source = index,
                               .opaque = true,
                               .outside = emission->outside};
    return tdm_vector_push(arena, list, statement) ? TDM_OK : tdm_fail_memory(err);
}

// Why nobody can say what is sent, or an empty text.
static tdm_text reason_of(tdm_arena *arena, const tdm_emission *emission)
{
    const tdm_emission_guard *guard = emission->guard;
    if (emission->kind == TDM_EMISSION_OPAQUE)
        return emission->reason;
    if (guard && (!guard->decided || guard->sent == TDM_ANSWER_UNKNOWN))
        return tdm_arena_printf(arena,
                                "a running Alembic does this only where the database needs it "
                                "(checkfirst=True)%s%.*s",
                                guard->why.size ? ": " : "", TDM_TEXT_ARG(guard->why));
    if (emission->online_unknown)
        return emission->online_fails;
    if (emission->online_fails.size)
        return tdm_arena_printf(arena, "a running Alembic fails here: %.*s",
                                TDM_TEXT_ARG(emission->online_fails));
    return (tdm_text){NULL, 0};
}

tdm_status tdm_emission_statements(tdm_arena *arena, const tdm_emission *emission, uint32_t index,
                                   tdm_statement_list *list, tdm_error *err)
{
    const tdm_emission_guard *guard = emission->guard;
    tdm_statements cut = {0};
    // `outside` of the emissions between BEGIN and COMMIT says the same.
    if (emission->kind == TDM_EMISSION_BEGIN || emission->kind == TDM_EMISSION_COMMIT ||
        emission->question || (guard && guard->decided && guard->sent == TDM_ANSWER_NO))
        return TDM_OK;
    tdm_text reason = reason_of(arena, emission);
    if (reason.size)
        return add_opaque(arena, emission, index, reason, list, err);
    if (tdm_sql_split_at(arena, emission->place, emission->online, &cut, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < cut.count; i++) {
        cut.items[i].source = index;
        cut.items[i].outside = emission->outside;
        if (!tdm_vector_push(arena, list, cut.items[i]))
            return tdm_fail_memory(err);
    }
    return TDM_OK;
}
