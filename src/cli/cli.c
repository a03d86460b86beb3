#include "cli/cli.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/vector.h"
#include "cli/command.h"
#include "cli/help.h"
#include "cli/log.h"
#include "cli/signals.h"
#include "cli/targets.h"
#include "report/safe.h"

#include <stdio.h>

// --- Saying things ------------------------------------------------------------------------------

tdm_report tdm_cli_report(tdm_cli *cli, tdm_buffer *out)
{
    tdm_style style = cli->terminal.out;
    if (cli->output.path)
        style.color = false;
    return (tdm_report){.out = out,
                        .arena = cli->arena,
                        .style = style,
                        .source = cli->tree ? &cli->source : NULL,
                        .verbose = cli->globals.verbose > 0};
}

tdm_status tdm_cli_consent(const tdm_cli *cli, tdm_buffer *question, tdm_error *err)
{
    bool yes = cli->globals.yes;
    tdm_status status = tdm_buffer_check(question, err);
    if (status == TDM_OK && !yes)
        status = tdm_terminal_confirm(&cli->terminal, question->data, &yes, err);
    tdm_buffer_free(question);
    if (status == TDM_OK && !yes)
        status =
            tdm_fail(err, TDM_ERROR_CONSENT, TDM_NOWHERE, "the answer was no; nothing was done");
    return status;
}

tdm_status tdm_cli_write(tdm_cli *cli, tdm_buffer *buffer, tdm_error *err)
{
    tdm_status status = tdm_buffer_check(buffer, err);
    if (status == TDM_OK && !tdm_arena_ok(cli->arena))
        status = tdm_fail_memory(err);
    if (status == TDM_OK)
        tdm_output_put(&cli->output, tdm_buffer_text(buffer)); // failing shows when it is closed
    tdm_buffer_free(buffer);
    return status;
}

void tdm_cli_note(const tdm_cli *cli, tdm_text text)
{
    tdm_buffer line = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (cli->globals.quiet)
        return;
    if (tdm_cli_logs(cli)) {
        tdm_cli_line logged;
        tdm_push_log_note(tdm_cli_line_begin(cli, &logged), text);
        tdm_cli_line_end(&logged);
        return;
    }
    tdm_buffer_puts(&line, "tandem: note: ");
    tdm_put_safe_lines(&line, text, "  | ");
    tdm_buffer_putc(&line, '\n');
    if (!line.failed)
        fputs(line.data, stderr);
    tdm_buffer_free(&line);
}

void tdm_cli_complain(tdm_cli *cli, const tdm_error *err)
{
    tdm_buffer text = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_diagnostic diagnostic = tdm_diagnostic_of_error(err);
    tdm_put_diagnostic(&text, &cli->terminal.err, cli->tree ? &cli->source : NULL, &diagnostic);
    if (text.failed)
        fprintf(stderr, "tandem: error: %s [%s]\n", err->message, tdm_error_name(err->code));
    else
        fwrite(text.data, 1, text.size, stderr);
    tdm_buffer_free(&text);
}

// A failure in the format that was asked for, so that a program that reads the result finds it.
void tdm_cli_report_failure(tdm_cli *cli, const tdm_error *err)
{
    tdm_buffer text = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    const char *command = cli->command ? cli->command->name : NULL;
    const tdm_check_format *format = tdm_check_format_named(tdm_format_names[cli->globals.format]);
    if (format && format->fail) {
        format->fail(&text, err);
    } else if (cli->globals.format == TDM_FORMAT_JSON) {
        tdm_report_error_json(&text, command, err);
    } else if (cli->globals.format == TDM_FORMAT_NDJSON) {
        tdm_json json = TDM_JSON_LINE(&text);
        tdm_json_begin_object(&json);
        tdm_json_pair_string(&json, "event", "error");
        tdm_json_key(&json, "error");
        tdm_json_error(&json, err);
        tdm_json_end_object(&json);
        tdm_buffer_putc(&text, '\n');
    }
    if (text.size) {
        tdm_output_put(&cli->output, tdm_buffer_text(&text));
    } else {
        tdm_cli_complain(cli, err);
        tdm_output_drop(&cli->output); // half a result is none
    }
    tdm_buffer_free(&text);
}

// --- Opening ------------------------------------------------------------------------------------

const char *tdm_cli_look_up(void *context, const char *name)
{
    return tdm_cli_getenv(context, name);
}

// "A..B" as a base and a commit; git's own short forms, where an end is left out, mean HEAD.
static tdm_status read_range(tdm_cli *cli, tdm_error *err)
{
    tdm_globals *globals = &cli->globals;
    tdm_text range = tdm_text_of(globals->range);
    size_t at = tdm_text_find(range, TDM_TEXT(".."));
    if (globals->staged || globals->rev || globals->base)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
                        "--range says already what --staged, --rev and --base would");
    if (at == SIZE_MAX || tdm_text_starts(tdm_text_from(range, at), TDM_TEXT("...")))
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "'%s' is no range of the form A..B",
                        globals->range);
    tdm_text rev = tdm_text_from(range, at + 2);
    globals->base = at ? tdm_arena_string(cli->arena, tdm_text_slice(range, 0, at)) : "HEAD";
    globals->rev = rev.size ? tdm_arena_string(cli->arena, rev) : "HEAD";
    return globals->base && globals->rev ? TDM_OK : tdm_fail_memory(err);
}

