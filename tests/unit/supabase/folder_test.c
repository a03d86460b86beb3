#include "test.h"

#include "base/file.h"
#include "base/text.h"
#include "supabase/folder.h"

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

static void put_bytes(const fixture *f, const char *name, tdm_text bytes)
{
    char path[256];
    tdm_error err = TDM_ERROR_INIT;
    snprintf(path, sizeof path, "%s/migrations/%s", f->root, name);
    assert_int_equal(tdm_file_write(path, bytes, true, &err), TDM_OK);
}

static void put(const fixture *f, const char *name, const char *text)
{
    put_bytes(f, name, tdm_text_of(text));
}

static int setup(void **state)
{
    char path[128];
    tdm_error err = TDM_ERROR_INIT;
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    snprintf(f->root, sizeof f->root, "/tmp/tandem-folder-XXXXXX");
    assert_non_null(mkdtemp(f->root));
    snprintf(path, sizeof path, "%s/migrations", f->root);
    assert_int_equal(mkdir(path, 0755), 0);
    f->arena = tdm_arena_new(0);
    assert_int_equal(tdm_tree_open_folder(f->root, &f->tree, &err), TDM_OK);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    char command[128];
    tdm_tree_free(f->tree);
    tdm_arena_free(f->arena);
    snprintf(command, sizeof command, "rm -rf '%s'", f->root);
    int removed = system(command);
    free(f);
    return removed;
}

static tdm_folder read_folder(const fixture *f)
{
    tdm_folder folder;
    tdm_error err = TDM_ERROR_INIT;
    assert_int_equal(tdm_folder_read(f->arena, f->tree, "migrations", &folder, &err), TDM_OK);
    return folder;
}

static void a_name_is_digits_underscore_anything_sql(void **state)
{
    (void)state;
    static const struct {
        const char *file, *version, *name;
    } good[] = {
        {"20240101000001_add.sql", "20240101000001", "add"},
        {"1_a_b.c.sql", "1", "a_b.c"},
        {"20240101000002_.sql", "20240101000002", ""},
        {"7_\xC3\xA9 x.sql", "7", "\xC3\xA9 x"},
        {"1_x.down.sql", "1", "x.down"},
    };
    static const char *const bad[] = {"20240101000001.sql",
                                      "20240101000005-dash.sql",
                                      "1_x.SQL",
                                      "_x.sql",
                                      "x1_x.sql",
                                      "1_x.sql.bak",
                                      "1_xsql",
                                      "1_sql",
                                      "1_a\nb.sql",
                                      "README.md",
                                      "",
                                      "1_"};
    tdm_text version;
    tdm_text name;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(tdm_migration_name_parse(tdm_text_of(good[i].file), &version, &name));
        assert_text_equal(version, good[i].version);
        assert_text_equal(name, good[i].name);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(tdm_migration_name_parse(tdm_text_of(bad[i]), &version, &name));
}

static void migrations_are_sorted_by_version_as_text(void **state)
{
    fixture *f = *state;
    put(f, "10_b.sql", "");
    put(f, "1_a.sql", "");
    put(f, "20240101_day.sql", "");
    put(f, "20240101000001_second.sql", "");
    tdm_folder folder = read_folder(f);
    assert_int_equal(folder.count, 4);
    assert_text_equal(folder.migrations[0].version, "1");
    assert_text_equal(folder.migrations[1].version, "10");
    assert_text_equal(folder.migrations[2].version, "20240101");
    assert_text_equal(folder.migrations[3].version, "20240101000001");
    assert_true(folder.migrations[2].odd_version);
    assert_false(folder.migrations[3].odd_version);
    assert_string_equal(folder.migrations[3].path, "migrations/20240101000001_second.sql");
}

static void a_version_used_twice_is_kept_and_marked(void **state)
{
    fixture *f = *state;
    put(f, "20240101000001_b.sql", "");
    put(f, "20240101000001_a.sql", "");
    tdm_folder folder = read_folder(f);
    assert_int_equal(folder.count, 2);
    assert_text_equal(folder.migrations[0].name, "a");
    assert_false(folder.migrations[0].duplicate);
    assert_true(folder.migrations[1].duplicate);
}

static void what_supabase_skips_is_named_with_its_reason(void **state)
{
    fixture *f = *state;
    char path[128];
    snprintf(path, sizeof path, "%s/migrations/20240101000009_folder.sql", f->root);
    assert_int_equal(mkdir(path, 0755), 0);
    put(f, "README.md", "");
    put(f, "20240101000001.sql", "");
    put(f, "20240101000001_x.sql", "");
    tdm_folder folder = read_folder(f);
    assert_int_equal(folder.count, 1);
    assert_int_equal(folder.skipped_count, 2);
    assert_text_equal(folder.skipped[0].file_name, "20240101000001.sql");
    assert_int_equal(folder.skipped[0].reason, TDM_SKIP_PATTERN);
    assert_text_equal(folder.skipped[1].file_name, "README.md");
}

static void an_old_init_is_skipped_only_when_it_comes_first(void **state)
{
    fixture *f = *state;
    put(f, "20211208000000_init.sql", "");
    put(f, "20211208000001_init.sql", "");
    tdm_folder folder = read_folder(f);
    assert_int_equal(folder.count, 1);
    assert_int_equal(folder.skipped[0].reason, TDM_SKIP_INIT);
    assert_text_equal(folder.migrations[0].version, "20211208000001");
    put(f, ".gitkeep", "");
    folder = read_folder(f);
    assert_int_equal(folder.count, 2);
    assert_int_equal(folder.skipped[0].reason, TDM_SKIP_PATTERN);
}

