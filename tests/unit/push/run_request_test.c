// How one migration is carried out where there is no session, played against a scripted API: every
// answer that can come back, or stay away, does so once.
#include "db/scripted.h"

#include "plan/journal_sql.h"
#include "plan/shapes.h"
#include "push/pusher.h"
#include "push/request_sql.h"

// Sent as one text, but what stands before and behind the request.
static const tdm_send whole[] = {
    {.kind = TDM_SEND_REQUEST, .sql = {"-- one request", 14}},
    {.kind = TDM_SEND_PUSH_LOCK, .sql = {"DO lock", 7}},
    {.kind = TDM_SEND_STATEMENT,
     .sql = {"ALTER TABLE a\n ADD x", 20},
     .place = {.file = "m1.sql", .line = 3, .column = 5},
     .exact = true},
    {.kind = TDM_SEND_RECORD, .sql = {"INSERT row", 10}},
    {.kind = TDM_SEND_VERIFY, .sql = {"SELECT state", 12}},
};

static const tdm_send outside[] = {
    {.kind = TDM_SEND_REQUEST, .sql = {"-- its row", 10}},
    {.kind = TDM_SEND_VERIFY, .sql = {"SELECT state", 12}},
    {.kind = TDM_SEND_STATEMENT,
     .sql = {"CREATE INDEX", 12},
     .place = {.file = "m1.sql", .line = 1, .column = 1},
     .exact = true},
    {.kind = TDM_SEND_DONE, .sql = {"UPDATE done", 11}},
};

typedef struct course {
    scripted script;
    tdm_full_plan plan;
    tdm_plan_step step;
    tdm_part part;
    tdm_parts parts;
    tdm_push_unit unit;
    tdm_push_options options;
    tdm_pusher pusher;
    tdm_error err;
    size_t waits; // events
} course;

static void count_event(void *context, const tdm_push_event *event)
{
    course *c = context;
    c->waits += event->kind == TDM_PUSH_WAITING ? 1 : 0;
}

static void set_up(course *c, const scripted_line *lines, size_t count)
{
    static const tdm_text version = {"1", 1};
    static tdm_db_methods methods;
    *c = (course){.options = {.event = count_event}};
    c->options.event_context = c;
    scripted_init(&c->script, lines, count);
    methods = *c->script.session.methods;
    methods.holds_session = false;
    c->script.session.methods = &methods;
    c->plan.has_alembic = c->plan.has_supabase = true;
    c->plan.histories.table =
        (tdm_version_table){.name = TDM_TEXT("alembic_version"), .schema = TDM_TEXT("public")};
    c->plan.plan.target = c->script.session.target;
    c->plan.plan.pending = 1;
    c->unit = (tdm_push_unit){.step = &c->step,
                              .name = TDM_TEXT("m1.sql"),
                              .sends = whole,
                              .count = sizeof whole / sizeof *whole,
                              .ends_step = true,
                              .before = {.heads = TDM_TEXT("r0")},
                              .after = {.heads = TDM_TEXT("r1"), .versions = TDM_TEXT("d1")},
                              .versions = &version,
                              .version_count = 1};
    c->pusher = (tdm_pusher){.session = &c->script.session,
                             .plan = &c->plan,
                             .options = &c->options,
                             .arena = tdm_arena_new(0),
                             .unit = &c->unit,
                             .lock_wait_ms = 1500,
                             .lock_slice_ms = 1000,
                             .err = &c->err};
}

static tdm_status play(course *c)
{
    tdm_status status = tdm_push_run_request(&c->pusher);
    tdm_arena_free(c->pusher.arena);
    scripted_end(&c->script);
    return status;
}

static tdm_status play_whole(course *c, const scripted_line *lines, size_t count)
{
    set_up(c, lines, count);
    return play(c);
}

