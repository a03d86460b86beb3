/**
 * `tandem sync`: writes what is missing on either side, so that both histories stay linear
 * extensions of each other.
 *
 * Nothing that is there changes. A new migration is later than every one that is there, unless a
 * later revision has its migration already; a new revision follows everything whose migrations come
 * before its own. So what both sides added meanwhile becomes two branches, which a merge joins.
 */
#ifndef TANDEM_SYNC_H
#define TANDEM_SYNC_H

#include <tandem/convert.h>

typedef struct tdm_sync_options {
    const tdm_project_options *project; /**< with which the project was opened */
    bool partial;        /**< leave out what cannot be written, and what builds on it */
    bool guarded;        /**< as of tdm_convert_options */
    bool rls;            /**< likewise */
    bool self_recording; /**< likewise */
} tdm_sync_options;

/** What was left out, and why. */
typedef struct tdm_sync_left {
    tdm_text name; /**< a revision's id, or a migration's version */
    tdm_place place;
    tdm_text reason;
} tdm_sync_left;

typedef struct tdm_sync_result {
    tdm_conversion made; /**< migrations of revisions, then revisions, the merge last of them */
    const tdm_sync_left *left;
    size_t left_count;
    tdm_text merge; /**< the id of the revision that joins the branches, or empty */
} tdm_sync_result;

/** In memory; tdm_convert_write writes what was made. Without `partial`, whatever cannot be known
 *  fails with its place. The result belongs to the project. */
TDM_API TDM_MUST_CHECK tdm_status tdm_sync(tdm_project *project, const tdm_sync_options *options,
                                           tdm_sync_result *ret, tdm_error *err);

#endif
