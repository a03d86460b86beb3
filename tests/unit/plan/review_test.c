#include "test.h"

#include "base/text.h"
#include "plan/review.h"

#include <string.h>

static tdm_review review_for(tdm_arena *arena, const char *sql, const tdm_review_facts *facts)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_statements statements;
    tdm_review found;
    assert_int_equal(tdm_sql_split(arena, "m.sql", tdm_text_of(sql), &statements, &err), TDM_OK);
    assert_int_equal(tdm_review_statements(arena, &statements, facts, &found, &err), TDM_OK);
    return found;
}

static tdm_review review(tdm_arena *arena, const char *sql)
{
    const tdm_review_facts facts = {0};
    return review_for(arena, sql, &facts);
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
        assert_false(found.divided);
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

static void what_the_server_refuses_in_a_transaction_runs_outside(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        const char *command;
        const char *object;
        const char *relation;
    } cases[] = {
        {"CREATE UNIQUE INDEX CONCURRENTLY \"I\" ON s.a (id)", "CREATE INDEX CONCURRENTLY", "I",
         "s.a"},
        {"-- why\nDROP INDEX CONCURRENTLY IF EXISTS s.i;", "DROP INDEX CONCURRENTLY", "s.i", ""},
        {"REINDEX (CONCURRENTLY) TABLE a", "REINDEX", "", "a"},
        {"REINDEX SCHEMA s", "REINDEX", "", ""},
        {"VACUUM;", "VACUUM", "", ""},
        {"ALTER SYSTEM SET work_mem = 1;", "ALTER SYSTEM", "", ""},
        {"CREATE DATABASE d", "CREATE DATABASE", "d", ""},
        {"DROP TABLESPACE t", "DROP TABLESPACE", "t", ""},
        {"ALTER TABLE p DETACH PARTITION s.c CONCURRENTLY", "DETACH PARTITION CONCURRENTLY", "s.c",
         "p"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tdm_arena *arena = tdm_arena_new(0);
        tdm_text both = tdm_arena_printf(arena, "SELECT 1;\n%s", cases[i].sql);
        tdm_review found = review(arena, both.data);
        assert_int_equal(found.problem.size, 0);
        assert_true(found.divided);
        if (found.items[1].runs != TDM_RUN_OUTSIDE)
            print_error("%s\n", cases[i].sql);
        assert_int_equal(found.items[0].runs, TDM_RUN_INSIDE);
        assert_int_equal(found.items[1].runs, TDM_RUN_OUTSIDE);
        assert_string_equal(found.items[1].effect.command, cases[i].command);
        assert_text_equal(found.items[1].effect.object, cases[i].object);
        assert_text_equal(found.items[1].effect.relation, cases[i].relation);
        tdm_arena_free(arena);
    }
}

static void only_a_catalog_knows_what_is_partitioned(void **state)
{
    (void)state;
    static const char *const sources[] = {"CLUSTER s.p USING i", "REINDEX TABLE s.p",
                                          "REINDEX INDEX s.p"};
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        tdm_arena *arena = tdm_arena_new(0);
        tdm_map partitioned;
        tdm_map_init(&partitioned, arena);
        const tdm_review_facts facts = {.partitioned = &partitioned};
        assert_false(review_for(arena, sources[i], &facts).divided);
        assert_true(tdm_map_put(&partitioned, TDM_TEXT("s.p"), arena));
        assert_true(review_for(arena, sources[i], &facts).divided);
        tdm_arena_free(arena);
    }
}

static void a_label_is_committed_before_it_is_used(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        bool divided;
    } cases[] = {
        {"ALTER TYPE mood ADD VALUE 'calm'; UPDATE a SET m = 'calm';", true},
        {"ALTER TYPE mood ADD VALUE 'calm'; DO $$ BEGIN PERFORM 'calm'::mood; END $$;", true},
        {"ALTER TYPE mood ADD VALUE 'calm'; UPDATE a SET m = 'sad';", false},
        {"ALTER TYPE mood ADD VALUE 'calm';", false},
        {"ALTER TYPE mood RENAME VALUE 'sad' TO 'calm'; UPDATE a SET m = 'calm';", false},
        {"CREATE TYPE mood AS ENUM (); ALTER TYPE mood ADD VALUE 'calm'; SELECT 'calm'::mood;",
         false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tdm_arena *arena = tdm_arena_new(0);
        assert_int_equal(review(arena, cases[i].sql).divided, cases[i].divided);
        tdm_arena_free(arena);
    }
}

static void what_cannot_be_divided_is_refused_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        const char *says; // NULL: may be mixed
    } cases[] = {
        {"SET LOCAL role = r;\nVACUUM a;", "SET LOCAL ends with its transaction"},
        {"LOCK TABLE a;\nCREATE INDEX CONCURRENTLY i ON a (b);", "before CREATE INDEX CONC"},
        {"SET CONSTRAINTS ALL DEFERRED;\nVACUUM a;", "SET CONSTRAINTS"},
        {"CREATE TEMP TABLE t (a int);\nVACUUM a;", "a temporary table"},
        {"SELECT 1 INTO pg_temp.t;\nVACUUM a;", "a temporary table"},
        {"PREPARE p AS SELECT 1;\nVACUUM a;", "a prepared statement"},
        {"SELECT pg_catalog.set_config('search_path', '', false);\nVACUUM a;", "set_config"},
        {"CREATE INDEX CONCURRENTLY ON a (b);", "needs a name"},
        {"VACUUM a;\nSET LOCAL role = r;\nLOCK TABLE a;", NULL},
        {"SET search_path = s;\nVACUUM a;\nCREATE TABLE t (a int);", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tdm_arena *arena = tdm_arena_new(0);
        tdm_review found = review(arena, cases[i].sql);
        assert_int_equal(found.problem.size == 0, cases[i].says == NULL);
        if (cases[i].says) {
            assert_true(tdm_text_find(found.problem, tdm_text_of(cases[i].says)) != SIZE_MAX);
            assert_int_equal(found.place.line, 1);
        }
        tdm_arena_free(arena);
    }
}

static void over_the_api_no_setting_reaches_a_statement_of_its_own(void **state)
{
    (void)state;
    tdm_arena *arena = tdm_arena_new(0);
    const tdm_review_facts facts = {.no_session = true};
    assert_true(review_for(arena, "SET search_path = s; VACUUM a;", &facts).problem.size > 0);
    assert_int_equal(review_for(arena, "VACUUM a; SET search_path = s;", &facts).problem.size, 0);
    tdm_arena_free(arena);
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
    const tdm_review_facts facts = {0};
    tdm_review found;
    assert_int_equal(tdm_review_statements(arena, &statements, &facts, &found, &err), TDM_OK);
    assert_text_equal(found.problem, "the loop depends on a query");
    assert_int_equal(found.place.line, 9);
    tdm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_migrations_run_in_one_transaction),
        cmocka_unit_test(transaction_control_is_refused_with_its_place),
        cmocka_unit_test(what_the_server_refuses_in_a_transaction_runs_outside),
        cmocka_unit_test(only_a_catalog_knows_what_is_partitioned),
        cmocka_unit_test(a_label_is_committed_before_it_is_used),
        cmocka_unit_test(what_cannot_be_divided_is_refused_with_its_place),
        cmocka_unit_test(over_the_api_no_setting_reaches_a_statement_of_its_own),
        cmocka_unit_test(copy_from_the_client_is_refused),
        cmocka_unit_test(a_statement_that_is_not_known_is_refused_with_its_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
