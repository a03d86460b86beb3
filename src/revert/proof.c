// Whether the schema after a way back is the one before the step.
//
// What cannot be compared is mostly what nobody has touched: a table of the platform, of which not
// all columns are known, is the same before and after. It is left out where the same cannot be
// known of the catalog before and itself, and no change of the step or of its way back is about it.
#include "revert/finder.h"

#include "base/error.h"
#include "base/text.h"
#include "compare/compare.h"

enum {
    NOTED_MAXIMUM = 5, // differences of one step that are told one by one
};

// --- What was touched ---------------------------------------------------------------------------

static tdm_status replay(tdm_catalog *catalog, const tdm_statements *statements, tdm_effect *effect,
                         tdm_error *err)
{
    tdm_catalog_reset_session(catalog);
    for (size_t i = 0; i < statements->count; i++)
        if (tdm_catalog_apply(catalog, &statements->items[i], NULL, effect, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

// All changes of the step and of its way back.
static tdm_status find_changes(const tdm_revert_finder *f, tdm_effect *ret)
{
    tdm_catalog *catalog;
    const tdm_statements *statements;
    tdm_effect_init(ret, f->scratch);
    if (tdm_catalog_clone(f->before, f->scratch, &catalog, f->r->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < tdm_revert_file_count(f->pair); i++)
        if (tdm_revert_file(f->r, f->step, i, &statements) != TDM_OK ||
            replay(catalog, statements, ret, f->r->err) != TDM_OK)
            return TDM_FAILED;
    return replay(catalog, &f->way->statements, ret, f->r->err);
}

static bool is_touched(const tdm_effect *changes, tdm_text object)
{
    for (size_t i = 0; i < changes->count; i++) {
        const tdm_change *change = &changes->items[i];
        if (change->kind == TDM_CHANGE_OPAQUE || tdm_text_find(change->object, object) < SIZE_MAX)
            return true;
    }
    return false;
}

static bool is_among(const tdm_differences *known, const tdm_difference *found)
{
    for (size_t i = 0; i < known->count; i++) {
        const tdm_difference *other = &known->items[i];
        if (tdm_text_equal(other->object, found->object) &&
            tdm_text_equal(other->attribute, found->attribute) &&
            tdm_text_equal(other->reason, found->reason))
            return true;
    }
    return false;
}

static tdm_status leave_out_untouched(const tdm_revert_finder *f, tdm_differences *differences)
{
    tdm_differences known = {0};
    tdm_comparison verdict;
    tdm_effect changes;
    size_t kept = 0;
    bool unknown = false;
    for (size_t i = 0; i < differences->count; i++)
        unknown = unknown || differences->items[i].reason.size > 0;
    if (!unknown)
        return TDM_OK;
    if (tdm_catalog_compare(f->before, f->before, f->scratch, &known, &verdict, f->r->err) !=
            TDM_OK ||
        find_changes(f, &changes) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < differences->count; i++) {
        const tdm_difference *found = &differences->items[i];
        if (found->reason.size == 0 || !is_among(&known, found) ||
            is_touched(&changes, found->object))
            differences->items[kept++] = *found;
    }
    differences->count = kept;
    return TDM_OK;
}

static void tell_difference(tdm_revert_finder *f, const tdm_difference *found)
{
    tdm_arena *arena = f->r->arena;
    const char *who = f->way->derived ? "the derived inverse" : "downgrade()";
    tdm_place place = found->right_place.line ? found->right_place : found->left_place;
    tdm_text text;
    if (found->reason.size)
        text = tdm_arena_printf(arena, "whether %.*s is as before (%.*s) is not known: %.*s",
                                TDM_TEXT_ARG(found->object), TDM_TEXT_ARG(found->attribute),
                                TDM_TEXT_ARG(found->reason));
    else if (found->left.size == 0 && tdm_text_is(found->attribute, "existence"))
        text = tdm_arena_printf(arena, "%s leaves %.*s behind", who, TDM_TEXT_ARG(found->object));
    else if (found->left.size == 0)
        text =
            tdm_arena_printf(arena, "%s leaves %.*s (%.*s: %.*s)", who, TDM_TEXT_ARG(found->object),
                             TDM_TEXT_ARG(found->attribute), TDM_TEXT_ARG(found->right));
    else
        text = tdm_arena_printf(
            arena, "%s does not put %.*s back: its %.*s was %.*s%s%.*s", who,
            TDM_TEXT_ARG(found->object), TDM_TEXT_ARG(found->attribute), TDM_TEXT_ARG(found->left),
            found->right.size ? ", and would be " : "", TDM_TEXT_ARG(found->right));
    tdm_revert_note_down(f, text, place);
}

tdm_status tdm_revert_prove(tdm_revert_finder *f, const tdm_catalog *after)
{
    tdm_differences differences = {0};
    tdm_comparison verdict;
    if (tdm_catalog_compare(f->before, after, f->scratch, &differences, &verdict, f->r->err) !=
            TDM_OK ||
        leave_out_untouched(f, &differences) != TDM_OK)
        return TDM_FAILED;
    f->way->proven = differences.count == 0;
    for (size_t i = 0; i < differences.count; i++) {
        f->way->differs = f->way->differs || differences.items[i].reason.size == 0;
        if (i < NOTED_MAXIMUM)
            tell_difference(f, &differences.items[i]);
    }
    if (differences.count > NOTED_MAXIMUM)
        tdm_revert_note_down(f,
                             tdm_arena_printf(f->r->arena, "%zu more that is not as before",
                                              differences.count - NOTED_MAXIMUM),
                             TDM_NOWHERE);
    return TDM_OK;
}
