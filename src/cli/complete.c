#include "base/error.h"
#include "base/limits.h"
#include "cli/command.h"
#include "report/explain.h"

// What the completion scripts ask for. They put these words on a command line, so only words that
// mean nothing to a shell are given: an id is whatever somebody wrote into a file.
static bool harmless(tdm_text word)
{
    for (size_t i = 0; i < word.size; i++) {
        char c = word.data[i];
        if (!tdm_is_alnum(c) && c != '_' && c != '.' && (c != '-' || i == 0))
            return false;
    }
    return word.size > 0;
}

static void put_word(tdm_buffer *out, tdm_text word)
{
    if (!harmless(word))
        return;
    tdm_buffer_put(out, word);
    tdm_buffer_putc(out, '\n');
}

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    tdm_text what = tdm_text_of(cli->arguments[0]);
    if (tdm_text_is(what, "revisions")) {
        static const char *const names[] = {"head", "heads", "base"};
        for (size_t i = 0; i < TDM_COUNT_OF(names); i++)
            put_word(&out, tdm_text_of(names[i]));
        for (size_t i = tdm_project_revision_count(cli->project); i-- > 0;)
            put_word(&out, tdm_project_revision(cli->project, i).id);
    } else if (tdm_text_is(what, "versions")) {
        for (size_t i = tdm_project_migration_count(cli->project); i-- > 0;)
            put_word(&out, tdm_project_migration(cli->project, i).version);
    } else {
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE, "cannot complete '%s'",
                        cli->arguments[0]);
    }
    return tdm_cli_write(cli, &out, err);
}

const tdm_command tdm_command_complete = {
    .name = "__complete",
    .group = TDM_GROUP_OTHER,
    .summary = "print words for a shell to complete",
    .arguments = "revisions | versions",
    .least = 1,
    .most = 1,
    .flags = TDM_NEEDS_PROJECT | TDM_READS_ONLY | TDM_HIDDEN,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT),
    .details = "",
    .run = run,
};
