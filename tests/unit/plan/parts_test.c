// How a migration is cut into parts, and how an earlier run of it is gone on with.
#include "test.h"

#include "base/text.h"
#include "plan/parts.h"

#include <string.h>

typedef struct course {
    tdm_arena *arena;
    tdm_statements statements;
    tdm_review review;
    tdm_parts parts;
} course;

static const char file[] = "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\n"
                           "CREATE UNIQUE INDEX CONCURRENTLY i ON a (id);\nSELECT 1;\n";

static void cut(course *c, const char *sql, const tdm_journal *journal)
{
    const tdm_review_facts facts = {0};
    tdm_error err = TDM_ERROR_INIT;
    if (!c->arena)
        c->arena = tdm_arena_new(0);
    assert_int_equal(tdm_sql_split(c->arena, "m.sql", tdm_text_of(sql), &c->statements, &err),
                     TDM_OK);
    assert_int_equal(tdm_review_statements(c->arena, &c->statements, &facts, &c->review, &err),
                     TDM_OK);
    const tdm_parts_input input = {&c->statements, &c->review, journal, TDM_TEXT("20250101")};
    assert_int_equal(tdm_parts_make(c->arena, &input, &c->parts, &err), TDM_OK);
}

static void assert_part(const course *c, size_t index, size_t first, size_t count, bool outside)
{
    assert_true(index < c->parts.count);
    assert_int_equal(c->parts.items[index].first, first);
    assert_int_equal(c->parts.items[index].count, count);
    assert_int_equal(c->parts.items[index].outside, outside);
}

static void a_plain_migration_is_one_part_without_a_journal(void **state)
{
    (void)state;
    const tdm_journal none = {0};
    course c = {0};
    cut(&c, "CREATE TABLE a (id int); SELECT 1;", &none);
    assert_int_equal(c.parts.count, 1);
    assert_part(&c, 0, 0, 2, false);
    assert_false(c.parts.journalled);
    tdm_arena_free(c.arena);
}

static void a_statement_outside_cuts_and_the_last_part_records(void **state)
{
    (void)state;
    const tdm_journal none = {0};
    course c = {0};
    cut(&c, file, &none);
    assert_int_equal(c.parts.count, 3);
    assert_part(&c, 0, 0, 2, false);
    assert_part(&c, 1, 2, 1, true);
    assert_part(&c, 2, 3, 1, false);
    assert_true(c.parts.journalled);
    // Also where nothing is left to run.
    cut(&c, "VACUUM a;", &none);
    assert_int_equal(c.parts.count, 2);
    assert_part(&c, 0, 0, 1, true);
    assert_part(&c, 1, 1, 0, false);
    tdm_arena_free(c.arena);
}

// The rows that a run of `file` leaves whose index failed.
static tdm_journal stopped_journal(course *c, tdm_journal_row rows[2], tdm_journal_state state)
{
    const tdm_journal none = {0};
    cut(c, file, &none);
    rows[0] = (tdm_journal_row){.migration = TDM_TEXT("20250101"),
                                .position = 1,
                                .count = 2,
                                .digest = c->parts.items[0].digest,
                                .state = TDM_JOURNAL_DONE,
                                .attempt = 1};
    rows[1] = (tdm_journal_row){.migration = TDM_TEXT("20250101"),
                                .position = 3,
                                .count = 1,
                                .digest = c->parts.items[1].digest,
                                .state = state,
                                .attempt = 1,
                                .sqlstate = TDM_TEXT("23505"),
                                .rest = TDM_TEXT("public.i"),
                                .started = TDM_TEXT("2026-11-22 20:15")};
    return (tdm_journal){.exists = true, .rows = rows, .row_count = 2};
}

static void a_broken_run_is_gone_on_with_at_the_statement_that_failed(void **state)
{
    (void)state;
    tdm_journal_row rows[2];
    course c = {0};
    tdm_journal journal = stopped_journal(&c, rows, TDM_JOURNAL_FAILED);
    cut(&c, file, &journal);
    assert_int_equal(c.parts.problem.size, 0);
    assert_int_equal(c.parts.done, 2);
    assert_int_equal(c.parts.stopped->position, 3);
    assert_int_equal(c.parts.count, 2);
    assert_part(&c, 0, 2, 1, true);
    assert_text_equal(tdm_parts_say(c.arena, &c.parts),
                      "2 of 4 statements are done; statement 3 failed on 2026-11-22 20:15 "
                      "(SQLSTATE 23505) and left the invalid index public.i");
    tdm_arena_free(c.arena);
}

