#include "cli/push.h"

#include "base/limits.h"
#include "cli/log.h"
#include "report/safe.h"

#include <stdio.h>

// --- Events -------------------------------------------------------------------------------------

void tdm_push_close_line(tdm_cli *cli)
{
    tdm_push_values *values = cli->values;
    if (values->line_open)
        fputs("\r\x1b[2K", stderr);
    values->line_open = false;
}

static void put_line(tdm_cli *cli, const tdm_push_event *event)
{
    tdm_push_values *values = cli->values;
    const tdm_globals *globals = &cli->globals;
    bool live = cli->terminal.live && event->kind == TDM_PUSH_BEGIN && globals->verbose == 0;
    tdm_buffer line = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (globals->quiet)
        return;
    tdm_report_push_event_text(&line, event, live ? 1 : globals->verbose);
    if (line.size && !line.failed) {
        tdm_push_close_line(cli);
        fprintf(stderr, live ? "%s" : "%s\n", line.data);
        values->line_open = live;
    }
    tdm_buffer_free(&line);
}

static void put_log(tdm_cli *cli, const tdm_push_event *event)
{
    tdm_push_values *values = cli->values;
    tdm_cli_line line;
    int64_t now = tdm_clock_ms();
    uint64_t took = (uint64_t)(now - values->step_begun_ms);
    if (event->kind == TDM_PUSH_BEGIN)
        values->step_begun_ms = now;
    tdm_push_log_event(tdm_cli_line_begin(cli, &line), event, took, cli->globals.verbose);
    tdm_cli_line_end(&line);
}

void tdm_push_show_event(void *context, const tdm_push_event *event)
{
    tdm_cli *cli = context;
    if (tdm_cli_logs(cli)) {
        put_log(cli, event);
        return;
    }
    if (cli->globals.format != TDM_FORMAT_NDJSON) {
        put_line(cli, event);
        return;
    }
    tdm_buffer line = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    tdm_report_push_event_json(&line, event);
    tdm_output_put(&cli->output, tdm_buffer_text(&line));
    tdm_buffer_free(&line);
    fflush(stdout);
}

// --- Plans --------------------------------------------------------------------------------------

static void put_plan_text(tdm_cli *cli, const tdm_plan *plan)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    tdm_report report = tdm_cli_report(cli, &out);
    report.style = cli->terminal.err;
    tdm_report_plan_text(&report, plan);
    if (!out.failed && out.size)
        fwrite(out.data, 1, out.size, stderr);
    tdm_buffer_free(&out);
}

// The plan goes to stderr, for the person who is asked; programs get it as their first line.
tdm_status tdm_push_show_plan(tdm_cli *cli, const tdm_plan *plan, tdm_error *err)
{
    bool asks = cli->terminal.may_ask && !cli->globals.yes;
    if (cli->globals.format == TDM_FORMAT_NDJSON) {
        tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
        tdm_report_push_plan_json(&out, plan);
        return tdm_cli_write(cli, &out, err);
    }
    if (tdm_cli_logs(cli)) {
        tdm_cli_line line;
        tdm_push_log_plan(tdm_cli_line_begin(cli, &line), plan);
        tdm_cli_line_end(&line);
    }
    if (!cli->globals.quiet && (asks || !tdm_cli_logs(cli)))
        put_plan_text(cli, plan);
    return TDM_OK;
}

void tdm_push_show_again(tdm_cli *cli)
{
    tdm_cli_line line;
    tdm_push_close_line(cli);
    if (!tdm_cli_logs(cli)) {
        tdm_cli_note(cli, TDM_TEXT("somebody else was at work: looking again"));
        return;
    }
    tdm_push_log_again(tdm_cli_line_begin(cli, &line), tdm_session_target(cli->session));
    tdm_cli_line_end(&line);
}

// --- Results ------------------------------------------------------------------------------------

static tdm_push_log_end end_of(const tdm_cli *cli)
{
    const tdm_push_values *values = cli->values;
    return (tdm_push_log_end){
        .target = cli->session ? tdm_session_target(cli->session) : (tdm_text){0},
        .applied = values->applied,
        .adopted = values->adopted,
        .milliseconds = values->begun_ms ? (uint64_t)(tdm_clock_ms() - values->begun_ms) : 0,
        .pending = values->pending,
    };
}

