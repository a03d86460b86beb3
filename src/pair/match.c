#include "pair/match.h"

#include "base/error.h"
#include "base/map.h"
#include "base/text.h"

#include <string.h>

static tdm_status flatten(tdm_arena *arena, tdm_side_units units, tdm_matched_side *ret,
                          tdm_error *err)
{
    size_t count = 0;
    for (size_t i = 0; i < units.count; i++)
        count += units.items[i]->flats.count;
    *ret = (tdm_matched_side){tdm_arena_array(arena, count, sizeof *ret->items), 0};
    if (!ret->items)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < units.count; i++)
        for (size_t j = 0; j < units.items[i]->flats.count; j++)
            ret->items[ret->count++] =
                (tdm_matched){units.items[i], &units.items[i]->flats.items[j], TDM_MATCH_OPEN};
    return TDM_OK;
}

// --- Equal statements
// -----------------------------------------------------------------------------

// Statements of one identity that wait for a partner, as a queue through `next`.
typedef struct waiting {
    size_t first; // index + 1 into the side; 0: none is left
    size_t last;
} waiting;

static tdm_text identity_key(const tdm_flat *flat)
{
    return (tdm_text){(const char *)flat->identity.bytes, sizeof flat->identity.bytes};
}

// Opaque statements without text have no identity to speak of.
static bool has_identity(const tdm_flat *flat)
{
    return flat->statement.sql.size > 0;
}

static tdm_status match_equal(tdm_arena *arena, tdm_matched_side *left, tdm_matched_side *right,
                              tdm_error *err)
{
    tdm_map queues;
    tdm_map_init(&queues, arena);
    size_t *next = tdm_arena_array(arena, left->count + 1, sizeof *next);
    if (!next)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < left->count; i++) {
        tdm_text key = identity_key(left->items[i].flat);
        waiting *queue = tdm_map_get(&queues, key);
        if (!has_identity(left->items[i].flat))
            continue;
        if (!queue) {
            queue = tdm_arena_new_of(arena, waiting);
            if (!queue || !tdm_map_put(&queues, key, queue))
                return tdm_fail_memory(err);
        }
        if (queue->first)
            next[queue->last] = i + 1;
        else
            queue->first = i + 1;
        queue->last = i + 1;
    }
    for (size_t i = 0; i < right->count; i++) {
        waiting *queue = tdm_map_get(&queues, identity_key(right->items[i].flat));
        if (!has_identity(right->items[i].flat) || !queue || !queue->first)
            continue;
        left->items[queue->first - 1].match = TDM_MATCH_BOTH;
        right->items[i].match = TDM_MATCH_BOTH;
        queue->first = next[queue->first];
    }
    return TDM_OK;
}

// --- What is left
// -----------------------------------------------------------------------------------

tdm_text tdm_flat_object(tdm_arena *arena, const tdm_sql_class *of)
{
    if (of->name_count == 0)
        return (tdm_text){NULL, 0};
    const tdm_sql_name *name = &of->names[0];
    tdm_text on = name->name;
    if (name->schema.size)
        on = tdm_arena_printf(arena, "%.*s.%.*s", TDM_TEXT_ARG(name->schema), TDM_TEXT_ARG(on));
    if (name->column.size)
        on = tdm_arena_printf(arena, "%.*s on %.*s", TDM_TEXT_ARG(name->column), TDM_TEXT_ARG(on));
    if (of->name_count > 1)
        on = tdm_arena_printf(arena, "%.*s and %zu more", TDM_TEXT_ARG(on), of->name_count - 1);
    return on;
}

tdm_text tdm_flat_words(tdm_arena *arena, const tdm_flat *flat)
{
    tdm_text object = tdm_flat_object(arena, &flat->of);
    if (!flat->of.command)
        return TDM_TEXT("a statement");
    return tdm_arena_printf(arena, "%s%s%.*s", flat->of.command, object.size ? " " : "",
                            TDM_TEXT_ARG(object));
}

// What a statement is about, as far as residue goes: its class and what it names. `public` is the
// schema of names without one.
static tdm_text subject_of(tdm_arena *arena, const tdm_flat *flat, const tdm_sql_name *name)
{
    tdm_text schema = name->schema.size ? name->schema : TDM_TEXT("public");
    return tdm_arena_printf(arena, "%d %.*s.%.*s.%.*s", (int)flat->residue, TDM_TEXT_ARG(schema),
                            TDM_TEXT_ARG(name->name), TDM_TEXT_ARG(name->column));
}

static bool is_candidate(const tdm_matched *item, tdm_pair_side side)
{
    return item->match == TDM_MATCH_OPEN && item->flat->reason.size == 0 &&
           tdm_flat_may_stand_alone(item->flat, side);
}

static tdm_status subjects_of(tdm_arena *arena, const tdm_matched_side *side, tdm_map *ret,
                              tdm_error *err)
{
    tdm_map_init(ret, arena);
    for (size_t i = 0; i < side->count; i++) {
        const tdm_flat *flat = side->items[i].flat;
        for (size_t j = 0; side->items[i].match == TDM_MATCH_OPEN && j < flat->of.name_count; j++) {
            tdm_text subject = subject_of(arena, flat, &flat->of.names[j]);
            if (subject.size == 0 || !tdm_map_put(ret, subject, ret))
                return tdm_fail_memory(err);
        }
    }
    return TDM_OK;
}

static bool names_any(tdm_arena *arena, const tdm_flat *flat, const tdm_map *subjects)
{
    for (size_t i = 0; i < flat->of.name_count; i++)
        if (tdm_map_has(subjects, subject_of(arena, flat, &flat->of.names[i])))
            return true;
    return false;
}

// Whether what a side does is known to the last statement.
static bool is_known(const tdm_matched_side *side)
{
    for (size_t i = 0; i < side->count; i++)
        if (side->items[i].flat->reason.size)
            return false;
    return true;
}

// `alone`: the other side is known, so that what it does not show it does not do.
static void mark_residue(tdm_arena *arena, tdm_matched_side *side, tdm_pair_side which,
                         const tdm_map *other_subjects, bool alone)
{
    for (size_t i = 0; i < side->count; i++) {
        tdm_matched *item = &side->items[i];
        tdm_residue_class residue = item->flat->residue;
        bool idle = residue == TDM_RESIDUE_SESSION || residue == TDM_RESIDUE_TRANSACTION;
        if (idle && item->flat->reason.size == 0)
            item->match = TDM_MATCH_IGNORED;
        else if (alone && is_candidate(item, which) &&
                 !names_any(arena, item->flat, other_subjects))
            item->match = TDM_MATCH_RESIDUE;
    }
}

tdm_status tdm_match_sides(tdm_arena *arena, tdm_side_units alembic, tdm_side_units supabase,
                           tdm_matched_side ret[2], tdm_error *err)
{
    tdm_map subjects[2];
    if (flatten(arena, alembic, &ret[0], err) != TDM_OK ||
        flatten(arena, supabase, &ret[1], err) != TDM_OK ||
        match_equal(arena, &ret[0], &ret[1], err) != TDM_OK ||
        subjects_of(arena, &ret[0], &subjects[0], err) != TDM_OK ||
        subjects_of(arena, &ret[1], &subjects[1], err) != TDM_OK)
        return TDM_FAILED;
    mark_residue(arena, &ret[0], TDM_SIDE_ALEMBIC, &subjects[1], is_known(&ret[1]));
    mark_residue(arena, &ret[1], TDM_SIDE_SUPABASE, &subjects[0], is_known(&ret[0]));
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}
