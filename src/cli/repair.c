#include <tandem/repair.h>

#include "base/error.h"
#include "base/limits.h"
#include "cli/command.h"
#include "report/safe.h"

#include <stdio.h>
#include <string.h>

typedef struct repair_values {
    bool dry_run;
    bool adopt;
    bool undo;
    const char *status;
} repair_values;

static void show(tdm_cli *cli, const tdm_diagnosis *diagnosis)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    tdm_report report = tdm_cli_report(cli, &out);
    if (cli->globals.quiet || cli->globals.format == TDM_FORMAT_JSON)
        return;
    report.style = cli->terminal.err;
    tdm_report_repair_text(&report, diagnosis);
    if (!out.failed && out.size)
        fwrite(out.data, 1, out.size, stderr);
    tdm_buffer_free(&out);
}

static tdm_status ask(tdm_cli *cli, const char *what, tdm_text target, tdm_error *err)
{
    tdm_buffer question = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer_puts(&question, what);
    tdm_put_safe(&question, target);
    tdm_buffer_putc(&question, '?');
    return tdm_cli_consent(cli, &question, err);
}

// --- Taking back --------------------------------------------------------------------------------

static tdm_status undo(tdm_cli *cli, tdm_error *err)
{
    const char *id = cli->argument_count ? cli->arguments[0] : NULL;
    tdm_repair_result result;
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (ask(cli, "take the repair back in ", tdm_session_target(cli->session), err) != TDM_OK ||
        tdm_repair_undo(cli->project, cli->session, id, &result, err) != TDM_OK)
        return TDM_FAILED;
    tdm_buffer_putf(&out, "repair %.*s is taken back: ", TDM_TEXT_ARG(result.id));
    tdm_put_count(&out, result.edits, "row");
    tdm_buffer_puts(&out, " as before\n");
    return tdm_cli_write(cli, &out, err);
}

// --- Repairing ----------------------------------------------------------------------------------

static tdm_status put_done(tdm_cli *cli, const tdm_diagnosis *diagnosis,
                           const tdm_repair_result *done, tdm_error *err)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    tdm_report report = tdm_cli_report(cli, &out);
    if (cli->globals.format == TDM_FORMAT_JSON) {
        tdm_report_repair_json(&report, diagnosis, done);
    } else if (done->edits) {
        tdm_put_count(&out, done->edits, "row");
        tdm_buffer_putf(&out, " changed on ");
        tdm_put_safe(&out, diagnosis->plan->target);
        tdm_buffer_putf(&out, "\nrepair %.*s; as they were: %.*s\n", TDM_TEXT_ARG(done->id),
                        TDM_TEXT_ARG(done->file));
    }
    return tdm_cli_write(cli, &out, err);
}

static tdm_status print_sql(tdm_cli *cli, const tdm_diagnosis *diagnosis, tdm_error *err)
{
    tdm_text sql;
    if (diagnosis->edit_count == 0)
        return TDM_OK;
    if (tdm_repair_print(cli->project, cli->session, diagnosis, &sql, err) != TDM_OK)
        return TDM_FAILED;
    (void)(tdm_output_put(&cli->output, TDM_TEXT("BEGIN;\n")) &&
           tdm_output_put(&cli->output, sql) &&
           tdm_output_put(&cli->output, TDM_TEXT(";\nCOMMIT;\n")));
    return TDM_OK;
}

static tdm_status read_claims(const tdm_cli *cli, tdm_repair_options *options, tdm_error *err)
{
    const repair_values *values = cli->values;
    if (!values->status && cli->argument_count == 0)
        return TDM_OK;
    if (!values->status || cli->argument_count == 0) {
        tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
                 values->status ? "--status says what a version is, and no version is named"
                                : "a version is named, and --status does not say what it is");
        return tdm_hint(err, "tandem repair 20241127000001 --status applied");
    }
    if (strcmp(values->status, "applied") != 0 && strcmp(values->status, "reverted") != 0)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
                        "--status is 'applied' or 'reverted', not '%s'", values->status);
    options->claimed = (const char *const *)cli->arguments;
    options->claimed_count = cli->argument_count;
    options->claim =
        strcmp(values->status, "applied") == 0 ? TDM_CLAIM_APPLIED : TDM_CLAIM_REVERTED;
    return TDM_OK;
}

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    const repair_values *values = cli->values;
    tdm_repair_options options = {.adopt = values->adopt};
    const tdm_diagnosis *diagnosis = NULL;
    tdm_repair_result done = {0};
    if (values->undo)
        return undo(cli, err);
    if (read_claims(cli, &options, err) != TDM_OK ||
        tdm_diagnose(cli->project, cli->session, &options, &diagnosis, err) != TDM_OK)
        return TDM_FAILED;
    show(cli, diagnosis);
    cli->exit = diagnosis->unmended ? TDM_EXIT_FINDING : TDM_EXIT_OK;
    if (values->dry_run)
        return cli->globals.format == TDM_FORMAT_JSON ? put_done(cli, diagnosis, &done, err)
                                                      : print_sql(cli, diagnosis, err);
    if (diagnosis->edit_count &&
        (ask(cli, "change these rows of ", diagnosis->plan->target, err) != TDM_OK ||
         tdm_repair(cli->project, cli->session, diagnosis, &done, err) != TDM_OK))
        return TDM_FAILED;
    return put_done(cli, diagnosis, &done, err);
}

static const tdm_option options[] = {
    {.kind = TDM_OPTION_SWITCH,
     .name = "dry-run",
     .offset = offsetof(repair_values, dry_run),
     .help = "show the rows and print the exact SQL; change nothing"},
    {.kind = TDM_OPTION_VALUE,
     .name = "status",
     .argument = "applied|reverted",
     .offset = offsetof(repair_values, status),
     .help = "record the versions named as this, in both histories"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "adopt",
     .offset = offsetof(repair_values, adopt),
     .help = "believe what the schema cannot prove, as rows that were written"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "undo",
     .offset = offsetof(repair_values, undo),
     .help = "put back every row of the last repair, or of the one named"},
};

static const tdm_example examples[] = {
    {"tandem repair --local", "bring both histories to what the target holds"},
    {"tandem repair --dry-run", "look at the rows and the SQL first"},
    {"tandem repair 20241127000001 --status applied", "one version, when the target bears it out"},
    {"tandem repair --undo", "as it was before"},
};

const tdm_command tdm_command_repair = {
    .name = "repair",
    .alias = "stamp",
    .group = TDM_GROUP_TARGET,
    .summary = "make both histories say what the target holds",
    .arguments = "[VERSION...]",
    .argument = TDM_ARGUMENT_REVISION,
    .most = SIZE_MAX,
    .flags = TDM_NEEDS_PROJECT | TDM_NEEDS_TARGET,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_JSON),
    .options = options,
    .option_count = TDM_COUNT_OF(options),
    .values_size = sizeof(repair_values),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details =
        "Explains as `tandem status` does, and then changes the rows of alembic_version and "
        "schema_migrations so that they say what the target holds. No statement of a migration "
        "runs. A row is changed only where the other history, the recorded statements and the "
        "schema bear it out, and no row is forgotten whose objects exist.\n\n"
        "All rows change in one transaction, which first copies each of them to the table "
        "tandem.repair; before that, the same is written to a file beside the Supabase folder, "
        "with the SQL that puts it back. Exit code 1 when something is left that rows cannot mend.",
    .run = run,
};
