#include "write/rebase.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/overlay.h"
#include "base/text.h"
#include "pair/lock_move.h"
#include "write/step_again.h"

#include <string.h>

static const tdm_revision *revision_at(const tdm_rebaser *in, size_t index)
{
    return tdm_project_chain_revision(in->project, index);
}

static const tdm_migration *migration_at(const tdm_rebaser *in, size_t index)
{
    return tdm_project_folder_migration(in->project, index);
}

// --- Edits --------------------------------------------------------------------------------------

static tdm_status read_file(const tdm_rebaser *in, const char *path, tdm_text *ret)
{
    return tdm_tree_read(tdm_project_tree(in->project), path, in->arena, ret, in->err);
}

static tdm_status add_change(tdm_rebaser *in, const char *path, const char *new_path,
                             tdm_text new_text)
{
    tdm_file_change change = {.path = path, .new_path = new_path, .new_text = new_text};
    if (read_file(in, path, &change.text) != TDM_OK)
        return TDM_FAILED;
    if (strcmp(path, new_path) == 0 && tdm_text_equal(change.text, new_text))
        return TDM_OK;
    return tdm_vector_push(in->arena, &in->changes, change) ? TDM_OK : tdm_fail_memory(in->err);
}

// Ours become one line, in the order in which they would have run.
static tdm_status change_revisions(tdm_rebaser *in)
{
    tdm_text parent = in->tip->id;
    for (size_t i = 0; i < tdm_project_revision_count(in->project); i++) {
        const tdm_revision *revision = revision_at(in, i);
        tdm_revision_edit edit = {revision, parent, &in->versions};
        tdm_rebased_revision item = {
            revision->id, revision->down.items ? revision->down.items[0] : (tdm_text){NULL, 0},
            parent, revision->path};
        tdm_text text;
        if (!in->ours[i])
            continue;
        if (tdm_rebase_revision_text(in->arena, &edit, &text, in->err) != TDM_OK ||
            add_change(in, revision->path, revision->path, text) != TDM_OK)
            return TDM_FAILED;
        if (!tdm_vector_push(in->arena, &in->revisions, item))
            return tdm_fail_memory(in->err);
        parent = revision->id;
    }
    return TDM_OK;
}

// A pair that only its digits, its words or its order held together is said in words from now on.
static tdm_status migration_text(tdm_rebaser *in, size_t index, tdm_text *ret)
{
    const tdm_migration *migration = migration_at(in, index);
    const tdm_paired *pair = &in->pairing->pairs[in->pairing->of_migration[index]];
    const tdm_group *group = &pair->group;
    bool said = pair->link == TDM_LINK_LOCK || pair->link == TDM_LINK_WRITTEN;
    tdm_text *names = tdm_arena_array(in->arena, group->revision_count, sizeof *names);
    if (!names)
        return tdm_fail_memory(in->err);
    if (read_file(in, migration->path, ret) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < group->revision_count; i++)
        names[i] = revision_at(in, group->revisions[i])->id;
    if (said || group->revision_count == 0)
        return TDM_OK;
    return tdm_rebase_migration_text(in->arena, *ret, names, group->revision_count, ret, in->err);
}

static tdm_status change_migrations(tdm_rebaser *in)
{
    for (size_t i = 0; i < tdm_project_migration_count(in->project); i++) {
        const tdm_migration *migration = migration_at(in, i);
        tdm_text folder = tdm_path_folder(tdm_text_of(migration->path));
        tdm_rebased_migration item = {migration->version, in->new_versions[i], migration->path,
                                      migration->path};
        tdm_text text;
        if (!in->our_migrations[i])
            continue;
        bool moves = !tdm_text_equal(item.version, item.new_version);
        if (moves) {
            item.new_path =
                tdm_arena_printf(in->arena, "%.*s/%.*s_%.*s.sql", TDM_TEXT_ARG(folder),
                                 TDM_TEXT_ARG(item.new_version), TDM_TEXT_ARG(migration->name))
                    .data;
            if (!item.new_path)
                return tdm_fail_memory(in->err);
            if (migration_text(in, i, &text) != TDM_OK ||
                add_change(in, item.path, item.new_path, text) != TDM_OK)
                return TDM_FAILED;
        }
        if (!tdm_vector_push(in->arena, &in->migrations, item))
            return tdm_fail_memory(in->err);
    }
    return TDM_OK;
}

// --- The project as it will be ------------------------------------------------------------------

