#include "cli/command.h"
#include "cli/completion.h"
#include "report/explain.h"

#include <string.h>

// Each script knows the words of the tables itself and asks `tandem __complete` only for revisions.
// Words that come from a project are never handed to the shell for expansion: bash's `compgen -W`
// would run a command substitution that stands in an id.

typedef void (*each_option)(tdm_buffer *out, const tdm_command *command, const tdm_option *option);

static void for_each_option(tdm_buffer *out, const tdm_command *command, each_option each)
{
    tdm_option_set sets[TDM_SETS];
    tdm_cli nothing = {0};
    size_t count = tdm_cli_sets(&nothing, command, sets);
    for (size_t s = 0; s < count; s++) {
        for (size_t i = 0; i < sets[s].count; i++) {
            if (!sets[s].rows[i].hidden)
                each(out, command, &sets[s].rows[i]);
        }
    }
}

typedef void (*each_command)(tdm_buffer *out, const tdm_command *command);

static void for_each_command(tdm_buffer *out, each_command each)
{
    for (size_t i = 0; i < tdm_command_count; i++) {
        if (!(tdm_commands[i]->flags & TDM_HIDDEN))
            each(out, tdm_commands[i]);
    }
}

// Whether the choice is one that the command has: formats differ from command to command.
static bool offers(const tdm_command *command, const tdm_option *option, unsigned choice)
{
    return option->choices != tdm_format_names || !command ||
           (command->formats & TDM_FORMAT_BIT(choice));
}

static void put_choices(tdm_buffer *out, const tdm_command *command, const tdm_option *option)
{
    const char *before = "";
    for (unsigned i = 0; option->choices[i]; i++) {
        if (!offers(command, option, i))
            continue;
        tdm_buffer_putf(out, "%s%s", before, option->choices[i]);
        before = " ";
    }
}

static void put_name(tdm_buffer *out, const tdm_command *command)
{
    tdm_buffer_putf(out, " %s", command->name);
    if (command->alias)
        tdm_buffer_putf(out, " %s", command->alias);
}

// A shell pattern of a command's names: "status|list".
static void put_pattern(tdm_buffer *out, const tdm_command *command)
{
    tdm_buffer_puts(out, command->name);
    if (command->alias)
        tdm_buffer_putf(out, "|%s", command->alias);
}

// The words that an argument of this command can be, as far as the tables know them.
static void put_argument_words(tdm_buffer *out, const tdm_command *command)
{
    switch (command->argument) {
    case TDM_ARGUMENT_NONE:
    case TDM_ARGUMENT_REVISION:
        break;
    case TDM_ARGUMENT_COMMAND:
        for_each_command(out, put_name);
        tdm_buffer_puts(out, " exit-codes environment");
        break;
    case TDM_ARGUMENT_CODE:
        for (int i = 0; i < TDM_FINDING_COUNT; i++)
            tdm_buffer_putf(out, " %s", tdm_finding_code((tdm_finding_kind)i));
        break;
    case TDM_ARGUMENT_SHELL:
        tdm_buffer_puts(out, " bash zsh fish");
        break;
    }
}

// Text inside single quotes, for all three shells.
static void put_quoted(tdm_buffer *out, const char *text)
{
    tdm_buffer_putc(out, '\'');
    for (; *text; text++) {
        if (*text == '\'')
            tdm_buffer_puts(out, "'\\''");
        else
            tdm_buffer_putc(out, *text);
    }
    tdm_buffer_putc(out, '\'');
}

// --- bash ---------------------------------------------------------------------------------------

static void bash_option(tdm_buffer *out, const tdm_command *command, const tdm_option *option)
{
    (void)command;
    tdm_buffer_putf(out, " --%s", option->name);
}

static void bash_choice(tdm_buffer *out, const tdm_command *command, const tdm_option *option)
{
    if (option->kind != TDM_OPTION_CHOICE)
        return;
    tdm_buffer_putf(out, "    %s:--%s) words='", command ? command->name : "", option->name);
    put_choices(out, command, option);
    tdm_buffer_puts(out, "' ;;\n");
}

