#include "config/toml.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

typedef struct fixture {
    tdm_arena *arena;
    const tdm_toml *root;
    tdm_error err;
} fixture;

static int open_fixture(void **state)
{
    static fixture shared;
    shared = (fixture){.arena = tdm_arena_new(0), .err = TDM_ERROR_INIT};
    *state = &shared;
    return shared.arena ? 0 : -1;
}

static int close_fixture(void **state)
{
    tdm_arena_free(((fixture *)*state)->arena);
    return 0;
}

static void parse(fixture *f, const char *source)
{
    tdm_status status =
        tdm_toml_parse(f->arena, "tandem.toml", tdm_text_of(source), &f->root, &f->err);
    if (status != TDM_OK)
        print_error("%u: %s\n", f->err.place.line, f->err.message);
    assert_int_equal(status, TDM_OK);
}

static void assert_refused(fixture *f, const char *source, uint32_t line, const char *message)
{
    assert_int_equal(
        tdm_toml_parse(f->arena, "tandem.toml", tdm_text_of(source), &f->root, &f->err),
        TDM_FAILED);
    assert_string_equal(f->err.message, message);
    assert_int_equal(f->err.place.line, line);
    assert_string_equal(f->err.place.file, "tandem.toml");
}

// The value at a path of keys separated by '/'.
static const tdm_toml *at(fixture *f, const char *path)
{
    const tdm_toml *value = f->root;
    tdm_text rest = tdm_text_of(path);
    while (rest.size && value) {
        size_t end = tdm_text_find_char(rest, '/');
        value = tdm_toml_get(value, tdm_text_slice(rest, 0, end));
        rest = end == SIZE_MAX ? (tdm_text){NULL, 0} : tdm_text_from(rest, end + 1);
    }
    assert_non_null(value);
    return value;
}

static void keys_are_bare_quoted_or_dotted(void **state)
{
    fixture *f = *state;
    parse(f, "a = 1\n\"b c\" = 2\n'd.e' = 3\nf.\"g\".h = 4\nf.i = 5\n");
    assert_int_equal(at(f, "a")->integer, 1);
    assert_int_equal(at(f, "b c")->integer, 2);
    assert_int_equal(at(f, "d.e")->integer, 3);
    assert_int_equal(at(f, "f/g/h")->integer, 4);
    assert_int_equal(at(f, "f/i")->integer, 5);
    assert_int_equal(f->root->count, 4);
    assert_text_equal(f->root->entries[1].key, "b c");
}

static void strings_have_four_forms(void **state)
{
    fixture *f = *state;
    parse(f, "a = \"x\\t\\\"\\\\\\u00e9\\U0001F600\"\n"
             "b = 'C:\\new'\n"
             "c = \"\"\"\r\none\r\ntwo \\\n   three\"\"\"\n"
             "d = '''\n'quoted' \\n'''\ne = \"\"\n");
    assert_text_equal(at(f, "a")->text, "x\t\"\\\xC3\xA9\xF0\x9F\x98\x80");
    assert_text_equal(at(f, "b")->text, "C:\\new");
    assert_text_equal(at(f, "c")->text, "one\ntwo three");
    assert_text_equal(at(f, "d")->text, "'quoted' \\n");
    assert_text_equal(at(f, "e")->text, "");
}

static void scalars_have_their_kinds(void **state)
{
    fixture *f = *state;
    parse(f, "a = -1_000\nb = 0xFF\nc = 0o17\nd = 0b101\ne = true\nf = false\ng = 1.5e3\n"
             "h = 1979-05-27T07:32:00Z\ni = 07:32:00\nj = -9223372036854775808\n");
    assert_int_equal(at(f, "a")->integer, -1000);
    assert_int_equal(at(f, "b")->integer, 255);
    assert_int_equal(at(f, "c")->integer, 15);
    assert_int_equal(at(f, "d")->integer, 5);
    assert_true(at(f, "e")->boolean);
    assert_false(at(f, "f")->boolean);
    assert_int_equal(at(f, "g")->kind, TDM_TOML_FLOAT);
    assert_text_equal(at(f, "g")->text, "1.5e3");
    assert_int_equal(at(f, "h")->kind, TDM_TOML_DATE);
    assert_int_equal(at(f, "i")->kind, TDM_TOML_DATE);
    assert_true(at(f, "j")->integer == INT64_MIN);
}

static void arrays_and_inline_tables_nest(void **state)
{
    fixture *f = *state;
    parse(f, "a = [ # one\n  'x', # two\n  [1, 2],\n  { b = 1, c.d = 2 },\n]\nempty = []\n");
    const tdm_toml *a = at(f, "a");
    assert_int_equal(a->kind, TDM_TOML_ARRAY);
    assert_int_equal(a->count, 3);
    assert_text_equal(a->items[0]->text, "x");
    assert_int_equal(a->items[1]->items[1]->integer, 2);
    assert_int_equal(tdm_toml_get(tdm_toml_get(a->items[2], TDM_TEXT("c")), TDM_TEXT("d"))->integer,
                     2);
    assert_int_equal(at(f, "empty")->count, 0);
}

