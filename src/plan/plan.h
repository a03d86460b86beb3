// What stands behind a tdm_plan: the histories that it was made from, and for each step where its
// revisions and migrations are in the project.
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "base/map.h"
#include "plan/histories.h"
#include "plan/history_sql.h"
#include "plan/parts.h"
#include "project/project.h"

typedef struct tdm_plan_item {
    const size_t *revisions; // indexes in the project, as step.pair.revisions
    const size_t *migrations;
    const bool *revision_applied;
    const bool *migration_applied;
    bool run_revision;                 // the revision's statements run
    const struct tdm_plan_work *works; // of each unit
    const tdm_statements *back;        // of REVERT: the way back
    tdm_texts guards; // of REVERT: raise TDM_REQUEST_ROWS where rows would go that were not there
} tdm_plan_item;

// What a unit runs, and in which parts.
typedef struct tdm_plan_work {
    tdm_statements statements;
    tdm_review review;
    tdm_parts parts;
    tdm_text key; // of the migration in the journal: its version, or else its revision
} tdm_plan_work;

typedef struct tdm_full_plan {
    tdm_plan plan; // first, so that a tdm_plan of ours leads here
    tdm_project *project;
    tdm_arena *arena; // of the plan
    tdm_histories histories;
    bool holds_session;       // of the target
    tdm_text tag;             // of the session (session.h)
    tdm_db_identity identity; // we have there
    bool has_alembic;         // the project has this side
    bool has_supabase;
    tdm_map partitioned;        // names that only a catalog knows to be partitioned (judge.h)
    const tdm_plan_item *items; // one for each step
} tdm_full_plan;

const tdm_full_plan *tdm_plan_inside(const tdm_plan *plan);
tdm_history_sides tdm_plan_sides(const tdm_full_plan *plan);

// One unit of a step: the step is carried out as tdm_plan_unit_count of them.
typedef struct tdm_plan_part {
    const tdm_plan_step *step;
    const tdm_plan_item *item;
    size_t unit;
} tdm_plan_part;

// How many units a step is: one transaction for each migration that is not there yet, and one for
// everything when the revision's text runs or nothing does.
size_t tdm_plan_unit_count(const tdm_plan_step *step, const tdm_plan_item *item);
// Which migrations of the step the unit records: [*ret_first, *ret_end), those that are there
// already included.
void tdm_plan_part_range(const tdm_plan_part *part, size_t *ret_first, size_t *ret_end);
// The statements that the unit runs; none when its step does not apply anything.
TDM_MUST_CHECK tdm_status tdm_plan_part_statements(tdm_project *project, const tdm_plan_part *part,
                                                   tdm_arena *arena, tdm_statements *ret,
                                                   tdm_error *err);

#endif