// The second part of a migration: a statement that is a request of its own.
static tdm_status play_outside(course *c, const scripted_line *lines, size_t count)
{
    set_up(c, lines, count);
    c->part = (tdm_part){.first = 1, .count = 1, .outside = true};
    c->parts = (tdm_parts){.statement_count = 3, .journalled = true};
    c->unit.sends = outside;
    c->unit.count = sizeof outside / sizeof *outside;
    c->unit.ends_step = false;
    c->unit.alone = true;
    c->unit.parts = &c->parts;
    c->unit.part = &c->part;
    c->unit.key = TDM_TEXT("1");
    c->unit.after = c->unit.before;
    c->unit.row = (tdm_journal_row){.migration = c->unit.key,
                                    .position = 2,
                                    .count = 1,
                                    .digest = TDM_TEXT("0123"),
                                    .state = TDM_JOURNAL_RUNNING,
                                    .attempt = 1};
    return play(c);
}

#define WHOLE(c, lines) play_whole((c), (lines), sizeof(lines) / sizeof *(lines))
#define OUTSIDE(c, lines) play_outside((c), (lines), sizeof(lines) / sizeof *(lines))

static void assert_says(const course *c, tdm_error_code code, const char *part)
{
    if (c->err.code != code || !strstr(c->err.message, part))
        print_error("%d, and '%s' is wanted: %s\n", (int)c->err.code, part, c->err.message);
    assert_int_equal(c->err.code, code);
    assert_non_null(strstr(c->err.message, part));
}

#define DONE_THEN                                                                                  \
    {                                                                                              \
        .sql = "-- one request", .values = { "r1", "d1" }                                          \
    }
#define BACK                                                                                       \
    {                                                                                              \
        .sql = "SELECT state", .values = { "r1", "d1" }                                            \
    }
#define REOPEN                                                                                     \
    {                                                                                              \
        .sql = "(reopen)"                                                                          \
    }
#define FREE                                                                                       \
    {                                                                                              \
        .sql = "SELECT pg_catalog.pg_try_advisory_xact_lock", .values = { "t" }                    \
    }
#define LOST                                                                                       \
    {                                                                                              \
        .sql = "-- one request", .lost = true                                                      \
    }

static void a_good_course_is_one_request_and_reading_back(void **state)
{
    (void)state;
    static const scripted_line lines[] = {DONE_THEN, BACK};
    course c;
    assert_int_equal(WHOLE(&c, lines), TDM_OK);
}

static void a_lost_answer_is_looked_for_and_not_sent_again_when_it_is_there(void **state)
{
    (void)state;
    static const scripted_line lines[] = {LOST, REOPEN, FREE, READ("r1", "1"), BACK};
    course c;
    assert_int_equal(WHOLE(&c, lines), TDM_OK);
}

static void an_answer_that_is_none_is_a_lost_one(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        {.sql = "-- one request", .values = {"7"}}, REOPEN, FREE, READ("r1", "1"), BACK,
    };
    course c;
    assert_int_equal(WHOLE(&c, lines), TDM_OK);
}

static void what_is_not_there_is_sent_again_a_few_times(void **state)
{
    (void)state;
#define NOT_THERE LOST, REOPEN, FREE, READ("r0", "0")
    static const scripted_line once[] = {NOT_THERE, DONE_THEN, BACK};
    static const scripted_line always[] = {NOT_THERE, NOT_THERE, NOT_THERE, NOT_THERE};
    course c;
    assert_int_equal(WHOLE(&c, once), TDM_OK);
    assert_int_equal(WHOLE(&c, always), TDM_FAILED);
    assert_says(&c, TDM_ERROR_CONNECT, "it is not applied");
}

static void what_may_still_run_is_waited_for(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        LOST,
        REOPEN,
        {.sql = "SELECT pg_catalog.pg_try_advisory_xact_lock", .values = {"f"}},
        {.sql = "(wait)"},
        FREE,
        READ("r1", "1"),
        BACK,
    };
    course c;
    assert_int_equal(WHOLE(&c, lines), TDM_OK);
}

// The first try was on its way for long: the second finds the histories changed, by the first.
static void a_repeat_that_comes_second_is_done(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        NOT_THERE,       {.sql = "-- one request", .sqlstate = TDM_REQUEST_CHANGED},
        REOPEN,          FREE,
        READ("r1", "1"), BACK,
    };
    course c;
    assert_int_equal(WHOLE(&c, lines), TDM_OK);
}

