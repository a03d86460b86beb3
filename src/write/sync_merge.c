#include "write/sync_merge.h"

#include "base/digest.h"
#include "base/error.h"
#include "base/text.h"
#include "write/version.h"

static tdm_text id_of_head(const tdm_project *project, const tdm_conversion *made,
                           tdm_revise_parent head)
{
    if (head.id.size)
        return head.id;
    tdm_text version = tdm_project_migration(project, head.migration).version;
    for (size_t i = 0; i < made->count; i++)
        if (tdm_text_equal(made->files[i].version, version))
            return made->files[i].revision;
    return (tdm_text){NULL, 0};
}

// A moment of which no migration's version speaks, so that nobody takes the merge for its twin.
static tdm_new_time time_of_merge(tdm_project *project)
{
    size_t count = tdm_project_migration_count(project);
    tdm_text version =
        count ? tdm_project_migration(project, count - 1).version : (tdm_text){NULL, 0};
    return tdm_revise_time(tdm_version_after(tdm_project_arena(project), version));
}

static tdm_status make(tdm_project *project, const tdm_conversion *made,
                       const tdm_sync_parents *places, tdm_converted *ret, tdm_error *err)
{
    enum { DIGITS = 12 };
    tdm_arena *arena = tdm_project_arena(project);
    tdm_digest digest;
    char hex[33];
    tdm_text *ids = tdm_arena_array(arena, places->head_count, sizeof *ids);
    tdm_revision *header = tdm_arena_new_of(arena, tdm_revision);
    tdm_text seed = TDM_TEXT("merge");
    if (!ids || !header)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < places->head_count; i++) {
        ids[i] = id_of_head(project, made, places->heads[i]);
        seed = tdm_arena_printf(arena, "%.*s|%.*s", TDM_TEXT_ARG(seed), TDM_TEXT_ARG(ids[i]));
    }
    if (tdm_digest_of(seed, &digest, err) != TDM_OK)
        return TDM_FAILED;
    tdm_digest_hex(digest, hex);
    tdm_revision_input input = {.id = tdm_arena_text(arena, (tdm_text){hex, DIGITS}),
                                .parent = ids[0],
                                .more_parents = {ids + 1, places->head_count - 1},
                                .message = TDM_TEXT("join what both sides added"),
                                .time = time_of_merge(project)};
    if (tdm_revision_file(project, &input, ret, header, err) != TDM_OK)
        return TDM_FAILED;
    ret->revision = input.id;
    return TDM_OK;
}

tdm_status tdm_sync_merge(tdm_project *project, size_t before, const tdm_conversion *made,
                          const tdm_sync_parents *places, tdm_converted *ret, tdm_error *err)
{
    *ret = (tdm_converted){0};
    if (places->head_count < 2 || places->head_count <= before)
        return TDM_OK;
    if (before > 1) {
        tdm_fail(err, TDM_ERROR_REVISION, TDM_NOWHERE, "the chain has %zu heads", before);
        return tdm_hint(err, "Join them first: `alembic merge heads -m \"...\"`.");
    }
    return make(project, made, places, ret, err);
}
