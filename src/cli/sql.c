#include <tandem/sql.h>

#include "base/error.h"
#include "base/limits.h"
#include "cli/command.h"

typedef struct sql_values {
    bool downgrade;
    bool strict;
    bool each;
    bool run_alembic;
} sql_values;

// One statement for programs: an opaque one has no "sql", a known one no "reason", and one that the
// project's own Alembic printed has both.
static void put_statement(tdm_json *json, const tdm_rendered_statement *statement)
{
    tdm_json_begin_object(json);
    if (!statement->opaque)
        tdm_json_pair_text(json, "sql", statement->sql);
    tdm_json_pair_number(json, "line", statement->line);
    tdm_json_pair_bool(json, "opaque", statement->opaque);
    if (statement->asked)
        tdm_json_pair_bool(json, "asked", true);
    if (statement->opaque || statement->asked)
        tdm_json_pair_text(json, "reason", statement->reason);
    tdm_json_end_object(json);
}

static void put_rendered(tdm_buffer *out, const tdm_rendered *rendered)
{
    tdm_json json = TDM_JSON_LINE(out);
    tdm_json_begin_object(&json);
    tdm_json_pair_text(&json, "revision", rendered->revision);
    tdm_json_pair_string(&json, "file", rendered->file);
    tdm_json_pair_string(&json, "direction", rendered->downgrade ? "downgrade" : "upgrade");
    tdm_json_key(&json, "statements");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < rendered->count; i++)
        put_statement(&json, &rendered->statements[i]);
    tdm_json_end_array(&json);
    if (rendered->raised.size)
        tdm_json_pair_text(&json, "raised", rendered->raised);
    tdm_json_end_object(&json);
    tdm_buffer_putc(out, '\n');
}

// Output of --each: the first failure of a line is kept, and ends the run.
typedef struct each_state {
    tdm_cli *cli;
    tdm_error *err;
    bool failed;
} each_state;

static bool write_rendered(void *context, const tdm_rendered *rendered)
{
    each_state *state = context;
    tdm_buffer line = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    put_rendered(&line, rendered);
    state->failed = tdm_cli_write(state->cli, &line, state->err) != TDM_OK;
    return !state->failed && !state->cli->output.failed;
}

static tdm_status run_each(tdm_cli *cli, bool asking, tdm_error *err)
{
    each_state state = {.cli = cli, .err = err};
    if (cli->argument_count)
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
                        "--each renders every revision and takes no range");
    tdm_status status = asking ? tdm_sql_each_asking(cli->project, write_rendered, &state, err)
                               : tdm_sql_each(cli->project, write_rendered, &state, err);
    if (status != TDM_OK)
        return TDM_FAILED;
    return state.failed ? TDM_FAILED : TDM_OK;
}

// A script with a gap must not look like a whole one.
static void say_opaque(const tdm_cli *cli, size_t count)
{
    tdm_buffer text = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_put_count(&text, count, "statement");
    tdm_buffer_puts(&text, " cannot be known; the output has a comment in place of each");
    tdm_cli_note(cli, tdm_buffer_text(&text));
    tdm_buffer_free(&text);
}

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    const sql_values *values = cli->values;
    size_t opaque = 0;
    if (values->each != (cli->globals.format == TDM_FORMAT_NDJSON))
        return tdm_fail(err, TDM_ERROR_USAGE, TDM_NOWHERE,
                        "--each and --format ndjson are only used together");
    if (values->each)
        return run_each(cli, values->run_alembic, err);
    tdm_sql_options options = {
        .range = cli->argument_count ? cli->arguments[0] : NULL,
        .downgrade = values->downgrade,
        .strict = values->strict,
        .opaque = &opaque,
        .run_alembic = values->run_alembic,
    };
    if (tdm_sql(cli->project, &options, tdm_output_put, &cli->output, err) != TDM_OK)
        return TDM_FAILED;
    if (opaque) {
        say_opaque(cli, opaque);
        cli->exit = TDM_EXIT_FINDING;
    }
    return TDM_OK;
}

static const tdm_option options[] = {
    {.kind = TDM_OPTION_SWITCH,
     .name = "downgrade",
     .offset = offsetof(sql_values, downgrade),
     .help = "what alembic downgrade A:B --sql prints"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "strict",
     .offset = offsetof(sql_values, strict),
     .help = "fail at a statement that cannot be known, instead of marking it"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "each",
     .offset = offsetof(sql_values, each),
     .help = "each revision and direction alone, with --format ndjson"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "run-alembic",
     .offset = offsetof(sql_values, run_alembic),
     .help = "run alembic.command for what cannot be known"},
};

static const tdm_example examples[] = {
    {"tandem sql", "the whole chain, as alembic upgrade heads --sql"},
    {"tandem sql 20241127_000001:head", "what follows a revision"},
    {"tandem sql --downgrade head:base", "the way back"},
};

const tdm_command tdm_command_sql = {
    .name = "sql",
    .group = TDM_GROUP_COMPARE,
    .summary = "print the SQL of revisions, as alembic --sql does",
    .arguments = "[A:B | B]",
    .argument = TDM_ARGUMENT_REVISION,
    .most = 1,
    .flags = TDM_NEEDS_PROJECT | TDM_NEEDS_FILES | TDM_READS_ONLY | TDM_USES_CACHE,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_NDJSON),
    .options = options,
    .option_count = TDM_COUNT_OF(options),
    .values_size = sizeof(sql_values),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details =
        "Byte for byte what `alembic upgrade A:B --sql` prints, without running the project. "
        "Revisions are named as in Alembic: an id or the beginning of one, head, heads, base, +1, "
        "-2, id+1, label@head. A statement that cannot be known stands in the output as a "
        "comment, `-- tandem: opaque ...`, with its place and reason; the exit code is 1 then. "
        "With "
        "--run-alembic, and `[alembic] command = \"alembic\"` in tandem.toml, the project's own "
        "Alembic is run with --sql where a revision holds such a statement, and what it prints for "
        "that revision stands below `-- tandem: asked Alembic ...`. That runs the project's code; "
        "nothing else that tandem does ever runs it.",
    .run = run,
};
