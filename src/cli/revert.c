#include <tandem/revert.h>

#include "base/error.h"
#include "base/limits.h"
#include "cli/command.h"
#include "cli/signals.h"
#include "report/safe.h"

#include <stdio.h>
#include <unistd.h>

typedef struct revert_values {
    bool dry_run;
    bool accept_loss;
    bool derive;
    const char *to;
    uint32_t lock_timeout;
    uint32_t statement_timeout;
    uint32_t lock_wait;
} revert_values;

// --- Progress -----------------------------------------------------------------------------------

static void on_event(void *context, const tdm_push_event *event)
{
    tdm_cli *cli = context;
    tdm_buffer line = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (cli->globals.format == TDM_FORMAT_NDJSON) {
        tdm_report_push_event_json(&line, event);
        tdm_output_put(&cli->output, tdm_buffer_text(&line));
        fflush(stdout);
    } else if (!cli->globals.quiet) {
        tdm_report_push_event_text(&line, event, cli->globals.verbose);
        if (line.size && !line.failed)
            fprintf(stderr, "%s\n", line.data);
    }
    tdm_buffer_free(&line);
}

// --- The plan -----------------------------------------------------------------------------------

// It goes to stderr, for the person who is asked; programs get it as their first line.
static tdm_status show_plan(tdm_cli *cli, const tdm_revert_plan *plan, tdm_error *err)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    tdm_report report = tdm_cli_report(cli, &out);
    if (cli->globals.format == TDM_FORMAT_NDJSON) {
        tdm_report_revert_plan_json(&out, plan);
        return tdm_cli_write(cli, &out, err);
    }
    if (!cli->globals.quiet) {
        report.style = cli->terminal.err;
        tdm_report_revert_text(&report, plan);
        if (!out.failed && out.size)
            fwrite(out.data, 1, out.size, stderr);
    }
    tdm_buffer_free(&out);
    return TDM_OK;
}

static tdm_status ask(tdm_cli *cli, const tdm_revert_plan *plan, tdm_error *err)
{
    tdm_buffer question = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer_puts(&question, "take ");
    tdm_put_count(&question, plan->step_count, "step");
    tdm_buffer_puts(&question, " back from ");
    tdm_put_safe(&question, plan->plan->target);
    tdm_buffer_putc(&question, '?');
    return tdm_cli_consent(cli, &question, err);
}

// --- Doing it -----------------------------------------------------------------------------------

static tdm_status put_result(tdm_cli *cli, const tdm_revert_plan *plan,
                             const tdm_push_result *result, tdm_error *err)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (cli->globals.format == TDM_FORMAT_NDJSON) {
        tdm_report_revert_done_json(&out, plan->plan, result);
        return tdm_cli_write(cli, &out, err);
    }
    if (plan->step_count == 0)
        tdm_buffer_puts(&out, "nothing to take back on ");
    else
        tdm_buffer_putf(&out, "%zu taken back on ", result->reverted);
    tdm_put_safe(&out, plan->plan->target);
    tdm_buffer_putc(&out, '\n');
    return tdm_cli_write(cli, &out, err);
}

static tdm_status carry_out(tdm_cli *cli, const tdm_revert_plan *plan, tdm_error *err)
{
    const revert_values *values = cli->values;
    const tdm_push_options options = {.lock_timeout_ms = values->lock_timeout,
                                      .statement_timeout_ms = values->statement_timeout,
                                      .lock_wait_ms = values->lock_wait,
                                      .jitter_seed = (uint64_t)getpid(),
                                      .event = on_event,
                                      .event_context = cli};
    tdm_push_result result = {0};
    tdm_signals_survive_pipe();
    if (tdm_revert(cli->project, cli->session, plan, &options, &result, err) == TDM_OK)
        return put_result(cli, plan, &result, err);
    if (cli->globals.format != TDM_FORMAT_NDJSON && result.reverted > 0)
        fprintf(stderr, "tandem: stopped after %zu taken back; those stay so\n", result.reverted);
    return TDM_FAILED;
}

