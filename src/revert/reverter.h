// A way back in the making. range.c says which steps go, way.c what undoes each of them and what
// that leaves, loss.c what is lost with it; revert.c makes a plan of all that.
#ifndef REVERT_REVERTER_H
#define REVERT_REVERTER_H

#include <tandem/revert.h>

#include "base/vector.h"
#include "catalog/model.h"
#include "plan/plan.h"

// Something that holds rows and is not there afterwards.
typedef struct tdm_lost {
    uint32_t table;    // its number in the catalog
    uint32_t position; // of the column; 0: the table
    tdm_text name;     // in SQL, when the step is undone
    tdm_text column;   // the same, or empty
    tdm_text shown;    // "documents", "documents.file_path"
    bool again;        // it was lost when the step was run, and comes back without its rows
    bool generated;    // a column that other columns give
    tdm_place place;
} tdm_lost;

typedef TDM_VECTOR(tdm_lost) tdm_losts;
typedef TDM_VECTOR(tdm_revert_note) tdm_revert_notes;

// What undoes one step.
typedef struct tdm_way {
    tdm_statements statements;
    bool derived;
    bool proven;
    bool differs;
    tdm_losts lost;
    tdm_revert_notes losses; // all but `lost`
    tdm_revert_notes notes;
} tdm_way;

typedef struct tdm_reverter {
    tdm_project *project;
    tdm_session *session;
    tdm_arena *arena;
    const tdm_revert_options *options;
    const tdm_full_plan *found; // the histories as they are
    const size_t *step_of;      // by revision of the chain: its step, or SIZE_MAX
    bool *goes;                 // by step of `found`
    size_t *order;              // those that go, in the order in which they are taken back
    size_t going;               // how many
    tdm_way *ways;              // likewise; of those that go
    tdm_catalog *catalog;       // as all that is applied leaves it
    tdm_catalog *first;         // as the first step that goes found it
    tdm_error *err;
} tdm_reverter;

// --- range.c ------------------------------------------------------------------------------------
// Whether both histories have the step, as all that is asked here have passed
// tdm_revert_check_apart.
bool tdm_revert_is_applied(const tdm_reverter *r, size_t step);
// The step of a revision of the chain, or SIZE_MAX.
size_t tdm_revert_step_of(const tdm_reverter *r, const tdm_revision *revision);
// "20241202_000002 = 20241202000002": the step, for a message.
tdm_text tdm_revert_name(const tdm_reverter *r, size_t step);
// Decides which steps go. What goes must be on top of both histories, and these must agree.
TDM_MUST_CHECK tdm_status tdm_revert_range(tdm_reverter *r);

// --- order.c ------------------------------------------------------------------------------------
// Marks the last steps, each of which is on top of both histories when it is its turn.
TDM_MUST_CHECK tdm_status tdm_revert_take_last(tdm_reverter *r, size_t count, size_t *ret_taken);
// Gives `order` and `going` for what is marked.
TDM_MUST_CHECK tdm_status tdm_revert_order(tdm_reverter *r);

// --- way.c --------------------------------------------------------------------------------------
// Finds the way back of every step that goes; `catalog` is made on the way.
TDM_MUST_CHECK tdm_status tdm_revert_find_ways(tdm_reverter *r);

// --- loss.c -------------------------------------------------------------------------------------
// The tables and columns of `before` that are not in `after`.
TDM_MUST_CHECK tdm_status tdm_revert_compare_rows(tdm_arena *arena, const tdm_catalog *before,
                                                  const tdm_catalog *after, bool again,
                                                  tdm_losts *ret, tdm_error *err);
// Asks the target which of the ways lose something that is there: those become losses, and of the
// others `guards` gets the SQL that raises when that has changed by then.
TDM_MUST_CHECK tdm_status tdm_revert_ask_rows(tdm_reverter *r, size_t step, tdm_texts *guards);

#endif
