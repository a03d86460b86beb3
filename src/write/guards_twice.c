#include "write/guards.h"

#include "base/error.h"
#include "base/text.h"
#include "compare/compare.h"

// Settings end with the file, and are the same in each run.
static void leave_out_settings(tdm_effect *effect)
{
    size_t count = 0;
    for (size_t i = 0; i < effect->count; i++)
        if (effect->items[i].kind != TDM_CHANGE_SESSION)
            effect->items[count++] = effect->items[i];
    effect->count = count;
}

static tdm_status compare(tdm_effect *effect, tdm_arena *arena, tdm_differences *ret,
                          tdm_comparison *ret_verdict, tdm_error *err)
{
    tdm_effect nothing;
    tdm_effect_init(&nothing, arena);
    leave_out_settings(effect);
    return tdm_effect_compare(effect, &nothing, arena, ret, ret_verdict, err);
}

static tdm_status run_again(tdm_arena *arena, const tdm_catalog *after,
                            const tdm_statement *const *statements, size_t count, tdm_effect *ret,
                            tdm_error *err)
{
    tdm_catalog *copy = NULL;
    if (tdm_catalog_clone(after, arena, &copy, err) != TDM_OK)
        return TDM_FAILED;
    tdm_effect_init(ret, arena);
    for (size_t i = 0; i < count; i++)
        if (tdm_catalog_apply(copy, statements[i], NULL, ret, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

tdm_status tdm_changes_nothing(const tdm_catalog *after, const tdm_statement *statement, bool *ret,
                               tdm_error *err)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_effect effect;
    tdm_differences differences = {0};
    tdm_comparison verdict = TDM_COMPARE_UNKNOWN;
    if (!arena)
        return tdm_fail_memory(err);
    tdm_status status = run_again(arena, after, &statement, 1, &effect, err);
    if (status == TDM_OK)
        status = compare(&effect, arena, &differences, &verdict, err);
    *ret = verdict == TDM_COMPARE_EQUAL;
    tdm_arena_free(arena);
    return status;
}

// Where the first thing that cannot be known stands.
static tdm_place opaque_place(const tdm_effect *effect)
{
    for (size_t i = 0; i < effect->count; i++)
        if (effect->items[i].kind == TDM_CHANGE_OPAQUE)
            return effect->items[i].place;
    return TDM_NOWHERE;
}

static tdm_status refuse(const tdm_differences *differences, tdm_comparison verdict,
                         tdm_place anywhere, tdm_error *err)
{
    tdm_difference none = {.left_place = anywhere};
    const tdm_difference *first = differences->count ? &differences->items[0] : &none;
    tdm_place place = first->left_place.file ? first->left_place : anywhere;
    if (verdict == TDM_COMPARE_DIFFERENT)
        tdm_fail(err, TDM_ERROR_SQL, place, "run twice, this would change %.*s again",
                 TDM_TEXT_ARG(first->object));
    else
        tdm_fail(err, TDM_ERROR_OPAQUE, place,
                 "whether a second run changes nothing cannot be known: %.*s",
                 TDM_TEXT_ARG(first->reason));
    return tdm_hint(err, "Convert this revision without --guarded.");
}

tdm_status tdm_prove_twice(const tdm_catalog *after, const tdm_guards *guards, tdm_error *err)
{
    const tdm_statements *all = &guards->statements;
    tdm_arena *arena = tdm_arena_new(0);
    tdm_effect effect;
    tdm_differences differences = {0};
    tdm_comparison verdict = TDM_COMPARE_EQUAL;
    size_t count = 0;
    if (!arena)
        return tdm_fail_memory(err);
    const tdm_statement **guarded = tdm_arena_array(arena, all->count + 1, sizeof *guarded);
    for (size_t i = 0; guarded && i < all->count; i++)
        if (!guards->unguarded[i])
            guarded[count++] = &all->items[i];
    tdm_status status =
        guarded ? run_again(arena, after, guarded, count, &effect, err) : tdm_fail_memory(err);
    if (status == TDM_OK)
        status = compare(&effect, arena, &differences, &verdict, err);
    if (status == TDM_OK && verdict != TDM_COMPARE_EQUAL)
        status = refuse(&differences, verdict, opaque_place(&effect), err);
    tdm_arena_free(arena);
    return status;
}