static void histories_that_somebody_else_changed_are_refused(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        {.sql = "-- one request", .sqlstate = TDM_REQUEST_CHANGED},
    };
    course c;
    assert_int_equal(WHOLE(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_HISTORY, "have changed since the plan was made");
}

static void another_push_is_waited_for(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        {.sql = "-- one request", .sqlstate = TDM_REQUEST_LOCKED},
        {.sql = "SELECT DISTINCT", .values = {"42", "x", "me", "active", "2026-11-22 20:15:00"}},
        {.sql = "(wait)"},
        DONE_THEN,
        BACK,
    };
    course c;
    assert_int_equal(WHOLE(&c, lines), TDM_OK);
    assert_int_equal(c.waits, 1);
}

static void each_refusal_of_ours_has_its_words(void **state)
{
    (void)state;
    static const struct {
        const char *sqlstate;
        tdm_error_code code;
        const char *words;
    } cases[] = {
        {TDM_REQUEST_WRONG, TDM_ERROR_HISTORY, "does the migration write them itself"},
        {TDM_REQUEST_BROKEN, TDM_ERROR_PARTIAL, "did not make one transaction"},
        {TDM_REQUEST_STRINGS, TDM_ERROR_TARGET, "standard_conforming_strings"},
        {TDM_REQUEST_USER, TDM_ERROR_SERVER, "another session user"},
        {TDM_JOURNAL_REST, TDM_ERROR_HISTORY, "an invalid index"},
        {"25006", TDM_ERROR_HISTORY, "read-only"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const scripted_line lines[] = {
            {.sql = "-- one request", .sqlstate = cases[i].sqlstate},
        };
        course c;
        assert_int_equal(WHOLE(&c, lines), TDM_FAILED);
        assert_says(&c, cases[i].code, cases[i].words);
    }
}

// The server does not say which statement, but here there is only one.
static void a_failing_statement_is_named(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        {.sql = "-- one request", .sqlstate = "42703"},
    };
    course c;
    assert_int_equal(WHOLE(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_SERVER, "rolled back: nothing of it was applied");
    assert_int_equal(c.err.place.line, 3);
    assert_string_equal(c.err.place.file, "m1.sql");
}

static void what_nobody_can_tell_is_said(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        LOST,
        REOPEN,
        FREE,
        {.sql = SHAPES_SQL, .lost = true},
    };
    course c;
    assert_int_equal(WHOLE(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_PARTIAL, "whether it is applied is not known");
}

static void committed_and_not_to_be_found_is_said(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        DONE_THEN,
        {.sql = "SELECT state", .values = {"r0", "\\N"}},
        READ("r0", "0"),
    };
    course c;
    assert_int_equal(WHOLE(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_PARTIAL, "reading back does not show it");
}

// --- A statement that is a request of its own ----------------------------------------------------

#define ROW_IS_THERE                                                                               \
    {                                                                                              \
        .sql = "-- its row", .values = { "r0", "\\N" }                                             \
    }
#define LOOK(outcome)                                                                              \
    {                                                                                              \
        .sql = "SELECT CASE", .values = { outcome, "\\N", "CREATE INDEX CONCURRENTLY", "\\N" }     \
    }
#define NOTED                                                                                      \
    {                                                                                              \
        .sql = "UPDATE done", .values = {"2"}, .affected = 1                                       \
    }
#define BUILD_LOST                                                                                 \
    {                                                                                              \
        .sql = "CREATE INDEX", .lost = true                                                        \
    }

static void the_row_the_statement_and_its_end_are_three_requests(void **state)
{
    (void)state;
    static const scripted_line lines[] = {ROW_IS_THERE, {.sql = "CREATE INDEX"}, NOTED};
    course c;
    assert_int_equal(OUTSIDE(&c, lines), TDM_OK);
}

static void a_statement_that_outlives_its_request_is_waited_for(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        ROW_IS_THERE, BUILD_LOST, LOOK("busy"), {.sql = "(wait)"}, LOOK("done"), NOTED,
    };
    course c;
    assert_int_equal(OUTSIDE(&c, lines), TDM_OK);
}