static void a_newer_init_is_a_migration(void **state)
{
    fixture *f = *state;
    put(f, "20211209000000_init.sql", "");
    tdm_folder folder = read_folder(f);
    assert_int_equal(folder.count, 1);
    assert_int_equal(folder.skipped_count, 0);
}

static void a_byte_order_mark_is_dropped(void **state)
{
    fixture *f = *state;
    put(f, "1_a.sql", "\xEF\xBB\xBFselect 1;\r\n");
    tdm_folder folder = read_folder(f);
    assert_text_equal(folder.migrations[0].source, "select 1;\r\n");
}

static void what_cannot_be_read_is_a_problem_with_its_place(void **state)
{
    fixture *f = *state;
    char path[128];
    put(f, "1_latin.sql", "select 1;\n-- caf\xE9\n");
    put_bytes(f, "2_nul.sql", TDM_TEXT("a\0b"));
    snprintf(path, sizeof path, "%s/migrations/3_broken.sql", f->root);
    assert_int_equal(symlink("nowhere", path), 0);
    put(f, "4_fine.sql", "select 1;");
    tdm_folder folder = read_folder(f);
    assert_int_equal(folder.count, 4);
    assert_text_equal(folder.migrations[0].problem, "is not UTF-8: byte 0xe9");
    assert_int_equal(folder.migrations[0].problem_place.line, 2);
    assert_int_equal(folder.migrations[0].problem_place.column, 7);
    assert_int_equal(folder.migrations[0].source.size, 0);
    assert_true(folder.migrations[1].problem.size > 0);
    assert_true(folder.migrations[2].problem.size > 0);
    assert_int_equal(folder.migrations[3].problem.size, 0);
}

static void a_missing_folder_is_an_empty_one(void **state)
{
    fixture *f = *state;
    tdm_folder folder;
    tdm_error err = TDM_ERROR_INIT;
    assert_int_equal(tdm_folder_read(f->arena, f->tree, "elsewhere", &folder, &err), TDM_OK);
    assert_int_equal(folder.count, 0);
}

static void a_version_is_found(void **state)
{
    fixture *f = *state;
    put(f, "1_a.sql", "");
    put(f, "2_b.sql", "");
    put(f, "2_c.sql", "");
    tdm_folder folder = read_folder(f);
    assert_text_equal(tdm_folder_find(&folder, TDM_TEXT("2"))->name, "b");
    assert_null(tdm_folder_find(&folder, TDM_TEXT("02")));
    assert_null(tdm_folder_find(&folder, TDM_TEXT("3")));
}

static void the_header_ends_at_the_first_statement(void **state)
{
    fixture *f = *state;
    put(f, "1_a.sql",
        "-- Add \xC3\xA9 things\r\n--   tandem: revision ab_1, cd_2\n\n/* first\n   second */\n"
        "select 1; -- tandem: revision no\n-- tandem: revision neither\n");
    tdm_folder folder = read_folder(f);
    const tdm_migration *migration = &folder.migrations[0];
    assert_int_equal(migration->header_count, 4);
    assert_text_equal(migration->header[0].text, "Add \xC3\xA9 things");
    assert_int_equal(migration->header[0].place.column, 4);
    assert_int_equal(migration->header[0].place.end_column, 16);
    assert_text_equal(migration->header[2].text, "first");
    assert_text_equal(migration->header[3].text, "second");
    assert_int_equal(migration->header[3].place.line, 5);
    assert_int_equal(migration->header[3].place.column, 4);
    assert_int_equal(migration->link_count, 2);
    assert_text_equal(migration->links[0].revision, "ab_1");
    assert_int_equal(migration->links[0].place.line, 2);
    assert_int_equal(migration->links[0].place.column, 23);
    assert_text_equal(migration->links[1].revision, "cd_2");
    assert_int_equal(migration->links[1].place.column, 29);
}

static void only_a_tandem_line_is_a_link(void **state)
{
    fixture *f = *state;
    put(f, "1_a.sql",
        "-- see tandem: revision a\n-- tandem:ignore TD301 b\n-- tandem: revisionc\n");
    put(f, "2_b.sql", "/* TANDEM: Revision a\n tandem: revisions b c */ -- tandem: revision d");
    put(f, "3_c.sql", "/* never ends\n tandem: revision e");
    tdm_folder folder = read_folder(f);
    assert_int_equal(folder.migrations[0].link_count, 0);
    assert_int_equal(folder.migrations[1].link_count, 4);
    assert_text_equal(folder.migrations[1].links[3].revision, "d");
    assert_int_equal(folder.migrations[1].links[3].place.column, 47);
    assert_int_equal(folder.migrations[2].link_count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_digits_underscore_anything_sql),
        TEST(migrations_are_sorted_by_version_as_text),
        TEST(a_version_used_twice_is_kept_and_marked),
        TEST(what_supabase_skips_is_named_with_its_reason),
        TEST(an_old_init_is_skipped_only_when_it_comes_first),
        TEST(a_newer_init_is_a_migration),
        TEST(a_byte_order_mark_is_dropped),
        TEST(what_cannot_be_read_is_a_problem_with_its_place),
        TEST(a_missing_folder_is_an_empty_one),
        TEST(a_version_is_found),
        TEST(the_header_ends_at_the_first_statement),
        TEST(only_a_tandem_line_is_a_link),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
