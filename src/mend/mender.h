// A diagnosis in the making: what the rows say, what the files say, what the target shows, and what
// follows for each pair. The files of this room fill it in this order: rows.c, heads.c, match.c
// read; explain_rows.c tells what is wrong with single rows; explain_steps.c decides each pair;
// edits.c turns the result into rows.
#ifndef MEND_MENDER_H
#define MEND_MENDER_H

#include <tandem/repair.h>

#include "base/vector.h"
#include "mend/heads.h"
#include "mend/match.h"
#include "mend/witness.h"
#include "plan/plan_facts.h"

// One step of the plan.
typedef struct tdm_mend_step {
    const bool *revision_recorded; // by a row that names it in other words, too
    const size_t *migration_row;   // the row of each migration, under whatever version; SIZE_MAX
    size_t revisions;              // how many are recorded
    size_t migrations;
    bool records_revisions; // the repair leaves all of them recorded
    bool records_migrations;
    bool forgets; // the repair leaves none of them recorded
    bool claimed; // somebody said what it is
} tdm_mend_step;

typedef struct tdm_mender {
    tdm_project *project;
    tdm_session *session;
    tdm_arena *arena;
    const tdm_repair_options *options;
    const tdm_full_plan *plan;
    tdm_plan_facts facts;
    tdm_rows rows;
    tdm_matches matches;
    tdm_head_rows heads;
    tdm_mend_step *steps;
    tdm_revision_set applied; // what alembic_version will imply, with the steps decided so far
    tdm_ran *ran;             // of each step, as far as is known by now
    tdm_witness *witness;     // NULL: the target was not looked at
    TDM_VECTOR(tdm_cause) causes;
    TDM_VECTOR(tdm_row_edit) edits;
    tdm_error *err;
} tdm_mender;

// Whether all that a revision needs is in the set.
bool tdm_mend_has_needs(const tdm_revision *revision, const tdm_revision_set *set);
// Whether Alembic's rows can be rewritten: all of them are understood.
bool tdm_mend_knows_heads(const tdm_mender *m);

// --- cause.c ------------------------------------------------------------------------------------
typedef struct tdm_cause_writer {
    tdm_mender *mender;
    tdm_cause cause;
    TDM_VECTOR(tdm_text) evidence;
} tdm_cause_writer;

tdm_cause_writer tdm_cause_begin(tdm_mender *m, tdm_finding_kind kind, tdm_text message);
// Names the revision, version and place of the step.
void tdm_cause_about(tdm_cause_writer *w, size_t step);
void tdm_cause_evidence(tdm_cause_writer *w, tdm_text line);
// Up to a few of the differences, and how many there are more.
void tdm_cause_differences(tdm_cause_writer *w, const char *intro, const tdm_difference *items,
                           size_t count);
void tdm_cause_end(tdm_cause_writer *w, bool mended, tdm_text hint);
// "20241127_000001 (20241127000001_add_file_path)": the step in words.
tdm_text tdm_mend_step_name(const tdm_mender *m, size_t step);

// --- the parts of a diagnosis -------------------------------------------------------------------
TDM_MUST_CHECK tdm_status tdm_explain_matches(tdm_mender *m);
TDM_MUST_CHECK tdm_status tdm_explain_edited(tdm_mender *m);
TDM_MUST_CHECK tdm_status tdm_explain_heads(tdm_mender *m);
TDM_MUST_CHECK tdm_status tdm_explain_steps(tdm_mender *m);
// Holds what somebody says against the target; TDM_ERROR_HISTORY when it does not bear that out.
TDM_MUST_CHECK tdm_status tdm_mend_claims(tdm_mender *m);
TDM_MUST_CHECK tdm_status tdm_mend_edits(tdm_mender *m);

#endif