static tdm_status before(tdm_cli *cli, tdm_error *err)
{
    const revert_values *values = cli->values;
    const char *target = cli->argument_count ? cli->arguments[0] : NULL;
    if (target && values->to)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "'%s' and --to '%s' both say what stays",
                        target, values->to);
    if (!target && !values->to) {
        tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "what stays is not said");
        return tdm_hint(err, "-1 takes the last step back; a revision or version stays, with "
                             "everything before it.");
    }
    if (values->dry_run && cli->globals.format != TDM_FORMAT_TEXT)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "--dry-run prints SQL");
    return TDM_OK;
}

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    const revert_values *values = cli->values;
    const tdm_revert_options options = {
        .target = cli->argument_count ? cli->arguments[0] : NULL,
        .to = values->to,
        .accept_loss = values->accept_loss,
        .derive = values->derive,
    };
    const tdm_revert_plan *plan = NULL;
    if (tdm_revert_make(cli->project, cli->session, &options, &plan, err) != TDM_OK)
        return TDM_FAILED;
    if (plan->step_count == 0)
        return put_result(cli, plan, &(tdm_push_result){0}, err);
    if (show_plan(cli, plan, err) != TDM_OK)
        return TDM_FAILED;
    if (values->dry_run)
        return tdm_plan_print(cli->project, plan->plan, tdm_output_put, &cli->output, err);
    if (tdm_revert_check(plan, err) != TDM_OK || ask(cli, plan, err) != TDM_OK)
        return TDM_FAILED;
    return carry_out(cli, plan, err);
}

static const tdm_option options[] = {
    {.kind = TDM_OPTION_SWITCH,
     .name = "dry-run",
     .offset = offsetof(revert_values, dry_run),
     .help = "print the exact SQL and change nothing"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "sql",
     .offset = offsetof(revert_values, dry_run),
     .help = "the same",
     .hidden = true},
    {.kind = TDM_OPTION_VALUE,
     .name = "to",
     .argument = "REVISION",
     .offset = offsetof(revert_values, to),
     .help = "this revision or version becomes the last step"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "accept-loss",
     .offset = offsetof(revert_values, accept_loss),
     .help = "rows may be lost, and what cannot be undone may stay undone"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "derive",
     .offset = offsetof(revert_values, derive),
     .help = "run the inverse of what was applied, whatever downgrade() says"},
    {.kind = TDM_OPTION_DURATION,
     .name = "lock-timeout",
     .argument = "TIME",
     .offset = offsetof(revert_values, lock_timeout),
     .help = "how long a statement may wait for a lock; 4s unless given"},
    {.kind = TDM_OPTION_DURATION,
     .name = "statement-timeout",
     .argument = "TIME",
     .offset = offsetof(revert_values, statement_timeout),
     .help = "how long a statement may run; no limit unless given"},
    {.kind = TDM_OPTION_SECONDS,
     .name = "wait",
     .argument = "SECONDS",
     .offset = offsetof(revert_values, lock_wait),
     .help = "how long to wait for others' locks in all; 15 unless given"},
};

static const tdm_example examples[] = {
    {"tandem revert -1 --dry-run", "the SQL that takes the last step back"},
    {"tandem revert -1", "shows the plan, asks, takes the last step back"},
    {"tandem revert 20241128_000003", "this revision stays, what is above it goes"},
    {"tandem revert --to 20241128000003", "the same by its version, on any chain"},
    {"tandem revert base", "nothing stays"},
};

const tdm_command tdm_command_revert = {
    .name = "revert",
    .alias = "downgrade",
    .group = TDM_GROUP_TARGET,
    .summary = "take back what was applied last, in both histories",
    .arguments = "[-N | REVISION | base]",
    .argument = TDM_ARGUMENT_REVISION,
    .most = 1,
    .flags = TDM_NEEDS_PROJECT | TDM_NEEDS_TARGET | TDM_USES_CACHE,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_NDJSON),
    .options = options,
    .option_count = TDM_COUNT_OF(options),
    .values_size = sizeof(revert_values),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details =
        "REVISION is what `alembic downgrade` takes: that revision stays applied, and what stands "
        "on it goes; on a chain with branches the other branches stay. A version of a migration "
        "may be named as well. --to makes a revision or version the last step: everything behind "
        "it in the order of `tandem status` goes, of all branches. -N takes back the last N "
        "steps; a pair is one step. base takes back everything.\n\n"
        "What runs is downgrade() as tandem reads it; code of the project never runs. Where there "
        "is no revision, or its downgrade() raises, does nothing, or cannot be known without "
        "running it, the inverse of what was applied is derived and runs instead. Either is "
        "replayed beforehand, and where the schema would not be what it was, the plan says so with "
        "the line. The statements and the rows that both histories forget are one transaction for "
        "each step, the last step first.\n\n"
        "Dropped tables and columns that hold rows, and what nothing brings back, are losses: "
        "without --accept-loss nothing is done. Histories that are apart are refused, as is what "
        "is not on top of both.",
    .before = before,
    .run = run,
};
