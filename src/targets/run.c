#include "base/error.h"
#include "targets/state.h"

static void count_outcomes(tdm_targets *targets)
{
    tdm_targets_report *report = &targets->report;
    report->items = targets->items;
    report->count = targets->count;
    report->interrupted = targets->cancelled;
    for (size_t i = 0; i < targets->count; i++) {
        const tdm_target_report *item = &targets->items[i];
        report->counts[item->outcome]++;
        report->applied += item->applied;
        report->adopted += item->adopted;
    }
}

// Why a target was not tried.
static void say_why(tdm_targets *targets)
{
    const tdm_run_state *run = &targets->run;
    const char *why = targets->cancelled ? "interrupted" : run->stop;
    tdm_text message = tdm_text_of(why);
    if (!targets->cancelled && run->stop)
        message =
            tdm_arena_printf(targets->arena, "%s: %.*s", run->stop, TDM_TEXT_ARG(run->stopped_by));
    for (size_t i = 0; i < targets->count; i++)
        if (targets->items[i].outcome == TDM_OUTCOME_NOT_TRIED)
            targets->items[i].message = message;
}

static tdm_status work(tdm_targets *targets, tdm_error *err)
{
    const tdm_targets_run_options *options = targets->run.options;
    size_t jobs = options->jobs ? options->jobs : TDM_TARGETS_JOBS;
    size_t first = options->only_look ? 0 : 1;
    if (jobs > TDM_TARGETS_JOBS_MOST)
        jobs = TDM_TARGETS_JOBS_MOST;
    if (first == 1 && tdm_targets_work(targets, 0, 1, 1, err) != TDM_OK)
        return TDM_FAILED;
    if (first == targets->count || targets->run.stop || targets->cancelled)
        return TDM_OK;
    return tdm_targets_work(targets, first, targets->count, jobs, err);
}

tdm_status tdm_targets_run(tdm_targets *targets, const tdm_targets_run_options *options,
                           const tdm_targets_report **ret, tdm_error *err)
{
    targets->run = (tdm_run_state){.options = options};
    tdm_map_init(&targets->run.databases, targets->arena);
    if (tdm_plan_share_make(targets->project, &targets->run.share, err) != TDM_OK ||
        work(targets, err) != TDM_OK)
        return TDM_FAILED;
    say_why(targets);
    count_outcomes(targets);
    *ret = &targets->report;
    return tdm_arena_ok(targets->arena) ? TDM_OK : tdm_fail_memory(err);
}
