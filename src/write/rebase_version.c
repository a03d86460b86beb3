// New versions of our migrations: later than all of theirs, in the order of the chain.
#include "write/rebase.h"

#include "base/error.h"
#include "base/text.h"
#include "write/version.h"

#include <string.h>

static const tdm_migration *migration_at(const tdm_rebaser *in, size_t index)
{
    return tdm_project_folder_migration(in->project, index);
}

// The place in the chain of what a migration belongs to. One without revision stands behind the
// migration that it stood behind.
static uint32_t position_of(const tdm_rebaser *in, size_t index)
{
    for (size_t i = index + 1; i-- > 0;) {
        const tdm_group *group = &in->pairing->pairs[in->pairing->of_migration[i]].group;
        if (group->revision_count && (i == index || in->our_migrations[i]))
            return group->revisions[0];
    }
    return 0;
}

static uint32_t *sorted(tdm_rebaser *in, size_t *ret_count)
{
    size_t count = tdm_project_migration_count(in->project);
    uint32_t *order = tdm_arena_array(in->arena, count, sizeof *order);
    uint32_t *positions = tdm_arena_array(in->arena, count, sizeof *positions);
    *ret_count = 0;
    for (size_t i = 0; order && positions && i < count; i++) {
        if (!in->our_migrations[i])
            continue;
        size_t at = (*ret_count)++;
        uint32_t position = position_of(in, i);
        for (; at > 0 && positions[at - 1] > position; at--) {
            positions[at] = positions[at - 1];
            order[at] = order[at - 1];
        }
        positions[at] = position;
        order[at] = (uint32_t)i;
    }
    return order;
}

// Versions that theirs have, and those that the digits of a revision ask for: another migration of
// that version would be taken for its twin.
static tdm_status take_known(tdm_rebaser *in, tdm_map *taken, tdm_text *ret_newest)
{
    tdm_map_init(taken, in->arena);
    *ret_newest = (tdm_text){NULL, 0};
    for (size_t i = 0; i < tdm_project_migration_count(in->project); i++) {
        tdm_text version = migration_at(in, i)->version;
        if (in->our_migrations[i])
            continue;
        if (!tdm_map_put(taken, version, in))
            return tdm_fail_memory(in->err);
        if (tdm_text_compare(version, *ret_newest) > 0)
            *ret_newest = version;
    }
    for (size_t i = 0; i < tdm_project_revision_count(in->project); i++) {
        tdm_text wish = tdm_version_wish(in->arena, tdm_project_chain_revision(in->project, i));
        if (wish.size && !tdm_map_put(taken, wish, in))
            return tdm_fail_memory(in->err);
    }
    return tdm_arena_ok(in->arena) ? TDM_OK : tdm_fail_memory(in->err);
}

static tdm_status choose(tdm_rebaser *in, size_t index, tdm_text after, tdm_map *taken)
{
    const tdm_migration *migration = migration_at(in, index);
    tdm_version_gap gap = {.after = after};
    tdm_text *version = &in->new_versions[index];
    bool stays = !migration->duplicate && tdm_text_compare(migration->version, after) > 0;
    *version = stays ? migration->version
                     : tdm_version_choose(in->arena, (tdm_text){NULL, 0}, &gap, taken);
    if (!tdm_arena_ok(in->arena))
        return tdm_fail_memory(in->err);
    if (version->size == 0)
        return tdm_fail(in->err, TDM_ERROR_HISTORY, migration->place,
                        "there is no version later than %.*s", TDM_TEXT_ARG(after));
    return tdm_map_put(taken, *version, in) &&
                   tdm_map_put(&in->versions, migration->version, version)
               ? TDM_OK
               : tdm_fail_memory(in->err);
}

tdm_status tdm_rebase_versions(tdm_rebaser *in)
{
    tdm_map taken;
    tdm_text newest;
    size_t count;
    uint32_t *order = sorted(in, &count);
    in->new_versions = tdm_arena_array(in->arena, tdm_project_migration_count(in->project),
                                       sizeof *in->new_versions);
    if (!order || !in->new_versions)
        return tdm_fail_memory(in->err);
    tdm_map_init(&in->versions, in->arena);
    if (take_known(in, &taken, &newest) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < count; i++) {
        if (choose(in, order[i], newest, &taken) != TDM_OK)
            return TDM_FAILED;
        newest = in->new_versions[order[i]];
    }
    return TDM_OK;
}
