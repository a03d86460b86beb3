#include "supabase/link.h"

#include "base/error.h"
#include "base/text.h"

enum {
    REF_SIZE = 20,
};

bool tdm_is_project_ref(tdm_text text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] < 'a' || text.data[i] > 'z')
            return false;
    return text.size == REF_SIZE;
}

// The CLI trims what it reads.
static tdm_status read_file(tdm_tree *tree, tdm_arena *arena, const char *path, tdm_text *ret,
                            tdm_error *err)
{
    tdm_entry_kind kind;
    *ret = (tdm_text){0};
    if (!path)
        return tdm_fail_memory(err);
    if (!tdm_tree_exists(tree, path, &kind) || kind != TDM_ENTRY_FILE)
        return TDM_OK;
    if (tdm_tree_read(tree, path, arena, ret, err) != TDM_OK)
        return TDM_FAILED;
    *ret = tdm_arena_text(arena, tdm_text_trim(*ret));
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}

tdm_status tdm_project_link_read(tdm_tree *tree, tdm_arena *arena, const char *folder,
                                 tdm_project_link *ret, tdm_error *err)
{
    const char *ref_path = tdm_path_join(arena, folder, ".temp/project-ref");
    const char *pooler_path = tdm_path_join(arena, folder, ".temp/pooler-url");
    tdm_project_link link;
    if (read_file(tree, arena, ref_path, &link.ref, err) != TDM_OK ||
        read_file(tree, arena, pooler_path, &link.pooler_url, err) != TDM_OK)
        return TDM_FAILED;
    if (link.ref.size && !tdm_is_project_ref(link.ref)) {
        tdm_fail(err, TDM_ERROR_CONFIG, (tdm_place){.file = ref_path},
                 "this is no project reference");
        return tdm_hint(err, "Link again: `supabase link`.");
    }
    *ret = link;
    return TDM_OK;
}
