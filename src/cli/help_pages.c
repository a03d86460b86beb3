#include "base/limits.h"
#include "cli/help.h"
#include "report/explain.h"

#include <stdio.h>

enum {
    OPTION_COLUMN = 29,
    NAME_COLUMN = 14,
    TEXT_WIDTH = 80,
};

static void put_heading(tdm_buffer *out, const tdm_style *style, const char *title)
{
    tdm_buffer_putc(out, '\n');
    tdm_put_ink(out, style, TDM_INK_BOLD);
    tdm_buffer_puts(out, title);
    tdm_put_ink(out, style, TDM_INK_NONE);
    tdm_buffer_puts(out, ":\n");
}

static void put_padded(tdm_buffer *out, size_t from, size_t column)
{
    for (size_t at = out->size - from; at < column; at++)
        tdm_buffer_putc(out, ' ');
}

// Words filled into lines; a blank line in the text begins a new paragraph.
static void put_filled(tdm_buffer *out, tdm_text text)
{
    tdm_text paragraph;
    while (tdm_text_next_line(&text, &paragraph)) {
        size_t column = 0;
        while (paragraph.size) {
            size_t end = tdm_text_find_char(paragraph, ' ');
            tdm_text word = tdm_text_slice(paragraph, 0, end);
            paragraph = end == SIZE_MAX ? (tdm_text){0} : tdm_text_from(paragraph, end + 1);
            if (column && column + 1 + word.size > TEXT_WIDTH) {
                tdm_buffer_putc(out, '\n');
                column = 0;
            }
            tdm_buffer_puts(out, column ? " " : "");
            tdm_buffer_put(out, word);
            column += word.size + (column ? 1 : 0);
        }
        tdm_buffer_putc(out, '\n');
    }
}

void tdm_help_put_commands(tdm_buffer *out, const tdm_style *style)
{
    tdm_buffer_puts(out, "tandem keeps Alembic and Supabase migration histories in step.\n\n"
                         "usage: tandem [options] COMMAND [options] [arguments]\n");
    for (int group = 0; group < TDM_GROUP_COUNT; group++) {
        put_heading(out, style, tdm_command_group_title((tdm_command_group)group));
        for (size_t i = 0; i < tdm_command_count; i++) {
            const tdm_command *command = tdm_commands[i];
            if ((int)command->group != group || (command->flags & TDM_HIDDEN))
                continue;
            size_t from = out->size;
            tdm_buffer_putf(out, "  %s", command->name);
            put_padded(out, from, NAME_COLUMN);
            tdm_buffer_putf(out, "%s\n", command->summary);
        }
    }
    tdm_buffer_puts(out, "\n`tandem help COMMAND` says more about one of them, `tandem help "
                         "exit-codes` and\n`tandem help environment` what holds for all.\n");
}

// ": text, json", on a line of their own when they are many.
static void put_formats(tdm_buffer *out, unsigned formats)
{
    enum { MANY = 4 };
    size_t count = 0;
    const char *before = "";
    for (unsigned i = 0; i < TDM_FORMAT_COUNT; i++)
        count += (formats & TDM_FORMAT_BIT(i)) != 0;
    tdm_buffer_puts(out, count < MANY ? ": " : ":\n");
    if (count >= MANY)
        put_padded(out, out->size, OPTION_COLUMN);
    for (unsigned i = 0; i < TDM_FORMAT_COUNT; i++) {
        if (!(formats & TDM_FORMAT_BIT(i)))
            continue;
        tdm_buffer_putf(out, "%s%s", before, tdm_format_names[i]);
        before = ", ";
    }
}

static void put_option(tdm_buffer *out, const tdm_option *option, unsigned formats)
{
    size_t from = out->size;
    tdm_buffer_puts(out, "  ");
    if (option->letter)
        tdm_buffer_putf(out, "-%c, ", option->letter);
    tdm_buffer_putf(out, "--%s%s", option->kind == TDM_OPTION_FLAG ? "[no-]" : "", option->name);
    if (option->kind == TDM_OPTION_OPTIONAL)
        tdm_buffer_putf(out, "[=%s]", option->argument);
    else if (option->argument)
        tdm_buffer_putf(out, " %s", option->argument);
    if (out->size - from >= OPTION_COLUMN) {
        tdm_buffer_putc(out, '\n');
        from = out->size;
    }
    put_padded(out, from, OPTION_COLUMN);
    tdm_buffer_puts(out, option->help);
    if (option->choices == tdm_format_names)
        put_formats(out, formats);
    tdm_buffer_putc(out, '\n');
}

static void put_usage(tdm_buffer *out, const tdm_command *command)
{
    tdm_buffer_putf(out, "usage: tandem %s [options]%s%s\n", command->name,
                    command->arguments[0] ? " " : "", command->arguments);
    if (command->alias)
        tdm_buffer_putf(out, "   or: tandem %s ...\n", command->alias);
}

