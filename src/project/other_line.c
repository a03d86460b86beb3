// Two lines of history that meet in a work tree: the one that others have already, and ours.
#include "project/state.h"

#include "base/error.h"
#include "base/text.h"
#include "git/operation.h"

static tdm_status open_repository(tdm_project *project, const tdm_project_options *options,
                                  tdm_error *err)
{
    tdm_repository_place place = {
        .folder = options->directory ? options->directory : ".",
        .environment = options->environment,
        .environment_context = options->environment_context,
    };
    return project->repository ? TDM_OK : tdm_repository_open(&place, &project->repository, err);
}

static tdm_status open_commit(const tdm_project_options *options, const char *commit,
                              tdm_project **ret, tdm_error *err)
{
    tdm_project_options other = *options;
    other.source = TDM_SOURCE_COMMIT;
    other.commit = commit;
    other.base = NULL;
    other.protect = false;
    return tdm_project_open(&other, ret, err);
}

// --- Which it is --------------------------------------------------------------------------------

static const char *const operation_words[] = {
    [TDM_GIT_MERGE] = "what is being merged",
    [TDM_GIT_REBASE] = "what is being rebased upon",
    [TDM_GIT_CHERRY_PICK] = "what was there before the commit that is being picked",
};

static tdm_status fail_unknown(tdm_error *err)
{
    tdm_fail(err, TDM_ERROR_HISTORY, TDM_NOWHERE, "which line of history comes first is not said");
    return tdm_hint(err, "Say --onto BRANCH: what that branch holds stays, and the rest is put "
                         "behind it. git.protected in tandem.toml says so once for all.");
}

// The upstream may be the branch's own copy at a remote. When another line was merged in since,
// what is not in the upstream may be somebody else's.
static tdm_status find_upstream(tdm_project *project, const char **ret, tdm_error *err)
{
    tdm_text upstream;
    bool one_line = false;
    if (tdm_git_upstream(project->repository, project->arena, &upstream, err) != TDM_OK)
        return TDM_FAILED;
    if (upstream.size == 0)
        return fail_unknown(err);
    if (tdm_git_is_one_line(project->repository, upstream.data, &one_line, err) != TDM_OK)
        return TDM_FAILED;
    *ret = upstream.data;
    return one_line ? TDM_OK : fail_unknown(err);
}

static tdm_status find_name(tdm_project *project, const char *onto, const char **ret,
                            tdm_commit_id *commit, tdm_text *ret_words, tdm_error *err)
{
    tdm_git_operation operation;
    tdm_text branch = tdm_setting_text(&project->settings, TDM_SETTING_GIT_PROTECTED);
    *ret_words = (tdm_text){NULL, 0};
    *ret = onto;
    if (onto)
        return TDM_OK;
    if (tdm_git_operation_of(project->repository, &operation, commit, err) != TDM_OK)
        return TDM_FAILED;
    if (operation != TDM_GIT_NOTHING) {
        *ret = commit->hex;
        *ret_words = tdm_text_of(operation_words[operation]);
        return TDM_OK;
    }
    *ret = branch.data;
    return branch.size ? TDM_OK : find_upstream(project, ret, err);
}

tdm_status tdm_project_other_line(tdm_project *project, const tdm_project_options *options,
                                  const char *onto, tdm_other_line *ret, tdm_error *err)
{
    tdm_commit_id commit;
    tdm_text words;
    const char *name;
    if (open_repository(project, options, err) != TDM_OK ||
        find_name(project, onto, &name, &commit, &words, err) != TDM_OK ||
        tdm_git_commit_of(project->repository, name, &commit, err) != TDM_OK)
        return TDM_FAILED;
    ret->name =
        words.size ? tdm_arena_printf(project->arena, "%.*s, %.7s", TDM_TEXT_ARG(words), commit.hex)
                   : tdm_arena_printf(project->arena, "%s", name);
    if (!ret->name.data)
        return tdm_fail_memory(err);
    return open_commit(options, commit.hex, &ret->project, err);
}

tdm_status tdm_project_protected(tdm_project *project, const tdm_project_options *options,
                                 tdm_project **ret, tdm_error *err)
{
    tdm_text branch = tdm_setting_text(&project->settings, TDM_SETTING_GIT_PROTECTED);
    tdm_commit_id commit;
    *ret = NULL;
    if (branch.size == 0)
        return TDM_OK;
    if (open_repository(project, options, err) != TDM_OK ||
        tdm_git_commit_of(project->repository, branch.data, &commit, err) != TDM_OK)
        return TDM_FAILED;
    return open_commit(options, commit.hex, ret, err);
}
