#include "test.h"

#include "apply/review.h"
#include "base/text.h"

#include <string.h>

static tdm_review review(tdm_arena *arena, const char *sql)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_statements statements;
    tdm_review found;
    assert_int_equal(tdm_sql_split(arena, "m.sql", tdm_text_of(sql), &statements, &err), TDM_OK);
    assert_int_equal(tdm_review_statements(arena, &statements, &found, &err), TDM_OK);
    return found;
}

static void ordinary_migrations_run_in_one_transaction(void **state)
{
    (void)state;
    static const char *const sources[] = {
        "",
        "CREATE TABLE a (id int); INSERT INTO a VALUES (1); SET LOCAL lock_timeout = 0;",
        "DO $$ BEGIN EXECUTE 'SELECT 1'; END $$;",
        "CREATE INDEX i ON a (id);",
        "SELECT some syntax of the year 2031;",
    };
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        tdm_arena *arena = tdm_arena_new(0);
        tdm_review found = review(arena, sources[i]);
        assert_int_equal(found.problem.size, 0);
        assert_false(found.alone);
        tdm_arena_free(arena);
    }
}

static void transaction_control_is_refused_with_its_place(void **state)
{
    (void)state;
    static const char *const sources[] = {
        "CREATE TABLE a (id int);\nCOMMIT;",
        "SELECT 1;\nBEGIN;\nSELECT 1;\nEND;",
        "SELECT 1;\nROLLBACK;",
        "SELECT 1;\nDO $$ BEGIN COMMIT; END $$;",
        "SELECT 1;\nSTART TRANSACTION;",
    };
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        tdm_arena *arena = tdm_arena_new(0);
        tdm_review found = review(arena, sources[i]);
        assert_true(found.problem.size > 0);
        assert_int_equal(found.place.line, 2);
        tdm_arena_free(arena);
    }
}

static void what_runs_outside_must_be_alone(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        bool leaves_rest;
    } cases[] = {
        {"CREATE INDEX CONCURRENTLY i ON a (id)", true},
        {"-- why\nDROP INDEX CONCURRENTLY i;", true},
        {"VACUUM a;", false},
        {"ALTER SYSTEM SET work_mem = 1;", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tdm_arena *arena = tdm_arena_new(0);
        tdm_review found = review(arena, cases[i].sql);
        assert_int_equal(found.problem.size, 0);
        assert_true(found.alone);
        assert_int_equal(found.leaves_rest, cases[i].leaves_rest);
        tdm_text both = tdm_arena_printf(arena, "SELECT 1;\n%s", cases[i].sql);
        found = review(arena, both.data);
        assert_true(tdm_text_find(found.problem, TDM_TEXT("must be the only statement")) !=
                    SIZE_MAX);
        tdm_arena_free(arena);
    }
}

static void copy_from_the_client_is_refused(void **state)
{
    (void)state;
    tdm_arena *arena = tdm_arena_new(0);
    assert_true(review(arena, "COPY a FROM STDIN;").problem.size > 0);
    tdm_arena_free(arena);
}

static void a_statement_that_is_not_known_is_refused_with_its_reason(void **state)
{
    (void)state;
    tdm_arena *arena = tdm_arena_new(0);
    tdm_error err = TDM_ERROR_INIT;
    tdm_statement unknown = {.reason = TDM_TEXT("the loop depends on a query"),
                             .place = {.file = "r.py", .line = 9},
                             .opaque = true};
    tdm_statements statements = {&unknown, 1};
    tdm_review found;
    assert_int_equal(tdm_review_statements(arena, &statements, &found, &err), TDM_OK);
    assert_text_equal(found.problem, "the loop depends on a query");
    assert_int_equal(found.place.line, 9);
    tdm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_migrations_run_in_one_transaction),
        cmocka_unit_test(transaction_control_is_refused_with_its_place),
        cmocka_unit_test(what_runs_outside_must_be_alone),
        cmocka_unit_test(copy_from_the_client_is_refused),
        cmocka_unit_test(a_statement_that_is_not_known_is_refused_with_its_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
