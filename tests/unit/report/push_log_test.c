// The lines of `tandem push --log`.
#include "test.h"

#include "facts.h"

#include "base/error.h"
#include "report/push_log.h"

#include <string.h>

#define TARGET TDM_TEXT("app on db:5432 as me")

static const tdm_plan_step step = {.pair = {.revisions = &fact_revisions[1],
                                            .revision_count = 1,
                                            .migrations = &fact_migrations[1],
                                            .migration_count = 1},
                                   .action = TDM_ACTION_APPLY};

typedef struct page {
    tdm_buffer out;
    tdm_log log;
} page;

static void begin(page *p, tdm_log_style style, const char *time)
{
    p->out = TDM_BUFFER_INIT(100000);
    p->log = (tdm_log){.out = &p->out, .style = style, .time = tdm_text_of(time)};
}

static void assert_page(page *p, const char *expected)
{
    assert_text_equal(tdm_buffer_text(&p->out), expected);
    tdm_buffer_free(&p->out);
}

static void text_is_what_alembic_prints(void **state)
{
    page p;
    (void)state;
    tdm_push_event event = {.kind = TDM_PUSH_COMMITTED, .step = &step, .index = 1, .count = 8};
    begin(&p, TDM_LOG_TEXT, NULL);
    tdm_push_log_connected(&p.log, TARGET);
    tdm_push_log_event(&p.log, &event, 1234, 0);
    assert_page(&p, "INFO  [tandem] connected to app on db:5432 as me\n"
                    "INFO  [tandem] [2/8] 20241127_000001 = 20241127000001_add_file_path: applied "
                    "in 1.2 s\n");
}

static void json_has_the_facts_behind_the_message(void **state)
{
    page p;
    (void)state;
    tdm_push_event event = {.kind = TDM_PUSH_COMMITTED, .step = &step, .index = 1, .count = 8};
    begin(&p, TDM_LOG_JSON, "2026-11-22T23:10:00.123Z");
    tdm_push_log_event(&p.log, &event, 12, 0);
    assert_page(&p,
                "{\"timestamp\": \"2026-11-22T23:10:00.123Z\", \"level\": \"info\", \"logger\": "
                "\"tandem\", \"event\": \"applied\", \"message\": \"[2/8] 20241127_000001 = "
                "20241127000001_add_file_path: applied in 12 ms\", \"step\": 2, \"steps\": 8, "
                "\"revision\": \"20241127_000001\", \"version\": \"20241127000001\", "
                "\"duration_ms\": 12}\n");
}

static void what_only_records_says_so(void **state)
{
    page p;
    (void)state;
    tdm_plan_step adopted = step;
    adopted.action = TDM_ACTION_ADOPT_SUPABASE;
    tdm_push_event event = {.kind = TDM_PUSH_COMMITTED, .step = &adopted, .count = 1};
    begin(&p, TDM_LOG_JSON, NULL);
    tdm_push_log_event(&p.log, &event, 0, 0);
    assert_non_null(strstr(p.out.data, "\"event\": \"recorded\""));
    tdm_buffer_free(&p.out);
}

static void statements_are_for_who_asks_twice(void **state)
{
    page p;
    (void)state;
    tdm_push_event event = {.kind = TDM_PUSH_STATEMENT,
                            .step = &step,
                            .place = {.file = "m.sql", .line = 3, .column = 1},
                            .text = TDM_TEXT("SELECT 1\n\n   FROM t\x1b")};
    begin(&p, TDM_LOG_TEXT, NULL);
    tdm_push_log_event(&p.log, &event, 0, 1);
    tdm_push_log_event(&p.log, &event, 0, 2);
    assert_page(&p, "INFO  [tandem] m.sql:3:1: SELECT 1; FROM t\\x1b\n");
}

static void waiting_for_a_turn_belongs_to_no_step(void **state)
{
    page p;
    (void)state;
    tdm_push_event event = {.kind = TDM_PUSH_WAITING, .text = TDM_TEXT("pid 7 (replica-1)")};
    begin(&p, TDM_LOG_JSON, NULL);
    tdm_push_log_event(&p.log, &event, 0, 0);
    assert_page(&p, "{\"level\": \"info\", \"logger\": \"tandem\", \"event\": "
                    "\"waiting_for_lock\", \"message\": \"waiting for pid 7 (replica-1)\", "
                    "\"holder\": \"pid 7 (replica-1)\"}\n");
}

