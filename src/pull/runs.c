// Whether the files can run in the order of their versions, on a database that has none of them. A
// row's version need not say when it ran: servers stamp their clock, and one kind of them a clock
// of twelve hours.
#include "pull/puller.h"

#include "base/error.h"
#include "base/text.h"
#include "replay/replay.h"

// What the server would refuse for certain; the replay says so in these words.
static bool is_refusal(const tdm_change *change)
{
    return change->kind == TDM_CHANGE_OPAQUE &&
           (change->refusal || tdm_text_starts(change->reason, TDM_TEXT("the server refuses")));
}

// What the server would say of each migration, or empty.
static tdm_status replay(tdm_puller *p, tdm_project *project, tdm_text *refusals)
{
    tdm_catalog *catalog = NULL;
    if (tdm_catalog_new(p->arena, true, &catalog, p->err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < tdm_project_migration_count(project); i++) {
        const tdm_statements *statements = NULL;
        tdm_effect effect;
        tdm_effect_init(&effect, p->arena);
        tdm_catalog_reset_session(catalog);
        if (tdm_project_migration_statements(project, i, &statements, p->err) != TDM_OK)
            return TDM_FAILED;
        for (size_t k = 0; k < statements->count; k++)
            if (tdm_catalog_apply(catalog, &statements->items[k], NULL, &effect, p->err) != TDM_OK)
                return TDM_FAILED;
        for (size_t k = 0; k < effect.count && refusals[i].size == 0; k++)
            if (is_refusal(&effect.items[k]))
                refusals[i] = effect.items[k].reason;
    }
    return TDM_OK;
}

static tdm_status replay_all(tdm_puller *p, tdm_project *project, tdm_text **ret)
{
    *ret = tdm_arena_array(p->arena, tdm_project_migration_count(project), sizeof **ret);
    return *ret ? replay(p, project, *ret) : tdm_fail_memory(p->err);
}

static void refuse_itself(tdm_puller *p, tdm_pulled *of, tdm_text why)
{
    tdm_pull_refuse(of, tdm_arena_printf(p->arena, "it %.*s", TDM_TEXT_ARG(why)),
                    TDM_TEXT("It ran in another order than its version says. `tandem status` tells "
                             "what is known; the file has to be written by hand."));
}

void tdm_pull_refuse_before(tdm_puller *p, tdm_text version, const char *path, tdm_text why)
{
    tdm_pulled *last = NULL;
    for (size_t i = 0; i < p->found.count; i++)
        if (p->found.items[i].is.outcome == TDM_PULL_TAKEN &&
            (!last || tdm_text_compare(p->found.items[i].row->version, version) < 0))
            last = &p->found.items[i];
    if (last)
        tdm_pull_refuse(last, tdm_arena_printf(p->arena, "%s %.*s", path, TDM_TEXT_ARG(why)),
                        TDM_TEXT("If they are one change, give the file the row's version; else "
                                 "change the one that is not applied yet."));
}

// Both lists are in order of the version, and `with` has all that the project has.
tdm_status tdm_pull_check_runs(tdm_puller *p, tdm_project *with)
{
    tdm_text *before;
    tdm_text *after;
    size_t old = 0;
    if (replay_all(p, p->project, &before) != TDM_OK || replay_all(p, with, &after) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < tdm_project_migration_count(with); i++) {
        const tdm_migration *migration = tdm_project_folder_migration(with, i);
        tdm_pulled *of = tdm_pull_taken(p, migration->version);
        bool failed_before = !of && before[old++].size > 0;
        if (after[i].size == 0 || failed_before)
            continue;
        tdm_text why = tdm_arena_printf(p->arena, "would fail %s: %.*s",
                                        of ? "where its version puts it" : "behind it",
                                        TDM_TEXT_ARG(after[i]));
        if (of)
            refuse_itself(p, of, why);
        else
            tdm_pull_refuse_before(p, tdm_arena_text(p->arena, migration->version),
                                   tdm_arena_string(p->arena, tdm_text_of(migration->path)), why);
        return tdm_arena_ok(p->arena) ? TDM_OK : tdm_fail_memory(p->err);
    }
    return TDM_OK;
}
