#include <tandem/backup.h>

#include "base/error.h"
#include "base/limits.h"
#include "cli/command.h"
#include "cli/signals.h"
#include "report/safe.h"

#include <stdio.h>
#include <unistd.h>

typedef struct push_values {
    bool dry_run;
    bool adopt;
    bool rehearse;
    const char *backup;
    const char *pg_bin;
    const char *to;
    uint32_t lock_timeout;
    uint32_t statement_timeout;
    uint32_t lock_wait;
} push_values;

// --- Progress -----------------------------------------------------------------------------------

// On a terminal the step that runs stands on the last line, until something else is said.
typedef struct progress {
    tdm_cli *cli;
    bool open; // that line stands there
} progress;

static void close_line(progress *p)
{
    if (p->open)
        fputs("\r\x1b[2K", stderr);
    p->open = false;
}

static void put_line(progress *p, const tdm_push_event *event)
{
    const tdm_globals *globals = &p->cli->globals;
    bool live = p->cli->terminal.live && event->kind == TDM_PUSH_BEGIN && globals->verbose == 0;
    tdm_buffer line = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (globals->quiet)
        return;
    tdm_report_push_event_text(&line, event, live ? 1 : globals->verbose);
    if (line.size && !line.failed) {
        close_line(p);
        fprintf(stderr, live ? "%s" : "%s\n", line.data);
        p->open = live;
    }
    tdm_buffer_free(&line);
}

static void on_event(void *context, const tdm_push_event *event)
{
    progress *p = context;
    if (p->cli->globals.format != TDM_FORMAT_NDJSON) {
        put_line(p, event);
        return;
    }
    tdm_buffer line = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    tdm_report_push_event_json(&line, event);
    tdm_output_put(&p->cli->output, tdm_buffer_text(&line));
    tdm_buffer_free(&line);
    fflush(stdout);
}

// --- The plan -----------------------------------------------------------------------------------

// The plan goes to stderr, for the person who is asked; programs get it as their first line.
static tdm_status show_plan(tdm_cli *cli, const tdm_plan *plan, tdm_error *err)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    tdm_report report = tdm_cli_report(cli, &out);
    if (cli->globals.format == TDM_FORMAT_NDJSON) {
        tdm_report_push_plan_json(&out, plan);
        return tdm_cli_write(cli, &out, err);
    }
    if (!cli->globals.quiet) {
        report.style = cli->terminal.err;
        tdm_report_plan_text(&report, plan);
        if (!out.failed && out.size)
            fwrite(out.data, 1, out.size, stderr);
    }
    tdm_buffer_free(&out);
    return TDM_OK;
}

static tdm_status ask(tdm_cli *cli, const tdm_plan *plan, tdm_error *err)
{
    const push_values *values = cli->values;
    tdm_buffer question = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer_puts(&question,
                    values->rehearse ? "rehearse, holding its locks until the end, " : "push ");
    tdm_put_count(&question, plan->pending, "step");
    tdm_buffer_puts(&question, values->rehearse ? " on " : " to ");
    tdm_put_safe(&question, plan->target);
    tdm_buffer_putc(&question, '?');
    return tdm_cli_consent(cli, &question, err);
}

static tdm_status refuse(const tdm_cli *cli, const tdm_plan *plan, tdm_error *err)
{
    const tdm_plan_step *step = plan->steps;
    while (step->action != TDM_ACTION_REFUSED)
        step++;
    const tdm_pair_info *pair = &step->pair;
    tdm_text name = pair->revision_count ? tdm_pair_revisions(cli->arena, pair)
                                         : tdm_pair_versions(cli->arena, pair);
    tdm_place place = pair->migration_count  ? pair->migrations[0].place
                      : pair->revision_count ? pair->revisions[0].place
                                             : TDM_NOWHERE;
    tdm_fail(err, TDM_ERROR_HISTORY, place, "%.*s cannot be pushed: %.*s", TDM_TEXT_ARG(name),
             TDM_TEXT_ARG(step->reason));
    if (plan->refused == 1)
        return tdm_hint(err, "Nothing was done. `tandem plan` shows every step.");
    return tdm_hint(err, "Nothing was done. It is the first of %zu; `tandem plan` shows them all.",
                    plan->refused);
}

