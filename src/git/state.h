// What the files of this room share.
#ifndef GIT_STATE_H
#define GIT_STATE_H

#include "git/repository.h"

#include <git2.h>

struct tdm_repository {
    git_repository *git;
    char *root;
    char *index; // GIT_INDEX_FILE, or NULL: the repository's own
};

// libgit2's last error as ours, with what was tried.
tdm_status tdm_git_fail(tdm_error *err, const char *format, ...) TDM_PRINTF(2, 3);

#endif
