#include <tandem/check.h>

#include "base/error.h"
#include "pair/findings.h"
#include "pair/pair.h"
#include "pair/suppress.h"

static tdm_status fill_info(tdm_project *project, const tdm_paired *pair, tdm_pair_info *ret,
                            tdm_error *err)
{
    tdm_arena *arena = tdm_project_arena(project);
    const tdm_group *group = &pair->group;
    tdm_revision_info *revisions = tdm_arena_array(arena, group->revision_count, sizeof *revisions);
    tdm_migration_info *migrations =
        tdm_arena_array(arena, group->migration_count, sizeof *migrations);
    if (!revisions || !migrations)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < group->revision_count; i++)
        revisions[i] = tdm_project_revision(project, group->revisions[i]);
    for (size_t i = 0; i < group->migration_count; i++)
        migrations[i] = tdm_project_migration(project, group->migrations[i]);
    *ret = (tdm_pair_info){
        .revisions = revisions,
        .revision_count = group->revision_count,
        .migrations = migrations,
        .migration_count = group->migration_count,
        .verdict = pair->verdict,
        .link = pair->link,
        .detail = pair->detail,
    };
    return TDM_OK;
}

tdm_status tdm_check(tdm_project *project, const tdm_check_result **ret, tdm_error *err)
{
    tdm_arena *arena = tdm_project_arena(project);
    const tdm_pairing *pairing;
    tdm_finding_list findings = {.arena = arena};
    tdm_finding_list ignored = {.arena = arena};
    if (tdm_pairing_of(project, &pairing, err) != TDM_OK)
        return TDM_FAILED;
    tdm_pair_info *pairs = tdm_arena_array(arena, pairing->pair_count, sizeof *pairs);
    tdm_check_result *result = tdm_arena_new_of(arena, tdm_check_result);
    if (!pairs || !result)
        return tdm_fail_memory(err);
    for (size_t i = 0; i < pairing->pair_count; i++)
        if (fill_info(project, &pairing->pairs[i], &pairs[i], err) != TDM_OK)
            return TDM_FAILED;
    tdm_findings_of_chain(&findings, project);
    if (tdm_findings_of_folder(&findings, project, err) != TDM_OK)
        return TDM_FAILED;
    tdm_findings_of_pairing(&findings, project, pairing);
    if (tdm_findings_of_base(&findings, project, err) != TDM_OK)
        return TDM_FAILED;
    tdm_findings_of_frozen(&findings, project, pairing);
    if (!tdm_arena_ok(arena))
        return tdm_fail_memory(err);
    if (tdm_suppress(project, &findings, &ignored, err) != TDM_OK)
        return TDM_FAILED;
    tdm_findings_sort(&findings);
    tdm_findings_sort(&ignored);
    *result = (tdm_check_result){
        .pairs = pairs,
        .pair_count = pairing->pair_count,
        .findings = findings.items,
        .finding_count = findings.count,
        .ignored = ignored.items,
        .ignored_count = ignored.count,
    };
    for (size_t i = 0; i < findings.count; i++)
        result->error_count += findings.items[i].severity == TDM_SEVERITY_ERROR;
    *ret = result;
    return TDM_OK;
}
