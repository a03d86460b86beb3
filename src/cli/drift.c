#include <tandem/drift.h>

#include "base/limits.h"
#include "cli/command.h"

typedef struct drift_values {
    tdm_option_list schemas;
    bool all_schemas;
} drift_values;

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    const drift_values *values = cli->values;
    const tdm_drift *drift = NULL;
    tdm_drift_options options = {
        .schemas = values->schemas.items,
        .schema_count = values->schemas.count,
        .all_schemas = values->all_schemas,
    };
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (tdm_drift_find(cli->project, cli->session, &options, &drift, err) != TDM_OK)
        return TDM_FAILED;
    tdm_report report = tdm_cli_report(cli, &out);
    if (cli->globals.format == TDM_FORMAT_JSON)
        tdm_report_drift_json(&report, drift);
    else
        tdm_report_drift_text(&report, drift);
    if (drift->item_count)
        cli->exit = TDM_EXIT_FINDING;
    return tdm_cli_write(cli, &out, err);
}

static const tdm_option options[] = {
    {.kind = TDM_OPTION_LIST,
     .name = "schema",
     .argument = "NAME",
     .offset = offsetof(drift_values, schemas),
     .help = "look at this schema alone; may be repeated"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "all-schemas",
     .offset = offsetof(drift_values, all_schemas),
     .help = "look at Supabase's own schemas too"},
};

static const tdm_example examples[] = {
    {"tandem drift --local", "whether the local stack is what its histories say"},
    {"tandem drift --schema public --format json", "one schema, for a program"},
};

const tdm_command tdm_command_drift = {
    .name = "drift",
    .group = TDM_GROUP_TARGET,
    .summary = "compare a target with what its histories say",
    .arguments = "",
    .flags = TDM_NEEDS_PROJECT | TDM_NEEDS_TARGET | TDM_READS_ONLY,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_JSON),
    .options = options,
    .option_count = TDM_COUNT_OF(options),
    .values_size = sizeof(drift_values),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details =
        "Replays what alembic_version and schema_migrations record as applied, reads the target in "
        "a read-only transaction, and compares the two down to the attribute. The two history "
        "tables, Supabase's own schemas, and what belongs to extensions are left out. What cannot "
        "be known (a statement that cannot be followed, an expression that the server stores "
        "rewritten) is listed as such. Exit code 1 when anything is different or cannot be known.",
    .run = run,
};
