// Where a project has its root. The work tree of a git repository is one project as long as nothing
// inside says otherwise; without git, tandem.toml marks it.
#include "project/state.h"

#include "base/error.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool has_entry(tdm_text folder, const char *name)
{
    char path[PATH_MAX];
    tdm_buffer joined = TDM_BUFFER_INIT(sizeof path - 1);
    tdm_buffer_put(&joined, folder);
    tdm_buffer_putc(&joined, '/');
    tdm_buffer_puts(&joined, name);
    bool there = !joined.failed && access(joined.data, F_OK) == 0;
    tdm_buffer_free(&joined);
    return there;
}

// The nearest folder at or above `folder` that holds `name`; an empty text when there is none.
static tdm_text nearest_with(tdm_text folder, const char *name)
{
    while (folder.size) {
        if (has_entry(folder, name))
            return folder;
        folder = tdm_path_folder(folder);
    }
    return folder;
}

tdm_status tdm_root_find(tdm_arena *arena, const char *folder, char **ret_root, char **ret_start,
                         tdm_error *err)
{
    char *real = realpath(folder, NULL);
    if (!real)
        return tdm_fail(err, TDM_ERROR_FILE, (tdm_place){.file = folder},
                        "cannot open folder '%s': %s", folder, strerror(errno));
    tdm_text start = tdm_text_of(real);
    tdm_text root = nearest_with(start, ".git");
    if (root.size == 0)
        root = nearest_with(start, "tandem.toml");
    if (root.size == 0)
        root = start;
    size_t below = root.size == start.size || root.size == 1 ? root.size : root.size + 1;
    char *root_copy = tdm_arena_string(arena, root);
    char *start_copy = tdm_arena_string(arena, tdm_text_from(start, below));
    free(real);
    if (!root_copy || !start_copy)
        return tdm_fail_memory(err);
    *ret_root = root_copy;
    *ret_start = start_copy;
    return TDM_OK;
}

tdm_status tdm_root_below(tdm_arena *arena, const char *root, const char *folder, char **ret_start,
                          tdm_error *err)
{
    char *real = realpath(folder, NULL);
    char *real_root = realpath(root, NULL);
    tdm_status status = TDM_OK;
    if (!real || !real_root) {
        status = tdm_fail(err, TDM_ERROR_FILE, (tdm_place){.file = folder},
                          "cannot open folder '%s': %s", real ? root : folder, strerror(errno));
    } else {
        tdm_text start = tdm_text_of(real);
        tdm_text above = tdm_text_of(real_root);
        bool same = tdm_text_equal(start, above);
        tdm_text below =
            tdm_text_from(start, above.size == 1 || same ? above.size : above.size + 1);
        if (tdm_text_starts(start, above) && (same || above.size == 1 || real[above.size] == '/'))
            *ret_start = tdm_arena_string(arena, below);
        else
            status = tdm_fail(err, TDM_ERROR_FILE, TDM_NOWHERE,
                              "the folder '%s' lies outside of the git repository '%s'", real,
                              real_root);
        if (status == TDM_OK && !*ret_start)
            status = tdm_fail_memory(err);
    }
    free(real);
    free(real_root);
    return status;
}