static void a_statement_that_never_came_is_sent_again(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        ROW_IS_THERE, BUILD_LOST, LOOK("undone"), {.sql = "CREATE INDEX"}, NOTED,
    };
    course c;
    assert_int_equal(OUTSIDE(&c, lines), TDM_OK);
}

static void a_statement_of_which_nobody_knows_is_code_partial(void **state)
{
    (void)state;
    static const scripted_line lines[] = {ROW_IS_THERE, BUILD_LOST, LOOK("unknown")};
    course c;
    assert_int_equal(OUTSIDE(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_PARTIAL, "nobody saw it end");
}

static void a_statement_that_is_refused_leaves_its_row(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        ROW_IS_THERE,
        {.sql = "CREATE INDEX", .sqlstate = "23505"},
        {.sql = "SELECT CASE", .values = {"rest", "public.i", "CREATE INDEX CONCURRENTLY", "\\N"}},
        {.sql = "UPDATE tandem.journal SET state = 'failed'"},
    };
    course c;
    assert_int_equal(OUTSIDE(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_PARTIAL, "the failed one left the invalid index public.i");
    assert_says(&c, TDM_ERROR_PARTIAL, "1 of 3 statements are done and stay");
}

static void the_end_may_be_said_twice(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        ROW_IS_THERE,
        {.sql = "CREATE INDEX"},
        {.sql = "UPDATE done", .lost = true},
        NOTED,
    };
    course c;
    assert_int_equal(OUTSIDE(&c, lines), TDM_OK);
}

// The row's request is lost, and by the time we may look, another push has gone on from it.
static void a_row_that_another_push_went_on_from_is_left_to_it(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        {.sql = "-- its row", .lost = true},
        REOPEN,
        FREE,
        {.sql = "SELECT pg_catalog.to_regclass", .values = {"tandem.journal"}},
        {.sql = "SELECT state, attempt", .values = {"done", "t"}},
    };
    course c;
    assert_int_equal(OUTSIDE(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_HISTORY, "another push has gone on with it since");
}

static void a_row_that_is_there_is_gone_on_from(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        {.sql = "-- its row", .lost = true},
        REOPEN,
        FREE,
        {.sql = "SELECT pg_catalog.to_regclass", .values = {"tandem.journal"}},
        {.sql = "SELECT state, attempt", .values = {"running", "t"}},
        {.sql = "CREATE INDEX"},
        NOTED,
    };
    course c;
    assert_int_equal(OUTSIDE(&c, lines), TDM_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_course_is_one_request_and_reading_back),
        cmocka_unit_test(a_lost_answer_is_looked_for_and_not_sent_again_when_it_is_there),
        cmocka_unit_test(an_answer_that_is_none_is_a_lost_one),
        cmocka_unit_test(what_is_not_there_is_sent_again_a_few_times),
        cmocka_unit_test(what_may_still_run_is_waited_for),
        cmocka_unit_test(a_repeat_that_comes_second_is_done),
        cmocka_unit_test(histories_that_somebody_else_changed_are_refused),
        cmocka_unit_test(another_push_is_waited_for),
        cmocka_unit_test(each_refusal_of_ours_has_its_words),
        cmocka_unit_test(a_failing_statement_is_named),
        cmocka_unit_test(what_nobody_can_tell_is_said),
        cmocka_unit_test(committed_and_not_to_be_found_is_said),
        cmocka_unit_test(the_row_the_statement_and_its_end_are_three_requests),
        cmocka_unit_test(a_statement_that_outlives_its_request_is_waited_for),
        cmocka_unit_test(a_statement_that_never_came_is_sent_again),
        cmocka_unit_test(a_statement_of_which_nobody_knows_is_code_partial),
        cmocka_unit_test(a_statement_that_is_refused_leaves_its_row),
        cmocka_unit_test(the_end_may_be_said_twice),
        cmocka_unit_test(a_row_that_another_push_went_on_from_is_left_to_it),
        cmocka_unit_test(a_row_that_is_there_is_gone_on_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
