// One session with a database, behind a struct of functions: libpq is one transport, Supabase's
// Management API another, and tests script a third one call by call.
//
// Every value arrives as text, the same over every transport. What the server said about a failed
// statement stays in `failure` until the next one.
//
// What differs is said by one fact: whether the transport holds a session. libpq does: settings,
// locks and a transaction stay from one statement to the next. The Management API does not: each
// call may reach another backend, and only `script` puts several statements into one transaction.
// Whoever only asks (tdm_session_query) needs to know nothing of it, as long as what must be seen
// in one snapshot is asked in one query.
#ifndef DB_SESSION_H
#define DB_SESSION_H

#include <tandem/push.h>

#include "base/arena.h"
#include "base/text.h"

#include <stdatomic.h>

typedef struct tdm_db_value {
    tdm_text text;
    bool is_null;
} tdm_db_value;

typedef struct tdm_db_result {
    const tdm_db_value *values; // row by row
    size_t row_count;
    size_t column_count;
    uint64_t affected; // rows that an INSERT, UPDATE or DELETE changed
    tdm_text command;  // the server's tag: "INSERT 0 1", "COMMIT"
} tdm_db_result;

enum {
    TDM_SQLSTATE_SIZE = 6,
};

// Why a statement failed, in the server's words. Texts are empty where the server said nothing.
typedef struct tdm_db_failure {
    char sqlstate[TDM_SQLSTATE_SIZE]; // empty: not the server, but the connection
    tdm_buffer message;
    tdm_buffer detail;
    tdm_buffer hint;
    tdm_buffer context;
    uint32_t position; // character of the statement, from 1; 0: not known
    bool lost;         // the connection is gone, and with it the answer
} tdm_db_failure;

typedef enum tdm_db_transaction {
    TDM_DB_IDLE,    // no transaction is open
    TDM_DB_OPEN,    // inside a transaction block
    TDM_DB_ABORTED, // inside one that failed
    TDM_DB_UNKNOWN, // no connection
} tdm_db_transaction;

// Whether a statement may begin after tdm_session_cancel, and is itself cancelled by it.
typedef enum tdm_db_urgency {
    TDM_DB_WORK,   // stops
    TDM_DB_FINISH, // COMMIT, ROLLBACK and what must be known afterwards: goes on
} tdm_db_urgency;

typedef enum tdm_db_kind {
    TDM_DB_STATEMENT, // one statement; text with two is refused
    TDM_DB_QUERY,     // one SELECT that changes nothing: may be asked again when its answer is lost
    TDM_DB_SCRIPT,    // several statements without BEGIN or COMMIT: one transaction of their own
} tdm_db_kind;

typedef struct tdm_db_request {
    tdm_db_kind kind;
    tdm_text sql;
    tdm_db_urgency urgency;
    tdm_arena *arena; // where the result lives
} tdm_db_request;

typedef struct tdm_db_line {
    tdm_text sql;         // one statement; text with two is refused
    bool wanted;          // whether the rows of its answer are kept
    bool again;           // the same text comes again in this session: it may be prepared
    bool named;           // the transport's: it goes as a prepared one,
    bool naming;          // which is prepared just before
    tdm_db_result result; // of an answered one that is wanted
} tdm_db_line;

// Statements that are sent at once, so that their way to the server and back is gone only once. The
// server runs one after the other, and nothing behind one that fails.
typedef struct tdm_db_batch {
    tdm_db_line *lines;
    size_t count;
    tdm_db_urgency urgency;
    tdm_arena *arena; // where the results live
    // A line is the one that is run now, or is answered already. May be NULL.
    void (*begins)(void *context, size_t index);
    void *context;
    size_t done; // how many were answered; on failure this is the one that failed
} tdm_db_batch;

typedef struct tdm_db_methods {
    bool holds_session;
    // Runs a request. On TDM_FAILED `failure` is filled and `err` says so: TDM_ERROR_SERVER,
    // TDM_ERROR_CONNECT when the connection is gone, TDM_ERROR_INTERRUPTED when it was cancelled by
    // us. `ret` may be NULL; of a script it is what the last statement that has rows gave.
    tdm_status (*run)(tdm_session *session, const tdm_db_request *request, tdm_db_result *ret,
                      tdm_error *err);
    // The same for a batch of two lines or more. NULL: the transport has none. A line that was
    // prepared fails with 26000 after somebody has deallocated it; it is not prepared again.
    tdm_status (*run_batch)(tdm_session *session, tdm_db_batch *batch, tdm_error *err);
    tdm_db_transaction (*transaction)(tdm_session *session);
    // Replaces a lost connection by a new one to the same target.
    tdm_status (*reopen)(tdm_session *session, tdm_error *err);
    // Lets time pass, or returns early when the session is cancelled.
    void (*wait)(tdm_session *session, uint32_t milliseconds);
    // From a signal handler: makes a waiting `run` look at `cancelled`.
    void (*wake)(tdm_session *session);
    void (*free)(tdm_session *session);
} tdm_db_methods;

