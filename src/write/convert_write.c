// Putting converted files into the project, and into its lock, all of them or none.
#include <tandem/convert.h>

#include "base/error.h"
#include "base/text.h"
#include "base/vector.h"
#include "pair/lock_add.h"
#include "write/file_set.h"

typedef struct set {
    tdm_project *project;
    tdm_arena *arena;
    TDM_VECTOR(tdm_file_change) changes;
    TDM_VECTOR(tdm_lock_draft) drafts;
} set;

// "<version>_<name>" of the migration, whichever of the two is the new file.
static tdm_text migration_of(const set *in, const tdm_converted *file)
{
    tdm_text name = tdm_path_base(tdm_text_of(file->path));
    if (tdm_text_ends(name, TDM_TEXT(".sql")))
        return tdm_text_slice(name, 0, name.size - 4);
    const tdm_migration *migration =
        tdm_folder_find(tdm_project_folder(in->project), file->version);
    return migration ? tdm_text_slice(migration->file_name, 0, migration->file_name.size - 4)
                     : (tdm_text){NULL, 0};
}

static tdm_status add_file(set *in, const tdm_converted *file, tdm_error *err)
{
    tdm_file_change change = {.new_path = file->path, .new_text = file->text};
    tdm_text migration = migration_of(in, file);
    tdm_lock_draft draft = {file->revision, migration};
    if (!tdm_vector_push(in->arena, &in->changes, change))
        return tdm_fail_memory(err);
    // The revision of `new`: its migration is the next file. A migration may stand alone, too.
    if (migration.size == 0 || file->revision.size == 0)
        return TDM_OK;
    return tdm_vector_push(in->arena, &in->drafts, draft) ? TDM_OK : tdm_fail_memory(err);
}

static tdm_status add_lock(set *in, const char **ret_path, tdm_error *err)
{
    tdm_locked locked;
    tdm_file_change change = {0};
    if (tdm_lock_add_drafts(in->project, in->drafts.items, in->drafts.count, &locked, err) !=
        TDM_OK)
        return TDM_FAILED;
    *ret_path = locked.path;
    if (!locked.path)
        return TDM_OK;
    change.path = change.new_path = locked.path;
    change.new_text = locked.text;
    if (tdm_tree_read(tdm_project_tree(in->project), locked.path, in->arena, &change.text, err) !=
        TDM_OK)
        return TDM_FAILED;
    return tdm_vector_push(in->arena, &in->changes, change) ? TDM_OK : tdm_fail_memory(err);
}

tdm_status tdm_convert_write(tdm_project *project, tdm_conversion *conversion, tdm_error *err)
{
    set in = {.project = project, .arena = tdm_project_arena(project)};
    for (size_t i = 0; i < conversion->count; i++)
        if (add_file(&in, &conversion->files[i], err) != TDM_OK)
            return TDM_FAILED;
    if (conversion->count && add_lock(&in, &conversion->lock, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_file_set_write(project, in.changes.items, in.changes.count, err);
}
