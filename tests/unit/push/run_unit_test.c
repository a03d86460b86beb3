// How one migration is carried out, played against a scripted server: every answer that can go
// wrong does so once.
#include "db/scripted.h"

#include "plan/shapes.h"
#include "push/pusher.h"

static const tdm_send sends[] = {
    {.kind = TDM_SEND_BEGIN, .sql = {"BEGIN", 5}},
    {.kind = TDM_SEND_PUSH_LOCK, .sql = {"LOCK push", 9}},
    {.kind = TDM_SEND_CREATE, .sql = {"CREATE history", 14}},
    {.kind = TDM_SEND_TABLE_LOCK, .sql = {"LOCK TABLE", 10}},
    {.kind = TDM_SEND_COMPARE, .sql = {"SELECT state", 12}},
    {.kind = TDM_SEND_STATEMENT,
     .sql = {"ALTER TABLE a\n ADD x", 20},
     .place = {.file = "m1.sql", .line = 3, .column = 5},
     .exact = true},
    {.kind = TDM_SEND_RECORD, .sql = {"INSERT row", 10}},
    {.kind = TDM_SEND_COMMIT, .sql = {"COMMIT", 6}},
    {.kind = TDM_SEND_VERIFY, .sql = {"SELECT state", 12}},
};
static const tdm_send alone_sends[] = {
    {.kind = TDM_SEND_PUSH_LOCK, .sql = {"LOCK push", 9}},
    {.kind = TDM_SEND_STATEMENT,
     .sql = {"CREATE INDEX", 12},
     .place = {.file = "m1.sql", .line = 1, .column = 1}},
    {.kind = TDM_SEND_BEGIN, .sql = {"BEGIN", 5}},
    {.kind = TDM_SEND_TABLE_LOCK, .sql = {"LOCK TABLE", 10}},
    {.kind = TDM_SEND_COMMIT, .sql = {"COMMIT", 6}},
};

// The good course of the unit above, to be bent by each test.
#define OPEN TDM_DB_OPEN
#define LINE_BEGIN                                                                                 \
    {                                                                                              \
        .sql = "BEGIN", .now = OPEN                                                                \
    }
#define LINE_PUSH_LOCK                                                                             \
    {                                                                                              \
        .sql = "LOCK push", .values = {"t"}, .now = OPEN                                           \
    }
#define LINE_CREATE                                                                                \
    {                                                                                              \
        .sql = "CREATE history", .now = OPEN                                                       \
    }
#define LINE_TABLE_LOCK                                                                            \
    {                                                                                              \
        .sql = "LOCK TABLE", .now = OPEN                                                           \
    }
#define LINE_COMPARE                                                                               \
    {                                                                                              \
        .sql = "SELECT state", .values = {"r0", "\\N"}, .now = OPEN                                \
    }
#define LINE_STATEMENT                                                                             \
    {                                                                                              \
        .sql = "ALTER TABLE a", .now = OPEN                                                        \
    }
#define LINE_RECORD                                                                                \
    {                                                                                              \
        .sql = "INSERT row", .affected = 1, .now = OPEN                                            \
    }
#define LINE_COMMIT                                                                                \
    {                                                                                              \
        .sql = "COMMIT", .urgency = TDM_DB_FINISH                                                  \
    }
#define LINE_VERIFY                                                                                \
    {                                                                                              \
        .sql = "SELECT state", .values = {"r1", "d1"}, .urgency = TDM_DB_FINISH                    \
    }
#define LINE_ROLLBACK                                                                              \
    {                                                                                              \
        .sql = "ROLLBACK", .urgency = TDM_DB_FINISH                                                \
    }
#define LINE_HOLDERS                                                                               \
    {                                                                                              \
        .sql = "SELECT DISTINCT", .values = {                                                      \
            "42",                                                                                  \
            "alembic",                                                                             \
            "me",                                                                                  \
            "active",                                                                              \
            "2026-11-22 20:15:00"                                                                  \
        }                                                                                          \
    }
#define LINE_WAIT                                                                                  \
    {                                                                                              \
        .sql = "(wait)"                                                                            \
    }
