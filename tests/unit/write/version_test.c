#include "test.h"

#include "base/text.h"
#include "write/version.h"

#include <string.h>

static int setup(void **state)
{
    *state = tdm_arena_new(0);
    return 0;
}

static int teardown(void **state)
{
    tdm_arena_free(*state);
    return 0;
}

static tdm_text wish(tdm_arena *arena, const char *id, const char *path, const char *created)
{
    tdm_revision revision = {
        .id = tdm_text_of(id), .path = path, .create_date = tdm_text_of(created)};
    return tdm_version_wish(arena, &revision);
}

static void a_revision_asks_for_the_digits_of_its_id(void **state)
{
    assert_text_equal(wish(*state, "20241127_000001", "v/x.py", "2024-11-27 10:02:18.774530"),
                      "20241127000001");
    assert_text_equal(wish(*state, "20250102000000", "v/x.py", ""), "20250102000000");
}

static void else_for_the_moment_of_its_file_name_or_its_create_date(void **state)
{
    assert_text_equal(wish(*state, "0006_terms", "v/20260529_1330_0006_terms.py", ""),
                      "20260529133000");
    assert_text_equal(
        wish(*state, "3f2a9c1b7d4e", "v/3f2a9c1b7d4e_x.py", "2026-11-22 11:01:05.326877"),
        "20261122110105");
    assert_text_equal(wish(*state, "3f2a9c1b7d4e", "v/3f2a9c1b7d4e_x.py", ""), "");
}

static void the_next_version_is_a_second_later(void **state)
{
    tdm_arena *arena = *state;
    assert_text_equal(tdm_version_after(arena, TDM_TEXT("20241127000001")), "20241127000002");
    assert_text_equal(tdm_version_after(arena, TDM_TEXT("20241231235959")), "20250101000000");
    assert_text_equal(tdm_version_after(arena, TDM_TEXT("20240228235959")), "20240229000000");
    assert_text_equal(tdm_version_after(arena, TDM_TEXT("20230228235959")), "20230301000000");
    assert_text_equal(tdm_version_after(arena, TDM_TEXT("99991231235959")), "");
}

static void a_version_that_is_no_moment_is_counted_up(void **state)
{
    tdm_arena *arena = *state;
    assert_text_equal(tdm_version_after(arena, TDM_TEXT("20241399999998")), "20241399999999");
    assert_text_equal(tdm_version_after(arena, TDM_TEXT("00000000000099")), "00000000000100");
    assert_text_equal(tdm_version_after(arena, TDM_TEXT("0042")), "0043");
    assert_text_equal(tdm_version_after(arena, TDM_TEXT("0199")), "0200");
    assert_text_equal(tdm_version_after(arena, TDM_TEXT("999")), "");
    assert_text_equal(tdm_version_after(arena, TDM_TEXT("")), "");
}

static tdm_text chosen(tdm_arena *arena, const char *version, const char *after, const char *before,
                       const char *taken)
{
    tdm_map map;
    tdm_map_init(&map, arena);
    assert_true(tdm_map_put(&map, tdm_text_of(taken), arena));
    tdm_version_gap gap = {tdm_text_of(after), tdm_text_of(before)};
    return tdm_version_choose(arena, tdm_text_of(version), &gap, &map);
}

static void a_wish_between_its_neighbours_is_granted(void **state)
{
    assert_text_equal(chosen(*state, "20241127000001", "20241126000001", "20241128000001", ""),
                      "20241127000001");
    assert_text_equal(chosen(*state, "20241127000001", "", "", ""), "20241127000001");
}

static void a_wish_that_is_too_early_or_taken_moves_behind(void **state)
{
    assert_text_equal(chosen(*state, "20241101000000", "20241126000001", "", ""), "20241126000002");
    assert_text_equal(chosen(*state, "20241127000001", "", "", "20241127000001"), "20241127000002");
    assert_text_equal(chosen(*state, "", "20241126000001", "", ""), "20241126000002");
    assert_text_equal(
        chosen(*state, "20241205000000", "20241126000001", "20241128000001", "20241126000002"),
        "20241126000003");
}

static void where_nothing_is_free_there_is_no_version(void **state)
{
    assert_text_equal(chosen(*state, "20241205000000", "20241126000001", "20241126000002", ""), "");
    assert_text_equal(chosen(*state, "", "999", "", ""), "");
    // Supabase sorts versions as text: nothing of this century lies behind a 9.
    assert_text_equal(chosen(*state, "20241205000000", "9", "", ""), "");
}

// Such files stand before all that have a date.
static void without_a_date_and_anything_before_it_a_version_says_the_order_alone(void **state)
{
    assert_text_equal(chosen(*state, "", "", "", ""), "00000000000001");
    assert_text_equal(chosen(*state, "", "", "20241127000001", ""), "00000000000001");
    assert_text_equal(chosen(*state, "", "", "", "00000000000001"), "00000000000002");
    assert_text_equal(chosen(*state, "", "", "00000000000001", ""), "");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_revision_asks_for_the_digits_of_its_id),
        CASE(else_for_the_moment_of_its_file_name_or_its_create_date),
        CASE(the_next_version_is_a_second_later),
        CASE(a_version_that_is_no_moment_is_counted_up),
        CASE(a_wish_between_its_neighbours_is_granted),
        CASE(a_wish_that_is_too_early_or_taken_moves_behind),
        CASE(without_a_date_and_anything_before_it_a_version_says_the_order_alone),
        CASE(where_nothing_is_free_there_is_no_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
