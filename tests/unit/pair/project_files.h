// Small projects on disk for the tests: a temporary folder that is removed again.
#ifndef PROJECT_FILES_H
#define PROJECT_FILES_H

#include "test.h"

#include "base/file.h"
#include "base/text.h"
#include "base/tree.h"

#include <tandem/check.h>
#include <tandem/project.h>

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct project_files {
    tdm_arena *arena;
    char root[32];
    tdm_project *project;
} project_files;

static const char *files_path(project_files *files, const char *path)
{
    return tdm_arena_printf(files->arena, "%s/%s", files->root, path).data;
}

static void files_make_folders(project_files *files, const char *path)
{
    for (size_t i = 0; path[i]; i++) {
        tdm_text part = {path, i};
        if (path[i] != '/')
            continue;
        const char *folder = files_path(files, tdm_arena_string(files->arena, part));
        assert_true(mkdir(folder, 0755) == 0 || errno == EEXIST);
    }
}

// Writes or replaces a file below the root.
static void files_put(project_files *files, const char *path, const char *text)
{
    tdm_error err = TDM_ERROR_INIT;
    files_make_folders(files, path);
    assert_int_equal(tdm_file_write(files_path(files, path), tdm_text_of(text), true, &err),
                     TDM_OK);
}

static inline void files_remove(project_files *files, const char *path)
{
    assert_int_equal(unlink(files_path(files, path)), 0);
}

// Copies the files of a folder of the repository.
static inline void files_copy(project_files *files, const char *folder)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_tree *tree;
    tdm_entries entries;
    assert_int_equal(tdm_tree_open_folder(TANDEM_SOURCE_DIR, &tree, &err), TDM_OK);
    assert_int_equal(tdm_tree_list(tree, folder, files->arena, &entries, &err), TDM_OK);
    for (size_t i = 0; i < entries.count; i++) {
        tdm_text source;
        const char *path =
            tdm_arena_printf(files->arena, "%s/%s", folder, entries.items[i].name.data).data;
        if (entries.items[i].kind != TDM_ENTRY_FILE)
            continue;
        assert_int_equal(tdm_tree_read(tree, path, files->arena, &source, &err), TDM_OK);
        files_put(files, path, source.data);
    }
    tdm_tree_free(tree);
}

// Replaces the first `from` in a file.
static inline void files_edit(project_files *files, const char *path, const char *from,
                              const char *to)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_tree *tree;
    tdm_text source;
    assert_int_equal(tdm_tree_open_folder(files->root, &tree, &err), TDM_OK);
    assert_int_equal(tdm_tree_read(tree, path, files->arena, &source, &err), TDM_OK);
    tdm_tree_free(tree);
    size_t at = tdm_text_find(source, tdm_text_of(from));
    assert_true(at != SIZE_MAX);
    files_put(files, path,
              tdm_arena_printf(files->arena, "%.*s%s%s",
                               TDM_TEXT_ARG(tdm_text_slice(source, 0, at)), to,
                               source.data + at + strlen(from))
                  .data);
}

// A revision file with this body of upgrade(); `down` NULL: a base.
static inline void files_revision(project_files *files, const char *id, const char *down,
                                  const char *upgrade)
{
    tdm_text text =
        tdm_arena_printf(files->arena,
                         "\"\"\"%s\"\"\"\n"
                         "from alembic import op\n"
                         "import sqlalchemy as sa\n\n"
                         "revision = \"%s\"\n"
                         "down_revision = %s%s%s\n\n\n"
                         "def upgrade():\n    %s\n\n\n"
                         "def downgrade():\n    pass\n",
                         id, id, down ? "\"" : "", down ? down : "None", down ? "\"" : "", upgrade);
    files_put(files, tdm_arena_printf(files->arena, "alembic/versions/%s_change.py", id).data,
              text.data);
}

// Opens the project as it lies there, and checks it.
static inline const tdm_check_result *files_check(project_files *files)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_project_options options = {.directory = files->root};
    const tdm_check_result *result;
    tdm_project_free(files->project);
    files->project = NULL;
    if (tdm_project_open(&options, &files->project, &err) != TDM_OK ||
        tdm_check(files->project, &result, &err) != TDM_OK)
        fail_msg("%s", err.message);
    return result;
}

static int files_set_up(void **state)
{
    project_files *files = calloc(1, sizeof *files);
    if (!files)
        return -1;
    files->arena = tdm_arena_new(0);
    memcpy(files->root, "/tmp/tandem-pair-XXXXXX", sizeof "/tmp/tandem-pair-XXXXXX");
    *state = files;
    if (!files->arena || !mkdtemp(files->root))
        return -1;
    files_put(files, "tandem.toml", "");
    files_put(files, "alembic.ini", "[alembic]\nscript_location = alembic\n");
    files_put(files, "alembic/env.py", "");
    files_put(files, "supabase/config.toml", "project_id = \"x\"\n");
    files_put(files, "alembic/versions/.keep", "");
    files_put(files, "supabase/migrations/.keep", "");
    return 0;
}

static int files_delete(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static int files_tear_down(void **state)
{
    project_files *files = *state;
    tdm_project_free(files->project);
    nftw(files->root, files_delete, 16, FTW_DEPTH | FTW_PHYS);
    tdm_arena_free(files->arena);
    free(files);
    return 0;
}

#endif
