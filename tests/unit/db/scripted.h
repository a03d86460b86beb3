// A session that plays a script: each call must be the next line of it, and gets that line's
// answer. What the script does not foresee fails the test.
#ifndef TEST_DB_SCRIPTED_H
#define TEST_DB_SCRIPTED_H

#include "test.h"

#include "base/error.h"
#include "base/text.h"
#include "db/session.h"

#include <stdio.h>
#include <string.h>

typedef struct scripted_line {
    const char *sql;        // what the statement must begin with; "(reopen)" or "(wait)" for those
    const char *values[8];  // of one row, up to the first NULL; "\\N" is NULL
    const char *more[8][8]; // of further rows, up to the first that is empty
    const char *sqlstate;   // fails with this
    bool lost;              // the connection goes
    uint64_t affected;
    const char *command;    // the tag, when it is not the first word
    tdm_db_transaction now; // afterwards
    bool cancels;           // somebody presses Ctrl-C while it runs
    tdm_db_urgency urgency;
    bool many; // answers everything up to what the next line foresees
} scripted_line;

typedef struct scripted {
    tdm_session session;
    const scripted_line *lines;
    size_t count;
    size_t at;
    tdm_db_transaction transaction;
} scripted;

static inline const scripted_line *scripted_next(scripted *script, tdm_text sql)
{
    if (script->at >= script->count) {
        print_error("nothing foreseen after the script: %.*s\n", TDM_TEXT_ARG(sql));
        fail();
    }
    const scripted_line *line = &script->lines[script->at];
    bool stays = line->many && script->at + 1 < script->count &&
                 !tdm_text_starts(sql, tdm_text_of(line[1].sql));
    if (line->many && !stays)
        line = &script->lines[++script->at];
    script->at += stays ? 0 : 1;
    if (!tdm_text_starts(sql, tdm_text_of(line->sql))) {
        print_error("line %zu: expected '%s', got '%.*s'\n", script->at, line->sql,
                    TDM_TEXT_ARG(sql));
        fail();
    }
    return line;
}

static inline size_t scripted_columns(const char *const *values)
{
    size_t count = 0;
    while (count < 8 && values[count])
        count++;
    return count;
}

static inline void scripted_rows(const scripted_line *line, tdm_arena *arena, tdm_db_result *ret)
{
    size_t columns = scripted_columns(line->values);
    size_t rows = columns == 0 ? 0 : 1;
    while (rows > 0 && rows <= 8 && line->more[rows - 1][0])
        rows++;
    tdm_db_value *values = tdm_arena_array(arena, rows * columns, sizeof *values);
    for (size_t i = 0; i < rows * columns; i++) {
        const char *text = i < columns ? line->values[i] : line->more[i / columns - 1][i % columns];
        values[i].is_null = strcmp(text, "\\N") == 0;
        values[i].text = values[i].is_null ? (tdm_text){0} : tdm_text_of(text);
    }
    *ret = (tdm_db_result){.values = values, .row_count = rows, .column_count = columns};
}

static inline tdm_status scripted_fail(scripted *script, const scripted_line *line, tdm_error *err)
{
    tdm_db_failure *failure = &script->session.failure;
    if (line->lost) {
        script->transaction = TDM_DB_UNKNOWN;
        failure->lost = true;
        return tdm_fail(err, TDM_ERROR_CONNECT, TDM_NOWHERE, "the connection is lost");
    }
    memcpy(failure->sqlstate, line->sqlstate, TDM_SQLSTATE_SIZE);
    tdm_buffer_puts(&failure->message, "the server says no");
    if (script->session.cancelled && strcmp(line->sqlstate, "57014") == 0)
        return tdm_fail(err, TDM_ERROR_INTERRUPTED, TDM_NOWHERE, "interrupted");
    return tdm_fail(err, TDM_ERROR_SERVER, TDM_NOWHERE, "the server says no");
}

static inline tdm_status scripted_run(tdm_session *session, const tdm_db_request *request,
                                      tdm_db_result *ret, tdm_error *err)
{
    tdm_text sql = request->sql;
    scripted *script = (scripted *)session;
    const scripted_line *line = scripted_next(script, sql);
    if (line->urgency == TDM_DB_FINISH)
        assert_int_equal(request->urgency, TDM_DB_FINISH);
    script->transaction = line->now;
    if (line->cancels)
        session->cancelled = 1;
    if (line->lost || line->sqlstate)
        return scripted_fail(script, line, err);
    if (!ret)
        return TDM_OK;
    scripted_rows(line, request->arena, ret);
    ret->affected = line->affected;
    ret->command = line->command ? tdm_text_of(line->command)
                                 : tdm_text_slice(sql, 0, tdm_text_find_char(sql, ' '));
    return TDM_OK;
}

static inline tdm_db_transaction scripted_transaction(tdm_session *session)
{
    return ((scripted *)session)->transaction;
}

static inline tdm_status scripted_reopen(tdm_session *session, tdm_error *err)
{
    scripted *script = (scripted *)session;
    const scripted_line *line = scripted_next(script, TDM_TEXT("(reopen)"));
    if (line->lost)
        return scripted_fail(script, line, err);
    script->transaction = TDM_DB_IDLE;
    return TDM_OK;
}

static inline void scripted_wait(tdm_session *session, uint32_t milliseconds)
{
    const scripted_line *line = scripted_next((scripted *)session, TDM_TEXT("(wait)"));
    (void)milliseconds;
    if (line->cancels)
        session->cancelled = 1;
}

static inline void scripted_wake(tdm_session *session)
{
    (void)session;
}

static inline void scripted_free(tdm_session *session)
{
    tdm_db_failure_free(&session->failure);
}

static inline void scripted_init(scripted *script, const scripted_line *lines, size_t count)
{
    static const tdm_db_methods methods = {.holds_session = true,
                                           .run = scripted_run,
                                           .transaction = scripted_transaction,
                                           .reopen = scripted_reopen,
                                           .wait = scripted_wait,
                                           .wake = scripted_wake,
                                           .free = scripted_free};
    *script = (scripted){.lines = lines, .count = count};
    script->session.methods = &methods;
    script->session.target = TDM_TEXT("app on db.example:5432 as me");
    tdm_db_failure_clear(&script->session.failure);
}

// Every line must have been played.
static inline void scripted_end(scripted *script)
{
    assert_int_equal(script->at, script->count);
    tdm_session_close(&script->session);
}

#endif
