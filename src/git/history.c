#include "git/history.h"

#include "git/state.h"

#include "base/error.h"
#include "base/text.h"

// --- Merge base ---------------------------------------------------------------------------------

static tdm_status resolve(tdm_repository *repository, const char *name, git_oid *ret,
                          tdm_error *err)
{
    git_object *named = NULL;
    git_object *commit = NULL;
    tdm_status status = TDM_OK;
    if (git_revparse_single(&named, repository->git, name) != 0 ||
        git_object_peel(&commit, named, GIT_OBJECT_COMMIT) != 0)
        status = tdm_git_fail(err, "cannot read the commit '%s'", name);
    else
        *ret = *git_object_id(commit);
    git_object_free(named);
    git_object_free(commit);
    return status;
}

tdm_status tdm_git_merge_base(tdm_repository *repository, const char *ours, const char *theirs,
                              tdm_commit_id *ret, tdm_error *err)
{
    git_oid ends[2];
    git_oid base;
    if (resolve(repository, ours, &ends[0], err) != TDM_OK ||
        resolve(repository, theirs, &ends[1], err) != TDM_OK)
        return TDM_FAILED;
    int code = git_merge_base(&base, repository->git, &ends[0], &ends[1]);
    if (code == GIT_ENOTFOUND) {
        tdm_fail(err, TDM_ERROR_FILE, TDM_NOWHERE, "'%s' and '%s' have no commit in common", ours,
                 theirs);
        return tdm_hint(err, "A shallow clone ends too early: `git fetch --unshallow` brings the "
                             "rest.");
    }
    if (code != 0)
        return tdm_git_fail(err, "cannot find where '%s' and '%s' part", ours, theirs);
    git_oid_tostr(ret->hex, sizeof ret->hex, &base);
    return TDM_OK;
}

// --- Who wrote it -------------------------------------------------------------------------------

static bool entry_of(git_commit *commit, const char *path, git_oid *ret)
{
    git_tree *tree = NULL;
    git_tree_entry *entry = NULL;
    bool there =
        git_commit_tree(&tree, commit) == 0 && git_tree_entry_bypath(&entry, tree, path) == 0;
    if (there)
        *ret = *git_tree_entry_id(entry);
    git_tree_entry_free(entry);
    git_tree_free(tree);
    return there;
}

// The first parent in which the file has the same contents, or NULL.
static git_commit *parent_with(git_commit *commit, const char *path, const git_oid *contents)
{
    for (unsigned i = 0; i < git_commit_parentcount(commit); i++) {
        git_commit *parent = NULL;
        git_oid there;
        if (git_commit_parent(&parent, commit, i) == 0 && entry_of(parent, path, &there) &&
            git_oid_equal(&there, contents))
            return parent;
        git_commit_free(parent);
    }
    return NULL;
}

tdm_status tdm_git_last_change(tdm_repository *repository, tdm_commit_id id, const char *path,
                               tdm_arena *arena, tdm_text *ret, tdm_error *err)
{
    git_oid oid;
    git_oid contents;
    git_commit *commit = NULL;
    char hex[8];
    if (git_oid_fromstr(&oid, id.hex) != 0 ||
        git_commit_lookup(&commit, repository->git, &oid) != 0)
        return tdm_git_fail(err, "cannot read the commit '%s'", id.hex);
    if (entry_of(commit, path, &contents)) {
        for (git_commit *parent; (parent = parent_with(commit, path, &contents)); commit = parent)
            git_commit_free(commit);
    }
    const char *summary = git_commit_summary(commit);
    git_oid_tostr(hex, sizeof hex, git_commit_id(commit));
    *ret = tdm_arena_printf(arena, "%s %s", hex, summary ? summary : "");
    git_commit_free(commit);
    return ret->data ? TDM_OK : tdm_fail_memory(err);
}
