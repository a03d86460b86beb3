// What git is in the middle of: a merge, a rebase or a cherry-pick has two lines of history, and
// these tell them apart.
#ifndef GIT_OPERATION_H
#define GIT_OPERATION_H

#include "git/history.h"

typedef enum tdm_git_operation {
    TDM_GIT_NOTHING,
    TDM_GIT_MERGE,       // `other` is what is merged in
    TDM_GIT_REBASE,      // `other` is what the commits are put upon
    TDM_GIT_CHERRY_PICK, // `other` is HEAD, before the commit that is picked
} tdm_git_operation;

// `ret_other` is only written for an operation. A merge of more than two lines is
// TDM_ERROR_HISTORY.
TDM_MUST_CHECK tdm_status tdm_git_operation_of(tdm_repository *repository, tdm_git_operation *ret,
                                               tdm_commit_id *ret_other, tdm_error *err);

// The branch that the current one follows ("origin/main"); empty when it follows none.
TDM_MUST_CHECK tdm_status tdm_git_upstream(tdm_repository *repository, tdm_arena *arena,
                                           tdm_text *ret, tdm_error *err);

// Whether all that HEAD holds beyond `base` was made on this line of history: false when a third
// one was merged in.
TDM_MUST_CHECK tdm_status tdm_git_is_one_line(tdm_repository *repository, const char *base,
                                              bool *ret, tdm_error *err);

// The commit that a name stands for.
TDM_MUST_CHECK tdm_status tdm_git_commit_of(tdm_repository *repository, const char *name,
                                            tdm_commit_id *ret, tdm_error *err);

#endif
