// Help, printed from the tables of commands and options.
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/command.h"

// The page of a command, or the list of commands when `command` is NULL, to the output.
TDM_MUST_CHECK tdm_status tdm_help_show(tdm_cli *cli, const tdm_command *command, tdm_error *err);
// The short help for somebody who typed nothing.
void tdm_help_short_to_stderr(tdm_cli *cli);

void tdm_help_put_commands(tdm_buffer *out, const tdm_style *style);
void tdm_help_put_command(tdm_buffer *out, const tdm_style *style, const tdm_command *command);

// A page of `tandem help TOPIC` that is about no command.
typedef struct tdm_help_topic {
    const char *name;
    const char *summary;
    void (*put)(tdm_buffer *out);
} tdm_help_topic;

extern const tdm_help_topic tdm_help_topics[];
extern const size_t tdm_help_topic_count;

// All pages of commands as Markdown: docs/commands.md, byte for byte.
void tdm_help_markdown(tdm_buffer *out);

#endif
