// What is applied in the target of what is here. A revision that is pulled follows only that: it
// ran there, so that nothing can have been below it that had not.
#include "pull/puller.h"

#include "base/error.h"

// Those that are recorded neither under their own version nor under another.
static void mark_pending(const tdm_puller *p, bool *pending)
{
    for (size_t i = 0; i < tdm_project_migration_count(p->project); i++)
        pending[i] = !tdm_history_has(&p->histories.versions,
                                      tdm_project_folder_migration(p->project, i)->version);
    for (size_t i = 0; i < p->matches.count; i++) {
        const tdm_match *match = &p->matches.items[i];
        if (match->kind == TDM_MATCH_MEANING || match->kind == TDM_MATCH_NAME)
            pending[match->migration] = false;
    }
}

static void mark_needs(const tdm_puller *p, const size_t *order, bool *unrelated)
{
    for (size_t i = tdm_project_revision_count(p->project); i-- > 0;) {
        const tdm_revision *revision = tdm_project_chain_revision(p->project, i);
        for (size_t k = 0; !unrelated[i] && k < revision->needs.count; k++)
            unrelated[order[revision->needs.items[k]->index]] = false;
    }
}

static bool all_recorded(const tdm_group *group, const bool *pending)
{
    for (size_t i = 0; i < group->migration_count; i++)
        if (pending[group->migrations[i]])
            return false;
    return group->migration_count > 0;
}

static bool any_applied(const tdm_puller *p, const tdm_group *group)
{
    for (size_t i = 0; i < group->revision_count; i++)
        if (tdm_set_has(&p->heads.applied,
                        tdm_project_chain_revision(p->project, group->revisions[i])))
            return true;
    return false;
}

tdm_status tdm_pull_applied(tdm_puller *p, tdm_applied *ret)
{
    size_t revisions = tdm_project_revision_count(p->project);
    size_t migrations = tdm_project_migration_count(p->project);
    size_t *order = tdm_arena_array(p->arena, revisions, sizeof *order);
    ret->unrelated = tdm_arena_array(p->arena, revisions, sizeof(bool));
    ret->pending = tdm_arena_array(p->arena, migrations, sizeof(bool));
    if (!order || !ret->unrelated || !ret->pending)
        return tdm_fail_memory(p->err);
    mark_pending(p, ret->pending);
    for (size_t i = 0; i < revisions; i++) {
        const tdm_revision *revision = tdm_project_chain_revision(p->project, i);
        const tdm_group *group = &p->pairing->pairs[p->pairing->of_revision[i]].group;
        order[revision->index] = i;
        ret->unrelated[i] =
            !tdm_set_has(&p->heads.applied, revision) && !all_recorded(group, ret->pending);
    }
    mark_needs(p, order, ret->unrelated);
    for (size_t i = 0; i < migrations; i++)
        ret->pending[i] = ret->pending[i] &&
                          !any_applied(p, &p->pairing->pairs[p->pairing->of_migration[i]].group);
    return TDM_OK;
}

void tdm_pull_check_late(tdm_puller *p, const tdm_applied *applied)
{
    size_t first = 0;
    size_t count = tdm_project_migration_count(p->project);
    while (first < count && !applied->pending[first])
        first++;
    if (first == count || p->options->include_all)
        return;
    const tdm_migration *late = tdm_project_folder_migration(p->project, first);
    for (size_t i = 0; i < p->found.count; i++) {
        tdm_pulled *of = &p->found.items[i];
        if (of->is.outcome != TDM_PULL_TAKEN ||
            tdm_text_compare(of->row->version, late->version) < 0)
            continue;
        tdm_pull_refuse(
            of,
            tdm_arena_printf(p->arena,
                             "%s is older, and still pending there: the files would be "
                             "in another order than the target ran them",
                             late->path),
            TDM_TEXT("Give the pending migration a later version; or say --include-all, and "
                     "`tandem push` applies it behind what is there, as `supabase db push "
                     "--include-all` does."));
    }
}
