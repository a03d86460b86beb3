// A migration behind another one: where its trace proves that nothing was written since, the whole
// comparison is left out, and where it does not, it is asked as ever.
#include "db/scripted.h"

#include "push/pusher.h"

static const tdm_send sends[] = {
    {.kind = TDM_SEND_BEGIN, .sql = {"BEGIN", 5}},
    {.kind = TDM_SEND_PUSH_LOCK, .sql = {"LOCK push", 9}},
    {.kind = TDM_SEND_TABLE_LOCK, .sql = {"LOCK TABLE", 10}},
    {.kind = TDM_SEND_TRACE, .sql = {"SELECT trace", 12}},
    {.kind = TDM_SEND_COMPARE, .sql = {"SELECT state", 12}},
    {.kind = TDM_SEND_STATEMENT, .sql = {"ALTER TABLE a", 13}},
    {.kind = TDM_SEND_RECORD, .sql = {"INSERT row", 10}},
    {.kind = TDM_SEND_COMMIT, .sql = {"COMMIT", 6}},
};
// As the migration before has left it.
static const tdm_trace left = {.next = 100, .table = 5, .definition = 6, .inserted = 7};

#define OPEN TDM_DB_OPEN
#define LINE(text)                                                                                 \
    {                                                                                              \
        .sql = (text), .now = OPEN                                                                 \
    }
#define LINE_PUSH_LOCK                                                                             \
    {                                                                                              \
        .sql = "LOCK push", .values = {"t"}, .now = OPEN                                           \
    }
#define LINE_TRACE(head, running, inserted)                                                        \
    {                                                                                              \
        .sql = "SELECT trace",                                                                     \
        .values = {(head), (running), "5", "6", (inserted), "0", "0", "160000"}, .now = OPEN       \
    }
#define LINE_COMPARE(head)                                                                         \
    {                                                                                              \
        .sql = "SELECT state", .values = {(head), "d0"}, .now = OPEN                               \
    }
#define LINE_RECORD                                                                                \
    {                                                                                              \
        .sql = "INSERT row", .affected = 1, .now = OPEN                                            \
    }
#define LINE_ROLLBACK                                                                              \
    {                                                                                              \
        .sql = "ROLLBACK"                                                                          \
    }
#define UP_TO_TRACE LINE("BEGIN"), LINE_PUSH_LOCK, LINE("LOCK TABLE")
#define REST                                                                                       \
    LINE("ALTER TABLE a"), LINE_RECORD,                                                            \
    {                                                                                              \
        .sql = "COMMIT"                                                                            \
    }

typedef struct course {
    scripted script;
    tdm_full_plan plan;
    tdm_plan_step step;
    tdm_push_unit unit;
    tdm_push_options options;
    tdm_pusher pusher;
    tdm_error err;
} course;

static tdm_status play(course *c, const scripted_line *lines, size_t count, size_t rows)
{
    static const tdm_text version = {"2", 1};
    *c = (course){.err = TDM_ERROR_INIT};
    scripted_init(&c->script, lines, count);
    c->unit = (tdm_push_unit){.step = &c->step,
                              .name = TDM_TEXT("m2.sql"),
                              .sends = sends,
                              .count = sizeof sends / sizeof *sends,
                              .before = {.heads = TDM_TEXT("r0"), .versions = TDM_TEXT("d0")},
                              .versions = &version,
                              .version_count = 1};
    c->pusher = (tdm_pusher){.session = &c->script.session,
                             .plan = &c->plan,
                             .options = &c->options,
                             .arena = tdm_arena_new(0),
                             .unit = &c->unit,
                             .lock_wait_ms = 1500,
                             .lock_timeout_ms = 100,
                             .lock_slice_ms = 1000,
                             .trace = left,
                             .traced = rows,
                             .err = &c->err};
    tdm_status status = tdm_push_run_unit(&c->pusher);
    tdm_arena_free(c->pusher.arena);
    scripted_end(&c->script);
    return status;
}

#define PLAY(c, lines, rows) play((c), (lines), sizeof(lines) / sizeof *(lines), (rows))

