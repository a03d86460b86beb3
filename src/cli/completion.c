#include "cli/completion.h"
#include "base/error.h"
#include "base/limits.h"
#include "cli/command.h"

static const struct {
    const char *name;
    void (*put)(tdm_buffer *out);
} shells[] = {
    {"bash", tdm_completion_bash},
    {"zsh", tdm_completion_zsh},
    {"fish", tdm_completion_fish},
};

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    for (size_t i = 0; i < TDM_COUNT_OF(shells); i++) {
        if (!tdm_text_is(tdm_text_of(cli->arguments[0]), shells[i].name))
            continue;
        tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
        shells[i].put(&out);
        return tdm_cli_write(cli, &out, err);
    }
    tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "there is no completion for '%s'",
             cli->arguments[0]);
    return tdm_hint(err, "There is one for bash, zsh and fish.");
}

static const tdm_example examples[] = {
    {"source <(tandem completion bash)", "in ~/.bashrc"},
    {"tandem completion zsh > ~/.zfunc/_tandem", "into a folder of zsh's fpath"},
    {"tandem completion fish > ~/.config/fish/completions/tandem.fish", "for fish"},
};

const tdm_command tdm_command_completion = {
    .name = "completion",
    .group = TDM_GROUP_OTHER,
    .summary = "print the completion script of a shell",
    .arguments = "bash | zsh | fish",
    .argument = TDM_ARGUMENT_SHELL,
    .least = 1,
    .most = 1,
    .flags = TDM_READS_ONLY,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details = "",
    .run = run,
};
