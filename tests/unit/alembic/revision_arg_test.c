// Revision arguments. What is expected here was asked of Alembic 1.19.
#include "alembic/order.h"
#include "alembic/revision_arg.h"

#include <stdio.h>

#include "chain_fixture.h"

// a1b2 - b1c2 - d1e2 (net)        m1n2 merges d1e2 and c1d2
//      \ c1d2 - - - - - - - - - /
// x1y2 (ship) - y1z2
static const char chain[] = "a1b2 b1c2<a1b2 c1d2<a1b2 d1e2<b1c2:net m1n2<d1e2,c1d2 x1y2:ship "
                            "y1z2<x1y2";

static void assert_found(chain_fixture *f, const char *text, const char *expected)
{
    tdm_revision *found = NULL;
    tdm_status status = tdm_revision_find(f->chain, tdm_text_of(text), &found, &f->err);
    if (status != TDM_OK)
        print_error("%s: %s\n", text, f->err.message);
    assert_int_equal(status, TDM_OK);
    if (expected)
        assert_text_equal(found->id, expected);
    else
        assert_null(found);
}

static void assert_not_found(chain_fixture *f, const char *text, const char *message)
{
    tdm_revision *found = NULL;
    assert_int_equal(tdm_revision_find(f->chain, tdm_text_of(text), &found, &f->err), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_REVISION);
    assert_string_equal(f->err.message, message);
}

