#include "test.h"

#include "report/safe.h"

#include <string.h>

static void assert_safe(tdm_text text, const char *expected)
{
    tdm_buffer out = TDM_BUFFER_INIT(1000);
    tdm_put_safe(&out, text);
    assert_text_equal(tdm_buffer_text(&out), expected);
    assert_int_equal(tdm_safe_width(text), tdm_safe_width(tdm_buffer_text(&out)));
    tdm_buffer_free(&out);
}

static void ordinary_text_stays(void **state)
{
    (void)state;
    assert_safe(TDM_TEXT("20241127_add file-path.sql"), "20241127_add file-path.sql");
    assert_safe(TDM_TEXT("caf\xC3\xA9 \xE6\x97\xA5"), "caf\xC3\xA9 \xE6\x97\xA5");
    assert_safe(TDM_TEXT(""), "");
}

static void a_name_cannot_begin_a_line_or_move_the_cursor(void **state)
{
    (void)state;
    assert_safe(TDM_TEXT("a\ntandem: error: no"), "a\\ntandem: error: no");
    assert_safe(TDM_TEXT("a\r\tb"), "a\\r\\tb");
    assert_safe(TDM_TEXT("\x1b[31mred\x7f"), "\\x1b[31mred\\x7f");
    assert_safe(TDM_TEXT("\xC2\x9B"), "\\x9b");
    assert_safe(TDM_TEXT("a\xE2\x80\xA8z"), "a\\u2028z");
}

static void a_name_cannot_turn_the_direction_of_reading(void **state)
{
    (void)state;
    assert_safe(TDM_TEXT("lqs.\xE2\x80\xAEmoc"), "lqs.\\u202emoc");
    assert_safe(TDM_TEXT("a\xF3\xA0\x81\x81z"), "a\\U000e0041z");
}

static void bytes_that_are_no_utf8_are_shown_as_bytes(void **state)
{
    (void)state;
    assert_safe(TDM_TEXT("a\xFFz"), "a\\xffz");
    assert_safe(TDM_TEXT("\xEF\xBF\xBD"), "\xEF\xBF\xBD");
}

static void further_lines_carry_the_prefix(void **state)
{
    (void)state;
    tdm_buffer out = TDM_BUFFER_INIT(1000);
    tdm_put_safe_lines(&out, TDM_TEXT("one\n\ttwo\x01\nthr\tee"), "  | ");
    assert_text_equal(tdm_buffer_text(&out), "one\n  |     two\\x01\n  | thr\\tee");
    tdm_buffer_free(&out);
}

static void widths_are_those_of_a_terminal(void **state)
{
    (void)state;
    assert_int_equal(tdm_safe_width(TDM_TEXT("abc")), 3);
    assert_int_equal(tdm_safe_width(TDM_TEXT("e\xCC\x81")), 1);
    assert_int_equal(tdm_safe_width(TDM_TEXT("\xE6\x97\xA5\xE6\x9C\xAC")), 4);
    assert_int_equal(tdm_safe_width(TDM_TEXT("\n")), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordinary_text_stays),
        cmocka_unit_test(a_name_cannot_begin_a_line_or_move_the_cursor),
        cmocka_unit_test(a_name_cannot_turn_the_direction_of_reading),
        cmocka_unit_test(bytes_that_are_no_utf8_are_shown_as_bytes),
        cmocka_unit_test(further_lines_carry_the_prefix),
        cmocka_unit_test(widths_are_those_of_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
