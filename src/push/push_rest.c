// What became of a statement that runs outside of transactions, when nobody saw it end or the
// server refused it: asked of the catalog by what the journal knows of it.
#include "push/pusher.h"

#include "base/error.h"
#include "base/limits.h"
#include "plan/journal_sql.h"

#include <string.h>

enum {
    PAUSE_MS = 1000, // between two looks at a statement that still runs
};

typedef enum outcome {
    OUTCOME_UNDONE,
    OUTCOME_DONE,
    OUTCOME_REST,
    OUTCOME_BUSY,
    OUTCOME_UNKNOWN,
} outcome;

typedef struct look {
    outcome outcome;
    tdm_text rest;
    tdm_text command;
    tdm_text relation;
} look;

static bool read_look(const tdm_db_result *result, look *ret)
{
    static const char *const words[] = {"undone", "done", "rest", "busy", "unknown"};
    if (result->row_count != 1 || result->column_count != 4)
        return false;
    *ret = (look){.rest = tdm_db_at(result, 0, 1)->text,
                  .command = tdm_db_at(result, 0, 2)->text,
                  .relation = tdm_db_at(result, 0, 3)->text};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (tdm_text_is(tdm_db_at(result, 0, 0)->text, words[i])) {
            ret->outcome = (outcome)i;
            return true;
        }
    return false;
}

static tdm_text look_sql(const tdm_pusher *pusher, size_t position)
{
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_put_journal_look(&sql, pusher->unit->key, position);
    return tdm_buffer_take(&sql, pusher->arena);
}

static bool look_again(const tdm_pusher *pusher, size_t position, look *ret)
{
    tdm_error ignored = TDM_ERROR_INIT;
    tdm_db_result result;
    return tdm_session_look(pusher->session, look_sql(pusher, position), pusher->arena, &result,
                            &ignored) == TDM_OK &&
           read_look(&result, ret);
}

// --- Before going on -----------------------------------------------------------------------------

static tdm_progress from_status(tdm_status status)
{
    return status == TDM_OK ? TDM_PROGRESS_ON : TDM_PROGRESS_FAILED;
}

static tdm_progress refuse(tdm_pusher *pusher, const char *what)
{
    const tdm_journal_row *row = pusher->unit->parts->stopped;
    tdm_text text = tdm_arena_printf(pusher->arena,
                                     "statement %zu, which a run that was broken "
                                     "off began on %.*s, %s",
                                     row->position, TDM_TEXT_ARG(row->started), what);
    return from_status(tdm_push_refuse(pusher, TDM_ERROR_HISTORY, text.data ? text.data : what));
}

// What the broken run left is removed: the journal proves that it is its own.
static tdm_progress remove_rest(tdm_pusher *pusher, const look *found)
{
    bool index = tdm_text_is(found->command, "CREATE INDEX CONCURRENTLY");
    tdm_text sql =
        index ? tdm_arena_printf(pusher->arena, "DROP INDEX CONCURRENTLY IF EXISTS %.*s",
                                 TDM_TEXT_ARG(found->rest))
              : tdm_arena_printf(pusher->arena, "ALTER TABLE %.*s DETACH PARTITION %.*s FINALIZE",
                                 TDM_TEXT_ARG(found->relation), TDM_TEXT_ARG(found->rest));
    tdm_push_tell(pusher, TDM_PUSH_NOTICE,
                  tdm_arena_printf(pusher->arena, "what the run before left goes first: %.*s",
                                   TDM_TEXT_ARG(sql)));
    if (tdm_session_run(pusher->session, sql, pusher->arena, NULL, pusher->err) != TDM_OK)
        return from_status(tdm_push_fail(pusher));
    pusher->skips = !index && pusher->unit->same;
    if (!index && !pusher->unit->same)
        return refuse(pusher, "is done now, and has changed in the file since: put it back");
    return TDM_PROGRESS_ON;
}