// What the server says besides answers: "NOTICE", and the message in one line.
typedef void (*tdm_db_notice)(void *context, const char *severity, tdm_text message);

// Who we are in a session beside what we logged in as: a temporary login role becomes postgres, and
// has none of the settings that are stored for it. RESET ALL and RESET ROLE would end both, so that
// whoever says those says these again.
typedef struct tdm_db_identity {
    tdm_text become;          // "SET SESSION ROLE postgres", or empty
    const tdm_text *settings; // statements that set what is stored for that role
    size_t setting_count;
} tdm_db_identity;

// Transports put this first in their own struct.
struct tdm_session {
    const tdm_db_methods *methods;
    tdm_text target; // "weaver on db.example:5432 as postgres", no secrets
    tdm_db_identity identity;
    tdm_text tag; // a comment that its statements begin with, where no process is ours; or empty
    atomic_bool cancelled;       // set once, by tdm_session_cancel, from whatever thread or handler
    tdm_db_notice notice;        // may be NULL
    void *notice_context;        // of tick as well
    void (*tick)(void *context); // about once a second while a statement runs; may be NULL
    tdm_db_failure failure;
};

// Whether settings, locks and transactions last from one statement to the next.
bool tdm_session_holds(const tdm_session *session);
// Asks one SELECT (or VALUES, or WITH ... SELECT) that changes nothing. Over every transport the
// same rows, as text.
TDM_MUST_CHECK tdm_status tdm_session_query(tdm_session *session, tdm_text sql, tdm_arena *arena,
                                            tdm_db_result *ret, tdm_error *err);
// Runs several statements as one transaction, which text that begins or ends one would break.
// tdm_db_failure.position counts in the whole text.
TDM_MUST_CHECK tdm_status tdm_session_script(tdm_session *session, tdm_text sql, tdm_arena *arena,
                                             tdm_db_result *ret, tdm_error *err);
// Runs one statement. A cancelled session begins no work: TDM_ERROR_INTERRUPTED. With `ret` NULL
// the rows of the answer are thrown away as they come, however many there are.
TDM_MUST_CHECK tdm_status tdm_session_run(tdm_session *session, tdm_text sql, tdm_arena *arena,
                                          tdm_db_result *ret, tdm_error *err);
bool tdm_session_has_batches(const tdm_session *session);
// Runs a batch, of one line over every transport. A cancelled session begins none that is work. To
// the server two lines are a pipeline: what must stand outside of every transaction cannot be one
// of them.
TDM_MUST_CHECK tdm_status tdm_session_batch(tdm_session *session, tdm_db_batch *batch,
                                            tdm_error *err);
// A query that goes on after tdm_session_cancel: reading back what a push has left.
TDM_MUST_CHECK tdm_status tdm_session_look(tdm_session *session, tdm_text sql, tdm_arena *arena,
                                           tdm_db_result *ret, tdm_error *err);
// A statement that must be finished whatever happens: COMMIT.
TDM_MUST_CHECK tdm_status tdm_session_finish(tdm_session *session, tdm_text sql, tdm_arena *arena,
                                             tdm_db_result *ret, tdm_error *err);
// Runs a statement that only tidies up (ROLLBACK, giving back a lock). When it fails the connection
// is lost, and the server tidies up itself. `failure` keeps the words of the failure before.
void tdm_session_tidy(tdm_session *session, tdm_text sql);
// Waits, and fails with TDM_ERROR_INTERRUPTED once the session is cancelled.
TDM_MUST_CHECK tdm_status tdm_session_wait(tdm_session *session, uint32_t milliseconds,
                                           tdm_error *err);
// Whether the last failure was this SQLSTATE ("55P03").
bool tdm_session_failed_with(const tdm_session *session, const char *sqlstate);

// One value of a result.
const tdm_db_value *tdm_db_at(const tdm_db_result *result, size_t row, size_t column);

// For transports: the failure's buffers are made once and emptied before each statement.
void tdm_db_failure_clear(tdm_db_failure *failure);
void tdm_db_failure_free(tdm_db_failure *failure);

#endif
