#include "test.h"

#include "report/explain.h"

#include "page.h"

static void every_finding_has_a_whole_page(void **state)
{
    (void)state;
    for (int kind = 0; kind < TDM_FINDING_COUNT; kind++) {
        const tdm_explanation *page = tdm_explain((tdm_finding_kind)kind);
        assert_non_null(page->what);
        assert_non_null(page->why);
        assert_non_null(page->example);
        assert_non_null(page->fix);
    }
}

static void a_code_is_found_in_any_case(void **state)
{
    (void)state;
    tdm_finding_kind kind = TDM_FINDING_COUNT;
    assert_true(tdm_explain_find(TDM_TEXT("td303"), &kind));
    assert_int_equal(kind, TDM_FINDING_DIFFERENT);
    assert_false(tdm_explain_find(TDM_TEXT("TD999"), &kind));
    assert_false(tdm_explain_find(TDM_TEXT(""), &kind));
}

static void a_page_leads_with_code_title_and_severity(void **state)
{
    (void)state;
    tdm_buffer out = TDM_BUFFER_INIT(100000);
    tdm_style style = {0};
    tdm_explain_text(&out, &style, TDM_FINDING_CYCLE);
    const char *head =
        "TD103: revisions form a cycle (error)\n"
        "\n"
        "Following the parents of a revision leads back to the revision itself.\n"
        "\n"
        "Why it matters\n"
        "  There is no order in which such revisions could run; Alembic refuses the\n"
        "  chain.\n";
    assert_memory_equal(out.data, head, strlen(head));
    tdm_buffer_free(&out);
}

static void the_pages_of_the_documentation_are_the_same(void **state)
{
    (void)state;
    tdm_buffer out = TDM_BUFFER_INIT(1000000);
    tdm_explain_markdown(&out);
    assert_page("docs/findings.md", tdm_buffer_text(&out));
    tdm_buffer_clear(&out);
    tdm_exit_codes_markdown(&out);
    assert_page("docs/exit-codes.md", tdm_buffer_text(&out));
    tdm_buffer_free(&out);
}

static void every_error_ends_in_a_code_of_the_table(void **state)
{
    (void)state;
    for (int code = 0; code < TDM_ERROR_COUNT; code++) {
        bool found = false;
        for (size_t i = 0; i < tdm_exit_row_count; i++)
            found = found || tdm_exit_rows[i].code == tdm_error_exit((tdm_error_code)code);
        assert_true(found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_finding_has_a_whole_page),
        cmocka_unit_test(a_code_is_found_in_any_case),
        cmocka_unit_test(a_page_leads_with_code_title_and_severity),
        cmocka_unit_test(the_pages_of_the_documentation_are_the_same),
        cmocka_unit_test(every_error_ends_in_a_code_of_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
