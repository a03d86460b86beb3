// Each case was first run through `supabase migration repair --status applied` of the CLI 3.1.0,
// and is what the statements column then held.
#include "test.h"

#include "base/text.h"
#include "supabase/stored.h"

#include <string.h>

typedef struct expectation {
    const char *source;
    const char *statements[6]; // up to the first NULL
} expectation;

static void check(const expectation *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tdm_arena *arena = tdm_arena_new(0);
        tdm_error err = TDM_ERROR_INIT;
        tdm_stored stored;
        assert_int_equal(tdm_stored_statements(arena, tdm_text_of(cases[i].source), &stored, &err),
                         TDM_OK);
        size_t wanted = 0;
        while (cases[i].statements[wanted])
            wanted++;
        if (stored.count != wanted)
            print_error("%zu statements of: %s\n", stored.count, cases[i].source);
        assert_int_equal(stored.count, wanted);
        for (size_t k = 0; k < wanted; k++)
            assert_text_equal(stored.statements[k], cases[i].statements[k]);
        tdm_arena_free(arena);
    }
}

#define CHECK(cases) check((cases), sizeof(cases) / sizeof *(cases))

static void statements_lose_semicolons_and_outer_space(void **state)
{
    (void)state;
    static const expectation cases[] = {
        {"", {0}},
        {" \r\n\t;; ;", {0}},
        {"select 1", {"select 1"}},
        {"select 1;\r\n\r\nselect 2;\r\n", {"select 1", "select 2"}},
        {";;select 1;;;", {"select 1"}},
        {"\xC2\xA0select 1\xE3\x80\x80\xEF\xBB\xBF;", {"select 1"}},
        {"create schema \xC3\xA9;select 2", {"create schema \xC3\xA9", "select 2"}},
    };
    CHECK(cases);
}

static void comments_belong_to_what_follows(void **state)
{
    (void)state;
    static const expectation cases[] = {
        {"-- only this\n", {"-- only this"}},
        {"-- a;b\nselect 1; -- after\nselect 2;", {"-- a;b\nselect 1", "-- after\nselect 2"}},
        {"select 1; -- last", {"select 1", "-- last"}},
        {"-- ends at CR\rselect 1; select 2", {"-- ends at CR\rselect 1", "select 2"}},
        {"/* a; /* b; */ c; */ select 1;", {"/* a; /* b; */ c; */ select 1"}},
        {"/*/ still; open */ select 1; select 2", {"/*/ still; open */ select 1", "select 2"}},
        {"select 1 - 2; select 4 / 2;", {"select 1 - 2", "select 4 / 2"}},
        {"select '-' -;select 2", {"select '-' -", "select 2"}},
    };
    CHECK(cases);
}

static void quotes_hide_semicolons(void **state)
{
    (void)state;
    static const expectation cases[] = {
        {"select ';', 'it''s;';select 2", {"select ';', 'it''s;'", "select 2"}},
        {"select \"a;\"\"b;\" from t; select 2", {"select \"a;\"\"b;\" from t", "select 2"}},
        {"select E'it\\'s; x'; select 2", {"select E'it\\'s; x'", "select 2"}},
        {"select 'a\\'; select 2", {"select 'a\\'", "select 2"}},
        {"select someE'a\\'; select 2", {"select someE'a\\'", "select 2"}},
        {"select e'a'\n'b\\'; c'; select 2", {"select e'a'\n'b\\'; c'", "select 2"}},
        {"select e'a' -- x;\n'b\\'; c'; select 2", {"select e'a' -- x;\n'b\\'; c'", "select 2"}},
        {"select e'a' 'b\\'; select 2", {"select e'a' 'b\\'", "select 2"}},
        {"select 'never ends; select 2;", {"select 'never ends; select 2"}},
        {"select 1 \\; select 2; select 3", {"select 1 \\; select 2", "select 3"}},
    };
    CHECK(cases);
}

static void dollar_strings_hide_semicolons(void **state)
{
    (void)state;
    static const expectation cases[] = {
        {"do $$ begin; end $$; select 2", {"do $$ begin; end $$", "select 2"}},
        {"do $a$ x; $$ y; $a$; select 2", {"do $a$ x; $$ y; $a$", "select 2"}},
        {"do $\xC3\xA9$ x; $\xC3\xA9$; select 2", {"do $\xC3\xA9$ x; $\xC3\xA9$", "select 2"}},
        {"do $1$ x; $1$; select 2", {"do $1$ x; $1$", "select 2"}},
        {"select c$b$; select 2 -- $b$", {"select c$b$", "select 2 -- $b$"}},
        {"select $1; select $2", {"select $1", "select $2"}},
        {"select $$$; select 2", {"select $$$", "select 2"}},
        {"select $a$a$; select 2; $a$;", {"select $a$a$", "select 2", "$a$"}},
    };
    CHECK(cases);
}

static void parentheses_hide_semicolons(void **state)
{
    (void)state;
    static const expectation cases[] = {
        {"create rule r as on insert to t do also (select 1; select 2); select 3",
         {"create rule r as on insert to t do also (select 1; select 2)", "select 3"}},
        {"select (')'; 1); select 2", {"select (')'; 1)", "select 2"}},
        {"select ((1); 2); select 3", {"select ((1)", "2)", "select 3"}},
        {"select (1; select 2;", {"select (1; select 2"}},
        {"select 1); select 2", {"select 1)", "select 2"}},
    };
    CHECK(cases);
}

static void atomic_bodies_hide_semicolons(void **state)
{
    (void)state;
    static const expectation cases[] = {
        {"create function f() returns int begin atomic select 1; select 2; end; select 3",
         {"create function f() returns int begin atomic select 1; select 2; end", "select 3"}},
        {"create function f() returns int BEGIN\n ATOMIC select case when a then 1 end; END; "
         "select 3",
         {"create function f() returns int BEGIN\n ATOMIC select case when a then 1 end; END",
          "select 3"}},
        {"begin atomic select 1; -- x;\n/* y; */ end; select 3",
         {"begin atomic select 1; -- x;\n/* y; */ end", "select 3"}},
        {"begin atomic ending; end; select 3", {"begin atomic ending; end", "select 3"}},
        {"select atomic; select 2", {"select atomic", "select 2"}},
        {"select xbegin atomic; select 2", {"select xbegin atomic", "select 2"}},
        {"begin atomic select (1; end); end; select 2",
         {"begin atomic select (1; end); end", "select 2"}},
    };
    CHECK(cases);
}

static void a_deep_nest_is_read_in_linear_time(void **state)
{
    (void)state;
    tdm_buffer source = TDM_BUFFER_INIT(8 << 20);
    for (int i = 0; i < 200000; i++)
        tdm_buffer_puts(&source, "begin atomic (");
    tdm_buffer_puts(&source, ") end; end; select 2");
    tdm_arena *arena = tdm_arena_new(0);
    tdm_error err = TDM_ERROR_INIT;
    tdm_stored stored;
    assert_int_equal(tdm_stored_statements(arena, tdm_buffer_text(&source), &stored, &err), TDM_OK);
    assert_int_equal(stored.count, 1);
    tdm_arena_free(arena);
    tdm_buffer_free(&source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statements_lose_semicolons_and_outer_space),
        cmocka_unit_test(comments_belong_to_what_follows),
        cmocka_unit_test(quotes_hide_semicolons),
        cmocka_unit_test(dollar_strings_hide_semicolons),
        cmocka_unit_test(parentheses_hide_semicolons),
        cmocka_unit_test(atomic_bodies_hide_semicolons),
        cmocka_unit_test(a_deep_nest_is_read_in_linear_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
