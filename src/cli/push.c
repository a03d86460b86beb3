// `tandem push`: a plan, a yes, and carrying it out. Where nobody is asked (--yes) it goes on by
// itself when somebody else was at work meanwhile: it waits for them and looks again.
#include "cli/push.h"

#include <tandem/backup.h>

#include "base/error.h"
#include "base/limits.h"
#include "cli/clock.h"
#include "cli/command.h"
#include "cli/signals.h"
#include "cli/targets.h"
#include "report/safe.h"

#include <unistd.h>

enum {
    READ_PATIENCE_MS = 1000, // for the histories, while another push holds their locks
    DEFAULT_WAIT_MS = 15000, // as the library's
    ROUNDS = 100,            // somebody who never stops changing the histories is not waited out
};

// What comes next.
typedef enum next {
    NEXT_DONE,
    NEXT_FAILED,
    NEXT_AGAIN, // a new plan
} next;

static next from_status(tdm_status status)
{
    return status == TDM_OK ? NEXT_DONE : NEXT_FAILED;
}

// --- Before the push ----------------------------------------------------------------------------

static tdm_status ask(tdm_cli *cli, const tdm_plan *plan, tdm_error *err)
{
    const tdm_push_values *values = cli->values;
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

static tdm_status back_up(tdm_cli *cli, tdm_error *err)
{
    tdm_push_values *values = cli->values;
    tdm_backup_options options = {.file = values->backup, .programs = values->pg_bin};
    if (!values->backup || values->backed_up)
        return TDM_OK;
    values->backed_up = true;
    if (tdm_backup(cli->session, &options, err) != TDM_OK)
        return TDM_FAILED;
    tdm_cli_note(cli, tdm_arena_printf(cli->arena, "backed up to %s", values->backup));
    return TDM_OK;
}

// --- The push -----------------------------------------------------------------------------------

static tdm_push_options options_of(tdm_cli *cli)
{
    const tdm_push_values *values = cli->values;
    return (tdm_push_options){
        .lock_timeout_ms = values->lock_timeout,
        .statement_timeout_ms = values->statement_timeout,
        .lock_wait_ms = values->wait,
        .jitter_seed = (uint64_t)getpid(),
        .event = tdm_push_show_event,
        .event_context = cli,
    };
}

static tdm_status rehearse(tdm_cli *cli, const tdm_plan *plan, tdm_error *err)
{
    tdm_push_result result = {0};
    tdm_push_options options = options_of(cli);
    tdm_status status = tdm_push_rehearse(cli->session, plan, &options, &result, err);
    tdm_push_close_line(cli);
    return status == TDM_OK ? tdm_push_show_rehearsal(cli, plan, &result, err) : TDM_FAILED;
}

// Whether it may wait and plan anew without asking anybody.
static bool is_unattended(const tdm_cli *cli)
{
    const tdm_push_values *values = cli->values;
    return cli->globals.yes && !values->dry_run && !values->rehearse;
}

static next look_again(tdm_cli *cli)
{
    tdm_push_values *values = cli->values;
    if (++values->rounds >= ROUNDS)
        return NEXT_FAILED;
    tdm_push_show_again(cli);
    return NEXT_AGAIN;
}

// One of several pushes that begin at once applies everything; the others wait here, look again and
// find nothing left. A plan that was made before the lock was there may be old.
static next take_turn(tdm_cli *cli, tdm_error *err)
{
    tdm_push_values *values = cli->values;
    tdm_push_options options = options_of(cli);
    uint32_t limit = values->wait ? values->wait : DEFAULT_WAIT_MS;
    int64_t begun = tdm_clock_ms();
    if (values->holds_turn)
        return NEXT_DONE;
    options.lock_wait_ms = values->locked_ms < limit ? limit - values->locked_ms : 1;
    if (tdm_push_turn(cli->session, &options, &values->holds_turn, err) != TDM_OK)
        return NEXT_FAILED;
    values->locked_ms += (uint32_t)(tdm_clock_ms() - begun);
    return values->holds_turn ? NEXT_AGAIN : look_again(cli);
}

// The histories may have been locked when they were read, or the API did not answer yet.
static next after_failed_plan(tdm_cli *cli, tdm_error *err)
{
    tdm_push_values *values = cli->values;
    uint32_t limit = values->wait ? values->wait : DEFAULT_WAIT_MS;
    if (tdm_patience_again(cli, err))
        return NEXT_AGAIN;
    if (!is_unattended(cli) || err->code != TDM_ERROR_LOCKED || values->locked_ms >= limit)
        return NEXT_FAILED;
    values->locked_ms += READ_PATIENCE_MS;
    return take_turn(cli, err) == NEXT_FAILED ? NEXT_FAILED : NEXT_AGAIN;
}

static next carry_out(tdm_cli *cli, const tdm_plan *plan, tdm_error *err)
{
    tdm_push_values *values = cli->values;
    tdm_push_result result = {0};
    tdm_push_options options = options_of(cli);
    tdm_signals_survive_pipe();
    tdm_status status = tdm_push(cli->project, cli->session, plan, &options, &result, err);
    tdm_push_close_line(cli);
    values->applied += result.applied;
    values->adopted += result.adopted;
    values->pending -= result.applied + result.adopted;
    if (status == TDM_OK)
        return from_status(tdm_push_show_result(cli, plan, err));
    return result.overtaken && is_unattended(cli) ? look_again(cli) : NEXT_FAILED;
}

static next go_on(tdm_cli *cli, const tdm_plan *plan, tdm_error *err)
{
    const tdm_push_values *values = cli->values;
    if (is_unattended(cli)) {
        next taken = take_turn(cli, err);
        if (taken != NEXT_DONE)
            return taken;
    }
    if (tdm_push_show_plan(cli, plan, err) != TDM_OK)
        return NEXT_FAILED;
    if (values->dry_run)
        return from_status(tdm_plan_print(cli->project, plan, tdm_output_put, &cli->output, err));
    if (ask(cli, plan, err) != TDM_OK || (!values->rehearse && back_up(cli, err) != TDM_OK))
        return NEXT_FAILED;
    return values->rehearse ? from_status(rehearse(cli, plan, err)) : carry_out(cli, plan, err);
}

static next push_once(tdm_cli *cli, tdm_error *err)
{
    tdm_push_values *values = cli->values;
    const tdm_plan *plan = NULL;
    tdm_plan_options options = {.adopt = values->adopt,
                                .to = values->to,
                                .only_pending = true,
                                .patience_ms = is_unattended(cli) ? READ_PATIENCE_MS : 0};
    if (tdm_plan_make(cli->project, cli->session, &options, &plan, err) != TDM_OK)
        return after_failed_plan(cli, err);
    values->pending = plan->pending;
    // What is refused may be what another push is in the middle of.
    if (plan->refused && is_unattended(cli) && !values->holds_turn)
        return take_turn(cli, err);
    if (plan->refused)
        return from_status(refuse(cli, plan, err));
    if (plan->pending == 0)
        return from_status(tdm_push_show_result(cli, plan, err));
    return go_on(cli, plan, err);
}

static tdm_status check_words(const tdm_cli *cli, tdm_error *err)
{
    const tdm_push_values *values = cli->values;
    const tdm_globals *globals = &cli->globals;
    if (values->dry_run && values->rehearse)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
                        "--dry-run runs nothing, and --rehearse runs everything once");
    if (values->dry_run && globals->format != TDM_FORMAT_TEXT)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
                        "--dry-run prints SQL; `tandem plan --format json` is for programs");
    if (globals->log && (values->dry_run || globals->format != TDM_FORMAT_TEXT || globals->output))
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
                        "--log writes its lines to stdout as they come: not with --dry-run, "
                        "--format or --output");
    return TDM_OK;
}

