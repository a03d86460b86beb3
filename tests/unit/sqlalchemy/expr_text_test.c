// Colons in text().
#include "test.h"

#include "sqlalchemy/expr.h"

#include <string.h>

static tdm_arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = tdm_arena_new(0);
    return arena ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    tdm_arena_free(arena);
    return 0;
}

static const char *offline(const char *text)
{
    tdm_printer p = {.out = TDM_BUFFER_INIT(1 << 16), .arena = arena};
    tdm_print_text_clause(&p, tdm_expr_text(arena, tdm_text_of(text)));
    return tdm_arena_string(arena, tdm_buffer_take(&p.out, arena));
}

static void what_is_a_parameter_prints_null(void **state)
{
    (void)state;
    assert_string_equal(offline("x = :a"), "x = NULL");
    assert_string_equal(offline("':foo'"), "'NULL'");
    assert_string_equal(offline("{\"a\":1, \"b\": 2}"), "{\"a\"NULL, \"b\": 2}");
    assert_string_equal(offline(":é"), "NULL");
    assert_string_equal(offline("(:a,:b)"), "(NULL,NULL)");
}

static void what_only_looks_like_one_stays(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "a::b", "x :=5", "12:30", "a[1:2]", "http://h:80", ":x$",   "a:b",
        "$:b",  ":a:",   "::",    ": a",    "x ::int",     ":a::b",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_string_equal(offline(texts[i]), texts[i]);
}

static void a_backslash_before_a_colon_goes(void **state)
{
    (void)state;
    assert_string_equal(offline("'\\:foo'"), "':foo'");
    assert_string_equal(offline("\\d+\\:\\w"), "\\d+:\\w");
    assert_string_equal(offline("\\::x"), "\\::x");
}

static void parameters_are_found_once_in_order(void **state)
{
    (void)state;
    tdm_names names = {0};
    assert_true(tdm_text_parameters(arena, TDM_TEXT(":b :a :b x::c"), &names));
    assert_int_equal(names.count, 2);
    assert_text_equal(names.items[0].text, "b");
    assert_text_equal(names.items[1].text, "a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_a_parameter_prints_null),
        cmocka_unit_test(what_only_looks_like_one_stays),
        cmocka_unit_test(a_backslash_before_a_colon_goes),
        cmocka_unit_test(parameters_are_found_once_in_order),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
