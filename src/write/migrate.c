#include "write/migrate.h"

#include "base/error.h"
#include "base/text.h"
#include "write/guards.h"
#include "write/locks.h"
#include "write/name.h"
#include "write/plain.h"

// A run of statements that stand in one file.
typedef struct part {
    size_t first;
    size_t end;
    bool outside;
} part;

typedef TDM_VECTOR(part) parts;

tdm_status tdm_migrate_start(tdm_project *project, tdm_places *places, const bool *chosen,
                             tdm_migrating *ret, tdm_error *err)
{
    tdm_arena *arena = tdm_project_arena(project);
    size_t count = tdm_project_revision_count(project);
    *ret = (tdm_migrating){.project = project, .arena = arena, .places = places, .chosen = chosen};
    if (tdm_pairing_of(project, &ret->pairing, err) != TDM_OK)
        return TDM_FAILED;
    ret->order = tdm_arena_array(arena, count + 1, sizeof *ret->order);
    ret->versions = tdm_arena_array(arena, count + 1, sizeof *ret->versions);
    if (!ret->order || !ret->versions)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        ret->order[tdm_project_chain_revision(project, i)->index] = i;
    return TDM_OK;
}

// --- Parts --------------------------------------------------------------------------------------

// Alembic commits before and behind a statement that runs outside of a transaction, and so do the
// files. What cannot be known is refused when its file is written.
static tdm_status cut(tdm_arena *arena, const tdm_statements *statements, parts *ret,
                      tdm_error *err)
{
    for (size_t i = 0; i < statements->count; i++) {
        bool outside = false;
        part *last = ret->count ? &ret->items[ret->count - 1] : NULL;
        if (tdm_runs_outside(&statements->items[i], &outside, err) != TDM_OK)
            return TDM_FAILED;
        if (last && !outside && !last->outside) {
            last->end = i + 1;
            continue;
        }
        part next = {i, i + 1, outside};
        if (!tdm_vector_push(arena, ret, next))
            return tdm_fail_memory(err);
    }
    return TDM_OK;
}

// What ends the last file runs in a transaction.
static tdm_status end_inside(tdm_arena *arena, size_t count, bool more, parts *list, tdm_error *err)
{
    part last = {count, count, false};
    if (list->count && !(more && list->items[list->count - 1].outside))
        return TDM_OK;
    return tdm_vector_push(arena, list, last) ? TDM_OK : tdm_fail_memory(err);
}

// --- Files --------------------------------------------------------------------------------------

static const char *folder_path(const tdm_project *project)
{
    const tdm_folder *folder = tdm_project_folder(project);
    if (folder->path && folder->path[0])
        return folder->path;
    const tdm_supabase_config *config = tdm_project_supabase(project);
    return config->folder && config->folder[0] ? config->folder : "supabase/migrations";
}

// "add_search", "add_search_2", ...
static const char *path_of(const tdm_migrating *m, const tdm_revision *revision, tdm_text version,
                           size_t number)
{
    tdm_text name = tdm_migration_slug_at(m->arena, revision, version);
    if (number)
        name = tdm_arena_printf(m->arena, "%.*s_%zu", TDM_TEXT_ARG(name), number + 1);
    return tdm_arena_printf(m->arena, "%s/%.*s_%.*s.sql", folder_path(m->project),
                            TDM_TEXT_ARG(version), TDM_TEXT_ARG(name))
        .data;
}

typedef struct content {
    tdm_statements statements;
    const tdm_text *comments; // as of tdm_plain_input
    tdm_texts notes;
    tdm_statements only_here;
    tdm_text record;
} content;

static tdm_status add_file(tdm_migrating *m, size_t index, size_t number, const content *holds,
                           tdm_error *err)
{
    const tdm_revision *revision = tdm_project_chain_revision(m->project, index);
    tdm_converted file = {.revision = revision->id,
                          .unguarded = holds->notes.items,
                          .unguarded_count = holds->notes.count};
    if (tdm_places_choose(m->places, index, &file.version, err) != TDM_OK)
        return TDM_FAILED;
    file.path = path_of(m, revision, file.version, number);
    if (!tdm_arena_ok(m->arena))
        return tdm_fail_memory(err);
    tdm_plain_input input = {.revision = revision,
                             .statements = &holds->statements,
                             .comments = holds->comments,
                             .only_here = &holds->only_here,
                             .record = holds->record,
                             .path = file.path};
    if (tdm_plain_migration(m->arena, &input, &file.text, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_vector_push(m->arena, &m->files, file) ? TDM_OK : tdm_fail_memory(err);
}

static tdm_status keep_versions(tdm_migrating *m, size_t index, size_t first, tdm_error *err)
{
    size_t count = m->files.count - first;
    tdm_text *versions = tdm_arena_array(m->arena, count, sizeof *versions);
    if (!versions)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < count; i++)
        versions[i] = m->files.items[first + i].version;
    m->versions[index] = (tdm_texts){versions, count};
    return TDM_OK;
}

static tdm_status add_files(tdm_migrating *m, size_t index, const content *all, tdm_error *err)
{
    size_t first = m->files.count;
    parts list = {0};
    bool more = all->only_here.count || all->record.size;
    if (cut(m->arena, &all->statements, &list, err) != TDM_OK ||
        end_inside(m->arena, all->statements.count, more, &list, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < list.count; i++) {
        const part *run = &list.items[i];
        content file = {.statements = {all->statements.items + run->first, run->end - run->first}};
        if (all->comments)
            file.comments = all->comments + run->first;
        // One report for all files of the revision.
        if (i == 0)
            file.notes = all->notes;
        if (i + 1 == list.count) {
            file.only_here = all->only_here;
            file.record = all->record;
        }
        if (add_file(m, index, i, &file, err) != TDM_OK)
            return TDM_FAILED;
    }
    return keep_versions(m, index, first, err);
}

// What the catalog has to say: which statements have run already, and which tables are new.
static tdm_status take_from_catalog(tdm_migrating *m, size_t index, content *all, tdm_error *err)
{
    tdm_guards guards;
    if (tdm_migrating_replay(m, index, err) != TDM_OK)
        return TDM_FAILED;
    size_t before = tdm_catalog_table_count(m->catalog);
    if (m->guarded) {
        if (tdm_guard_statements(m->arena, m->catalog, &all->statements, &guards, err) != TDM_OK)
            return TDM_FAILED;
        m->replayed++;
        all->statements = guards.statements;
        all->comments = guards.comments;
        all->notes = guards.notes;
    }
    if (tdm_migrating_replay(m, index + 1, err) != TDM_OK)
        return TDM_FAILED;
    return m->rls ? tdm_exposed_tables(m, before, &all->only_here, err) : TDM_OK;
}

tdm_status tdm_migrate_revision(tdm_migrating *m, size_t index, tdm_error *err)
{
    content all = {0};
    const tdm_statements *statements = NULL;
    if (tdm_project_revision_statements(m->project, index, &statements, err) != TDM_OK)
        return TDM_FAILED;
    all.statements = *statements;
    if ((m->rls || m->guarded) && take_from_catalog(m, index, &all, err) != TDM_OK) {
        // It holds a part of this revision: whoever goes on begins anew.
        m->catalog = NULL;
        m->replayed = 0;
        return TDM_FAILED;
    }
    if (tdm_wrap_locks(m->arena, &all.statements, &m->reworded, err) != TDM_OK)
        return TDM_FAILED;
    if (m->self_recording &&
        tdm_version_step_make(m, index, statements, &all.record, err) != TDM_OK)
        return TDM_FAILED;
    return add_files(m, index, &all, err);
}