#define UP_TO_COMPARE LINE_BEGIN, LINE_PUSH_LOCK, LINE_CREATE, LINE_TABLE_LOCK, LINE_COMPARE
#define UP_TO_COMMIT UP_TO_COMPARE, LINE_STATEMENT, LINE_RECORD

typedef struct course {
    scripted script;
    tdm_full_plan plan;
    tdm_plan_step step;
    tdm_push_unit unit;
    tdm_push_options options;
    tdm_pusher pusher;
    tdm_error err;
    size_t waits; // events
    size_t statements;
} course;

static void count_event(void *context, const tdm_push_event *event)
{
    course *c = context;
    c->waits += event->kind == TDM_PUSH_WAITING ? 1 : 0;
    c->statements += event->kind == TDM_PUSH_STATEMENT ? 1 : 0;
}

static uint32_t patience; // how long a statement waits for a lock; 0: longer than all the time

static tdm_status play(course *c, const scripted_line *lines, size_t count, bool alone)
{
    static const tdm_text version = {"1", 1};
    *c = (course){.options = {.event = count_event}};
    c->options.event_context = c;
    scripted_init(&c->script, lines, count);
    c->plan.has_alembic = c->plan.has_supabase = true;
    c->plan.histories.table =
        (tdm_version_table){.name = TDM_TEXT("alembic_version"), .schema = TDM_TEXT("public")};
    c->plan.plan.target = c->script.session.target;
    c->unit = (tdm_push_unit){.step = &c->step,
                              .name = TDM_TEXT("m1.sql"),
                              .sends = alone ? alone_sends : sends,
                              .count = alone ? sizeof alone_sends / sizeof *alone_sends
                                             : sizeof sends / sizeof *sends,
                              .alone = alone,
                              .holds_lock = alone,
                              .before = {.heads = TDM_TEXT("r0")},
                              .after = {.heads = TDM_TEXT("r1"), .versions = TDM_TEXT("d1")},
                              .versions = &version,
                              .version_count = 1};
    c->err = TDM_ERROR_INIT;
    c->pusher = (tdm_pusher){.session = &c->script.session,
                             .plan = &c->plan,
                             .options = &c->options,
                             .arena = tdm_arena_new(0),
                             .unit = &c->unit,
                             .lock_wait_ms = 1500,
                             .lock_timeout_ms = patience ? patience : 4000,
                             .lock_slice_ms = 1000,
                             .err = &c->err};
    tdm_status status = tdm_push_run_unit(&c->pusher);
    tdm_arena_free(c->pusher.arena);
    scripted_end(&c->script);
    return status;
}

#define PLAY(c, lines) play((c), (lines), sizeof(lines) / sizeof *(lines), false)
#define PLAY_ALONE(c, lines) play((c), (lines), sizeof(lines) / sizeof *(lines), true)

static void assert_says(const course *c, tdm_error_code code, const char *part)
{
    assert_int_equal(c->err.code, code);
    if (!strstr(c->err.message, part))
        print_error("'%s' is not in: %s\n", part, c->err.message);
    assert_non_null(strstr(c->err.message, part));
}

static void a_good_course_ends_with_reading_back(void **state)
{
    (void)state;
    static const scripted_line lines[] = {UP_TO_COMMIT, LINE_COMMIT, LINE_VERIFY};
    course c;
    assert_int_equal(PLAY(&c, lines), TDM_OK);
    assert_int_equal(c.statements, 1);
}

static void another_push_is_waited_for_outside_the_transaction(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        LINE_BEGIN,    {.sql = "LOCK push", .values = {"f"}, .now = OPEN},
        LINE_ROLLBACK, LINE_HOLDERS,
        LINE_WAIT,     UP_TO_COMMIT,
        LINE_COMMIT,   LINE_VERIFY,
    };
    course c;
    assert_int_equal(PLAY(&c, lines), TDM_OK);
    assert_int_equal(c.waits, 1);
}

