#include "model/outcome.h"

static const struct {
    const char *name;
    const char *words;
    bool fails;
} outcomes[TDM_OUTCOME_COUNT] = {
    [TDM_OUTCOME_PUSHED] = {"pushed", "pushed", false},
    [TDM_OUTCOME_CURRENT] = {"current", "up to date", false},
    [TDM_OUTCOME_PENDING] = {"pending", "pending", false},
    [TDM_OUTCOME_SAME] = {"same", "the same database", false},
    [TDM_OUTCOME_REFUSED] = {"refused", "refused", true},
    [TDM_OUTCOME_FAILED] = {"failed", "failed", true},
    [TDM_OUTCOME_PARTLY] = {"partly", "partly applied", true},
    [TDM_OUTCOME_NOT_TRIED] = {"not_tried", "not tried", false},
};

const char *tdm_outcome_words(tdm_outcome outcome)
{
    return outcomes[outcome].words;
}

const char *tdm_outcome_name(tdm_outcome outcome)
{
    return outcomes[outcome].name;
}

bool tdm_outcome_is_failure(tdm_outcome outcome)
{
    return outcomes[outcome].fails;
}

// What a target that failed says of itself: what a push to it alone would have ended with.
static tdm_exit exit_of_first(const tdm_targets_report *report)
{
    for (size_t i = 0; i < report->count; i++)
        if (tdm_outcome_is_failure(report->items[i].outcome))
            return tdm_error_exit(report->items[i].code);
    return TDM_EXIT_OK;
}

tdm_exit tdm_targets_exit(const tdm_targets_report *report)
{
    tdm_exit first = exit_of_first(report);
    bool changed = report->applied + report->adopted > 0;
    if (report->interrupted)
        return TDM_EXIT_INTERRUPTED;
    if (report->counts[TDM_OUTCOME_PARTLY] > 0 || (changed && first != TDM_EXIT_OK))
        return TDM_EXIT_PARTIAL;
    return first;
}
