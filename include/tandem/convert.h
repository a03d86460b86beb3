/**
 * `tandem convert`: writes the missing twin, the Supabase migration of a revision or the revision
 * of a migration.
 *
 * What is written is read back by tandem's own reader and compared with its source first: a file
 * whose statements are not identical is never written. Existing files are never overwritten.
 */
#ifndef TANDEM_CONVERT_H
#define TANDEM_CONVERT_H

#include <tandem/project.h>

typedef enum tdm_convert_side {
    TDM_CONVERT_TO_FOLLOWER, /**< the side that pairing.leads of tandem.toml does not name */
    TDM_CONVERT_TO_SUPABASE,
    TDM_CONVERT_TO_ALEMBIC,
} tdm_convert_side;

typedef struct tdm_convert_options {
    tdm_convert_side to;
    /** Revision arguments, or versions of migrations; none: everything without its twin. */
    const char *const *revisions;
    size_t revision_count;
    bool all;                           /**< to Alembic: also migrations that may stand alone */
    const tdm_project_options *project; /**< with which the project was opened */
    bool paste;   /**< one block to be pasted, also twice, including the two history rows */
    bool guarded; /**< statements that pass over what is there already */
    bool rls;     /**< row level security for new tables that the API would show */
    /** Migrations end with their own step of alembic_version. So it is also when write.rls or
     *  write.self_recording or write.guarded of tandem.toml says so. */
    bool self_recording;
} tdm_convert_options;

/** One file as it would be written. */
typedef struct tdm_converted {
    tdm_text revision;
    tdm_text version;
    const char *path; /**< relative to the project root */
    tdm_text text;
    /** Of revisions: the statements, and how many of them became directives other than
     *  op.execute(). */
    size_t statement_count;
    size_t typed_count;
    /** Of revisions: what downgrade() cannot bring back, one line each; it raises before it loses
     *  anything. */
    const tdm_text *losses;
    size_t loss_count;
    /** Of guarded migrations: what a second run would do again, and why, one line each. */
    const tdm_text *unguarded;
    size_t unguarded_count;
} tdm_converted;

typedef struct tdm_conversion {
    const tdm_converted *files;
    size_t count;
    const char *lock; /**< the tandem.lock that was written with them, or NULL */
} tdm_conversion;

/** What of `options` tandem.toml asks for as well. */
TDM_API tdm_convert_options tdm_convert_settings(const tdm_project *project,
                                                 tdm_convert_options options);

/** Converts in memory. A revision with an opaque statement fails with TDM_ERROR_OPAQUE and its
 *  place: nothing partial is ever converted. The result belongs to the project. */
TDM_API TDM_MUST_CHECK tdm_status tdm_convert(tdm_project *project,
                                              const tdm_convert_options *options,
                                              tdm_conversion *ret, tdm_error *err);
/** Writes the files of a conversion, whole or not at all: when one cannot be written, those written
 *  before it are removed again. Where the project keeps a tandem.lock, the pairs go into it as
 *  drafts: named, and not frozen yet. */
TDM_API TDM_MUST_CHECK tdm_status tdm_convert_write(tdm_project *project,
                                                    tdm_conversion *conversion, tdm_error *err);

#endif
