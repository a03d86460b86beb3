// Reading the header of a revision without evaluating it.
#include "test.h"

#include "python/syntax.h"

#include "base/arena.h"
#include "base/text.h"

#include <string.h>

typedef struct reading {
    tdm_arena *arena;
    tdm_py_source *source;
    tdm_error err;
} reading;

static void read_source(reading *r, const char *source)
{
    *r = (reading){.arena = tdm_arena_new(0)};
    assert_int_equal(tdm_py_parse(r->arena, "rev.py", tdm_text_of(source), &r->source, &r->err),
                     TDM_OK);
}

static tdm_py_literal literal(reading *r, const char *name)
{
    tdm_py_literal found;
    assert_int_equal(tdm_py_literal_of(r->arena, r->source, tdm_text_of(name), &found, &r->err), TDM_OK);
    return found;
}

static void end(reading *r)
{
    tdm_py_source_free(r->source);
    tdm_arena_free(r->arena);
}

static void plain_and_annotated_strings(void **state)
{
    (void)state;
    reading r;
    read_source(&r, "revision = 'ab12'\n"
                    "down_revision: Union[str, Sequence[str], None] = \"cd\" '34'\n"
                    "a: str | None = None\n"
                    "b: str\n");
    tdm_py_literal found = literal(&r, "revision");
    assert_int_equal(found.kind, TDM_PY_LITERAL_STRING);
    assert_text_equal(found.items[0], "ab12");
    assert_int_equal(found.place.line, 1);
    assert_int_equal(found.place.column, 12);
    assert_int_equal(found.place.end_column, 18);
    assert_text_equal(found.source, "'ab12'");
    found = literal(&r, "down_revision");
    assert_int_equal(found.kind, TDM_PY_LITERAL_STRING);
    assert_text_equal(found.items[0], "cd34");
    assert_int_equal(literal(&r, "a").kind, TDM_PY_LITERAL_NONE);
    assert_int_equal(literal(&r, "b").kind, TDM_PY_LITERAL_ABSENT);
    assert_int_equal(literal(&r, "c").kind, TDM_PY_LITERAL_ABSENT);
    end(&r);
}

static void several_strings(void **state)
{
    (void)state;
    reading r;
    read_source(&r, "a = ('x', 'y')\nb = ['x']\nc = ()\nd = {'l'}\ne = 'x', 'y',\nf = ('x')\n"
                    "g = h = ('p',)\n");
    assert_int_equal(literal(&r, "a").count, 2);
    assert_text_equal(literal(&r, "a").items[1], "y");
    assert_int_equal(literal(&r, "b").kind, TDM_PY_LITERAL_STRINGS);
    assert_int_equal(literal(&r, "c").kind, TDM_PY_LITERAL_STRINGS);
    assert_int_equal(literal(&r, "c").count, 0);
    assert_int_equal(literal(&r, "d").count, 1);
    assert_int_equal(literal(&r, "e").count, 2);
    assert_int_equal(literal(&r, "f").kind, TDM_PY_LITERAL_STRING);
    assert_text_equal(literal(&r, "g").items[0], "p");
    assert_text_equal(literal(&r, "h").items[0], "p");
    end(&r);
}

static void anything_else_is_other(void **state)
{
    (void)state;
    reading r;
    read_source(&r, "a = 5\nb = a\nc = f('x')\nd = ('x', 1)\ne = f'x'\ng = b'x'\n");
    static const char *const names[] = {"a", "b", "c", "d", "e", "g"};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(literal(&r, names[i]).kind, TDM_PY_LITERAL_OTHER);
    assert_text_equal(literal(&r, "c").source, "f('x')");
    end(&r);
}

static void the_last_top_level_assignment_counts(void **state)
{
    (void)state;
    reading r;
    read_source(&r, "a = 'x'\nif a:\n    a = 'inner'\na = 'y'\ndef f():\n    a = 'z'\n");
    assert_text_equal(literal(&r, "a").items[0], "y");
    end(&r);
}

static void columns_count_code_points(void **state)
{
    (void)state;
    reading r;
    read_source(&r, "# \xC3\xA9\nx = '\xC3\xA9\xF0\x9F\x98\x80'; revision = 'r'\n");
    tdm_py_literal found = literal(&r, "revision");
    assert_int_equal(found.place.line, 2);
    assert_int_equal(found.place.column, 22);
    end(&r);
}

static void docstring_and_functions(void **state)
{
    (void)state;
    reading r;
    tdm_place place;
    read_source(&r, "\n# c\n\"\"\"Add x\n\nRevision ID: a\r\n\"\"\"\ndef upgrade(): pass\n"
                    "@deco\nasync def other(): pass\nclass C:\n    def inner(self): pass\n");
    assert_text_equal(tdm_py_docstring(r.source, &place), "Add x\n\nRevision ID: a\n");
    assert_int_equal(place.line, 3);
    assert_true(tdm_py_has_function(r.source, TDM_TEXT("upgrade")));
    assert_true(tdm_py_has_function(r.source, TDM_TEXT("other")));
    assert_false(tdm_py_has_function(r.source, TDM_TEXT("inner")));
    assert_false(tdm_py_has_function(r.source, TDM_TEXT("downgrade")));
    end(&r);
}

static void an_empty_file(void **state)
{
    (void)state;
    reading r;
    read_source(&r, "");
    assert_int_equal(tdm_py_docstring(r.source, NULL).size, 0);
    assert_int_equal(literal(&r, "revision").kind, TDM_PY_LITERAL_ABSENT);
    end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_and_annotated_strings),
        cmocka_unit_test(several_strings),
        cmocka_unit_test(anything_else_is_other),
        cmocka_unit_test(the_last_top_level_assignment_counts),
        cmocka_unit_test(columns_count_code_points),
        cmocka_unit_test(docstring_and_functions),
        cmocka_unit_test(an_empty_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
