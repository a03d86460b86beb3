// Identifiers, literals and the bytes of a chunk.
#include "test.h"

#include "sqlalchemy/sql_print.h"

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

static tdm_printer printer(bool online, bool double_percent)
{
    return (tdm_printer){.out = TDM_BUFFER_INIT(1 << 16),
                         .arena = arena,
                         .online = online,
                         .double_percent = double_percent};
}

static const char *name(const char *text, bool double_percent)
{
    tdm_printer p = printer(false, double_percent);
    tdm_print_name(&p, tdm_name_of(tdm_text_of(text)));
    return tdm_arena_string(arena, tdm_buffer_take(&p.out, arena));
}

static void names_are_quoted_as_sqlalchemy_quotes_them(void **state)
{
    (void)state;
    assert_string_equal(name("plain", false), "plain");
    assert_string_equal(name("_x", false), "_x");
    assert_string_equal(name("a$b", false), "a$b");
    assert_string_equal(name("Mixed", false), "\"Mixed\"");
    assert_string_equal(name("1x", false), "\"1x\"");
    assert_string_equal(name("$x", false), "\"$x\"");
    assert_string_equal(name("a b", false), "\"a b\"");
    assert_string_equal(name("é", false), "\"é\"");
    assert_string_equal(name("a\"b", false), "\"a\"\"b\"");
    assert_string_equal(name("", false), "\"\"");
}

static void reserved_words_are_those_of_the_list(void **state)
{
    (void)state;
    static const char *const quoted[] = {"all", "user", "new", "old", "off", "with", "window"};
    static const char *const bare[] = {"name", "type", "key", "lateral", "concurrently", "value"};
    for (size_t i = 0; i < sizeof quoted / sizeof *quoted; i++)
        assert_true(tdm_name_needs_quotes(tdm_text_of(quoted[i])));
    for (size_t i = 0; i < sizeof bare / sizeof *bare; i++)
        assert_false(tdm_name_needs_quotes(tdm_text_of(bare[i])));
}

static void percents_double_only_in_quoted_names(void **state)
{
    (void)state;
    assert_string_equal(name("a%b", true), "\"a%%b\"");
    assert_string_equal(name("a%b", false), "\"a%b\"");
}

static void quote_can_be_forced_or_forbidden(void **state)
{
    (void)state;
    tdm_printer p = printer(false, false);
    tdm_name forced = tdm_name_of(TDM_TEXT("a")), forbidden = tdm_name_of(TDM_TEXT("A"));
    forced.quote = TDM_FLAG_TRUE;
    forbidden.quote = TDM_FLAG_FALSE;
    tdm_print_name(&p, forced);
    tdm_print_name(&p, forbidden);
    assert_text_equal(tdm_buffer_text(&p.out), "\"a\"A");
    tdm_buffer_free(&p.out);
}

static void long_names_are_shortened_or_refused(void **state)
{
    (void)state;
    char text[65] = {0};
    memset(text, 'i', 64);
    tdm_name long_name = tdm_name_of(tdm_text_of(text));
    tdm_printer p = printer(false, false);
    tdm_print_limited_name(&p, long_name);
    assert_int_equal(p.failure.kind, TDM_FAILURE_RAISED);
    assert_string_equal(p.failure.exception, "IdentifierError");
    tdm_buffer_free(&p.out);

    p = printer(false, false);
    long_name.final = true;
    tdm_print_limited_name(&p, long_name);
    assert_text_equal(tdm_buffer_text(&p.out),
                      "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii_9066");
    tdm_buffer_free(&p.out);
}

static void schemas_split_at_dots_only_in_alembics_own_statements(void **state)
{
    (void)state;
    tdm_name schema = tdm_name_of(TDM_TEXT("a.B")), table = tdm_name_of(TDM_TEXT("t"));
    tdm_printer p = printer(false, false);
    tdm_print_qualified(&p, schema, table);
    tdm_puts(&p, " ");
    tdm_print_split_qualified(&p, schema, table);
    assert_text_equal(tdm_buffer_text(&p.out), "\"a.B\".t a.\"B\".t");
    tdm_buffer_free(&p.out);
}

static void literals_double_quotes_and_offline_backslashes(void **state)
{
    (void)state;
    tdm_printer offline = printer(false, true), online = printer(true, false);
    tdm_print_string(&offline, TDM_TEXT("it's \\ 5%"));
    tdm_print_string(&online, TDM_TEXT("it's \\ 5%"));
    assert_text_equal(tdm_buffer_text(&offline.out), "'it''s \\\\ 5%%'");
    assert_text_equal(tdm_buffer_text(&online.out), "'it''s \\ 5%'");
    tdm_buffer_free(&offline.out);
    tdm_buffer_free(&online.out);
}

static void chunks_lose_tabs_and_outer_space(void **state)
{
    (void)state;
    assert_text_equal(tdm_offline_chunk(arena, TDM_TEXT("\n\tA\tB ;\n")), "A    B ;;");
    assert_text_equal(tdm_offline_chunk(arena, TDM_TEXT("")), ";");
    // U+00A0 and U+3000 are white space to Python, U+FEFF is not.
    assert_text_equal(tdm_offline_chunk(arena, TDM_TEXT("\xc2\xa0"
                                                        "A"
                                                        "\xe3\x80\x80")),
                      "A;");
    assert_text_equal(tdm_offline_chunk(arena, TDM_TEXT("\xef\xbb\xbf"
                                                        "A")),
                      "\xef\xbb\xbf"
                      "A;");
}

static void the_first_failure_stays(void **state)
{
    (void)state;
    tdm_printer p = printer(true, false);
    tdm_print_opaque(&p, "first %d", 1);
    tdm_print_raise(&p, "CompileError", "second");
    assert_true(tdm_print_failed(&p));
    assert_int_equal(p.failure.kind, TDM_FAILURE_OPAQUE);
    assert_text_equal(p.failure.message, "first 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_quoted_as_sqlalchemy_quotes_them),
        cmocka_unit_test(reserved_words_are_those_of_the_list),
        cmocka_unit_test(percents_double_only_in_quoted_names),
        cmocka_unit_test(quote_can_be_forced_or_forbidden),
        cmocka_unit_test(long_names_are_shortened_or_refused),
        cmocka_unit_test(schemas_split_at_dots_only_in_alembics_own_statements),
        cmocka_unit_test(literals_double_quotes_and_offline_backslashes),
        cmocka_unit_test(chunks_lose_tabs_and_outer_space),
        cmocka_unit_test(the_first_failure_stays),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
