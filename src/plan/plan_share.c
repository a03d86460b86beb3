#include "plan/plan_share.h"

#include "base/error.h"

// Statements and the scripts behind them are made when they are first asked for (project.h): asked
// for here, they are there for every thread.
static tdm_status make_statements(tdm_project *project, tdm_error *err)
{
    const tdm_statements *ignored;
    for (size_t i = 0; i < tdm_project_revision_count(project); i++)
        if (tdm_project_revision_statements(project, i, &ignored, err) != TDM_OK)
            return TDM_FAILED;
    for (size_t i = 0; i < tdm_project_migration_count(project); i++)
        if (tdm_project_migration_statements(project, i, &ignored, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

tdm_status tdm_plan_share_make(tdm_project *project, tdm_plan_share *ret, tdm_error *err)
{
    ret->project = project;
    if (tdm_project_revision_count(project) > 0 &&
        tdm_chain_check(tdm_project_chain(project), err) != TDM_OK)
        return TDM_FAILED;
    if (make_statements(project, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_plan_facts_read(project, tdm_project_arena(project), &ret->facts, err);
}
