#include "git/state.h"

#include "base/error.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

// The kinds of repository that libgit2 1.5 refuses, in words that tell what to do.
static void explain(tdm_error *err)
{
    if (!err)
        return;
    tdm_text message = tdm_text_of(err->message);
    if (tdm_text_find(message, TDM_TEXT("objectformat")) != SIZE_MAX)
        tdm_hint(err, "Repositories with SHA-256 names cannot be read; check the work tree "
                      "instead, without --staged.");
    else if (tdm_text_find(message, TDM_TEXT("extension")) != SIZE_MAX)
        tdm_hint(err, "A split or sparse index cannot be read; `git update-index "
                      "--no-split-index` or `git sparse-checkout disable` makes a plain one.");
}

tdm_status tdm_git_fail(tdm_error *err, const char *format, ...)
{
    const git_error *cause = git_error_last();
    tdm_buffer what = TDM_BUFFER_INIT(1024);
    va_list args;
    va_start(args, format);
    tdm_buffer_vputf(&what, format, args);
    va_end(args);
    tdm_fail(err, TDM_ERROR_FILE, TDM_NOWHERE, "%s: %s", what.data ? what.data : "git",
             cause ? cause->message : "unknown cause");
    tdm_buffer_free(&what);
    explain(err);
    return TDM_FAILED;
}

static char *without_slash(const char *folder)
{
    size_t size = folder ? strlen(folder) : 0;
    while (size > 1 && folder[size - 1] == '/')
        size--;
    return folder ? strndup(folder, size) : NULL;
}

tdm_status tdm_repository_open(const char *folder, bool from_environment, tdm_repository **ret,
                               tdm_error *err)
{
    unsigned flags = from_environment ? GIT_REPOSITORY_OPEN_FROM_ENV : 0;
    git_libgit2_init();
    tdm_repository *repository = calloc(1, sizeof *repository);
    if (!repository) {
        git_libgit2_shutdown();
        return tdm_fail_memory(err);
    }
    if (git_repository_open_ext(&repository->git, from_environment ? NULL : folder, flags, NULL) !=
        0) {
        tdm_git_fail(err, "cannot open the git repository of '%s'", folder);
        tdm_repository_free(repository);
        return TDM_FAILED;
    }
    const char *root = git_repository_workdir(repository->git);
    repository->root = without_slash(root);
    if (root && !repository->root) {
        tdm_repository_free(repository);
        return tdm_fail_memory(err);
    }
    *ret = repository;
    return TDM_OK;
}

void tdm_repository_free(tdm_repository *repository)
{
    if (!repository)
        return;
    git_repository_free(repository->git);
    free(repository->root);
    free(repository);
    git_libgit2_shutdown();
}

const char *tdm_repository_root(const tdm_repository *repository)
{
    return repository->root;
}
