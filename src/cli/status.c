#include <tandem/repair.h>

#include "base/limits.h"
#include "cli/command.h"

typedef struct status_values {
    bool exit_code;
} status_values;

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    const status_values *values = cli->values;
    const tdm_diagnosis *diagnosis = NULL;
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (tdm_diagnose(cli->project, cli->session, NULL, &diagnosis, err) != TDM_OK)
        return TDM_FAILED;
    tdm_report report = tdm_cli_report(cli, &out);
    if (cli->globals.format == TDM_FORMAT_JSON)
        tdm_report_status_json(&report, diagnosis);
    else
        tdm_report_status_text(&report, diagnosis);
    if (values->exit_code && !tdm_plan_in_step(diagnosis->plan))
        cli->exit = TDM_EXIT_FINDING;
    return tdm_cli_write(cli, &out, err);
}

static const tdm_option options[] = {
    {.kind = TDM_OPTION_SWITCH,
     .name = "exit-code",
     .offset = offsetof(status_values, exit_code),
     .help = "exit with 1 unless both histories have everything"},
};

static const tdm_example examples[] = {
    {"tandem status --local", "what the local stack has"},
    {"tandem status --exit-code", "for a deployment: is the target up to date?"},
};

const tdm_command tdm_command_status = {
    .name = "status",
    .alias = "list",
    .group = TDM_GROUP_TARGET,
    .summary = "show what both histories in a target say, and why they differ",
    .arguments = "",
    .flags = TDM_NEEDS_PROJECT | TDM_NEEDS_TARGET | TDM_READS_ONLY,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_JSON),
    .options = options,
    .option_count = TDM_COUNT_OF(options),
    .values_size = sizeof(status_values),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details = "Four columns: the revision, its migration, what alembic_version says and what "
               "supabase_migrations.schema_migrations says.\n\n"
               "Where the two do not agree, or something is pending, the target itself is asked. "
               "Below the table stands what happened, and on which evidence: a version that a "
               "server stamped, a revision that a container ran, SQL that was pasted into an "
               "editor. `tandem explain TD501` and its like tell more of each. Only reads.",
    .run = run,
};
