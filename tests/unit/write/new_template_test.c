#include "test.h"

#include "write/new_template.h"

static const tdm_text others[] = {{"ef", 2}, {"it's", 4}};
static const tdm_template_value values[] = {
    {.name = "message", .text = {"add x", 5}},
    {.name = "up_revision", .text = {"ab12", 4}},
    {.name = "down_revision", .text = {NULL, 0}},
    {.name = "create_date", .text = {"now", 3}},
    {.name = "imports", .text = {"", 0}},
    {.name = "upgrades", .text = {"op.x()", 6}},
    {.name = "parents", .text = {"cd", 2}, .more = others, .more_count = 2},
};

static void assert_render(const char *source, const char *expected)
{
    tdm_buffer out = TDM_BUFFER_INIT(10000);
    tdm_error err = TDM_ERROR_INIT;
    tdm_status status = tdm_template_render("t.mako", tdm_text_of(source), values,
                                            sizeof values / sizeof *values, &out, &err);
    if (status != TDM_OK)
        print_error("%s\n", err.message);
    assert_int_equal(status, TDM_OK);
    assert_string_equal(out.data ? out.data : "", expected);
    tdm_buffer_free(&out);
}

static void assert_refused(const char *source, uint32_t line, uint32_t column)
{
    tdm_buffer out = TDM_BUFFER_INIT(10000);
    tdm_error err = TDM_ERROR_INIT;
    assert_int_equal(tdm_template_render("t.mako", tdm_text_of(source), values,
                                         sizeof values / sizeof *values, &out, &err),
                     TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_CONFIG);
    assert_string_equal(err.place.file, "t.mako");
    assert_int_equal(err.place.line, line);
    assert_int_equal(err.place.column, column);
    tdm_buffer_free(&out);
}

static void expressions_of_alembics_templates_are_known(void **state)
{
    (void)state;
    assert_render("\"\"\"${message}", "\"\"\"add x");
    assert_render("Revises: ${down_revision | comma,n}\n", "Revises: \n");
    assert_render("Revises: ${up_revision|comma, n}.", "Revises: ab12.");
    assert_render("${repr(up_revision)} ${repr( down_revision )}", "'ab12' None");
    assert_render("${imports if imports else \"\"}|", "|");
    assert_render("${imports if imports else 'pass'}", "pass");
    assert_render("    ${upgrades if upgrades else \"pass\"}\n", "    op.x()\n");
    assert_render("${down_revision}", "None");
}

static void several_parents_are_a_tuple(void **state)
{
    (void)state;
    assert_render("${repr(parents)}", "('cd', 'ef', \"it's\")");
    assert_render("${parents}", "('cd', 'ef', \"it's\")");
    assert_render("Revises: ${parents | comma,n}", "Revises: cd, ef, it's");
}

static void mako_has_marks_of_its_own(void **state)
{
    (void)state;
    assert_render("a\n  ## a comment\nb ## none\n", "a\nb ## none\n");
    assert_render("  %% x\n10 % y\n", "  % x\n10 % y\n");
    assert_render("a\\\nb\\n\n", "ab\\n\n");
    assert_render("$ {x} }\n", "$ {x} }\n");
}

static void everything_else_is_refused_with_its_place(void **state)
{
    (void)state;
    assert_refused("a\n  ${unknown}\n", 2, 3);
    assert_refused("${message.upper()}", 1, 1);
    assert_refused("${message | n}", 1, 1);
    assert_refused("${imports if message else ''}", 1, 1);
    assert_refused("${imports if imports else 'a' + 'b'}", 1, 1);
    assert_refused("${repr(message) + 'x'}", 1, 1);
    assert_refused("${message", 1, 1);
    assert_refused("a\n% if message:\nb\n", 2, 1);
    assert_refused("a <%! import os %>\n", 1, 3);
    assert_refused("<%doc>\n", 1, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_of_alembics_templates_are_known),
        cmocka_unit_test(several_parents_are_a_tuple),
        cmocka_unit_test(mako_has_marks_of_its_own),
        cmocka_unit_test(everything_else_is_refused_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
