#include <tandem/version.h>

#include "base/limits.h"
#include "cli/command.h"

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (cli->globals.format == TDM_FORMAT_JSON) {
        tdm_json json = TDM_JSON_INIT(&out);
        tdm_json_envelope(&json, "version", (tdm_text){0}, "ok");
        tdm_json_end_object(&json);
        tdm_buffer_putc(&out, '\n');
    } else {
        tdm_buffer_putf(&out, "tandem %s\n", tdm_version());
    }
    return tdm_cli_write(cli, &out, err);
}

static const tdm_example examples[] = {
    {"tandem version", "the same as tandem --version"},
    {"tandem version --format json", "for scripts"},
};

const tdm_command tdm_command_version = {
    .name = "version",
    .group = TDM_GROUP_OTHER,
    .summary = "show the version",
    .arguments = "",
    .flags = TDM_READS_ONLY,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_JSON),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details = "",
    .run = run,
};
