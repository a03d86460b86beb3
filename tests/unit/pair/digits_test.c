// The digits that a revision and a version can share.
#include "test.h"

#include "pair/digits.h"

#include <string.h>

static void of_ids(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    (void)state;
    assert_text_equal(tdm_digits_of_id(arena, TDM_TEXT("20241127_000001")), "20241127000001");
    assert_text_equal(tdm_digits_of_id(arena, TDM_TEXT("20250102000000")), "20250102000000");
    assert_text_equal(tdm_digits_of_id(arena, TDM_TEXT("20241127_000001_users")), "20241127000001");
    // Too short to be a moment, or hexadecimal.
    assert_text_equal(tdm_digits_of_id(arena, TDM_TEXT("0042")), "");
    assert_text_equal(tdm_digits_of_id(arena, TDM_TEXT("20241127")), "");
    assert_text_equal(tdm_digits_of_id(arena, TDM_TEXT("4d9a58ecd93b")), "");
    assert_text_equal(tdm_digits_of_id(arena, TDM_TEXT("20241127000001ab")), "");
    assert_text_equal(tdm_digits_of_id(arena, TDM_TEXT("")), "");
    tdm_arena_free(arena);
}

static void of_dates(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    (void)state;
    assert_text_equal(tdm_digits_of_date(arena, TDM_TEXT("2026-04-26 23:44:44.944030+00:00")),
                      "20260426234444");
    assert_text_equal(tdm_digits_of_date(arena, TDM_TEXT("2026-04-26T23:44:44Z")),
                      "20260426234444");
    assert_text_equal(tdm_digits_of_date(arena, TDM_TEXT("2026-02-09")), "");
    assert_text_equal(tdm_digits_of_date(arena, TDM_TEXT("yesterday, around noon")), "");
    tdm_arena_free(arena);
}

static void of_files(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_text found[2];
    (void)state;
    assert_int_equal(tdm_digits_of_file(arena, TDM_TEXT("20260529_1330_0006_x.py"), found), 1);
    assert_text_equal(found[0], "20260529133000");
    assert_int_equal(tdm_digits_of_file(arena, TDM_TEXT("2026_05_29_1330-abc_x.py"), found), 1);
    assert_text_equal(found[0], "20260529133000");
    assert_int_equal(tdm_digits_of_file(arena, TDM_TEXT("20260529_133015_x.py"), found), 1);
    assert_text_equal(found[0], "20260529133015");
    // Seconds or an ordinal of two digits: both readings are given, the folder decides.
    assert_int_equal(tdm_digits_of_file(arena, TDM_TEXT("20260529_1330_06_x.py"), found), 2);
    assert_text_equal(found[0], "20260529133000");
    assert_text_equal(found[1], "20260529133006");
    assert_int_equal(tdm_digits_of_file(arena, TDM_TEXT("0006_x.py"), found), 0);
    assert_int_equal(tdm_digits_of_file(arena, TDM_TEXT("4d9a58ecd93b_x.py"), found), 0);
    tdm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_ids),
        cmocka_unit_test(of_dates),
        cmocka_unit_test(of_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
