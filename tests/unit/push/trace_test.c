// What a trace proves, and that it proves nothing where anything may have been written.
#include "test.h"

#include "push/trace.h"

#include <string.h>

#define COLUMNS 8

// The answer to the question, as the server would give it.
static bool read(const char *running, const char *inserted, const char *version, tdm_trace *ret)
{
    const char *texts[COLUMNS] = {"r0", running, "16400", "731", inserted, "0", "0", version};
    tdm_db_value values[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++)
        values[i] = (tdm_db_value){.text = {texts[i], strlen(texts[i])}};
    tdm_db_result result = {.values = values, .row_count = 1, .column_count = COLUMNS};
    return tdm_trace_read(&result, ret);
}

static void a_snapshot_in_which_nothing_runs_names_the_next_transaction(void **state)
{
    (void)state;
    tdm_trace trace;
    assert_true(read("1000:1000:", "7", "160004", &trace));
    assert_int_equal(trace.next, 1000);
    assert_int_equal(trace.inserted, 7);
}

static void a_snapshot_in_which_something_runs_proves_nothing(void **state)
{
    (void)state;
    static const char *const running[] = {
        "999:1000:999", "999:1000:", "1000:1000:1000", "1000:", "1000:1000", "x:x:", "", ":"};
    tdm_trace trace;
    for (size_t i = 0; i < sizeof running / sizeof *running; i++) {
        assert_true(read(running[i], "7", "160004", &trace));
        assert_int_equal(trace.next, 0);
    }
}

static void the_counters_of_a_newer_server_are_not_known(void **state)
{
    (void)state;
    tdm_trace trace;
    assert_true(read("1000:1000:", "7", "189999", &trace));
    assert_false(read("1000:1000:", "7", "190000", &trace));
    assert_false(read("1000:1000:", "-7", "160004", &trace));
}

static void a_table_that_is_not_there_leaves_no_trace(void **state)
{
    (void)state;
    tdm_trace trace;
    tdm_db_result none = {.column_count = COLUMNS};
    assert_false(tdm_trace_read(&none, &trace));
    assert_int_equal(trace.next, 0);
}

static const tdm_trace before = {
    .next = 1000, .table = 16400, .definition = 731, .inserted = 7, .updated = 1, .deleted = 2};

static tdm_trace after(void)
{
    tdm_trace now = before;
    now.next++;
    now.inserted++;
    return now;
}

static void one_transaction_that_inserted_our_rows_follows(void **state)
{
    (void)state;
    tdm_trace now = after();
    assert_true(tdm_trace_follows(&now, &before, 1));
    assert_false(tdm_trace_follows(&now, &before, 2));
}

static void another_transaction_that_ended_does_not(void **state)
{
    (void)state;
    tdm_trace now = after();
    now.next++;
    assert_false(tdm_trace_follows(&now, &before, 1));
    now.next = before.next;
    assert_false(tdm_trace_follows(&now, &before, 1));
}

static void what_was_running_at_either_end_may_have_written(void **state)
{
    (void)state;
    tdm_trace now = after();
    tdm_trace busy = before;
    now.next = 0;
    assert_false(tdm_trace_follows(&now, &before, 1));
    busy.next = 0;
    now.next = 1;
    assert_false(tdm_trace_follows(&now, &busy, 1));
}

static void another_write_of_our_own_is_counted(void **state)
{
    (void)state;
    tdm_trace now = after();
    now.updated++;
    assert_false(tdm_trace_follows(&now, &before, 1));
    now = after();
    now.deleted++;
    assert_false(tdm_trace_follows(&now, &before, 1));
    now = after();
    now.inserted++;
    assert_false(tdm_trace_follows(&now, &before, 1));
}

static void another_table_or_definition_is_another_history(void **state)
{
    (void)state;
    tdm_trace now = after();
    now.table++;
    assert_false(tdm_trace_follows(&now, &before, 1));
    now = after();
    now.definition++;
    assert_false(tdm_trace_follows(&now, &before, 1));
}

// Else counters that began again at 0 would look as if nothing had been counted.
static void without_a_row_of_ours_nothing_is_proven(void **state)
{
    (void)state;
    tdm_trace none = before;
    none.inserted = 0;
    tdm_trace now = none;
    now.next++;
    assert_false(tdm_trace_follows(&now, &none, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_snapshot_in_which_nothing_runs_names_the_next_transaction),
        cmocka_unit_test(a_snapshot_in_which_something_runs_proves_nothing),
        cmocka_unit_test(the_counters_of_a_newer_server_are_not_known),
        cmocka_unit_test(a_table_that_is_not_there_leaves_no_trace),
        cmocka_unit_test(one_transaction_that_inserted_our_rows_follows),
        cmocka_unit_test(another_transaction_that_ended_does_not),
        cmocka_unit_test(what_was_running_at_either_end_may_have_written),
        cmocka_unit_test(another_write_of_our_own_is_counted),
        cmocka_unit_test(another_table_or_definition_is_another_history),
        cmocka_unit_test(without_a_row_of_ours_nothing_is_proven),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
