// Opening a project, and the plain questions about it.
#include "project/history.h"
#include "project/state.h"

#include "base/error.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

// What the settings and the Alembic configuration had to remark, as one list of lines.
static tdm_status collect_notes(tdm_project *project, tdm_error *err)
{
    const tdm_settings *settings = &project->settings;
    size_t count = settings->warning_count + project->alembic.note_count;
    project->notes = tdm_arena_array(project->arena, count, sizeof *project->notes);
    if (!project->notes)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < settings->warning_count; i++) {
        const tdm_setting_warning *warning = &settings->warnings[i];
        project->notes[project->note_count++] = tdm_arena_printf(
            project->arena, "%s:%u:%u: %.*s",
            warning->place.file ? warning->place.file : "settings", warning->place.line,
            warning->place.column, TDM_TEXT_ARG(warning->message));
    }
    for (size_t i = 0; i < project->alembic.note_count; i++) {
        const tdm_note *note = &project->alembic.notes[i];
        project->notes[project->note_count++] = tdm_arena_printf(
            project->arena, "%s: %.*s", note->place.file ? note->place.file : "alembic",
            TDM_TEXT_ARG(note->message));
    }
    return tdm_arena_ok(project->arena) ? TDM_OK : tdm_fail_memory(err);
}

static tdm_status open_work_tree(tdm_project *project, const char *folder, tdm_error *err)
{
    char *root = NULL;
    char *start = NULL;
    if (tdm_root_find(project->arena, folder, &root, &start, err) != TDM_OK ||
        tdm_tree_open_folder(root, &project->tree, err) != TDM_OK)
        return TDM_FAILED;
    project->start = start;
    return TDM_OK;
}

static tdm_status open_repository(tdm_project *project, const tdm_project_options *options,
                                  const char *folder, tdm_error *err)
{
    char *start = NULL;
    tdm_repository_place place = {
        .folder = folder,
        .environment = options->environment,
        .environment_context = options->environment_context,
    };
    if (tdm_repository_open(&place, &project->repository, err) != TDM_OK ||
        tdm_root_below(project->arena, tdm_repository_root(project->repository), folder, &start,
                       err) != TDM_OK)
        return TDM_FAILED;
    project->start = start;
    if (options->source == TDM_SOURCE_INDEX)
        return tdm_git_open_index(project->repository, &project->tree, err);
    return tdm_git_open_commit(project->repository, options->commit, &project->tree, err);
}

static tdm_status open_source(tdm_project *project, const tdm_project_options *options,
                              tdm_error *err)
{
    const char *folder = options->directory ? options->directory : ".";
    return options->source == TDM_SOURCE_WORK_TREE ? open_work_tree(project, folder, err)
                                                   : open_repository(project, options, folder, err);
}

static tdm_status read_project(tdm_project *project, const tdm_project_options *options,
                               tdm_error *err)
{
    tdm_settings_input input = {
        .tree = project->tree,
        .start = project->start,
        .file = options->config,
        .no_file = options->no_config,
        .environment = options->environment,
        .environment_context = options->environment_context,
    };
    if (tdm_settings_read(project->arena, &input, &project->settings, err) != TDM_OK ||
        tdm_project_read_alembic(project, options, err) != TDM_OK ||
        tdm_project_read_supabase(project, err) != TDM_OK)
        return TDM_FAILED;
    return collect_notes(project, err);
}

