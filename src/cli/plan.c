#include "base/limits.h"
#include "cli/command.h"
#include "cli/targets.h"

typedef struct plan_values {
    bool adopt;
    bool exit_code;
    const char *to;
} plan_values;

static tdm_status look_at_all(tdm_cli *cli, tdm_error *err)
{
    const plan_values *values = cli->values;
    tdm_targets_run_options run = {
        .plan = {.adopt = values->adopt, .to = values->to, .only_pending = true},
        .only_look = true,
    };
    return tdm_cli_run_targets(cli, &run, values->exit_code ? TDM_EXIT_FINDING : TDM_EXIT_OK, err);
}

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    const plan_values *values = cli->values;
    if (cli->globals.targets)
        return look_at_all(cli, err);
    const tdm_plan *plan = NULL;
    tdm_plan_options options = {.adopt = values->adopt, .to = values->to};
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (tdm_plan_make(cli->project, cli->session, &options, &plan, err) != TDM_OK)
        return TDM_FAILED;
    tdm_report report = tdm_cli_report(cli, &out);
    if (cli->globals.format == TDM_FORMAT_JSON)
        tdm_report_plan_json(&report, plan);
    else
        tdm_report_plan_text(&report, plan);
    if (plan->refused || (values->exit_code && plan->pending))
        cli->exit = TDM_EXIT_FINDING;
    return tdm_cli_write(cli, &out, err);
}

static const tdm_option options[] = {
    {.kind = TDM_OPTION_SWITCH,
     .name = "adopt",
     .offset = offsetof(plan_values, adopt),
     .help = "record in one history what the other says was done"},
    {.kind = TDM_OPTION_VALUE,
     .name = "to",
     .argument = "REVISION",
     .offset = offsetof(plan_values, to),
     .help = "stop at this revision or version"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "exit-code",
     .offset = offsetof(plan_values, exit_code),
     .help = "exit with 1 when something is pending"},
};

static const tdm_example examples[] = {
    {"tandem plan --local", "what push would do to the local stack"},
    {"tandem plan --targets tenants.txt", "which of many databases it would change"},
    {"tandem plan --adopt", "also what one history would learn from the other"},
};

const tdm_command tdm_command_plan = {
    .name = "plan",
    .group = TDM_GROUP_TARGET,
    .summary = "show what push would do to a target",
    .arguments = "",
    .flags = TDM_NEEDS_PROJECT | TDM_NEEDS_TARGET | TDM_TAKES_TARGETS | TDM_READS_ONLY,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_JSON),
    .options = options,
    .option_count = TDM_COUNT_OF(options),
    .values_size = sizeof(plan_values),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details =
        "Compares both histories in the target with the project: what neither has is applied and "
        "recorded in both; what only one has is recorded in the other, with --adopt and only for "
        "pairs that are identical or equivalent. Exit code 1 when a step is refused.",
    .run = run,
};
