/**
 * `tandem lock`: freezes what the pairs of a project say, in tandem.lock (docs/lock.md).
 *
 * Pairs that agree, what rightly stands on one side alone, and pairs that somebody acknowledged get
 * a line each. What is frozen stays so: making the lock anew never accepts a change by itself.
 */
#ifndef TANDEM_LOCK_H
#define TANDEM_LOCK_H

#include <tandem/project.h>

typedef struct tdm_lock_options {
    /** Pairs to acknowledge, each by a revision id or a version of it, and why that is right. */
    const char *const *acknowledge;
    size_t acknowledge_count;
    const char *reason;
    /** Frozen revisions and versions that may have changed, been renamed or removed. */
    const char *const *refreeze;
    size_t refreeze_count;
} tdm_lock_options;

typedef struct tdm_locked {
    const char *path; /**< relative to the project's root */
    tdm_text text;    /**< the whole file */
    size_t pairs;     /**< lines of it */
    size_t left_out;  /**< pairs that do not agree and are not acknowledged */
    bool changed;     /**< whether it is another text than what stands there */
} tdm_locked;

/**
 * Makes the text of tandem.lock; writes nothing. A frozen file that changed in meaning, was renamed
 * or is gone, and is not named in `refreeze`, is TDM_ERROR_HISTORY; so is acknowledging a pair that
 * agrees. A name that is none is TDM_ERROR_REVISION. The result belongs to the project.
 */
TDM_API TDM_MUST_CHECK tdm_status tdm_lock_make(tdm_project *project,
                                                const tdm_lock_options *options, tdm_locked *ret,
                                                tdm_error *err);
/** Writes it, whole or not at all. Only for a project that was read from its work tree. */
TDM_API TDM_MUST_CHECK tdm_status tdm_lock_write(tdm_project *project, const tdm_locked *locked,
                                                 tdm_error *err);

#endif
