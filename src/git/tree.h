// Trees out of git: what is staged, and what a commit holds, as the tdm_tree that every reader of a
// project takes (base/tree.h). The work tree is never looked at.
#ifndef GIT_TREE_H
#define GIT_TREE_H

#include "git/repository.h"

#include "base/tree.h"

// The index: what the next commit will hold. Under `git commit -a` and `git commit PATH` that is
// the index named in GIT_INDEX_FILE, when the repository was opened with an environment. Paths
// with a merge conflict are there and refuse to be read. The repository must outlive the tree.
TDM_MUST_CHECK tdm_status tdm_git_open_index(tdm_repository *repository, tdm_tree **ret,
                                             tdm_error *err);

// The tree of a commit, named as git names revisions ("HEAD~2", "origin/main", an id).
TDM_MUST_CHECK tdm_status tdm_git_open_commit(tdm_repository *repository, const char *revision,
                                              tdm_tree **ret, tdm_error *err);

#endif
