/**
 * `tandem pull`: migrations that only a target has become files on both sides.
 *
 * The rows of schema_migrations keep what ran; what has no file here becomes
 * supabase/migrations/VERSION_name.sql with the row's own version and name, and gets its revision
 * beside it. The target is only read. Alembic keeps no statements, so that what only
 * alembic_version names cannot be pulled.
 */
#ifndef TANDEM_PULL_H
#define TANDEM_PULL_H

#include <tandem/convert.h>
#include <tandem/push.h>

/** What becomes of a row. */
typedef enum tdm_pull_outcome {
    TDM_PULL_TAKEN,     /**< it becomes a file */
    TDM_PULL_HERE,      /**< its file is here already */
    TDM_PULL_ELSEWHERE, /**< a file here is what it records, under another version */
    TDM_PULL_REFUSED,   /**< there can be no such file */
} tdm_pull_outcome;

TDM_API const char *tdm_pull_outcome_name(tdm_pull_outcome outcome);

typedef struct tdm_pull_row {
    tdm_text version;
    tdm_text name; /**< empty: none */
    tdm_text by;   /**< who made it, where the table says so */
    tdm_pull_outcome outcome;
    tdm_text reason; /**< of all but TAKEN: one line */
    tdm_text hint;   /**< what to do about it, or empty */
    const char
        *path; /**< of the file: a new one of TAKEN, the one that is here of others; or NULL */
    tdm_text revision; /**< of TAKEN: the revision that says the same, or empty */
} tdm_pull_row;

typedef struct tdm_pull_options {
    const tdm_project_options *project; /**< with which the project was opened */
    const char *const *versions;        /**< those rows alone; none: every row without file */
    size_t version_count;
    bool partial;     /**< leave out what cannot be pulled */
    bool no_twin;     /**< migrations alone, without revisions */
    bool include_all; /**< also what is later than a migration that is still pending here */
} tdm_pull_options;

typedef struct tdm_pull {
    tdm_text target;
    const tdm_pull_row *rows; /**< in order of the version */
    size_t row_count;
    tdm_conversion made;     /**< migrations, then revisions, the merge last; or nothing */
    tdm_text merge;          /**< the id of the revision that joins the branches, or empty */
    const tdm_text *unknown; /**< rows of alembic_version that no revision here has the id of */
    size_t unknown_count;
    size_t taken;
    size_t refused;
    size_t left;      /**< rows that are still without file afterwards */
    size_t unstepped; /**< new revisions that alembic_version does not have */
} tdm_pull;

/** Reads the target and makes the files in memory; tdm_convert_write writes them. Without `partial`
 *  nothing is made when a row is refused. What is made is read back first: each file says what its
 *  row says, runs where its version puts it, and each revision says what its migration says.
 *  TDM_ERROR_REVISION: a version that is named has no row. TDM_ERROR_HISTORY: alembic_version names
 *  a revision that is not here and may be the twin of what is pulled. The result belongs to the
 *  project. */
TDM_API TDM_MUST_CHECK tdm_status tdm_pull_make(tdm_project *project, tdm_session *session,
                                                const tdm_pull_options *options, tdm_pull *ret,
                                                tdm_error *err);

#endif
