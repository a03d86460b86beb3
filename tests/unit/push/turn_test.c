// One of several pushes that begin at once goes on; the others wait for it.
#include "db/scripted.h"

#include "plan/patience.h"

#define LINE_TRY(answer)                                                                           \
    {                                                                                              \
        .sql = "SELECT pg_catalog.pg_try_advisory_lock(", .values = { answer }                     \
    }
#define LINE_HOLDER(pid, is)                                                                       \
    {                                                                                              \
        .sql = "SELECT DISTINCT", .values = { pid, "tandem/1", "me", is, "2026-11-22 20:15:00" }   \
    }
#define LINE_NOBODY                                                                                \
    {                                                                                              \
        .sql = "SELECT DISTINCT"                                                                   \
    }
#define LINE_PAUSE                                                                                 \
    {                                                                                              \
        .sql = "(wait)"                                                                            \
    }

typedef struct told {
    size_t count;
    char last[256];
} told;

static void on_event(void *context, const tdm_push_event *event)
{
    told *t = context;
    assert_int_equal(event->kind, TDM_PUSH_WAITING);
    assert_null(event->step);
    t->count++;
    (void)snprintf(t->last, sizeof t->last, "%.*s", TDM_TEXT_ARG(event->text));
}

typedef struct outcome {
    tdm_status status;
    bool taken;
    tdm_error err;
    told told;
} outcome;

static outcome take(const scripted_line *lines, size_t count, uint32_t wait_ms, bool patient)
{
    scripted script;
    outcome o = {.err = TDM_ERROR_INIT};
    tdm_push_options options = {
        .lock_wait_ms = wait_ms, .event = on_event, .event_context = &o.told};
    scripted_init(&script, lines, count);
    o.status = tdm_push_turn(&script.session, patient ? &options : NULL, &o.taken, &o.err);
    scripted_end(&script);
    return o;
}

#define TAKE(wait_ms, patient, ...)                                                                \
    take((const scripted_line[]){__VA_ARGS__},                                                     \
         sizeof((const scripted_line[]){__VA_ARGS__}) / sizeof(scripted_line), wait_ms, patient)

static void the_first_has_it_at_once(void **state)
{
    (void)state;
    outcome o = TAKE(1000, true, LINE_TRY("t"));
    assert_int_equal(o.status, TDM_OK);
    assert_true(o.taken);
    assert_int_equal(o.told.count, 0);
}

static void another_waits_until_the_holder_is_gone_and_looks_again(void **state)
{
    (void)state;
    outcome o =
        TAKE(1000, true, LINE_TRY("f"), LINE_HOLDER("7", "active"), LINE_HOLDER("7", "active"),
             LINE_PAUSE, LINE_HOLDER("7", "idle"), LINE_PAUSE, LINE_NOBODY);
    assert_int_equal(o.status, TDM_OK);
    assert_false(o.taken);
    assert_int_equal(o.told.count, 1);
    assert_string_equal(o.told.last,
                        "pid 7 (tandem/1, user me, active, since 2026-11-22 20:15:00)");
}

static void that_the_next_one_has_it_is_reason_to_look(void **state)
{
    (void)state;
    outcome o = TAKE(1000, true, LINE_TRY("f"), LINE_HOLDER("7", "active"), LINE_HOLDER("8", "x"));
    assert_int_equal(o.status, TDM_OK);
    assert_false(o.taken);
}

static void the_time_is_over(void **state)
{
    (void)state;
    outcome o =
        TAKE(300, true, LINE_TRY("f"), LINE_HOLDER("7", "active"), LINE_HOLDER("7", "active"),
             LINE_PAUSE, LINE_HOLDER("7", "active"), LINE_PAUSE, LINE_HOLDER("7", "idle"));
    assert_int_equal(o.status, TDM_FAILED);
    assert_int_equal(o.err.code, TDM_ERROR_LOCKED);
    assert_non_null(strstr(o.err.message, "pid 7 (tandem/1"));
}

static void a_signal_ends_the_waiting(void **state)
{
    (void)state;
    outcome o = TAKE(1000, true, LINE_TRY("f"), LINE_HOLDER("7", "active"),
                     LINE_HOLDER("7", "active"), {.sql = "(wait)", .cancels = true});
    assert_int_equal(o.err.code, TDM_ERROR_INTERRUPTED);
}

static void who_only_tries_waits_for_nobody(void **state)
{
    (void)state;
    outcome o = TAKE(0, false, LINE_TRY("f"));
    assert_int_equal(o.status, TDM_OK);
    assert_false(o.taken);
}

static void reading_waits_no_longer_than_said(void **state)
{
    scripted script;
    tdm_error err = TDM_ERROR_INIT;
    tdm_arena *arena = tdm_arena_new(0);
    const scripted_line lines[] = {{.sql = "SELECT pg_catalog.set_config('lock_timeout', '250ms'"}};
    (void)state;
    scripted_init(&script, lines, 1);
    assert_int_equal(tdm_session_patience(&script.session, 0, arena, &err), TDM_OK);
    assert_int_equal(tdm_session_patience(&script.session, 250, arena, &err), TDM_OK);
    scripted_end(&script);
    tdm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_has_it_at_once),
        cmocka_unit_test(another_waits_until_the_holder_is_gone_and_looks_again),
        cmocka_unit_test(that_the_next_one_has_it_is_reason_to_look),
        cmocka_unit_test(the_time_is_over),
        cmocka_unit_test(a_signal_ends_the_waiting),
        cmocka_unit_test(who_only_tries_waits_for_nobody),
        cmocka_unit_test(reading_waits_no_longer_than_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
