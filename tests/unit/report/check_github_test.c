#include "test.h"

#include "facts.h"

#include <string.h>

static void assert_report(const tdm_finding *findings, size_t count, const char *expected)
{
    tdm_check_result result = {
        .pairs = fact_pairs, .pair_count = 2, .findings = findings, .finding_count = count};
    tdm_buffer out = TDM_BUFFER_INIT(100000);
    tdm_report report = {.out = &out};
    tdm_report_check_github(&report, &result);
    assert_string_equal(out.data, expected);
    tdm_buffer_free(&out);
}

static const tdm_finding differs = {.kind = TDM_FINDING_DIFFERENT,
                                    .severity = TDM_SEVERITY_ERROR,
                                    .message = {"100% of it\ndiffers", 18},
                                    .place = {"a,b:c%.sql", 3, 4, 3, 9}};
static const tdm_finding note = {.kind = TDM_FINDING_RESIDUE,
                                 .severity = TDM_SEVERITY_NOTE,
                                 .message = {"a policy", 8},
                                 .place = {"z.sql", 7, 1, 9, 2}};

static void errors_come_first_and_everything_is_escaped(void **state)
{
    (void)state;
    const tdm_finding findings[] = {note, differs};
    assert_report(findings, 2,
                  "::error file=a%2Cb%3Ac%25.sql,line=3,endLine=3,col=4,endColumn=8,"
                  "title=TD303%3A revision and migration differ::100%25 of it%0Adiffers\n"
                  "::notice file=z.sql,line=7,endLine=9,"
                  "title=TD306%3A only one side does this::a policy\n"
                  "2 pairs: 1 identical, 1 equivalent\n1 error, 1 note\n");
}

// A step shows ten annotations of each severity.
static void after_ten_come_plain_lines_that_are_no_commands(void **state)
{
    (void)state;
    tdm_finding findings[12];
    for (size_t i = 0; i < 12; i++) {
        findings[i] = differs;
        findings[i].place.file = "::error::##[error]";
        findings[i].message = TDM_TEXT("m");
    }
    tdm_check_result result = {.findings = findings, .finding_count = 12};
    tdm_buffer out = TDM_BUFFER_INIT(100000);
    tdm_report report = {.out = &out};
    tdm_report_check_github(&report, &result);
    tdm_text rest = tdm_buffer_text(&out);
    tdm_text line;
    for (size_t i = 0; i < 12 && tdm_text_next_line(&rest, &line); i++) {
        assert_int_equal(tdm_text_starts(line, TDM_TEXT("::error ")), i < 10);
        if (i >= 10)
            assert_true(tdm_text_is(line, "error: ::error::\\x23#[error]:3:4: m [TD303]"));
    }
    tdm_buffer_free(&out);
}

static void a_failed_run_is_one_annotation(void **state)
{
    (void)state;
    tdm_error err = {.code = TDM_ERROR_CONFIG, .message = "a\nb", .hint = "Do c."};
    tdm_buffer out = TDM_BUFFER_INIT(1000);
    tdm_report_failure_github(&out, &err);
    assert_string_equal(out.data, "::error title=tandem [config]::a%0Ab%0Ahint: Do c.\n");
    tdm_buffer_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_come_first_and_everything_is_escaped),
        cmocka_unit_test(after_ten_come_plain_lines_that_are_no_commands),
        cmocka_unit_test(a_failed_run_is_one_annotation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
