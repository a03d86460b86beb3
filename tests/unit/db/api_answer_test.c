// Rows and errors as the Management API gives them, and everything that only looks like them.
#include "test.h"

#include "db/api_answer.h"

#include <string.h>

static tdm_arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = tdm_arena_new(0);
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    tdm_arena_free(arena);
    return 0;
}

#define RECORDS(json) tdm_api_records_read(arena, TDM_TEXT(json), &rows)
#define ROWS(json) tdm_api_rows_read(arena, TDM_TEXT(json), &rows)

static void a_record_gives_every_value_as_text(void **state)
{
    (void)state;
    tdm_db_result rows;
    assert_true(RECORDS("[{\"row\":\"(9007199254740993,t,,\\\"\\\",\\\"a \\\"\\\"b\\\"\\\" "
                        "\\\\\\\\ c\\\")\"},{\"row\":\"(1,f,x,y,z)\"}]"));
    assert_int_equal(rows.row_count, 2);
    assert_int_equal(rows.column_count, 5);
    assert_text_equal(tdm_db_at(&rows, 0, 0)->text, "9007199254740993");
    assert_text_equal(tdm_db_at(&rows, 0, 1)->text, "t");
    assert_true(tdm_db_at(&rows, 0, 2)->is_null);
    assert_false(tdm_db_at(&rows, 0, 3)->is_null);
    assert_int_equal(tdm_db_at(&rows, 0, 3)->text.size, 0);
    assert_text_equal(tdm_db_at(&rows, 0, 4)->text, "a \"b\" \\ c");
    assert_text_equal(tdm_db_at(&rows, 1, 4)->text, "z");
}

static void no_rows_are_no_rows(void **state)
{
    (void)state;
    tdm_db_result rows;
    assert_true(RECORDS(" [] \n"));
    assert_int_equal(rows.row_count, 0);
}

static void what_is_no_record_is_refused(void **state)
{
    (void)state;
    tdm_db_result rows;
    assert_false(RECORDS("[{\"row\":\"\"}]"));
    assert_false(RECORDS("[{\"row\":\"(a\"}]"));
    assert_false(RECORDS("[{\"row\":\"(a)b\"}]"));
    assert_false(RECORDS("[{\"row\":\"(\\\"a)\"}]"));
    assert_false(RECORDS("[{\"row\":\"(a\\\"b\\\")\"}]"));
    assert_false(RECORDS("[{\"row\":\"(\\\"a\\\\b\\\")\"}]"));
    assert_false(RECORDS("[{\"row\":1}]"));
    assert_false(RECORDS("[{\"row\":\"(a)\",\"more\":\"(b)\"}]"));
    assert_false(RECORDS("[{\"row\":\"(a)\"},{\"row\":\"(a,b)\"}]"));
}

static void rows_of_texts_keep_their_order(void **state)
{
    (void)state;
    tdm_db_result rows;
    assert_true(ROWS("[{\"heads\":null,\"versions\":\"d1\"}]"));
    assert_true(tdm_db_at(&rows, 0, 0)->is_null);
    assert_text_equal(tdm_db_at(&rows, 0, 1)->text, "d1");
}

static void values_that_json_would_bend_are_refused(void **state)
{
    (void)state;
    tdm_db_result rows;
    assert_false(ROWS("[{\"n\":9007199254740993}]"));
    assert_false(ROWS("[{\"n\":true}]"));
    assert_false(ROWS("[{\"n\":\"a\\u0000b\"}]"));
    assert_true(ROWS("[{\"n\":\"a\\\\u0000b\"}]"));
    assert_false(ROWS("[{\"n\":\"\xff\"}]"));
    assert_false(ROWS("[{\"n\":\"a\"}] trailing"));
    assert_false(ROWS("{\"n\":\"a\"}"));
    assert_false(ROWS("<html>"));
    assert_false(ROWS(""));
}

static void a_query_is_written_as_json(void **state)
{
    (void)state;
    assert_text_equal(tdm_api_query_body(arena, TDM_TEXT("SELECT 'a\"\n\xc3\xa9'"), false),
                      "{\"query\":\"SELECT 'a\\\"\\n\xc3\xa9'\"}");
    assert_text_equal(tdm_api_query_body(arena, TDM_TEXT("x"), true),
                      "{\"query\":\"x\",\"read_only\":true}");
}

typedef struct reading {
    tdm_db_failure failure;
    uint32_t line;
    uint32_t column;
    bool read;
} reading;

static reading read_failure(const char *message)
{
    reading r = {0};
    tdm_db_failure_clear(&r.failure);
    r.read = tdm_api_failure_read(tdm_text_of(message), &r.failure, &r.line, &r.column);
    return r;
}

static void an_error_of_the_servers_has_all_its_parts(void **state)
{
    (void)state;
    reading r = read_failure("Failed to run sql query: ERROR:  42703: column \"b\" does not exist\n"
                             "LINE 12: SELECT a, b\n"
                             "                   ^\n"
                             "DETAIL:  more\n and more\n"
                             "HINT:  do this\n"
                             "CONTEXT:  there\n");
    assert_true(r.read);
    assert_string_equal(r.failure.sqlstate, "42703");
    assert_string_equal(r.failure.message.data, "column \"b\" does not exist");
    assert_int_equal(r.line, 12);
    assert_int_equal(r.column, 11);
    assert_string_equal(r.failure.detail.data, "more\n and more");
    assert_string_equal(r.failure.hint.data, "do this");
    assert_string_equal(r.failure.context.data, "there");
    tdm_db_failure_free(&r.failure);
}

static void what_is_no_error_of_the_servers_says_nothing(void **state)
{
    (void)state;
    static const char *const messages[] = {
        "Failed to run sql query: Connection terminated due to connection timeout",
        "Failed to run sql query: FATAL:  57P01: terminating connection",
        "query must be a string",
        "ERROR:  42: x",
        "ERROR:  42703",
        "",
    };
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        reading r = read_failure(messages[i]);
        assert_false(r.read);
        tdm_db_failure_free(&r.failure);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_gives_every_value_as_text),
        cmocka_unit_test(no_rows_are_no_rows),
        cmocka_unit_test(what_is_no_record_is_refused),
        cmocka_unit_test(rows_of_texts_keep_their_order),
        cmocka_unit_test(values_that_json_would_bend_are_refused),
        cmocka_unit_test(a_query_is_written_as_json),
        cmocka_unit_test(an_error_of_the_servers_has_all_its_parts),
        cmocka_unit_test(what_is_no_error_of_the_servers_says_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
