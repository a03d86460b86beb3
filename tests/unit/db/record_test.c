// Rows as record_out() prints them; what each case expects is what psql shows for
// SELECT ROW(...)::text on a server, read back.
#include "test.h"

#include "base/text.h"
#include "db/record.h"

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

static void every_value_comes_back_as_it_was(void **state)
{
    (void)state;
    static const struct {
        const char *record;
        size_t count;
        const char *values[4]; // NULL is NULL
    } cases[] = {
        {"(1)", 1, {"1"}},
        {"(1,t,x)", 3, {"1", "t", "x"}},
        {"()", 1, {NULL}}, // a row of one NULL; one of no columns says the same
        {"(,)", 2, {NULL, NULL}},
        {"(\"\")", 1, {""}},
        {"(\"\",,\"\")", 3, {"", NULL, ""}},
        {"(\"a b\",c)", 2, {"a b", "c"}},
        {"(\"a,b\",\"(c)\")", 2, {"a,b", "(c)"}},
        {"(\"say \"\"hi\"\"\")", 1, {"say \"hi\""}},
        {"(\"\"\"\")", 1, {"\""}},
        {"(\"C:\\\\x\\\\\")", 1, {"C:\\x\\"}},
        {"(\"two\nlines\")", 1, {"two\nlines"}},
        {"(\"{1,2}\",\"{\"\"a b\"\"}\")", 2, {"{1,2}", "{\"a b\"}"}},
        {"(9007199254740993,1e400,NaN)", 3, {"9007199254740993", "1e400", "NaN"}},
        {"(\xc3\xa9,\"\xe2\x82\xac 1\")", 2, {"\xc3\xa9", "\xe2\x82\xac 1"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const tdm_db_value *values;
        size_t count;
        assert_true(tdm_record_read(arena, tdm_text_of(cases[i].record), &values, &count));
        assert_int_equal(count, cases[i].count);
        for (size_t k = 0; k < count; k++) {
            assert_int_equal(values[k].is_null, cases[i].values[k] == NULL);
            if (cases[i].values[k])
                assert_text_equal(values[k].text, cases[i].values[k]);
        }
    }
}

static void what_record_out_never_writes_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",       "a",     "(",        "(a",        "a)",     "(a))", "(a)(b)",     "(a) ",
        "(a\"b)", "(\"a)", "(\"a\"b)", "(\"a\\\")", "(a\\b)", "((a)", "(\"a\\b\")", "(,",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const tdm_db_value *values;
        size_t count;
        if (tdm_record_read(arena, tdm_text_of(wrong[i]), &values, &count))
            print_error("taken: %s\n", wrong[i]);
        assert_false(tdm_record_read(arena, tdm_text_of(wrong[i]), &values, &count));
    }
}

static void rows_of_different_widths_are_no_answer(void **state)
{
    (void)state;
    const tdm_db_value same[] = {{.text = TDM_TEXT("(1,2)")}, {.text = TDM_TEXT("(3,)")}};
    const tdm_db_value other[] = {{.text = TDM_TEXT("(1,2)")}, {.text = TDM_TEXT("(3)")}};
    tdm_db_result records = {.values = same, .row_count = 2, .column_count = 1};
    tdm_db_result rows;
    assert_true(tdm_records_read(arena, &records, &rows));
    assert_int_equal(rows.column_count, 2);
    assert_text_equal(tdm_db_at(&rows, 1, 0)->text, "3");
    assert_true(tdm_db_at(&rows, 1, 1)->is_null);
    records.values = other;
    assert_false(tdm_records_read(arena, &records, &rows));
    // And a query that was not wrapped.
    records = (tdm_db_result){.values = same, .row_count = 1, .column_count = 2};
    assert_false(tdm_records_read(arena, &records, &rows));
}

static void no_rows_are_no_rows(void **state)
{
    (void)state;
    const tdm_db_result records = {.column_count = 1};
    tdm_db_result rows;
    assert_true(tdm_records_read(arena, &records, &rows));
    assert_int_equal(rows.row_count, 0);
}

// The query may end in a line comment, and the name may not clash with one of its own.
static void a_query_is_wrapped_whole(void **state)
{
    (void)state;
    tdm_text wrapped = tdm_record_wrap(arena, TDM_TEXT("SELECT 1 -- one"));
    assert_text_equal(wrapped, "SELECT tandem_row::pg_catalog.text AS row FROM (\n"
                               "SELECT 1 -- one\n) AS tandem_row");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_comes_back_as_it_was),
        cmocka_unit_test(what_record_out_never_writes_is_refused),
        cmocka_unit_test(rows_of_different_widths_are_no_answer),
        cmocka_unit_test(no_rows_are_no_rows),
        cmocka_unit_test(a_query_is_wrapped_whole),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
