#include <tandem/convert.h>

#include "base/error.h"
#include "base/limits.h"
#include "cli/command.h"
#include "cli/signals.h"
#include "report/safe.h"

static const char *const sides[] = {"follower", "supabase", "alembic", NULL};

typedef struct convert_values {
    unsigned to; // of tdm_convert_side
    bool all;
    bool to_stdout;
    bool paste;
    bool guarded;
    bool rls;
    bool self_recording;
} convert_values;

static void put_json(tdm_buffer *out, const tdm_conversion *conversion, bool written)
{
    tdm_json json = TDM_JSON_INIT(out);
    tdm_json_envelope(&json, "convert", (tdm_text){0}, written ? "written" : "ok");
    tdm_json_key(&json, "items");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < conversion->count; i++) {
        const tdm_converted *file = &conversion->files[i];
        tdm_json_begin_object(&json);
        tdm_json_pair_text(&json, "revision", file->revision);
        tdm_json_pair_text(&json, "version", file->version);
        tdm_json_pair_string(&json, "file", file->path);
        tdm_json_pair_text(&json, "text", file->text);
        if (file->statement_count) {
            tdm_json_pair_number(&json, "statements", file->statement_count);
            tdm_json_pair_number(&json, "directives", file->typed_count);
            tdm_json_key(&json, "losses");
            tdm_json_begin_array(&json);
            for (size_t j = 0; j < file->loss_count; j++)
                tdm_json_text(&json, file->losses[j]);
            tdm_json_end_array(&json);
        }
        if (file->unguarded_count) {
            tdm_json_key(&json, "unguarded");
            tdm_json_begin_array(&json);
            for (size_t j = 0; j < file->unguarded_count; j++)
                tdm_json_text(&json, file->unguarded[j]);
            tdm_json_end_array(&json);
        }
        tdm_json_end_object(&json);
    }
    tdm_json_end_array(&json);
    tdm_json_key(&json, "summary");
    tdm_json_begin_object(&json);
    tdm_json_pair_number(&json, "files", conversion->count);
    tdm_json_pair_known(&json, "lock", tdm_text_of(conversion->lock));
    tdm_json_end_object(&json);
    tdm_json_end_object(&json);
    tdm_buffer_putc(out, '\n');
}

static void put_losses(tdm_buffer *out, const tdm_converted *file)
{
    for (size_t i = 0; i < file->loss_count; i++) {
        tdm_buffer_puts(out, "  cannot be undone: ");
        tdm_put_safe(out, file->losses[i]);
        tdm_buffer_putc(out, '\n');
    }
    for (size_t i = 0; i < file->unguarded_count; i++) {
        tdm_buffer_puts(out, "  not guarded: ");
        tdm_put_safe(out, file->unguarded[i]);
        tdm_buffer_putc(out, '\n');
    }
}

static void put_text(tdm_buffer *out, const tdm_conversion *conversion, bool written)
{
    for (size_t i = 0; i < conversion->count; i++) {
        const tdm_converted *file = &conversion->files[i];
        if (written) {
            tdm_buffer_puts(out, "wrote ");
            tdm_put_safe(out, tdm_text_of(file->path));
            if (file->statement_count)
                tdm_buffer_putf(out, ": %zu of %zu statements as directives", file->typed_count,
                                file->statement_count);
            tdm_buffer_putc(out, '\n');
            put_losses(out, file);
        } else {
            tdm_buffer_puts(out, i ? "\n" : "");
            tdm_buffer_put(out, file->text);
        }
    }
    if (conversion->lock) {
        tdm_buffer_puts(out, "wrote ");
        tdm_put_safe(out, tdm_text_of(conversion->lock));
        tdm_buffer_putc(out, '\n');
    }
}