static void a_locked_table_is_tried_again_until_the_time_is_over(void **state)
{
    (void)state;
#define LOCKED_OUT                                                                                 \
    LINE_BEGIN, LINE_PUSH_LOCK, LINE_CREATE,                                                       \
        {.sql = "LOCK TABLE", .sqlstate = "55P03", .now = TDM_DB_ABORTED}, LINE_ROLLBACK,          \
        LINE_HOLDERS
    static const scripted_line lines[] = {LOCKED_OUT, LOCKED_OUT};
    course c;
    assert_int_equal(PLAY(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_LOCKED,
                "pid 42 (alembic, user me, active, since 2026-11-22 20:15:00)");
    assert_says(&c, TDM_ERROR_LOCKED, "nothing of it was applied");
    assert_int_equal(c.waits, 1);
}

static void waiting_ends_when_interrupted(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        LINE_BEGIN,
        {.sql = "LOCK push", .values = {"f"}, .now = OPEN},
        LINE_ROLLBACK,
        LINE_HOLDERS,
        {.sql = "(wait)", .cancels = true},
    };
    course c;
    assert_int_equal(PLAY(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_INTERRUPTED, "nothing of it was applied");
}

static void histories_that_changed_since_the_plan_stop_it(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        LINE_BEGIN,
        LINE_PUSH_LOCK,
        LINE_CREATE,
        LINE_TABLE_LOCK,
        {.sql = "SELECT state", .values = {"r0", "d9"}, .now = OPEN},
        LINE_ROLLBACK,
    };
    course c;
    assert_int_equal(PLAY(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_HISTORY, "have changed since the plan was made");
    assert_int_equal(c.statements, 0);
}

static void a_table_that_somebody_else_made_is_a_change_too(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        LINE_BEGIN,
        LINE_PUSH_LOCK,
        {.sql = "CREATE history", .sqlstate = "42P07", .now = TDM_DB_ABORTED},
        LINE_ROLLBACK,
    };
    course c;
    assert_int_equal(PLAY(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_HISTORY, "made by somebody else");
}

static void a_failing_statement_is_rolled_back_and_named(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        UP_TO_COMPARE,
        {.sql = "ALTER TABLE a", .sqlstate = "42701", .now = TDM_DB_ABORTED},
        LINE_ROLLBACK,
    };
    course c;
    assert_int_equal(PLAY(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_SERVER, "the server says no (SQLSTATE 42701)");
    assert_says(&c, TDM_ERROR_SERVER, "rolled back: nothing of it was applied");
    assert_string_equal(c.err.place.file, "m1.sql");
    assert_int_equal(c.err.place.line, 3);
    assert_int_equal(c.err.place.column, 5);
}

static void a_statement_that_meets_a_lock_is_tried_again_from_the_beginning(void **state)
{
    (void)state;
#define BLOCKED                                                                                    \
    UP_TO_COMPARE, {.sql = "ALTER TABLE a", .sqlstate = "55P03", .now = TDM_DB_ABORTED},           \
        LINE_ROLLBACK
    static const scripted_line lines[] = {BLOCKED,      LINE_WAIT,   BLOCKED,    LINE_WAIT,
                                          UP_TO_COMMIT, LINE_COMMIT, LINE_VERIFY};
    course c;
    patience = 100;
    assert_int_equal(PLAY(&c, lines), TDM_OK);
    patience = 0;
    assert_int_equal(c.waits, 2);
}

static void a_statement_that_meets_a_lock_says_so(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        UP_TO_COMPARE,
        {.sql = "ALTER TABLE a", .sqlstate = "55P03", .now = TDM_DB_ABORTED},
        LINE_ROLLBACK,
    };
    course c;
    assert_int_equal(PLAY(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_LOCKED, "55P03");
    assert_non_null(strstr(c.err.hint, "--lock-timeout"));
}

static void an_interrupted_statement_is_rolled_back(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        UP_TO_COMPARE,
        {.sql = "ALTER TABLE a", .sqlstate = "57014", .now = TDM_DB_ABORTED, .cancels = true},
        LINE_ROLLBACK,
    };
    course c;
    assert_int_equal(PLAY(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_INTERRUPTED, "rolled back: nothing of it was applied");
}

static void an_interruption_during_commit_does_not_hide_it(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        UP_TO_COMMIT,
        {.sql = "COMMIT", .urgency = TDM_DB_FINISH, .cancels = true},
        LINE_VERIFY,
    };
    course c;
    assert_int_equal(PLAY(&c, lines), TDM_OK);
}

