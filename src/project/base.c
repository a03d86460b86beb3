// The state of a project that must not change any more.
#include "project/state.h"

#include "base/error.h"
#include "base/text.h"

static const char *protected_branch(const tdm_project *project)
{
    tdm_text name = tdm_setting_text(&project->settings, TDM_SETTING_GIT_PROTECTED);
    return name.size ? name.data : NULL;
}

// A branch that the settings name and that is not there is no reason to check less in silence.
static tdm_status explain(const tdm_project *project, tdm_error *err)
{
    const tdm_setting *setting = &project->settings.values[TDM_SETTING_GIT_PROTECTED];
    tdm_error cause = *err;
    tdm_fail(err, cause.code, setting->place, "git.protected: %s", cause.message);
    return tdm_hint(err, "Fetch the branch, or say --no-base to check without it.");
}

static tdm_status open_base(tdm_project *project, const tdm_project_options *options,
                            const char *name, tdm_error *err)
{
    bool of_commit = options->source == TDM_SOURCE_COMMIT;
    tdm_repository_place place = {
        .folder = options->directory ? options->directory : ".",
        .environment = options->environment,
        .environment_context = options->environment_context,
    };
    if (!project->repository && tdm_repository_open(&place, &project->repository, err) != TDM_OK)
        return TDM_FAILED;
    if (tdm_git_merge_base(project->repository, of_commit ? options->commit : "HEAD", name,
                           &project->base_commit, err) != TDM_OK)
        return TDM_FAILED;
    tdm_project_options base = *options;
    base.source = TDM_SOURCE_COMMIT;
    base.commit = project->base_commit.hex;
    base.base = NULL;
    base.protect = false;
    return tdm_project_open(&base, &project->base, err);
}

tdm_status tdm_project_open_base(tdm_project *project, const tdm_project_options *options,
                                 tdm_error *err)
{
    const char *branch = protected_branch(project);
    if (options->base)
        return open_base(project, options, options->base, err);
    if (!options->protect || !branch || open_base(project, options, branch, err) == TDM_OK)
        return TDM_OK;
    return explain(project, err);
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
