#include "pair/lock_move.h"

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"
#include "pair/lock_meaning.h"
#include "sql/identity.h"

#include <string.h>

typedef struct lock_mover {
    const tdm_lock_moves *moves;
    tdm_project *after;
    tdm_arena *arena;
    tdm_map indices; // keys of the members of `after` -> pointer into `numbers`
    uint32_t *numbers;
    TDM_VECTOR(tdm_lock_line) lines;
    size_t kept; // so many of them are not moved
} lock_mover;

static tdm_status index_member(lock_mover *in, tdm_lock_member member, uint32_t *number,
                               size_t index, tdm_error *err)
{
    tdm_text key = tdm_lock_key(in->arena, &member);
    *number = (uint32_t)index;
    if (key.data && (tdm_map_has(&in->indices, key) || tdm_map_put(&in->indices, key, number)))
        return TDM_OK;
    return tdm_fail_memory(err);
}

static tdm_status index_project(lock_mover *in, tdm_error *err)
{
    size_t revisions = tdm_project_revision_count(in->after);
    size_t migrations = tdm_project_migration_count(in->after);
    tdm_map_init(&in->indices, in->arena);
    in->numbers = tdm_arena_array(in->arena, revisions + migrations, sizeof *in->numbers);
    if (!in->numbers)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < revisions; i++) {
        tdm_lock_member member = {.revision = true,
                                  .name = tdm_project_chain_revision(in->after, i)->id};
        if (index_member(in, member, &in->numbers[i], i, err) != TDM_OK)
            return TDM_FAILED;
    }
    for (size_t i = 0; i < migrations; i++) {
        tdm_text file = tdm_project_folder_migration(in->after, i)->file_name;
        tdm_lock_member member = {.name = tdm_text_slice(file, 0, file.size - 4)};
        if (index_member(in, member, &in->numbers[revisions + i], i, err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}

static bool is_moved(const lock_mover *in, const tdm_lock_line *line)
{
    for (size_t i = 0; i < line->count; i++)
        if (tdm_map_has(&in->moves->moved, tdm_lock_key(in->arena, &line->members[i])))
            return true;
    return false;
}

static tdm_status renew(lock_mover *in, const tdm_lock_line *line, tdm_lock_member *member,
                        tdm_error *err)
{
    tdm_text key = tdm_lock_key(in->arena, member);
    const tdm_text *name = tdm_map_get(&in->moves->moved, key);
    bool stale = tdm_map_has(&in->moves->stale, key);
    if (!name)
        return TDM_OK;
    member->name = *name;
    const uint32_t *index = tdm_map_get(&in->indices, tdm_lock_key(in->arena, member));
    if (stale || !index || line->kind == TDM_LOCK_DRAFT)
        return TDM_OK;
    if (tdm_lock_bytes(in->after, member->revision, *index, &member->bytes, err) != TDM_OK)
        return TDM_FAILED;
    return line->kind == TDM_LOCK_ACKNOWLEDGED
               ? tdm_lock_tokens(in->after, member->revision, *index, &member->meaning, err)
               : tdm_lock_meaning(in->after, member->revision, *index, &member->meaning, err);
}

static uint32_t position_of(const lock_mover *in, const tdm_lock_line *line)
{
    const uint32_t *index = tdm_map_get(&in->indices, tdm_lock_key(in->arena, &line->members[0]));
    return line->members[0].revision && index ? *index : 0;
}

// Lines without a revision stay behind the line that they stood behind.
static tdm_status add_moved(lock_mover *in, const tdm_lock_line *line, tdm_error *err)
{
    tdm_lock_line copy = *line;
    copy.members = tdm_arena_array(in->arena, line->count, sizeof *copy.members);
    if (!copy.members)
        return tdm_fail_memory(err);
    memcpy(copy.members, line->members, line->count * sizeof *copy.members);
    for (size_t i = 0; i < copy.count; i++)
        if (renew(in, line, &copy.members[i], err) != TDM_OK)
            return TDM_FAILED;
    size_t at = in->lines.count;
    uint32_t position = position_of(in, &copy);
    while (copy.members[0].revision && at > in->kept &&
           position_of(in, &in->lines.items[at - 1]) > position)
        at--;
    if (!tdm_vector_push(in->arena, &in->lines, copy))
        return tdm_fail_memory(err);
    memmove(&in->lines.items[at + 1], &in->lines.items[at],
            (in->lines.count - 1 - at) * sizeof *in->lines.items);
    in->lines.items[at] = copy;
    return TDM_OK;
}

tdm_status tdm_lock_move(const tdm_lock *lock, const tdm_lock_moves *moves, tdm_project *after,
                         tdm_buffer *out, tdm_error *err)
{
    lock_mover in = {.moves = moves, .after = after, .arena = tdm_project_arena(after)};
    tdm_lock made = *lock;
    if (index_project(&in, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < lock->count; i++)
        if (!is_moved(&in, &lock->lines[i]) &&
            !tdm_vector_push(in.arena, &in.lines, lock->lines[i]))
            return tdm_fail_memory(err);
    in.kept = in.lines.count;
    for (size_t i = 0; i < lock->count; i++)
        if (is_moved(&in, &lock->lines[i]) && add_moved(&in, &lock->lines[i], err) != TDM_OK)
            return TDM_FAILED;
    if (in.kept < in.lines.count && lock->identity != TDM_SQL_IDENTITY_VERSION)
        return tdm_fail(err, TDM_ERROR_HISTORY, (tdm_place){.file = lock->path},
                        "the lock was written by another version of tandem");
    made.lines = in.lines.items;
    made.count = in.lines.count;
    return tdm_lock_print(&made, out, err);
}
