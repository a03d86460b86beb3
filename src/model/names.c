#include <tandem/check.h>
#include <tandem/drift.h>
#include <tandem/pull.h>
#include <tandem/push.h>
#include <tandem/repair.h>

// The words that people and programs read; they are part of the output's promise.

const char *tdm_verdict_name(tdm_verdict verdict)
{
    static const char *const names[] = {
        [TDM_VERDICT_IDENTICAL] = "identical",       [TDM_VERDICT_EQUIVALENT] = "equivalent",
        [TDM_VERDICT_DIFFERENT] = "different",       [TDM_VERDICT_OPAQUE] = "opaque",
        [TDM_VERDICT_ACKNOWLEDGED] = "acknowledged", [TDM_VERDICT_ALONE] = "alone",
        [TDM_VERDICT_MISSING] = "missing",
    };
    return names[verdict];
}

const char *tdm_link_name(tdm_link link)
{
    static const char *const names[] = {
        [TDM_LINK_NONE] = "none",       [TDM_LINK_LOCK] = "lock",
        [TDM_LINK_WRITTEN] = "written", [TDM_LINK_DIGITS] = "digits",
        [TDM_LINK_MENTION] = "mention", [TDM_LINK_EFFECT] = "effect",
        [TDM_LINK_SLUG] = "slug",
    };
    return names[link];
}

const char *tdm_action_name(tdm_action action)
{
    static const char *const names[] = {
        [TDM_ACTION_NONE] = "none",
        [TDM_ACTION_APPLY] = "apply",
        [TDM_ACTION_ADOPT_SUPABASE] = "adopt_supabase",
        [TDM_ACTION_ADOPT_ALEMBIC] = "adopt_alembic",
        [TDM_ACTION_REVERT] = "revert",
        [TDM_ACTION_REFUSED] = "refused",
    };
    return names[action];
}

const char *tdm_drift_name(tdm_drift_kind kind)
{
    static const char *const names[] = {
        [TDM_DRIFT_MISSING] = "missing",
        [TDM_DRIFT_EXTRA] = "extra",
        [TDM_DRIFT_DIFFERENT] = "different",
        [TDM_DRIFT_UNKNOWN] = "unknown",
    };
    return names[kind];
}

const char *tdm_edit_name(tdm_edit_kind kind)
{
    static const char *const names[] = {
        [TDM_EDIT_RECORD] = "record",
        [TDM_EDIT_RENAME] = "rename",
        [TDM_EDIT_FORGET] = "forget",
    };
    return names[kind];
}

const char *tdm_pull_outcome_name(tdm_pull_outcome outcome)
{
    static const char *const names[] = {
        [TDM_PULL_TAKEN] = "pulled",
        [TDM_PULL_HERE] = "here",
        [TDM_PULL_ELSEWHERE] = "elsewhere",
        [TDM_PULL_REFUSED] = "refused",
    };
    return names[outcome];
}
