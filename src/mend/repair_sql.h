// The SQL of a repair, and of taking it back: one transaction each, the same over every transport.
#ifndef MEND_REPAIR_SQL_H
#define MEND_REPAIR_SQL_H

#include "mend/mender.h"
#include "push/request_sql.h"

#define TDM_REPAIR_TABLE "tandem.repair"
#define TDM_REPAIR_MOVED "TD007" // a row is not what the repair left

typedef struct tdm_repair_job {
    const tdm_full_plan *plan;
    tdm_project *project;
    const tdm_row_edit *edits;
    size_t edit_count;
    const tdm_text *before; // each edit's row as the server prints it; empty: there is none
    tdm_text id;
    tdm_history_sides sides;
    tdm_history_state state_before;
    tdm_history_state state_after;
} tdm_repair_job;

// The history tables that the edits need and are not there yet count as there once this has run.
TDM_MUST_CHECK tdm_status tdm_repair_write(const tdm_repair_job *job, tdm_arena *arena,
                                           tdm_text *ret, tdm_error *err);
// What the repair's file says: every row as it was, and SQL for psql that puts it back.
TDM_MUST_CHECK tdm_status tdm_repair_write_file(const tdm_repair_job *job, tdm_arena *arena,
                                                tdm_text *ret, tdm_error *err);

// One row that a repair left, as tandem.repair says.
typedef struct tdm_repair_row {
    tdm_text relation; // quoted
    tdm_text before;   // empty: there was none
    tdm_text after;    // empty: there is none now
} tdm_repair_row;

// `rows` in the order in which they are put back.
TDM_MUST_CHECK tdm_status tdm_undo_write(const tdm_history_sides *sides, tdm_text id,
                                         const tdm_repair_row *rows, size_t count, tdm_arena *arena,
                                         tdm_text *ret, tdm_error *err);

// Whether any repair was made in the target.
TDM_MUST_CHECK tdm_status tdm_mend_has_journal(tdm_session *session, tdm_arena *arena, bool *ret,
                                               tdm_error *err);

// Runs such a text; waits a while for another push to end. What failed left nothing.
TDM_MUST_CHECK tdm_status tdm_mend_run(tdm_session *session, tdm_text sql, tdm_arena *arena,
                                       tdm_error *err);

#endif