// What makes sense for one target alone, or for many alone.
static tdm_status check_number(const tdm_cli *cli, tdm_error *err)
{
    const tdm_push_values *values = cli->values;
    if (!cli->globals.targets && cli->globals.format == TDM_FORMAT_JSON)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
                        "--format json is for --targets; of one target ndjson tells every step");
    if (cli->globals.targets && (values->dry_run || values->rehearse || values->backup))
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
                        "--dry-run, --rehearse and --backup are for one target; `tandem plan "
                        "--targets` shows what a push to all would do");
    if (cli->globals.targets && (cli->globals.log || values->on_error))
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
                        "--log and --on-error are for one target; for many there are --format "
                        "ndjson and --keep-going");
    return TDM_OK;
}

// What can be refused without a connection is.
static tdm_status before(tdm_cli *cli, tdm_error *err)
{
    tdm_push_values *values = cli->values;
    values->begun_ms = tdm_clock_ms();
    cli->patience.wait_ms = values->wait;
    if (check_words(cli, err) != TDM_OK || check_number(cli, err) != TDM_OK)
        return TDM_FAILED;
    return tdm_push_preflight(cli->project, err);
}

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    tdm_push_values *values = cli->values;
    // A plan that is made with the lock held does not grow old. Whoever does not get it may have
    // nothing to do, and is not held up.
    if (is_unattended(cli) && tdm_push_turn(cli->session, NULL, &values->holds_turn, err) != TDM_OK)
        return TDM_FAILED;
    for (;;) {
        next what = push_once(cli, err);
        if (what != NEXT_AGAIN)
            return what == NEXT_DONE ? TDM_OK : TDM_FAILED;
    }
}

// --- Many targets --------------------------------------------------------------------------------

static tdm_status push_to_all(tdm_cli *cli, tdm_error *err)
{
    const tdm_push_values *values = cli->values;
    tdm_targets_run_options run = {
        .plan = {.adopt = values->adopt, .to = values->to, .only_pending = true},
        .push = options_of(cli),
    };
    return tdm_cli_run_targets(cli, &run, TDM_EXIT_OK, err);
}

