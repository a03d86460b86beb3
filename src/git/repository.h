// A git repository, opened for reading through libgit2.
#ifndef GIT_REPOSITORY_H
#define GIT_REPOSITORY_H

#include <tandem/error.h>

typedef struct tdm_repository tdm_repository;

// Opens the repository that `folder` lies in. With `from_environment` libgit2 also honours GIT_DIR,
// GIT_WORK_TREE and GIT_INDEX_FILE, as a hook must. No repository there is TDM_ERROR_FILE; one that
// libgit2 1.5 cannot read (SHA-256 names, a split or sparse index) is TDM_ERROR_FILE that says so.
TDM_MUST_CHECK tdm_status tdm_repository_open(const char *folder, bool from_environment,
                                              tdm_repository **ret, tdm_error *err);
void tdm_repository_free(tdm_repository *repository);

// The folder of the work tree, absolute, without a closing slash; NULL for a bare repository.
const char *tdm_repository_root(const tdm_repository *repository);

#endif
