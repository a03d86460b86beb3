#include "pair/lock_add.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/text.h"
#include "base/vector.h"
#include "pair/lock_file.h"

#include <string.h>

typedef struct lock_adder {
    tdm_project *project;
    tdm_arena *arena;
    tdm_map positions; // id of a revision -> pointer into `numbers`
    uint32_t *numbers;
    tdm_map drafted; // keys of the members of drafts
    TDM_VECTOR(tdm_lock_line) lines;
} lock_adder;

static tdm_status index_revisions(lock_adder *in, tdm_error *err)
{
    size_t count = tdm_project_revision_count(in->project);
    tdm_map_init(&in->positions, in->arena);
    tdm_map_init(&in->drafted, in->arena);
    in->numbers = tdm_arena_array(in->arena, count, sizeof *in->numbers);
    for (size_t i = 0; in->numbers && i < count; i++) {
        in->numbers[i] = (uint32_t)i;
        if (!tdm_map_put(&in->positions, tdm_project_chain_revision(in->project, i)->id,
                         &in->numbers[i]))
            return tdm_fail_memory(err);
    }
    return in->numbers ? TDM_OK : tdm_fail_memory(err);
}

// Of the first revision in the line. What the chain does not have yet comes behind all others, and
// a line without any revision stays where it is.
static uint32_t position_of(const lock_adder *in, const tdm_lock_line *line)
{
    const uint32_t *number;
    if (!line->members[0].revision)
        return 0;
    number = tdm_map_get(&in->positions, line->members[0].name);
    return number ? *number : UINT32_MAX;
}

static bool is_drafted(const lock_adder *in, const tdm_lock_line *line)
{
    for (size_t i = 0; i < line->count; i++)
        if (tdm_map_has(&in->drafted, tdm_lock_key(in->arena, &line->members[i])))
            return true;
    return false;
}

static tdm_status make_line(lock_adder *in, const tdm_lock_draft *draft, tdm_lock_line *ret,
                            tdm_error *err)
{
    tdm_lock_member *members = tdm_arena_array(in->arena, 2, sizeof *members);
    if (!members)
        return tdm_fail_memory(err);
    members[0] = (tdm_lock_member){.revision = true, .name = draft->revision};
    members[1] = (tdm_lock_member){.name = draft->migration};
    for (size_t i = 0; i < 2; i++)
        if (!tdm_map_put(&in->drafted, tdm_lock_key(in->arena, &members[i]), in))
            return tdm_fail_memory(err);
    *ret = (tdm_lock_line){.kind = TDM_LOCK_DRAFT, .members = members, .count = 2};
    return TDM_OK;
}

// Behind the last line that comes before it.
static tdm_status insert(lock_adder *in, tdm_lock_line line, tdm_error *err)
{
    uint32_t position = position_of(in, &line);
    size_t at = in->lines.count;
    while (at > 0 && position_of(in, &in->lines.items[at - 1]) > position)
        at--;
    if (!tdm_vector_push(in->arena, &in->lines, line))
        return tdm_fail_memory(err);
    memmove(&in->lines.items[at + 1], &in->lines.items[at],
            (in->lines.count - 1 - at) * sizeof *in->lines.items);
    in->lines.items[at] = line;
    return TDM_OK;
}

static bool is_frozen(const tdm_lock *lock, const tdm_lock_draft *draft)
{
    for (size_t i = 0; i < lock->count; i++)
        for (size_t k = 0; k < lock->lines[i].count; k++) {
            const tdm_lock_member *member = &lock->lines[i].members[k];
            tdm_text name = member->revision ? draft->revision : draft->migration;
            if (lock->lines[i].kind == TDM_LOCK_PAIR && tdm_text_equal(member->name, name))
                return true;
        }
    return false;
}

static tdm_status add_all(lock_adder *in, const tdm_lock *lock, const tdm_lock_draft *drafts,
                          size_t count, tdm_error *err)
{
    tdm_lock_line *lines = tdm_arena_array(in->arena, count, sizeof *lines);
    size_t made = 0;
    if (!lines || index_revisions(in, err) != TDM_OK)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        if (!is_frozen(lock, &drafts[i]) &&
            make_line(in, &drafts[i], &lines[made++], err) != TDM_OK)
            return TDM_FAILED;
    for (size_t i = 0; i < lock->count; i++)
        if (!is_drafted(in, &lock->lines[i]) &&
            !tdm_vector_push(in->arena, &in->lines, lock->lines[i]))
            return tdm_fail_memory(err);
    for (size_t i = 0; i < made; i++)
        if (insert(in, lines[i], err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

tdm_status tdm_lock_add_drafts(tdm_project *project, const tdm_lock_draft *drafts, size_t count,
                               tdm_locked *ret, tdm_error *err)
{
    lock_adder in = {.project = project, .arena = tdm_project_arena(project)};
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_lock lock;
    *ret = (tdm_locked){0};
    if (tdm_lock_load(project, false, &lock, err) != TDM_OK)
        return TDM_FAILED;
    if (!lock.there)
        return TDM_OK;
    if (add_all(&in, &lock, drafts, count, err) != TDM_OK)
        return TDM_FAILED;
    lock.lines = in.lines.items;
    lock.count = in.lines.count;
    tdm_status status = tdm_lock_print(&lock, &out, err);
    *ret = (tdm_locked){.path = lock.path,
                        .text = tdm_buffer_take(&out, in.arena),
                        .pairs = lock.count,
                        .changed = true};
    tdm_buffer_free(&out);
    return status == TDM_OK && !tdm_arena_ok(in.arena) ? tdm_fail_memory(err) : status;
}