static tdm_status open_project(tdm_project *project, const tdm_project_options *options,
                               tdm_error *err)
{
    if (open_source(project, options, err) != TDM_OK)
        return TDM_FAILED;
    if (options->cache)
        project->cache = tdm_cache_open(options->cache, project->tree->root);
    if (read_project(project, options, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_project_open_base(project, options, err);
}

static tdm_status open_through(tdm_project *project, const char *start,
                               const tdm_project_options *options, tdm_error *err)
{
    project->start = tdm_arena_string(project->arena, tdm_text_of(start));
    return project->start ? read_project(project, options, err) : tdm_fail_memory(err);
}

tdm_status tdm_project_open_tree(const tdm_project *project, const tdm_project_options *options,
                                 tdm_tree *tree, tdm_project **ret, tdm_error *err)
{
    tdm_project *again = calloc(1, sizeof *again);
    if (!again) {
        tdm_tree_free(tree);
        return tdm_fail_memory(err);
    }
    again->tree = tree;
    again->arena = tdm_arena_new(0);
    tdm_status status =
        again->arena ? open_through(again, project->start, options, err) : tdm_fail_memory(err);
    if (status != TDM_OK) {
        tdm_project_free(again);
        return TDM_FAILED;
    }
    *ret = again;
    return TDM_OK;
}

tdm_status tdm_project_open(const tdm_project_options *options, tdm_project **ret, tdm_error *err)
{
    tdm_project *project = calloc(1, sizeof *project);
    if (!project)
        return tdm_fail_memory(err);
    project->arena = tdm_arena_new(0);
    tdm_status status = project->arena ? open_project(project, options, err) : tdm_fail_memory(err);
    if (status != TDM_OK) {
        tdm_project_free(project);
        return TDM_FAILED;
    }
    *ret = project;
    return TDM_OK;
}

void tdm_project_free(tdm_project *project)
{
    if (!project)
        return;
    tdm_project_free(project->base);
    tdm_cache_close(project->cache);
    tdm_history_free(project->history);
    tdm_tree_free(project->tree);
    tdm_repository_free(project->repository);
    tdm_arena_free(project->arena);
    free(project);
}

tdm_cache *tdm_project_cache(tdm_project *project)
{
    return project->cache;
}

const char *tdm_project_root(const tdm_project *project)
{
    return project->tree->root;
}

uint16_t tdm_project_local_port(const tdm_project *project)
{
    return project->supabase.db_port;
}

size_t tdm_project_note_count(const tdm_project *project)
{
    return project->note_count;
}

tdm_text tdm_project_note(const tdm_project *project, size_t index)
{
    return project->notes[index];
}

size_t tdm_project_revision_count(const tdm_project *project)
{
    return project->revision_count;
}

tdm_revision_info tdm_project_revision(const tdm_project *project, size_t index)
{
    const tdm_revision *revision = project->revisions[index].revision;
    return (tdm_revision_info){
        .id = revision->id,
        .message = revision->message,
        .created = revision->create_date,
        .down = revision->down.items,
        .down_count = revision->down.count,
        .depends_on = revision->depends_on.items,
        .depends_on_count = revision->depends_on.count,
        .labels = revision->labels.items,
        .label_count = revision->labels.count,
        .place = (tdm_place){.file = revision->path, .line = 1, .column = 1},
        .is_head = revision->head,
        .is_base = revision->down.count == 0,
        .is_branch_point = tdm_is_branch_point(revision),
        .is_merge_point = tdm_is_merge_point(revision),
    };
}

size_t tdm_project_migration_count(const tdm_project *project)
{
    return project->folder.count;
}

tdm_migration_info tdm_project_migration(const tdm_project *project, size_t index)
{
    const tdm_migration *migration = &project->folder.migrations[index];
    return (tdm_migration_info){
        .version = migration->version,
        .name = migration->name,
        .place = migration->place,
    };
}

tdm_arena *tdm_project_arena(tdm_project *project)
{
    return project->arena;
}

tdm_tree *tdm_project_tree(tdm_project *project)
{
    return project->tree;
}

const tdm_settings *tdm_project_settings(const tdm_project *project)
{
    return &project->settings;
}

const tdm_alembic_config *tdm_project_alembic(const tdm_project *project)
{
    return &project->alembic;
}

const tdm_env *tdm_project_env(const tdm_project *project)
{
    return &project->env;
}

const tdm_chain *tdm_project_chain(const tdm_project *project)
{
    return project->chain;
}

const tdm_supabase_config *tdm_project_supabase(const tdm_project *project)
{
    return &project->supabase;
}

const tdm_folder *tdm_project_folder(const tdm_project *project)
{
    return &project->folder;
}

const tdm_revision *tdm_project_chain_revision(const tdm_project *project, size_t index)
{
    return project->revisions[index].revision;
}

const void **tdm_project_pairing_slot(tdm_project *project)
{
    return &project->pairing;
}

const tdm_migration *tdm_project_folder_migration(const tdm_project *project, size_t index)
{
    return project->migrations[index].migration;
}