static void a_connection_lost_in_a_statement_has_applied_nothing(void **state)
{
    (void)state;
    static const scripted_line lines[] = {UP_TO_COMPARE, {.sql = "ALTER TABLE a", .lost = true}};
    course c;
    assert_int_equal(PLAY(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_CONNECT, "nothing of it was applied");
}

static void a_statement_that_ends_the_transaction_is_found_out(void **state)
{
    (void)state;
    static const scripted_line lines[] = {UP_TO_COMPARE,
                                          {.sql = "ALTER TABLE a", .now = TDM_DB_IDLE}};
    course c;
    assert_int_equal(PLAY(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_PARTIAL, "ended the transaction");
}

static void a_history_row_that_is_not_there_rolls_back(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        UP_TO_COMPARE,
        LINE_STATEMENT,
        {.sql = "INSERT row", .affected = 0, .now = OPEN},
        LINE_ROLLBACK,
    };
    course c;
    assert_int_equal(PLAY(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_HISTORY, "write the histories itself");
}

static void a_commit_that_the_server_turns_into_a_rollback_is_no_success(void **state)
{
    (void)state;
    static const scripted_line lines[] = {UP_TO_COMMIT, {.sql = "COMMIT", .command = "ROLLBACK"}};
    course c;
    assert_int_equal(PLAY(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_SERVER, "rolled back in place of COMMIT");
}

// --- The answer to COMMIT is lost ----------------------------------------------------------------

#define LINE_LOST_COMMIT                                                                           \
    {                                                                                              \
        .sql = "COMMIT", .lost = true                                                              \
    }
#define LINE_REOPEN                                                                                \
    {                                                                                              \
        .sql = "(reopen)"                                                                          \
    }
#define LINE_TRY_LOCK                                                                              \
    {                                                                                              \
        .sql = "SELECT pg_catalog.pg_try_advisory_lock", .values = { "t" }                         \
    }
#define LINE_UNLOCK                                                                                \
    {                                                                                              \
        .sql = "SELECT pg_catalog.pg_advisory_unlock", .values = { "t" }                           \
    }
static void after_a_lost_commit_the_histories_decide(void **state)
{
    (void)state;
    static const scripted_line there[] = {
        UP_TO_COMMIT,    LINE_LOST_COMMIT, LINE_REOPEN, LINE_TRY_LOCK,
        READ("r1", "1"), LINE_UNLOCK,      LINE_VERIFY,
    };
    static const scripted_line not_there[] = {
        UP_TO_COMMIT, LINE_LOST_COMMIT, LINE_REOPEN, LINE_TRY_LOCK, READ("r1", "0"), LINE_UNLOCK,
    };
    course c;
    assert_int_equal(PLAY(&c, there), TDM_OK);
    assert_int_equal(PLAY(&c, not_there), TDM_FAILED);
    assert_says(&c, TDM_ERROR_CONNECT, "it is not applied");
}

static void a_commit_still_running_is_waited_for(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        UP_TO_COMMIT,
        LINE_LOST_COMMIT,
        {.sql = "(reopen)", .lost = true},
        LINE_WAIT,
        LINE_REOPEN,
        {.sql = "SELECT pg_catalog.pg_try_advisory_lock", .values = {"f"}},
        LINE_WAIT,
        LINE_TRY_LOCK,
        READ("r1", "1"),
        LINE_UNLOCK,
        LINE_VERIFY,
    };
    course c;
    assert_int_equal(PLAY(&c, lines), TDM_OK);
}

static void a_target_that_never_answers_again_leaves_it_unknown(void **state)
{
    (void)state;
#define DEAD {.sql = "(reopen)", .lost = true}, LINE_WAIT
    static const scripted_line lines[] = {UP_TO_COMMIT, LINE_LOST_COMMIT, DEAD, DEAD, DEAD, DEAD,
                                          DEAD};
    course c;
    assert_int_equal(PLAY(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_PARTIAL, "whether it is applied is not known");
}

static void what_reading_back_does_not_show_is_said(void **state)
{
    (void)state;
    static const scripted_line moved_on[] = {
        UP_TO_COMMIT,
        LINE_COMMIT,
        {.sql = "SELECT state", .values = {"r2", "d2"}},
        READ("r1", "1"),
    };
    static const scripted_line gone[] = {
        UP_TO_COMMIT,
        LINE_COMMIT,
        {.sql = "SELECT state", .values = {"r0", "\\N"}},
        READ("r1", "0"),
    };
    course c;
    assert_int_equal(PLAY(&c, moved_on), TDM_OK);
    assert_int_equal(PLAY(&c, gone), TDM_FAILED);
    assert_says(&c, TDM_ERROR_PARTIAL, "reading back does not show it");
}

// --- A statement that runs alone -----------------------------------------------------------------

static void a_statement_alone_that_leaves_nothing_is_as_if_it_had_never_run(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        {.sql = "LOCK push", .values = {"t"}},
        {.sql = "CREATE INDEX", .sqlstate = "23505"},
        LINE_UNLOCK,
    };
    course c;
    assert_int_equal(PLAY_ALONE(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_SERVER, "nothing of it was applied");
}

static void a_statement_alone_that_is_not_recorded_is_said(void **state)
{
    (void)state;
#define ALONE_LOCKED_OUT                                                                           \
    LINE_BEGIN, {.sql = "LOCK TABLE", .sqlstate = "55P03", .now = TDM_DB_ABORTED}, LINE_ROLLBACK,  \
        LINE_HOLDERS
    static const scripted_line lines[] = {
        {.sql = "LOCK push", .values = {"t"}},
        {.sql = "CREATE INDEX"},
        ALONE_LOCKED_OUT,
        ALONE_LOCKED_OUT,
        LINE_UNLOCK,
    };
    course c;
    assert_int_equal(PLAY_ALONE(&c, lines), TDM_FAILED);
    assert_says(&c, TDM_ERROR_PARTIAL, "its statement ran and is not recorded");
    assert_int_equal(c.statements, 1);
}

// --- Places --------------------------------------------------------------------------------------

static void a_position_is_counted_in_characters_over_lines(void **state)
{
    (void)state;
    tdm_send line = {.sql = TDM_TEXT("SELECT '\xC3\xA9', x,\n  y"),
                     .place = {.file = "m.sql", .line = 4, .column = 3},
                     .exact = true};
    tdm_place place = tdm_send_place(&line, 13);
    assert_int_equal(place.line, 4);
    assert_int_equal(place.column, 15);
    place = tdm_send_place(&line, 18);
    assert_int_equal(place.line, 5);
    assert_int_equal(place.column, 3);
    place = tdm_send_place(&line, 0);
    assert_int_equal(place.column, 3);
    line.exact = false;
    place = tdm_send_place(&line, 18);
    assert_int_equal(place.line, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_course_ends_with_reading_back),
        cmocka_unit_test(another_push_is_waited_for_outside_the_transaction),
        cmocka_unit_test(a_locked_table_is_tried_again_until_the_time_is_over),
        cmocka_unit_test(waiting_ends_when_interrupted),
        cmocka_unit_test(histories_that_changed_since_the_plan_stop_it),
        cmocka_unit_test(a_table_that_somebody_else_made_is_a_change_too),
        cmocka_unit_test(a_failing_statement_is_rolled_back_and_named),
        cmocka_unit_test(a_statement_that_meets_a_lock_is_tried_again_from_the_beginning),
        cmocka_unit_test(a_statement_that_meets_a_lock_says_so),
        cmocka_unit_test(an_interrupted_statement_is_rolled_back),
        cmocka_unit_test(an_interruption_during_commit_does_not_hide_it),
        cmocka_unit_test(a_connection_lost_in_a_statement_has_applied_nothing),
        cmocka_unit_test(a_statement_that_ends_the_transaction_is_found_out),
        cmocka_unit_test(a_history_row_that_is_not_there_rolls_back),
        cmocka_unit_test(a_commit_that_the_server_turns_into_a_rollback_is_no_success),
        cmocka_unit_test(after_a_lost_commit_the_histories_decide),
        cmocka_unit_test(a_commit_still_running_is_waited_for),
        cmocka_unit_test(a_target_that_never_answers_again_leaves_it_unknown),
        cmocka_unit_test(what_reading_back_does_not_show_is_said),
        cmocka_unit_test(a_statement_alone_that_leaves_nothing_is_as_if_it_had_never_run),
        cmocka_unit_test(a_statement_alone_that_is_not_recorded_is_said),
        cmocka_unit_test(a_position_is_counted_in_characters_over_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
