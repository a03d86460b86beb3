#include "plan/plan_facts.h"

#include "base/error.h"
#include "base/text.h"

static bool note(tdm_map *map, tdm_text key, const tdm_finding *finding)
{
    if (key.size == 0 || tdm_map_has(map, key))
        return true;
    return tdm_map_put(map, key, (void *)finding);
}

tdm_status tdm_plan_facts_read(tdm_project *project, tdm_arena *arena, tdm_plan_facts *ret,
                               tdm_error *err)
{
    tdm_plan_facts facts = {0};
    if (tdm_check(project, &facts.check, err) != TDM_OK ||
        tdm_pairing_of(project, &facts.pairing, err) != TDM_OK)
        return TDM_FAILED;
    if (facts.check->pair_count != facts.pairing->pair_count)
        return tdm_fail(err, TDM_ERROR_BUG, TDM_NOWHERE,
                        "the check shows other pairs than it made");
    tdm_map_init(&facts.by_revision, arena);
    tdm_map_init(&facts.by_version, arena);
    for (size_t i = 0; i < facts.check->finding_count; i++) {
        const tdm_finding *finding = &facts.check->findings[i];
        if (finding->severity == TDM_SEVERITY_ERROR &&
            (!note(&facts.by_revision, finding->revision, finding) ||
             !note(&facts.by_version, finding->version, finding)))
            return tdm_fail_memory(err);
    }
    *ret = facts;
    return TDM_OK;
}

static const tdm_finding *finding_of(const tdm_plan_facts *facts, const tdm_pair_info *pair)
{
    const tdm_finding *found = NULL;
    for (size_t i = 0; i < pair->revision_count && !found; i++)
        found = tdm_map_get(&facts->by_revision, pair->revisions[i].id);
    for (size_t i = 0; i < pair->migration_count && !found; i++)
        found = tdm_map_get(&facts->by_version, pair->migrations[i].version);
    return found;
}

// "TD303 column token_count ... (supabase/migrations/x.sql:7)"
static tdm_text finding_text(tdm_arena *arena, const tdm_finding *finding)
{
    if (!finding->place.file)
        return tdm_arena_printf(arena, "%s: %.*s", tdm_finding_code(finding->kind),
                                TDM_TEXT_ARG(finding->message));
    return tdm_arena_printf(arena, "%s: %.*s (%s:%u)", tdm_finding_code(finding->kind),
                            TDM_TEXT_ARG(finding->message), finding->place.file,
                            (unsigned)finding->place.line);
}

// The first thing that must be run and stands on one side alone. Rows that a file writes into the
// histories itself are no such thing: recording is what push does.
static tdm_pair_rest rest_of(const tdm_paired *pair, tdm_pair_side side, tdm_arena *arena)
{
    for (size_t i = 0; i < pair->residue_count; i++) {
        const tdm_residue *residue = &pair->residues[i];
        if (residue->side != side || residue->residue == TDM_RESIDUE_BOOKKEEPING)
            continue;
        tdm_pair_rest rest = {.place = residue->statement.place};
        rest.says =
            tdm_arena_printf(arena, "%s%s%.*s", residue->command, residue->object.size ? " " : "",
                             TDM_TEXT_ARG(residue->object));
        return rest;
    }
    return (tdm_pair_rest){0};
}

void tdm_plan_facts_of(const tdm_plan_facts *facts, size_t pair, tdm_arena *arena,
                       tdm_pair_facts *ret)
{
    const tdm_paired *paired = &facts->pairing->pairs[pair];
    const tdm_pair_info *info = &facts->check->pairs[pair];
    const tdm_finding *finding = finding_of(facts, info);
    ret->pair = info;
    ret->only_revision = rest_of(paired, TDM_SIDE_ALEMBIC, arena);
    ret->only_migration = rest_of(paired, TDM_SIDE_SUPABASE, arena);
    ret->finding = finding ? finding_text(arena, finding) : (tdm_text){0};
}
