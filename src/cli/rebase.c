#include <tandem/rebase.h>

#include "base/limits.h"
#include "cli/command.h"
#include "cli/signals.h"
#include "cli/target.h"
#include "report/safe.h"

typedef struct rebase_values {
    const char *onto;
    tdm_option_list revisions;
    bool dry_run;
    bool no_target;
} rebase_values;

// --- Saying it ----------------------------------------------------------------------------------

static void put_change(tdm_buffer *out, const char *kind, tdm_text from, tdm_text to)
{
    tdm_buffer_putf(out, "  %s ", kind);
    tdm_put_safe(out, from);
    if (!tdm_text_equal(from, to)) {
        tdm_buffer_puts(out, " -> ");
        tdm_put_safe(out, to);
    }
    tdm_buffer_puts(out, "\n");
}

static void put_text(tdm_buffer *out, const tdm_rebase *rebase, bool written)
{
    if (rebase->change_count == 0) {
        tdm_buffer_puts(out, "ours stand behind theirs already\n");
        return;
    }
    tdm_buffer_puts(out, written ? "put behind " : "to be put behind ");
    tdm_put_safe(out, rebase->tip);
    if (rebase->onto.size) {
        tdm_buffer_puts(out, " (");
        tdm_put_safe(out, rebase->onto);
        tdm_buffer_puts(out, ")");
    }
    tdm_buffer_puts(out, ":\n");
    for (size_t i = 0; i < rebase->revision_count; i++) {
        const tdm_rebased_revision *revision = &rebase->revisions[i];
        put_change(out, "revision", revision->id, revision->id);
        if (!tdm_text_equal(revision->parent, revision->new_parent))
            put_change(out, "  parent", revision->parent, revision->new_parent);
    }
    for (size_t i = 0; i < rebase->migration_count; i++)
        put_change(out, "migration", tdm_text_of(rebase->migrations[i].path),
                   tdm_text_of(rebase->migrations[i].new_path));
    if (rebase->lock)
        put_change(out, "lock", tdm_text_of(rebase->lock), tdm_text_of(rebase->lock));
}

static void put_revisions(tdm_json *json, const tdm_rebase *rebase)
{
    tdm_json_key(json, "revisions");
    tdm_json_begin_array(json);
    for (size_t i = 0; i < rebase->revision_count; i++) {
        tdm_json_begin_object(json);
        tdm_json_pair_text(json, "revision", rebase->revisions[i].id);
        tdm_json_pair_string(json, "file", rebase->revisions[i].path);
        tdm_json_pair_text(json, "parent", rebase->revisions[i].parent);
        tdm_json_pair_text(json, "new_parent", rebase->revisions[i].new_parent);
        tdm_json_end_object(json);
    }
    tdm_json_end_array(json);
}

static void put_json(tdm_buffer *out, const tdm_rebase *rebase, bool written, bool asked)
{
    tdm_json json = TDM_JSON_INIT(out);
    tdm_json_envelope(&json, "rebase", (tdm_text){0}, written ? "written" : "ok");
    tdm_json_pair_known(&json, "onto", rebase->onto);
    tdm_json_pair_known(&json, "tip", rebase->tip);
    put_revisions(&json, rebase);
    tdm_json_key(&json, "migrations");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < rebase->migration_count; i++) {
        tdm_json_begin_object(&json);
        tdm_json_pair_text(&json, "version", rebase->migrations[i].version);
        tdm_json_pair_text(&json, "new_version", rebase->migrations[i].new_version);
        tdm_json_pair_string(&json, "file", rebase->migrations[i].path);
        tdm_json_pair_string(&json, "new_file", rebase->migrations[i].new_path);
        tdm_json_end_object(&json);
    }
    tdm_json_end_array(&json);
    tdm_json_pair_known(&json, "lock", tdm_text_of(rebase->lock));
    tdm_json_pair_number(&json, "changes", rebase->change_count);
    tdm_json_pair_bool(&json, "database_asked", asked);
    tdm_json_end_object(&json);
    tdm_buffer_putc(out, '\n');
}

// --- Doing it -----------------------------------------------------------------------------------