// Where the XDG base directory specification has a program's cache; a relative path counts as none.
static const char *cache_folder(tdm_cli *cli)
{
    const char *off = tdm_cli_getenv(&cli->environment, "TANDEM_NO_CACHE");
    const char *cache = tdm_cli_getenv(&cli->environment, "XDG_CACHE_HOME");
    const char *home = tdm_cli_getenv(&cli->environment, "HOME");
    if (!(cli->command->flags & TDM_USES_CACHE) || cli->globals.no_cache || (off && *off))
        return NULL;
    if (cache && *cache == '/')
        return tdm_arena_printf(cli->arena, "%s/tandem", cache).data;
    return home && *home == '/' ? tdm_arena_printf(cli->arena, "%s/.cache/tandem", home).data
                                : NULL;
}

tdm_project_options tdm_cli_project_options(tdm_cli *cli)
{
    const tdm_globals *globals = &cli->globals;
    return (tdm_project_options){
        .directory = globals->directory,
        .config = globals->config,
        .no_config = globals->no_config,
        .alembic_config = globals->alembic_config,
        .alembic_section = globals->alembic_section,
        .versions = (const char *const *)globals->versions.items,
        .version_count = globals->versions.count,
        .source = globals->rev      ? TDM_SOURCE_COMMIT
                  : globals->staged ? TDM_SOURCE_INDEX
                                    : TDM_SOURCE_WORK_TREE,
        .commit = globals->rev,
        .base = globals->base,
        .protect = (cli->command->flags & TDM_TAKES_SOURCE) && !globals->no_base,
        .environment = tdm_cli_look_up,
        .environment_context = &cli->environment,
        .cache = cache_folder(cli),
    };
}

tdm_status tdm_cli_open_project(tdm_cli *cli, tdm_error *err)
{
    const tdm_globals *globals = &cli->globals;
    if (globals->range && read_range(cli, err) != TDM_OK)
        return TDM_FAILED;
    tdm_project_options options = tdm_cli_project_options(cli);
    if (globals->staged && globals->rev)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
                        "--staged and --rev name two states of the project");
    if (globals->base && globals->no_base)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
                        "--no-base says that there is nothing for --base and --range to freeze");
    if (cli->project)
        tdm_project_free(cli->project);
    cli->project = NULL;
    cli->tree = NULL;
    if (tdm_project_open(&options, &cli->project, err) != TDM_OK)
        return TDM_FAILED;
    cli->tree = tdm_project_tree(cli->project);
    tdm_source_init(&cli->source, cli->tree, cli->arena);
    for (size_t i = 0; i < tdm_project_note_count(cli->project); i++)
        tdm_cli_note(cli, tdm_project_note(cli->project, i));
    return TDM_OK;
}

static void close_all(tdm_cli *cli)
{
    if (cli->session) {
        tdm_signals_release();
        tdm_session_close(cli->session);
    }
    tdm_secrets_wipe(&cli->secrets);
    if (cli->project)
        tdm_project_free(cli->project);
}

// --- Running ------------------------------------------------------------------------------------

// "auto" is the format of the service that the program runs in.
static void decide_format(tdm_cli *cli)
{
    const char *actions = tdm_cli_getenv(&cli->environment, "GITHUB_ACTIONS");
    if (cli->globals.format == TDM_FORMAT_AUTO)
        cli->globals.format =
            tdm_text_is(tdm_text_of(actions), "true") ? TDM_FORMAT_GITHUB : TDM_FORMAT_TEXT;
}

static tdm_status check_format(tdm_cli *cli, tdm_error *err)
{
    unsigned format = cli->globals.format;
    const char *before = "";
    tdm_buffer known = TDM_BUFFER_INIT(sizeof err->hint);
    if (cli->command->formats & TDM_FORMAT_BIT(format)) {
        decide_format(cli);
        return TDM_OK;
    }
    cli->globals.format = TDM_FORMAT_TEXT; // the refusal cannot be in that format either
    tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "tandem %s has no format '%s'", cli->command->name,
             tdm_format_names[format]);
    for (unsigned i = 0; i < TDM_FORMAT_COUNT; i++) {
        if (!(cli->command->formats & TDM_FORMAT_BIT(i)))
            continue;
        tdm_buffer_putf(&known, "%s%s", before, tdm_format_names[i]);
        before = ", ";
    }
    tdm_hint(err, "It has: %s.", known.data ? known.data : "");
    tdm_buffer_free(&known);
    return TDM_FAILED;
}

