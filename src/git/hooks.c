#include <tandem/hook.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "git/state.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const names[TDM_HOOK_COUNT] = {"pre-commit", "pre-merge-commit"};

// Behind the name of a hook that was there before.
#define KEPT ".before-tandem"
// The line by which a hook is known to be ours.
#define MARK "# Written by `tandem hook install`; `tandem hook uninstall` removes it."

static const char script[] =
    "#!/bin/sh\n" MARK "\n"
    "before=\"$0" KEPT "\"\n"
    "if [ -x \"$before\" ]; then\n"
    "    \"$before\" \"$@\" || exit\n"
    "fi\n"
    "if ! command -v tandem >/dev/null; then\n"
    "    echo \"tandem is not in PATH: install it, or \\`git commit --no-verify\\` once\" >&2\n"
    "    exit 1\n"
    "fi\n"
    "exec tandem check --staged\n";

static tdm_status fail_system(tdm_error *err, const char *what, const char *path)
{
    return tdm_fail(err, TDM_ERROR_FILE, TDM_NOWHERE, "cannot %s '%s': %s", what, path,
                    strerror(errno));
}

static tdm_status put_path(char ret[PATH_MAX], tdm_error *err, const char *folder, const char *name,
                           const char *suffix)
{
    int length = snprintf(ret, PATH_MAX, "%s/%s%s", folder, name, suffix);
    if (length < 0 || length >= PATH_MAX)
        return tdm_fail(err, TDM_ERROR_FILE, TDM_NOWHERE, "the path of '%s' is too long", name);
    return TDM_OK;
}

// --- Where the hooks are ------------------------------------------------------------------------

static bool lies_in(const char *folder, const char *root)
{
    size_t size = strlen(root);
    while (size && root[size - 1] == '/')
        size--;
    return strncmp(folder, root, size) == 0 && (folder[size] == '/' || folder[size] == '\0');
}

// Somebody else's machinery makes these folders anew, or shares them between repositories.
static tdm_status check_folder(const tdm_repository *repository, const char *folder,
                               const char *configured, tdm_error *err)
{
    char real[PATH_MAX];
    const char *where = realpath(folder, real) ? real : folder;
    if (!lies_in(where, repository->root) &&
        !lies_in(where, git_repository_commondir(repository->git))) {
        tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                 "core.hooksPath is '%s', a folder outside of this repository", configured);
        return tdm_hint(err, "Add `tandem check --staged` to the hook there yourself.");
    }
    if (strstr(where, "/.husky")) {
        tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE,
                 "husky keeps the hooks of this repository, in '%s'", configured);
        return tdm_hint(err, "Add the line `tandem check --staged` to .husky/pre-commit.");
    }
    return TDM_OK;
}

// core.hooksPath, which git takes from the root of the work tree, else `hooks` of the repository.
static tdm_status find_folder(tdm_repository *repository, char ret[PATH_MAX], tdm_error *err)
{
    git_config *config = NULL;
    git_buf configured = {0};
    tdm_status status = TDM_OK;
    if (git_repository_config_snapshot(&config, repository->git) != 0)
        return tdm_git_fail(err, "cannot read the configuration of the git repository");
    int code = git_config_get_path(&configured, config, "core.hooksPath");
    if (code == 0 && configured.ptr[0] == '/')
        status = put_path(ret, err, "", configured.ptr + 1, "");
    else if (code == 0)
        status = put_path(ret, err, repository->root, configured.ptr, "");
    else if (code == GIT_ENOTFOUND)
        status = put_path(ret, err, git_repository_commondir(repository->git), "hooks", "");
    else
        status = tdm_git_fail(err, "cannot read core.hooksPath");
    if (status == TDM_OK && code == 0)
        status = check_folder(repository, ret, configured.ptr, err);
    git_buf_dispose(&configured);
    git_config_free(config);
    return status;
}

// --- What stands there --------------------------------------------------------------------------

static bool exists(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

// Reads up to `size` bytes; what is larger is no hook of ours.
static size_t read_start(const char *path, char *buffer, size_t size)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return 0;
    size_t got = fread(buffer, 1, size, file);
    fclose(file);
    return got;
}

