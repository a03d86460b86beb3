#include "test.h"

#include "base/map.h"
#include "base/vector.h"

#include <string.h>

static void what_is_put_is_found_in_order_of_insertion(void **state)
{
    (void)state;
    tdm_arena *arena = tdm_arena_new(0);
    tdm_map map;
    int values[1000];
    tdm_map_init(&map, arena);
    assert_null(tdm_map_get(&map, TDM_TEXT("nothing")));
    for (int i = 0; i < 1000; i++)
        assert_true(tdm_map_put(&map, tdm_arena_printf(arena, "key %d", i), &values[i]));
    assert_int_equal(map.count, 1000);
    for (int i = 0; i < 1000; i++) {
        assert_ptr_equal(tdm_map_get(&map, tdm_arena_printf(arena, "key %d", i)), &values[i]);
        assert_ptr_equal(map.entries[i].value, &values[i]);
    }
    tdm_arena_free(arena);
}

static void putting_again_replaces_in_place(void **state)
{
    (void)state;
    tdm_arena *arena = tdm_arena_new(0);
    tdm_map map;
    int one, two;
    tdm_map_init(&map, arena);
    assert_true(tdm_map_put(&map, TDM_TEXT("k"), &one));
    assert_true(tdm_map_put(&map, TDM_TEXT("k"), &two));
    assert_int_equal(map.count, 1);
    assert_ptr_equal(tdm_map_get(&map, TDM_TEXT("k")), &two);
    assert_true(tdm_map_put(&map, TDM_TEXT("k"), NULL));
    assert_true(tdm_map_has(&map, TDM_TEXT("k")));
    assert_null(tdm_map_get(&map, TDM_TEXT("k")));
    tdm_arena_free(arena);
}

static void a_vector_keeps_its_items_while_it_grows(void **state)
{
    (void)state;
    tdm_arena *arena = tdm_arena_new(0);
    TDM_VECTOR(int) numbers = {0};
    for (int i = 0; i < 100; i++)
        assert_true(tdm_vector_push(arena, &numbers, i * i));
    assert_int_equal(numbers.count, 100);
    assert_int_equal(numbers.items[9], 81);
    assert_int_equal(tdm_vector_last(&numbers), 99 * 99);
    tdm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_is_found_in_order_of_insertion),
        cmocka_unit_test(putting_again_replaces_in_place),
        cmocka_unit_test(a_vector_keeps_its_items_while_it_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
