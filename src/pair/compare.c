#include "pair/compare.h"

#include "base/error.h"
#include "base/text.h"
#include "pair/match.h"
#include "pair/renamed.h"

typedef struct comparer {
    tdm_arena *arena;
    tdm_matched_side sides[2]; // by tdm_pair_side
    bool guarded;
    tdm_text asked;
    tdm_pair_comparison *ret;
} comparer;

// What counts for the comparison: not residue, not ignored.
static bool counts(const tdm_matched *item)
{
    return item->match == TDM_MATCH_OPEN || item->match == TDM_MATCH_BOTH;
}

static const tdm_matched *next_counting(const tdm_matched_side *side, size_t *at)
{
    while (*at < side->count && !counts(&side->items[*at]))
        (*at)++;
    return *at < side->count ? &side->items[(*at)++] : NULL;
}

// --- The same statements
// ----------------------------------------------------------------------------

static bool same_sequence(const comparer *in)
{
    size_t left_at = 0;
    size_t right_at = 0;
    for (;;) {
        const tdm_matched *a = next_counting(&in->sides[0], &left_at);
        const tdm_matched *b = next_counting(&in->sides[1], &right_at);
        if (!a || !b)
            return !a && !b;
        if (a->match != TDM_MATCH_BOTH || b->match != TDM_MATCH_BOTH ||
            !tdm_digest_equal(a->flat->identity, b->flat->identity))
            return false;
    }
}

// --- What cannot be known
// ---------------------------------------------------------------------------

static tdm_status add_difference(comparer *in, tdm_difference difference, tdm_error *err)
{
    return tdm_vector_push(in->arena, &in->ret->differences, difference) ? TDM_OK
                                                                         : tdm_fail_memory(err);
}

// Why the effect of a statement cannot be known, or an empty text. A query that only one side runs
// may do nothing at all, or call what changes everything.
static tdm_text reason_of(const tdm_matched *item)
{
    bool query = item->flat->of.kind == TDM_SQL_SELECT || item->flat->of.kind == TDM_SQL_CALL;
    if (!counts(item) || item->flat->reason.size || item->match == TDM_MATCH_BOTH || !query)
        return counts(item) ? item->flat->reason : (tdm_text){NULL, 0};
    return TDM_TEXT("only one side runs this query, and what it calls may have effects");
}

