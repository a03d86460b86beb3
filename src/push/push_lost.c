// A COMMIT whose answer never came. The server may have committed, may have rolled back, or may
// still be at it: the old backend holds the push lock until it has ended, so that whoever gets the
// lock reads the truth.
#include "push/pusher.h"

#include "base/error.h"
#include "base/limits.h"
#include "plan/journal_sql.h"

enum {
    RECONNECT_PAUSE_MS = 1000,
    RECONNECT_LEAST_MS = 5000, // also when nobody is to be waited for
    LOCK_PAUSE_MS = 200,
};

// Whether all of the unit's versions, or revisions, are in their history, or none, or neither.
typedef struct found {
    bool all;
    bool none;
} found;

static found find_versions(const tdm_push_unit *unit, const tdm_histories *histories)
{
    found result = {true, true};
    for (size_t i = 0; i < unit->version_count; i++) {
        bool there = tdm_history_has(&histories->versions, unit->versions[i]);
        result.all = result.all && there;
        result.none = result.none && !there;
    }
    return result;
}

// A head that the chain does not have leaves the revisions unknown, unless none are asked for.
static found find_revisions(const tdm_pusher *pusher, const tdm_histories *histories)
{
    found result = {true, true};
    tdm_revision_list heads;
    tdm_revision_set applied;
    tdm_error ignored = TDM_ERROR_INIT;
    if (pusher->unit->revisions.count == 0)
        return result;
    const tdm_chain *chain = tdm_project_chain(pusher->plan->project);
    if (tdm_rows_find(pusher->arena, chain, histories->heads.items, histories->heads.count, &heads,
                      &ignored) != TDM_OK ||
        tdm_applied_set(pusher->arena, chain, heads, &applied, &ignored) != TDM_OK)
        return (found){false, false};
    for (size_t i = 0; i < pusher->unit->revisions.count; i++) {
        bool there = tdm_set_has(&applied, pusher->unit->revisions.items[i]);
        result.all = result.all && there;
        result.none = result.none && !there;
    }
    return result;
}

// Both histories are written by one transaction: one without the other is nobody's doing that we
// know.
tdm_presence tdm_push_presence(const tdm_pusher *pusher, const tdm_histories *histories)
{
    found revisions = find_revisions(pusher, histories);
    found versions = find_versions(pusher->unit, histories);
    bool all = revisions.all && versions.all;
    bool none = revisions.none && versions.none;
    bool backward = pusher->unit->backward;
    if (backward ? none : all)
        return TDM_PRESENT;
    return (backward ? all : none) ? TDM_ABSENT : TDM_PRESENCE_UNKNOWN;
}

static const char *doing(const tdm_pusher *pusher)
{
    return pusher->unit->backward ? "taken back" : "committed";
}

static tdm_status unknown_outcome(tdm_pusher *pusher, const char *why)
{
    tdm_fail(
        pusher->err, TDM_ERROR_PARTIAL, (tdm_place){.file = pusher->unit->name.data},
        "the connection was lost while %.*s was being %s, and %s: whether it is applied is not "
        "known",
        TDM_TEXT_ARG(pusher->unit->name), doing(pusher), why);
    return tdm_hint(pusher->err, "`tandem status` shows it as soon as the target answers again.");
}

// As long as for locks: a server may come back, or its standby take over.
static bool reconnect(tdm_pusher *pusher)
{
    tdm_session *session = pusher->session;
    uint32_t limit = pusher->lock_wait_ms > RECONNECT_LEAST_MS ? pusher->lock_wait_ms
                                                               : (uint32_t)RECONNECT_LEAST_MS;
    for (uint32_t waited = 0; waited < limit; waited += RECONNECT_PAUSE_MS) {
        tdm_error ignored = TDM_ERROR_INIT;
        if (session->methods->reopen(session, &ignored) == TDM_OK)
            return true;
        session->methods->wait(session, RECONNECT_PAUSE_MS);
    }
    return false;
}

// False when there is no answer. Without a session the lock is given back at once: that it was free
// is all that matters, since nothing of the old transaction runs then.
static bool try_push_lock(tdm_pusher *pusher, bool *ret_taken)
{
    tdm_session *session = pusher->session;
    tdm_db_result result;
    tdm_error ignored = TDM_ERROR_INIT;
    tdm_status status =
        tdm_session_holds(session)
            ? tdm_session_finish(
                  session,
                  TDM_TEXT("SELECT pg_catalog.pg_try_advisory_lock(" TDM_PUSH_LOCK_KEY ")"),
                  pusher->arena, &result, &ignored)
            : tdm_session_look(
                  session,
                  TDM_TEXT("SELECT pg_catalog.pg_try_advisory_xact_lock(" TDM_PUSH_LOCK_KEY ")"),
                  pusher->arena, &result, &ignored);
    if (status != TDM_OK)
        return false;
    *ret_taken = result.row_count == 1 && tdm_text_is(tdm_db_at(&result, 0, 0)->text, "t");
    return true;
}

static bool take_push_lock(tdm_pusher *pusher)
{
    bool taken = false;
    for (uint32_t waited = 0; waited <= pusher->lock_wait_ms; waited += LOCK_PAUSE_MS) {
        if (!try_push_lock(pusher, &taken))
            return false;
        if (taken)
            return true;
        pusher->session->methods->wait(pusher->session, LOCK_PAUSE_MS);
    }
    return false;
}

