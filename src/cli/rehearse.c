#include <tandem/rehearse.h>

#include "base/limits.h"
#include "cli/command.h"

typedef struct rehearse_values {
    const char *programs;
    const char *url;
} rehearse_values;

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    const rehearse_values *values = cli->values;
    const tdm_rehearsal *rehearsal = NULL;
    tdm_rehearse_options options = {
        .programs = values->programs,
        .path = tdm_cli_getenv(&cli->environment, "PATH"),
        .temporary = tdm_cli_getenv(&cli->environment, "TMPDIR"),
        .url = values->url,
        .url_from_argv = values->url != NULL,
    };
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (tdm_rehearse(cli->project, &options, &rehearsal, err) != TDM_OK)
        return TDM_FAILED;
    tdm_report report = tdm_cli_report(cli, &out);
    if (cli->globals.format == TDM_FORMAT_JSON)
        tdm_report_rehearsal_json(&report, rehearsal);
    else
        tdm_report_rehearsal_text(&report, rehearsal);
    if (rehearsal->failed || rehearsal->unknown)
        cli->exit = TDM_EXIT_FINDING;
    return tdm_cli_write(cli, &out, err);
}

static const tdm_option options[] = {
    {.kind = TDM_OPTION_VALUE,
     .name = "pg-bin",
     .argument = "DIR",
     .offset = offsetof(rehearse_values, programs),
     .help = "the folder of initdb and postgres; otherwise they are looked for"},
    {.kind = TDM_OPTION_VALUE,
     .name = "db-url",
     .argument = "URL",
     .offset = offsetof(rehearse_values, url),
     .help = "use scratch databases on this server instead of starting one"},
};

static const tdm_example examples[] = {
    {"tandem rehearse", "on a server that is started for the moment"},
    {"tandem rehearse --pg-bin /usr/lib/postgresql/16/bin", "with this version of PostgreSQL"},
};

const tdm_command tdm_command_rehearse = {
    .name = "rehearse",
    .group = TDM_GROUP_COMPARE,
    .summary = "run both histories on a throwaway server and compare",
    .arguments = "",
    .flags = TDM_NEEDS_PROJECT | TDM_NEEDS_FILES | TDM_READS_ONLY,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_JSON),
    .options = options,
    .option_count = TDM_COUNT_OF(options),
    .values_size = sizeof(rehearse_values),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details =
        "Starts a PostgreSQL from what is installed (PATH, the usual places, a Python package), or "
        "takes the one of --db-url, and applies each chain to a database of its own, prepared with "
        "stand-ins for Supabase's roles and schemas. Both are read and compared with each other "
        "and with tandem's model of what ran; the Alembic side then goes down to base and up "
        "again. "
        "Nothing is left behind, also when tandem is killed; what a killed run left on the server "
        "of --db-url, databases called tandem_rehearsal_* and roles, is dropped by the next one "
        "there. Exit code 1 when a chain does not run, something differs, or something cannot be "
        "known.",
    .run = run,
};
