// Looking on while a statement runs, by a second session: who blocks it, and how far an index is.
// Names of sessions and times are shown, never what they run: that may hold a secret.
#include "push/pusher.h"

#include "base/error.h"
#include "base/text.h"
#include "db/libpq.h"

// `query` lacks the process and `rest` at its end.
static bool ask(tdm_pusher *pusher, tdm_arena *arena, const char *query, const char *rest,
                tdm_db_result *ret)
{
    tdm_error ignored = TDM_ERROR_INIT;
    tdm_text sql = tdm_arena_printf(arena, "%s%d%s", query, pusher->watched, rest);
    return sql.size && tdm_session_query(pusher->looker, sql, arena, ret, &ignored) == TDM_OK;
}

static void tell_once(tdm_pusher *pusher, tdm_push_event_kind kind, tdm_text text, tdm_text *last)
{
    if (text.size == 0 || tdm_text_equal(text, *last))
        return;
    *last = tdm_arena_text(pusher->arena, text);
    tdm_push_tell(pusher, kind, *last);
}

static void look_for_blockers(tdm_pusher *pusher, tdm_arena *arena)
{
    static const char query[] =
        "SELECT b.pid, a.application_name, a.usename, a.state, "
        "pg_catalog.to_char(COALESCE(a.xact_start, a.backend_start), 'YYYY-MM-DD HH24:MI:SS') "
        "FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids(";
    static const char rest[] =
        ")) AS b(pid) LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid ORDER BY 1";
    tdm_db_result rows;
    if (!ask(pusher, arena, query, rest, &rows) || rows.row_count == 0)
        return;
    tell_once(pusher, TDM_PUSH_WAITING, tdm_push_describe(arena, &rows), &pusher->blockers);
}

// The phases are PostgreSQL's own words (pg_stat_progress_create_index).
static void look_at_index(tdm_pusher *pusher, tdm_arena *arena)
{
    static const char query[] =
        "SELECT pg_catalog.format('%s of index on %s: %s%s', pg_catalog.lower(command), "
        "relid::pg_catalog.regclass, phase, CASE WHEN tuples_total > 0 THEN "
        "pg_catalog.format(', %s %%', 100 * tuples_done / tuples_total) WHEN blocks_total > 0 "
        "THEN pg_catalog.format(', %s %%', 100 * blocks_done / blocks_total) "
        "WHEN lockers_total > 0 THEN pg_catalog.format(', %s of %s', lockers_done, "
        "lockers_total) ELSE '' END) FROM pg_catalog.pg_stat_progress_create_index "
        "WHERE pid = ";
    tdm_db_result rows;
    if (ask(pusher, arena, query, "", &rows) && rows.row_count == 1)
        tell_once(pusher, TDM_PUSH_PROGRESS, tdm_db_at(&rows, 0, 0)->text, &pusher->progress);
}

// Which of the lines that were sent together runs is not known yet: the server answers to all of
// them at the end. Locks on the histories are named by push_lock.c.
static bool may_be_a_statement(const tdm_send *sending)
{
    return sending && (sending->kind == TDM_SEND_STATEMENT || sending->kind == TDM_SEND_SETTING);
}

void tdm_push_look_on(void *context)
{
    tdm_pusher *pusher = context;
    tdm_error ignored = TDM_ERROR_INIT;
    if (!may_be_a_statement(pusher->sending) || pusher->blind)
        return;
    if (!pusher->looker) {
        pusher->watched = tdm_libpq_process(pusher->session);
        pusher->blind = tdm_libpq_twin(pusher->session, &pusher->looker, &ignored) != TDM_OK;
    }
    tdm_arena *arena = tdm_arena_new(0);
    if (arena && !pusher->blind) {
        look_for_blockers(pusher, arena);
        look_at_index(pusher, arena);
    }
    tdm_arena_free(arena);
}
