#include "cli/target.h"

#include "base/error.h"
#include "cli/command.h"
#include "cli/log.h"
#include "cli/signals.h"

#include <sys/resource.h>

enum {
    CONNECT_SECONDS = 10, // as the library's
    SECOND_MS = 1000,
};

static bool changes_target(const tdm_cli *cli)
{
    unsigned flags = cli->command->flags;
    return (flags & TDM_NEEDS_TARGET) && !(flags & TDM_READS_ONLY);
}

static tdm_target_words words_of(const tdm_cli *cli)
{
    const tdm_globals *globals = &cli->globals;
    return (tdm_target_words){
        .db_url = globals->db_url,
        .local = globals->local,
        .linked = globals->linked,
        .remote = globals->remote,
        .via = (tdm_via)globals->via,
        .reads_only = !changes_target(cli),
        .password = tdm_secret_text(&cli->secrets.password),
        .token = tdm_secret_text(&cli->secrets.token),
        .environment = tdm_cli_look_up,
        .environment_context = (void *)&cli->environment,
    };
}

bool tdm_cli_names_target(const tdm_cli *cli)
{
    tdm_target_words words = words_of(cli);
    return tdm_target_is_named(cli->project, &words);
}

static void on_note(void *context, tdm_text text)
{
    tdm_cli_note(context, text);
}

static bool on_password(void *context, const char *target, char *ret, size_t size)
{
    const tdm_cli *cli = context;
    return tdm_terminal_password(&cli->terminal, target, ret, size);
}

// A signal ends also what is not a session yet.
static void on_opening(void *context, tdm_session *session)
{
    (void)context;
    tdm_signals_watch(session);
}

static void say_connected(const tdm_cli *cli)
{
    tdm_cli_line line;
    if (!tdm_cli_logs(cli))
        return;
    tdm_push_log_connected(tdm_cli_line_begin(cli, &line), tdm_session_target(cli->session));
    tdm_cli_line_end(&line);
}

// One try takes no longer than what is left.
static void bound_try(tdm_target_options *options, int64_t left_ms)
{
    if (left_ms > 0 && left_ms < CONNECT_SECONDS * SECOND_MS)
        options->connect_timeout = (int)((left_ms + SECOND_MS - 1) / SECOND_MS);
}

static tdm_status open_patiently(tdm_cli *cli, tdm_target_options *options, tdm_error *err)
{
    tdm_patience_begin(&cli->patience);
    do {
        bound_try(options, tdm_patience_left(&cli->patience));
        if (!tdm_signals_caught() && tdm_session_open(options, &cli->session, err) == TDM_OK)
            return TDM_OK;
    } while (tdm_patience_again(cli, err));
    if (tdm_signals_caught())
        return tdm_fail(err, TDM_ERROR_INTERRUPTED, TDM_NOWHERE, "interrupted");
    return TDM_FAILED;
}

// A change of a protected target needs its name, also where every question is answered with yes.
static tdm_status check_protection(const tdm_cli *cli, const tdm_target *target, tdm_error *err)
{
    const char *said = cli->globals.confirm;
    if (said && (!target->name || !tdm_text_is(tdm_text_of(said), target->name)))
        return tdm_fail(err, TDM_ERROR_TARGET, TDM_NOWHERE, "the target is %s%s, not '%s'",
                        target->name ? "named " : "one without a name",
                        target->name ? target->name : "", said);
    if (!changes_target(cli) || !target->is_protected || said)
        return TDM_OK;
    tdm_fail(err, TDM_ERROR_TARGET, TDM_NOWHERE, "the target '%s' is protected", target->name);
    return tdm_hint(err, "To change it, say --confirm %s.", target->name);
}

static tdm_status read_secrets(tdm_cli *cli, tdm_error *err)
{
    const tdm_globals *globals = &cli->globals;
    if (globals->password_file && globals->password_fd)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
                        "--password-file and --password-fd name two passwords");
    if (globals->password_file &&
        tdm_secret_read_file(&cli->secrets.password, globals->password_file, err) != TDM_OK)
        return TDM_FAILED;
    if (globals->password_fd &&
        tdm_secret_read_fd(&cli->secrets.password, globals->password_fd, err) != TDM_OK)
        return TDM_FAILED;
    return globals->token_fd ? tdm_secret_read_fd(&cli->secrets.token, globals->token_fd, err)
                             : TDM_OK;
}

tdm_status tdm_cli_target_words(tdm_cli *cli, tdm_target_words *ret, tdm_error *err)
{
    struct rlimit none = {0};
    // From here on there are secrets in memory, which no core file may show.
    (void)setrlimit(RLIMIT_CORE, &none);
    if (read_secrets(cli, err) != TDM_OK)
        return TDM_FAILED;
    *ret = words_of(cli);
    return TDM_OK;
}

tdm_status tdm_cli_open_target(tdm_cli *cli, tdm_error *err)
{
    tdm_target target;
    tdm_target_words words;
    if (tdm_cli_target_words(cli, &words, err) != TDM_OK)
        return TDM_FAILED;
    if (tdm_target_find(cli->project, &words, &target, err) != TDM_OK ||
        check_protection(cli, &target, err) != TDM_OK)
        return TDM_FAILED;
    target.options.note = on_note;
    target.options.ask_password = cli->terminal.may_ask ? on_password : NULL;
    target.options.context = cli;
    target.options.opening = on_opening;
    if (open_patiently(cli, &target.options, err) != TDM_OK)
        return TDM_FAILED;
    tdm_signals_watch(cli->session);
    say_connected(cli);
    return TDM_OK;
}
