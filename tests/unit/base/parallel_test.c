#include "test.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/parallel.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { COUNT = 1000 };

typedef struct squares {
    size_t of[COUNT];
    size_t runs[COUNT];
    size_t by_worker[TDM_PARALLEL_MOST];
    tdm_arena *arenas[TDM_PARALLEL_MOST];
    tdm_text texts[COUNT];
    size_t bad_from;
} squares;

static tdm_status square(void *context, size_t worker, size_t index, tdm_error *err)
{
    squares *s = context;
    (void)err;
    s->of[index] = index * index;
    s->runs[index]++;
    s->by_worker[worker]++;
    return TDM_OK;
}

static void every_task_runs_once_and_leaves_its_result_at_its_place(void **state)
{
    (void)state;
    for (size_t workers = 1; workers <= TDM_PARALLEL_MOST; workers++) {
        squares s = {0};
        size_t sum = 0;
        assert_int_equal(tdm_parallel_run(workers, COUNT, square, &s, NULL), TDM_OK);
        for (size_t i = 0; i < COUNT; i++) {
            assert_int_equal(s.of[i], i * i);
            assert_int_equal(s.runs[i], 1);
        }
        for (size_t i = 0; i < TDM_PARALLEL_MOST; i++)
            sum += s.by_worker[i];
        assert_int_equal(sum, COUNT);
        for (size_t i = workers; i < TDM_PARALLEL_MOST; i++)
            assert_int_equal(s.by_worker[i], 0);
    }
}

static void no_tasks_are_no_failure(void **state)
{
    (void)state;
    assert_int_equal(tdm_parallel_run(4, 0, square, NULL, NULL), TDM_OK);
}

static tdm_status fail_some(void *context, size_t worker, size_t index, tdm_error *err)
{
    squares *s = context;
    (void)worker;
    s->runs[index]++;
    if (index < s->bad_from || index % 7)
        return TDM_OK;
    return tdm_fail(err, TDM_ERROR_PYTHON,
                    (tdm_place){.file = "versions/a.py", .line = (uint32_t)index}, "task %zu",
                    index);
}

static void the_first_failure_by_index_is_the_one_returned(void **state)
{
    (void)state;
    for (size_t workers = 1; workers <= TDM_PARALLEL_MOST; workers++) {
        squares s = {.bad_from = 100};
        tdm_error err = TDM_ERROR_INIT;
        assert_int_equal(tdm_parallel_run(workers, COUNT, fail_some, &s, &err), TDM_FAILED);
        assert_int_equal(err.code, TDM_ERROR_PYTHON);
        assert_string_equal(err.message, "task 105");
        assert_string_equal(err.place.file, "versions/a.py");
        assert_ptr_equal(err.place.file, err.file);
        assert_int_equal(err.place.line, 105);
        for (size_t i = 0; i <= 105; i++)
            assert_int_equal(s.runs[i], 1);
    }
}

static void a_failure_needs_no_error_to_write_to(void **state)
{
    (void)state;
    squares s = {0};
    assert_int_equal(tdm_parallel_run(4, COUNT, fail_some, &s, NULL), TDM_FAILED);
}

static tdm_status spell(void *context, size_t worker, size_t index, tdm_error *err)
{
    squares *s = context;
    s->texts[index] = tdm_arena_printf(s->arenas[worker], "task %zu", index);
    return tdm_arena_ok(s->arenas[worker]) ? TDM_OK : tdm_fail_memory(err);
}

static void what_workers_make_in_their_arenas_joins_one_arena(void **state)
{
    (void)state;
    squares s = {0};
    tdm_arena *arena = tdm_arena_new(0);
    for (size_t i = 0; i < 4; i++)
        s.arenas[i] = tdm_arena_new(0);
    assert_int_equal(tdm_parallel_run(4, COUNT, spell, &s, NULL), TDM_OK);
    for (size_t i = 0; i < 4; i++)
        tdm_arena_join(arena, s.arenas[i]);
    for (size_t i = 0; i < COUNT; i++) {
        char expected[32];
        snprintf(expected, sizeof expected, "task %zu", i);
        assert_text_equal(s.texts[i], expected);
    }
    tdm_arena_free(arena);
}

// Deep enough for a thread of the common 2 MiB to end.
static tdm_status go_deep(void *context, size_t worker, size_t index, tdm_error *err)
{
    volatile char room[5 << 20];
    (void)context, (void)worker, (void)err;
    for (size_t i = 0; i < sizeof room; i += 4096)
        room[i] = (char)index;
    return room[0] == (char)index ? TDM_OK : TDM_FAILED;
}

static void every_worker_has_the_stack_of_a_main_thread(void **state)
{
    (void)state;
    assert_int_equal(tdm_parallel_run(4, 100, go_deep, NULL, NULL), TDM_OK);
}

static void there_is_a_worker_for_no_task_and_never_more_than_tasks(void **state)
{
    (void)state;
    assert_int_equal(tdm_parallel_workers(0), 1);
    assert_int_equal(tdm_parallel_workers(1), 1);
    assert_in_range(tdm_parallel_workers(COUNT), 1, TDM_PARALLEL_MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_task_runs_once_and_leaves_its_result_at_its_place),
        cmocka_unit_test(no_tasks_are_no_failure),
        cmocka_unit_test(the_first_failure_by_index_is_the_one_returned),
        cmocka_unit_test(a_failure_needs_no_error_to_write_to),
        cmocka_unit_test(what_workers_make_in_their_arenas_joins_one_arena),
        cmocka_unit_test(every_worker_has_the_stack_of_a_main_thread),
        cmocka_unit_test(there_is_a_worker_for_no_task_and_never_more_than_tasks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