static tdm_status run_any(tdm_cli *cli, tdm_error *err)
{
    return cli->globals.targets ? push_to_all(cli, err) : run(cli, err);
}

static const char *const on_errors[] = {"stop", "continue", NULL}; // as tdm_on_error

static const tdm_option options[] = {
    {.kind = TDM_OPTION_SWITCH,
     .name = "dry-run",
     .offset = offsetof(tdm_push_values, dry_run),
     .help = "print the exact SQL and change nothing"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "rehearse",
     .offset = offsetof(tdm_push_values, rehearse),
     .help = "run it in one transaction, show times and locks, roll it back"},
    {.kind = TDM_OPTION_VALUE,
     .name = "backup",
     .argument = "FILE",
     .offset = offsetof(tdm_push_values, backup),
     .help = "run pg_dump first; no backup, no push"},
    {.kind = TDM_OPTION_VALUE,
     .name = "pg-bin",
     .argument = "DIR",
     .offset = offsetof(tdm_push_values, pg_bin),
     .help = "where pg_dump is; in PATH unless given"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "adopt",
     .offset = offsetof(tdm_push_values, adopt),
     .help = "record in one history what the other says was done"},
    {.kind = TDM_OPTION_VALUE,
     .name = "to",
     .argument = "REVISION",
     .offset = offsetof(tdm_push_values, to),
     .help = "stop at this revision or version"},
    {.kind = TDM_OPTION_DURATION,
     .name = "lock-timeout",
     .argument = "TIME",
     .offset = offsetof(tdm_push_values, lock_timeout),
     .help = "how long a statement may wait for a lock; 4s unless given"},
    {.kind = TDM_OPTION_DURATION,
     .name = "statement-timeout",
     .argument = "TIME",
     .offset = offsetof(tdm_push_values, statement_timeout),
     .help = "how long a statement may run; no limit unless given"},
    {.kind = TDM_OPTION_SECONDS,
     .name = "wait",
     .argument = "SECONDS",
     .offset = offsetof(tdm_push_values, wait),
     .help = "wait for others' locks (15 unless given) and for a server to start"},
    {.kind = TDM_OPTION_CHOICE,
     .name = "on-error",
     .argument = "WHAT",
     .choices = on_errors,
     .offset = offsetof(tdm_push_values, on_error),
     .help = "stop, or continue: say so, and end with 0"},
};

static const tdm_example examples[] = {
    {"tandem push --local", "bring the local stack up to date"},
    {"tandem push --dry-run", "look at the SQL first"},
    {"tandem push --rehearse", "how long it takes and what it locks"},
    {"tandem push --targets tenants.txt", "to the first of many databases, then to the others"},
    {"tandem push --adopt --yes", "after `alembic upgrade head` alone, without a question"},
    {"tandem push --yes --wait 60 --log json", "in the start script of a container"},
};

const tdm_command tdm_command_push = {
    .name = "push",
    .group = TDM_GROUP_TARGET,
    .summary = "apply what is pending and record it in both histories",
    .arguments = "",
    .flags = TDM_NEEDS_PROJECT | TDM_NEEDS_FILES | TDM_NEEDS_TARGET | TDM_TAKES_TARGETS |
             TDM_USES_CACHE | TDM_LOGS,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_JSON) |
               TDM_FORMAT_BIT(TDM_FORMAT_NDJSON),
    .options = options,
    .option_count = TDM_COUNT_OF(options),
    .values_size = sizeof(tdm_push_values),
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
        "--wait says how long to wait for locks that others hold, and, given at all, for a server "
        "that does not answer yet: nobody listens there, its name is not known, it starts. A "
        "password that is refused is not waited for.\n\n"
        "With --yes, of several pushes that begin at once one applies everything; the others wait, "
        "look again and find nothing to do. When somebody else changes the histories meanwhile, "
        "the plan is made anew. In a container's start script that takes the place of `alembic "
        "upgrade head`: docs/deploy.md.\n\n"
        "--on-error continue ends with 0 when the push failed and the target is what its histories "
        "say (exit codes 1, 3, 4, 5, 6), so that a container starts with the schema as it is. It "
        "never does so for wrong words, for something half applied or unknown (7), or a signal.\n\n"
        "--targets names many databases, one on each line: a URL, libpq's keywords, or a name of "
        "[targets]; in front of it may stand a name for the report. The first goes alone, and "
        "where it fails nothing else is begun. What is done already is what the histories in each "
        "database say, so that a run that was broken off is gone on with by running it again. Exit "
        "code 7: some were changed, and others failed. docs/targets.md tells more.\n\n"
        "A password is never taken from the command line: use the environment, a service, or "
        "~/.pgpass.",
    .before = before,
    .run = run_any,
    .failed = tdm_push_show_failure,
};
