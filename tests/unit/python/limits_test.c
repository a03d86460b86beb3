// Nothing hangs, overflows the stack or eats the memory: every limit is answered with an error and
// its place.
#include "scene.h"

#include "base/limits.h"

#include <stdlib.h>

// Runs a source that must be refused; checks the line (0: any) and that the message holds `word`.
static void refuse(const char *source, unsigned line, const char *word)
{
    scene s = {0};
    scene_run(&s, source);
    assert_int_equal(s.status, TDM_FAILED);
    if (!strstr(s.err.message, word))
        print_message("%s\n", s.err.message);
    assert_non_null(strstr(s.err.message, word));
    if (line)
        assert_int_equal(s.err.place.line, line);
    assert_true(s.err.place.column > 0);
    assert_string_equal(s.err.place.file, "rev.py");
    scene_end(&s);
}

// `count` times `piece`, between `before` and `after`.
static char *repeated(const char *before, const char *piece, size_t count, const char *after)
{
    tdm_buffer text = TDM_BUFFER_INIT(64 << 20);
    tdm_buffer_puts(&text, before);
    for (size_t i = 0; i < count; i++)
        tdm_buffer_puts(&text, piece);
    tdm_buffer_puts(&text, after);
    assert_false(text.failed);
    return text.data;
}

static void refuse_repeated(const char *before, const char *piece, size_t count, const char *word)
{
    char *source = repeated(before, piece, count, "x\n");
    refuse(source, 1, word);
    free(source);
}

static void an_endless_loop(void **state)
{
    (void)state;
    refuse("def upgrade():\n    x = 0\n    while True:\n        x = 1\n", 0, "does not end");
    refuse("def upgrade():\n    for i in range(10 ** 15):\n        pass\n", 0, "does not end");
    refuse("def upgrade():\n    import itertools\n    list(itertools.count())\n", 3, "");
}

static void endless_recursion(void **state)
{
    (void)state;
    refuse("def f():\n    return f()\ndef upgrade():\n    f()\n", 2, "nested too deeply");
    refuse("class A:\n    def __getattr__(self, n):\n        return getattr(self, n)\n"
           "def upgrade():\n    A().x\n",
           3, "nested too deeply");
}

static void memory(void **state)
{
    (void)state;
    refuse("def upgrade():\n    s = []\n    while True:\n        s.append([1])\n", 0, "");
    refuse("def upgrade():\n    s = {}\n    while True:\n        s[len(s)] = 1\n", 0, "");
    refuse("def upgrade():\n    s = [1]\n    while True:\n        s = s + s\n", 4, "");
}

static void huge_results_are_unknown(void **state)
{
    (void)state;
    assert_scene("    op.a('x' * 10 ** 9, [0] * 10 ** 9, 2 ** 70, 10 ** 30)\n", "a(?, ?, ?, ?)\n");
    assert_scene("    op.a('{:>99999999}'.format('x')) if False else None\n"
                 "    op.a('%99999999d' % 1 == '', 'x'.ljust(10 ** 9))\n",
                 "a(?, ?)\n");
}

static void nesting_of_values(void **state)
{
    (void)state;
    assert_scene("    x = []\n"
                 "    for i in range(5000):\n"
                 "        x = [x]\n"
                 "    y = x[0]\n"
                 "    op.a(repr(x), x == [y], len(x))\n",
                 "a(?, True, 1)\n");
}

// Values that share their parts have more ways through them than anybody can go.
static void values_that_share_their_parts(void **state)
{
    (void)state;
    static const char build[] = "def upgrade():\n    x = y = (1,)\n    for i in range(80):\n"
                                "        x = (x, x)\n        y = (y, y)\n    ";
    static const char *const uses[] = {"x == y", "x < y", "{x: 1}", "repr(x)"};
    for (size_t i = 0; i < 4; i++) {
        char *source = repeated(build, uses[i], 1, "\n");
        refuse(source, 6, "too much work");
        free(source);
    }
}

static void nesting_of_syntax(void **state)
{
    (void)state;
    refuse_repeated("x = ", "(", 10000, "nested");
    refuse_repeated("x = ", "[", 1000, "");
    refuse_repeated("x = ", "-", 10000, "nested");
    refuse_repeated("x = ", "not ", 10000, "nested");
    refuse_repeated("x = a", ".b", 10000, "nested");
    refuse_repeated("x = a", "[0].b", 10000, "nested");
    refuse_repeated("x = ", "lambda: ", 10000, "");
    refuse_repeated("", "{[(", 100000, "nested");
    refuse_repeated("x = f", "'{f", 10000, "");
}

