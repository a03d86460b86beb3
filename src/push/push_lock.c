#include "push/pusher.h"

#include "base/error.h"
#include "base/limits.h"

enum {
    PAUSE_MS = 200,          // between two tries for the push lock
    FIRST_BACK_OFF_MS = 250, // after a statement found a lock held; doubled each time
    LONGEST_BACK_OFF_MS = 4000,
};

static tdm_text or_unknown(const tdm_db_value *value, const char *unknown)
{
    return value->is_null || value->text.size == 0 ? tdm_text_of(unknown) : value->text;
}

tdm_text tdm_push_describe(tdm_arena *arena, const tdm_db_result *rows)
{
    tdm_text list = {0};
    for (size_t i = 0; i < rows->row_count; i++) {
        tdm_text program = or_unknown(tdm_db_at(rows, i, 1), "unknown program");
        tdm_text user = or_unknown(tdm_db_at(rows, i, 2), "unknown");
        tdm_text state = or_unknown(tdm_db_at(rows, i, 3), "state not shown");
        tdm_text since = or_unknown(tdm_db_at(rows, i, 4), "a time not shown");
        list = tdm_arena_printf(arena, "%.*s%spid %.*s (%.*s, user %.*s, %.*s, since %.*s)",
                                TDM_TEXT_ARG(list), i ? ", " : "",
                                TDM_TEXT_ARG(tdm_db_at(rows, i, 0)->text), TDM_TEXT_ARG(program),
                                TDM_TEXT_ARG(user), TDM_TEXT_ARG(state), TDM_TEXT_ARG(since));
    }
    return list.size ? list : TDM_TEXT("a session that is gone by now");
}

static tdm_status find_holders(tdm_pusher *pusher, tdm_text *ret)
{
    tdm_history_sides sides = tdm_plan_sides(pusher->plan);
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_db_result rows;
    tdm_put_holders(&sql, &sides);
    if (tdm_buffer_check(&sql, pusher->err) != TDM_OK)
        return TDM_FAILED;
    tdm_text text = tdm_buffer_take(&sql, pusher->arena);
    if (tdm_session_query(pusher->session, text, pusher->arena, &rows, pusher->err) != TDM_OK)
        return TDM_FAILED;
    *ret = tdm_push_describe(pusher->arena, &rows);
    return TDM_OK;
}

tdm_status tdm_push_wait(tdm_pusher *pusher, uint32_t blocked_ms)
{
    tdm_text holders;
    if (find_holders(pusher, &holders) != TDM_OK)
        return TDM_FAILED;
    pusher->waited_ms += blocked_ms;
    if (pusher->waited_ms >= pusher->lock_wait_ms)
        return tdm_fail(pusher->err, TDM_ERROR_LOCKED, TDM_NOWHERE,
                        "the histories in %.*s are locked by %.*s",
                        TDM_TEXT_ARG(pusher->plan->plan.target), TDM_TEXT_ARG(holders));
    if (!tdm_text_equal(holders, pusher->waited_for))
        tdm_push_tell(pusher, TDM_PUSH_WAITING, holders);
    pusher->waited_for = holders;
    if (blocked_ms > 0)
        return TDM_OK;
    pusher->waited_ms += PAUSE_MS;
    return tdm_session_wait(pusher->session, PAUSE_MS, pusher->err);
}

// Pushes that were stopped by the same lock must not all come back at once: up to a quarter is
// taken off, by a number that is the caller's (splitmix64).
static uint32_t pause_of(const tdm_pusher *pusher)
{
    uint32_t pause = LONGEST_BACK_OFF_MS;
    if (pusher->back_offs < 4)
        pause = (uint32_t)FIRST_BACK_OFF_MS << pusher->back_offs;
    uint64_t x = pusher->options->jitter_seed + (pusher->back_offs + 1) * 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return pause - (uint32_t)((x ^ (x >> 31)) % (pause / 4 + 1));
}

bool tdm_push_back_off(tdm_pusher *pusher)
{
    tdm_session *session = pusher->session;
    uint32_t pause = pause_of(pusher);
    pusher->waited_ms += pusher->lock_timeout_ms;
    if (pusher->waited_ms + pause > pusher->lock_wait_ms)
        return false;
    tdm_session_tidy(session, TDM_TEXT("ROLLBACK"));
    tdm_push_tell(pusher, TDM_PUSH_WAITING,
                  tdm_arena_printf(pusher->arena,
                                   "rolled back, and tried again in %u ms: a lock is held by %.*s",
                                   (unsigned)pause,
                                   TDM_TEXT_ARG(pusher->blockers.size
                                                    ? pusher->blockers
                                                    : TDM_TEXT("a session that is gone by now"))));
    pusher->waited_ms += pause;
    pusher->back_offs++;
    return tdm_session_wait(session, pause, pusher->err) == TDM_OK;
}