// --- The push -----------------------------------------------------------------------------------

static void put_result_text(tdm_buffer *out, const tdm_plan *plan, const tdm_push_result *result)
{
    if (plan->pending == 0)
        tdm_buffer_puts(out, "nothing pending on ");
    else
        tdm_buffer_putf(out, "%zu applied, %zu recorded on ", result->applied, result->adopted);
    tdm_put_safe(out, plan->target);
    tdm_buffer_putc(out, '\n');
}

static tdm_status put_result(tdm_cli *cli, const tdm_plan *plan, const tdm_push_result *result,
                             tdm_error *err)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (cli->globals.format == TDM_FORMAT_NDJSON)
        tdm_report_push_done_json(&out, plan, result);
    else
        put_result_text(&out, plan, result);
    return tdm_cli_write(cli, &out, err);
}

static tdm_push_options options_of(const push_values *values, progress *shown)
{
    return (tdm_push_options){
        .lock_timeout_ms = values->lock_timeout,
        .statement_timeout_ms = values->statement_timeout,
        .lock_wait_ms = values->lock_wait,
        .jitter_seed = (uint64_t)getpid(),
        .event = on_event,
        .event_context = shown,
    };
}

static tdm_status rehearse(tdm_cli *cli, const tdm_plan *plan, tdm_error *err)
{
    tdm_push_result result = {0};
    progress shown = {.cli = cli};
    tdm_push_options options = options_of(cli->values, &shown);
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    tdm_status status = tdm_push_rehearse(cli->session, plan, &options, &result, err);
    close_line(&shown);
    if (status != TDM_OK)
        return TDM_FAILED;
    if (cli->globals.format == TDM_FORMAT_NDJSON) {
        tdm_report_push_done_json(&out, plan, &result);
        return tdm_cli_write(cli, &out, err);
    }
    tdm_put_count(&out, result.rehearsed, "statement");
    tdm_buffer_puts(&out, " rehearsed");
    if (result.left_out)
        tdm_buffer_putf(&out, ", %zu left out", result.left_out);
    tdm_buffer_puts(&out, " on ");
    tdm_put_safe(&out, plan->target);
    tdm_buffer_puts(&out, "; rolled back\n");
    return tdm_cli_write(cli, &out, err);
}

static tdm_status back_up(tdm_cli *cli, tdm_error *err)
{
    const push_values *values = cli->values;
    tdm_backup_options options = {.file = values->backup, .programs = values->pg_bin};
    if (!values->backup)
        return TDM_OK;
    if (tdm_backup(cli->session, &options, err) != TDM_OK)
        return TDM_FAILED;
    tdm_cli_note(cli, tdm_arena_printf(cli->arena, "backed up to %s", values->backup));
    return TDM_OK;
}

static tdm_status carry_out(tdm_cli *cli, const tdm_plan *plan, tdm_error *err)
{
    tdm_push_result result = {0};
    progress shown = {.cli = cli};
    tdm_push_options options = options_of(cli->values, &shown);
    tdm_signals_survive_pipe();
    tdm_status status = tdm_push(cli->project, cli->session, plan, &options, &result, err);
    close_line(&shown);
    if (status == TDM_OK)
        return put_result(cli, plan, &result, err);
    if (cli->globals.format != TDM_FORMAT_NDJSON && result.applied + result.adopted > 0)
        fprintf(stderr, "tandem: stopped after %zu applied and %zu recorded; those stay\n",
                result.applied, result.adopted);
    return TDM_FAILED;
}

