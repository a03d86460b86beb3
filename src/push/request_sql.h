// The SQL of a request that is one transaction, around its statements. What is wrong is raised with
// an SQLSTATE of tandem's own, which no server uses.
#ifndef PUSH_REQUEST_SQL_H
#define PUSH_REQUEST_SQL_H

#include "plan/history_sql.h"

#define TDM_REQUEST_LOCKED "TD001"  // another push holds the push lock
#define TDM_REQUEST_CHANGED "TD002" // the histories are not what the plan was made from
#define TDM_REQUEST_WRONG "TD003"   // the histories are not what was to be recorded
#define TDM_REQUEST_BROKEN "TD004"  // it was not one transaction: what ran before may stay
#define TDM_REQUEST_STRINGS "TD005" // backslashes are escapes here: the text would mean another
#define TDM_REQUEST_USER "TD006"    // a statement leaves another session user
#define TDM_REQUEST_ROWS "TD007"    // rows would be lost that were not there when the plan was made
#define TDM_ROWS_SINCE "rows that would be lost have been written since the plan was made"

// The push lock, tried and not waited for. Before that, that string literals are read as they were
// parsed here: the server has cut the whole text by then, but has run nothing.
void tdm_put_request_lock(tdm_buffer *sql);
// Remembers role and search path as they are found.
void tdm_put_request_remember(tdm_buffer *sql);
// Undoes, for this transaction, what earlier users of the session have set, but no time limit.
void tdm_put_request_settings(tdm_buffer *sql);
// Role and search path as they were found.
void tdm_put_request_restore(tdm_buffer *sql);
// Raises TDM_REQUEST_BROKEN unless this is still the transaction that took the push lock. The lock
// is the proof: it ends with its transaction, and unlike a setting no statement takes it away.
void tdm_put_request_proof(tdm_buffer *sql);
// Raises `code` unless both histories say this.
void tdm_put_request_check(tdm_buffer *sql, const tdm_history_sides *sides,
                           const tdm_history_state *state, const char *code);

#endif
