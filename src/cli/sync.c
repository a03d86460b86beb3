#include <tandem/sync.h>

#include "base/limits.h"
#include "cli/command.h"
#include "cli/signals.h"
#include "report/safe.h"

typedef struct sync_values {
    bool dry_run;
    bool partial;
    bool guarded;
    bool rls;
    bool self_recording;
} sync_values;

// --- Saying it ----------------------------------------------------------------------------------

static bool is_migration(const tdm_converted *file)
{
    tdm_text path = tdm_text_of(file->path);
    return tdm_text_ends(path, TDM_TEXT(".sql"));
}

// What the file is the twin of.
static void put_twin(tdm_buffer *out, const tdm_sync_result *done, const tdm_converted *file)
{
    if (is_migration(file)) {
        tdm_buffer_puts(out, ": migration of ");
        tdm_put_safe(out, file->revision);
    } else if (done->merge.size && file->version.size == 0) {
        tdm_buffer_puts(out, ": joins what both sides added");
    } else {
        tdm_buffer_puts(out, ": revision of ");
        tdm_put_safe(out, file->version);
        tdm_buffer_putf(out, ", %zu of %zu statements as directives", file->typed_count,
                        file->statement_count);
    }
    tdm_buffer_putc(out, '\n');
}

static void put_file(tdm_buffer *out, const tdm_sync_result *done, const tdm_converted *file,
                     bool written)
{
    tdm_buffer_puts(out, written ? "wrote " : "would write ");
    tdm_put_safe(out, tdm_text_of(file->path));
    put_twin(out, done, file);
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

static void put_left(tdm_buffer *out, const tdm_sync_left *left)
{
    tdm_buffer_puts(out, "left out ");
    tdm_put_safe(out, left->name);
    tdm_buffer_puts(out, ": ");
    tdm_put_safe(out, left->reason);
    if (left->place.file) {
        tdm_buffer_puts(out, " (");
        tdm_put_safe(out, tdm_text_of(left->place.file));
        if (left->place.line)
            tdm_buffer_putf(out, ":%u", left->place.line);
        tdm_buffer_putc(out, ')');
    }
    tdm_buffer_putc(out, '\n');
}

static void put_text(tdm_buffer *out, const tdm_sync_result *done, bool written)
{
    for (size_t i = 0; i < done->made.count; i++)
        put_file(out, done, &done->made.files[i], written);
    if (done->made.lock) {
        tdm_buffer_puts(out, "wrote ");
        tdm_put_safe(out, tdm_text_of(done->made.lock));
        tdm_buffer_putc(out, '\n');
    }
    for (size_t i = 0; i < done->left_count; i++)
        put_left(out, &done->left[i]);
}

static void put_json_file(tdm_json *json, const tdm_sync_result *done, const tdm_converted *file)
{
    bool merge = done->merge.size && file->version.size == 0;
    tdm_json_begin_object(json);
    tdm_json_pair_string(json, "kind",
                         is_migration(file) ? "migration"
                         : merge            ? "merge"
                                            : "revision");
    tdm_json_pair_text(json, "revision", file->revision);
    tdm_json_pair_known(json, "version", file->version);
    tdm_json_pair_string(json, "file", file->path);
    tdm_json_pair_text(json, "text", file->text);
    if (!is_migration(file) && !merge) {
        tdm_json_pair_number(json, "statements", file->statement_count);
        tdm_json_pair_number(json, "directives", file->typed_count);
        tdm_json_key(json, "losses");
        tdm_json_begin_array(json);
        for (size_t j = 0; j < file->loss_count; j++)
            tdm_json_text(json, file->losses[j]);
        tdm_json_end_array(json);
    }
    if (file->unguarded_count) {
        tdm_json_key(json, "unguarded");
        tdm_json_begin_array(json);
        for (size_t j = 0; j < file->unguarded_count; j++)
            tdm_json_text(json, file->unguarded[j]);
        tdm_json_end_array(json);
    }
    tdm_json_end_object(json);
}

static void put_json(tdm_buffer *out, const tdm_sync_result *done, bool written)
{
    tdm_json json = TDM_JSON_INIT(out);
    tdm_json_envelope(&json, "sync", (tdm_text){0}, written ? "written" : "ok");
    tdm_json_key(&json, "items");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < done->made.count; i++)
        put_json_file(&json, done, &done->made.files[i]);
    tdm_json_end_array(&json);
    tdm_json_key(&json, "left_out");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < done->left_count; i++) {
        tdm_json_begin_object(&json);
        tdm_json_pair_text(&json, "name", done->left[i].name);
        tdm_json_pair_string(&json, "file", done->left[i].place.file);
        tdm_json_pair_number(&json, "line", done->left[i].place.line);
        tdm_json_pair_text(&json, "reason", done->left[i].reason);
        tdm_json_end_object(&json);
    }
    tdm_json_end_array(&json);
    tdm_json_key(&json, "summary");
    tdm_json_begin_object(&json);
    tdm_json_pair_number(&json, "files", done->made.count);
    tdm_json_pair_number(&json, "left_out", done->left_count);
    tdm_json_pair_known(&json, "merge", done->merge);
    tdm_json_pair_known(&json, "lock", tdm_text_of(done->made.lock));
    tdm_json_end_object(&json);
    tdm_json_end_object(&json);
    tdm_buffer_putc(out, '\n');
}