void tdm_help_put_command(tdm_buffer *out, const tdm_style *style, const tdm_command *command)
{
    tdm_option_set sets[TDM_SETS];
    tdm_cli nothing = {0};
    tdm_buffer_putf(out, "tandem %s: %s\n\n", command->name, command->summary);
    put_usage(out, command);
    if (command->example_count)
        put_heading(out, style, "Examples");
    for (size_t i = 0; i < command->example_count; i++)
        tdm_buffer_putf(out, "  %s\n      %s\n", command->examples[i].line,
                        command->examples[i].does);
    if (command->details[0]) {
        tdm_buffer_putc(out, '\n');
        put_filled(out, tdm_text_of(command->details));
    }
    size_t count = tdm_cli_sets(&nothing, command, sets);
    for (size_t s = 0; s < count; s++) {
        put_heading(out, style, sets[s].title);
        for (size_t i = 0; i < sets[s].count; i++) {
            if (!sets[s].rows[i].hidden)
                put_option(out, &sets[s].rows[i], command->formats);
        }
    }
    tdm_buffer_puts(out, "\nExit codes: `tandem help exit-codes`. "
                         "Environment: `tandem help environment`.\n");
}

void tdm_help_markdown(tdm_buffer *out)
{
    const tdm_style plain = {0};
    tdm_buffer_puts(out,
                    "# Commands\n\n"
                    "The same text as `tandem help COMMAND` prints. [The guide](cli.md) says what "
                    "holds for all of them.\n");
    for (size_t i = 0; i < tdm_command_count; i++) {
        const tdm_command *command = tdm_commands[i];
        if (command->flags & TDM_HIDDEN)
            continue;
        tdm_buffer_putf(out, "\n## tandem %s\n\n```\n", command->name);
        tdm_help_put_command(out, &plain, command);
        tdm_buffer_puts(out, "```\n");
    }
}

// --- Topics -------------------------------------------------------------------------------------

static void put_exit_codes(tdm_buffer *out)
{
    for (size_t i = 0; i < tdm_exit_row_count; i++)
        tdm_buffer_putf(out, "%4d  %s\n", (int)tdm_exit_rows[i].code, tdm_exit_rows[i].meaning);
}

static void put_environment(tdm_buffer *out)
{
    static const struct {
        const char *name;
        const char *meaning;
    } rows[] = {
        {"TANDEM_TARGET", "the name of a target, when no option names one"},
        {"TANDEM_DATABASE_URL", "a target's URL, after TANDEM_TARGET"},
        {"DATABASE_URL", "the same, after TANDEM_DATABASE_URL"},
        {"PGHOST, PGSERVICE, PG...", "libpq's own variables, when no URL is given; also pgpass"},
        {"SUPABASE_DB_PASSWORD", "password of the linked project's database"},
        {"SUPABASE_ACCESS_TOKEN", "token of the Management API"},
        {"SUPABASE_PROJECT_ID", "the project of --linked, in place of the link"},
        {"SUPABASE_PROFILE", "the platform: a name or file, as for the Supabase CLI"},
        {"SUPABASE_HOME", "where the token's file is, in place of ~/.supabase"},
        {"SUPABASE_API_URL", "where the Management API is"},
        {"TANDEM_NO_CACHE", "not empty: as --no-cache"},
        {"XDG_CACHE_HOME", "check keeps what it has read in tandem/ below it; else in ~/.cache"},
        {"NO_COLOR", "not empty: no colour"},
        {"FORCE_COLOR, CLICOLOR_FORCE", "not empty and not 0: colour also when piped"},
        {"COLUMNS", "width of the output"},
        {"CI", "not empty, 0 or false: never ask, plain progress"},
    };
    for (size_t i = 0; i < TDM_COUNT_OF(rows); i++)
        tdm_buffer_putf(out, "%-28s %s\n", rows[i].name, rows[i].meaning);
}

const tdm_help_topic tdm_help_topics[] = {
    {"exit-codes", "what the exit codes mean", put_exit_codes},
    {"environment", "the environment variables that count", put_environment},
};
const size_t tdm_help_topic_count = TDM_COUNT_OF(tdm_help_topics);

// --- Showing ------------------------------------------------------------------------------------

tdm_status tdm_help_show(tdm_cli *cli, const tdm_command *command, tdm_error *err)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_style style = tdm_cli_report(cli, &out).style;
    if (command)
        tdm_help_put_command(&out, &style, command);
    else
        tdm_help_put_commands(&out, &style);
    return tdm_cli_write(cli, &out, err);
}

void tdm_help_short_to_stderr(tdm_cli *cli)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_help_put_commands(&out, &cli->terminal.err);
    if (!out.failed)
        fputs(out.data, stderr);
    tdm_buffer_free(&out);
}
