#include <tandem/lock.h>

#include "base/limits.h"
#include "cli/command.h"
#include "report/safe.h"

typedef struct lock_values {
    tdm_option_list acknowledge;
    const char *reason;
    tdm_option_list refreeze;
    bool to_stdout;
} lock_values;

static void put_json(tdm_buffer *out, const tdm_locked *locked, bool written)
{
    tdm_json json = TDM_JSON_INIT(out);
    tdm_json_envelope(&json, "lock", (tdm_text){0}, written ? "written" : "ok");
    tdm_json_key(&json, "summary");
    tdm_json_begin_object(&json);
    tdm_json_pair_string(&json, "file", locked->path);
    tdm_json_pair_number(&json, "pairs", locked->pairs);
    tdm_json_pair_number(&json, "left_out", locked->left_out);
    tdm_json_end_object(&json);
    tdm_json_end_object(&json);
    tdm_buffer_putc(out, '\n');
}

static void put_text(tdm_buffer *out, const tdm_locked *locked)
{
    tdm_buffer_puts(out, locked->changed ? "wrote " : "unchanged: ");
    tdm_put_safe(out, tdm_text_of(locked->path));
    tdm_buffer_putf(out, " (%zu %s)\n", locked->pairs, locked->pairs == 1 ? "pair" : "pairs");
}

static void note_left_out(const tdm_cli *cli, const tdm_locked *locked)
{
    if (locked->left_out)
        tdm_cli_note(cli, tdm_arena_printf(cli->arena, "%zu %s left out: `tandem check` says why",
                                           locked->left_out,
                                           locked->left_out == 1 ? "pair is" : "pairs are"));
}

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    const lock_values *values = cli->values;
    tdm_lock_options options = {
        .acknowledge = (const char *const *)values->acknowledge.items,
        .acknowledge_count = values->acknowledge.count,
        .reason = values->reason,
        .refreeze = (const char *const *)values->refreeze.items,
        .refreeze_count = values->refreeze.count,
    };
    tdm_locked locked;
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (tdm_lock_make(cli->project, &options, &locked, err) != TDM_OK)
        return TDM_FAILED;
    bool write = locked.changed && !values->to_stdout;
    if (write && tdm_lock_write(cli->project, &locked, err) != TDM_OK)
        return TDM_FAILED;
    note_left_out(cli, &locked);
    if (cli->globals.format == TDM_FORMAT_JSON)
        put_json(&out, &locked, write);
    else if (values->to_stdout)
        tdm_buffer_put(&out, locked.text);
    else
        put_text(&out, &locked);
    return tdm_cli_write(cli, &out, err);
}

static const tdm_option options[] = {
    {.kind = TDM_OPTION_LIST,
     .name = "acknowledge",
     .argument = "NAME",
     .offset = offsetof(lock_values, acknowledge),
     .help = "the pair of this revision or version does not agree, and that is right"},
    {.kind = TDM_OPTION_VALUE,
     .name = "reason",
     .argument = "TEXT",
     .offset = offsetof(lock_values, reason),
     .help = "why; stands in the lock"},
    {.kind = TDM_OPTION_LIST,
     .name = "refreeze",
     .argument = "NAME",
     .offset = offsetof(lock_values, refreeze),
     .help = "this frozen revision or version may have changed: no database ran it"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "stdout",
     .offset = offsetof(lock_values, to_stdout),
     .help = "print the lock and write no file"},
};

static const tdm_example examples[] = {
    {"tandem lock", "freeze every pair that agrees"},
    {"tandem lock --acknowledge 20241128_000001 --reason \"types widened on purpose\"",
     "accept one that does not"},
};

const tdm_command tdm_command_lock = {
    .name = "lock",
    .group = TDM_GROUP_COMPARE,
    .summary = "freeze what the pairs say, in tandem.lock",
    .arguments = "",
    .flags = TDM_NEEDS_PROJECT | TDM_NEEDS_FILES,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_JSON),
    .options = options,
    .option_count = TDM_COUNT_OF(options),
    .values_size = sizeof(lock_values),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details =
        "Writes one line for each pair that agrees, that rightly stands on one side alone, or that "
        "was acknowledged. From then on `tandem check` reports a frozen file that changes in "
        "meaning, is renamed or is removed; comments and white space may change. The lock is "
        "written beside tandem.toml, else beside the migrations folder, and belongs under version "
        "control.\n\n"
        "What is frozen is never accepted in another form without --refreeze. An acknowledged pair "
        "is reported again as soon as one of its sides changes.",
    .run = run,
};
