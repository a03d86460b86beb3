#include "cli/targets.h"

#include "base/error.h"
#include "base/limits.h"
#include "cli/command.h"
#include "cli/signals.h"
#include "cli/target.h"
#include "report/safe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// --- The words -----------------------------------------------------------------------------------

static tdm_status read_jobs(const tdm_cli *cli, unsigned *ret, tdm_error *err)
{
    const char *said = cli->globals.jobs;
    uint64_t jobs = TDM_TARGETS_JOBS;
    if (said &&
        (!tdm_text_to_u64(tdm_text_of(said), &jobs) || jobs == 0 || jobs > TDM_TARGETS_JOBS_MOST))
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "--jobs takes a number from 1 to %d",
                        TDM_TARGETS_JOBS_MOST);
    *ret = (unsigned)jobs;
    return TDM_OK;
}

tdm_status tdm_cli_check_targets(const tdm_cli *cli, tdm_error *err)
{
    const tdm_globals *globals = &cli->globals;
    unsigned jobs;
    if (!globals->targets && (globals->canary || globals->jobs || globals->keep_going))
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
                        "--canary, --jobs and --keep-going are for many targets: --targets FILE "
                        "names them");
    if (globals->targets &&
        (globals->db_url || globals->local || globals->linked || globals->remote))
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
                        "--targets names all the targets: --db-url, --local, --linked and --remote "
                        "name another one");
    return read_jobs(cli, &jobs, err);
}

// --- The list ------------------------------------------------------------------------------------

static tdm_status fail_read(const char *name, const char *why, tdm_error *err)
{
    return tdm_fail(err, TDM_ERROR_FILE, (tdm_place){.file = name},
                    "the list of targets cannot be read: %s", why);
}

static tdm_status read_all(int fd, const char *name, tdm_buffer *ret, tdm_error *err)
{
    char piece[1 << 14];
    ssize_t count = 0;
    do {
        count = read(fd, piece, sizeof piece);
        if (count > 0)
            tdm_buffer_put(ret, (tdm_text){piece, (size_t)count});
    } while ((count > 0 && !ret->failed) || (count < 0 && errno == EINTR));
    explicit_bzero(piece, sizeof piece);
    if (count < 0)
        return fail_read(name, strerror(errno), err);
    return tdm_buffer_check(ret, err);
}

