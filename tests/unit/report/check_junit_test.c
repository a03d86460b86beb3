#include "test.h"

#include "facts.h"

#include <stdlib.h>
#include <string.h>

static char *written(const tdm_finding *findings, size_t count)
{
    tdm_check_result result = {
        .pairs = fact_pairs, .pair_count = 2, .findings = findings, .finding_count = count};
    tdm_buffer out = TDM_BUFFER_INIT(1 << 20);
    tdm_arena *arena = tdm_arena_new(0);
    tdm_report report = {.out = &out, .arena = arena};
    tdm_report_check_junit(&report, &result);
    tdm_arena_free(arena);
    assert_false(out.failed);
    return out.data; // which free() frees
}

static void assert_holds(const char *text, const char *part)
{
    if (!strstr(text, part))
        print_error("not found: %s\nin: %s\n", part, text);
    assert_non_null(strstr(text, part));
}

static void agreement_names_every_pair(void **state)
{
    (void)state;
    char *text = written(NULL, 0);
    assert_holds(text, "<testsuite name=\"pairs\" tests=\"2\" failures=\"0\"");
    assert_holds(text, "name=\"20241126_000001 = 20241126000001\" time=\"0\"/>");
    assert_holds(text, "name=\"TD104: more than one head\" time=\"0\"/>");
    assert_null(strstr(text, "TD303"));
    free(text);
}

static void a_pair_fails_by_its_errors_and_only_tells_its_notes(void **state)
{
    (void)state;
    const tdm_finding findings[] = {
        {.kind = TDM_FINDING_DIFFERENT,
         .severity = TDM_SEVERITY_ERROR,
         .message = {"a < b & \"c\"\x01\xEF\xBF\xBE", 15},
         .revision = {"20241127_000001", 15}},
        {.kind = TDM_FINDING_RESIDUE,
         .severity = TDM_SEVERITY_NOTE,
         .message = {"a policy", 8},
         .version = {"20241126000001", 14}},
    };
    char *text = written(findings, 2);
    assert_holds(text, "<testsuite name=\"pairs\" tests=\"2\" failures=\"1\"");
    assert_holds(text, "<failure type=\"TD303\" message=\"a &lt; b &amp; &quot;c&quot;\\x01"
                       "\xEF\xBF\xBD\">");
    assert_holds(text, "<system-out>note [TD306]: a policy</system-out>");
    free(text);
}

// A pair that cannot be found must not make its finding vanish.
static void a_finding_of_no_pair_has_a_case_of_its_own(void **state)
{
    (void)state;
    const tdm_finding finding = {.kind = TDM_FINDING_DIFFERENT,
                                 .severity = TDM_SEVERITY_ERROR,
                                 .message = {"m", 1},
                                 .revision = {"unknown", 7}};
    char *text = written(&finding, 1);
    assert_holds(text, "<testsuite name=\"checks\"");
    assert_holds(text, "name=\"TD303: revision and migration differ\" time=\"0\">");
    assert_holds(text, "<testsuites name=\"tandem check\"");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agreement_names_every_pair),
        cmocka_unit_test(a_pair_fails_by_its_errors_and_only_tells_its_notes),
        cmocka_unit_test(a_finding_of_no_pair_has_a_case_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
