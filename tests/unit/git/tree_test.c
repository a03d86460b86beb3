#include "test.h"

#include "base/text.h"
#include "git/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct fixture {
    char root[64];
    tdm_arena *arena;
    tdm_repository *repository;
    tdm_tree *tree;
} fixture;

// Runs a shell script in the repository, with git kept away from the user's own settings.
static void run(const fixture *f, const char *script)
{
    char command[2048];
    snprintf(command, sizeof command,
             "cd '%s' && export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null "
             "GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t "
             "&& { %s; } >/dev/null 2>&1",
             f->root, script);
    assert_int_equal(WEXITSTATUS(system(command)), 0);
}

static int setup(void **state)
{
    static fixture f;
    memset(&f, 0, sizeof f);
    snprintf(f.root, sizeof f.root, "/tmp/tandem-git-XXXXXX");
    assert_non_null(mkdtemp(f.root));
    f.arena = tdm_arena_new(0);
    run(&f, "git init -q . && mkdir -p app/supabase/migrations && cd app/supabase/migrations && "
            "echo 'SELECT 1;' > 1_a.sql && echo 'SELECT 2;' > 2_b.sql && git add . && "
            "git commit -qm first");
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    char command[128];
    tdm_tree_free(f->tree);
    tdm_repository_free(f->repository);
    tdm_arena_free(f->arena);
    snprintf(command, sizeof command, "rm -rf '%s'", f->root);
    return system(command);
}

static void open_index(fixture *f)
{
    tdm_error err = TDM_ERROR_INIT;
    assert_int_equal(
        tdm_repository_open(&(tdm_repository_place){.folder = f->root}, &f->repository, &err),
        TDM_OK);
    assert_int_equal(tdm_git_open_index(f->repository, &f->tree, &err), TDM_OK);
}

static tdm_text read_file(fixture *f, const char *path)
{
    tdm_text text = {NULL, 0};
    tdm_error err = TDM_ERROR_INIT;
    assert_int_equal(tdm_tree_read(f->tree, path, f->arena, &text, &err), TDM_OK);
    return text;
}

static void what_is_staged_counts_and_not_the_work_tree(void **state)
{
    fixture *f = *state;
    run(f, "cd app/supabase/migrations && echo 'SELECT 10;' > 1_a.sql && git add 1_a.sql && "
           "echo 'SELECT 100;' > 1_a.sql && git rm -q --cached 2_b.sql && echo x > 3_c.sql");
    open_index(f);
    assert_text_equal(read_file(f, "app/supabase/migrations/1_a.sql"), "SELECT 10;\n");
    assert_false(tdm_tree_exists(f->tree, "app/supabase/migrations/2_b.sql", NULL));
    assert_false(tdm_tree_exists(f->tree, "app/supabase/migrations/3_c.sql", NULL));
}

static void folders_are_listed_in_byte_order(void **state)
{
    fixture *f = *state;
    tdm_entries entries;
    tdm_error err = TDM_ERROR_INIT;
    run(f, "echo > app.txt && echo > app-x && git add .");
    open_index(f);
    assert_int_equal(tdm_tree_list(f->tree, "", f->arena, &entries, &err), TDM_OK);
    assert_int_equal(entries.count, 3);
    assert_text_equal(entries.items[0].name, "app");
    assert_int_equal(entries.items[0].kind, TDM_ENTRY_FOLDER);
    assert_text_equal(entries.items[1].name, "app-x");
    assert_text_equal(entries.items[2].name, "app.txt");
    assert_int_equal(tdm_tree_list(f->tree, "nowhere", f->arena, &entries, &err), TDM_FAILED);
}

static void a_commit_keeps_what_it_held(void **state)
{
    fixture *f = *state;
    tdm_error err = TDM_ERROR_INIT;
    tdm_entries entries;
    run(f, "git rm -q app/supabase/migrations/1_a.sql && git commit -qm second");
    assert_int_equal(
        tdm_repository_open(&(tdm_repository_place){.folder = f->root}, &f->repository, &err),
        TDM_OK);
    assert_int_equal(tdm_git_open_commit(f->repository, "HEAD~1", &f->tree, &err), TDM_OK);
    assert_text_equal(read_file(f, "app/supabase/migrations/1_a.sql"), "SELECT 1;\n");
    assert_int_equal(tdm_tree_list(f->tree, "app/supabase/migrations", f->arena, &entries, &err),
                     TDM_OK);
    assert_int_equal(entries.count, 2);
    tdm_tree *tree = NULL;
    assert_int_equal(tdm_git_open_commit(f->repository, "no-such", &tree, &err), TDM_FAILED);
}

static void links_are_followed_inside_the_tree_only(void **state)
{
    fixture *f = *state;
    tdm_entry_kind kind;
    run(f, "ln -s app/supabase here && ln -s /etc/passwd out && ln -s loop loop && git add .");
    open_index(f);
    assert_text_equal(read_file(f, "here/migrations/1_a.sql"), "SELECT 1;\n");
    assert_true(tdm_tree_exists(f->tree, "here", &kind));
    assert_int_equal(kind, TDM_ENTRY_FOLDER);
    assert_false(tdm_tree_exists(f->tree, "out", NULL));
    assert_false(tdm_tree_exists(f->tree, "loop", NULL));
}

static void a_conflict_refuses_to_be_read(void **state)
{
    fixture *f = *state;
    tdm_text text;
    tdm_error err = TDM_ERROR_INIT;
    run(f, "git checkout -q -b other && echo 'SELECT 7;' > app/supabase/migrations/1_a.sql && "
           "git commit -qam other && git checkout -q - && "
           "echo 'SELECT 8;' > app/supabase/migrations/1_a.sql && git commit -qam ours && "
           "! git merge other");
    open_index(f);
    assert_int_equal(
        tdm_tree_read(f->tree, "app/supabase/migrations/1_a.sql", f->arena, &text, &err),
        TDM_FAILED);
    assert_non_null(strstr(err.message, "merge conflict"));
}

static void a_split_index_is_refused_in_words(void **state)
{
    fixture *f = *state;
    tdm_error err = TDM_ERROR_INIT;
    run(f, "git update-index --split-index && echo y > y && git add y");
    assert_int_equal(
        tdm_repository_open(&(tdm_repository_place){.folder = f->root}, &f->repository, &err),
        TDM_OK);
    assert_int_equal(tdm_git_open_index(f->repository, &f->tree, &err), TDM_FAILED);
    assert_int_equal(err.code, TDM_ERROR_FILE);
    assert_non_null(strstr(err.hint, "split"));
}

static void a_folder_without_repository_is_an_error(void **state)
{
    fixture *f = *state;
    tdm_error err = TDM_ERROR_INIT;
    run(f, "rm -rf .git");
    assert_int_equal(
        tdm_repository_open(&(tdm_repository_place){.folder = f->root}, &f->repository, &err),
        TDM_FAILED);
    f->repository = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_staged_counts_and_not_the_work_tree, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(folders_are_listed_in_byte_order, setup, teardown),
        cmocka_unit_test_setup_teardown(a_commit_keeps_what_it_held, setup, teardown),
        cmocka_unit_test_setup_teardown(links_are_followed_inside_the_tree_only, setup, teardown),
        cmocka_unit_test_setup_teardown(a_conflict_refuses_to_be_read, setup, teardown),
        cmocka_unit_test_setup_teardown(a_split_index_is_refused_in_words, setup, teardown),
        cmocka_unit_test_setup_teardown(a_folder_without_repository_is_an_error, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
