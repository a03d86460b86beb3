#include "test.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/tree.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct fixture {
    char root[64];
    tdm_arena *arena;
    tdm_tree *tree;
} fixture;

static void put(const fixture *f, const char *path, const char *text)
{
    char full[256];
    snprintf(full, sizeof full, "%s/%s", f->root, path);
    tdm_error err = TDM_ERROR_INIT;
    assert_int_equal(tdm_file_write(full, tdm_text_of(text), true, &err), TDM_OK);
}

static int setup(void **state)
{
    static fixture f;
    snprintf(f.root, sizeof f.root, "/tmp/tandem-tree-XXXXXX");
    assert_non_null(mkdtemp(f.root));
    f.arena = tdm_arena_new(0);
    tdm_error err = TDM_ERROR_INIT;
    assert_int_equal(tdm_tree_open_folder(f.root, &f.tree, &err), TDM_OK);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    char command[128];
    tdm_tree_free(f->tree);
    tdm_arena_free(f->arena);
    snprintf(command, sizeof command, "rm -rf '%s'", f->root);
    return system(command);
}

static void entries_are_sorted_by_bytes(void **state)
{
    fixture *f = *state;
    tdm_entries entries;
    tdm_error err = TDM_ERROR_INIT;
    put(f, "b", "");
    put(f, "a.sql", "");
    put(f, "Z", "");
    assert_int_equal(tdm_tree_list(f->tree, "", f->arena, &entries, &err), TDM_OK);
    assert_int_equal(entries.count, 3);
    assert_text_equal(entries.items[0].name, "Z");
    assert_text_equal(entries.items[1].name, "a.sql");
    assert_text_equal(entries.items[2].name, "b");
    assert_int_equal(entries.items[0].kind, TDM_ENTRY_FILE);
}

static void reading_gives_the_bytes(void **state)
{
    fixture *f = *state;
    tdm_text text;
    tdm_error err = TDM_ERROR_INIT;
    put(f, "x", "line\n");
    assert_int_equal(tdm_tree_read(f->tree, "x", f->arena, &text, &err), TDM_OK);
    assert_text_equal(text, "line\n");
}

static void what_is_not_there_fails_with_its_name(void **state)
{
    fixture *f = *state;
    tdm_text text;
    tdm_error err = TDM_ERROR_INIT;
    assert_false(tdm_tree_exists(f->tree, "nothing", NULL));
    assert_int_equal(tdm_tree_read(f->tree, "nothing", f->arena, &text, &err), TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_FILE);
    assert_string_equal(err.place.file, "nothing");
}

static void a_file_beyond_the_limit_is_refused(void **state)
{
    fixture *f = *state;
    tdm_text text;
    tdm_error err = TDM_ERROR_INIT;
    char full[128];
    put(f, "big", "");
    snprintf(full, sizeof full, "%s/big", f->root);
    assert_int_equal(truncate(full, TDM_LIMIT_FILE + 1), 0);
    assert_int_equal(tdm_tree_read(f->tree, "big", f->arena, &text, &err), TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_LIMIT);
}

static void a_link_out_of_the_root_is_not_followed(void **state)
{
    fixture *f = *state;
    tdm_text text;
    tdm_error err = TDM_ERROR_INIT;
    char link_path[128];
    snprintf(link_path, sizeof link_path, "%s/out", f->root);
    assert_int_equal(symlink("/etc/passwd", link_path), 0);
    assert_int_equal(tdm_tree_read(f->tree, "out", f->arena, &text, &err), TDM_FAILED);
    put(f, "target", "inside");
    snprintf(link_path, sizeof link_path, "%s/in", f->root);
    assert_int_equal(symlink("target", link_path), 0);
    assert_int_equal(tdm_tree_read(f->tree, "in", f->arena, &text, &err), TDM_OK);
    assert_text_equal(text, "inside");
}

static void a_pipe_is_not_waited_for(void **state)
{
    fixture *f = *state;
    tdm_text text;
    tdm_error err = TDM_ERROR_INIT;
    char path[128];
    snprintf(path, sizeof path, "%s/pipe", f->root);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(tdm_tree_read(f->tree, "pipe", f->arena, &text, &err), TDM_FAILED);
}

static void writing_does_not_overwrite_unless_asked(void **state)
{
    fixture *f = *state;
    tdm_text text;
    tdm_error err = TDM_ERROR_INIT;
    char path[128];
    snprintf(path, sizeof path, "%s/once", f->root);
    assert_int_equal(tdm_file_write(path, TDM_TEXT("first"), false, &err), TDM_OK);
    assert_int_equal(tdm_file_write(path, TDM_TEXT("second"), false, &err), TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_EXISTS);
    assert_int_equal(tdm_tree_read(f->tree, "once", f->arena, &text, &err), TDM_OK);
    assert_text_equal(text, "first");
    tdm_entries entries;
    assert_int_equal(tdm_tree_list(f->tree, "", f->arena, &entries, &err), TDM_OK);
    assert_int_equal(entries.count, 1); // no temporary file stays
}

static void paths_are_joined_inside_the_root(void **state)
{
    fixture *f = *state;
    assert_string_equal(tdm_path_join(f->arena, "a/b", "../c/./d"), "a/c/d");
    assert_string_equal(tdm_path_join(f->arena, "", "x//y/"), "x/y");
    assert_null(tdm_path_join(f->arena, "a", "../../b"));
    assert_text_equal(tdm_path_base(TDM_TEXT("a/b.sql")), "b.sql");
    assert_text_equal(tdm_path_folder(TDM_TEXT("a/b.sql")), "a");
    assert_text_equal(tdm_path_folder(TDM_TEXT("b.sql")), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(entries_are_sorted_by_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(reading_gives_the_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_not_there_fails_with_its_name, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_beyond_the_limit_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_link_out_of_the_root_is_not_followed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_pipe_is_not_waited_for, setup, teardown),
        cmocka_unit_test_setup_teardown(writing_does_not_overwrite_unless_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(paths_are_joined_inside_the_root, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