static tdm_status open_after(tdm_rebaser *in, tdm_overlay **ret)
{
    tdm_overlay *overlay = tdm_overlay_new(tdm_project_tree(in->project), in->arena);
    if (!overlay)
        return tdm_fail_memory(in->err);
    bool ok = true;
    for (size_t i = 0; i < in->changes.count; i++) {
        const tdm_file_change *change = &in->changes.items[i];
        ok = ok && tdm_overlay_remove(overlay, change->path) &&
             tdm_overlay_put(overlay, change->new_path, change->new_text);
    }
    if (!ok) {
        tdm_tree_free(tdm_overlay_tree(overlay));
        return tdm_fail_memory(in->err);
    }
    *ret = overlay;
    return tdm_project_open_tree(in->project, in->options->project, tdm_overlay_tree(overlay),
                                 &in->after, in->err);
}

// The text of a file that is ours, as it is to stand there.
static tdm_status text_after(tdm_rebaser *in, const tdm_rebased_migration *item,
                             tdm_file_change **ret_change, tdm_text *ret)
{
    *ret_change = NULL;
    for (size_t i = 0; i < in->changes.count; i++)
        if (strcmp(in->changes.items[i].new_path, item->new_path) == 0)
            *ret_change = &in->changes.items[i];
    if (!*ret_change)
        return read_file(in, item->path, ret);
    *ret = (*ret_change)->new_text;
    return TDM_OK;
}

// The step of alembic_version that a migration of ours takes itself follows the new parent.
static tdm_status change_step(tdm_rebaser *in, const tdm_rebased_migration *item, bool *ret_any)
{
    tdm_converted file = {.version = item->new_version, .path = item->new_path};
    tdm_file_change *change = NULL;
    if (text_after(in, item, &change, &file.text) != TDM_OK)
        return TDM_FAILED;
    tdm_text before = file.text;
    if (tdm_text_find(before, TDM_TEXT("-- tandem: records ")) == SIZE_MAX)
        return TDM_OK;
    if (tdm_steps_again(in->after, in->arena, &file, 1, in->err) != TDM_OK)
        return TDM_FAILED;
    if (tdm_text_equal(before, file.text))
        return TDM_OK;
    *ret_any = true;
    if (!change)
        return add_change(in, item->path, item->new_path, file.text);
    change->new_text = file.text;
    return TDM_OK;
}

static tdm_status change_steps(tdm_rebaser *in, tdm_overlay **overlay)
{
    bool any = false;
    for (size_t i = 0; i < in->migrations.count; i++)
        if (change_step(in, &in->migrations.items[i], &any) != TDM_OK)
            return TDM_FAILED;
    if (!any)
        return TDM_OK;
    // What was opened has the old steps.
    tdm_project_free(in->after);
    in->after = NULL;
    return open_after(in, overlay);
}

static tdm_status move_member(tdm_rebaser *in, tdm_lock_moves *moves, const tdm_frozen *item)
{
    const tdm_lock_member *member = item->member;
    tdm_text *name = tdm_arena_new_of(in->arena, tdm_text);
    tdm_text key = tdm_lock_key(in->arena, member);
    if (item->state == TDM_FROZEN_GONE ||
        !(member->revision ? in->ours : in->our_migrations)[item->index])
        return TDM_OK;
    if (!name || !key.data)
        return tdm_fail_memory(in->err);
    *name = member->name;
    if (!member->revision)
        *name =
            tdm_arena_printf(in->arena, "%.*s_%.*s", TDM_TEXT_ARG(in->new_versions[item->index]),
                             TDM_TEXT_ARG(migration_at(in, item->index)->name));
    bool stale = item->state != TDM_FROZEN_SAME;
    if (stale && item->line->kind != TDM_LOCK_ACKNOWLEDGED) {
        tdm_text shown = member->revision ? member->name : tdm_lock_version(member);
        tdm_fail(in->err, TDM_ERROR_HISTORY, item->line->place,
                 "%s %.*s is frozen in tandem.lock and has changed since",
                 member->revision ? "revision" : "migration", TDM_TEXT_ARG(shown));
        return tdm_hint(in->err, "`tandem lock --refreeze %.*s` first says that it may.",
                        TDM_TEXT_ARG(shown));
    }
    return tdm_map_put(&moves->moved, key, name) &&
                   (!stale || tdm_map_put(&moves->stale, key, name))
               ? TDM_OK
               : tdm_fail_memory(in->err);
}

static tdm_status change_lock(tdm_rebaser *in, tdm_overlay *overlay, const char **ret_path)
{
    const tdm_lock *lock = &in->pairing->lock;
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_lock_moves moves;
    if (!lock->there)
        return TDM_OK;
    tdm_map_init(&moves.moved, in->arena);
    tdm_map_init(&moves.stale, in->arena);
    for (size_t i = 0; i < in->pairing->frozen.count; i++)
        if (move_member(in, &moves, &in->pairing->frozen.items[i]) != TDM_OK)
            return TDM_FAILED;
    tdm_status status = tdm_lock_move(lock, &moves, in->after, &out, in->err);
    tdm_text text = tdm_buffer_take(&out, in->arena);
    tdm_buffer_free(&out);
    if (status != TDM_OK || add_change(in, lock->path, lock->path, text) != TDM_OK)
        return TDM_FAILED;
    *ret_path = lock->path;
    return text.data && tdm_overlay_put(overlay, lock->path, text) ? TDM_OK
                                                                   : tdm_fail_memory(in->err);
}

