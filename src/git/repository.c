#include "git/state.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

// What libgit2 1.5 refuses, by a word of its message, and what to do about it.
static const char *const remedies[][2] = {
    {"objectformat", "Repositories with SHA-256 names cannot be read; check the work tree instead, "
                     "without --staged."},
    {"not owned by current user", "`git config --global --add safe.directory <folder>` trusts it."},
    {"unsupported mandatory extension",
     "A split or sparse index cannot be read; `git update-index --no-split-index` or `git "
     "sparse-checkout reapply --no-sparse-index` makes a plain one."},
};

static void explain(tdm_error *err)
{
    for (size_t i = 0; err && i < sizeof remedies / sizeof *remedies; i++)
        if (strstr(err->message, remedies[i][0])) {
            tdm_hint(err, "%s", remedies[i][1]);
            return;
        }
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

static const char *ask(const tdm_repository_place *place, const char *name)
{
    const char *value =
        place->environment ? place->environment(place->environment_context, name) : NULL;
    return value && value[0] ? value : NULL;
}

// With GIT_DIR the folder says nothing about the repository; the work tree is then what
// GIT_WORK_TREE or core.worktree say, and else the folder git was started in.
static tdm_status open_named(tdm_repository *repository, const tdm_repository_place *place,
                             const char *folder, tdm_error *err)
{
    unsigned flags = GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_NO_DOTGIT;
    const char *work_tree = ask(place, "GIT_WORK_TREE");
    if (git_repository_open_ext(&repository->git, folder, flags, NULL) != 0)
        return tdm_git_fail(err, "cannot open the git repository '%s' that GIT_DIR names", folder);
    if (work_tree && git_repository_set_workdir(repository->git, work_tree, 0) != 0)
        return tdm_git_fail(err, "cannot use the folder '%s' that GIT_WORK_TREE names", work_tree);
    return TDM_OK;
}

static tdm_status open_around(tdm_repository *repository, const char *folder, tdm_error *err)
{
    int code = git_repository_open_ext(&repository->git, folder, 0, NULL);
    if (code == 0)
        return TDM_OK;
    if (code != GIT_ENOTFOUND)
        return tdm_git_fail(err, "cannot open the git repository of '%s'", folder);
    tdm_fail(err, TDM_ERROR_FILE, TDM_NOWHERE, "'%s' lies in no git repository", folder);
    return tdm_hint(err, "Say -C DIR for a folder of one. To check files alone, leave --staged "
                         "and --rev out.");
}

// git stands at the root of the work tree when it opens a relative GIT_INDEX_FILE.
static char *index_path(const char *root, const char *index)
{
    tdm_buffer path = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (index[0] != '/') {
        tdm_buffer_puts(&path, root);
        tdm_buffer_putc(&path, '/');
    }
    tdm_buffer_puts(&path, index);
    return path.data; // which free() frees, as it does the other names
}

static tdm_status keep_names(tdm_repository *repository, const tdm_repository_place *place,
                             tdm_error *err)
{
    const char *root = git_repository_workdir(repository->git);
    const char *index = ask(place, "GIT_INDEX_FILE");
    repository->root = without_slash(root ? root : git_repository_path(repository->git));
    if (repository->root && index)
        repository->index = index_path(repository->root, index);
    return repository->root && (!index || repository->index) ? TDM_OK : tdm_fail_memory(err);
}

tdm_status tdm_repository_open(const tdm_repository_place *place, tdm_repository **ret,
                               tdm_error *err)
{
    const char *named = ask(place, "GIT_DIR");
    git_libgit2_init();
    tdm_repository *repository = calloc(1, sizeof *repository);
    if (!repository) {
        git_libgit2_shutdown();
        return tdm_fail_memory(err);
    }
    tdm_status status = named ? open_named(repository, place, named, err)
                              : open_around(repository, place->folder, err);
    if (status == TDM_OK)
        status = keep_names(repository, place, err);
    if (status != TDM_OK) {
        tdm_repository_free(repository);
        return TDM_FAILED;
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
    free(repository->index);
    free(repository);
    git_libgit2_shutdown();
}

const char *tdm_repository_root(const tdm_repository *repository)
{
    return repository->root;
}
