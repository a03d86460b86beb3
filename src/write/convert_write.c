// Putting converted files into the project, all of them or none.
#include <tandem/convert.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "base/tree.h"
#include "project/project.h"

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

static tdm_status write_one(tdm_project *project, const tdm_converted *file, tdm_error *err)
{
    const char *full = below_root(project, file->path);
    if (!full)
        return tdm_fail_memory(err);
    if (make_folder(project, file->path, err) != TDM_OK)
        return TDM_FAILED;
    tdm_error cause = TDM_ERROR_INIT;
    if (tdm_file_write(full, file->text, false, &cause) == TDM_OK)
        return TDM_OK;
    // Places are relative to the project's root.
    tdm_place place = {.file = file->path};
    if (cause.code == TDM_ERROR_EXISTS)
        return tdm_fail(err, TDM_ERROR_EXISTS, place, "'%s' exists already", file->path);
    return tdm_fail(err, cause.code, place, "%s", cause.message);
}

tdm_status tdm_convert_write(tdm_project *project, const tdm_conversion *conversion, tdm_error *err)
{
    for (size_t i = 0; i < conversion->count; i++) {
        if (write_one(project, &conversion->files[i], err) == TDM_OK)
            continue;
        while (i-- > 0) {
            const char *full = below_root(project, conversion->files[i].path);
            if (full)
                unlink(full);
        }
        return TDM_FAILED;
    }
    return TDM_OK;
}
