#include "test.h"

#include "report/fingerprint.h"

// Services that compare two runs drop what has the same fingerprint.
static void equal_findings_are_told_apart_by_their_number(void **state)
{
    (void)state;
    const tdm_finding one = {.kind = TDM_FINDING_BOOKKEEPING, .place = {"a.sql", 3, 1, 3, 9}};
    tdm_finding same = one;
    same.place.line = 30;
    const tdm_finding findings[] = {one, same};
    const tdm_finding moved[] = {same, same};
    tdm_check_result result = {.findings = findings, .finding_count = 2};
    tdm_check_result later = {.findings = moved, .finding_count = 2};
    tdm_fingerprints first;
    tdm_fingerprints second;
    tdm_arena *arena = tdm_arena_new(0);
    assert_true(tdm_fingerprints_of(arena, &result, &first));
    assert_true(tdm_fingerprints_of(arena, &later, &second));
    assert_string_not_equal(first.findings[0].hex, first.findings[1].hex);
    assert_string_equal(first.findings[0].hex, second.findings[0].hex);
    assert_string_equal(first.findings[1].hex, second.findings[1].hex);
    tdm_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_findings_are_told_apart_by_their_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
