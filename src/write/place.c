#include "write/place.h"

#include "alembic/graph.h"
#include "base/error.h"
#include "base/text.h"

static tdm_text later(tdm_text a, tdm_text b)
{
    return tdm_text_compare(a, b) >= 0 ? a : b;
}

static tdm_text earlier(tdm_text a, tdm_text b)
{
    if (a.size == 0 || b.size == 0)
        return a.size ? a : b;
    return tdm_text_compare(a, b) <= 0 ? a : b;
}

size_t tdm_places_index(const tdm_places *places, const tdm_revision *revision)
{
    for (size_t i = 0; i < tdm_project_revision_count(places->project); i++) {
        if (tdm_project_chain_revision(places->project, i) == revision)
            return i;
    }
    return SIZE_MAX;
}

static void take(tdm_places *places, tdm_text version)
{
    (void)tdm_map_put(&places->taken, version, places); // out of memory shows in the arena
    places->newest = later(places->newest, version);
}

// Pairs name revisions by id; ids of the chain are unique once it has been checked.
static void read_pairs(tdm_places *places, const tdm_check_result *result)
{
    tdm_map by_id;
    tdm_map_init(&by_id, places->arena);
    for (size_t i = 0; i < result->pair_count; i++) {
        for (size_t j = 0; j < result->pairs[i].revision_count; j++)
            (void)tdm_map_put(&by_id, result->pairs[i].revisions[j].id, (void *)&result->pairs[i]);
    }
    for (size_t i = 0; i < tdm_project_revision_count(places->project); i++) {
        const tdm_revision *revision = tdm_project_chain_revision(places->project, i);
        const tdm_pair_info *pair = tdm_map_get(&by_id, revision->id);
        places->pairs[i] = pair;
        for (size_t j = 0; pair && j < pair->migration_count; j++) {
            places->first[i] = earlier(places->first[i], pair->migrations[j].version);
            places->last[i] = later(places->last[i], pair->migrations[j].version);
        }
    }
}

tdm_status tdm_places_read(tdm_project *project, const tdm_check_result *result, tdm_places *ret,
                           tdm_error *err)
{
    tdm_arena *arena = tdm_project_arena(project);
    size_t count = tdm_project_revision_count(project);
    *ret = (tdm_places){.project = project, .arena = arena};
    ret->pairs = tdm_arena_array(arena, count, sizeof(const tdm_pair_info *));
    ret->first = tdm_arena_array(arena, count, sizeof *ret->first);
    ret->last = tdm_arena_array(arena, count, sizeof *ret->last);
    ret->next = tdm_arena_array(arena, count, sizeof *ret->next);
    if (!tdm_arena_ok(arena))
        return tdm_fail_memory(err);
    tdm_map_init(&ret->taken, arena);
    for (size_t i = 0; i < tdm_project_migration_count(project); i++)
        take(ret, tdm_project_migration(project, i).version);
    read_pairs(ret, result);
    for (size_t i = count; i-- > 1;)
        ret->next[i - 1] = earlier(ret->first[i], ret->next[i]);
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

// --- Choosing -----------------------------------------------------------------------------------

// The gap between what the revision needs and what needs it, and nothing else: for folders whose
// order is another one than Alembic's.
static tdm_status exact_gap(const tdm_places *places, size_t index, tdm_version_gap *ret,
                            tdm_error *err)
{
    const tdm_chain *chain = tdm_project_chain(places->project);
    const tdm_revision *revision = tdm_project_chain_revision(places->project, index);
    tdm_walker walker;
    tdm_revision_set below;
    tdm_revision_set above;
    if (!tdm_set_new(places->arena, chain, &below) || !tdm_set_new(places->arena, chain, &above))
        return tdm_fail_memory(err);
    if (tdm_walker_start(places->arena, chain, &walker, err) != TDM_OK ||
        tdm_walk(&walker, revision->needs, TDM_NEEDS, &below, err) != TDM_OK ||
        tdm_walk(&walker, revision->all_children, TDM_ALL_CHILDREN, &above, err) != TDM_OK)
        return TDM_FAILED;
    *ret = (tdm_version_gap){0};
    for (size_t i = 0; i < tdm_project_revision_count(places->project); i++) {
        const tdm_revision *other = tdm_project_chain_revision(places->project, i);
        if (tdm_set_has(&below, other))
            ret->after = later(ret->after, places->last[i]);
        if (tdm_set_has(&above, other))
            ret->before = earlier(ret->before, places->first[i]);
    }
    return TDM_OK;
}

static tdm_status find_gap(const tdm_places *places, size_t index, tdm_version_gap *ret,
                           tdm_error *err)
{
    *ret = (tdm_version_gap){.before = places->next[index]};
    if (ret->before.size == 0) {
        ret->after = places->newest;
        return TDM_OK;
    }
    for (size_t i = 0; i <= index; i++)
        ret->after = later(ret->after, places->last[i]);
    if (tdm_text_compare(ret->after, ret->before) < 0)
        return TDM_OK;
    if (exact_gap(places, index, ret, err) != TDM_OK)
        return TDM_FAILED;
    ret->after = later(ret->after, places->last[index]);
    return TDM_OK;
}

static tdm_status fail_no_version(const tdm_places *places, size_t index,
                                  const tdm_version_gap *gap, tdm_error *err)
{
    const tdm_revision *revision = tdm_project_chain_revision(places->project, index);
    tdm_place place = {.file = revision->path};
    if (gap->before.size)
        tdm_fail(err, TDM_ERROR_REVISION, place,
                 "no version is free for revision '%.*s' between %.*s and %.*s",
                 TDM_TEXT_ARG(revision->id), TDM_TEXT_ARG(gap->after), TDM_TEXT_ARG(gap->before));
    else
        tdm_fail(err, TDM_ERROR_REVISION, place,
                 "no version is free for revision '%.*s' behind %.*s", TDM_TEXT_ARG(revision->id),
                 TDM_TEXT_ARG(gap->after));
    return tdm_hint(err,
                    "Write the file yourself, with a line \"-- tandem: revision %.*s\" at its top.",
                    TDM_TEXT_ARG(revision->id));
}

tdm_status tdm_places_choose(tdm_places *places, size_t index, tdm_text *ret, tdm_error *err)
{
    tdm_version_gap gap;
    if (find_gap(places, index, &gap, err) != TDM_OK)
        return TDM_FAILED;
    tdm_text wish =
        tdm_version_wish(places->arena, tdm_project_chain_revision(places->project, index));
    tdm_text version = tdm_version_choose(places->arena, wish, &gap, &places->taken);
    if (!tdm_arena_ok(places->arena))
        return tdm_fail_memory(err);
    if (version.size == 0)
        return fail_no_version(places, index, &gap, err);
    take(places, version);
    places->first[index] = earlier(places->first[index], version);
    places->last[index] = version;
    *ret = version;
    return tdm_arena_ok(places->arena) ? TDM_OK : tdm_fail_memory(err);
}
