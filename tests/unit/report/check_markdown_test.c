// The summary of a workflow's step: a table, which no text of others can leave.
#include "test.h"

#include "facts.h"

#include "report/check_markdown.h"

#include <string.h>

static const char *report(tdm_buffer *out, const tdm_finding *findings, size_t count)
{
    tdm_check_result result = {
        .pairs = fact_pairs, .pair_count = 2, .findings = findings, .finding_count = count};
    *out = TDM_BUFFER_INIT(1000000);
    tdm_report_check_markdown(out, &result);
    return out->data;
}

static void agreement_is_one_line(void **state)
{
    (void)state;
    tdm_buffer out;
    assert_string_equal(report(&out, NULL, 0),
                        "### tandem check\n\n2 pairs: 1 identical, 1 equivalent\n\n");
    tdm_buffer_free(&out);
}

static void errors_come_first_and_text_is_no_markup(void **state)
{
    (void)state;
    tdm_buffer out;
    const tdm_finding findings[] = {
        {.kind = TDM_FINDING_RESIDUE,
         .severity = TDM_SEVERITY_NOTE,
         .message = TDM_TEXT("a policy"),
         .place = {"z.sql", 7, 1, 9, 2}},
        {.kind = TDM_FINDING_DIFFERENT,
         .severity = TDM_SEVERITY_ERROR,
         .message = TDM_TEXT("a | b\n<img> [x](y)"),
         .place = {NULL, 0, 0, 0, 0}},
    };
    assert_non_null(strstr(report(&out, findings, 2),
                           "| | code | where | what |\n|---|---|---|---|\n"
                           "| error | TD303 |  | a &#124; b&#92;n&#60;img&#62; &#91;x&#93;&#40;y"
                           "&#41; |\n"
                           "| note | TD306 | z&#46;sql&#58;7&#58;1 | a policy |\n"));
    tdm_buffer_free(&out);
}

static void only_the_first_are_told(void **state)
{
    (void)state;
    static tdm_finding findings[250];
    tdm_buffer out;
    for (size_t i = 0; i < 250; i++)
        findings[i] = (tdm_finding){.severity = TDM_SEVERITY_ERROR, .message = TDM_TEXT("m")};
    assert_non_null(strstr(report(&out, findings, 250), "\n50 more are in the log.\n"));
    tdm_buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agreement_is_one_line),
        cmocka_unit_test(errors_come_first_and_text_is_no_markup),
        cmocka_unit_test(only_the_first_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
