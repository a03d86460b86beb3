// What the writers of units share: the state from unit to unit, and the lines that a unit has over
// every transport.
#ifndef PUSH_UNIT_WRITER_H
#define PUSH_UNIT_WRITER_H

#include "base/vector.h"
#include "push/push_unit.h"

typedef TDM_VECTOR(tdm_row_change) tdm_row_list;

struct tdm_push_units {
    tdm_arena *arena;      // what is kept from unit to unit
    tdm_arena *scratch[2]; // the unit that was given last, and the one before
    unsigned turn;         // which of them is the last one's
    const tdm_full_plan *plan;
    tdm_history_sides sides;
    tdm_push_times times;
    tdm_push_form form;
    size_t step;                      // the unit given last is one of this step,
    size_t part;                      // of this one of its migrations,
    size_t piece;                     // and this one of its parts
    bool given;                       // there was one
    const tdm_plan_work *work;        // of the migration
    TDM_VECTOR(tdm_journal_row) rows; // of it in the journal, as the unit given last leaves them
    bool has_journal;                 // the table is there
    size_t step_index;                // among the steps that change something
    bool created;                     // the history tables are there, and whole
    tdm_heads heads;
    tdm_catalog *catalog; // as the units so far leave the target; NULL: nobody has asked for it
    TDM_VECTOR(tdm_text) versions; // sorted by bytes
    tdm_history_state state;
};

typedef struct tdm_unit_writer {
    tdm_push_units *units;
    tdm_arena *arena;
    tdm_push_unit unit;
    tdm_statements statements;
    TDM_VECTOR(tdm_send) sends;
    TDM_VECTOR(tdm_text) recorded;
    tdm_revision_list stepped;
    tdm_error *err;
} tdm_unit_writer;

// --- unit_lines.c ---
void tdm_unit_send(tdm_unit_writer *w, tdm_send_kind kind, tdm_text sql);
// Takes the buffer's text.
TDM_MUST_CHECK tdm_status tdm_unit_send_buffer(tdm_unit_writer *w, tdm_send_kind kind,
                                               tdm_buffer *sql);
// "SET LOCAL lock_timeout = 1000"; `local` is "LOCAL " or "".
void tdm_unit_send_setting(tdm_unit_writer *w, const char *local, const char *name, uint32_t value);
// The history tables, where they are not there yet, and the locks on them.
TDM_MUST_CHECK tdm_status tdm_unit_open_histories(tdm_unit_writer *w);
// The question what both histories say.
TDM_MUST_CHECK tdm_status tdm_unit_send_compare(tdm_unit_writer *w, tdm_send_kind kind);
void tdm_unit_send_timeouts(tdm_unit_writer *w, const char *local);
void tdm_unit_send_statements(tdm_unit_writer *w);
// Both histories' rows; `units` has then the state after the unit.
TDM_MUST_CHECK tdm_status tdm_unit_record(tdm_unit_writer *w);
// Alembic's rows for one step over a revision of the unit, added to `ret`.
TDM_MUST_CHECK tdm_status tdm_unit_step_heads(tdm_unit_writer *w, size_t index,
                                              tdm_direction direction, tdm_row_list *ret);
TDM_MUST_CHECK tdm_status tdm_unit_send_rows(tdm_unit_writer *w, const tdm_row_list *changes);
// `version` is a view of the folder and outlives the unit.
void tdm_units_add_version(tdm_push_units *units, tdm_text version);

// --- unit_rollback.c ---
// What undoes the migration, for the column that the platform has for it: empty where the target
// has none, and where nothing undoes it wholly. `changes` are the unit's of alembic_version.
TDM_MUST_CHECK tdm_status tdm_unit_rollback(tdm_unit_writer *w, size_t migration,
                                            const tdm_row_list *changes, tdm_text *ret);

// --- unit_back.c ---
// Of a step that is taken back: what must be so before anything of it runs.
void tdm_unit_guard(tdm_unit_writer *w);
// The rows of both histories go; `units` has then the state after the unit.
TDM_MUST_CHECK tdm_status tdm_unit_forget(tdm_unit_writer *w);

TDM_MUST_CHECK tdm_status tdm_units_state(tdm_push_units *units, tdm_arena *arena,
                                          tdm_history_state *ret, tdm_error *err);

// BEGIN, the locks, and the proof that nothing has changed.
TDM_MUST_CHECK tdm_status tdm_unit_open_transaction(tdm_unit_writer *w);
// COMMIT; the last unit is read back, every other one by the next.
TDM_MUST_CHECK tdm_status tdm_unit_commit(tdm_unit_writer *w);
void tdm_unit_reset_all(tdm_unit_writer *w);
// Settings and time limits of the statements; `local` is "LOCAL " or "".
void tdm_unit_prepare(tdm_unit_writer *w, const char *local);
// A migration may leave another role or search path behind.
void tdm_unit_restore(tdm_unit_writer *w);

// --- unit_journal.c ---
// The journal, where it is not there yet, and the proof that it is what it must be.
TDM_MUST_CHECK tdm_status tdm_unit_open_journal(tdm_unit_writer *w);
// What the parts before have set for the session, said again; `identity`: also who we are.
void tdm_unit_repeat_settings(tdm_unit_writer *w, bool identity);
// The part's row.
TDM_MUST_CHECK tdm_status tdm_unit_journal_part(tdm_unit_writer *w, tdm_journal_state state);
TDM_MUST_CHECK tdm_status tdm_unit_journal_done(tdm_unit_writer *w);
// Around recording: rows of what is recorded by now are closed, and other migrations' rows stay as
// proven as they were. Nothing where no migration is under way.
TDM_MUST_CHECK tdm_status tdm_unit_hold_journal(tdm_unit_writer *w);
TDM_MUST_CHECK tdm_status tdm_unit_close_journal(tdm_unit_writer *w);
TDM_MUST_CHECK tdm_status tdm_unit_look(tdm_unit_writer *w);

// --- unit_part.c ---
// The unit of one part of a migration, line by line.
TDM_MUST_CHECK tdm_status tdm_unit_write_part(tdm_unit_writer *w);

// --- unit_request.c ---
// The unit for a target that holds no session: one request that is one transaction.
TDM_MUST_CHECK tdm_status tdm_unit_write_request(tdm_unit_writer *w);
TDM_MUST_CHECK tdm_status tdm_unit_write_request_part(tdm_unit_writer *w);

#endif