static tdm_status check_arguments(const tdm_cli *cli, tdm_error *err)
{
    const tdm_command *command = cli->command;
    if (cli->argument_count > command->most) {
        tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "'%s' is more than tandem %s takes",
                 cli->arguments[command->most], command->name);
        return tdm_hint(err, "See `tandem %s --help`.", command->name);
    }
    if (cli->argument_count < command->least)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "tandem %s needs %s", command->name,
                        command->arguments);
    return TDM_OK;
}

// Reads the command's name, and after it options and arguments.
static tdm_status read_words(tdm_cli *cli, tdm_words *words, tdm_error *err)
{
    tdm_option_set sets[TDM_SETS];
    const char *argument = NULL;
    struct {
        const char **items;
        size_t count;
        size_t capacity;
    } arguments = {0};

    size_t count = tdm_cli_sets(cli, NULL, sets);
    if (tdm_options_read(cli->arena, sets, count, words, &argument, err) != TDM_OK)
        return TDM_FAILED;
    if (!argument)
        return TDM_OK;
    cli->command = tdm_command_find(tdm_text_of(argument));
    if (!cli->command)
        return tdm_command_unknown(tdm_text_of(argument), err);
    cli->values = tdm_arena_alloc(cli->arena, cli->command->values_size);
    count = tdm_cli_sets(cli, cli->command, sets);
    for (;;) {
        if (tdm_options_read(cli->arena, sets, count, words, &argument, err) != TDM_OK)
            return TDM_FAILED;
        if (!argument)
            break;
        if (!tdm_vector_push(cli->arena, &arguments, argument))
            return tdm_fail_memory(err);
    }
    cli->arguments = arguments.items;
    cli->argument_count = arguments.count;
    return tdm_arena_ok(cli->arena) ? TDM_OK : tdm_fail_memory(err);
}

static bool is_empty(const tdm_project *project)
{
    return tdm_project_revision_count(project) + tdm_project_migration_count(project) == 0;
}

tdm_status tdm_cli_fail_empty(const tdm_cli *cli, tdm_error *err)
{
    tdm_fail(err, TDM_ERROR_CONFIG, TDM_NOWHERE, "no revision and no migration was found in '%s'",
             tdm_project_root(cli->project));
    return tdm_hint(err, "Say -C DIR to look from another folder.");
}

static tdm_status run_command(tdm_cli *cli, tdm_error *err)
{
    const tdm_command *command = cli->command;
    if (check_format(cli, err) != TDM_OK || check_arguments(cli, err) != TDM_OK)
        return TDM_FAILED;
    if (command->flags & TDM_NEEDS_TARGET)
        tdm_signals_watch(NULL);
    if ((command->flags & TDM_TAKES_TARGETS) && tdm_cli_check_targets(cli, err) != TDM_OK)
        return TDM_FAILED;
    if ((command->flags & TDM_NEEDS_PROJECT) && tdm_cli_open_project(cli, err) != TDM_OK)
        return TDM_FAILED;
    if ((command->flags & TDM_NEEDS_FILES) && is_empty(cli->project))
        return tdm_cli_fail_empty(cli, err);
    if (command->before && command->before(cli, err) != TDM_OK)
        return TDM_FAILED;
    if ((command->flags & TDM_NEEDS_TARGET) && !cli->globals.targets &&
        tdm_cli_open_target(cli, err) != TDM_OK)
        return TDM_FAILED;
    return command->run(cli, err);
}

static tdm_status run_words(tdm_cli *cli, tdm_words *words, tdm_error *err)
{
    tdm_status status = read_words(cli, words, err);
    const tdm_globals *globals = &cli->globals;
    tdm_terminal_decide(&cli->streams, &cli->environment, (tdm_color_choice)globals->color,
                        globals->no_input, &cli->terminal);
    tdm_output_open(&cli->output, globals->output);
    if (status != TDM_OK)
        return TDM_FAILED;
    if (globals->version)
        return tdm_command_version.run(cli, err);
    if (globals->help)
        return tdm_help_show(cli, cli->command, err);
    if (!cli->command) {
        tdm_help_short_to_stderr(cli);
        cli->exit = TDM_EXIT_USAGE;
        return TDM_OK;
    }
    return run_command(cli, err);
}

tdm_exit tdm_cli_run(tdm_cli *cli, size_t word_count, const char *const *words)
{
    tdm_error err = TDM_ERROR_INIT;
    tdm_words rest = {.items = words, .count = word_count};
    cli->arena = tdm_arena_new(0);
    tdm_status status = cli->arena ? run_words(cli, &rest, &err) : tdm_fail_memory(&err);
    if (status != TDM_OK) {
        cli->exit = tdm_signals_caught() ? tdm_signals_caught() : tdm_error_exit(err.code);
        if (cli->command && cli->command->failed && cli->values)
            cli->command->failed(cli, &err);
        else
            tdm_cli_report_failure(cli, &err);
    }
    tdm_status closed = tdm_output_close(&cli->output, &err);
    if (status == TDM_OK && closed != TDM_OK) { // else the failure to write is said already
        tdm_cli_complain(cli, &err);
        cli->exit = tdm_error_exit(err.code);
    }
    close_all(cli);
    tdm_arena_free(cli->arena);
    return cli->exit;
}
