// What became of what tandem.lock froze, in words that a person can act on.
#include "pair/findings.h"

#include "base/map.h"
#include "base/text.h"

#define REFREEZE                                                                                   \
    "Put it back, and say the change in a new revision and migration. If no database can have "    \
    "run "                                                                                         \
    "it, `tandem lock --refreeze %.*s` freezes it as it is."

static tdm_text name_of(const tdm_frozen *item)
{
    return item->member->revision ? item->member->name : tdm_lock_version(item->member);
}

static const char *word_of(const tdm_frozen *item)
{
    return item->member->revision ? "revision" : "migration";
}

static tdm_finding finding_of(tdm_arena *arena, tdm_project *project, const tdm_frozen *item,
                              tdm_finding_kind kind)
{
    tdm_finding finding = tdm_finding_of(kind);
    tdm_text name = name_of(item);
    finding.other_place = item->line->place;
    finding.hint = tdm_arena_printf(arena, REFREEZE, TDM_TEXT_ARG(name));
    *(item->member->revision ? &finding.revision : &finding.version) = name;
    if (item->state == TDM_FROZEN_GONE)
        finding.place = item->line->place;
    else if (item->member->revision)
        finding.place = tdm_project_chain_revision(project, item->index)->id_place;
    else
        finding.place = tdm_project_folder_migration(project, item->index)->place;
    return finding;
}

static tdm_text key_of(tdm_arena *arena, const tdm_finding *finding)
{
    return tdm_arena_printf(arena, "%d %.*s %.*s", (int)finding->kind,
                            TDM_TEXT_ARG(finding->revision), TDM_TEXT_ARG(finding->version));
}

// What the protected branch has said already is in `said`.
static void add(tdm_finding_list *list, const tdm_map *said, tdm_finding finding)
{
    if (!said->count || !tdm_map_has(said, key_of(list->arena, &finding)))
        tdm_finding_add(list, finding);
}

static void add_changed(tdm_finding_list *list, const tdm_map *said, tdm_project *project,
                        const tdm_frozen *item)
{
    tdm_finding finding = finding_of(list->arena, project, item, TDM_FINDING_FROZEN_CHANGED);
    const char *words = item->state == TDM_FROZEN_CHANGED
                            ? "is frozen in tandem.lock and means something else now"
                            : "has changed, and whether it means what it meant cannot be known: "
                              "tandem.lock was written by another version of tandem";
    finding.message = tdm_arena_printf(list->arena, "%s %.*s %s", word_of(item),
                                       TDM_TEXT_ARG(name_of(item)), words);
    add(list, said, finding);
}

static void add_gone(tdm_finding_list *list, const tdm_map *said, tdm_project *project,
                     const tdm_frozen *item)
{
    tdm_finding finding = finding_of(list->arena, project, item, TDM_FINDING_FROZEN_GONE);
    finding.other_place = TDM_NOWHERE;
    finding.message =
        tdm_arena_printf(list->arena, "%s %.*s is frozen in tandem.lock and is no longer there",
                         word_of(item), TDM_TEXT_ARG(name_of(item)));
    add(list, said, finding);
}

static void add_renamed(tdm_finding_list *list, const tdm_map *said, tdm_project *project,
                        const tdm_frozen *item)
{
    tdm_finding finding = finding_of(list->arena, project, item, TDM_FINDING_FROZEN_RENAMED);
    finding.message =
        tdm_arena_printf(list->arena, "migration %.*s is frozen in tandem.lock as '%.*s.sql'",
                         TDM_TEXT_ARG(name_of(item)), TDM_TEXT_ARG(item->member->name));
    finding.hint = TDM_TEXT("Give the file its name again.");
    add(list, said, finding);
}

static void add_reopened(tdm_finding_list *list, const tdm_map *said, tdm_project *project,
                         const tdm_frozen *item)
{
    tdm_finding finding = finding_of(list->arena, project, item, TDM_FINDING_REOPENED);
    finding.message = tdm_arena_printf(
        list->arena, "%s %.*s has changed since its pair was acknowledged: %.*s", word_of(item),
        TDM_TEXT_ARG(name_of(item)), TDM_TEXT_ARG(item->line->reason));
    finding.hint = tdm_arena_printf(
        list->arena, "Look at it: `tandem lock --acknowledge %.*s --reason \"...\"` says so again.",
        TDM_TEXT_ARG(name_of(item)));
    add(list, said, finding);
}

void tdm_findings_of_frozen(tdm_finding_list *list, tdm_project *project,
                            const tdm_pairing *pairing)
{
    tdm_map said;
    tdm_map_init(&said, list->arena);
    for (size_t i = 0; tdm_project_base(project) && i < list->count; i++)
        (void)tdm_map_put(&said, key_of(list->arena, &list->items[i]), list);
    for (size_t i = 0; i < pairing->frozen.count; i++) {
        const tdm_frozen *item = &pairing->frozen.items[i];
        bool acknowledged = item->line->kind == TDM_LOCK_ACKNOWLEDGED;
        if (item->line->kind == TDM_LOCK_DRAFT)
            continue;
        if (item->state == TDM_FROZEN_GONE)
            add_gone(list, &said, project, item);
        else if (item->state != TDM_FROZEN_SAME && acknowledged)
            add_reopened(list, &said, project, item);
        else if (item->state != TDM_FROZEN_SAME)
            add_changed(list, &said, project, item);
        if (item->renamed)
            add_renamed(list, &said, project, item);
    }
}
