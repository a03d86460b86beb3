#include "pair/walk.h"

#include "base/error.h"
#include "base/text.h"

// --- The start
// --------------------------------------------------------------------------------------

tdm_status tdm_walk_begin(tdm_arena *arena, const tdm_chain *chain, tdm_pair_walk *ret,
                          tdm_error *err)
{
    ret->arena = arena;
    for (size_t i = 0; i < 2; i++) {
        tdm_walk_side *side = &ret->sides[i];
        side->units = tdm_arena_array(arena, side->count, sizeof *side->units);
        if (!side->units)
            return tdm_fail_memory(err);
        if (tdm_catalog_new(arena, true, &side->catalog, err) != TDM_OK)
            return TDM_FAILED;
    }
    for (size_t i = 0; i < chain->problem_count; i++)
        if (tdm_problem_hides_revisions(chain->problems[i].kind)) {
            tdm_catalog_open(ret->sides[TDM_SIDE_ALEMBIC].catalog, chain->problems[i].message,
                             chain->problems[i].place);
            ret->parted = true;
        }
    return TDM_OK;
}

// --- Replaying
// --------------------------------------------------------------------------------------

// What a revision asked of the schema is a guard as well.
static void note_questions(const tdm_pair_walk *walk, size_t index, tdm_unit *unit)
{
    tdm_text asked = {NULL, 0};
    if (!tdm_project_rests_on_schema(walk->project, index, &asked))
        return;
    unit->guarded = true;
    if (unit->asked.size == 0)
        unit->asked = asked;
}

static tdm_status advance(tdm_pair_walk *walk, tdm_pair_side side, size_t until, tdm_error *err)
{
    tdm_walk_side *in = &walk->sides[side];
    for (; in->done < until; in->done++) {
        // The Supabase CLI runs RESET ALL before every file: no setting reaches the next one.
        if (side == TDM_SIDE_SUPABASE)
            tdm_catalog_reset_session(in->catalog);
        if (tdm_unit_replay(walk->arena, in->catalog, in->statements[in->done],
                            &in->units[in->done], err) != TDM_OK)
            return TDM_FAILED;
        if (side == TDM_SIDE_ALEMBIC)
            note_questions(walk, in->done, &in->units[in->done]);
    }
    return TDM_OK;
}

// --- Doubt
// ------------------------------------------------------------------------------------------

// Whether the statements can rest on what exists. Cheap and too wide on purpose.
static bool may_be_guarded(const tdm_statements *statements)
{
    for (size_t i = 0; i < statements->count; i++) {
        tdm_text sql = statements->items[i].sql;
        if (tdm_text_equal_nocase(tdm_text_slice(sql, 0, 2), TDM_TEXT("do")))
            return true;
        for (size_t at = 0; at + 6 <= sql.size; at++)
            if (tdm_to_lower(sql.data[at]) == 'e' &&
                tdm_text_equal_nocase(tdm_text_slice(sql, at, at + 6), TDM_TEXT("exists")))
                return true;
    }
    return false;
}

static const uint32_t *members(const tdm_group *group, tdm_pair_side side, size_t *ret_count)
{
    *ret_count = side == TDM_SIDE_ALEMBIC ? group->revision_count : group->migration_count;
    return side == TDM_SIDE_ALEMBIC ? group->revisions : group->migrations;
}

static bool group_may_be_guarded(const tdm_pair_walk *walk, const tdm_group *group,
                                 tdm_pair_side side)
{
    size_t count;
    const uint32_t *items = members(group, side, &count);
    tdm_text asked;
    for (size_t i = 0; i < count; i++)
        if (may_be_guarded(walk->sides[side].statements[items[i]]) ||
            (side == TDM_SIDE_ALEMBIC &&
             tdm_project_rests_on_schema(walk->project, items[i], &asked)))
            return true;
    return false;
}

// The first statement that runs otherwise on the other catalog, or NULL.
static const tdm_flat *first_other(const tdm_unit *own, const tdm_unit *other)
{
    for (size_t i = 0; i < own->flats.count; i++) {
        const tdm_flat *a = &own->flats.items[i];
        const tdm_flat *b = i < other->flats.count ? &other->flats.items[i] : NULL;
        if (!b || (a->reason.size == 0) != (b->reason.size == 0) ||
            a->change_count != b->change_count || !tdm_digest_equal(a->identity, b->identity))
            return a;
    }
    if (other->flats.count > own->flats.count)
        return &other->flats.items[own->flats.count];
    return NULL;
}

// Replays one side of the group on a copy of the other side's catalog, as it was before the group.
typedef struct second_look {
    tdm_arena *scratch;
    tdm_catalog *copy;
    tdm_pair_side side; // whose units are looked at
} second_look;

