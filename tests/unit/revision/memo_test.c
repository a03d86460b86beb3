// Which scripts of another run a run can follow.
#include "revision/host.h"

#include "test.h"

static const tdm_name kinds = {.text = {"kinds", 5}, .given = true};
static const tdm_name states = {.text = {"states", 6}, .given = true};
static const tdm_name nowhere = {0};

static int set_up(void **state)
{
    *state = tdm_arena_new(0);
    return *state ? 0 : -1;
}

static int tear_down(void **state)
{
    tdm_arena_free(*state);
    return 0;
}

// A script that makes one type, as a run with this memo gives it.
static tdm_script script_of(tdm_run_memo *memo, tdm_name type)
{
    tdm_script script = {0};
    tdm_memo_begin(memo);
    (void)tdm_memo_first(memo, "enum", nowhere, type);
    script.types = tdm_memo_asked(memo, &script.type_count);
    return script;
}

static void a_type_is_made_once_in_a_run(void **state)
{
    tdm_run_memo *memo = tdm_run_memo_new(*state);
    tdm_memo_begin(memo);
    assert_true(tdm_memo_first(memo, "enum", nowhere, kinds));
    assert_false(tdm_memo_first(memo, "enum", nowhere, kinds));
    assert_true(tdm_memo_first(memo, "domain", nowhere, kinds));
    assert_true(
        tdm_memo_first(memo, "enum", (tdm_name){.text = TDM_TEXT("x"), .given = true}, kinds));
    tdm_memo_begin(memo);
    assert_false(tdm_memo_first(memo, "enum", nowhere, kinds));
}

static void a_script_knows_what_earlier_ones_decided(void **state)
{
    tdm_run_memo *memo = tdm_run_memo_new(*state);
    tdm_script script = script_of(memo, kinds);
    assert_int_equal(script.type_count, 1);
    assert_false(script.types[0].there);
    assert_false(tdm_memo_first(memo, "enum", nowhere, kinds)); // its own: nobody else has a say
    tdm_memo_asked(memo, &script.type_count);
    assert_int_equal(script.type_count, 1);
    script = script_of(memo, kinds);
    assert_int_equal(script.type_count, 1);
    assert_true(script.types[0].there);
}

static void a_run_follows_a_script_that_makes_what_is_new(void **state)
{
    tdm_script script = script_of(tdm_run_memo_new(*state), kinds);
    tdm_run_memo *memo = tdm_run_memo_new(*state);
    assert_true(tdm_run_memo_follow(memo, &script));
    assert_false(tdm_memo_first(memo, "enum", nowhere, kinds)); // it counts as made here
    assert_true(tdm_memo_first(memo, "enum", nowhere, states));
}

static void a_run_does_not_make_a_type_twice(void **state)
{
    tdm_script script = script_of(tdm_run_memo_new(*state), kinds);
    tdm_run_memo *memo = tdm_run_memo_new(*state);
    assert_true(tdm_run_memo_follow(memo, &script));
    assert_false(tdm_run_memo_follow(memo, &script));
}

static void a_run_does_not_follow_where_a_type_is_missing(void **state)
{
    tdm_run_memo *first = tdm_run_memo_new(*state);
    (void)script_of(first, kinds);
    tdm_script script = script_of(first, kinds);
    tdm_run_memo *memo = tdm_run_memo_new(*state);
    assert_false(tdm_run_memo_follow(memo, &script));
    assert_true(tdm_memo_first(memo, "enum", nowhere, kinds)); // and has made nothing
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_type_is_made_once_in_a_run, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_script_knows_what_earlier_ones_decided, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_run_follows_a_script_that_makes_what_is_new, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_run_does_not_make_a_type_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_run_does_not_follow_where_a_type_is_missing, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
