#include "pair/frozen.h"

#include "base/error.h"
#include "base/map.h"
#include "base/text.h"
#include "base/vector.h"
#include "pair/lock_meaning.h"
#include "sql/identity.h"

typedef struct frozen_finder {
    tdm_project *project;
    tdm_arena *arena;
    const tdm_lock *lock;
    tdm_map revisions;  // id -> pointer into `numbers`
    tdm_map migrations; // file name without ending, and version (of several the first)
    uint32_t *numbers;
    tdm_frozen_list *ret;
} frozen_finder;

static bool take_name(tdm_map *map, tdm_text name, uint32_t *number, uint32_t index)
{
    *number = index;
    return tdm_map_has(map, name) || tdm_map_put(map, name, number);
}

static tdm_status index_names(frozen_finder *in, tdm_error *err)
{
    size_t revisions = tdm_project_revision_count(in->project);
    size_t migrations = tdm_project_migration_count(in->project);
    bool ok = true;
    tdm_map_init(&in->revisions, in->arena);
    tdm_map_init(&in->migrations, in->arena);
    in->numbers = tdm_arena_array(in->arena, revisions + migrations, sizeof *in->numbers);
    in->ret->of_revision = tdm_arena_array(in->arena, revisions, sizeof(void *));
    in->ret->of_migration = tdm_arena_array(in->arena, migrations, sizeof(void *));
    for (size_t i = 0; in->numbers && ok && i < revisions; i++)
        ok = take_name(&in->revisions, tdm_project_chain_revision(in->project, i)->id,
                       &in->numbers[i], (uint32_t)i);
    for (size_t i = 0; in->numbers && ok && i < migrations; i++) {
        const tdm_migration *migration = tdm_project_folder_migration(in->project, i);
        tdm_text name = tdm_text_slice(migration->file_name, 0, migration->file_name.size - 4);
        uint32_t *number = &in->numbers[revisions + i];
        ok = take_name(&in->migrations, migration->version, number, (uint32_t)i) &&
             take_name(&in->migrations, name, number, (uint32_t)i);
    }
    return ok && tdm_arena_ok(in->arena) ? TDM_OK : tdm_fail_memory(err);
}

static tdm_status state_of(const frozen_finder *in, tdm_frozen *item, tdm_error *err)
{
    const tdm_lock_member *member = item->member;
    bool tokens = item->line->kind == TDM_LOCK_ACKNOWLEDGED;
    tdm_digest now;
    if (item->line->kind == TDM_LOCK_DRAFT)
        return TDM_OK;
    if (tdm_lock_bytes(in->project, member->revision, item->index, &now, err) != TDM_OK)
        return TDM_FAILED;
    if (tdm_digest_equal(now, member->bytes))
        return TDM_OK;
    tdm_status status =
        tokens ? tdm_lock_tokens(in->project, member->revision, item->index, &now, err)
               : tdm_lock_meaning(in->project, member->revision, item->index, &now, err);
    if (status != TDM_OK)
        return TDM_FAILED;
    if (tdm_digest_equal(now, member->meaning))
        return TDM_OK;
    bool other_algorithm = !tokens && in->lock->identity != TDM_SQL_IDENTITY_VERSION;
    item->state = other_algorithm ? TDM_FROZEN_UNKNOWN : TDM_FROZEN_CHANGED;
    return TDM_OK;
}

static tdm_status add_member(frozen_finder *in, const tdm_lock_line *line,
                             const tdm_lock_member *member, tdm_error *err)
{
    tdm_frozen item = {.line = line, .member = member, .index = UINT32_MAX};
    const uint32_t *number =
        tdm_map_get(member->revision ? &in->revisions : &in->migrations, member->name);
    if (!number && !member->revision)
        number = tdm_map_get(&in->migrations, tdm_lock_version(member));
    item.state = number ? TDM_FROZEN_SAME : TDM_FROZEN_GONE;
    if (number) {
        item.index = *number;
        if (!member->revision) {
            tdm_text name = tdm_project_folder_migration(in->project, item.index)->name;
            tdm_text locked = tdm_text_from(member->name, tdm_lock_version(member).size + 1);
            item.renamed = !tdm_text_equal(name, locked);
        }
        if (state_of(in, &item, err) != TDM_OK)
            return TDM_FAILED;
    }
    return tdm_vector_push(in->arena, in->ret, item) ? TDM_OK : tdm_fail_memory(err);
}

tdm_status tdm_frozen_find(tdm_project *project, const tdm_lock *lock, tdm_frozen_list *ret,
                           tdm_error *err)
{
    frozen_finder in = {
        .project = project, .arena = tdm_project_arena(project), .lock = lock, .ret = ret};
    *ret = (tdm_frozen_list){0};
    if (index_names(&in, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < lock->count; i++)
        for (size_t k = 0; k < lock->lines[i].count; k++)
            if (add_member(&in, &lock->lines[i], &lock->lines[i].members[k], err) != TDM_OK)
                return TDM_FAILED;
    for (size_t i = 0; i < ret->count; i++) {
        const tdm_frozen *item = &ret->items[i];
        if (item->state != TDM_FROZEN_GONE)
            (item->member->revision ? ret->of_revision : ret->of_migration)[item->index] = item;
    }
    return TDM_OK;
}

static bool holds(const tdm_frozen **of, const uint32_t *items, size_t count,
                  const tdm_lock_line **line)
{
    for (size_t i = 0; i < count; i++) {
        const tdm_frozen *item = of[items[i]];
        if (!item || item->state != TDM_FROZEN_SAME || (*line && *line != item->line))
            return false;
        *line = item->line;
    }
    return true;
}

const tdm_lock_line *tdm_frozen_line(const tdm_frozen_list *list, tdm_frozen_group group)
{
    const tdm_lock_line *line = NULL;
    if (!holds(list->of_revision, group.revisions, group.revision_count, &line) ||
        !holds(list->of_migration, group.migrations, group.migration_count, &line) || !line)
        return NULL;
    return line->count == group.revision_count + group.migration_count ? line : NULL;
}
