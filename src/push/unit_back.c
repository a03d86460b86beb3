// What a unit says that takes a step back: the same transaction as a push, with the rows of both
// histories taken away at its end.
#include "push/unit_writer.h"

#include "base/error.h"
#include "base/limits.h"
#include "supabase/history.h"

void tdm_unit_guard(tdm_unit_writer *w)
{
    for (size_t i = 0; i < w->unit.item->guards.count; i++)
        tdm_unit_send(w, TDM_SEND_CHECK, w->unit.item->guards.items[i]);
}

static void remove_version(tdm_push_units *units, tdm_text version)
{
    size_t kept = 0;
    for (size_t i = 0; i < units->versions.count; i++)
        if (!tdm_text_equal(units->versions.items[i], version))
            units->versions.items[kept++] = units->versions.items[i];
    units->versions.count = kept;
}

static tdm_status forget_migration(tdm_unit_writer *w, size_t index)
{
    const tdm_migration *migration =
        tdm_project_folder_migration(w->units->plan->project, w->unit.item->migrations[index]);
    tdm_buffer sql = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_history_delete(&sql, migration->version);
    (void)tdm_vector_push(w->arena, &w->recorded, migration->version);
    remove_version(w->units, migration->version);
    return tdm_unit_send_buffer(w, TDM_SEND_RECORD, &sql);
}

// The last to be done is the first to be undone.
tdm_status tdm_unit_forget(tdm_unit_writer *w)
{
    const tdm_pair_info *pair = &w->unit.step->pair;
    tdm_row_list changes = {0};
    w->stepped.items = tdm_arena_array(w->arena, pair->revision_count, sizeof(tdm_revision *));
    if (!w->stepped.items)
        return tdm_fail_memory(w->err);
    for (size_t i = pair->migration_count; i-- > 0;)
        if (forget_migration(w, i) != TDM_OK)
            return TDM_FAILED;
    for (size_t i = pair->revision_count; i-- > 0;)
        if (tdm_unit_step_heads(w, i, TDM_DOWNGRADE, &changes) != TDM_OK)
            return TDM_FAILED;
    return tdm_unit_send_rows(w, &changes);
}
