#include "base/limits.h"
#include "cli/command.h"
#include "cli/revision_line.h"

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (cli->globals.format == TDM_FORMAT_JSON) {
        tdm_revisions_json(&out, "history", cli->project, false);
        return tdm_cli_write(cli, &out, err);
    }
    for (size_t i = tdm_project_revision_count(cli->project); i-- > 0;) {
        tdm_revision_info revision = tdm_project_revision(cli->project, i);
        tdm_put_revision_line(&out, &revision);
        if (cli->globals.verbose)
            tdm_put_revision_details(&out, &revision);
    }
    return tdm_cli_write(cli, &out, err);
}

static const tdm_example examples[] = {
    {"tandem history", "newest first, as alembic history"},
    {"tandem history --format json", "oldest first, for programs"},
};

const tdm_command tdm_command_history = {
    .name = "history",
    .group = TDM_GROUP_HISTORY,
    .summary = "list the revisions of the chain",
    .arguments = "",
    .flags = TDM_NEEDS_PROJECT | TDM_NEEDS_FILES | TDM_READS_ONLY,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_JSON),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details = "",
    .run = run,
};
