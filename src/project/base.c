// The state of a project that must not change any more.
#include "project/state.h"

#include "base/error.h"
#include "base/text.h"

tdm_status tdm_project_open_base(tdm_project *project, const tdm_project_options *options,
                                 tdm_error *err)
{
    bool of_commit = options->source == TDM_SOURCE_COMMIT;
    tdm_repository_place place = {
        .folder = options->directory ? options->directory : ".",
        .environment = options->environment,
        .environment_context = options->environment_context,
    };
    if (!project->repository && tdm_repository_open(&place, &project->repository, err) != TDM_OK)
        return TDM_FAILED;
    if (tdm_git_merge_base(project->repository, of_commit ? options->commit : "HEAD", options->base,
                           &project->base_commit, err) != TDM_OK)
        return TDM_FAILED;
    tdm_project_options base = *options;
    base.source = TDM_SOURCE_COMMIT;
    base.commit = project->base_commit.hex;
    base.base = NULL;
    return tdm_project_open(&base, &project->base, err);
}

tdm_project *tdm_project_base(tdm_project *project)
{
    return project->base;
}

tdm_status tdm_project_frozen_by(tdm_project *project, const char *path, tdm_text *ret,
                                 tdm_error *err)
{
    return tdm_git_last_change(project->repository, project->base_commit, path, project->arena, ret,
                               err);
}