static tdm_status look_at(const char *folder, const char *name, tdm_hook *ret, tdm_error *err)
{
    char kept[PATH_MAX];
    char text[sizeof script + 1];
    *ret = (tdm_hook){.name = name};
    if (put_path(ret->path, err, folder, name, "") != TDM_OK ||
        put_path(kept, err, folder, name, KEPT) != TDM_OK)
        return TDM_FAILED;
    size_t size = read_start(ret->path, text, sizeof text);
    tdm_text found = {text, size};
    bool ours = tdm_text_is(found, script);
    if (!ours && tdm_text_find(found, TDM_TEXT(MARK)) != SIZE_MAX) {
        tdm_fail(err, TDM_ERROR_EXISTS, TDM_NOWHERE,
                 "the hook '%s' was written by tandem and changed since", ret->path);
        return tdm_hint(err,
                        "Remove it, or move your lines to a hook of their own, and try again.");
    }
    ret->installed = ours && access(ret->path, X_OK) == 0;
    ret->other = !ours && exists(ret->path);
    ret->calls_other = ours && exists(kept);
    if (ret->other && exists(kept)) {
        tdm_fail(err, TDM_ERROR_EXISTS, TDM_NOWHERE,
                 "both '%s', which is not tandem's, and '%s" KEPT "' are there", ret->path, name);
        return tdm_hint(err, "Another program has replaced the hook. Keep one of the two files.");
    }
    return TDM_OK;
}

static tdm_status look(const tdm_hook_options *options, char folder[PATH_MAX],
                       tdm_hook ret[TDM_HOOK_COUNT], tdm_error *err)
{
    tdm_repository *repository = NULL;
    tdm_repository_place place = {
        .folder = options->directory ? options->directory : ".",
        .environment = options->environment,
        .environment_context = options->environment_context,
    };
    if (tdm_repository_open(&place, &repository, err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = find_folder(repository, folder, err);
    tdm_repository_free(repository);
    for (size_t i = 0; status == TDM_OK && i < TDM_HOOK_COUNT; i++)
        status = look_at(folder, names[i], &ret[i], err);
    return status;
}

// --- Changing it --------------------------------------------------------------------------------

static mode_t executable_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0755 & ~mask;
}

static tdm_status remove_one(tdm_hook *hook, tdm_error *err)
{
    char kept[PATH_MAX];
    if (put_path(kept, err, "", hook->path + 1, KEPT) != TDM_OK)
        return TDM_FAILED;
    if (hook->calls_other ? rename(kept, hook->path) != 0 : unlink(hook->path) != 0)
        return fail_system(err, "remove the hook", hook->path);
    hook->other = hook->calls_other;
    hook->installed = hook->calls_other = false;
    hook->changed = true;
    return TDM_OK;
}

static tdm_status install_one(tdm_hook *hook, tdm_error *err)
{
    char kept[PATH_MAX];
    if (put_path(kept, err, "", hook->path + 1, KEPT) != TDM_OK)
        return TDM_FAILED;
    bool moved = hook->other;
    if (moved && rename(hook->path, kept) != 0)
        return fail_system(err, "keep the hook", hook->path);
    tdm_status status = tdm_file_write(hook->path, tdm_text_of(script), true, err);
    if (status == TDM_OK && chmod(hook->path, executable_mode()) != 0)
        status = fail_system(err, "make executable", hook->path);
    if (status != TDM_OK) {
        if (moved)
            (void)rename(kept, hook->path); // as it was, if anything still can be
        return TDM_FAILED;
    }
    hook->calls_other = exists(kept);
    hook->other = false;
    hook->installed = hook->changed = true;
    return TDM_OK;
}

tdm_status tdm_hook_status(const tdm_hook_options *options, tdm_hook ret[TDM_HOOK_COUNT],
                           tdm_error *err)
{
    char folder[PATH_MAX];
    return look(options, folder, ret, err);
}

tdm_status tdm_hook_install(const tdm_hook_options *options, tdm_hook ret[TDM_HOOK_COUNT],
                            tdm_error *err)
{
    char folder[PATH_MAX];
    if (look(options, folder, ret, err) != TDM_OK)
        return TDM_FAILED;
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return fail_system(err, "make the folder", folder);
    for (size_t i = 0; i < TDM_HOOK_COUNT; i++) {
        if (ret[i].installed || install_one(&ret[i], err) == TDM_OK)
            continue;
        while (i-- > 0) {
            if (ret[i].changed)
                (void)remove_one(&ret[i], NULL);
        }
        return TDM_FAILED;
    }
    return TDM_OK;
}

tdm_status tdm_hook_uninstall(const tdm_hook_options *options, tdm_hook ret[TDM_HOOK_COUNT],
                              tdm_error *err)
{
    char folder[PATH_MAX];
    if (look(options, folder, ret, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < TDM_HOOK_COUNT; i++) {
        if (!ret[i].other && exists(ret[i].path) && remove_one(&ret[i], err) != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}