// As libpq judges a password file: nobody but its owner has any right to it. What is no file, a
// pipe, is seen by the two at its ends.
static bool is_private(int fd)
{
    struct stat facts;
    if (fstat(fd, &facts) != 0)
        return false;
    return !S_ISREG(facts.st_mode) || (facts.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

static tdm_status open_list(tdm_cli *cli, const tdm_target_words *words, tdm_targets **ret,
                            tdm_error *err)
{
    const char *file = cli->globals.targets;
    bool piped = strcmp(file, "-") == 0;
    tdm_buffer text = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    int fd = piped ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_read(file, strerror(errno), err);
    tdm_targets_options options = {.file = piped ? "stdin" : file,
                                   .is_private = is_private(fd),
                                   .canary = cli->globals.canary,
                                   .words = *words};
    tdm_status status = read_all(fd, file, &text, err);
    if (!piped)
        close(fd);
    options.text = tdm_buffer_text(&text);
    if (status == TDM_OK)
        status = tdm_targets_open(cli->project, &options, ret, err);
    if (text.data)
        explicit_bzero(text.data, text.size);
    tdm_buffer_free(&text);
    return status;
}

// --- Consent -------------------------------------------------------------------------------------

// One word cannot name all that are protected; the list does.
static tdm_status check_protection(const tdm_cli *cli, const tdm_targets *targets, tdm_error *err)
{
    const char *list = cli->globals.targets;
    const char *said = cli->globals.confirm;
    tdm_text first;
    size_t count = tdm_targets_protected(targets, &first);
    if (said && strcmp(said, list) != 0)
        return tdm_fail(err, TDM_ERROR_TARGET, TDM_NOWHERE, "the list is '%s', not '%s'", list,
                        said);
    if (count == 0 || said)
        return TDM_OK;
    tdm_fail(err, TDM_ERROR_TARGET, TDM_NOWHERE, "%zu of the targets %s protected, '%.*s' %s",
             count, count == 1 ? "is" : "are", TDM_TEXT_ARG(first),
             count == 1 ? "it is" : "among them");
    return tdm_hint(err, "To change them with the others, say --confirm %s.", list);
}

static tdm_status ask(tdm_cli *cli, const tdm_targets *targets, tdm_error *err)
{
    tdm_buffer question = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    size_t count = tdm_targets_count(targets);
    tdm_buffer_puts(&question, "push to ");
    tdm_put_safe(&question, tdm_targets_name(targets, 0));
    if (count > 1) {
        tdm_buffer_puts(&question, ", then to ");
        tdm_put_count(&question, count - 1, "other target");
    }
    tdm_buffer_putc(&question, '?');
    return tdm_cli_consent(cli, &question, err);
}

// --- Running -------------------------------------------------------------------------------------

static void on_event(void *context, const tdm_targets_event *event)
{
    tdm_cli *cli = context;
    tdm_buffer line = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (cli->globals.format == TDM_FORMAT_NDJSON) {
        tdm_report_targets_event_json(&line, event);
        tdm_output_put(&cli->output, tdm_buffer_text(&line));
        fflush(stdout);
    } else if (!cli->globals.quiet) {
        tdm_report_targets_event_text(&line, event, cli->globals.verbose);
        if (line.size && !line.failed)
            fprintf(stderr, "%s\n", line.data);
    }
    tdm_buffer_free(&line);
}

static tdm_status put_report(tdm_cli *cli, const tdm_targets_report *run, tdm_error *err)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    tdm_report report = tdm_cli_report(cli, &out);
    if (cli->globals.format == TDM_FORMAT_JSON)
        tdm_report_targets_json(&report, cli->command->name, run);
    else if (cli->globals.format == TDM_FORMAT_NDJSON)
        tdm_report_targets_done_json(&out, run);
    else
        tdm_report_targets_text(&report, run);
    return tdm_cli_write(cli, &out, err);
}

static void cancel(void *targets)
{
    tdm_targets_cancel(targets);
}

static tdm_exit exit_of(const tdm_targets_report *report, tdm_exit when_pending)
{
    tdm_exit code = tdm_targets_exit(report);
    if (tdm_signals_caught())
        return tdm_signals_caught();
    return code == TDM_EXIT_OK && report->counts[TDM_OUTCOME_PENDING] ? when_pending : code;
}

static tdm_status run_list(tdm_cli *cli, tdm_targets *targets,
                           const tdm_targets_run_options *options, tdm_exit when_pending,
                           tdm_error *err)
{
    const tdm_targets_report *report = NULL;
    if (!options->only_look &&
        (check_protection(cli, targets, err) != TDM_OK || ask(cli, targets, err) != TDM_OK))
        return TDM_FAILED;
    tdm_signals_survive_pipe();
    tdm_signals_watch_with(cancel, targets);
    tdm_status status = tdm_targets_run(targets, options, &report, err);
    tdm_signals_release();
    if (status != TDM_OK)
        return TDM_FAILED;
    cli->exit = exit_of(report, when_pending);
    return put_report(cli, report, err);
}

tdm_status tdm_cli_run_targets(tdm_cli *cli, tdm_targets_run_options *options,
                               tdm_exit when_pending, tdm_error *err)
{
    tdm_target_words words;
    tdm_targets *targets = NULL;
    options->keep_going = cli->globals.keep_going;
    options->event = on_event;
    options->context = cli;
    if (read_jobs(cli, &options->jobs, err) != TDM_OK ||
        tdm_cli_target_words(cli, &words, err) != TDM_OK ||
        open_list(cli, &words, &targets, err) != TDM_OK)
        return TDM_FAILED;
    tdm_status status = run_list(cli, targets, options, when_pending, err);
    tdm_targets_free(targets);
    return status;
}
