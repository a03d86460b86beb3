#include "cli/help.h"

#include "base/error.h"
#include "base/limits.h"

static const tdm_help_topic *find_topic(const char *name)
{
    for (size_t i = 0; i < tdm_help_topic_count; i++) {
        if (tdm_text_is(tdm_text_of(name), tdm_help_topics[i].name))
            return &tdm_help_topics[i];
    }
    return NULL;
}

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    if (cli->argument_count == 0)
        return tdm_help_show(cli, NULL, err);
    const tdm_help_topic *topic = find_topic(cli->arguments[0]);
    if (topic) {
        tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
        topic->put(&out);
        return tdm_cli_write(cli, &out, err);
    }
    const tdm_command *command = tdm_command_find(tdm_text_of(cli->arguments[0]));
    if (!command)
        return tdm_command_unknown(tdm_text_of(cli->arguments[0]), err);
    return tdm_help_show(cli, command, err);
}

static const tdm_example examples[] = {
    {"tandem help push", "what push does, and its options"},
    {"tandem help exit-codes", "what the exit codes mean"},
};

const tdm_command tdm_command_help = {
    .name = "help",
    .group = TDM_GROUP_OTHER,
    .summary = "show help about a command or a topic",
    .arguments = "[COMMAND | exit-codes | environment]",
    .argument = TDM_ARGUMENT_COMMAND,
    .most = 1,
    .flags = TDM_READS_ONLY,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details = "",
    .run = run,
};
