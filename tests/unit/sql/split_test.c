#include "sql/split.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#include "test.h"

static tdm_statements split(tdm_arena *arena, const char *source)
{
    tdm_statements statements = {0};
    tdm_error err = TDM_ERROR_INIT;
    if (tdm_sql_split(arena, "m.sql", tdm_text_of(source), &statements, &err) != TDM_OK)
        fail_msg("%s", err.message);
    return statements;
}

// The statements joined with " | "; opaque ones in brackets.
static void assert_split(const char *source, const char *expected)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_statements statements = split(arena, source);
    tdm_text joined = {NULL, 0};
    for (size_t i = 0; i < statements.count; i++) {
        const tdm_statement *s = &statements.items[i];
        assert_int_equal(s->opaque, s->reason.size > 0);
        joined = tdm_arena_printf(arena, "%.*s%s%s%.*s%s", TDM_TEXT_ARG(joined), i ? " | " : "",
                                  s->opaque ? "[" : "", TDM_TEXT_ARG(s->sql), s->opaque ? "]" : "");
    }
    if (!tdm_text_is(joined, expected))
        print_error("split: %s\n  got: %.*s\n", source, TDM_TEXT_ARG(joined));
    assert_text_equal(joined, expected);
    tdm_arena_free(arena);
}

static void the_grammar_splits(void **state)
{
    (void)state;
    assert_split("", "");
    assert_split(" ;; -- nothing\n/* here */ ;", "");
    assert_split("SELECT 1; SELECT 2", "SELECT 1 | SELECT 2");
    assert_split("-- first\nSELECT 1 -- middle\n; /* then */ SELECT 2 ; -- end",
                 "SELECT 1 | SELECT 2");
    assert_split("SELECT ';', E'\\';', $$;$$, $a$ $$;$$ $a$, \";\" -- ;\n",
                 "SELECT ';', E'\\';', $$;$$, $a$ $$;$$ $a$, \";\"");
    assert_split("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3",
                 "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2) | SELECT 3");
    assert_split("\xEF\xBB\xBFSELECT 1", "SELECT 1");
    assert_split("SELECT 1\r\n;\r\nSELECT\r\n2;\r\n", "SELECT 1 | SELECT\r\n2");
}

static void atomic_bodies_hold_their_semicolons(void **state)
{
    static const char function[] =
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; "
        "SELECT 2; END";
    char broken[512];
    (void)state;
    assert_split(function, function);
    // Also where the scanner's rules decide, because something else does not parse.
    assert_true(snprintf(broken, sizeof broken, "%s; SELECT FROM WHERE; SELECT 3", function) > 0);
    char expected[512];
    assert_true(
        snprintf(expected, sizeof expected, "%s | [SELECT FROM WHERE] | SELECT 3", function) > 0);
    assert_split(broken, expected);
}

static void what_does_not_parse_is_kept(void **state)
{
    (void)state;
    assert_split("SELECT 1; SELEC 2; SELECT 3", "SELECT 1 | [SELEC 2] | SELECT 3");
    assert_split("SELECT 'a; SELECT 2", "[SELECT 'a; SELECT 2]");
    assert_split("SELECT 1; /* open", "SELECT 1 | [/* open]");
    assert_split("SELECT 1; SELECT (2; SELECT 3", "SELECT 1 | [SELECT (2; SELECT 3]");
    assert_split("SELECT 1; SELECT 2) ; SELECT 3", "SELECT 1 | [SELECT 2)] | SELECT 3");
    // Syntax of PostgreSQL 17 may well be right.
    assert_split("SELECT 1; MERGE INTO t USING u ON true WHEN NOT MATCHED BY SOURCE THEN DELETE",
                 "SELECT 1 | [MERGE INTO t USING u ON true WHEN NOT MATCHED BY SOURCE THEN "
                 "DELETE]");
}

static void psql_is_named(void **state)
{
    (void)state;
    assert_split("\\set x 1\nSELECT 1;\n\\restrict abc\n", "[\\set x 1] | SELECT 1 | [\\restrict "
                                                           "abc]");
    assert_split("SELECT 1 \\gexec\nSELECT 2;", "[SELECT 1 \\gexec] | SELECT 2");
    assert_split("COPY t (a) FROM stdin;\n1\t;\n'\n\\.\nSELECT 1;",
                 "[COPY t (a) FROM stdin;\n1\t;\n'\n\\.] | SELECT 1");
    // Without data it is a statement like others.
    assert_split("COPY t FROM STDIN; SELEC 1; SELECT 2",
                 "COPY t FROM STDIN | [SELEC 1] | SELECT 2");
}