// --- Judging it ---------------------------------------------------------------------------------

static tdm_status fail_pairs(const tdm_rebaser *in, const tdm_revision *revision)
{
    tdm_fail(in->err, TDM_ERROR_HISTORY, revision->id_place,
             "revision %.*s would no longer belong to the same migrations",
             TDM_TEXT_ARG(revision->id));
    return tdm_hint(in->err, "Write \"-- tandem: revision %.*s\" at the top of its migration.",
                    TDM_TEXT_ARG(revision->id));
}

// The name that a migration of today will have.
static tdm_text name_after(const tdm_rebaser *in, uint32_t index)
{
    return in->our_migrations[index] ? in->new_versions[index] : migration_at(in, index)->version;
}

static bool same_migrations(const tdm_rebaser *in, const tdm_group *before, const tdm_group *after)
{
    size_t found = 0;
    for (size_t i = 0; i < before->migration_count; i++)
        for (size_t k = 0; k < after->migration_count; k++)
            found += tdm_text_equal(
                name_after(in, before->migrations[i]),
                tdm_project_folder_migration(in->after, after->migrations[k])->version);
    return found == before->migration_count && found == after->migration_count;
}

// One end where theirs had one, and every pair as it was: else nothing is written.
static tdm_status judge(tdm_rebaser *in)
{
    const tdm_pairing *after;
    tdm_map indices;
    size_t count = tdm_project_revision_count(in->after);
    uint32_t *numbers = tdm_arena_array(in->arena, count, sizeof *numbers);
    tdm_map_init(&indices, in->arena);
    if (tdm_chain_check(tdm_project_chain(in->after), in->err) != TDM_OK ||
        tdm_pairing_of(in->after, &after, in->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; numbers && i < count; i++) {
        numbers[i] = (uint32_t)i;
        if (!tdm_map_put(&indices, tdm_project_chain_revision(in->after, i)->id, &numbers[i]))
            return tdm_fail_memory(in->err);
    }
    for (size_t i = 0; i < tdm_project_revision_count(in->project); i++) {
        const tdm_revision *revision = revision_at(in, i);
        const uint32_t *now = tdm_map_get(&indices, revision->id);
        if (!now || !same_migrations(in, &in->pairing->pairs[in->pairing->of_revision[i]].group,
                                     &after->pairs[after->of_revision[*now]].group))
            return fail_pairs(in, revision);
    }
    return TDM_OK;
}

static tdm_status plan(tdm_rebaser *in, tdm_rebase *ret)
{
    tdm_overlay *overlay = NULL;
    const char *lock = NULL;
    if (tdm_chain_check(tdm_project_chain(in->project), in->err) != TDM_OK ||
        tdm_pairing_mending(in->project, &in->pairing, in->err) != TDM_OK ||
        tdm_rebase_sides(in) != TDM_OK)
        return TDM_FAILED;
    if (in->tip && (tdm_rebase_versions(in) != TDM_OK || change_revisions(in) != TDM_OK ||
                    change_migrations(in) != TDM_OK || open_after(in, &overlay) != TDM_OK ||
                    change_steps(in, &overlay) != TDM_OK ||
                    change_lock(in, overlay, &lock) != TDM_OK || judge(in) != TDM_OK))
        return TDM_FAILED;
    *ret = (tdm_rebase){
        .onto = in->other.name,
        .tip = in->tip ? in->tip->id : (tdm_text){NULL, 0},
        .revisions = in->revisions.items,
        .revision_count = in->revisions.count,
        .migrations = in->migrations.items,
        .migration_count = in->migrations.count,
        .lock = lock,
        .changes = in->changes.items,
        .change_count = in->changes.count,
    };
    return TDM_OK;
}

tdm_status tdm_rebase_plan(tdm_project *project, const tdm_rebase_options *options, tdm_rebase *ret,
                           tdm_error *err)
{
    tdm_rebaser in = {
        .project = project, .arena = tdm_project_arena(project), .options = options, .err = err};
    tdm_status status = plan(&in, ret);
    tdm_project_free(in.after);
    tdm_project_free(in.other.project);
    return status == TDM_OK && !tdm_arena_ok(in.arena) ? tdm_fail_memory(err) : status;
}

tdm_status tdm_rebase_write(tdm_project *project, const tdm_rebase *rebase, tdm_error *err)
{
    return tdm_file_set_write(project, rebase->changes, rebase->change_count, err);
}