// --- Running ------------------------------------------------------------------------------------

// Held back signals cannot leave half of the files behind.
static tdm_status write_files(tdm_cli *cli, tdm_sync_result *done, tdm_error *err)
{
    tdm_signals_hold();
    tdm_status status = tdm_convert_write(cli->project, &done->made, err);
    tdm_signals_let_go();
    return status;
}

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    const sync_values *values = cli->values;
    tdm_sync_result done = {0};
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    tdm_project_options project = tdm_cli_project_options(cli);
    tdm_convert_options asked = tdm_convert_settings(
        cli->project, (tdm_convert_options){.guarded = values->guarded,
                                            .rls = values->rls,
                                            .self_recording = values->self_recording});
    tdm_sync_options options = {.project = &project,
                                .partial = values->partial,
                                .guarded = asked.guarded,
                                .rls = asked.rls,
                                .self_recording = asked.self_recording};
    if (tdm_sync(cli->project, &options, &done, err) != TDM_OK)
        return TDM_FAILED;
    if (done.made.count == 0)
        tdm_cli_note(cli, TDM_TEXT("there is nothing to write"));
    if (!values->dry_run && write_files(cli, &done, err) != TDM_OK)
        return TDM_FAILED;
    if (cli->globals.format == TDM_FORMAT_JSON)
        put_json(&out, &done, !values->dry_run);
    else
        put_text(&out, &done, !values->dry_run);
    if (done.left_count)
        cli->exit = TDM_EXIT_FINDING;
    return tdm_cli_write(cli, &out, err);
}

static const tdm_option options[] = {
    {.kind = TDM_OPTION_SWITCH,
     .name = "dry-run",
     .offset = offsetof(sync_values, dry_run),
     .help = "say what would be written, and write nothing"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "partial",
     .offset = offsetof(sync_values, partial),
     .help = "leave out what cannot be written, and what builds on it"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "guarded",
     .offset = offsetof(sync_values, guarded),
     .help = "migrations that pass over what is there already"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "rls",
     .offset = offsetof(sync_values, rls),
     .help = "row level security for new tables that the API would show"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "self-recording",
     .offset = offsetof(sync_values, self_recording),
     .help = "migrations that end with their own step of alembic_version"},
};

static const tdm_example examples[] = {
    {"tandem sync --dry-run", "what is missing on either side?"},
    {"tandem sync", "write all of it"},
    {"tandem sync --self-recording", "with migrations that record themselves"},
};

const tdm_command tdm_command_sync = {
    .name = "sync",
    .group = TDM_GROUP_COMPARE,
    .summary = "write what is missing on either side",
    .arguments = "",
    .flags = TDM_NEEDS_PROJECT | TDM_NEEDS_FILES,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_JSON),
    .options = options,
    .option_count = TDM_COUNT_OF(options),
    .values_size = sizeof(sync_values),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details =
        "Each revision without its migration gets one, and each migration without its revision, as "
        "`tandem convert` writes them; what one side may do alone stays alone. Nothing that is "
        "there changes. A new migration is later than all others, unless a later revision has its "
        "migration already. A new revision follows everything whose migrations come before its "
        "own; when both sides added something meanwhile, that makes a branch, and a merge revision "
        "joins it.\n\n"
        "All of it is read back and paired first, and written whole or not at all, the tandem.lock "
        "included. Where something cannot be known, nothing is written; with --partial it is left "
        "out with its reason, and so is what builds on it: exit code 1 then. Where what both sides "
        "added cannot be run one after the other, nothing is written: it may be one change that "
        "two people wrote, and no link says so.",
    .run = run,
};
