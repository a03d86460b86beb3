#include <tandem/init.h>
#include <tandem/lock.h>

#include "base/error.h"
#include "base/limits.h"
#include "cli/command.h"
#include "report/safe.h"

typedef struct init_values {
    bool dry_run;
    const char *supabase;
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

// --- Folders that have other names --------------------------------------------------------------

// The environment with a folder of migrations in it, which then is a setting like any other.
typedef struct folder_environment {
    const tdm_cli_environment *environment;
    const char *folder;
} folder_environment;

static const char *look_up(void *context, const char *name)
{
    const folder_environment *with = context;
    if (tdm_text_is(tdm_text_of(name), "TANDEM_SUPABASE_FOLDER"))
        return with->folder;
    return tdm_cli_getenv(with->environment, name);
}

static tdm_status open_with(tdm_cli *cli, const char *folder, tdm_error *err)
{
    folder_environment with = {&cli->environment, folder};
    tdm_project_options options = tdm_cli_project_options(cli);
    tdm_project *project;
    options.environment = look_up;
    options.environment_context = &with;
    if (tdm_project_open(&options, &project, err) != TDM_OK)
        return TDM_FAILED;
    tdm_project_free(cli->project);
    cli->project = project;
    cli->tree = tdm_project_tree(project);
    tdm_source_init(&cli->source, cli->tree, cli->arena);
    return TDM_OK;
}

// Where nothing was found, a folder that holds what migrations are called is taken, when it is the
// only one.
static tdm_status find_folder(tdm_cli *cli, const char **ret, tdm_error *err)
{
    const init_values *values = cli->values;
    const char *const *folders;
    size_t count;
    *ret = values->supabase;
    if (*ret || tdm_project_migration_count(cli->project))
        return TDM_OK;
    if (tdm_propose_folders(cli->project, &folders, &count, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < count; i++)
        tdm_cli_note(cli, tdm_arena_printf(cli->arena, "migrations lie in '%s'", folders[i]));
    if (count > 1)
        tdm_cli_note(cli, TDM_TEXT("say which of them are meant: --supabase DIR"));
    if (count == 1)
        *ret =
            tdm_arena_printf(cli->arena, "%s/%s", tdm_project_root(cli->project), folders[0]).data;
    return tdm_arena_ok(cli->arena) ? TDM_OK : tdm_fail_memory(err);
}

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    const init_values *values = cli->values;
    const char *folder = NULL;
    tdm_proposal proposal;
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    if (find_folder(cli, &folder, err) != TDM_OK ||
        (folder && open_with(cli, folder, err) != TDM_OK) ||
        tdm_propose(cli->project, &proposal, err) != TDM_OK)
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
    {.kind = TDM_OPTION_VALUE,
     .name = "supabase",
     .argument = "DIR",
     .offset = offsetof(init_values, supabase),
     .help = "the folder of migrations, where it is not supabase/migrations"},
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
        "both before you commit them. Nothing that is there already is overwritten.\n\n"
        "Where no supabase/migrations is found, the one folder whose files are named as migrations "
        "are is taken; --supabase names another. The file then says where it is.",
    .run = run,
};