// Where a revision is answered otherwise on the other catalog.
static tdm_status doubt_questions(const tdm_pair_walk *walk, size_t index, second_look look,
                                  tdm_place *ret_differs, tdm_error *err)
{
    tdm_text asked;
    tdm_catalog *copy;
    *ret_differs = TDM_NOWHERE;
    if (look.side != TDM_SIDE_ALEMBIC || !tdm_project_rests_on_schema(walk->project, index, &asked))
        return TDM_OK;
    if (tdm_catalog_clone(look.copy, look.scratch, &copy, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_project_asked_same(walk->project, index, copy, look.scratch, ret_differs, err);
}

static tdm_status doubt_side(const tdm_pair_walk *walk, const tdm_group *group, second_look look,
                             tdm_walk_doubt *ret, tdm_error *err)
{
    size_t count;
    tdm_pair_side side = look.side;
    const uint32_t *items = members(group, side, &count);
    for (size_t i = 0; i < count; i++) {
        tdm_unit there;
        const tdm_unit *here = &walk->sides[side].units[items[i]];
        tdm_place differs;
        if (doubt_questions(walk, items[i], look, &differs, err) != TDM_OK)
            return TDM_FAILED;
        if (side == TDM_SIDE_SUPABASE)
            tdm_catalog_reset_session(look.copy);
        if (tdm_unit_replay(look.scratch, look.copy, walk->sides[side].statements[items[i]], &there,
                            err) != TDM_OK)
            return TDM_FAILED;
        const tdm_flat *other = here->guarded || there.guarded ? first_other(here, &there) : NULL;
        if (!other && !differs.file)
            continue;
        ret->reason =
            TDM_TEXT("what it does depends on what is there already, and the two histories have "
                     "parted before this point");
        ret->place = differs.file ? differs : other->statement.place;
        ret->side = side;
        return TDM_OK;
    }
    return TDM_OK;
}

// Whether nothing of the group was replayed yet and everything before it was.
static bool in_step(const tdm_pair_walk *walk, const tdm_group *group)
{
    for (int side = 0; side < 2; side++) {
        size_t count;
        const uint32_t *items = members(group, (tdm_pair_side)side, &count);
        if (count && items[0] < walk->sides[side].done)
            return false;
    }
    return true;
}

static tdm_status advance_to(tdm_pair_walk *walk, const tdm_group *group, bool through,
                             tdm_error *err)
{
    for (int side = 0; side < 2; side++) {
        size_t count;
        const uint32_t *items = members(group, (tdm_pair_side)side, &count);
        if (count && advance(walk, (tdm_pair_side)side,
                             through ? (size_t)items[count - 1] + 1 : items[0], err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

static tdm_status walk_doubting(tdm_pair_walk *walk, const tdm_group *group, tdm_arena *scratch,
                                tdm_walk_doubt *ret, tdm_error *err)
{
    tdm_catalog *copies[2] = {NULL, NULL};
    for (int side = 0; side < 2; side++)
        if (group_may_be_guarded(walk, group, (tdm_pair_side)side) &&
            tdm_catalog_clone(walk->sides[1 - side].catalog, scratch, &copies[side], err) != TDM_OK)
            return TDM_FAILED;
    if (advance_to(walk, group, true, err) != TDM_OK)
        return TDM_FAILED;
    for (int side = 0; side < 2 && ret->reason.size == 0; side++)
        if (copies[side] &&
            doubt_side(walk, group, (second_look){scratch, copies[side], (tdm_pair_side)side}, ret,
                       err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

// The group lies across others, so that neither side has a point at which it begins.
static void doubt_order(const tdm_pair_walk *walk, const tdm_group *group, tdm_walk_doubt *ret)
{
    for (int side = 0; side < 2; side++) {
        size_t count;
        const uint32_t *items = members(group, (tdm_pair_side)side, &count);
        for (size_t i = 0; i < count && ret->reason.size == 0; i++) {
            const tdm_unit *unit = &walk->sides[side].units[items[i]];
            if (!unit->guarded || unit->flats.count == 0)
                continue;
            ret->reason = TDM_TEXT("what it does depends on what is there already, and the two "
                                   "histories do not come to it in the same order");
            ret->place = unit->flats.items[0].statement.place;
            ret->side = (tdm_pair_side)side;
        }
    }
}

tdm_status tdm_walk_group(tdm_pair_walk *walk, const tdm_group *group, tdm_walk_doubt *ret,
                          tdm_error *err)
{
    bool both = group->revision_count && group->migration_count;
    bool steady = in_step(walk, group);
    *ret = (tdm_walk_doubt){0};
    walk->parted = walk->parted || !steady;
    if (steady && advance_to(walk, group, false, err) != TDM_OK)
        return TDM_FAILED;
    if (!both || !walk->parted || !steady) {
        if (advance_to(walk, group, true, err) != TDM_OK)
            return TDM_FAILED;
        if (both && !steady)
            doubt_order(walk, group, ret);
        return TDM_OK;
    }
    tdm_arena *scratch = tdm_arena_new(0);
    if (!scratch)
        return tdm_fail_memory(err);
    tdm_status status = walk_doubting(walk, group, scratch, ret, err);
    tdm_arena_free(scratch);
    return status;
}
