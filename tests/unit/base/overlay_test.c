// A tree as it would be after some files are written and removed.
#include "memory_tree.h"
#include "test.h"

#include "base/overlay.h"

typedef struct scene {
    tdm_arena *arena;
    memory_tree below;
    tdm_overlay *overlay;
} scene;

static const memory_file files[] = {{"a/one", "1"}, {"a/two", "2"}, {"b", "3"}, {NULL, NULL}};

static int set_up(void **state)
{
    scene *s = calloc(1, sizeof *s);
    if (!s)
        return -1;
    s->arena = tdm_arena_new(0);
    s->below = memory_tree_of(files);
    s->overlay = tdm_overlay_new(&s->below.tree, s->arena);
    *state = s;
    return s->arena && s->overlay ? 0 : -1;
}

static int tear_down(void **state)
{
    scene *s = *state;
    tdm_tree_free(tdm_overlay_tree(s->overlay));
    tdm_arena_free(s->arena);
    free(s);
    return 0;
}

static const char *names(scene *s, const char *folder)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_entries entries;
    tdm_buffer out = TDM_BUFFER_INIT(1000);
    if (tdm_tree_list(tdm_overlay_tree(s->overlay), folder, s->arena, &entries, &err) != TDM_OK)
        fail_msg("%s", err.message);
    for (size_t i = 0; i < entries.count; i++)
        tdm_buffer_putf(&out, "%s%s", i ? " " : "", entries.items[i].name.data);
    return tdm_buffer_take(&out, s->arena).data;
}

static const char *read_file(scene *s, const char *path)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_text text;
    if (tdm_tree_read(tdm_overlay_tree(s->overlay), path, s->arena, &text, &err) != TDM_OK)
        return NULL;
    return text.data;
}

static void without_changes_it_is_the_tree_below(void **state)
{
    scene *s = *state;
    assert_string_equal(names(s, "a"), "one two");
    assert_string_equal(read_file(s, "a/one"), "1");
    assert_true(tdm_tree_exists(tdm_overlay_tree(s->overlay), "b", NULL));
    assert_string_equal(tdm_overlay_tree(s->overlay)->root, "/project");
}

static void a_file_is_replaced_added_and_removed(void **state)
{
    scene *s = *state;
    assert_true(tdm_overlay_put(s->overlay, "a/two", TDM_TEXT("new")));
    assert_true(tdm_overlay_put(s->overlay, "a/ten", TDM_TEXT("10")));
    assert_true(tdm_overlay_remove(s->overlay, "a/one"));
    assert_string_equal(names(s, "a"), "ten two");
    assert_string_equal(read_file(s, "a/two"), "new");
    assert_string_equal(read_file(s, "a/ten"), "10");
    assert_null(read_file(s, "a/one"));
    assert_false(tdm_tree_exists(tdm_overlay_tree(s->overlay), "a/one", NULL));
    assert_string_equal(names(s, ""), "a b");
    // The tree below is as it was.
    tdm_entry_kind kind;
    assert_true(tdm_tree_exists(&s->below.tree, "a/one", &kind));
}

static void what_was_removed_can_come_back(void **state)
{
    scene *s = *state;
    assert_true(tdm_overlay_remove(s->overlay, "b"));
    assert_true(tdm_overlay_put(s->overlay, "b", TDM_TEXT("again")));
    assert_string_equal(names(s, ""), "a b");
    assert_string_equal(read_file(s, "b"), "again");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_changes_it_is_the_tree_below, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_is_replaced_added_and_removed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_removed_can_come_back, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
