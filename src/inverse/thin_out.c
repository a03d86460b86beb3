// What need not be undone, because the object goes as a whole.
#include "inverse/inverse.h"

#include "base/error.h"
#include "base/map.h"

// What later steps take away, by their keys: each object, and each relation by its name alone, for
// what stands on it. Walked from the last step to the first.
typedef struct thinner {
    tdm_arena *arena;
    tdm_map taken;
} thinner;

static tdm_text text_of(thinner *t, const tdm_change_key *key)
{
    return tdm_arena_printf(
        t->arena, "%d/%zu.%.*s/%zu.%.*s/%zu.%.*s/%zu.%.*s", (int)key->kind, key->schema.size,
        TDM_TEXT_ARG(key->schema), key->name.size, TDM_TEXT_ARG(key->name), key->owner_schema.size,
        TDM_TEXT_ARG(key->owner_schema), key->owner.size, TDM_TEXT_ARG(key->owner));
}

static tdm_text relation_of(thinner *t, tdm_text schema, tdm_text name)
{
    return tdm_arena_printf(t->arena, "%zu.%.*s/%.*s", schema.size, TDM_TEXT_ARG(schema),
                            TDM_TEXT_ARG(name));
}

static bool take(thinner *t, const tdm_change_key *key)
{
    bool relation = tdm_kind_space(key->kind) == TDM_SPACE_RELATION;

    return tdm_map_put(&t->taken, text_of(t, key), t) &&
           (!relation || tdm_map_put(&t->taken, relation_of(t, key->schema, key->name), t));
}

static bool is_taken(thinner *t, const tdm_change_key *key)
{
    return tdm_map_get(&t->taken, text_of(t, key)) ||
           (key->owner.size &&
            tdm_map_get(&t->taken, relation_of(t, key->owner_schema, key->owner)));
}

static bool is_spare(const tdm_back_step *step)
{
    return step->key.name.size && (step->outcome == TDM_RETURN_NONE ||
                                   step->deed == TDM_BACK_SETS || step->deed == TDM_BACK_DEFINES);
}

// Leaves the first of what prepares the session, if a step that it prepares is left.
static void prepare_once(tdm_way_back *back)
{
    bool prepared = false, defines = false;

    for (size_t i = back->steps.count; i-- > 0;) {
        tdm_back_step *step = &back->steps.items[i];
        if (step->deed == TDM_BACK_PREPARES)
            step->needless = !defines;
        else
            defines = defines ||
                      (!step->needless && step->sql.size && step->key.kind == TDM_KIND_FUNCTION &&
                       step->deed != TDM_BACK_TAKES_AWAY);
    }
    for (size_t i = 0; i < back->steps.count; i++) {
        tdm_back_step *step = &back->steps.items[i];
        if (step->deed != TDM_BACK_PREPARES)
            continue;
        step->needless = step->needless || prepared;
        prepared = true;
    }
}

tdm_status tdm_inverse_thin_out(tdm_arena *arena, tdm_way_back *back, tdm_error *err)
{
    thinner t = {.arena = arena};
    bool ok = true;

    tdm_map_init(&t.taken, arena);
    for (size_t i = back->steps.count; i-- > 0;) {
        tdm_back_step *step = &back->steps.items[i];
        step->needless = is_spare(step) && is_taken(&t, &step->key);
        // Before a name is put back, keys may mean something else.
        if (step->deed == TDM_BACK_NAMES)
            tdm_map_init(&t.taken, arena);
        if (step->deed == TDM_BACK_TAKES_AWAY)
            ok = take(&t, &step->key) && ok;
    }
    prepare_once(back);
    return ok && tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}
