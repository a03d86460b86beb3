/**
 * `tandem rebase`: puts ours behind theirs, on both sides at once.
 *
 * Two branches that each add a revision leave two heads, and migrations whose order says something
 * else. Ours get a new parent and, where theirs are later, new versions; links that name a version
 * follow, and so does tandem.lock, which may have the marks of a merge conflict in it. What is to
 * be written is read and paired again before the first byte of it is.
 */
#ifndef TANDEM_REBASE_H
#define TANDEM_REBASE_H

#include <tandem/project.h>
#include <tandem/push.h>

typedef struct tdm_rebase_options {
    const tdm_project_options *project; /**< with which the project was opened: its work tree */
    /** The branch or commit whose files are theirs. NULL: the other line of a merge, rebase or
     *  cherry-pick under way, else git.protected of tandem.toml, else the upstream. */
    const char *onto;
    /** Ours, by id: these and all that builds on them. None: what `onto` does not hold. */
    const char *const *revisions;
    size_t revision_count;
} tdm_rebase_options;

typedef struct tdm_rebased_revision {
    tdm_text id;
    tdm_text parent;
    tdm_text new_parent; /**< the same when it may stay */
    const char *path;
} tdm_rebased_revision;

typedef struct tdm_rebased_migration {
    tdm_text version;
    tdm_text new_version; /**< the same when it may stay */
    const char *path;
    const char *new_path;
} tdm_rebased_migration;

/** What is to be done; the texts belong to the project. */
typedef struct tdm_rebase {
    tdm_text onto; /**< whose files are theirs, in words; empty when only `revisions` said it */
    tdm_text tip;  /**< their last revision, behind which ours are put */
    const tdm_rebased_revision *revisions; /**< ours, in the order they will have */
    size_t revision_count;
    const tdm_rebased_migration *migrations;
    size_t migration_count;
    const char *lock; /**< the tandem.lock that is written anew, or NULL */
    const struct tdm_file_change *changes;
    size_t change_count; /**< 0: ours stand behind theirs already */
} tdm_rebase;

/**
 * Finds out what is to be done; writes nothing. TDM_ERROR_HISTORY with the reason: it is not known
 * what is ours; some of ours is on the protected branch, or frozen in the lock of the other line;
 * a revision of theirs builds on ours; ours hold a merge revision, or a chain of their own.
 */
TDM_API TDM_MUST_CHECK tdm_status tdm_rebase_plan(tdm_project *project,
                                                  const tdm_rebase_options *options,
                                                  tdm_rebase *ret, tdm_error *err);
/** Asks a database too. TDM_ERROR_HISTORY: it has a revision or migration of ours, wholly or in
 *  part, or something that nobody here knows and that may be one. */
TDM_API TDM_MUST_CHECK tdm_status tdm_rebase_ask(tdm_project *project, tdm_session *session,
                                                 const tdm_rebase *rebase, tdm_error *err);
/** Writes, moves and removes the files, all of them or none. */
TDM_API TDM_MUST_CHECK tdm_status tdm_rebase_write(tdm_project *project, const tdm_rebase *rebase,
                                                   tdm_error *err);

#endif
