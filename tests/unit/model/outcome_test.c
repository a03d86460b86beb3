// What a run over many targets ends with.
#include "test.h"

#include <tandem/targets.h>

#include <string.h>

static tdm_target_report pushed = {.outcome = TDM_OUTCOME_PUSHED, .applied = 2};
static tdm_target_report current = {.outcome = TDM_OUTCOME_CURRENT};
static tdm_target_report same = {.outcome = TDM_OUTCOME_SAME};
static tdm_target_report left = {.outcome = TDM_OUTCOME_NOT_TRIED};
static tdm_target_report refused = {.outcome = TDM_OUTCOME_REFUSED, .code = TDM_ERROR_HISTORY};
static tdm_target_report unreachable = {.outcome = TDM_OUTCOME_FAILED, .code = TDM_ERROR_CONNECT};
static tdm_target_report unknown = {.outcome = TDM_OUTCOME_PARTLY, .code = TDM_ERROR_PARTIAL};

static tdm_exit exit_of(const tdm_target_report *const *items, size_t count, bool interrupted)
{
    tdm_target_report all[4];
    tdm_targets_report report = {.items = all, .count = count, .interrupted = interrupted};
    for (size_t i = 0; i < count; i++) {
        all[i] = *items[i];
        report.counts[all[i].outcome]++;
        report.applied += all[i].applied;
        report.adopted += all[i].adopted;
    }
    return tdm_targets_exit(&report);
}

#define EXIT_OF(...)                                                                               \
    exit_of((const tdm_target_report *const[]){__VA_ARGS__},                                       \
            sizeof((const tdm_target_report *const[]){__VA_ARGS__}) / sizeof(void *), false)

static void all_done_is_0(void **state)
{
    (void)state;
    assert_int_equal(EXIT_OF(&pushed, &current, &same), 0);
    assert_int_equal(EXIT_OF(&current), 0);
}

static void with_nothing_changed_the_first_failure_says_it(void **state)
{
    (void)state;
    assert_int_equal(EXIT_OF(&unreachable, &left), 4);
    assert_int_equal(EXIT_OF(&current, &refused, &unreachable), 1);
}

static void changed_here_and_failed_there_is_7(void **state)
{
    (void)state;
    assert_int_equal(EXIT_OF(&pushed, &unreachable), 7);
    assert_int_equal(EXIT_OF(&refused, &pushed), 7);
    assert_int_equal(EXIT_OF(&unknown), 7);
}

static void an_interrupted_run_is_130_whatever_was_done(void **state)
{
    const tdm_target_report *const items[] = {&pushed, &left};
    (void)state;
    assert_int_equal(exit_of(items, 2, true), 130);
}

static void every_outcome_has_its_words(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TDM_OUTCOME_COUNT; i++) {
        assert_true(strlen(tdm_outcome_words((tdm_outcome)i)) > 0);
        assert_null(strchr(tdm_outcome_name((tdm_outcome)i), ' '));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_done_is_0),
        cmocka_unit_test(with_nothing_changed_the_first_failure_says_it),
        cmocka_unit_test(changed_here_and_failed_there_is_7),
        cmocka_unit_test(an_interrupted_run_is_130_whatever_was_done),
        cmocka_unit_test(every_outcome_has_its_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
