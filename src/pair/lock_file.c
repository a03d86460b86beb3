#include "pair/lock_file.h"

#include "base/error.h"
#include "base/text.h"

#include <string.h>

static const char *beside(tdm_arena *arena, const char *path)
{
    const char *folder = path ? tdm_arena_string(arena, tdm_path_folder(tdm_text_of(path))) : NULL;
    return folder ? tdm_path_join(arena, folder, "tandem.lock") : NULL;
}

static tdm_status find(tdm_project *project, tdm_lock *ret, tdm_error *err)
{
    tdm_arena *arena = tdm_project_arena(project);
    const char *candidates[] = {
        beside(arena, tdm_project_settings(project)->project_file),
        beside(arena, tdm_project_folder(project)->path),
        "tandem.lock",
    };
    if (!tdm_arena_ok(arena))
        return tdm_fail_memory(err);
    *ret = (tdm_lock){.path = candidates[0] ? candidates[0] : candidates[1]};
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        if (!candidates[i] || !tdm_tree_exists(tdm_project_tree(project), candidates[i], NULL))
            continue;
        if (ret->there && strcmp(ret->path, candidates[i]) != 0) {
            tdm_fail(err, TDM_ERROR_CONFIG, (tdm_place){.file = candidates[i]},
                     "two locks: '%s' and '%s'", ret->path, candidates[i]);
            return tdm_hint(err, "Keep one of them.");
        }
        ret->there = true;
        ret->path = candidates[i];
    }
    return TDM_OK;
}

tdm_status tdm_lock_load(tdm_project *project, bool mend, tdm_lock *ret, tdm_error *err)
{
    tdm_arena *arena = tdm_project_arena(project);
    tdm_text source;
    if (find(project, ret, err) != TDM_OK)
        return TDM_FAILED;
    if (!ret->there)
        return TDM_OK;
    if (tdm_tree_read(tdm_project_tree(project), ret->path, arena, &source, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_lock_parse(arena, ret->path, source, mend, ret, err);
}
