#include "alembic/chain.h"
#include "alembic/order.h"

#include <stdio.h>

#include "chain_fixture.h"

static void heads_are_what_nobody_names(void **state)
{
    chain_fixture *f = *state;
    link_chain(f, "b<a a c<a d<b,c e");
    assert_list(f->chain->heads, "d e");
    assert_list(f->chain->real_heads, "d e");
    assert_list(f->chain->bases, "a e");
    const tdm_revision *a = tdm_chain_get(f->chain, TDM_TEXT("a"));
    const tdm_revision *d = tdm_chain_get(f->chain, TDM_TEXT("d"));
    assert_true(tdm_is_branch_point(a));
    assert_false(tdm_is_merge_point(a));
    assert_true(tdm_is_merge_point(d));
    assert_list(a->children, "b c");
    assert_list(d->parents, "b c");
    assert_int_equal(tdm_chain_check(f->chain, &f->err), TDM_OK);
}

static void a_head_that_is_depended_on_is_no_real_head(void **state)
{
    chain_fixture *f = *state;
    link_chain(f, "a b<a x y<x+b");
    assert_list(f->chain->heads, "b y");
    assert_list(f->chain->real_heads, "y");
    assert_list(tdm_chain_get(f->chain, TDM_TEXT("y"))->needs, "x b");
}

static void a_dependency_of_an_ancestor_is_not_needed_again(void **state)
{
    chain_fixture *f = *state;
    link_chain(f, "a x y<x+a z<y+a");
    const tdm_revision *z = tdm_chain_get(f->chain, TDM_TEXT("z"));
    assert_list(z->dependencies, "a");
    assert_list(z->needs_more, "");
    assert_list(z->needs, "y");
}

static void dependencies_may_be_labels(void **state)
{
    chain_fixture *f = *state;
    link_chain(f, "a:net b<a x+net");
    assert_list(tdm_chain_get(f->chain, TDM_TEXT("x"))->dependencies, "a");
    assert_null(tdm_chain_get(f->chain, TDM_TEXT("net")));
}

static void labels_reach_descendants_and_the_line_below(void **state)
{
    chain_fixture *f = *state;
    link_chain(f, "a b<a c<b:net d<c e<d f");
    for (const char *id = "abcde"; *id; id++) {
        const tdm_revision *revision = tdm_chain_get(f->chain, (tdm_text){id, 1});
        assert_int_equal(revision->branches.count, 1);
        assert_text_equal(revision->branches.items[0], "net");
    }
    assert_int_equal(tdm_chain_get(f->chain, TDM_TEXT("f"))->branches.count, 0);
    link_chain(f, "a b<a:one c<a:two");
    assert_int_equal(tdm_chain_get(f->chain, TDM_TEXT("a"))->branches.count, 0);
    assert_int_equal(tdm_chain_get(f->chain, TDM_TEXT("b"))->branches.count, 1);
}

