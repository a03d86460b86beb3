#include "cli/command.h"

#include <string.h>

const char *const tdm_format_names[] = {"text",  "json",   "ndjson", "sarif", "github",
                                        "junit", "gitlab", "gcc",    "auto",  NULL};

static const char *const colors[] = {"auto", "always", "never", NULL};

static const tdm_option common[] = {
    {.kind = TDM_OPTION_CHOICE,
     .name = "format",
     .argument = "FORMAT",
     .choices = tdm_format_names,
     .offset = offsetof(tdm_globals, format),
     .help = "how the result is written"},
    {.kind = TDM_OPTION_CHOICE,
     .name = "output-format",
     .hidden = true,
     .argument = "FORMAT",
     .choices = tdm_format_names,
     .offset = offsetof(tdm_globals, format),
     .help = "the same as --format"},
    {.kind = TDM_OPTION_VALUE,
     .name = "output",
     .letter = 'o',
     .argument = "FILE",
     .offset = offsetof(tdm_globals, output),
     .help = "write the result to FILE, whole or not at all; - is stdout"},
    {.kind = TDM_OPTION_CHOICE,
     .name = "color",
     .argument = "WHEN",
     .choices = colors,
     .offset = offsetof(tdm_globals, color),
     .help = "auto, always or never"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "quiet",
     .letter = 'q',
     .offset = offsetof(tdm_globals, quiet),
     .help = "no notes and no progress on stderr, only errors"},
    {.kind = TDM_OPTION_COUNT,
     .name = "verbose",
     .letter = 'v',
     .offset = offsetof(tdm_globals, verbose),
     .help = "say more; twice: also each statement"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "help",
     .letter = 'h',
     .offset = offsetof(tdm_globals, help),
     .help = "show help and exit"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "version",
     .offset = offsetof(tdm_globals, version),
     .help = "show the version and exit"},
};

static const tdm_option project[] = {
    {.kind = TDM_OPTION_VALUE,
     .name = "directory",
     .letter = 'C',
     .argument = "DIR",
     .offset = offsetof(tdm_globals, directory),
     .help = "look for the project from DIR instead of the current folder"},
    {.kind = TDM_OPTION_VALUE,
     .name = "alembic-config",
     .letter = 'c',
     .argument = "FILE",
     .offset = offsetof(tdm_globals, alembic_config),
     .help = "the alembic.ini or pyproject.toml to use"},
    {.kind = TDM_OPTION_VALUE,
     .name = "name",
     .letter = 'n',
     .argument = "NAME",
     .offset = offsetof(tdm_globals, alembic_section),
     .help = "section of the alembic.ini, as in alembic -n"},
    {.kind = TDM_OPTION_LIST,
     .name = "versions",
     .argument = "DIR",
     .offset = offsetof(tdm_globals, versions),
     .help = "a bare folder of revisions, without configuration; may be repeated"},
    {.kind = TDM_OPTION_VALUE,
     .name = "config",
     .argument = "FILE",
     .offset = offsetof(tdm_globals, config),
     .help = "the tandem.toml to use"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "no-config",
     .offset = offsetof(tdm_globals, no_config),
     .help = "use no tandem.toml"},
};

static const tdm_option source[] = {
    {.kind = TDM_OPTION_SWITCH,
     .name = "staged",
     .offset = offsetof(tdm_globals, staged),
     .help = "read what git has staged, and nothing of the work tree"},
    {.kind = TDM_OPTION_VALUE,
     .name = "rev",
     .argument = "REV",
     .offset = offsetof(tdm_globals, rev),
     .help = "read what the commit REV holds, and nothing of the work tree"},
    {.kind = TDM_OPTION_VALUE,
     .name = "base",
     .argument = "REF",
     .offset = offsetof(tdm_globals, base),
     .help = "what the merge base with REF (origin/main, @{upstream}) holds is frozen"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "no-base",
     .offset = offsetof(tdm_globals, no_base),
     .help = "no branch freezes anything, whatever git.protected says"},
    {.kind = TDM_OPTION_VALUE,
     .name = "range",
     .argument = "A..B",
     .offset = offsetof(tdm_globals, range),
     .help = "the same as --rev B --base A"},
};

static const tdm_option cache[] = {
    {.kind = TDM_OPTION_SWITCH,
     .name = "no-cache",
     .offset = offsetof(tdm_globals, no_cache),
     .help = "read everything anew, and keep nothing for the next time"},
};

static const char *const ways[] = {"auto", "libpq", "api", NULL}; // as tdm_via has them