static void what_the_trace_proves_is_not_asked_again(void **state)
{
    (void)state;
    static const scripted_line lines[] = {UP_TO_TRACE, LINE_TRACE("r0", "101:101:", "8"), REST};
    course c;
    assert_int_equal(PLAY(&c, lines, 1), TDM_OK);
    // What the next migration goes on from.
    assert_int_equal(c.pusher.trace.next, 101);
    assert_int_equal(c.pusher.traced, 1);
}

static void what_it_does_not_prove_is_asked(void **state)
{
    (void)state;
    static const scripted_line others[] = {UP_TO_TRACE, LINE_TRACE("r0", "102:102:", "8"),
                                           LINE_COMPARE("r0"), REST};
    static const scripted_line ourselves[] = {UP_TO_TRACE, LINE_TRACE("r0", "101:101:", "9"),
                                              LINE_COMPARE("r0"), REST};
    static const scripted_line first[] = {UP_TO_TRACE, LINE_TRACE("r0", "101:101:", "8"),
                                          LINE_COMPARE("r0"), REST};
    course c;
    assert_int_equal(PLAY(&c, others, 1), TDM_OK);
    assert_int_equal(PLAY(&c, ourselves, 1), TDM_OK);
    assert_int_equal(PLAY(&c, first, 0), TDM_OK);
}

static void the_comparison_decides_then(void **state)
{
    (void)state;
    static const scripted_line lines[] = {UP_TO_TRACE, LINE_TRACE("r0", "102:102:", "8"),
                                          LINE_COMPARE("r7"), LINE_ROLLBACK};
    course c;
    assert_int_equal(PLAY(&c, lines, 1), TDM_FAILED);
    assert_int_equal(c.err.code, TDM_ERROR_HISTORY);
}

static void heads_are_compared_whatever_is_proven(void **state)
{
    (void)state;
    static const scripted_line lines[] = {UP_TO_TRACE, LINE_TRACE("r7", "101:101:", "8"),
                                          LINE_COMPARE("r7"), LINE_ROLLBACK};
    course c;
    assert_int_equal(PLAY(&c, lines, 1), TDM_FAILED);
    assert_int_equal(c.err.code, TDM_ERROR_HISTORY);
}

static void a_transaction_that_is_tried_again_is_compared_whole(void **state)
{
    (void)state;
    static const scripted_line lines[] = {
        UP_TO_TRACE,
        LINE_TRACE("r0", "101:101:", "8"),
        {.sql = "ALTER TABLE a", .sqlstate = "55P03", .now = TDM_DB_ABORTED},
        LINE_ROLLBACK,
        {.sql = "(wait)"},
        UP_TO_TRACE,
        LINE_TRACE("r0", "102:102:", "8"),
        LINE_COMPARE("r0"),
        REST,
    };
    course c;
    assert_int_equal(PLAY(&c, lines, 1), TDM_OK);
}

static void what_a_migration_has_deallocated_is_asked_without_a_name(void **state)
{
    (void)state;
#define DEALLOCATED                                                                                \
    LINE("BEGIN"), {.sql = "LOCK push", .sqlstate = "26000", .now = TDM_DB_ABORTED}, LINE_ROLLBACK
    static const scripted_line once[] = {DEALLOCATED, UP_TO_TRACE,
                                         LINE_TRACE("r0", "101:101:", "8"), REST};
    static const scripted_line twice[] = {DEALLOCATED, DEALLOCATED};
    course c;
    assert_int_equal(PLAY(&c, once, 1), TDM_OK);
    assert_int_equal(PLAY(&c, twice, 1), TDM_FAILED);
    assert_int_equal(c.err.code, TDM_ERROR_SERVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_trace_proves_is_not_asked_again),
        cmocka_unit_test(what_it_does_not_prove_is_asked),
        cmocka_unit_test(the_comparison_decides_then),
        cmocka_unit_test(heads_are_compared_whatever_is_proven),
        cmocka_unit_test(a_transaction_that_is_tried_again_is_compared_whole),
        cmocka_unit_test(what_a_migration_has_deallocated_is_asked_without_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
