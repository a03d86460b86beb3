#include "write/file_set.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *below_root(tdm_project *project, const char *path)
{
    return tdm_arena_printf(tdm_project_arena(project), "%s/%s", tdm_project_root(project), path)
        .data;
}

// A project that starts to keep a Supabase folder may not have it yet.
static tdm_status make_folder(tdm_project *project, const char *path, tdm_error *err)
{
    tdm_text folder = tdm_path_folder(tdm_text_of(path));
    for (size_t end = 0; end <= folder.size; end++) {
        if (end < folder.size && folder.data[end] != '/')
            continue;
        tdm_text part = tdm_text_slice(folder, 0, end);
        const char *name = tdm_arena_string(tdm_project_arena(project), part);
        const char *full = name ? below_root(project, name) : NULL;
        if (!full)
            return tdm_fail_memory(err);
        if (mkdir(full, 0777) != 0 && errno != EEXIST)
            return tdm_fail(err, TDM_ERROR_FILE, (tdm_place){.file = name},
                            "cannot make the folder '%s': %s", name, strerror(errno));
    }
    return TDM_OK;
}

// Places are relative to the project's root, and the file's own messages are not.
static tdm_status put(tdm_project *project, const char *path, tdm_text text, bool replace,
                      tdm_error *err)
{
    tdm_error cause = TDM_ERROR_INIT;
    tdm_place place = {.file = path};
    const char *full = below_root(project, path);
    if (!full)
        return tdm_fail_memory(err);
    if (tdm_file_write(full, text, replace, &cause) == TDM_OK)
        return TDM_OK;
    if (cause.code == TDM_ERROR_EXISTS)
        return tdm_fail(err, TDM_ERROR_EXISTS, place, "'%s' exists already", path);
    return tdm_fail(err, cause.code, place, "%s", cause.message);
}

static bool is_move(const tdm_file_change *change)
{
    return change->path && strcmp(change->path, change->new_path) != 0;
}

// Somebody may have saved the file in an editor since it was read.
static tdm_status check_unchanged(tdm_project *project, const tdm_file_change *change,
                                  tdm_error *err)
{
    tdm_text now;
    if (!change->path)
        return TDM_OK;
    if (tdm_tree_read(tdm_project_tree(project), change->path, tdm_project_arena(project), &now,
                      err) != TDM_OK)
        return TDM_FAILED;
    if (tdm_text_equal(now, change->text))
        return TDM_OK;
    return tdm_fail(err, TDM_ERROR_FILE, (tdm_place){.file = change->path},
                    "'%s' has changed since it was read", change->path);
}

static tdm_status take_away(tdm_project *project, const char *path, tdm_error *err)
{
    const char *full = below_root(project, path);
    if (!full)
        return tdm_fail_memory(err);
    if (unlink(full) == 0)
        return TDM_OK;
    return tdm_fail(err, TDM_ERROR_FILE, (tdm_place){.file = path}, "cannot remove '%s': %s", path,
                    strerror(errno));
}

static void undo(tdm_project *project, const tdm_file_change *change)
{
    tdm_error ignored = TDM_ERROR_INIT;
    if (change->path)
        (void)put(project, change->path, change->text, true, &ignored);
    if (!change->path || is_move(change))
        (void)take_away(project, change->new_path, &ignored);
}

// The new file stands before the old one goes, so that an end in between loses nothing.
static tdm_status carry_out(tdm_project *project, const tdm_file_change *change, tdm_error *err)
{
    bool replace = change->path && !is_move(change);
    if (make_folder(project, change->new_path, err) != TDM_OK ||
        put(project, change->new_path, change->new_text, replace, err) != TDM_OK)
        return TDM_FAILED;
    if (!is_move(change) || take_away(project, change->path, err) == TDM_OK)
        return TDM_OK;
    undo(project, change);
    return TDM_FAILED;
}

tdm_status tdm_file_set_write(tdm_project *project, const tdm_file_change *changes, size_t count,
                              tdm_error *err)
{
    for (size_t i = 0; i < count; i++)
        if (check_unchanged(project, &changes[i], err) != TDM_OK)
            return TDM_FAILED;
    for (size_t i = 0; i < count; i++) {
        if (carry_out(project, &changes[i], err) == TDM_OK)
            continue;
        while (i-- > 0)
            undo(project, &changes[i]);
        return TDM_FAILED;
    }
    return TDM_OK;
}
