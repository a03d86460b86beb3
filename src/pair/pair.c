#include "pair/pair.h"

#include "base/error.h"
#include "base/text.h"
#include "pair/alone.h"
#include "pair/baseline.h"
#include "pair/input.h"
#include "pair/leak.h"
#include "pair/load.h"
#include "pair/lock_file.h"
#include "pair/ownership.h"
#include "pair/walk.h"

typedef struct pairer {
    tdm_project *project;
    tdm_arena *arena;
    tdm_link_input input;
    tdm_links links;
    tdm_groups groups;
    tdm_pair_walk walk;
    tdm_leak *leaks; // what reaches into each revision from earlier ones
    tdm_paired *pairs;
    tdm_ownership ownership;
    tdm_baseline baseline;
} pairer;

// --- Reading
// ----------------------------------------------------------------------------------------

static tdm_status load_statements(pairer *in, tdm_error *err)
{
    const tdm_walk_side *alembic = &in->walk.sides[TDM_SIDE_ALEMBIC];
    tdm_leak leak = {0};
    if (tdm_load_sides(in->project, &in->walk, err) != TDM_OK)
        return TDM_FAILED;
    in->leaks = tdm_arena_array(in->arena, alembic->count, sizeof *in->leaks);
    if (!in->leaks)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < alembic->count; i++) {
        in->leaks[i] = leak;
        if (tdm_leak_follow(in->arena, alembic->statements[i], &leak, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

static bool is_two_sided(const tdm_group *group)
{
    return group->revision_count && group->migration_count;
}

static tdm_status collect_statements(pairer *in, const tdm_group *group, tdm_pair_side side,
                                     tdm_side_statements *ret, tdm_error *err)
{
    size_t count = side == TDM_SIDE_ALEMBIC ? group->revision_count : group->migration_count;
    const uint32_t *items = side == TDM_SIDE_ALEMBIC ? group->revisions : group->migrations;
    const tdm_statements **list = tdm_arena_array(in->arena, count, sizeof *list);
    if (!list)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        list[i] = in->walk.sides[side].statements[items[i]];
    *ret = (tdm_side_statements){list, count};
    return TDM_OK;
}

static tdm_status collect_units(pairer *in, const tdm_group *group, tdm_pair_side side,
                                tdm_side_units *ret, tdm_error *err)
{
    size_t count = side == TDM_SIDE_ALEMBIC ? group->revision_count : group->migration_count;
    const uint32_t *items = side == TDM_SIDE_ALEMBIC ? group->revisions : group->migrations;
    const tdm_unit **list = tdm_arena_array(in->arena, count, sizeof *list);
    if (!list)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        list[i] = &in->walk.sides[side].units[items[i]];
    *ret = (tdm_side_units){list, count};
    return TDM_OK;
}

// --- Judging
// ----------------------------------------------------------------------------------------

// A reason against a verdict of identical or equivalent: the verdict becomes opaque and says so.
static tdm_status cast_doubt(pairer *in, tdm_paired *pair, tdm_difference doubt, tdm_error *err)
{
    tdm_difference *difference = tdm_arena_new_of(in->arena, tdm_difference);
    if (!difference)
        return tdm_fail_memory(err);
    *difference = doubt;
    pair->verdict = TDM_VERDICT_OPAQUE;
    pair->differences = difference;
    pair->difference_count = 1;
    pair->detail = doubt.reason;
    return TDM_OK;
}

static bool agrees(tdm_verdict verdict)
{
    return verdict == TDM_VERDICT_IDENTICAL || verdict == TDM_VERDICT_EQUIVALENT;
}

static tdm_status compare_pair(pairer *in, tdm_paired *pair, const tdm_walk_doubt *doubt,
                               tdm_error *err)
{
    tdm_side_units units[2];
    tdm_pair_comparison found;
    for (int side = 0; side < 2; side++)
        if (collect_units(in, &pair->group, (tdm_pair_side)side, &units[side], err) != TDM_OK)
            return TDM_FAILED;
    if (tdm_sides_compare(in->arena, units[0], units[1], &found, err) != TDM_OK)
        return TDM_FAILED;
    pair->verdict = found.verdict;
    pair->detail = found.detail;
    pair->differences = found.differences.items;
    pair->difference_count = found.differences.count;
    pair->residues = found.residues.items;
    pair->residue_count = found.residues.count;
    if (pair->verdict == TDM_VERDICT_OPAQUE && pair->difference_count)
        pair->detail = pair->differences[0].reason;
    if (doubt->reason.size == 0 || pair->verdict == TDM_VERDICT_OPAQUE)
        return TDM_OK;
    tdm_difference difference = {
        .object = TDM_TEXT("the file"), .attribute = TDM_TEXT("effect"), .reason = doubt->reason};
    *(doubt->side == TDM_SIDE_ALEMBIC ? &difference.left_place : &difference.right_place) =
        doubt->place;
    return cast_doubt(in, pair, difference, err);
}

// A setting of an earlier revision reaches this one in the same upgrade, and does not when it is
// run later: whatever the statements say, what they mean cannot be known.
static tdm_status check_leaks(pairer *in, tdm_paired *pair, tdm_error *err)
{
    for (size_t i = 0; i < pair->group.revision_count; i++) {
        uint32_t index = pair->group.revisions[i];
        const tdm_leak *leak = &in->leaks[index];
        if (!leak->there || !agrees(pair->verdict) ||
            in->walk.sides[TDM_SIDE_ALEMBIC].statements[index]->count == 0)
            continue;
        tdm_difference difference = {
            .object = leak->name, .attribute = TDM_TEXT("setting"), .left_place = leak->place};
        difference.reason = tdm_arena_printf(
            in->arena,
            "an earlier revision changes %s%.*s%s for the rest of the upgrade, and this one means "
            "something else when it runs in an upgrade of its own",
            leak->name.size ? "'" : "a setting", TDM_TEXT_ARG(leak->name),
            leak->name.size ? "'" : "");
        return cast_doubt(in, pair, difference, err);
    }
    return TDM_OK;
}

static tdm_status judge_alone(pairer *in, tdm_paired *pair, tdm_error *err)
{
    tdm_pair_side side = pair->group.revision_count ? TDM_SIDE_ALEMBIC : TDM_SIDE_SUPABASE;
    uint32_t index =
        side == TDM_SIDE_ALEMBIC ? pair->group.revisions[0] : pair->group.migrations[0];
    tdm_alone found;
    if (tdm_alone_judge(in->arena, &in->walk.sides[side].units[index], side, &found, err) != TDM_OK)
        return TDM_FAILED;
    pair->verdict = found.verdict;
    pair->detail = found.detail;
    pair->unknown = found.unknown;
    pair->missing = found.missing;
    pair->residues = found.residues.items;
    pair->residue_count = found.residues.count;
    return TDM_OK;
}

// Whether the two catalogs may differ behind this pair.
static bool parts(const tdm_paired *pair)
{
    for (size_t i = 0; i < pair->residue_count; i++)
        if (pair->residues[i].residue == TDM_RESIDUE_PLATFORM ||
            pair->residues[i].residue == TDM_RESIDUE_OWNED)
            return true;
    return !agrees(pair->verdict) && pair->verdict != TDM_VERDICT_ALONE;
}

static void mark_owned(pairer *in, const tdm_group *group)
{
    bool alone = !is_two_sided(group);
    for (size_t i = 0; i < group->revision_count; i++)
        tdm_ownership_mark(&in->ownership, TDM_SIDE_ALEMBIC, alone,
                           &in->walk.sides[TDM_SIDE_ALEMBIC].units[group->revisions[i]]);
    for (size_t i = 0; i < group->migration_count; i++)
        tdm_ownership_mark(&in->ownership, TDM_SIDE_SUPABASE, alone,
                           &in->walk.sides[TDM_SIDE_SUPABASE].units[group->migrations[i]]);
}

// Before the baseline a side may have begun alone, and one that may do anything alone need not be
// known; the catalogs then go on apart.
static void excuse(pairer *in, tdm_paired *pair)
{
    tdm_pair_side side = pair->group.revision_count ? TDM_SIDE_ALEMBIC : TDM_SIDE_SUPABASE;
    bool before = tdm_baseline_holds(&in->baseline, &pair->group);
    bool owned =
        pair->verdict == TDM_VERDICT_OPAQUE && tdm_ownership_of_everything(&in->ownership, side);
    if (!before && !owned)
        return;
    in->walk.parted = true;
    pair->verdict = TDM_VERDICT_ALONE;
    pair->detail = before ? TDM_TEXT("before the baseline")
                          : TDM_TEXT("cannot be known, and this side may do anything alone");
    pair->unknown = NULL;
    pair->missing = NULL;
}

// An extension that is only made sure of is no beginning.
static bool does_nothing(const pairer *in, tdm_pair_side side, const uint32_t *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const tdm_unit *unit = &in->walk.sides[side].units[items[i]];
        for (size_t k = 0; k < unit->flats.count; k++) {
            const tdm_flat *flat = &unit->flats.items[k];
            if (flat->statement.opaque || flat->of.kind != TDM_SQL_EXTENSION ||
                !flat->of.if_not_exists)
                return false;
        }
    }
    return true;
}

// A declared beginning in which one side does nothing: the other made it. What ran on a server is
// not known from that, so that a push never records the one for the other.
static bool excuse_beginning(pairer *in, tdm_paired *pair)
{
    const tdm_group *group = &pair->group;
    if (!tdm_baseline_holds(&in->baseline, group))
        return false;
    if (does_nothing(in, TDM_SIDE_ALEMBIC, group->revisions, group->revision_count))
        pair->detail = TDM_TEXT("before the baseline, where SQL made the beginning");
    else if (does_nothing(in, TDM_SIDE_SUPABASE, group->migrations, group->migration_count))
        pair->detail = TDM_TEXT("before the baseline, where Alembic made the beginning");
    else
        return false;
    pair->verdict = TDM_VERDICT_ACKNOWLEDGED;
    return true;
}

static tdm_status judge_pair(pairer *in, tdm_paired *pair, tdm_error *err)
{
    tdm_walk_doubt doubt;
    bool identical = pair->verdict == TDM_VERDICT_IDENTICAL;
    if (tdm_walk_group(&in->walk, &pair->group, &doubt, err) != TDM_OK)
        return TDM_FAILED;
    mark_owned(in, &pair->group);
    if (!is_two_sided(&pair->group)) {
        if (judge_alone(in, pair, err) != TDM_OK)
            return TDM_FAILED;
        excuse(in, pair);
    } else if (!identical && !excuse_beginning(in, pair) &&
               compare_pair(in, pair, &doubt, err) != TDM_OK) {
        return TDM_FAILED;
    }
    if (check_leaks(in, pair, err) != TDM_OK)
        return TDM_FAILED;
    in->walk.parted = in->walk.parted || parts(pair);
    return TDM_OK;
}

// Statements that were chosen by what the schema holds are not the same for certain.
static bool rests_on_schema(const pairer *in, const tdm_group *group)
{
    tdm_text asked;
    for (size_t i = 0; i < group->revision_count; i++)
        if (tdm_project_rests_on_schema(in->project, group->revisions[i], &asked))
            return true;
    return false;
}

// The first look: pairs of the same statements need no catalog. Gives the number of pairs up to the
// last one that does.
static tdm_status find_identical(pairer *in, size_t *ret_walked, tdm_error *err)
{
    *ret_walked = 0;
    for (size_t i = 0; i < in->groups.count; i++) {
        tdm_paired *pair = &in->pairs[i];
        tdm_side_statements sides[2];
        bool identical = false;
        pair->group = in->groups.items[i];
        pair->verdict = TDM_VERDICT_DIFFERENT;
        for (int side = 0; side < 2; side++)
            if (collect_statements(in, &pair->group, (tdm_pair_side)side, &sides[side], err) !=
                TDM_OK)
                return TDM_FAILED;
        if (is_two_sided(&pair->group)) {
            const tdm_link_edge *edge = pair->group.edges[0];
            pair->link = edge->link;
            pair->link_evidence = edge->evidence;
            pair->link_place = edge->place;
            if (tdm_sides_identical(sides[0], sides[1], &identical, err) != TDM_OK)
                return TDM_FAILED;
            identical = identical && !rests_on_schema(in, &pair->group);
        }
        if (identical)
            pair->verdict = TDM_VERDICT_IDENTICAL;
        else
            *ret_walked = i + 1;
    }
    return TDM_OK;
}

static tdm_status judge_all(pairer *in, tdm_error *err)
{
    size_t walked;
    if (tdm_load_unequal(&in->walk, &in->groups, err) != TDM_OK ||
        find_identical(in, &walked, err) != TDM_OK ||
        tdm_load_replayed(&in->walk, &in->groups, walked, err) != TDM_OK)
        return TDM_FAILED;
    if (walked &&
        tdm_walk_begin(in->arena, tdm_project_chain(in->project), &in->walk, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < walked; i++)
        if (judge_pair(in, &in->pairs[i], err) != TDM_OK)
            return TDM_FAILED;
    for (size_t i = walked; i < in->groups.count; i++)
        if (check_leaks(in, &in->pairs[i], err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

// A pair that somebody has looked at stays as it is until one of its sides changes.
static void acknowledge(const tdm_frozen_list *frozen, tdm_paired *pair)
{
    tdm_frozen_group group = {pair->group.revisions, pair->group.revision_count,
                              pair->group.migrations, pair->group.migration_count};
    const tdm_lock_line *line = tdm_frozen_line(frozen, group);
    if (!line || line->kind != TDM_LOCK_ACKNOWLEDGED || agrees(pair->verdict))
        return;
    pair->verdict = TDM_VERDICT_ACKNOWLEDGED;
    pair->detail = line->reason;
}

static tdm_status make_pairing(tdm_project *project, bool mend, tdm_pairing *ret, tdm_error *err)
{
    tdm_arena *arena = tdm_project_arena(project);
    pairer in = {.project = project, .arena = arena, .walk = {.project = project, .arena = arena}};
    tdm_misorders misorders;
    if (tdm_link_input_of(project, &in.input, err) != TDM_OK ||
        load_statements(&in, err) != TDM_OK ||
        tdm_lock_load(project, mend, &ret->lock, err) != TDM_OK ||
        tdm_frozen_find(project, &ret->lock, &ret->frozen, err) != TDM_OK)
        return TDM_FAILED;
    in.input.frozen = &ret->frozen;
    in.input.baseline = &in.baseline;
    if (tdm_ownership_read(tdm_project_settings(project), &in.ownership, err) != TDM_OK ||
        tdm_baseline_read(in.arena, tdm_project_settings(project), &in.input, &in.baseline, err) !=
            TDM_OK)
        return TDM_FAILED;
    if (tdm_links_find(in.arena, &in.input, &in.links, err) != TDM_OK ||
        tdm_groups_make(in.arena, &in.links, in.input.revision_count, in.input.migration_count,
                        &in.groups, err) != TDM_OK ||
        tdm_order_check(in.arena, &in.input, &in.groups, &misorders, err) != TDM_OK)
        return TDM_FAILED;
    in.pairs = tdm_arena_array(in.arena, in.groups.count, sizeof *in.pairs);
    if (!in.pairs)
        return tdm_fail_memory(err);
    if (judge_all(&in, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < in.groups.count; i++)
        acknowledge(&ret->frozen, &in.pairs[i]);
    ret->pairs = in.pairs;
    ret->pair_count = in.groups.count;
    ret->of_revision = in.groups.of_revision;
    ret->of_migration = in.groups.of_migration;
    ret->faults = in.links.faults.items;
    ret->fault_count = in.links.faults.count;
    ret->misorders = misorders.items;
    ret->misorder_count = misorders.count;
    return TDM_OK;
}

static tdm_status pairing_of(tdm_project *project, bool mend, const tdm_pairing **ret,
                             tdm_error *err)
{
    const void **slot = tdm_project_pairing_slot(project);
    if (!*slot) {
        tdm_pairing *pairing = tdm_arena_new_of(tdm_project_arena(project), tdm_pairing);
        if (!pairing)
            return tdm_fail_memory(err);
        if (make_pairing(project, mend, pairing, err) != TDM_OK)
            return TDM_FAILED;
        *slot = pairing;
    }
    *ret = *slot;
    return TDM_OK;
}

tdm_status tdm_pairing_of(tdm_project *project, const tdm_pairing **ret, tdm_error *err)
{
    return pairing_of(project, false, ret, err);
}

tdm_status tdm_pairing_mending(tdm_project *project, const tdm_pairing **ret, tdm_error *err)
{
    return pairing_of(project, true, ret, err);
}

bool tdm_paired_has_residue(const tdm_paired *pair, tdm_pair_side side)
{
    for (size_t i = 0; i < pair->residue_count; i++)
        if (pair->residues[i].side == side)
            return true;
    return false;
}