static void headers_open_tables_and_arrays_of_tables(void **state)
{
    fixture *f = *state;
    parse(f,
          "[tool.alembic]\nscript_location = 'x'\n[[tool.alembic.hooks]]\nname = 'a'\n"
          "[[tool.alembic.hooks]]\nname = 'b'\n[tool.alembic.hooks.more]\nx = 1\n[tool]\ny = 2\n");
    assert_text_equal(at(f, "tool/alembic/script_location")->text, "x");
    const tdm_toml *hooks = at(f, "tool/alembic/hooks");
    assert_int_equal(hooks->count, 2);
    assert_text_equal(tdm_toml_get(hooks->items[1], TDM_TEXT("name"))->text, "b");
    assert_non_null(tdm_toml_get(hooks->items[1], TDM_TEXT("more")));
    assert_null(tdm_toml_get(hooks->items[0], TDM_TEXT("more")));
    assert_int_equal(at(f, "tool/y")->integer, 2);
}

static void nothing_is_defined_twice(void **state)
{
    fixture *f = *state;
    assert_refused(f, "a = 1\na = 2\n", 2, "'a' is defined already");
    assert_refused(f, "[a]\n[b]\n[a]\n", 3, "'a' is defined already");
    assert_refused(f, "a.b = 1\n[a]\n", 2, "'a' is defined already");
    assert_refused(f, "[a.b]\nx = 1\n[a]\nb.y = 2\n", 4, "'b' is defined already");
    assert_refused(f, "a = {}\na.b = 1\n", 2, "'a' is defined already");
    assert_refused(f, "a = {}\n[a.b]\n", 2, "'a' is defined already");
    assert_refused(f, "a = [{}]\n[[a]]\n", 2, "'a' is defined already");
    assert_refused(f, "[a]\n[[a]]\n", 2, "'a' is defined already");
    assert_refused(f, "a = 1\na.b = 2\n", 2, "'a' is defined already");
}

static void a_header_may_add_below_dotted_keys(void **state)
{
    fixture *f = *state;
    parse(f, "[fruit]\napple.color = 'red'\n[fruit.apple.texture]\nsmooth = true\n");
    assert_true(at(f, "fruit/apple/texture/smooth")->boolean);
}

static void wrong_syntax_is_located(void **state)
{
    fixture *f = *state;
    assert_refused(f, "a = 1\nb = \n", 2, "syntax error at 'b ='");
    assert_int_equal(f->err.code, TDM_ERROR_CONFIG);
    assert_refused(f, "a = \"\\ud800\"\n", 1, "wrong escape in a string");
    assert_refused(f, "a = 99999999999999999999\n", 1,
                   "'99999999999999999999' is no integer of 64 bits");
    assert_refused(f, "a = '\xff'\n", 1, "invalid UTF-8");
}

static void places_are_those_of_the_values(void **state)
{
    fixture *f = *state;
    parse(f, "# \xC3\xA9\n[a]\n'\xC3\xA9' = 'x'\n");
    const tdm_toml *value = at(f, "a/\xC3\xA9");
    assert_int_equal(value->place.line, 3);
    assert_int_equal(value->place.column, 7);
    assert_int_equal(value->place.end_column, 10);
    assert_int_equal(at(f, "a")->place.line, 2);
    assert_int_equal(at(f, "a")->place.column, 2);
    assert_int_equal(at(f, "a")->entries[0].place.column, 1);
}

static void nesting_is_bounded(void **state)
{
    fixture *f = *state;
    char source[512];
    memset(source, '[', sizeof source);
    memcpy(source, "a = ", 4);
    memset(source + 200, ']', 196);
    source[396] = '\n';
    source[397] = '\0';
    assert_int_equal(
        tdm_toml_parse(f->arena, "tandem.toml", tdm_text_of(source), &f->root, &f->err),
        TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_LIMIT);
}

static void many_keys_take_linear_time(void **state)
{
    fixture *f = *state;
    tdm_buffer source = TDM_BUFFER_INIT(1 << 20);
    for (int i = 0; i < 50000; i++)
        tdm_buffer_putf(&source, "key%d = %d\n", i, i);
    parse(f, source.data);
    assert_int_equal(f->root->count, 50000);
    tdm_buffer_puts(&source, "x =\n");
    assert_int_equal(tdm_toml_parse(f->arena, "t", tdm_buffer_text(&source), &f->root, &f->err),
                     TDM_FAILED);
    assert_int_equal(f->err.place.line, 50001);
    tdm_buffer_free(&source);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
    const struct CMUnitTest tests[] = {
        TEST(keys_are_bare_quoted_or_dotted),
        TEST(strings_have_four_forms),
        TEST(scalars_have_their_kinds),
        TEST(arrays_and_inline_tables_nest),
        TEST(headers_open_tables_and_arrays_of_tables),
        TEST(nothing_is_defined_twice),
        TEST(a_header_may_add_below_dotted_keys),
        TEST(wrong_syntax_is_located),
        TEST(places_are_those_of_the_values),
        TEST(nesting_is_bounded),
        TEST(many_keys_take_linear_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