// Held back signals cannot leave half of the files behind.
static tdm_status write_files(tdm_cli *cli, tdm_conversion *conversion, tdm_error *err)
{
    tdm_signals_hold();
    tdm_status status = tdm_convert_write(cli->project, conversion, err);
    tdm_signals_let_go();
    return status;
}

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    const convert_values *values = cli->values;
    tdm_conversion conversion = {0};
    tdm_project_options project = tdm_cli_project_options(cli);
    tdm_convert_options options = {
        .to = (tdm_convert_side)values->to,
        .all = values->all,
        .project = &project,
        .revisions = cli->arguments,
        .revision_count = cli->argument_count,
        .paste = values->paste,
        .guarded = values->guarded,
        .rls = values->rls,
        .self_recording = values->self_recording,
    };
    bool write = !values->to_stdout && !values->paste;
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    options = tdm_convert_settings(cli->project, options);
    if (tdm_convert(cli->project, &options, &conversion, err) != TDM_OK)
        return TDM_FAILED;
    if (conversion.count == 0)
        tdm_cli_note(cli, TDM_TEXT("everything has its twin; there is nothing to write"));
    if (write && write_files(cli, &conversion, err) != TDM_OK)
        return TDM_FAILED;
    if (cli->globals.format == TDM_FORMAT_JSON)
        put_json(&out, &conversion, write);
    else
        put_text(&out, &conversion, write);
    return tdm_cli_write(cli, &out, err);
}

static const tdm_option options[] = {
    {.kind = TDM_OPTION_CHOICE,
     .name = "to",
     .argument = "SIDE",
     .choices = sides,
     .offset = offsetof(convert_values, to),
     .help = "supabase, alembic, or by default the side that does not lead"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "all",
     .offset = offsetof(convert_values, all),
     .help = "with --to alembic: also migrations that may stand alone"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "stdout",
     .offset = offsetof(convert_values, to_stdout),
     .help = "print the SQL and write no file"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "guarded",
     .offset = offsetof(convert_values, guarded),
     .help = "migrations that pass over what is there already"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "rls",
     .offset = offsetof(convert_values, rls),
     .help = "row level security for new tables that the API would show"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "self-recording",
     .offset = offsetof(convert_values, self_recording),
     .help = "migrations that end with their own step of alembic_version"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "paste",
     .offset = offsetof(convert_values, paste),
     .help = "print one block for the SQL editor, that may also run twice"},
};

static const tdm_example examples[] = {
    {"tandem convert", "write the missing migration of every revision"},
    {"tandem convert 20241128_000001 --stdout", "look at one first"},
    {"tandem convert 20241128_000001 --paste", "SQL to paste, with both history rows"},
    {"tandem convert --to alembic", "write the missing revision of every migration"},
    {"tandem convert --to alembic --all", "begin a chain from a Supabase project"},
};

const tdm_command tdm_command_convert = {
    .name = "convert",
    .group = TDM_GROUP_COMPARE,
    .summary = "write the missing migration of a revision, or the revision of a migration",
    .arguments = "[REVISION|VERSION...]",
    .argument = TDM_ARGUMENT_REVISION,
    .most = SIZE_MAX,
    .flags = TDM_NEEDS_PROJECT | TDM_NEEDS_FILES,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_JSON),
    .options = options,
    .option_count = TDM_COUNT_OF(options),
    .values_size = sizeof(convert_values),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details =
        "Writes <version>_<name>.sql into the migrations folder, linked to its revision in the "
        "first lines. What is written is read back and compared with the revision first. Files are "
        "written whole or not at all, and an existing file is never overwritten. A revision with a "
        "statement that cannot be known is refused. Where the project keeps a tandem.lock, the new "
        "pairs stand in it as drafts.\n\n"
        "With --to alembic, each migration without a revision gets one behind the head, in the "
        "style of `alembic revision --autogenerate`: directives where Alembic has them, "
        "op.execute() for the rest. The files are read back, and each must say the same as its "
        "migration.\n\n"
        "--guarded writes migrations that may run again: PostgreSQL's own guards (IF NOT EXISTS, "
        "IF EXISTS, OR REPLACE) in each statement, and a DO block that asks first around those "
        "that have none. Rows that fill a new table or column are written together with it. What "
        "nothing tells about (other changes of rows, SELECT of a function) stands unguarded, and "
        "is named in the file and here.\n\n"
        "--rls switches row level security on for each new table in a schema of api.schemas of "
        "config.toml: this side alone has it, as the Alembic side has no API. --self-recording "
        "ends each file with its step of alembic_version, for whoever applies it without tandem "
        "(docs/self-recording.md). What these three write is read back by comparing the pair.\n\n"
        "--paste prints one block that changes nothing where the change is there already, and "
        "records the revision in alembic_version and the migration in "
        "supabase_migrations.schema_migrations. It is never written as a migration, because a push "
        "records that row itself.",
    .run = run,
};