static void reasons_have_places(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    (void)state;
    tdm_statements s =
        split(arena, "SELECT 1;\nSELECT 'ä' FRM x y;\n\\d\nCOPY t FROM stdin;\n\\.\n");
    assert_int_equal(s.count, 4);
    assert_text_equal(s.items[1].reason, "PostgreSQL 15 does not parse it: syntax error at or near "
                                         "\"x\" (line 2, column 16)");
    assert_text_equal(s.items[2].reason,
                      "a psql meta-command, which the server does not know (line 3, column 1)");
    assert_text_equal(s.items[3].reason, "COPY FROM STDIN with its data, which only psql runs from "
                                         "a file (line 4, column 1)");
    tdm_arena_free(arena);
}

static void places_are_those_of_the_first_and_last_token(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    (void)state;
    tdm_statements s = split(arena, "-- é\n  SELECT 1 -- x\n;/*ü*/ SELECT\n 'é'; ");
    assert_int_equal(s.count, 2);
    assert_string_equal(s.items[0].place.file, "m.sql");
    assert_int_equal(s.items[0].place.line, 2);
    assert_int_equal(s.items[0].place.column, 3);
    assert_int_equal(s.items[0].place.end_line, 2);
    assert_int_equal(s.items[0].place.end_column, 11);
    assert_int_equal(s.items[1].place.line, 3);
    assert_int_equal(s.items[1].place.column, 8);
    assert_int_equal(s.items[1].place.end_line, 4);
    assert_int_equal(s.items[1].place.end_column, 5);
    assert_true(s.items[0].exact);
    tdm_arena_free(arena);
}

static void a_text_inside_a_file_has_the_place_of_its_call(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_statements s;
    tdm_place call = {"rev.py", 7, 5, 9, 6};
    (void)state;
    assert_int_equal(tdm_sql_split_at(arena, call, TDM_TEXT("SELECT 1;\nSELEC 2"), &s, NULL),
                     TDM_OK);
    assert_int_equal(s.count, 2);
    assert_memory_equal(&s.items[1].place, &call, sizeof call);
    assert_false(s.items[0].exact);
    assert_text_equal(s.items[1].reason, "PostgreSQL 15 does not parse it: syntax error at or near "
                                         "\"SELEC\" (line 2, column 1 of the text)");
    tdm_arena_free(arena);
}

static void text_that_no_server_takes_is_one_opaque_statement(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_statements s;
    (void)state;
    assert_int_equal(tdm_sql_split(arena, "m.sql", TDM_TEXT("SELECT 1;\n\0 SELECT 2"), &s, NULL),
                     TDM_OK);
    assert_int_equal(s.count, 1);
    assert_text_equal(s.items[0].reason, "it holds a NUL byte (line 2, column 1)");
    assert_int_equal(tdm_sql_split(arena, "m.sql", TDM_TEXT("SELECT '\xE9'"), &s, NULL), TDM_OK);
    assert_text_equal(s.items[0].reason, "it is not UTF-8 (line 1, column 9)");
    tdm_arena_free(arena);
}

static char *repeat(tdm_arena *arena, const char *piece, size_t count)
{
    size_t size = strlen(piece);
    char *text = tdm_arena_alloc(arena, size * count + 1);
    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * size, piece, size);
    return text;
}

static void depth_is_bounded(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    (void)state;
    tdm_text deep = tdm_arena_printf(arena, "SELECT %s1%s; SELECT 2", repeat(arena, "(", 600),
                                     repeat(arena, ")", 600));
    tdm_statements s = split(arena, deep.data);
    assert_int_equal(s.count, 2);
    assert_true(s.items[0].opaque);
    assert_text_equal(s.items[0].reason, "it is nested too deeply to be read (line 1, column 508)");
    assert_false(s.items[1].opaque);
    tdm_arena_free(arena);
}

static void nonsense_is_not_tried_for_ever(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    (void)state;
    tdm_statements s = split(arena, repeat(arena, "x;\n", 100000));
    assert_int_equal(s.count, 1001);
    assert_text_equal(s.items[1000].reason,
                      "too much before it does not parse (line 1001, column 1)");
    tdm_arena_free(arena);
}

static void a_text_beyond_the_limit_is_refused(void **state)
{
    tdm_arena *arena = tdm_arena_new(0);
    tdm_statements s;
    tdm_error err = TDM_ERROR_INIT;
    (void)state;
    tdm_text big = {repeat(arena, "          ", 900000), 9000000};
    assert_int_equal(tdm_sql_split(arena, "m.sql", big, &s, &err), TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_LIMIT);
    assert_string_equal(err.place.file, "m.sql");
    tdm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_grammar_splits),
        cmocka_unit_test(atomic_bodies_hold_their_semicolons),
        cmocka_unit_test(what_does_not_parse_is_kept),
        cmocka_unit_test(psql_is_named),
        cmocka_unit_test(reasons_have_places),
        cmocka_unit_test(places_are_those_of_the_first_and_last_token),
        cmocka_unit_test(a_text_inside_a_file_has_the_place_of_its_call),
        cmocka_unit_test(text_that_no_server_takes_is_one_opaque_statement),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(nonsense_is_not_tried_for_ever),
        cmocka_unit_test(a_text_beyond_the_limit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
