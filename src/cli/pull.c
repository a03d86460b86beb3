#include <tandem/pull.h>

#include "base/limits.h"
#include "cli/command.h"
#include "cli/signals.h"

typedef struct pull_values {
    bool dry_run;
    bool partial;
    bool include_all;
    bool no_twin;
} pull_values;

// Held back signals cannot leave half of the files behind.
static tdm_status write_files(tdm_cli *cli, tdm_pull *pull, tdm_error *err)
{
    tdm_signals_hold();
    tdm_status status = tdm_convert_write(cli->project, &pull->made, err);
    tdm_signals_let_go();
    return status;
}

static void say_next(const tdm_cli *cli, const tdm_pull *pull)
{
    if (pull->row_count == 0 && pull->unknown_count == 0)
        tdm_cli_note(cli, TDM_TEXT("there is nothing to pull"));
    else if (pull->taken == 0 && pull->refused)
        tdm_cli_note(cli, TDM_TEXT("nothing is pulled; --partial leaves out what cannot be"));
    if (pull->unstepped)
        tdm_cli_note(cli, TDM_TEXT("next: `tandem repair` records the new revisions in "
                                   "alembic_version, and runs no statement of them"));
}

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    const pull_values *values = cli->values;
    tdm_pull pull;
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    tdm_project_options project = tdm_cli_project_options(cli);
    tdm_pull_options options = {.project = &project,
                                .versions = cli->arguments,
                                .version_count = cli->argument_count,
                                .partial = values->partial,
                                .no_twin = values->no_twin,
                                .include_all = values->include_all};
    if (tdm_pull_make(cli->project, cli->session, &options, &pull, err) != TDM_OK)
        return TDM_FAILED;
    bool write = !values->dry_run && pull.made.count;
    if (write && write_files(cli, &pull, err) != TDM_OK)
        return TDM_FAILED;
    tdm_report report = tdm_cli_report(cli, &out);
    if (cli->globals.format == TDM_FORMAT_JSON)
        tdm_report_pull_json(&report, &pull, write);
    else
        tdm_report_pull_text(&report, &pull, write);
    say_next(cli, &pull);
    if (pull.left || pull.unknown_count)
        cli->exit = TDM_EXIT_FINDING;
    return tdm_cli_write(cli, &out, err);
}

static const tdm_option options[] = {
    {.kind = TDM_OPTION_SWITCH,
     .name = "dry-run",
     .offset = offsetof(pull_values, dry_run),
     .help = "say what would be written, and write nothing"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "partial",
     .offset = offsetof(pull_values, partial),
     .help = "leave out what cannot be pulled"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "no-twin",
     .offset = offsetof(pull_values, no_twin),
     .help = "migrations alone, without their revisions"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "include-all",
     .offset = offsetof(pull_values, include_all),
     .help = "also what is later than a migration that is pending here"},
};

static const tdm_example examples[] = {
    {"tandem pull --linked", "what the project of Supabase has, and no file here"},
    {"tandem pull --dry-run", "which files would that be?"},
    {"tandem pull 20261122093012", "this version alone"},
};

const tdm_command tdm_command_pull = {
    .name = "pull",
    .alias = "fetch",
    .group = TDM_GROUP_TARGET,
    .summary = "write the files of migrations that only a target has",
    .arguments = "[VERSION...]",
    .most = SIZE_MAX,
    .flags = TDM_NEEDS_PROJECT | TDM_NEEDS_TARGET | TDM_READS_ONLY,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_JSON),
    .options = options,
    .option_count = TDM_COUNT_OF(options),
    .values_size = sizeof(pull_values),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details =
        "Rows of schema_migrations that have no file here, because an API, a colleague or somebody "
        "by hand wrote them, become supabase/migrations/VERSION_name.sql, with the statements that "
        "were recorded, and each gets its revision, as `tandem convert --to alembic` writes it. A "
        "revision follows what is applied in the target; where something is pending here, it "
        "stands beside that, and a merge revision joins them. The target is only read: `tandem "
        "repair` then records the revisions in alembic_version, without running anything twice.\n\n"
        "Everything is read back, paired and replayed first, and written whole or not at all; no "
        "file is overwritten. A row that cannot be a file is named with its reason, and nothing is "
        "written without --partial: exit code 1. What a file here says already, under another "
        "version, is for `tandem repair`. Alembic keeps no statements: a revision that only "
        "alembic_version names cannot be pulled.",
    .run = run,
};