// The first statement of each side whose effect cannot be known, as a difference with its reason
// and the number of others: one cause makes a row of them.
static tdm_status add_opaque(comparer *in, tdm_error *err)
{
    for (size_t side = 0; side < 2; side++) {
        const tdm_flat *flat = NULL;
        tdm_text reason = {NULL, 0};
        size_t more = 0;
        for (size_t i = 0; i < in->sides[side].count; i++) {
            tdm_text found = reason_of(&in->sides[side].items[i]);
            more += found.size && flat;
            if (found.size == 0 || flat)
                continue;
            flat = in->sides[side].items[i].flat;
            reason = found;
        }
        if (!flat)
            continue;
        if (more)
            reason = tdm_arena_printf(in->arena, "%.*s; nor what %zu more statement%s do%s",
                                      TDM_TEXT_ARG(reason), more, more > 1 ? "s" : "",
                                      more > 1 ? "" : "es");
        tdm_difference difference = {.object = tdm_flat_words(in->arena, flat),
                                     .attribute = TDM_TEXT("effect"),
                                     .reason = reason};
        tdm_place place = flat->reason_place.file ? flat->reason_place : flat->statement.place;
        *(side == TDM_SIDE_ALEMBIC ? &difference.left_place : &difference.right_place) = place;
        if (add_difference(in, difference, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

// --- Effects
// ----------------------------------------------------------------------------------------

// One side read from barrier to barrier.
typedef struct segment {
    tdm_effect effect;          // what happens up to and including the barrier
    const tdm_matched *barrier; // NULL at the end
    size_t at;
} segment;

// The changes of the counting statements from `at` on, up to the next barrier or, with `whole`, to
// the end.
static tdm_status next_segment(comparer *in, const tdm_matched_side *side, bool whole, segment *ret,
                               tdm_error *err)
{
    ret->barrier = NULL;
    tdm_effect_init(&ret->effect, in->arena);
    while (ret->at < side->count && !ret->barrier) {
        const tdm_matched *item = &side->items[ret->at++];
        if (!counts(item))
            continue;
        for (size_t i = 0; i < item->flat->change_count; i++)
            if (!tdm_vector_push(in->arena, &ret->effect,
                                 item->unit->effect.items[item->flat->first_change + i]))
                return tdm_fail_memory(err);
        if (!whole && item->flat->barrier)
            ret->barrier = item;
    }
    return TDM_OK;
}

static tdm_status compare_whole(comparer *in, tdm_comparison *ret, tdm_error *err)
{
    segment whole[2] = {0};
    for (size_t side = 0; side < 2; side++)
        if (next_segment(in, &in->sides[side], true, &whole[side], err) != TDM_OK)
            return TDM_FAILED;
    if (tdm_effect_compare(&whole[0].effect, &whole[1].effect, in->arena, &in->ret->differences,
                           ret, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_join_renamed(in->arena, &in->ret->differences) ? TDM_OK : tdm_fail_memory(err);
}

// Equal from end to end is not enough where rows are touched on the way: between the same barriers
// the same must have happened. `ret_late` is the first barrier that sees another schema.
static tdm_status compare_segments(comparer *in, const tdm_matched *ret_late[2], tdm_error *err)
{
    segment now[2] = {0};
    ret_late[0] = ret_late[1] = NULL;
    do {
        tdm_differences differences = {0};
        tdm_comparison verdict;
        for (size_t side = 0; side < 2; side++)
            if (next_segment(in, &in->sides[side], false, &now[side], err) != TDM_OK)
                return TDM_FAILED;
        if (tdm_effect_compare(&now[0].effect, &now[1].effect, in->arena, &differences, &verdict,
                               err) != TDM_OK)
            return TDM_FAILED;
        if (verdict != TDM_COMPARE_EQUAL || !now[0].barrier != !now[1].barrier) {
            ret_late[0] = now[0].barrier;
            ret_late[1] = now[1].barrier;
            return TDM_OK;
        }
    } while (now[0].barrier);
    return TDM_OK;
}

static tdm_status check_barriers(comparer *in, tdm_error *err)
{
    const tdm_matched *late[2];
    if (compare_segments(in, late, err) != TDM_OK)
        return TDM_FAILED;
    if (!late[0] && !late[1])
        return TDM_OK;
    in->ret->verdict = TDM_VERDICT_OPAQUE;
    const tdm_matched *first = late[0] ? late[0] : late[1];
    tdm_difference difference = {
        .object = tdm_flat_object(in->arena, &first->flat->of),
        .attribute = TDM_TEXT("order"),
        .left_place = late[0] ? late[0]->flat->statement.place : TDM_NOWHERE,
        .right_place = late[1] ? late[1]->flat->statement.place : TDM_NOWHERE,
        .reason = TDM_TEXT("both sides end in the same schema, but a statement that sees the "
                           "schema or rows as they are runs at another point between its changes"),
    };
    return add_difference(in, difference, err);
}

// --- Residue
// ----------------------------------------------------------------------------------------

static tdm_status collect_residue(comparer *in, tdm_error *err)
{
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < in->sides[side].count; i++) {
            const tdm_matched *item = &in->sides[side].items[i];
            if (item->match != TDM_MATCH_RESIDUE)
                continue;
            tdm_residue residue = {.side = (tdm_pair_side)side,
                                   .residue = item->flat->residue,
                                   .command = item->flat->of.command,
                                   .object = tdm_flat_object(in->arena, &item->flat->of),
                                   .statement = item->flat->statement};
            if (!tdm_vector_push(in->arena, &in->ret->residues, residue))
                return tdm_fail_memory(err);
        }
    return TDM_OK;
}

static tdm_text equivalent_detail(const comparer *in, bool same)
{
    if (in->asked.size)
        return tdm_arena_printf(in->arena, "%s on the catalog replayed so far: %.*s",
                                same ? "same statements" : "same effect", TDM_TEXT_ARG(in->asked));
    if (in->guarded)
        return TDM_TEXT("same effect on the catalog replayed so far");
    return same && in->ret->residues.count ? TDM_TEXT("the same but for what one side may do alone")
                                           : TDM_TEXT("same effect in other words");
}

static tdm_status judge(comparer *in, tdm_error *err)
{
    bool same = same_sequence(in);
    if (same) {
        in->ret->verdict = TDM_VERDICT_EQUIVALENT;
    } else {
        tdm_comparison whole;
        if (add_opaque(in, err) != TDM_OK)
            return TDM_FAILED;
        if (in->ret->differences.count) {
            in->ret->verdict = TDM_VERDICT_OPAQUE;
            return TDM_OK;
        }
        if (compare_whole(in, &whole, err) != TDM_OK)
            return TDM_FAILED;
        in->ret->verdict = whole == TDM_COMPARE_EQUAL     ? TDM_VERDICT_EQUIVALENT
                           : whole == TDM_COMPARE_UNKNOWN ? TDM_VERDICT_OPAQUE
                                                          : TDM_VERDICT_DIFFERENT;
        if (whole == TDM_COMPARE_EQUAL && check_barriers(in, err) != TDM_OK)
            return TDM_FAILED;
    }
    if (in->ret->verdict == TDM_VERDICT_EQUIVALENT)
        in->ret->detail = equivalent_detail(in, same);
    return TDM_OK;
}

static void note_guards(comparer *in, tdm_side_units units)
{
    for (size_t i = 0; i < units.count; i++) {
        in->guarded = in->guarded || units.items[i]->guarded;
        if (in->asked.size == 0)
            in->asked = units.items[i]->asked;
    }
}

tdm_status tdm_sides_compare(tdm_arena *arena, tdm_side_units alembic, tdm_side_units supabase,
                             tdm_pair_comparison *ret, tdm_error *err)
{
    comparer in = {.arena = arena, .ret = ret};
    *ret = (tdm_pair_comparison){0};
    note_guards(&in, alembic);
    note_guards(&in, supabase);
    if (tdm_match_sides(arena, alembic, supabase, in.sides, err) != TDM_OK ||
        collect_residue(&in, err) != TDM_OK || judge(&in, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}