static const tdm_option target[] = {
    {.kind = TDM_OPTION_VALUE,
     .name = "db-url",
     .argument = "URL",
     .offset = offsetof(tdm_globals, db_url),
     .help = "the target: a URL without a password, or libpq keywords"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "local",
     .offset = offsetof(tdm_globals, local),
     .help = "the local Supabase stack, at the port of config.toml"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "linked",
     .offset = offsetof(tdm_globals, linked),
     .help = "the project that `supabase link` linked"},
    {.kind = TDM_OPTION_OPTIONAL,
     .name = "remote",
     .argument = "REF|URL|NAME",
     .offset = offsetof(tdm_globals, remote),
     .help = "the linked project, or this reference, URL or name of a target"},
    {.kind = TDM_OPTION_CHOICE,
     .name = "via",
     .argument = "WAY",
     .choices = ways,
     .offset = offsetof(tdm_globals, via),
     .help = "how a project is reached: auto, libpq or api (HTTPS alone)"},
    {.kind = TDM_OPTION_VALUE,
     .name = "password-file",
     .argument = "FILE",
     .offset = offsetof(tdm_globals, password_file),
     .help = "read the database password from the first line of FILE"},
    {.kind = TDM_OPTION_VALUE,
     .name = "password-fd",
     .argument = "N",
     .offset = offsetof(tdm_globals, password_fd),
     .help = "read the database password from file descriptor N"},
    {.kind = TDM_OPTION_VALUE,
     .name = "token-fd",
     .argument = "N",
     .offset = offsetof(tdm_globals, token_fd),
     .help = "read the access token of the Management API from file descriptor N"},
};

// Of a command that only looks the first two.
static const tdm_option targets[] = {
    {.kind = TDM_OPTION_VALUE,
     .name = "targets",
     .argument = "FILE",
     .offset = offsetof(tdm_globals, targets),
     .help = "many targets, one on each line: a URL or a name of a target; - is stdin"},
    {.kind = TDM_OPTION_VALUE,
     .name = "jobs",
     .argument = "N",
     .offset = offsetof(tdm_globals, jobs),
     .help = "so many targets at a time; 8 unless given"},
    {.kind = TDM_OPTION_VALUE,
     .name = "canary",
     .argument = "NAME|N",
     .offset = offsetof(tdm_globals, canary),
     .help = "the target that goes first, alone; the first of the list unless given"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "keep-going",
     .offset = offsetof(tdm_globals, keep_going),
     .help = "a target that fails behind the canary does not stop the others"},
};

enum { TARGETS_TO_LOOK_AT = 2 };

static const tdm_option consent[] = {
    {.kind = TDM_OPTION_SWITCH,
     .name = "yes",
     .letter = 'y',
     .offset = offsetof(tdm_globals, yes),
     .help = "answer every question with yes"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "no-input",
     .offset = offsetof(tdm_globals, no_input),
     .help = "never ask; fail instead"},
    {.kind = TDM_OPTION_VALUE,
     .name = "confirm",
     .argument = "NAME",
     .offset = offsetof(tdm_globals, confirm),
     .help = "the name of a protected target once more, to change it"},
};

static const char *const logs[] = {"off", "text", "json", NULL}; // as tdm_log_style has them

static const tdm_option logging[] = {
    {.kind = TDM_OPTION_CHOICE,
     .name = "log",
     .argument = "FORM",
     .choices = logs,
     .offset = offsetof(tdm_globals, log),
     .help = "one line on stdout for each event: text or json"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "log-time",
     .offset = offsetof(tdm_globals, log_time),
     .help = "the time in each line of the log, in UTC"},
};

#define SET(title, rows, values) ((tdm_option_set){(title), (rows), TDM_COUNT_OF(rows), (values)})

size_t tdm_cli_sets(tdm_cli *cli, const tdm_command *command, tdm_option_set ret[TDM_SETS])
{
    size_t count = 0;
    unsigned flags = command ? command->flags : TDM_NEEDS_PROJECT;
    if (command && command->option_count)
        ret[count++] =
            (tdm_option_set){"Options", command->options, command->option_count, cli->values};
    if ((flags & TDM_NEEDS_TARGET) && !(flags & TDM_READS_ONLY))
        ret[count++] = SET("Consent", consent, &cli->globals);
    if (flags & TDM_LOGS)
        ret[count++] = SET("Log", logging, &cli->globals);
    if (flags & (TDM_NEEDS_TARGET | TDM_MAY_TARGET))
        ret[count++] = SET("Target", target, &cli->globals);
    if (flags & TDM_TAKES_TARGETS) {
        ret[count] = SET("Many targets", targets, &cli->globals);
        if (flags & TDM_READS_ONLY)
            ret[count].count = TARGETS_TO_LOOK_AT;
        count++;
    }
    if (flags & TDM_TAKES_SOURCE)
        ret[count++] = SET("Source", source, &cli->globals);
    if (flags & TDM_USES_CACHE)
        ret[count++] = SET("Cache", cache, &cli->globals);
    if (flags & TDM_NEEDS_PROJECT)
        ret[count++] = SET("Project", project, &cli->globals);
    ret[count++] = SET("General", common, &cli->globals);
    return count;
}
