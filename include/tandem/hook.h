/**
 * `tandem hook`: the check in front of every commit, for plain git.
 *
 * Two hooks are written, `pre-commit` and `pre-merge-commit` (git runs only the second before the
 * commit of a merge). A hook that is there already is kept under another name and called first;
 * uninstalling puts it back. Hooks of a folder that does not belong to the repository alone
 * (core.hooksPath) are never touched.
 */
#ifndef TANDEM_HOOK_H
#define TANDEM_HOOK_H

#include <tandem/error.h>

typedef struct tdm_hook_options {
    const char *directory; /**< in the repository; NULL: the current folder */
    /** git's own variables (GIT_DIR, ...); NULL: none is seen. */
    const char *(*environment)(void *context, const char *name);
    void *environment_context;
} tdm_hook_options;

enum { TDM_HOOK_COUNT = 2 };

/** One hook as it stands. */
typedef struct tdm_hook {
    const char *name; /**< "pre-commit" */
    char path[4096];  /**< absolute */
    bool installed;   /**< ours, and runs */
    bool other;       /**< somebody else's stands there */
    bool calls_other; /**< ours, and calls one that was there before */
    bool changed;     /**< by this call */
} tdm_hook;

TDM_API TDM_MUST_CHECK tdm_status tdm_hook_status(const tdm_hook_options *options,
                                                  tdm_hook ret[TDM_HOOK_COUNT], tdm_error *err);
/** Both hooks or none; does nothing where they stand already. */
TDM_API TDM_MUST_CHECK tdm_status tdm_hook_install(const tdm_hook_options *options,
                                                   tdm_hook ret[TDM_HOOK_COUNT], tdm_error *err);
/** Removes ours and puts back what was there before. */
TDM_API TDM_MUST_CHECK tdm_status tdm_hook_uninstall(const tdm_hook_options *options,
                                                     tdm_hook ret[TDM_HOOK_COUNT], tdm_error *err);

#endif