static void what_comes_after_the_done_may_be_mended_in_any_way(void **state)
{
    (void)state;
    tdm_journal_row rows[2];
    course c = {0};
    tdm_journal journal = stopped_journal(&c, rows, TDM_JOURNAL_RUNNING);
    cut(&c,
        "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\nDELETE FROM a;\n"
        "CREATE UNIQUE INDEX CONCURRENTLY i ON a (id);\n",
        &journal);
    assert_int_equal(c.parts.problem.size, 0);
    assert_part(&c, 0, 2, 1, false);
    assert_part(&c, 1, 3, 1, true);
    // And be left out: then nothing but the record is to be written.
    cut(&c, "CREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\n", &journal);
    assert_int_equal(c.parts.count, 1);
    assert_part(&c, 0, 2, 0, false);
    assert_true(c.parts.journalled);
    tdm_arena_free(c.arena);
}

static void what_is_done_must_stay_as_it_was(void **state)
{
    (void)state;
    static const char *const changed[] = {
        "CREATE TABLE a (id bigint);\nINSERT INTO a VALUES (1);\nVACUUM a;\n",
        "SELECT 0;\nCREATE TABLE a (id int);\nINSERT INTO a VALUES (1);\nVACUUM a;\n",
        "CREATE TABLE a (id int);\n",
        "",
    };
    tdm_journal_row rows[2];
    for (size_t i = 0; i < sizeof changed / sizeof *changed; i++) {
        course c = {0};
        tdm_journal journal = stopped_journal(&c, rows, TDM_JOURNAL_FAILED);
        cut(&c, changed[i], &journal);
        assert_true(tdm_text_find(c.parts.problem, TDM_TEXT("have changed since")) != SIZE_MAX);
        tdm_arena_free(c.arena);
    }
}

static void rows_that_do_not_follow_each_other_are_refused(void **state)
{
    (void)state;
    tdm_journal_row rows[2];
    course c = {0};
    tdm_journal journal = stopped_journal(&c, rows, TDM_JOURNAL_FAILED);
    rows[1].position = 4;
    cut(&c, file, &journal);
    assert_true(tdm_text_find(c.parts.problem, TDM_TEXT("do not follow")) != SIZE_MAX);
    tdm_arena_free(c.arena);
}

static void rows_that_are_not_proven_are_not_gone_on_with(void **state)
{
    (void)state;
    tdm_journal_row rows[2];
    // A row of each kind: what is done, and what was stopped at.
    for (size_t i = 0; i < 2; i++) {
        course c = {0};
        tdm_journal journal = stopped_journal(&c, rows, TDM_JOURNAL_RUNNING);
        rows[i].unheld = true;
        cut(&c, file, &journal);
        assert_true(tdm_text_find(c.parts.problem, TDM_TEXT("has been written since")) != SIZE_MAX);
        assert_int_equal(c.parts.count, 0);
        tdm_arena_free(c.arena);
    }
    course c = {0};
    tdm_journal journal = stopped_journal(&c, rows, TDM_JOURNAL_FAILED);
    rows[0].lost = TDM_TEXT("table a");
    cut(&c, file, &journal);
    assert_true(tdm_text_find(c.parts.problem, TDM_TEXT("table a, which they made")) != SIZE_MAX);
    assert_true(tdm_text_find(c.parts.problem, TDM_TEXT("tandem repair 20250101")) != SIZE_MAX);
    tdm_arena_free(c.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_migration_is_one_part_without_a_journal),
        cmocka_unit_test(a_statement_outside_cuts_and_the_last_part_records),
        cmocka_unit_test(a_broken_run_is_gone_on_with_at_the_statement_that_failed),
        cmocka_unit_test(what_comes_after_the_done_may_be_mended_in_any_way),
        cmocka_unit_test(what_is_done_must_stay_as_it_was),
        cmocka_unit_test(rows_that_do_not_follow_each_other_are_refused),
        cmocka_unit_test(rows_that_are_not_proven_are_not_gone_on_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
