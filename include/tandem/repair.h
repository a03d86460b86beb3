/**
 * `tandem status` and `tandem repair`: two histories that came apart, explained from evidence, and
 * brought back to what the target really holds.
 *
 * A diagnosis rests on three witnesses: the rows of both history tables, the files, and the live
 * schema, of which each doubtful migration is asked whether what it does can be seen there. It
 * never proposes to forget a row whose objects exist, and where the witnesses do not say what
 * happened, it says that instead.
 */
#ifndef TANDEM_REPAIR_H
#define TANDEM_REPAIR_H

#include <tandem/finding.h>
#include <tandem/push.h>

/** Why the histories are not what they should be: a finding (TD5xx), and what it rests on. */
typedef struct tdm_cause {
    tdm_finding finding;
    const tdm_text *evidence; /**< one line each */
    size_t evidence_count;
    bool mended; /**< the edits of the diagnosis take care of it */
} tdm_cause;

/** One row that a repair changes. */
typedef enum tdm_edit_kind {
    TDM_EDIT_RECORD, /**< the row `becomes` is added */
    TDM_EDIT_RENAME, /**< the row stands under `becomes` from then on; all else of it stays */
    TDM_EDIT_FORGET, /**< the row goes */
} tdm_edit_kind;

TDM_API const char *tdm_edit_name(tdm_edit_kind kind);

typedef struct tdm_row_edit {
    tdm_edit_kind kind;
    bool in_alembic;  /**< of alembic_version; else of schema_migrations */
    tdm_text row;     /**< its key now; empty for RECORD */
    tdm_text becomes; /**< its key then; empty for FORGET */
    tdm_text why;     /**< one line */
} tdm_row_edit;

typedef struct tdm_diagnosis {
    const tdm_plan *plan; /**< as the histories stand */
    const tdm_cause *causes;
    size_t cause_count;
    const tdm_row_edit *edits; /**< what `repair` would change */
    size_t edit_count;
    size_t unmended; /**< causes of severity error that the edits do not take care of */
    bool looked;     /**< the live schema was read */
} tdm_diagnosis;

/** What somebody says about a version or revision, as `supabase migration repair --status` has
 *  it. It is held against the live schema like everything else. */
typedef enum tdm_claim_kind {
    TDM_CLAIM_APPLIED,
    TDM_CLAIM_REVERTED,
} tdm_claim_kind;

typedef struct tdm_repair_options {
    const char *const *claimed; /**< versions or revisions */
    size_t claimed_count;
    tdm_claim_kind claim;
    bool adopt; /**< believe what leaves no trace in the schema: rows that a migration wrote, and
                     expressions that the server shows rewritten */
} tdm_repair_options;

/** Reads only. The result belongs to the project. */
TDM_API TDM_MUST_CHECK tdm_status tdm_diagnose(tdm_project *project, tdm_session *session,
                                               const tdm_repair_options *options,
                                               const tdm_diagnosis **ret, tdm_error *err);

typedef struct tdm_repair_result {
    tdm_text id;   /**< names the repair: what `--undo` takes */
    tdm_text file; /**< from the project's root: every row as it was, and the SQL that puts it
                        back */
    size_t edits;
} tdm_repair_result;

/** Carries out the edits in one transaction, in which every row that changes is first copied to
 *  the table tandem.repair; before that the same is written to a file. TDM_ERROR_HISTORY: somebody
 *  changed the histories since the diagnosis. Nothing is done then. */
TDM_API TDM_MUST_CHECK tdm_status tdm_repair(tdm_project *project, tdm_session *session,
                                             const tdm_diagnosis *diagnosis,
                                             tdm_repair_result *ret, tdm_error *err);

/** The SQL of the repair, for people to read. It belongs to the project. */
TDM_API TDM_MUST_CHECK tdm_status tdm_repair_print(tdm_project *project, tdm_session *session,
                                                   const tdm_diagnosis *diagnosis, tdm_text *ret,
                                                   tdm_error *err);

/** Puts back every row of a repair, byte for byte, in one transaction; `id` NULL: of the last one
 *  that was not taken back. TDM_ERROR_HISTORY: there is none, or a row of it has changed since. */
TDM_API TDM_MUST_CHECK tdm_status tdm_repair_undo(tdm_project *project, tdm_session *session,
                                                  const char *id, tdm_repair_result *ret,
                                                  tdm_error *err);

#endif
