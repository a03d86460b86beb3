// A unit: what brings one migration onto the target and both histories with it, as the exact list
// of statements that push sends and --dry-run prints. There is no second place that writes this
// SQL.
//
// docs/internals/push.md says why each line is there.
#ifndef PUSH_PUSH_UNIT_H
#define PUSH_PUSH_UNIT_H

#include "plan/parts.h"
#include "plan/plan.h"

typedef enum tdm_send_kind {
    TDM_SEND_BEGIN,      // a transaction begins: from here a failure can be undone and tried again
    TDM_SEND_REQUEST,    // a comment: from here to VERIFY it is one request and one transaction
    TDM_SEND_PUSH_LOCK,  // gives true, or another push is at work
    TDM_SEND_TABLE_LOCK, // fails with 55P03 while somebody else has the table
    TDM_SEND_CREATE,     // of a history table that was not there
    TDM_SEND_TRACE,      // may prove that nothing was written since: COMPARE is not needed then
    TDM_SEND_COMPARE,    // must give `before`: nothing has changed since the plan
    TDM_SEND_SETTING,
    TDM_SEND_STATEMENT, // of the project, with its place
    TDM_SEND_RECORD,    // must change exactly one row of a history
    TDM_SEND_COMMIT,
    TDM_SEND_LOOK,    // what became of the statement that an earlier run stopped at
    TDM_SEND_CHECK,   // raises with an SQLSTATE of tandem's own when something is not as it must be
    TDM_SEND_JOURNAL, // must change exactly one row of the journal
    TDM_SEND_DONE,    // the same, behind a statement outside of transactions; is not interrupted
    TDM_SEND_UNLOCK,  // behind everything: the push lock that the session held
    TDM_SEND_VERIFY,  // the same question as COMPARE: should give `after`
} tdm_send_kind;

typedef struct tdm_send {
    tdm_send_kind kind;
    tdm_text sql; // without a closing semicolon
    tdm_place place;
    bool exact; // STATEMENT: its text is a slice of the file at `place`
} tdm_send;

typedef struct tdm_push_unit {
    const tdm_plan_step *step;
    const tdm_plan_item *item;
    size_t step_index; // among the steps that change something
    tdm_text name;     // the file that runs or is recorded, for messages
    tdm_text key;      // of the migration in the journal
    const tdm_send *sends;
    size_t count;
    bool alone;      // holds a STATEMENT outside a transaction
    bool singly;     // each line is sent by itself
    bool ends_step;  // the last unit of its step
    bool begins;     // the first unit of its migration
    bool holds_lock; // the session holds the push lock from unit to unit
    bool backward;   // of REVERT: it takes back, and what it forgets must be gone afterwards
    // Of a migration that is not one transaction; NULL otherwise.
    const tdm_parts *parts;
    const tdm_part *part;
    tdm_journal_row row; // of the part, as this unit leaves it; not when it records
    bool records;        // the last part: histories are written
    bool same;           // the part is what an earlier run stopped at, unchanged
    tdm_history_state before;
    tdm_history_state after;
    // What must be found afterwards, or must not when it is `backward`: the versions of this unit
    // and the revisions that it stepped to, or away from.
    const tdm_text *versions;
    size_t version_count;
    tdm_revision_list revisions;
} tdm_push_unit;

typedef struct tdm_push_times {
    uint32_t lock_timeout_ms;      // for the statements of a migration
    uint32_t patience_ms;          // the same for those that work concurrently; 0: no limit
    uint32_t statement_timeout_ms; // 0: the server's own
    uint32_t lock_slice_ms;        // for the history tables, each try
} tdm_push_times;

#define TDM_PUSH_TIMES                                                                             \
    ((tdm_push_times){.lock_timeout_ms = 4000, .statement_timeout_ms = 0, .lock_slice_ms = 1000})

// How a unit reaches the target.
typedef enum tdm_push_form {
    TDM_PUSH_LINES,    // line by line, in a session
    TDM_PUSH_REQUESTS, // as one text, where there is none
} tdm_push_form;

// Appends a line with its semicolon, as it is printed and as it stands in a request.
void tdm_send_put(tdm_buffer *out, const tdm_send *line);

typedef struct tdm_push_units tdm_push_units;

// The units of a plan in order.
TDM_MUST_CHECK tdm_status tdm_push_units_start(const tdm_full_plan *plan, tdm_push_times times,
                                               tdm_push_units **ret, tdm_error *err);
void tdm_push_units_free(tdm_push_units *units);
// The next unit; `ret->step` is NULL when there is none left. The unit is good until the call after
// the next one, so that it may run while the next one is made.
TDM_MUST_CHECK tdm_status tdm_push_units_next(tdm_push_units *units, tdm_push_unit *ret,
                                              tdm_error *err);

#endif