static tdm_progress take_done(tdm_pusher *pusher)
{
    // That a refused statement has its effect is somebody else's doing: the server will judge it.
    if (pusher->unit->parts->stopped->state == TDM_JOURNAL_FAILED)
        return TDM_PROGRESS_ON;
    pusher->skips = pusher->unit->same;
    return pusher->unit->same
               ? TDM_PROGRESS_ON
               : refuse(pusher, "is done, and has changed in the file since: put it back as it "
                                "was, and mend what comes after");
}

static tdm_progress wait_for_end(tdm_pusher *pusher)
{
    if (pusher->waited_ms >= pusher->lock_wait_ms) {
        tdm_fail(pusher->err, TDM_ERROR_LOCKED, TDM_NOWHERE,
                 "statement %zu of %.*s, which an earlier push began, still runs",
                 pusher->unit->parts->stopped->position, TDM_TEXT_ARG(pusher->unit->name));
        tdm_hint(pusher->err, "Push again when it has ended; --wait says how long to wait for it.");
        return TDM_PROGRESS_FAILED;
    }
    pusher->waited_ms += PAUSE_MS;
    return tdm_session_wait(pusher->session, PAUSE_MS, pusher->err) == TDM_OK ? TDM_PROGRESS_AGAIN
                                                                              : TDM_PROGRESS_FAILED;
}

tdm_progress tdm_push_take_look(tdm_pusher *pusher, const tdm_db_result *result)
{
    const tdm_journal_row *stopped = pusher->unit->parts->stopped;
    look found;
    bool there = read_look(result, &found);
    while (there && found.outcome == OUTCOME_BUSY) {
        if (wait_for_end(pusher) == TDM_PROGRESS_FAILED)
            return TDM_PROGRESS_FAILED;
        there = look_again(pusher, stopped->position, &found);
    }
    if (!there)
        return from_status(tdm_push_refuse(pusher, TDM_ERROR_HISTORY,
                                           "the journal in the target has changed since the plan "
                                           "was made"));
    if (found.outcome == OUTCOME_REST)
        return remove_rest(pusher, &found);
    if (found.outcome == OUTCOME_DONE)
        return take_done(pusher);
    if (found.outcome == OUTCOME_UNKNOWN && stopped->state == TDM_JOURNAL_RUNNING)
        return refuse(pusher, "may have been done or not, which nobody can tell from here: look, "
                              "and set its state in tandem.journal to 'done' or 'failed'");
    if (found.rest.size)
        tdm_push_tell(pusher, TDM_PUSH_NOTICE,
                      tdm_arena_printf(pusher->arena, "invalid indexes are left over: %.*s",
                                       TDM_TEXT_ARG(found.rest)));
    return TDM_PROGRESS_ON;
}

// --- After a failure -----------------------------------------------------------------------------

tdm_text tdm_push_find_rest(tdm_pusher *pusher)
{
    const tdm_push_unit *unit = pusher->unit;
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    char sqlstate[TDM_SQLSTATE_SIZE];
    look found = {0};
    if (!unit->part)
        return found.rest;
    memcpy(sqlstate, pusher->session->failure.sqlstate, sizeof sqlstate);
    if (!look_again(pusher, unit->part->first + 1, &found))
        found.rest = (tdm_text){0};
    tdm_put_journal_failed(&sql, unit->key, unit->part->first + 1, sqlstate, found.rest);
    tdm_session_tidy(pusher->session, tdm_buffer_take(&sql, pusher->arena));
    memcpy(pusher->session->failure.sqlstate, sqlstate, sizeof sqlstate);
    return found.rest;
}

tdm_presence tdm_push_await_statement(tdm_pusher *pusher)
{
    look found;
    for (;;) {
        if (!look_again(pusher, pusher->unit->part->first + 1, &found))
            return TDM_PRESENCE_UNKNOWN;
        if (found.outcome == OUTCOME_DONE)
            return TDM_PRESENT;
        if (found.outcome == OUTCOME_UNDONE)
            return TDM_ABSENT;
        if (found.outcome != OUTCOME_BUSY || pusher->session->cancelled)
            return TDM_PRESENCE_UNKNOWN;
        pusher->session->methods->wait(pusher->session, PAUSE_MS);
    }
}
