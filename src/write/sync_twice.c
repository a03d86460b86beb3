#include "write/sync_twice.h"

#include "base/error.h"
#include "base/text.h"
#include "replay/replay.h"

static const tdm_converted *new_file(const tdm_converted *files, size_t count, tdm_text version)
{
    for (size_t i = 0; i < count; i++)
        if (tdm_text_equal(files[i].version, version))
            return &files[i];
    return NULL;
}

static tdm_status refuse(const tdm_project *project, const tdm_converted *file,
                         const tdm_change *change, tdm_error *err)
{
    const tdm_revision *revision = tdm_chain_get(tdm_project_chain(project), file->revision);
    tdm_place place = {.file = revision ? revision->path : file->path};
    tdm_fail(err, TDM_ERROR_HISTORY, place,
             "the migration of revision '%.*s' would come behind migrations that have no revision "
             "yet, and fail there: %.*s",
             TDM_TEXT_ARG(file->revision), TDM_TEXT_ARG(change->reason));
    return tdm_hint(err,
                    "Nothing was written. If one of them is the same change, say so in its "
                    "first line: -- tandem: revision %.*s",
                    TDM_TEXT_ARG(file->revision));
}

static tdm_status replay(tdm_project *project, tdm_catalog *catalog, size_t index,
                         tdm_effect *effect, tdm_error *err)
{
    const tdm_statements *statements = NULL;
    tdm_catalog_reset_session(catalog);
    if (tdm_project_migration_statements(project, index, &statements, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < statements->count; i++)
        if (tdm_catalog_apply(catalog, &statements->items[i], NULL, effect, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

tdm_status tdm_check_not_twice(tdm_project *project, const tdm_converted *files, size_t count,
                               tdm_error *err)
{
    tdm_catalog *catalog = NULL;
    tdm_arena *arena = tdm_project_arena(project);
    if (tdm_catalog_new(arena, true, &catalog, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < tdm_project_migration_count(project); i++) {
        tdm_effect effect;
        const tdm_converted *file =
            new_file(files, count, tdm_project_migration(project, i).version);
        tdm_effect_init(&effect, arena);
        if (replay(project, catalog, i, &effect, err) != TDM_OK)
            return TDM_FAILED;
        for (size_t j = 0; file && j < effect.count; j++)
            if (effect.items[j].kind == TDM_CHANGE_OPAQUE && effect.items[j].refusal)
                return refuse(project, file, &effect.items[j], err);
    }
    return TDM_OK;
}
