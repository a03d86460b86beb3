// Printing without stdio gives what stdio gives.
#include "test.h"

#include "base/print.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(const char *format, ...)
{
    char expected[512];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(expected, sizeof expected, format, again);
    va_end(again);
    size_t size = tdm_print_size(format, args);
    assert_int_equal(size, length);
    char *printed = malloc(size + 1);
    assert_non_null(printed);
    tdm_print(printed, size, format, args);
    assert_memory_equal(printed, expected, size + 1);
    free(printed);
    va_end(args);
}

static void plain_conversions_are_printed(void **state)
{
    (void)state;
    check("");
    check("nothing but text");
    check("%s", "");
    check("%s.%s", "public", "documents");
    check("100 %% of %c%c", 'a', 'b');
    check("%d %d %d %d", 0, 7, INT_MAX, INT_MIN);
    check("%u %u", 0U, UINT_MAX);
    check("%zu %zu", (size_t)0, SIZE_MAX);
}

static void texts_end_at_their_size_or_at_a_nul(void **state)
{
    (void)state;
    check("[%.*s]", 3, "abcdef");
    check("[%.*s]", 0, "abcdef");
    check("[%.*s]", 6, "ab\0cdef");
    check("[%.*s]", 0, (const char *)NULL);
    check("[%.*s]", -1, "all of it");
}

static void other_conversions_are_left_to_stdio(void **state)
{
    (void)state;
    check("%5d|%-5s|%05u", 7, "x", 9U);
    check("%.3s|%x|%02X", "abcdef", 255U, 10U);
    check("%s then %lld", "text", -5LL);
    check("%s then %.2f then %s", "text", 0.5, "more");
    check("%zd %ld %lu", (ssize_t)-1, -2L, 3UL);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_conversions_are_printed),
        cmocka_unit_test(texts_end_at_their_size_or_at_a_nul),
        cmocka_unit_test(other_conversions_are_left_to_stdio),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