// What the journal says of a part that records nothing yet.
static tdm_presence presence_of_row(const tdm_journal_row *wanted, const tdm_db_result *rows)
{
    if (rows->row_count != 1)
        return TDM_ABSENT;
    bool same = tdm_text_is(tdm_db_at(rows, 0, 0)->text, tdm_journal_state_name(wanted->state)) &&
                tdm_text_is(tdm_db_at(rows, 0, 1)->text, "t");
    return same ? TDM_PRESENT : TDM_PRESENCE_TAKEN_OVER;
}

static tdm_status find_row(tdm_pusher *pusher, tdm_presence *ret)
{
    const tdm_journal_row *wanted = &pusher->unit->row;
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_db_result rows;
    // The table is not there either when it was to be made by the same transaction.
    tdm_buffer_puts(&sql, "SELECT pg_catalog.to_regclass('tandem.journal')");
    if (tdm_session_look(pusher->session, tdm_buffer_take(&sql, pusher->arena), pusher->arena,
                         &rows, pusher->err) != TDM_OK)
        return TDM_FAILED;
    *ret = TDM_ABSENT;
    if (rows.row_count != 1 || tdm_db_at(&rows, 0, 0)->is_null)
        return TDM_OK;
    sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_put_journal_find(&sql, wanted);
    if (tdm_session_look(pusher->session, tdm_buffer_take(&sql, pusher->arena), pusher->arena,
                         &rows, pusher->err) != TDM_OK)
        return TDM_FAILED;
    *ret = presence_of_row(wanted, &rows);
    return TDM_OK;
}

static tdm_status find_records(tdm_pusher *pusher, tdm_presence *ret)
{
    tdm_histories histories;
    if (pusher->unit->part && !pusher->unit->records)
        return find_row(pusher, ret);
    if (tdm_histories_look(pusher->session, &pusher->plan->histories.table, pusher->arena,
                           &histories, pusher->err) != TDM_OK)
        return TDM_FAILED;
    *ret = tdm_push_presence(pusher, &histories);
    return TDM_OK;
}

// While the connection was lost the push lock was anybody's.
static tdm_status taken_over(tdm_pusher *pusher)
{
    tdm_fail(pusher->err, TDM_ERROR_HISTORY, (tdm_place){.file = pusher->unit->name.data},
             "the connection was lost while a part of %.*s was being committed, and another push "
             "has gone on with it since",
             TDM_TEXT_ARG(pusher->unit->name));
    return tdm_hint(pusher->err, "`tandem status` shows how far it is.");
}

// The parts behind this one run under the lock that is held from the first one on.
static void keep_lock_or_not(tdm_pusher *pusher, tdm_status read, tdm_presence presence)
{
    bool goes_on = read == TDM_OK && presence == TDM_PRESENT && pusher->unit->holds_lock;
    if (tdm_session_holds(pusher->session) && !goes_on)
        tdm_session_tidy(pusher->session, TDM_TEXT(TDM_UNLOCK_PUSH));
}

tdm_status tdm_push_resolve(tdm_pusher *pusher, tdm_presence *ret)
{
    if (!reconnect(pusher))
        return unknown_outcome(pusher, "the target does not answer any more");
    if (!take_push_lock(pusher))
        return unknown_outcome(
            pusher, "the push lock, which its transaction may still hold, was not to be had");
    tdm_status read = find_records(pusher, ret);
    keep_lock_or_not(pusher, read, *ret);
    if (read != TDM_OK)
        return unknown_outcome(pusher, "the histories cannot be read");
    if (*ret == TDM_PRESENCE_TAKEN_OVER)
        return taken_over(pusher);
    if (*ret == TDM_PRESENCE_UNKNOWN)
        return unknown_outcome(pusher, "only one of the histories has it");
    return TDM_OK;
}

void tdm_push_after_unlock(tdm_pusher *pusher)
{
    if (pusher->session->failure.lost)
        (void)reconnect(pusher); // where it fails, so does what comes next
    *pusher->err = TDM_ERROR_INIT;
}

tdm_status tdm_push_fail_absent(tdm_pusher *pusher)
{
    const tdm_part *part = pusher->unit->part;
    if (part && part->first > 0) {
        tdm_fail(pusher->err, TDM_ERROR_PARTIAL, (tdm_place){.file = pusher->unit->name.data},
                 "the connection was lost while statement %zu of %.*s was being committed: it is "
                 "not done, and %zu of %zu statements are done and stay",
                 part->first + 1, TDM_TEXT_ARG(pusher->unit->name), part->first,
                 pusher->unit->parts->statement_count);
        return tdm_hint(pusher->err, "The next `tandem push` goes on there.");
    }
    tdm_text name = pusher->unit->name;
    bool backward = pusher->unit->backward;
    tdm_fail(pusher->err, TDM_ERROR_CONNECT, (tdm_place){.file = name.data},
             "the connection was lost while %.*s was being %s: it is %s", TDM_TEXT_ARG(name),
             doing(pusher), backward ? "still applied" : "not applied");
    return tdm_hint(pusher->err, backward ? "Nothing of it is undone; revert again."
                                          : "Nothing of it is there; push again.");
}

tdm_status tdm_push_resolve_commit(tdm_pusher *pusher)
{
    tdm_presence presence;
    if (tdm_push_resolve(pusher, &presence) != TDM_OK)
        return TDM_FAILED;
    return presence == TDM_PRESENT ? TDM_OK : tdm_push_fail_absent(pusher);
}
