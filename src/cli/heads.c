#include "base/limits.h"
#include "cli/command.h"
#include "cli/revision_line.h"

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    size_t count = tdm_project_revision_count(cli->project);
    if (cli->globals.format == TDM_FORMAT_JSON) {
        tdm_revisions_json(&out, "heads", cli->project, true);
        return tdm_cli_write(cli, &out, err);
    }
    for (size_t i = count; i-- > 0;) {
        tdm_revision_info revision = tdm_project_revision(cli->project, i);
        if (!revision.is_head)
            continue;
        tdm_put_revision_name(&out, &revision);
        tdm_buffer_putc(&out, '\n');
        if (cli->globals.verbose)
            tdm_put_revision_details(&out, &revision);
    }
    return tdm_cli_write(cli, &out, err);
}

static const tdm_example examples[] = {
    {"tandem heads", "as alembic heads, without running the project"},
    {"tandem heads -v", "with file, date and message"},
};

const tdm_command tdm_command_heads = {
    .name = "heads",
    .group = TDM_GROUP_HISTORY,
    .summary = "show the heads of the chain",
    .arguments = "",
    .flags = TDM_NEEDS_PROJECT | TDM_NEEDS_FILES | TDM_READS_ONLY,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_JSON),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details = "",
    .run = run,
};
