#include "test.h"

#include "facts.h"

#include <string.h>

static void assert_report(const tdm_check_result *result, bool verbose, const char *expected)
{
    tdm_buffer out = TDM_BUFFER_INIT(100000);
    tdm_arena *arena = tdm_arena_new(0);
    tdm_report report = {.out = &out, .arena = arena, .style = {.width = 80}, .verbose = verbose};
    tdm_report_check_text(&report, result);
    assert_string_equal(out.data, expected);
    tdm_buffer_free(&out);
    tdm_arena_free(arena);
}

static void agreement_is_one_line(void **state)
{
    (void)state;
    tdm_check_result result = {.pairs = fact_pairs, .pair_count = 2};
    assert_report(&result, false, "2 pairs: 1 identical, 1 equivalent\n");
}

static void verbose_lists_every_pair_with_its_reason(void **state)
{
    (void)state;
    tdm_check_result result = {.pairs = fact_pairs, .pair_count = 2};
    assert_report(&result, true,
                  "revision         migration       verdict     found by\n"
                  "20241126_000001  20241126000001  identical   written\n"
                  "20241127_000001  20241127000001  equivalent  digits    on the catalog replayed "
                  "so far\n"
                  "\n"
                  "2 pairs: 1 identical, 1 equivalent\n");
}

static void findings_come_first_and_are_counted_by_severity(void **state)
{
    (void)state;
    const tdm_finding findings[] = {
        {.kind = TDM_FINDING_SKIPPED_FILE,
         .severity = TDM_SEVERITY_WARNING,
         .message = TDM_TEXT("'x.sql' is skipped"),
         .place = {.file = "supabase/migrations/x.sql"}},
        {.kind = TDM_FINDING_MISSING_MIGRATION,
         .severity = TDM_SEVERITY_ERROR,
         .message = TDM_TEXT("revision '1' has no migration"),
         .hint = TDM_TEXT("Run `tandem convert 1`.")},
    };
    tdm_check_result result = {.pairs = fact_pairs,
                               .pair_count = 1,
                               .findings = findings,
                               .finding_count = 2,
                               .error_count = 1};
    assert_report(&result, false,
                  "warning: 'x.sql' is skipped [TD202]\n"
                  "  --> supabase/migrations/x.sql\n"
                  "\n"
                  "error: revision '1' has no migration [TD301]\n"
                  "hint: Run `tandem convert 1`.\n"
                  "\n"
                  "1 pair: 1 identical\n"
                  "1 error, 1 warning\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agreement_is_one_line),
        cmocka_unit_test(verbose_lists_every_pair_with_its_reason),
        cmocka_unit_test(findings_come_first_and_are_counted_by_severity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