static tdm_status steps_to(chain_fixture *f, const char *current, const char *target, bool up,
                           tdm_revision_list *ret)
{
    tdm_revision_list from = {0};
    tdm_steps steps = {0};
    if (tdm_revision_find_all(f->arena, f->chain, tdm_text_of(current), &from, &f->err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status =
        up ? tdm_upgrade_steps(f->arena, f->chain, from, tdm_text_of(target), &steps, &f->err)
           : tdm_downgrade_steps(f->arena, f->chain, from, tdm_text_of(target), &steps, &f->err);
    *ret = (tdm_revision_list){tdm_arena_array(f->arena, steps.count + 1, sizeof(void *)), 0};
    for (size_t i = 0; i < steps.count; i++)
        ret->items[ret->count++] = steps.items[i].revision;
    return status;
}

static void assert_steps(chain_fixture *f, const char *current, const char *target, bool up,
                         const char *expected)
{
    tdm_revision_list list;
    tdm_status status = steps_to(f, current, target, up, &list);
    if (status != TDM_OK)
        print_error("%s:%s: %s\n", current, target, f->err.message);
    assert_int_equal(status, TDM_OK);
    assert_list(list, expected);
}

static void assert_no_steps(chain_fixture *f, const char *current, const char *target, bool up,
                            const char *message)
{
    tdm_revision_list list;
    assert_int_equal(steps_to(f, current, target, up, &list), TDM_FAILED);
    assert_string_equal(f->err.message, message);
}

static void full_ids_beginnings_and_labels_name_one_revision(void **state)
{
    chain_fixture *f = *state;
    link_chain(f, chain);
    assert_found(f, "b1c2", "b1c2");
    assert_found(f, "b", "b1c2");
    assert_found(f, "net", "d1e2");
    assert_found(f, "sh", "x1y2");
    assert_found(f, "base", NULL);
    assert_not_found(f, "zzzz", "Can't locate revision identified by 'zzzz'");
    link_chain(f, "abcd1 abcd2<abcd1 abc<abcd2");
    assert_found(f, "abc", "abc");
    assert_not_found(f, "abcd", "Can't locate revision identified by 'abcd'");
    assert_string_equal(f->err.hint, "Several revisions start with 'abcd': 'abcd1', 'abcd2'.");
    assert_not_found(f, "", "empty revision argument");
}

// Keys of three characters are found only when they are typed whole: "ne" does not find "net".
static void short_names_have_no_beginnings(void **state)
{
    chain_fixture *f = *state;
    link_chain(f, chain);
    assert_not_found(f, "ne", "Can't locate revision identified by 'ne'");
}

static void head_is_one_and_heads_are_all(void **state)
{
    chain_fixture *f = *state;
    tdm_revision_list list;
    link_chain(f, chain);
    assert_not_found(f, "head",
                     "Multiple head revisions are present for given argument 'head'; please "
                     "specify a specific target revision, '<branchname>@head' to narrow to a "
                     "specific head, or 'heads' for all heads");
    assert_found(f, "ship@head", "y1z2");
    assert_found(f, "net@head", "m1n2");
    assert_int_equal(tdm_revision_find_all(f->arena, f->chain, TDM_TEXT("heads"), &list, &f->err),
                     TDM_OK);
    assert_list(list, "m1n2 y1z2");
}

static void a_branch_restricts_what_is_found(void **state)
{
    chain_fixture *f = *state;
    link_chain(f, chain);
    assert_found(f, "net@b1c2", "b1c2");
    assert_found(f, "d1e2@a1b2", "a1b2");
    assert_not_found(f, "net@x1y2", "Can't locate revision identified by 'x1y2'");
    assert_string_equal(f->err.hint, "Revision x1y2 is not a member of branch 'net'.");
    assert_not_found(f, "nobranch@head", "Can't locate revision identified by 'nobranch'");
}

static void steps_up_are_counted_from_what_is_there(void **state)
{
    chain_fixture *f = *state;
    link_chain(f, chain);
    assert_steps(f, "b1c2", "+1", true, "d1e2");
    assert_steps(f, "x1y2", "+1", true, "y1z2");
    assert_steps(f, "base", "x1y2+1", true, "x1y2 y1z2");
    assert_steps(f, "base", "ship@+1", true, "x1y2");
    assert_steps(f, "base", "y1z2-1", true, "x1y2");
    assert_no_steps(f, "a1b2", "+1", true, "Ambiguous walk");
    assert_steps(f, "a1b2", "net@+1", true, "b1c2");
    assert_no_steps(f, "y1z2", "+2", true, "Relative revision +2 didn't produce 2 migrations");
    assert_no_steps(f, "y1z2", "-1", true, "Relative revision -1 didn't produce 1 migrations");
    assert_no_steps(f, "base", "x1y2+9", true, "Relative revision +9 didn't produce 9 migrations");
}

static void steps_down_are_counted_from_what_is_there(void **state)
{
    chain_fixture *f = *state;
    link_chain(f, chain);
    assert_steps(f, "y1z2", "-1", false, "y1z2");
    assert_steps(f, "y1z2", "-2", false, "y1z2 x1y2");
    assert_steps(f, "d1e2", "a1b2", false, "d1e2 b1c2");
    assert_steps(f, "d1e2", "d1e2", false, "");
    assert_steps(f, "d1e2", "base", false, "d1e2 b1c2 a1b2");
    assert_steps(f, "d1e2", "b1c2-1", false, "d1e2 b1c2");
    assert_no_steps(f, "m1n2", "-1", false, "Ambiguous walk");
    assert_no_steps(f, "y1z2", "-3", false, "Relative revision -3 didn't produce 3 migrations");
    assert_no_steps(f, "y1z2", "+1", false, "Relative revision +1 didn't produce 1 migrations");
    assert_no_steps(f, "y1z2", "y1z2+5", false, "Walked too far");
    assert_no_steps(f, "y1z2", "b1c2", false,
                    "Destination b1c2 is not a valid downgrade target from current head(s)");
}

static void what_follows_a_relative_form_does_not_matter(void **state)
{
    chain_fixture *f = *state;
    link_chain(f, chain);
    assert_steps(f, "y1z2", "-1x", false, "y1z2");
}

static void overlapping_rows_are_refused(void **state)
{
    chain_fixture *f = *state;
    tdm_steps steps;
    link_chain(f, "a b<a c<b");
    tdm_revision *rows[] = {tdm_chain_get(f->chain, TDM_TEXT("a")),
                            tdm_chain_get(f->chain, TDM_TEXT("b"))};
    assert_int_equal(tdm_upgrade_steps(f->arena, f->chain, (tdm_revision_list){rows, 2},
                                       TDM_TEXT("head"), &steps, &f->err),
                     TDM_FAILED);
    assert_string_equal(f->err.message,
                        "Requested revision b overlaps with other requested revisions a");
}

static void ranges_have_two_sides(void **state)
{
    chain_fixture *f = *state;
    tdm_range range;
    assert_int_equal(tdm_range_parse(TDM_TEXT("a:b"), &range, &f->err), TDM_OK);
    assert_text_equal(range.start, "a");
    assert_text_equal(range.end, "b");
    assert_true(range.has_start);
    assert_int_equal(tdm_range_parse(TDM_TEXT("a"), &range, &f->err), TDM_OK);
    assert_false(range.has_start);
    static const char *const wrong[] = {":a", "a:", ":", "a:b:c"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(tdm_range_parse(tdm_text_of(wrong[i]), &range, &f->err), TDM_FAILED);
}

static void a_broken_chain_has_no_steps(void **state)
{
    chain_fixture *f = *state;
    tdm_revision_list list;
    link_chain(f, "a b<gone");
    assert_found(f, "b", "b");
    assert_int_equal(steps_to(f, "base", "a", true, &list), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_CHAIN);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_chain_fixture, close_chain_fixture)
    const struct CMUnitTest tests[] = {
        TEST(full_ids_beginnings_and_labels_name_one_revision),
        TEST(short_names_have_no_beginnings),
        TEST(head_is_one_and_heads_are_all),
        TEST(a_branch_restricts_what_is_found),
        TEST(steps_up_are_counted_from_what_is_there),
        TEST(steps_down_are_counted_from_what_is_there),
        TEST(what_follows_a_relative_form_does_not_matter),
        TEST(overlapping_rows_are_refused),
        TEST(ranges_have_two_sides),
        TEST(a_broken_chain_has_no_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