// What a database has cannot be taken back; without one that is asked, somebody has to know.
static tdm_status ask(tdm_cli *cli, const tdm_rebase *rebase, tdm_error *err)
{
    const rebase_values *values = cli->values;
    if (!values->no_target && tdm_cli_names_target(cli)) {
        if (tdm_cli_open_target(cli, err) != TDM_OK)
            return TDM_FAILED;
        return tdm_rebase_ask(cli->project, cli->session, rebase, err);
    }
    tdm_cli_note(cli, TDM_TEXT("no database was asked whether it has some of these already; "
                               "--db-url or --local asks one"));
    return TDM_OK;
}

static tdm_status write_files(tdm_cli *cli, const tdm_rebase *rebase, tdm_error *err)
{
    tdm_signals_hold();
    tdm_status status = tdm_rebase_write(cli->project, rebase, err);
    tdm_signals_let_go();
    return status;
}

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    const rebase_values *values = cli->values;
    tdm_project_options project = tdm_cli_project_options(cli);
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    tdm_rebase rebase;
    tdm_rebase_options options = {
        .project = &project,
        .onto = values->onto,
        .revisions = (const char *const *)values->revisions.items,
        .revision_count = values->revisions.count,
    };
    if (tdm_rebase_plan(cli->project, &options, &rebase, err) != TDM_OK ||
        (rebase.change_count && ask(cli, &rebase, err) != TDM_OK))
        return TDM_FAILED;
    bool write = rebase.change_count && !values->dry_run;
    if (write && write_files(cli, &rebase, err) != TDM_OK)
        return TDM_FAILED;
    if (cli->globals.format == TDM_FORMAT_JSON)
        put_json(&out, &rebase, write, cli->session);
    else
        put_text(&out, &rebase, write);
    return tdm_cli_write(cli, &out, err);
}

static const tdm_option options[] = {
    {.kind = TDM_OPTION_VALUE,
     .name = "onto",
     .argument = "REF",
     .offset = offsetof(rebase_values, onto),
     .help = "what this branch or commit holds stays; the rest is ours"},
    {.kind = TDM_OPTION_VALUE,
     .name = "base",
     .hidden = true,
     .argument = "REF",
     .offset = offsetof(rebase_values, onto),
     .help = "the same as --onto"},
    {.kind = TDM_OPTION_LIST,
     .name = "revision",
     .argument = "ID",
     .offset = offsetof(rebase_values, revisions),
     .help = "this revision and all that builds on it are ours; may be repeated"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "dry-run",
     .offset = offsetof(rebase_values, dry_run),
     .help = "say what would be done, and do nothing"},
    {.kind = TDM_OPTION_SWITCH,
     .name = "no-target",
     .offset = offsetof(rebase_values, no_target),
     .help = "ask no database, also where the environment names one"},
};

static const tdm_example examples[] = {
    {"tandem rebase", "in the middle of a merge that conflicts on tandem.lock"},
    {"tandem rebase --onto origin/main --dry-run", "what would it do to this branch?"},
};

const tdm_command tdm_command_rebase = {
    .name = "rebase",
    .group = TDM_GROUP_COMPARE,
    .summary = "put ours behind theirs, on both sides at once",
    .arguments = "",
    .flags = TDM_NEEDS_PROJECT | TDM_MAY_TARGET,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_JSON),
    .options = options,
    .option_count = TDM_COUNT_OF(options),
    .values_size = sizeof(rebase_values),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details =
        "For two branches that both added a pair. Our first revision gets their last one as its "
        "parent, our migrations get versions later than theirs, links that name a version follow, "
        "and tandem.lock is written anew, also when it has the marks of a merge conflict. All "
        "files "
        "are written or none, and only after the result was read: each pair is the same as "
        "before.\n\n"
        "Theirs is what --onto holds; else the other line of a merge, rebase or cherry-pick under "
        "way; else what the branch holds that git.protected of tandem.toml names; else the "
        "upstream. What may have been deployed is refused: revisions on the protected branch, "
        "frozen in their tandem.lock, or recorded in the database, where one is named. So is a "
        "merge revision of ours.\n\n"
        "git is told nothing: `git add` the files, and go on with the merge.",
    .run = run,
};
