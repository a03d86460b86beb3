// What the parts of a running push share.
#ifndef PUSH_PUSHER_H
#define PUSH_PUSHER_H

#include "push/push_unit.h"
#include "push/trace.h"

#define TDM_UNLOCK_PUSH "SELECT pg_catalog.pg_advisory_unlock(" TDM_PUSH_LOCK_KEY ")"

typedef struct tdm_pusher {
    tdm_session *session;
    const tdm_full_plan *plan;
    const tdm_push_options *options;
    tdm_arena *arena; // of the answers of one unit
    const tdm_push_unit *unit;
    const tdm_send *sending;
    tdm_push_units *units;
    tdm_push_unit following; // made while the server was at work
    bool has_following;
    tdm_error following_err; // code NONE: it could be made
    uint32_t lock_wait_ms;
    uint32_t lock_slice_ms;
    uint32_t waited_ms;       // for locks, for this unit
    tdm_text waited_for;      // who was told of last
    uint32_t lock_timeout_ms; // of a statement
    unsigned back_offs;       // in this unit
    tdm_session *looker;      // looks on while a statement runs; NULL: not needed yet
    bool blind;               // there is none to be had
    int watched;              // the process of our session
    tdm_text blockers;        // of the running statement, as told last
    tdm_text progress;        // the same
    bool statement_ran;       // of a unit that runs its statement alone
    bool skips;               // it has run already, in a push that was broken off
    tdm_trace trace;          // of the histories, as seen last
    size_t traced;            // rows that were committed since by us alone; 0: not known
    bool deallocated;         // somebody has taken away what the session had prepared
    bool unchanged;           // the trace proves what COMPARE would ask
    bool overtaken;           // somebody changed the histories since the plan was made
    tdm_error *err;
} tdm_pusher;

// --- pusher.c ---
// Tells whoever watches the push.
void tdm_push_tell(const tdm_pusher *pusher, tdm_push_event_kind kind, tdm_text text);

// Makes the unit behind this one, once: to be called while the server has something to do.
void tdm_push_look_ahead(tdm_pusher *pusher);

// --- run_unit.c ---
// Sends a unit line by line. On failure nothing of it is applied, or `err` says what is.
TDM_MUST_CHECK tdm_status tdm_push_run_unit(tdm_pusher *pusher);

// Whether the server said that something is there already, by name or by the catalog's own index.
bool tdm_push_is_there(const tdm_session *session);
// Whether an answer to COMPARE says what it should.
bool tdm_push_is_state(const tdm_db_result *result, const tdm_history_state *state);
// What to do after a line.
typedef enum tdm_progress {
    TDM_PROGRESS_ON,
    TDM_PROGRESS_AGAIN, // a lock was held: from the beginning of the transaction
    TDM_PROGRESS_FAILED,
} tdm_progress;
// Waits for a lock that somebody else holds, with no transaction open meanwhile, so that nobody
// waits for us.
tdm_progress tdm_push_wait_and_try_again(tdm_pusher *pusher, uint32_t blocked_ms);
// Whether both histories have the unit, whoever went on from there since; says what is wrong.
TDM_MUST_CHECK tdm_status tdm_push_read_back(tdm_pusher *pusher);

// --- run_request.c ---
// The same for a target that holds no session.
TDM_MUST_CHECK tdm_status tdm_push_run_request(tdm_pusher *pusher);

// --- push_lock.c ---
// Waits a little for a lock that somebody else holds; TDM_ERROR_LOCKED, naming the holder, when the
// time is over. `blocked_ms` is how long the server has waited already.
TDM_MUST_CHECK tdm_status tdm_push_wait(tdm_pusher *pusher, uint32_t blocked_ms);

// Whether a statement that found a lock held is to be tried again: pauses, longer each time, until
// the time for waiting is over.
bool tdm_push_back_off(tdm_pusher *pusher);
// "pid 4711 (alembic, user postgres, idle in transaction, since 2026-11-22 20:15:00)" of rows with
// these five columns. Never what a session runs: that may hold a secret.
tdm_text tdm_push_describe(tdm_arena *arena, const tdm_db_result *rows);

// --- watch.c ---
// The session's `tick`: `context` is the pusher.
void tdm_push_look_on(void *context);

// --- push_fault.c ---
// Turns the failure of the line that was being sent into the error of the push, and undoes the
// transaction. Always TDM_FAILED.
tdm_status tdm_push_fail(tdm_pusher *pusher);
// The same for a failure that is ours to see: the histories or the server's answer are not what
// they must be. `what` is a sentence without a full stop.
tdm_status tdm_push_refuse(tdm_pusher *pusher, tdm_error_code code, const char *what);
// The same, where somebody has changed the histories since the plan was made.
tdm_status tdm_push_overtaken(tdm_pusher *pusher, const char *what);
// The place of the character `position` (from 1; 0: none) of a line.
tdm_place tdm_send_place(const tdm_send *line, uint32_t position);

// --- push_rest.c ---
// The answer to LOOK: goes on, drops what the broken run left, or refuses.
tdm_progress tdm_push_take_look(tdm_pusher *pusher, const tdm_db_result *result);
// After the server has refused a statement outside of transactions: what it left, by name, or
// empty. The journal is told. `err` and the server's words of the failure stay as they were.
tdm_text tdm_push_find_rest(tdm_pusher *pusher);
// --- push_lost.c ---
typedef enum tdm_presence {
    TDM_PRESENT,
    TDM_ABSENT,
    TDM_PRESENCE_UNKNOWN,
    TDM_PRESENCE_TAKEN_OVER, // the part is there, and another push went on from it
} tdm_presence;

// After the answer to a statement outside of transactions was lost, where the server tells what
// still runs: waits for its end, and says whether its effect is there.
tdm_presence tdm_push_await_statement(tdm_pusher *pusher);
// Whether both histories have what the unit records.
tdm_presence tdm_push_presence(const tdm_pusher *pusher, const tdm_histories *histories);
// After an answer was lost: waits until nothing of it runs any more, and reads whether the unit is
// there. Fails when that cannot be known, and `err` says so.
TDM_MUST_CHECK tdm_status tdm_push_resolve(tdm_pusher *pusher, tdm_presence *ret);
// After the answer to UNLOCK was lost, with which nothing is lost but the session.
void tdm_push_after_unlock(tdm_pusher *pusher);
// That it is not there. Always TDM_FAILED.
tdm_status tdm_push_fail_absent(tdm_pusher *pusher);
// After the answer to COMMIT was lost: connects again, waits until the old transaction has ended,
// and reads. TDM_OK when it was committed.
TDM_MUST_CHECK tdm_status tdm_push_resolve_commit(tdm_pusher *pusher);

#endif
