#include "test.h"

#include "base/text.h"

#include <string.h>

static void views_compare_by_bytes(void **state)
{
    (void)state;
    assert_true(tdm_text_equal(TDM_TEXT("abc"), tdm_text_of("abc")));
    assert_false(tdm_text_equal(TDM_TEXT("abc"), TDM_TEXT("ab")));
    assert_true(tdm_text_compare(TDM_TEXT("a"), TDM_TEXT("ab")) < 0);
    assert_true(tdm_text_compare(TDM_TEXT("b"), TDM_TEXT("ab")) > 0);
    assert_int_equal(tdm_text_compare((tdm_text){NULL, 0}, TDM_TEXT("")), 0);
    assert_true(tdm_text_equal_nocase(TDM_TEXT("Begin"), TDM_TEXT("BEGIN")));
}

static void slices_are_clamped(void **state)
{
    (void)state;
    assert_text_equal(tdm_text_slice(TDM_TEXT("hello"), 1, 3), "el");
    assert_text_equal(tdm_text_slice(TDM_TEXT("hello"), 3, 99), "lo");
    assert_text_equal(tdm_text_slice(TDM_TEXT("hello"), 9, 2), "");
    assert_text_equal(tdm_text_trim(TDM_TEXT(" \t a b\r\n")), "a b");
}

static void finding_gives_the_first_or_none(void **state)
{
    (void)state;
    assert_int_equal(tdm_text_find(TDM_TEXT("a--b--c"), TDM_TEXT("--")), 1);
    assert_int_equal(tdm_text_find(TDM_TEXT("abc"), TDM_TEXT("bd")), SIZE_MAX);
    assert_int_equal(tdm_text_find_char(TDM_TEXT("abc"), 'c'), 2);
}

static void lines_end_at_lf_with_or_without_cr(void **state)
{
    (void)state;
    tdm_text rest = TDM_TEXT("one\r\n\ntwo");
    tdm_text line;
    assert_true(tdm_text_next_line(&rest, &line));
    assert_text_equal(line, "one");
    assert_true(tdm_text_next_line(&rest, &line));
    assert_text_equal(line, "");
    assert_true(tdm_text_next_line(&rest, &line));
    assert_text_equal(line, "two");
    assert_false(tdm_text_next_line(&rest, &line));
}

static void numbers_must_be_whole_and_fit(void **state)
{
    (void)state;
    uint64_t value = 0;
    assert_true(tdm_text_to_u64(TDM_TEXT("18446744073709551615"), &value));
    assert_true(value == UINT64_MAX);
    assert_false(tdm_text_to_u64(TDM_TEXT("18446744073709551616"), &value));
    assert_false(tdm_text_to_u64(TDM_TEXT("12a"), &value));
    assert_false(tdm_text_to_u64(TDM_TEXT(""), &value));
}

static void utf8_refuses_overlong_surrogates_and_stray_bytes(void **state)
{
    (void)state;
    assert_int_equal(tdm_utf8_error(TDM_TEXT("ol\xC3\xA9 \xF0\x9F\x98\x80")), SIZE_MAX);
    assert_int_equal(tdm_utf8_error(TDM_TEXT("a\xC0\x80")), 1);
    assert_int_equal(tdm_utf8_error(TDM_TEXT("ab\xED\xA0\x80")), 2);
    assert_int_equal(tdm_utf8_error(TDM_TEXT("\xFF")), 0);
    assert_int_equal(tdm_utf8_error(TDM_TEXT("x\xE2\x82")), 1);
    assert_int_equal(tdm_utf8_count(TDM_TEXT("\xC3\xA9\xE2\x82\xAC")), 2);
}

static void utf8_goes_there_and_back(void **state)
{
    (void)state;
    const uint32_t samples[] = {0x41, 0x7FF, 0x800, 0xFFFD, 0x10000, 0x10FFFF};
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        char bytes[4];
        size_t size = tdm_utf8_put(samples[i], bytes);
        size_t at = 0;
        assert_int_equal(tdm_utf8_next((tdm_text){bytes, size}, &at), samples[i]);
        assert_int_equal(at, size);
    }
}

static void columns_count_code_points(void **state)
{
    (void)state;
    uint32_t line;
    uint32_t column;
    tdm_text_position(TDM_TEXT("a\n\xC3\xA9z"), 4, &line, &column);
    assert_int_equal(line, 2);
    assert_int_equal(column, 2);
}

static void a_buffer_grows_up_to_its_maximum(void **state)
{
    (void)state;
    tdm_error err = TDM_ERROR_INIT;
    tdm_buffer buffer = TDM_BUFFER_INIT(10);
    tdm_buffer_puts(&buffer, "12345");
    tdm_buffer_putf(&buffer, "%d", 67890);
    assert_text_equal(tdm_buffer_text(&buffer), "1234567890");
    assert_int_equal(tdm_buffer_check(&buffer, &err), TDM_OK);
    tdm_buffer_putc(&buffer, 'x');
    assert_int_equal(tdm_buffer_check(&buffer, &err), TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_MEMORY);
    tdm_buffer_puts(&buffer, "1");
    assert_int_equal(tdm_buffer_text(&buffer).size, 0);
    tdm_buffer_free(&buffer);
}

static void strip_takes_the_white_space_that_python_takes(void **state)
{
    (void)state;
    assert_text_equal(tdm_text_strip(tdm_text_of("\xC2\xA0 a b\t\x1F\xE3\x80\x80")), "a b");
    assert_text_equal(tdm_text_strip(tdm_text_of("\xE2\x80\x8B")), "\xE2\x80\x8B");
    assert_text_equal(tdm_text_strip(tdm_text_of(" \n ")), "");
    assert_text_equal(tdm_text_strip(tdm_text_of("a\xA0")), "a\xA0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_compare_by_bytes),
        cmocka_unit_test(slices_are_clamped),
        cmocka_unit_test(strip_takes_the_white_space_that_python_takes),
        cmocka_unit_test(finding_gives_the_first_or_none),
        cmocka_unit_test(lines_end_at_lf_with_or_without_cr),
        cmocka_unit_test(numbers_must_be_whole_and_fit),
        cmocka_unit_test(utf8_refuses_overlong_surrogates_and_stray_bytes),
        cmocka_unit_test(utf8_goes_there_and_back),
        cmocka_unit_test(columns_count_code_points),
        cmocka_unit_test(a_buffer_grows_up_to_its_maximum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
