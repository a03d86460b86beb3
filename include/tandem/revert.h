/**
 * `tandem revert`: takes back what was applied last, in both histories.
 *
 * The way back of a step is downgrade() of its revisions as tandem reads it; where there is none,
 * or nobody can say what it does, or it does nothing, it is the inverse that tandem derives from
 * what was run. Code of the project never runs. The statements and the rows that both histories
 * forget are one transaction for each step, the last step first.
 */
#ifndef TANDEM_REVERT_H
#define TANDEM_REVERT_H

#include <tandem/push.h>
#include <tandem/statement.h>

typedef struct tdm_revert_options {
    /** What stays: "-N", all but the last N steps; else as `alembic downgrade` reads it, a
     *  revision, a version or "base". */
    const char *target;
    const char *to; /**< in place of `target`: the revision or version that becomes the last one */
    bool accept_loss; /**< what is lost may be lost */
    bool derive;      /**< the derived inverse, whatever downgrade() says */
} tdm_revert_options;

/** What somebody should know before it is done, with the line that it is about. */
typedef struct tdm_revert_note {
    tdm_text text;
    tdm_place place;
} tdm_revert_note;

typedef struct tdm_revert_step {
    const tdm_plan_step *step;
    bool derived; /**< the statements are the inverse of what was run, not downgrade() */
    bool proven;  /**< by replaying them: the schema afterwards is what it was before */
    bool differs; /**< it is known not to be; neither: it cannot be known. `notes` say more */
    const tdm_statement *statements;
    size_t statement_count;
    const tdm_revert_note *losses; /**< what goes with it, or does not come back */
    size_t loss_count;
    const tdm_revert_note *notes; /**< why it is derived; what it does not put back */
    size_t note_count;
} tdm_revert_step;

typedef struct tdm_revert_plan {
    const tdm_plan *plan;         /**< its steps, in the order in which they are taken back */
    const tdm_revert_step *steps; /**< as many */
    size_t step_count;
    size_t loss_count; /**< of all steps */
    size_t differing;  /**< steps that do not leave the schema as it was */
    size_t unknown;    /**< steps of which that is not known */
    tdm_text stays;    /**< what is the last one afterwards, or empty: nothing is left */
    bool accepted;     /**< losses are */
} tdm_revert_plan;

/** Reads both histories, and asks the target whether what would be dropped holds rows. Reads only;
 *  the result belongs to the project. TDM_ERROR_HISTORY: the histories are apart, what should go is
 *  not on top of both, or it cannot be undone. */
TDM_API TDM_MUST_CHECK tdm_status tdm_revert_make(tdm_project *project, tdm_session *session,
                                                  const tdm_revert_options *options,
                                                  const tdm_revert_plan **ret, tdm_error *err);

/** TDM_ERROR_HISTORY where something would be lost that was not accepted. */
TDM_API TDM_MUST_CHECK tdm_status tdm_revert_check(const tdm_revert_plan *plan, tdm_error *err);

/** Carries it out, as tdm_push does a plan; `ret->reverted` counts the steps, also on failure.
 *  Does nothing where tdm_revert_check fails. */
TDM_API TDM_MUST_CHECK tdm_status tdm_revert(tdm_project *project, tdm_session *session,
                                             const tdm_revert_plan *plan,
                                             const tdm_push_options *options, tdm_push_result *ret,
                                             tdm_error *err);

#endif
