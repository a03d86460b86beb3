#include "write/step_again.h"

#include "base/error.h"
#include "base/text.h"
#include "write/migrate.h"

typedef struct again {
    tdm_project *project;
    tdm_arena *arena;
    tdm_migrating m;
    tdm_error *err;
} again;

// Where the step of a file begins, and whose it is; nowhere when there is none.
static tdm_status find_step(const again *in, const tdm_converted *file, const char **ret_start,
                            tdm_text *ret_revision)
{
    const tdm_statements *statements = NULL;
    tdm_place place;
    *ret_start = NULL;
    for (size_t i = 0; i < tdm_project_migration_count(in->project); i++) {
        const tdm_migration *migration = tdm_project_folder_migration(in->project, i);
        if (!tdm_text_is(tdm_text_of(migration->path), file->path))
            continue;
        if (tdm_project_migration_statements(in->project, i, &statements, in->err) != TDM_OK)
            return TDM_FAILED;
        const tdm_version_step *step = tdm_project_migration_record(in->project, i, &place);
        if (!step)
            return TDM_OK;
        *ret_revision = step->revision;
        tdm_text rest = file->text;
        tdm_text line = rest;
        for (uint32_t at = 1; at <= place.line && tdm_text_next_line(&rest, &line); at++)
            *ret_start = line.data;
    }
    return TDM_OK;
}

static size_t index_of(const again *in, tdm_text revision)
{
    for (size_t i = tdm_project_revision_count(in->project); i-- > 0;)
        if (tdm_text_equal(tdm_project_chain_revision(in->project, i)->id, revision))
            return i;
    return SIZE_MAX;
}

static tdm_status write_again(again *in, tdm_converted *file)
{
    const char *start = NULL;
    const tdm_statements *statements = NULL;
    tdm_text step;
    tdm_text revision = {NULL, 0};
    if (find_step(in, file, &start, &revision) != TDM_OK)
        return TDM_FAILED;
    size_t index = start ? index_of(in, revision) : SIZE_MAX;
    if (index == SIZE_MAX)
        return TDM_OK;
    if (tdm_project_revision_statements(in->project, index, &statements, in->err) != TDM_OK ||
        tdm_version_step_make(&in->m, index, statements, &step, in->err) != TDM_OK)
        return TDM_FAILED;
    tdm_text before = tdm_text_slice(file->text, 0, (size_t)(start - file->text.data));
    file->text =
        tdm_arena_printf(in->arena, "%.*s%.*s;\n", TDM_TEXT_ARG(before), TDM_TEXT_ARG(step));
    return tdm_arena_ok(in->arena) ? TDM_OK : tdm_fail_memory(in->err);
}

tdm_status tdm_steps_again(tdm_project *project, tdm_arena *arena, tdm_converted *files,
                           size_t count, tdm_error *err)
{
    again in = {.project = project, .arena = arena, .err = err};
    size_t revisions = tdm_project_revision_count(project);
    bool *none = tdm_arena_array(tdm_project_arena(project), revisions + 1, sizeof *none);
    if (!none)
        return tdm_fail_memory(err);
    if (tdm_migrate_start(project, NULL, none, &in.m, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < count; i++)
        if (tdm_text_ends(tdm_text_of(files[i].path), TDM_TEXT(".sql")) &&
            write_again(&in, &files[i]) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}
