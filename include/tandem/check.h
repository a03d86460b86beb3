/**
 * `tandem check`: do the two histories say the same thing? Pairs the two sides, compares each
 * pair, and looks at order, missing twins and duplicates. No server, no project code.
 */
#ifndef TANDEM_CHECK_H
#define TANDEM_CHECK_H

#include <tandem/finding.h>
#include <tandem/project.h>

/** What is known of one pair (design: "Never guess"). */
typedef enum tdm_verdict {
    TDM_VERDICT_IDENTICAL,    /**< the same statements, after the table of equivalent spellings */
    TDM_VERDICT_EQUIVALENT,   /**< other statements, same effect on the catalog replayed so far */
    TDM_VERDICT_DIFFERENT,    /**< they do different things */
    TDM_VERDICT_OPAQUE,       /**< cannot be known */
    TDM_VERDICT_ACKNOWLEDGED, /**< different or opaque, and tandem.lock says why that is right */
    TDM_VERDICT_ALONE,        /**< one side only, and the settings allow it */
    TDM_VERDICT_MISSING,      /**< one side only, and the twin is missing */
} tdm_verdict;

TDM_API const char *tdm_verdict_name(tdm_verdict verdict);

/** How the two sides of a pair were found to belong together, strongest first. */
typedef enum tdm_link {
    TDM_LINK_NONE,
    TDM_LINK_LOCK,    /**< a line of tandem.lock */
    TDM_LINK_WRITTEN, /**< "-- tandem: revision <id>" or "Supabase: <version>" */
    TDM_LINK_DIGITS,  /**< the version's digits are the revision's, or its create date's */
    TDM_LINK_MENTION, /**< a revision id, file name or range in a header comment */
    TDM_LINK_EFFECT,  /**< the same effect at the same place in the order */
    TDM_LINK_SLUG,    /**< the same name */
} tdm_link;

TDM_API const char *tdm_link_name(tdm_link link);

/** One pair or group: the revisions and migrations that say the same thing together. */
typedef struct tdm_pair_info {
    const tdm_revision_info *revisions;
    size_t revision_count;
    const tdm_migration_info *migrations;
    size_t migration_count;
    tdm_verdict verdict;
    tdm_link link;
    tdm_text detail; /**< for EQUIVALENT, ALONE, ACKNOWLEDGED, OPAQUE: one line on why, or empty */
} tdm_pair_info;

typedef struct tdm_check_result {
    const tdm_pair_info *pairs; /**< in chain order */
    size_t pair_count;
    const tdm_finding *findings; /**< sorted by file, line, column, code */
    size_t finding_count;
    size_t error_count;         /**< findings of severity error: exit code 1 when not 0 */
    const tdm_finding *ignored; /**< what a comment suppresses, with its reason; sorted likewise */
    size_t ignored_count;
} tdm_check_result;

/** The result belongs to the project. */
TDM_API TDM_MUST_CHECK tdm_status tdm_check(tdm_project *project, const tdm_check_result **ret,
                                            tdm_error *err);

#endif