static void bash_words(tdm_buffer *out, const tdm_command *command)
{
    for_each_option(out, command, bash_choice);
    tdm_buffer_putf(out, "    %s:*) words='", command->name);
    put_argument_words(out, command);
    for_each_option(out, command, bash_option);
    tdm_buffer_puts(out, "'");
    if (command->argument == TDM_ARGUMENT_REVISION)
        tdm_buffer_puts(out, "; asked=revisions");
    tdm_buffer_puts(out, " ;;\n");
}

static void bash_name_case(tdm_buffer *out, const tdm_command *command)
{
    tdm_buffer_puts(out, "        ");
    put_pattern(out, command);
    tdm_buffer_putf(out, ") command=%s; break ;;\n", command->name);
}

void tdm_completion_bash(tdm_buffer *out)
{
    tdm_buffer_puts(out,
                    "# bash completion of tandem; made by `tandem completion bash`\n"
                    "_tandem() {\n"
                    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                    "    local command= words= asked= word i\n"
                    "    [[ $cur == '=' ]] && cur=\n"
                    "    [[ $prev == '=' ]] && prev=${COMP_WORDS[COMP_CWORD-2]}\n"
                    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                    "        case ${COMP_WORDS[i]} in\n");
    for_each_command(out, bash_name_case);
    tdm_buffer_puts(out, "        esac\n"
                         "    done\n"
                         "    case $command:$prev in\n");
    for_each_option(out, NULL, bash_choice);
    tdm_buffer_puts(out, "    :*) words='");
    for_each_command(out, put_name);
    for_each_option(out, NULL, bash_option);
    tdm_buffer_puts(out, "' ;;\n");
    for_each_command(out, bash_words);
    tdm_buffer_puts(out, "    esac\n"
                         "    COMPREPLY=()\n"
                         "    for word in $words; do\n"
                         "        [[ $word == \"$cur\"* ]] && COMPREPLY+=(\"$word\")\n"
                         "    done\n"
                         "    if [[ $asked && $cur != -* ]]; then\n"
                         "        while IFS= read -r word; do\n"
                         "            [[ $word == \"$cur\"* ]] && COMPREPLY+=(\"$word\")\n"
                         "        done < <(tandem __complete \"$asked\" 2>/dev/null)\n"
                         "    fi\n"
                         "}\n"
                         "complete -o default -F _tandem tandem\n");
}

// --- zsh ----------------------------------------------------------------------------------------

// One argument of _arguments: '--name[help]', with ':what:(words)' when it takes something.
static void zsh_option(tdm_buffer *out, const tdm_command *command, const tdm_option *option)
{
    tdm_buffer spec = TDM_BUFFER_INIT(4096);
    tdm_buffer_putf(&spec, "%s--%s", option->kind == TDM_OPTION_LIST ? "*" : "", option->name);
    tdm_buffer_puts(&spec, tdm_option_takes_argument(option) ? "=[" : "[");
    for (const char *c = option->help; *c; c++) {
        if (strchr("[]:\\", *c))
            tdm_buffer_putc(&spec, '\\');
        tdm_buffer_putc(&spec, *c);
    }
    tdm_buffer_putc(&spec, ']');
    if (option->kind == TDM_OPTION_CHOICE) {
        tdm_buffer_putf(&spec, ":%s:(", option->argument);
        put_choices(&spec, command, option);
        tdm_buffer_putc(&spec, ')');
    } else if (tdm_option_takes_argument(option)) {
        tdm_buffer_putf(&spec, ":%s:%s", option->argument,
                        strcmp(option->argument, "DIR") == 0    ? "_files -/"
                        : strcmp(option->argument, "FILE") == 0 ? "_files"
                                                                : "");
    }
    tdm_buffer_puts(out, " \\\n            ");
    if (!spec.failed)
        put_quoted(out, spec.data);
    tdm_buffer_free(&spec);
}

static void zsh_command(tdm_buffer *out, const tdm_command *command)
{
    tdm_buffer_puts(out, "    ");
    put_pattern(out, command);
    tdm_buffer_puts(out, ")\n        _arguments");
    for_each_option(out, command, zsh_option);
    if (command->argument == TDM_ARGUMENT_REVISION) {
        tdm_buffer_puts(out, " \\\n            '*:revision:_tandem_revisions'");
    } else if (command->argument != TDM_ARGUMENT_NONE) {
        tdm_buffer_puts(out, " \\\n            '1:what:(");
        put_argument_words(out, command);
        tdm_buffer_puts(out, ")'");
    }
    tdm_buffer_puts(out, "\n        ;;\n");
}

