// Questions about commits: where two lines of history part, and who wrote what stands in a file.
#ifndef GIT_HISTORY_H
#define GIT_HISTORY_H

#include "git/repository.h"

#include "base/arena.h"

typedef struct tdm_commit_id {
    char hex[65];
} tdm_commit_id;

// The last commit that both have. No such commit (unrelated histories, a shallow clone) is
// TDM_ERROR_FILE.
TDM_MUST_CHECK tdm_status tdm_git_merge_base(tdm_repository *repository, const char *ours,
                                             const char *theirs, tdm_commit_id *ret,
                                             tdm_error *err);

// The commit, at or before `commit`, that gave the file at `path` the contents it has there, as
// "1a2b3c4 <first line of its message>". In a shallow clone it may be the oldest one there is.
TDM_MUST_CHECK tdm_status tdm_git_last_change(tdm_repository *repository, tdm_commit_id commit,
                                              const char *path, tdm_arena *arena, tdm_text *ret,
                                              tdm_error *err);

#endif
