// Whether a database has some of what `tandem rebase` is to move.
#include <tandem/rebase.h>

#include "base/error.h"
#include "base/text.h"

static bool moves_revision(const tdm_rebase *rebase, tdm_text id)
{
    for (size_t i = 0; i < rebase->revision_count; i++)
        if (tdm_text_equal(rebase->revisions[i].id, id))
            return true;
    return false;
}

static bool moves_migration(const tdm_rebase *rebase, tdm_text version)
{
    for (size_t i = 0; i < rebase->migration_count; i++)
        if (tdm_text_equal(rebase->migrations[i].version, version))
            return true;
    return false;
}

static tdm_status fail_recorded(const tdm_plan *plan, const char *kind, tdm_text name,
                                tdm_place place, tdm_error *err)
{
    tdm_fail(err, TDM_ERROR_HISTORY, place, "%s %.*s of ours is recorded in %.*s", kind,
             TDM_TEXT_ARG(name), TDM_TEXT_ARG(plan->target));
    return tdm_hint(err, "What ran cannot be put behind anything; let theirs follow ours instead.");
}

static tdm_status check_step(const tdm_plan *plan, const tdm_plan_step *step,
                             const tdm_rebase *rebase, tdm_error *err)
{
    if (!step->in_alembic && !step->in_supabase && !step->partly)
        return TDM_OK;
    for (size_t i = 0; i < step->pair.revision_count; i++) {
        const tdm_revision_info *revision = &step->pair.revisions[i];
        if (moves_revision(rebase, revision->id))
            return fail_recorded(plan, "revision", revision->id, revision->place, err);
    }
    for (size_t i = 0; i < step->pair.migration_count; i++) {
        const tdm_migration_info *migration = &step->pair.migrations[i];
        if (moves_migration(rebase, migration->version))
            return fail_recorded(plan, "migration", migration->version, migration->place, err);
    }
    return TDM_OK;
}

// A later version that the server has would make a new one too old at once.
static tdm_status check_unknown(const tdm_plan *plan, const tdm_rebase *rebase, tdm_error *err)
{
    if (plan->unknown_revision_count)
        return tdm_fail(err, TDM_ERROR_HISTORY, TDM_NOWHERE,
                        "%.*s is at revision %.*s, which is not here: what it has of ours cannot "
                        "be known",
                        TDM_TEXT_ARG(plan->target), TDM_TEXT_ARG(plan->unknown_revisions[0]));
    for (size_t i = 0; i < plan->unknown_version_count; i++)
        for (size_t k = 0; k < rebase->migration_count; k++)
            if (tdm_text_compare(plan->unknown_versions[i], rebase->migrations[k].new_version) >= 0)
                return tdm_fail(err, TDM_ERROR_HISTORY, TDM_NOWHERE,
                                "%.*s has migration %.*s, which is not here and is later than the "
                                "new version %.*s",
                                TDM_TEXT_ARG(plan->target), TDM_TEXT_ARG(plan->unknown_versions[i]),
                                TDM_TEXT_ARG(rebase->migrations[k].new_version));
    return TDM_OK;
}

tdm_status tdm_rebase_ask(tdm_project *project, tdm_session *session, const tdm_rebase *rebase,
                          tdm_error *err)
{
    const tdm_plan *plan = NULL;
    tdm_plan_options options = {0};
    if (tdm_plan_make(project, session, &options, &plan, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < plan->step_count; i++)
        if (check_step(plan, &plan->steps[i], rebase, err) != TDM_OK)
            return TDM_FAILED;
    return check_unknown(plan, rebase, err);
}
