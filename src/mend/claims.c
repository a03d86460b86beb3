// What somebody says of single versions: believed only when the target bears it out.
#include "mend/mender.h"

#include "alembic/revision_arg.h"
#include "base/error.h"
#include "base/text.h"

static tdm_status find_step(const tdm_mender *m, const char *name, size_t *ret)
{
    tdm_revision *revision = NULL;
    for (size_t i = 0; i < m->plan->plan.step_count; i++)
        for (size_t k = 0; k < m->plan->plan.steps[i].pair.migration_count; k++)
            if (tdm_text_is(m->plan->plan.steps[i].pair.migrations[k].version, name)) {
                *ret = i;
                return TDM_OK;
            }
    if (tdm_revision_find(tdm_project_chain(m->project), tdm_text_of(name), &revision, m->err) !=
        TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; revision && i < m->plan->plan.step_count; i++)
        for (size_t k = 0; k < m->plan->plan.steps[i].pair.revision_count; k++)
            if (tdm_text_equal(m->plan->plan.steps[i].pair.revisions[k].id, revision->id)) {
                *ret = i;
                return TDM_OK;
            }
    return tdm_fail(m->err, TDM_ERROR_REVISION, TDM_NOWHERE,
                    "'%s' is no version and no revision of this project", name);
}

static tdm_status refuse(const tdm_mender *m, size_t step, const char *claim, tdm_text why)
{
    tdm_fail(m->err, TDM_ERROR_HISTORY, TDM_NOWHERE, "%.*s cannot be recorded as %s: %.*s",
             TDM_TEXT_ARG(tdm_mend_step_name(m, step)), claim, TDM_TEXT_ARG(why));
    return tdm_hint(m->err, "Nothing was done. `tandem status` shows what the target says.");
}

static bool is_about(const tdm_cause *cause, const tdm_pair_info *pair)
{
    return (pair->migration_count &&
            tdm_text_equal(cause->finding.version, pair->migrations[0].version)) ||
           (pair->revision_count && tdm_text_equal(cause->finding.revision, pair->revisions[0].id));
}

// What was found about the step is taken care of by what is said of it.
static void settle_causes(tdm_mender *m, size_t step)
{
    for (size_t i = 0; i < m->causes.count; i++) {
        tdm_cause *cause = &m->causes.items[i];
        if (!is_about(cause, &m->plan->plan.steps[step].pair))
            continue;
        cause->mended = true;
        cause->finding.hint = (tdm_text){0};
    }
}

static tdm_status claim_applied(tdm_mender *m, size_t step)
{
    const tdm_pair_info *pair = &m->plan->plan.steps[step].pair;
    const tdm_mend_step *s = &m->steps[step];
    tdm_sight sight;
    bool recorded = (s->records_revisions || pair->revision_count == 0) &&
                    (s->records_migrations || pair->migration_count == 0);
    if (recorded)
        return TDM_OK;
    for (size_t i = 0; i < m->causes.count; i++) {
        const tdm_cause *cause = &m->causes.items[i];
        if (is_about(cause, pair) && cause->finding.severity == TDM_SEVERITY_ERROR)
            return refuse(m, step, "applied",
                          tdm_arena_printf(m->arena, "%.*s; %.*s",
                                           TDM_TEXT_ARG(cause->finding.message),
                                           TDM_TEXT_ARG(cause->finding.hint)));
    }
    if (tdm_witness_ask(m->witness, step,
                        pair->migration_count ? TDM_RAN_MIGRATIONS : TDM_RAN_REVISIONS, &sight,
                        m->err) != TDM_OK)
        return TDM_FAILED;
    if (sight.seen == TDM_SEEN_NO)
        return refuse(
            m, step, "applied",
            tdm_arena_printf(m->arena, "the target does not have %.*s",
                             TDM_TEXT_ARG(tdm_difference_print(m->arena, &sight.claimed[0]))));
    if (!m->options->adopt)
        return refuse(m, step, "applied",
                      tdm_arena_printf(m->arena, "%.*s; --adopt believes it all the same",
                                       TDM_TEXT_ARG(sight.reason)));
    m->steps[step].records_revisions = pair->revision_count > 0;
    m->steps[step].records_migrations = pair->migration_count > 0;
    return TDM_OK;
}

static tdm_status claim_reverted(tdm_mender *m, size_t step)
{
    tdm_ran how = m->ran[step];
    tdm_sight sight;
    if (how == TDM_RAN_NOTHING) {
        m->steps[step].records_revisions = m->steps[step].records_migrations = false;
        return TDM_OK;
    }
    m->ran[step] = TDM_RAN_NOTHING;
    tdm_witness_forget(m->witness);
    if (tdm_witness_ask(m->witness, step, how, &sight, m->err) != TDM_OK)
        return TDM_FAILED;
    if (sight.explained_count)
        return refuse(
            m, step, "reverted",
            tdm_arena_printf(m->arena, "the target has %.*s",
                             TDM_TEXT_ARG(tdm_difference_print(m->arena, &sight.explained[0]))));
    if (sight.seen != TDM_SEEN_NO && !m->options->adopt)
        return refuse(m, step, "reverted",
                      tdm_arena_printf(m->arena, "%.*s; --adopt believes it all the same",
                                       TDM_TEXT_ARG(sight.reason)));
    m->steps[step].forgets = true;
    settle_causes(m, step);
    return TDM_OK;
}

tdm_status tdm_mend_claims(tdm_mender *m)
{
    for (size_t i = 0; i < m->options->claimed_count; i++) {
        size_t step = 0;
        if (find_step(m, m->options->claimed[i], &step) != TDM_OK)
            return TDM_FAILED;
        m->steps[step].claimed = true;
        tdm_status status = m->options->claim == TDM_CLAIM_APPLIED ? claim_applied(m, step)
                                                                   : claim_reverted(m, step);
        if (status != TDM_OK)
            return TDM_FAILED;
    }
    return TDM_OK;
}
