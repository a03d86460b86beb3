#include "git/operation.h"

#include "git/state.h"

#include "base/error.h"
#include "base/text.h"
#include "base/tree.h"

#include <string.h>

// --- Names --------------------------------------------------------------------------------------

static tdm_status find_commit(tdm_repository *repository, const char *name, git_oid *ret,
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

tdm_status tdm_git_commit_of(tdm_repository *repository, const char *name, tdm_commit_id *ret,
                             tdm_error *err)
{
    git_oid id;
    if (find_commit(repository, name, &id, err) != TDM_OK)
        return TDM_FAILED;
    git_oid_tostr(ret->hex, sizeof ret->hex, &id);
    return TDM_OK;
}

// --- Operations ---------------------------------------------------------------------------------

typedef struct merge_heads {
    git_oid first;
    size_t count;
} merge_heads;

static int take_head(const git_oid *id, void *context)
{
    merge_heads *heads = context;
    if (heads->count++ == 0)
        heads->first = *id;
    return 0;
}

static tdm_status read_merge(tdm_repository *repository, tdm_commit_id *ret, tdm_error *err)
{
    merge_heads heads = {.count = 0};
    if (git_repository_mergehead_foreach(repository->git, take_head, &heads) != 0)
        return tdm_git_fail(err, "cannot read what is being merged");
    if (heads.count != 1)
        return tdm_fail(err, TDM_ERROR_HISTORY, TDM_NOWHERE,
                        "%zu lines of history are being merged at once", heads.count);
    git_oid_tostr(ret->hex, sizeof ret->hex, &heads.first);
    return TDM_OK;
}

// git keeps the commit in a file of its own; of a way of rebasing that has none, what HEAD holds
// already comes first.
static tdm_status read_onto(tdm_repository *repository, tdm_commit_id *ret, tdm_error *err)
{
    static const char *const files[] = {"rebase-merge/onto", "rebase-apply/onto"};
    tdm_status status = TDM_FAILED;
    tdm_tree *folder = NULL;
    tdm_arena *arena = tdm_arena_new(0);
    if (!arena)
        return tdm_fail_memory(err);
    if (tdm_tree_open_folder(git_repository_path(repository->git), &folder, err) == TDM_OK) {
        tdm_text text = TDM_TEXT("HEAD");
        for (size_t i = 0; i < sizeof files / sizeof *files; i++)
            if (tdm_tree_exists(folder, files[i], NULL) &&
                tdm_tree_read(folder, files[i], arena, &text, err) == TDM_OK)
                break;
        const char *name = tdm_arena_string(arena, tdm_text_trim(text));
        status = name ? tdm_git_commit_of(repository, name, ret, err) : tdm_fail_memory(err);
    }
    tdm_tree_free(folder);
    tdm_arena_free(arena);
    return status;
}

tdm_status tdm_git_operation_of(tdm_repository *repository, tdm_git_operation *ret,
                                tdm_commit_id *ret_other, tdm_error *err)
{
    *ret = TDM_GIT_NOTHING;
    switch (git_repository_state(repository->git)) {
    case GIT_REPOSITORY_STATE_MERGE:
        *ret = TDM_GIT_MERGE;
        return read_merge(repository, ret_other, err);
    case GIT_REPOSITORY_STATE_REBASE:
    case GIT_REPOSITORY_STATE_REBASE_INTERACTIVE:
    case GIT_REPOSITORY_STATE_REBASE_MERGE:
    case GIT_REPOSITORY_STATE_APPLY_MAILBOX_OR_REBASE:
        *ret = TDM_GIT_REBASE;
        return read_onto(repository, ret_other, err);
    case GIT_REPOSITORY_STATE_CHERRYPICK:
    case GIT_REPOSITORY_STATE_CHERRYPICK_SEQUENCE:
        *ret = TDM_GIT_CHERRY_PICK;
        return tdm_git_commit_of(repository, "HEAD", ret_other, err);
    default:
        return TDM_OK;
    }
}

// --- The upstream -------------------------------------------------------------------------------

tdm_status tdm_git_upstream(tdm_repository *repository, tdm_arena *arena, tdm_text *ret,
                            tdm_error *err)
{
    git_reference *head = NULL;
    git_reference *upstream = NULL;
    *ret = (tdm_text){NULL, 0};
    if (git_repository_head(&head, repository->git) == 0 &&
        git_branch_upstream(&upstream, head) == 0)
        *ret = tdm_arena_text(arena, tdm_text_of(git_reference_shorthand(upstream)));
    git_reference_free(upstream);
    git_reference_free(head);
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

// A merge has brought in a third line when two of its parents are not the base's.
static int foreign_parents(git_repository *git, const git_oid *id, const git_oid *base)
{
    git_commit *commit = NULL;
    int count = 0;
    if (git_commit_lookup(&commit, git, id) != 0)
        return -1;
    for (unsigned i = 0; i < git_commit_parentcount(commit); i++) {
        const git_oid *parent = git_commit_parent_id(commit, i);
        bool of_base =
            git_oid_equal(parent, base) || git_graph_descendant_of(git, base, parent) == 1;
        count += !of_base;
    }
    git_commit_free(commit);
    return count;
}

tdm_status tdm_git_is_one_line(tdm_repository *repository, const char *base, bool *ret,
                               tdm_error *err)
{
    git_revwalk *walk = NULL;
    git_oid id;
    git_oid base_id;
    int foreign = 0;
    if (find_commit(repository, base, &base_id, err) != TDM_OK)
        return TDM_FAILED;
    if (git_revwalk_new(&walk, repository->git) != 0 || git_revwalk_push_head(walk) != 0 ||
        git_revwalk_hide(walk, &base_id) != 0) {
        git_revwalk_free(walk);
        return tdm_git_fail(err, "cannot read the commits since '%s'", base);
    }
    while (foreign >= 0 && foreign < 2 && git_revwalk_next(&id, walk) == 0)
        foreign = foreign_parents(repository->git, &id, &base_id);
    git_revwalk_free(walk);
    *ret = foreign >= 0 && foreign < 2;
    return foreign >= 0 ? TDM_OK : tdm_git_fail(err, "cannot read the commits since '%s'", base);
}