// What is wrong, in Alembic's words, and whether Alembic refuses the chain.
static void problems_have_alembics_words(void **state)
{
    chain_fixture *f = *state;
    const struct {
        const char *words;
        tdm_problem_kind kind;
        bool fatal;
        const char *message;
    } rows[] = {
        {"a<a", TDM_PROBLEM_SELF_LOOP, true, "Self-loop is detected in revisions (a)"},
        {"a b<a+b", TDM_PROBLEM_SELF_LOOP, true,
         "Dependency self-loop is detected in revisions (b)"},
        {"a a", TDM_PROBLEM_DUPLICATE, false, "Revision a is present more than once"},
        {"a:x b:x", TDM_PROBLEM_LABEL_TAKEN, true,
         "Branch name 'x' in revision b already used by revision a"},
        {"a b<zz", TDM_PROBLEM_MISSING_PARENT, true,
         "Revision zz referenced from zz -> b (head), words is not present"},
        {"a c<b b<zz,a", TDM_PROBLEM_MISSING_PARENT, true,
         "Revision zz referenced from zz, a -> b (mergepoint), words is not present"},
        {"a:net b<net", TDM_PROBLEM_MISSING_PARENT, true,
         "down_revision of b names the branch label net; it must name an id"},
        {"a b<a+zz", TDM_PROBLEM_MISSING_DEPENDENCY, true,
         "Revision zz, a dependency of b, is not present"},
        {"a<c b<a c<b", TDM_PROBLEM_CYCLE, true, "Cycle is detected in revisions (a, b, c)"},
        {"z a<c b<a c<b", TDM_PROBLEM_CYCLE, true, "Cycle is detected in revisions (a, b, c)"},
        {"a b+c c<b", TDM_PROBLEM_DEPENDENCY_CYCLE, true,
         "Dependency cycle is detected in revisions (b, c)"},
        // Alembic overlooks this one, and runs b before its parent or never ends.
        {"a b<a,c c<b d<c", TDM_PROBLEM_CYCLE, true, "Cycle is detected in revisions (b, c)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        link_chain(f, rows[i].words);
        assert_int_equal(f->chain->problem_count, 1);
        const tdm_problem *problem = &f->chain->problems[0];
        assert_text_equal(problem->message, rows[i].message);
        assert_int_equal(problem->kind, rows[i].kind);
        assert_int_equal(problem->fatal, rows[i].fatal);
        assert_int_equal(tdm_chain_check(f->chain, &f->err), rows[i].fatal ? TDM_FAILED : TDM_OK);
    }
}

static void every_problem_is_recorded_and_the_rest_is_linked(void **state)
{
    chain_fixture *f = *state;
    link_chain(f, "a b<a c<gone d<also d<b");
    assert_int_equal(f->chain->problem_count, 3);
    assert_int_equal(f->chain->problems[0].kind, TDM_PROBLEM_DUPLICATE);
    assert_int_equal(f->chain->problems[1].kind, TDM_PROBLEM_MISSING_PARENT);
    assert_text_equal(f->chain->problems[1].name, "gone");
    assert_text_equal(f->chain->problems[2].name, "also");
    assert_list(tdm_chain_get(f->chain, TDM_TEXT("b"))->children, "d");
    assert_true(f->chain->revisions.items[3]->replaced);
    assert_false(f->chain->cyclic);
}

static void the_whole_chain_is_ordered_even_with_a_missing_parent(void **state)
{
    chain_fixture *f = *state;
    tdm_revision_list order;
    link_chain(f, "c<b b<a a e<gone f<e");
    assert_int_equal(tdm_chain_order(f->arena, f->chain, &order, &f->err), TDM_OK);
    assert_list(order, "e f a b c");
    link_chain(f, "a<c b<a c<b");
    assert_int_equal(tdm_chain_order(f->arena, f->chain, &order, &f->err), TDM_FAILED);
    assert_int_equal(f->err.code, TDM_ERROR_CHAIN);
}

static void an_empty_chain_is_whole(void **state)
{
    chain_fixture *f = *state;
    tdm_steps steps;
    link_chain(f, "");
    assert_int_equal(tdm_chain_check(f->chain, &f->err), TDM_OK);
    assert_int_equal(tdm_upgrade_steps(f->arena, f->chain, (tdm_revision_list){0}, TDM_TEXT("head"),
                                       &steps, &f->err),
                     TDM_OK);
    assert_int_equal(steps.count, 0);
}

// A ladder of merges makes Alembic's sort walk everything at every rung.
static void a_ladder_of_merges_is_ordered(void **state)
{
    chain_fixture *f = *state;
    enum { RUNGS = 1000 };
    tdm_revision *revisions = tdm_arena_array(f->arena, RUNGS, sizeof *revisions);
    tdm_text *names = tdm_arena_array(f->arena, RUNGS, sizeof *names);
    tdm_revision_list order;
    for (size_t i = 0; i < RUNGS; i++) {
        names[i] = tdm_arena_printf(f->arena, "%04zu", i);
        size_t parents = i > 1 ? 2 : i;
        revisions[i] = (tdm_revision){
            .id = names[i], .down = {&names[i - parents], parents}, .path = "versions/x.py"};
    }
    assert_int_equal(tdm_chain_link(f->arena, revisions, RUNGS, &f->chain, &f->err), TDM_OK);
    assert_int_equal(tdm_chain_order(f->arena, f->chain, &order, &f->err), TDM_OK);
    assert_int_equal(order.count, RUNGS);
    for (size_t i = 0; i < RUNGS; i++)
        assert_text_equal(order.items[i]->id, names[i].data);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_chain_fixture, close_chain_fixture)
    const struct CMUnitTest tests[] = {
        TEST(heads_are_what_nobody_names),
        TEST(a_head_that_is_depended_on_is_no_real_head),
        TEST(a_dependency_of_an_ancestor_is_not_needed_again),
        TEST(dependencies_may_be_labels),
        TEST(labels_reach_descendants_and_the_line_below),
        TEST(problems_have_alembics_words),
        TEST(every_problem_is_recorded_and_the_rest_is_linked),
        TEST(the_whole_chain_is_ordered_even_with_a_missing_parent),
        TEST(an_empty_chain_is_whole),
        TEST(a_ladder_of_merges_is_ordered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
