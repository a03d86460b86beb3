// Groups, and their order against the chain. A case is written as the needs of each revision and
// the links between revisions and migrations.
#include "test.h"

#include "pair/order.h"

#include <stdlib.h>
#include <string.h>

enum { MAX = 8 };

typedef struct fixture {
    tdm_arena *arena;
    tdm_link_revision revisions[MAX];
    uint32_t needs[MAX][MAX];
    size_t revision_count;
    size_t migration_count;
    tdm_links links;
    tdm_groups groups;
    tdm_misorders misorders;
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->arena = tdm_arena_new(0);
    *state = f;
    return f->arena ? 0 : -1;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    tdm_arena_free(f->arena);
    free(f);
    return 0;
}

// A revision that needs `first` and `second` (-1: nothing).
static void revision(fixture *f, int first, int second)
{
    tdm_link_revision *item = &f->revisions[f->revision_count];
    item->needs = f->needs[f->revision_count];
    if (first >= 0)
        f->needs[f->revision_count][item->need_count++] = (uint32_t)first;
    if (second >= 0)
        f->needs[f->revision_count][item->need_count++] = (uint32_t)second;
    f->revision_count++;
}

static void line_of(fixture *f, int count)
{
    for (int i = 0; i < count; i++)
        revision(f, i - 1, -1);
}

static void joined(fixture *f, uint32_t of_revision, uint32_t of_migration)
{
    tdm_link_edge edge = {.revision = of_revision, .migration = of_migration};
    assert_true(tdm_vector_push(f->arena, &f->links.edges, edge));
}

static void make(fixture *f, size_t migration_count)
{
    tdm_error err = TDM_ERROR_INIT;
    f->migration_count = migration_count;
    assert_int_equal(
        tdm_groups_make(f->arena, &f->links, f->revision_count, migration_count, &f->groups, &err),
        TDM_OK);
    tdm_link_input input = {.revisions = f->revisions,
                            .revision_count = f->revision_count,
                            .migration_count = migration_count};
    assert_int_equal(tdm_order_check(f->arena, &input, &f->groups, &f->misorders, &err), TDM_OK);
}

static void what_is_alone_is_a_group_in_its_place(void **state)
{
    fixture *f = *state;
    line_of(f, 3);
    joined(f, 0, 1);
    joined(f, 2, 3);
    make(f, 5);
    // Migration 0 stands before the first pair, 2 between the pairs, 4 behind the last one.
    assert_int_equal(f->groups.count, 6);
    assert_int_equal(f->groups.of_migration[0], 0);
    assert_int_equal(f->groups.of_revision[0], 1);
    assert_int_equal(f->groups.of_migration[1], 1);
    assert_int_equal(f->groups.of_revision[1], 2);
    assert_int_equal(f->groups.of_migration[2], 3);
    assert_int_equal(f->groups.of_revision[2], 4);
    assert_int_equal(f->groups.of_migration[4], 5);
    assert_int_equal(f->groups.items[1].edge_count, 1);
    assert_int_equal(f->groups.items[0].revision_count, 0);
}

static void links_are_joined_into_groups(void **state)
{
    fixture *f = *state;
    line_of(f, 4);
    joined(f, 0, 0);
    joined(f, 1, 0);
    joined(f, 1, 1);
    joined(f, 3, 2);
    make(f, 3);
    assert_int_equal(f->groups.count, 3);
    const tdm_group *group = &f->groups.items[0];
    assert_int_equal(group->revision_count, 2);
    assert_int_equal(group->migration_count, 2);
    assert_int_equal(group->edge_count, 3);
    assert_int_equal(group->revisions[1], 1);
    assert_int_equal(group->migrations[1], 1);
    assert_int_equal(f->groups.items[1].revisions[0], 2);
}

static void one_side_alone(void **state)
{
    fixture *f = *state;
    make(f, 2);
    assert_int_equal(f->groups.count, 2);
    assert_int_equal(f->groups.items[1].migrations[0], 1);
}

static void a_line_in_order(void **state)
{
    fixture *f = *state;
    line_of(f, 3);
    for (uint32_t i = 0; i < 3; i++)
        joined(f, i, i);
    make(f, 3);
    assert_int_equal(f->misorders.count, 0);
}

static void a_child_before_its_parent(void **state)
{
    fixture *f = *state;
    line_of(f, 3);
    joined(f, 0, 0);
    joined(f, 1, 2);
    joined(f, 2, 1);
    make(f, 3);
    assert_int_equal(f->misorders.count, 1);
    assert_int_equal(f->misorders.items[0].parent, 1);
    assert_int_equal(f->misorders.items[0].child, 2);
    assert_int_equal(f->misorders.items[0].parent_migration, 2);
    assert_int_equal(f->misorders.items[0].child_migration, 1);
}

static void branches_may_come_in_any_order(void **state)
{
    fixture *f = *state;
    revision(f, -1, -1);
    revision(f, 0, -1);
    revision(f, 0, -1);
    revision(f, 1, 2);
    joined(f, 0, 0);
    joined(f, 1, 2);
    joined(f, 2, 1);
    joined(f, 3, 3);
    make(f, 4);
    assert_int_equal(f->misorders.count, 0);
}

static void a_revision_without_migration_is_looked_through(void **state)
{
    fixture *f = *state;
    line_of(f, 3);
    joined(f, 0, 1);
    joined(f, 2, 0);
    make(f, 2);
    assert_int_equal(f->misorders.count, 1);
    assert_int_equal(f->misorders.items[0].parent, 0);
    assert_int_equal(f->misorders.items[0].child, 2);
}

static void dependencies_count_like_parents(void **state)
{
    fixture *f = *state;
    revision(f, -1, -1);
    revision(f, -1, -1);
    revision(f, 0, 1); // depends_on 1
    joined(f, 0, 0);
    joined(f, 1, 2);
    joined(f, 2, 1);
    make(f, 3);
    assert_int_equal(f->misorders.count, 1);
    assert_int_equal(f->misorders.items[0].parent, 1);
}

static void a_squashed_migration_holds_its_revisions_together(void **state)
{
    fixture *f = *state;
    line_of(f, 3);
    joined(f, 0, 0);
    joined(f, 1, 0);
    joined(f, 2, 1);
    make(f, 2);
    assert_int_equal(f->misorders.count, 0);
    assert_int_equal(f->groups.count, 2);
}

static void a_group_that_lies_across_another_is_out_of_order(void **state)
{
    fixture *f = *state;
    line_of(f, 3);
    joined(f, 0, 1);
    joined(f, 1, 0);
    joined(f, 2, 1);
    make(f, 2);
    assert_int_equal(f->misorders.count, 1);
    assert_int_equal(f->misorders.items[0].child, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_alone_is_a_group_in_its_place),
        TEST(links_are_joined_into_groups),
        TEST(one_side_alone),
        TEST(a_line_in_order),
        TEST(a_child_before_its_parent),
        TEST(branches_may_come_in_any_order),
        TEST(a_revision_without_migration_is_looked_through),
        TEST(dependencies_count_like_parents),
        TEST(a_squashed_migration_holds_its_revisions_together),
        TEST(a_group_that_lies_across_another_is_out_of_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
