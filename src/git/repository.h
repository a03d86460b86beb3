// A git repository, opened for reading through libgit2.
#ifndef GIT_REPOSITORY_H
#define GIT_REPOSITORY_H

#include <tandem/error.h>

typedef struct tdm_repository tdm_repository;

// Where a repository is looked for. git starts its hooks with GIT_INDEX_FILE (another index under
// `git commit -a` and `git commit PATH`), and with GIT_DIR and GIT_WORK_TREE where they are not
// plain; libgit2 reads the environment by itself in other ways, so it is never let.
typedef struct tdm_repository_place {
    const char *folder;                                          // where the user stands
    const char *(*environment)(void *context, const char *name); // NULL: empty
    void *environment_context;
} tdm_repository_place;

// Opens the repository that the folder lies in. No repository there, one of another user, and one
// that libgit2 1.5 cannot read (SHA-256 names) are TDM_ERROR_FILE that says so.
TDM_MUST_CHECK tdm_status tdm_repository_open(const tdm_repository_place *place,
                                              tdm_repository **ret, tdm_error *err);
void tdm_repository_free(tdm_repository *repository);

// The folder of the work tree, absolute, without a closing slash; of a bare repository its own
// folder.
const char *tdm_repository_root(const tdm_repository *repository);

#endif
