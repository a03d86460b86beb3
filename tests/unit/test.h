// What every unit test includes: cmocka with its prerequisites, and a few helpers.
#ifndef TEST_H
#define TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <tandem/text.h>

// Compares a view with a string literal or C string.
#define assert_text_equal(text, expected)                                                          \
    do {                                                                                           \
        tdm_text got_ = (text);                                                                    \
        const char *want_ = (expected);                                                            \
        assert_int_equal(got_.size, strlen(want_));                                                \
        if (got_.size)                                                                             \
            assert_memory_equal(got_.data, want_, got_.size);                                      \
    } while (0)

#endif
