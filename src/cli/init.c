#include <tandem/init.h>
#include <tandem/lock.h>

#include "base/limits.h"
#include "cli/command.h"
#include "report/safe.h"

typedef struct init_values {
    bool dry_run;
} init_values;

static void put_text(tdm_buffer *out, const tdm_proposal *proposal)
{
    tdm_buffer_putf(out, "%s: %s\n", tdm_way_name(proposal->way), tdm_way_meaning(proposal->way));
    for (size_t i = 0; i < proposal->evidence_count; i++) {
        tdm_buffer_puts(out, "  ");
        tdm_put_safe(out, proposal->evidence[i]);
        tdm_buffer_putc(out, '\n');
    }
}

static void put_wrote(tdm_buffer *out, const char *path)
{
    tdm_buffer_puts(out, "wrote ");
    tdm_put_safe(out, tdm_text_of(path));
    tdm_buffer_putc(out, '\n');
}

// The lock is what the project says under the settings just written.
static tdm_status write_lock(tdm_cli *cli, tdm_buffer *out, tdm_error *err)
{
    tdm_lock_options none = {0};
    tdm_locked locked;
    if (tdm_cli_open_project(cli, err) != TDM_OK ||
        tdm_lock_make(cli->project, &none, &locked, err) != TDM_OK ||
        tdm_lock_write(cli->project, &locked, err) != TDM_OK)
        return TDM_FAILED;
    put_wrote(out, locked.path);
    if (locked.left_out)
        tdm_buffer_putf(out, "%zu of %zu pairs do not agree: `tandem check` says why\n",
                        locked.left_out, locked.left_out + locked.pairs);
    return TDM_OK;
}

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    const init_values *values = cli->values;
    tdm_proposal proposal;
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (tdm_propose(cli->project, &proposal, err) != TDM_OK)
        return TDM_FAILED;
    put_text(&out, &proposal);
    tdm_status status = TDM_OK;
    if (values->dry_run) {
        tdm_buffer_puts(&out, "\n");
        tdm_put_safe(&out, tdm_text_of(proposal.path));
        tdm_buffer_puts(&out, " would say:\n\n");
        tdm_buffer_put(&out, proposal.text);
    } else {
        status = tdm_propose_write(cli->project, &proposal, err);
        if (status == TDM_OK) {
            put_wrote(&out, proposal.path);
            status = write_lock(cli, &out, err);
        }
    }
    if (status == TDM_OK)
        return tdm_cli_write(cli, &out, err);
    tdm_buffer_free(&out);
    return TDM_FAILED;
}

static const tdm_option options[] = {
    {.kind = TDM_OPTION_SWITCH,
     .name = "dry-run",
     .offset = offsetof(init_values, dry_run),
     .help = "print the proposal and write nothing"},
};

static const tdm_example examples[] = {
    {"tandem init --dry-run", "how does tandem understand this project?"},
    {"tandem init", "write tandem.toml and tandem.lock"},
};

const tdm_command tdm_command_init = {
    .name = "init",
    .group = TDM_GROUP_COMPARE,
    .summary = "propose how the two histories of a project are meant",
    .arguments = "",
    .flags = TDM_NEEDS_PROJECT,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT),
    .options = options,
    .option_count = TDM_COUNT_OF(options),
    .values_size = sizeof(init_values),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details =
        "Reads both histories and says which of eight ways of keeping them fits, with what it "
        "found: mirrored, squashed, baseline, alembic, supabase, exported, retired or separate "
        "(docs/lock.md). Writes that as tandem.toml, and the pairs that agree as tandem.lock. Read "
        "both before you commit them. Nothing that is there already is overwritten.",
    .run = run,
};