// What can be refused without a connection is.
static tdm_status before(tdm_cli *cli, tdm_error *err)
{
    const push_values *values = cli->values;
    if (values->dry_run && values->rehearse)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
                        "--dry-run runs nothing, and --rehearse runs everything once");
    return tdm_push_preflight(cli->project, err);
}

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    const push_values *values = cli->values;
    const tdm_plan *plan = NULL;
    tdm_plan_options options = {.adopt = values->adopt, .to = values->to, .only_pending = true};
    if (values->dry_run && cli->globals.format != TDM_FORMAT_TEXT)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
                        "--dry-run prints SQL; `tandem plan --format json` is for programs");
    if (tdm_plan_make(cli->project, cli->session, &options, &plan, err) != TDM_OK)
        return TDM_FAILED;
    if (plan->refused)
        return refuse(cli, plan, err);
    if (plan->pending == 0)
        return put_result(cli, plan, &(tdm_push_result){0}, err);
    if (show_plan(cli, plan, err) != TDM_OK)
        return TDM_FAILED;
    if (values->dry_run)
        return tdm_plan_print(cli->project, plan, tdm_output_put, &cli->output, err);
    if (ask(cli, plan, err) != TDM_OK || (!values->rehearse && back_up(cli, err) != TDM_OK))
        return TDM_FAILED;
    if (values->rehearse)
        return rehearse(cli, plan, err);
    return carry_out(cli, plan, err);
}

static const tdm_option options[] = {
    {.kind = TDM_OPTION_SWITCH,
     .name = "dry-run",
     .offset = offsetof(push_values, dry_run),
     .help = "print the exact SQL and change nothing"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "rehearse",
     .offset = offsetof(push_values, rehearse),
     .help = "run it in one transaction, show times and locks, roll it back"},
    {.kind = TDM_OPTION_VALUE,
     .name = "backup",
     .argument = "FILE",
     .offset = offsetof(push_values, backup),
     .help = "run pg_dump first; no backup, no push"},
    {.kind = TDM_OPTION_VALUE,
     .name = "pg-bin",
     .argument = "DIR",
     .offset = offsetof(push_values, pg_bin),
     .help = "where pg_dump is; in PATH unless given"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "adopt",
     .offset = offsetof(push_values, adopt),
     .help = "record in one history what the other says was done"},
    {.kind = TDM_OPTION_VALUE,
     .name = "to",
     .argument = "REVISION",
     .offset = offsetof(push_values, to),
     .help = "stop at this revision or version"},
    {.kind = TDM_OPTION_DURATION,
     .name = "lock-timeout",
     .argument = "TIME",
     .offset = offsetof(push_values, lock_timeout),
     .help = "how long a statement may wait for a lock; 4s unless given"},
    {.kind = TDM_OPTION_DURATION,
     .name = "statement-timeout",
     .argument = "TIME",
     .offset = offsetof(push_values, statement_timeout),
     .help = "how long a statement may run; no limit unless given"},
    {.kind = TDM_OPTION_DURATION,
     .name = "wait",
     .argument = "TIME",
     .offset = offsetof(push_values, lock_wait),
     .help = "how long to wait for others' locks in all; 15s unless given"},
};

static const tdm_example examples[] = {
    {"tandem push --local", "bring the local stack up to date"},
    {"tandem push --dry-run", "look at the SQL first"},
    {"tandem push --rehearse", "how long it takes and what it locks"},
    {"tandem push --adopt --yes", "after `alembic upgrade head` alone, without a question"},
};

const tdm_command tdm_command_push = {
    .name = "push",
    .group = TDM_GROUP_TARGET,
    .summary = "apply what is pending and record it in both histories",
    .arguments = "",
    .flags = TDM_NEEDS_PROJECT | TDM_NEEDS_TARGET | TDM_USES_CACHE,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_NDJSON),
    .options = options,
    .option_count = TDM_COUNT_OF(options),
    .values_size = sizeof(push_values),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details =
        "One migration is one transaction: its statements and both history rows are committed "
        "together or not at all. A failure stops the push; what was committed before stays, and a "
        "second run goes on from there. Ctrl-C cancels the running statement and rolls back.\n\n"
        "A statement that the server refuses in a transaction (CREATE INDEX CONCURRENTLY, VACUUM) "
        "runs between transactions; tandem.journal in the target says what of such a migration is "
        "done, and the next push goes on there.\n\n"
        "--rehearse holds every lock until its end, so that it waits for none longer than a second "
        "(--lock-timeout); nothing of it stays but numbers that sequences gave away.\n\n"
        "A password is never taken from the command line: use the environment, a service, or "
        "~/.pgpass.",
    .before = before,
    .run = run,
};