static void the_end_counts_what_was_done(void **state)
{
    page p;
    (void)state;
    tdm_push_log_end nothing = {.target = TARGET, .milliseconds = 3};
    tdm_push_log_end some = {.target = TARGET, .applied = 8, .adopted = 1, .milliseconds = 61000};
    begin(&p, TDM_LOG_TEXT, NULL);
    tdm_push_log_done(&p.log, &nothing);
    tdm_push_log_done(&p.log, &some);
    assert_page(&p, "INFO  [tandem] nothing pending on app on db:5432 as me, 3 ms\n"
                    "INFO  [tandem] done: 8 applied, 1 recorded on app on db:5432 as me, 61.0 s\n");
}

// `err` stays where it is: its place points into it.
static void set_failure(tdm_error *err, tdm_error_code code)
{
    (void)tdm_fail(err, code, (tdm_place){.file = "m.sql", .line = 4, .column = 2},
                   "no such table\nm.sql: rolled back");
    (void)tdm_hint(err, "Look at it.");
}

static void a_failure_says_what_the_program_ends_with(void **state)
{
    page p;
    (void)state;
    tdm_error err;
    set_failure(&err, TDM_ERROR_SERVER);
    tdm_push_log_end end = {
        .target = TARGET, .applied = 3, .pending = 2, .cause = TDM_EXIT_REFUSED};
    begin(&p, TDM_LOG_TEXT, NULL);
    tdm_push_log_failed(&p.log, &err, &end);
    assert_page(&p, "ERROR [tandem] push failed: no such table; m.sql: rolled back [server] "
                    "(m.sql:4:2); 3 applied and 0 recorded before it stay; hint: Look at it.; "
                    "exit code 5\n");
}

static void going_on_is_never_hidden(void **state)
{
    page p;
    (void)state;
    tdm_error err;
    set_failure(&err, TDM_ERROR_SERVER);
    tdm_push_log_end end = {.target = TARGET, .cause = TDM_EXIT_REFUSED, .goes_on = true};
    begin(&p, TDM_LOG_JSON, NULL);
    tdm_push_log_failed(&p.log, &err, &end);
    static const char *const said[] = {"\"level\": \"error\"", "exit code 0 in place of 5",
                                       "\"exit_code\": 0",     "\"failed_with\": 5",
                                       "\"continues\": true",  "\"partly_applied\": false",
                                       "\"file\": \"m.sql\"",  "\"line\": 4",
                                       "\"code\": \"server\"", "\"hint\": \"Look at it."};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        assert_non_null(strstr(p.out.data, said[i]));
    assert_int_equal(tdm_text_find_char(tdm_buffer_text(&p.out), '\n'), p.out.size - 1);
    tdm_buffer_free(&p.out);
}

static void what_is_half_applied_is_said_first(void **state)
{
    page p;
    (void)state;
    tdm_error err;
    set_failure(&err, TDM_ERROR_PARTIAL);
    tdm_push_log_end end = {.cause = TDM_EXIT_PARTIAL};
    begin(&p, TDM_LOG_TEXT, NULL);
    tdm_push_log_failed(&p.log, &err, &end);
    const char *first = "ERROR [tandem] PARTLY APPLIED, or the outcome is not known: no such table";
    assert_memory_equal(p.out.data, first, strlen(first));
    tdm_buffer_free(&p.out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_what_alembic_prints),
        cmocka_unit_test(json_has_the_facts_behind_the_message),
        cmocka_unit_test(what_only_records_says_so),
        cmocka_unit_test(statements_are_for_who_asks_twice),
        cmocka_unit_test(waiting_for_a_turn_belongs_to_no_step),
        cmocka_unit_test(the_end_counts_what_was_done),
        cmocka_unit_test(a_failure_says_what_the_program_ends_with),
        cmocka_unit_test(going_on_is_never_hidden),
        cmocka_unit_test(what_is_half_applied_is_said_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
