// The journal of migrations that are not one transaction: what of them has been run, in a table of
// the target, so that a run that was broken off is gone on with where it stopped.
//
// The table holds no statement, only a digest of its text: a statement may have a secret in it.
#ifndef PLAN_JOURNAL_H
#define PLAN_JOURNAL_H

#include "alembic/version_table.h"
#include "db/session.h"

typedef enum tdm_journal_state {
    TDM_JOURNAL_DONE,    // committed, or seen to have succeeded
    TDM_JOURNAL_RUNNING, // begun, and nobody saw it end
    TDM_JOURNAL_FAILED,  // the server refused it
} tdm_journal_state;

// A part of a migration: some statements in one transaction, or one outside of any.
typedef struct tdm_journal_row {
    tdm_text migration;
    size_t position; // of its first statement, from 1
    size_t count;    // of its statements
    tdm_text digest; // of their texts
    tdm_journal_state state;
    size_t attempt;    // from 1
    tdm_text command;  // of a statement outside of transactions
    tdm_text object;   // what it makes or takes away
    tdm_text sqlstate; // of FAILED
    tdm_text rest;     // an invalid index that it left, by name
    tdm_text started;  // "2026-11-22 20:15"
    bool unheld;       // alembic_version has been written since by somebody else
    tdm_text lost;     // something that it made and that is not there any more, by name
} tdm_journal_row;

typedef struct tdm_journal {
    bool exists;
    const tdm_journal_row *rows; // of migrations that are under way, by migration and position
    size_t row_count;
} tdm_journal;

// Reads the rows of migrations that are under way. The table must be there. `alembic`: where
// alembic_version is; NULL when it is not there.
TDM_MUST_CHECK tdm_status tdm_journal_read(tdm_session *session, const tdm_version_table *alembic,
                                           tdm_arena *arena, tdm_journal *ret, tdm_error *err);

const char *tdm_journal_state_name(tdm_journal_state state);

#endif