static void zsh_name(tdm_buffer *out, const tdm_command *command)
{
    tdm_buffer described = TDM_BUFFER_INIT(4096);
    tdm_buffer_putf(&described, "%s:%s", command->name, command->summary);
    tdm_buffer_puts(out, "        ");
    if (!described.failed)
        put_quoted(out, described.data);
    tdm_buffer_putc(out, '\n');
    tdm_buffer_free(&described);
}

void tdm_completion_zsh(tdm_buffer *out)
{
    tdm_buffer_puts(out, "#compdef tandem\n"
                         "# zsh completion of tandem; made by `tandem completion zsh`\n"
                         "_tandem_revisions() {\n"
                         "    local -a revisions\n"
                         "    revisions=(${(f)\"$(tandem __complete revisions 2>/dev/null)\"})\n"
                         "    compadd -a revisions\n"
                         "}\n"
                         "_tandem() {\n"
                         "    local -a commands\n"
                         "    commands=(\n");
    for_each_command(out, zsh_name);
    tdm_buffer_puts(out, "    )\n"
                         "    local context state state_descr line\n"
                         "    typeset -A opt_args\n"
                         "    _arguments -C");
    for_each_option(out, NULL, zsh_option);
    tdm_buffer_puts(out, " \\\n            '1:command:->command' '*::argument:->argument'\n"
                         "    if [[ $state == command ]]; then\n"
                         "        _describe command commands\n"
                         "        return\n"
                         "    fi\n"
                         "    case $line[1] in\n");
    for_each_command(out, zsh_command);
    tdm_buffer_puts(out, "    esac\n"
                         "}\n"
                         "if [[ $funcstack[1] == _tandem ]]; then\n"
                         "    _tandem \"$@\"\n"
                         "else\n"
                         "    compdef _tandem tandem\n"
                         "fi\n");
}

// --- fish ---------------------------------------------------------------------------------------

static void fish_condition(tdm_buffer *out, const tdm_command *command)
{
    if (!command) {
        tdm_buffer_puts(out, " -n __fish_use_subcommand");
        return;
    }
    tdm_buffer_puts(out, " -n '__fish_seen_subcommand_from");
    put_name(out, command);
    tdm_buffer_putc(out, '\'');
}

static void fish_option(tdm_buffer *out, const tdm_command *command, const tdm_option *option)
{
    tdm_buffer_puts(out, "complete -c tandem");
    fish_condition(out, command);
    tdm_buffer_putf(out, " -l %s", option->name);
    if (option->letter)
        tdm_buffer_putf(out, " -s %c", option->letter);
    if (option->kind == TDM_OPTION_CHOICE) {
        tdm_buffer_puts(out, " -x -a '");
        put_choices(out, command, option);
        tdm_buffer_putc(out, '\'');
    } else if (tdm_option_takes_argument(option)) {
        tdm_buffer_puts(out, strcmp(option->argument, "FILE") == 0 ||
                                     strcmp(option->argument, "DIR") == 0
                                 ? " -r -F"
                                 : " -x");
    }
    tdm_buffer_puts(out, " -d ");
    put_quoted(out, option->help);
    tdm_buffer_putc(out, '\n');
}

static void fish_command(tdm_buffer *out, const tdm_command *command)
{
    tdm_buffer_putf(out, "complete -c tandem -n __fish_use_subcommand -a %s -d ", command->name);
    put_quoted(out, command->summary);
    tdm_buffer_putc(out, '\n');
    for_each_option(out, command, fish_option);
    if (command->argument == TDM_ARGUMENT_NONE)
        return;
    tdm_buffer_puts(out, "complete -c tandem");
    fish_condition(out, command);
    if (command->argument == TDM_ARGUMENT_REVISION) {
        tdm_buffer_puts(out, " -a '(tandem __complete revisions 2>/dev/null)'\n");
        return;
    }
    tdm_buffer_puts(out, " -a '");
    put_argument_words(out, command);
    tdm_buffer_puts(out, "'\n");
}

void tdm_completion_fish(tdm_buffer *out)
{
    tdm_buffer_puts(out, "# fish completion of tandem; made by `tandem completion fish`\n"
                         "complete -c tandem -f\n");
    for_each_option(out, NULL, fish_option);
    for_each_command(out, fish_command);
}