tdm_status tdm_push_show_result(tdm_cli *cli, const tdm_plan *plan, tdm_error *err)
{
    const tdm_push_values *values = cli->values;
    tdm_push_result all = {.applied = values->applied, .adopted = values->adopted};
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (tdm_cli_logs(cli)) {
        tdm_push_log_end end = end_of(cli);
        tdm_cli_line line;
        tdm_push_log_done(tdm_cli_line_begin(cli, &line), &end);
        tdm_cli_line_end(&line);
        return TDM_OK;
    }
    if (cli->globals.format == TDM_FORMAT_NDJSON) {
        tdm_report_push_done_json(&out, plan, &all);
        return tdm_cli_write(cli, &out, err);
    }
    if (all.applied + all.adopted == 0)
        tdm_buffer_puts(&out, "nothing pending on ");
    else
        tdm_buffer_putf(&out, "%zu applied, %zu recorded on ", all.applied, all.adopted);
    tdm_put_safe(&out, plan->target);
    tdm_buffer_putc(&out, '\n');
    return tdm_cli_write(cli, &out, err);
}

tdm_status tdm_push_show_rehearsal(tdm_cli *cli, const tdm_plan *plan,
                                   const tdm_push_result *result, tdm_error *err)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (cli->globals.format == TDM_FORMAT_NDJSON) {
        tdm_report_push_done_json(&out, plan, result);
        return tdm_cli_write(cli, &out, err);
    }
    tdm_put_count(&out, result->rehearsed, "statement");
    tdm_buffer_puts(&out, " rehearsed");
    if (result->left_out)
        tdm_buffer_putf(&out, ", %zu left out", result->left_out);
    tdm_buffer_puts(&out, " on ");
    tdm_put_safe(&out, plan->target);
    tdm_buffer_puts(&out, "; rolled back");
    if (tdm_cli_logs(cli)) {
        tdm_cli_line line;
        tdm_push_log_note(tdm_cli_line_begin(cli, &line), tdm_buffer_text(&out));
        tdm_cli_line_end(&line);
        tdm_buffer_free(&out);
        return TDM_OK;
    }
    tdm_buffer_putc(&out, '\n');
    return tdm_cli_write(cli, &out, err);
}

// --- Failures -----------------------------------------------------------------------------------

// Whether the target is in a state that its histories tell truly, and the program may say 0. Never
// when something is half applied or nobody knows; nor when the command line or the configuration
// is wrong, which no later run would mend; nor when somebody wants the container to end.
static bool may_go_on(tdm_exit cause)
{
    switch (cause) {
    case TDM_EXIT_FINDING:
    case TDM_EXIT_PROJECT:
    case TDM_EXIT_CONNECT:
    case TDM_EXIT_REFUSED:
    case TDM_EXIT_LOCKED:
        return true;
    case TDM_EXIT_OK:
    case TDM_EXIT_USAGE:
    case TDM_EXIT_PARTIAL:
    case TDM_EXIT_BUG:
    case TDM_EXIT_INTERRUPTED:
    case TDM_EXIT_TERMINATED:
        break;
    }
    return false;
}

static void put_failure(tdm_cli *cli, const tdm_error *err, tdm_exit cause, bool goes_on)
{
    const tdm_push_values *values = cli->values;
    if (cli->globals.format == TDM_FORMAT_TEXT && values->applied + values->adopted > 0)
        fprintf(stderr, "tandem: stopped after %zu applied and %zu recorded; those stay\n",
                values->applied, values->adopted);
    tdm_cli_report_failure(cli, err);
    if (goes_on)
        fprintf(stderr,
                "tandem: warning: going on with the schema as it is (--on-error continue): exit "
                "code 0 in place of %d\n",
                (int)cause);
}

void tdm_push_show_failure(tdm_cli *cli, const tdm_error *err)
{
    const tdm_push_values *values = cli->values;
    tdm_exit cause = cli->exit;
    bool goes_on = values->on_error == TDM_ON_ERROR_CONTINUE && may_go_on(cause);
    if (goes_on)
        cli->exit = TDM_EXIT_OK;
    tdm_push_close_line(cli);
    if (tdm_cli_logs(cli)) {
        tdm_push_log_end end = end_of(cli);
        tdm_cli_line line;
        end.cause = cause;
        end.goes_on = goes_on;
        tdm_push_log_failed(tdm_cli_line_begin(cli, &line), err, &end);
        tdm_cli_line_end(&line);
        return;
    }
    put_failure(cli, err, cause, goes_on);
}
