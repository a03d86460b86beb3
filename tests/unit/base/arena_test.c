#include "test.h"

#include "base/arena.h"
#include "base/text.h"

#include <string.h>

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    tdm_arena *arena = tdm_arena_new(0);
    char *first = tdm_arena_alloc(arena, 3);
    char *second = tdm_arena_alloc(arena, 5);
    assert_int_equal((uintptr_t)first % _Alignof(max_align_t), 0);
    assert_int_equal((uintptr_t)second % _Alignof(max_align_t), 0);
    memset(first, 'x', 3);
    assert_memory_equal(second, "\0\0\0\0\0", 5);
    tdm_arena_free(arena);
}

static void large_pieces_get_blocks_of_their_own(void **state)
{
    (void)state;
    tdm_arena *arena = tdm_arena_new(0);
    for (size_t size = 1; size < (size_t)16 << 20; size *= 4) {
        char *piece = tdm_arena_alloc(arena, size);
        assert_non_null(piece);
        piece[size - 1] = 'x';
    }
    assert_true(tdm_arena_ok(arena));
    tdm_arena_free(arena);
}

static void the_limit_is_kept_and_failing_is_sticky(void **state)
{
    (void)state;
    tdm_arena *arena = tdm_arena_new(1000);
    assert_non_null(tdm_arena_alloc(arena, 500));
    assert_null(tdm_arena_alloc(arena, 501));
    assert_false(tdm_arena_ok(arena));
    assert_null(tdm_arena_alloc(arena, 1));
    tdm_arena_free(arena);
}

static void the_last_piece_may_be_widened(void **state)
{
    (void)state;
    tdm_arena *arena = tdm_arena_new(4000);
    char *first = tdm_arena_alloc(arena, 8);
    char *last = tdm_arena_alloc(arena, 20);
    assert_false(tdm_arena_widen(arena, first, 8, 100)); // another piece stands behind it
    size_t used = tdm_arena_used(arena);
    if (tdm_arena_widen(arena, last, 20, 200)) { // never where every piece is a malloc of its own
        memset(last, 'x', 20);
        for (size_t i = 20; i < 200; i++)
            assert_int_equal(last[i], 0);
        assert_true(tdm_arena_used(arena) >= used + 168);
        used = tdm_arena_used(arena);
    }
    assert_false(tdm_arena_widen(arena, last, 200, 5000)); // beyond the limit, which is no failure
    assert_int_equal(tdm_arena_used(arena), used);
    assert_true(tdm_arena_ok(arena));
    tdm_arena_free(arena);
}

static void an_overflowing_array_is_out_of_memory(void **state)
{
    (void)state;
    tdm_arena *arena = tdm_arena_new(0);
    assert_null(tdm_arena_array(arena, SIZE_MAX / 2, 4));
    assert_false(tdm_arena_ok(arena));
    tdm_arena_free(arena);
}

static void texts_are_copied_with_a_nul(void **state)
{
    (void)state;
    tdm_arena *arena = tdm_arena_new(0);
    char source[] = "abc";
    tdm_text copy = tdm_arena_text(arena, (tdm_text){source, 3});
    source[0] = 'x';
    assert_string_equal(copy.data, "abc");
    assert_text_equal(tdm_arena_printf(arena, "%d-%s", 7, "x"), "7-x");
    tdm_arena_free(arena);
}

static void restoring_gives_back_what_came_after_the_mark(void **state)
{
    (void)state;
    tdm_arena *arena = tdm_arena_new(0);
    char *kept = tdm_arena_alloc(arena, 10);
    memcpy(kept, "kept", 5);
    tdm_arena_mark mark = tdm_arena_save(arena);
    size_t used = tdm_arena_used(arena);
    for (int i = 0; i < 100; i++)
        assert_non_null(tdm_arena_alloc(arena, 10000));
    tdm_arena_restore(arena, mark);
    assert_int_equal(tdm_arena_used(arena), used);
    assert_string_equal(kept, "kept");
    assert_non_null(tdm_arena_alloc(arena, 10));
    tdm_arena_free(arena);
}

static void joining_hands_over_what_another_arena_holds(void **state)
{
    (void)state;
    tdm_arena *arena = tdm_arena_new(1000);
    tdm_arena *other = tdm_arena_new(0);
    char *mine = tdm_arena_string(arena, tdm_text_of("mine"));
    char *theirs = tdm_arena_string(other, tdm_text_of("theirs"));
    size_t used = tdm_arena_used(arena) + tdm_arena_used(other);
    tdm_arena_join(arena, other);
    tdm_arena_join(arena, tdm_arena_new(0));
    tdm_arena_join(arena, NULL);
    assert_int_equal(tdm_arena_used(arena), used);
    assert_string_equal(mine, "mine");
    assert_string_equal(theirs, "theirs");
    assert_true(tdm_arena_ok(arena));
    assert_non_null(tdm_arena_alloc(arena, 10));
    other = tdm_arena_new(0);
    assert_non_null(tdm_arena_alloc(other, 1000));
    tdm_arena_join(arena, other);
    assert_false(tdm_arena_ok(arena));
    assert_null(tdm_arena_alloc(arena, 1));
    tdm_arena_free(arena);
}

static void what_joined_after_a_mark_is_given_back_with_it(void **state)
{
    (void)state;
    tdm_arena *arena = tdm_arena_new(0);
    char *kept = tdm_arena_string(arena, tdm_text_of("kept"));
    tdm_arena_mark mark = tdm_arena_save(arena);
    tdm_arena *other = tdm_arena_new(0);
    assert_non_null(tdm_arena_alloc(other, 100000));
    tdm_arena_join(arena, other);
    tdm_arena_restore(arena, mark);
    assert_string_equal(kept, "kept");
    assert_non_null(tdm_arena_alloc(arena, 10));
    tdm_arena_free(arena);
}

static void joining_hands_over_that_memory_ran_out(void **state)
{
    (void)state;
    tdm_arena *arena = tdm_arena_new(0);
    tdm_arena *other = tdm_arena_new(100);
    assert_null(tdm_arena_alloc(other, 101));
    tdm_arena_join(arena, other);
    assert_false(tdm_arena_ok(arena));
    tdm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(large_pieces_get_blocks_of_their_own),
        cmocka_unit_test(the_limit_is_kept_and_failing_is_sticky),
        cmocka_unit_test(the_last_piece_may_be_widened),
        cmocka_unit_test(an_overflowing_array_is_out_of_memory),
        cmocka_unit_test(texts_are_copied_with_a_nul),
        cmocka_unit_test(restoring_gives_back_what_came_after_the_mark),
        cmocka_unit_test(joining_hands_over_what_another_arena_holds),
        cmocka_unit_test(what_joined_after_a_mark_is_given_back_with_it),
        cmocka_unit_test(joining_hands_over_that_memory_ran_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