static void chains_of_operators_are_no_nesting(void **state)
{
    (void)state;
    char *source = repeated("def upgrade():\n    x = ''", " + 'a'", 20000,
                            "\n    if len(x) != 20000: raise ValueError\n");
    scene_check(&(scene){0}, source, "");
    free(source);
    source = repeated("def upgrade():\n    x = True", " and True", 20000,
                      "\n    if not x: raise ValueError\n");
    scene_check(&(scene){0}, source, "");
    free(source);
}

static void the_size_of_a_file(void **state)
{
    (void)state;
    char *source = repeated("", "# a comment of some length\n", TDM_LIMIT_FILE / 27 + 2, "");
    refuse(source, 1, "larger than");
    free(source);
}

static void words_and_signs_of_a_file(void **state)
{
    (void)state;
    static const char *const pieces[] = {"x = 1\n", "f(a, *b)\n", "x = f'{a}{a}{a}{a}'\n",
                                         "x = '\\n\\n\\n\\n\\n'\n", "\"')]}@!$? if else\n"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        char *source = repeated("", pieces[i], TDM_LIMIT_SYNTAX_SIGNS, "");
        refuse(source, 0, "words and signs");
        free(source);
    }
    char *data = repeated("x = '''", "insert (into) [a] table;\n", 200000, "'''\n");
    scene_check(&(scene){0}, data, "");
    free(data);
}

static void an_error_in_a_long_file_has_its_place(void **state)
{
    (void)state;
    static const char *const wrong[] = {"x = = 1\n", "def f):\n", "x = ]\n", "if x\n    pass\n",
                                        "\"')]}@!$? if else : lambda\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char *source = repeated("", "x = [1, 2]\n", 10000, wrong[i]);
        refuse(source, 10001, "invalid syntax");
        free(source);
        // What follows costs no time, though tree-sitter would mend every line of it.
        source = repeated("x = 1\n", wrong[i], 12000, "");
        refuse(source, 2, "invalid syntax");
        free(source);
    }
}

static void encodings(void **state)
{
    (void)state;
    refuse("# -*- coding: latin-1 -*-\nx = 1\n", 1, "latin-1");
    refuse("#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n", 2, "cp1252");
    refuse("x = 1\ny = '\xff'\n", 2, "UTF-8");
    scene_check(&(scene){0}, "\xEF\xBB\xBF# coding: utf-8\nx = 'h\xC3\xA9'\n", "");
}

static void syntax_errors(void **state)
{
    (void)state;
    refuse("x = 1\ndef f(:\n    pass\n", 2, "invalid syntax");
    refuse("x = (1,\n", 1, "");
    refuse("if True:\n    x = 1\n   y = 2\n", 3, "");
    refuse("print 'x'\n", 1, "Python 2");
    refuse("f(a=1, 2)\n", 1, "positional argument follows");
    refuse("f(a=1, a=2)\n", 1, "repeated");
    refuse("def f(a, a): pass\n", 1, "duplicate");
    refuse("def f(a=1, b): pass\n", 1, "default");
    refuse("return 1\n", 1, "outside function");
    refuse("break\n", 1, "outside loop");
    refuse("x = '\\x1'\n", 1, "escape");
    refuse("x = 0777\n", 1, "literal");
    refuse("x = b'\xC3\xA9'\n", 1, "ASCII");
    refuse("*a, *b = 1, 2\n", 1, "starred");
    refuse("f() = 1\n", 1, "");
    refuse("'a' b'c'\n", 1, "mix");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_endless_loop),
        cmocka_unit_test(endless_recursion),
        cmocka_unit_test(memory),
        cmocka_unit_test(huge_results_are_unknown),
        cmocka_unit_test(nesting_of_values),
        cmocka_unit_test(values_that_share_their_parts),
        cmocka_unit_test(nesting_of_syntax),
        cmocka_unit_test(chains_of_operators_are_no_nesting),
        cmocka_unit_test(the_size_of_a_file),
        cmocka_unit_test(words_and_signs_of_a_file),
        cmocka_unit_test(an_error_in_a_long_file_has_its_place),
        cmocka_unit_test(encodings),
        cmocka_unit_test(syntax_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
