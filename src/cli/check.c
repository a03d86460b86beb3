#include <tandem/check.h>

#include "base/error.h"
#include "base/limits.h"
#include "cli/command.h"
#include "report/check_markdown.h"

#include <assert.h>
#include <stdio.h>

static bool append(const char *path, tdm_text text)
{
    FILE *file = fopen(path, "ae");
    if (!file)
        return false;
    bool written = fwrite(text.data, 1, text.size, file) == text.size;
    return fclose(file) == 0 && written;
}

// A GitHub workflow names a file for each step, whose Markdown it shows on the page of the run.
static void add_step_summary(tdm_cli *cli, const tdm_check_result *result)
{
    tdm_buffer text = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    const char *path = tdm_cli_getenv(&cli->environment, "GITHUB_STEP_SUMMARY");
    if (cli->globals.format != TDM_FORMAT_GITHUB || !path || !path[0])
        return;
    tdm_report_check_markdown(&text, result);
    if (text.failed || !append(path, tdm_buffer_text(&text)))
        tdm_cli_note(cli, TDM_TEXT("the file that GITHUB_STEP_SUMMARY names cannot be written"));
    tdm_buffer_free(&text);
}

static tdm_status run(tdm_cli *cli, tdm_error *err)
{
    const tdm_check_result *result = NULL;
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    const tdm_check_format *format = tdm_check_format_named(tdm_format_names[cli->globals.format]);
    assert(format);
    if (tdm_check(cli->project, &result, err) != TDM_OK)
        return TDM_FAILED;
    if (result->pair_count == 0 && result->finding_count == 0)
        return tdm_cli_fail_empty(cli, err);
    tdm_report report = tdm_cli_report(cli, &out);
    format->write(&report, result);
    add_step_summary(cli, result);
    cli->exit = result->error_count ? TDM_EXIT_FINDING : TDM_EXIT_OK;
    return tdm_cli_write(cli, &out, err);
}

static const tdm_example examples[] = {
    {"tandem check", "compare the histories of the project around the current folder"},
    {"tandem check -C backend --format json", "the same for another folder, for programs"},
    {"tandem check --staged", "before a commit: exactly what it will hold"},
    {"tandem check --range origin/main..HEAD", "before a push: nothing that is out may change"},
};

const tdm_command tdm_command_check = {
    .name = "check",
    .group = TDM_GROUP_COMPARE,
    .summary = "do the two histories say the same thing?",
    .arguments = "",
    .flags = TDM_NEEDS_PROJECT | TDM_READS_ONLY | TDM_TAKES_SOURCE | TDM_USES_CACHE,
    .formats = TDM_FORMAT_BIT(TDM_FORMAT_TEXT) | TDM_FORMAT_BIT(TDM_FORMAT_JSON) |
               TDM_FORMAT_BIT(TDM_FORMAT_SARIF) | TDM_FORMAT_BIT(TDM_FORMAT_GITHUB) |
               TDM_FORMAT_BIT(TDM_FORMAT_JUNIT) | TDM_FORMAT_BIT(TDM_FORMAT_GITLAB) |
               TDM_FORMAT_BIT(TDM_FORMAT_GCC) | TDM_FORMAT_BIT(TDM_FORMAT_AUTO),
    .examples = examples,
    .example_count = TDM_COUNT_OF(examples),
    .details =
        "Pairs each Alembic revision with its Supabase migration and compares what they do: "
        "statements, order, missing twins, duplicates. Needs no server and runs no code of "
        "the project. What cannot be known is a finding, never an agreement. With -v every "
        "pair is listed with its verdict.\n\n"
        "--staged and --rev read the git index or a commit through and through: histories, "
        "settings, and the project's modules that revisions import.\n\n"
        "With --base every revision and migration that the merge base holds must be there and "
        "mean what it meant; so must what tandem.lock has frozen, in any case. Without --base it "
        "is the merge base with the branch that git.protected of tandem.toml names.\n\n"
        "--format auto is github in a GitHub workflow (GITHUB_ACTIONS=true), else text. With "
        "github, a "
        "table of the findings is added to the summary of the step (GITHUB_STEP_SUMMARY).\n\n"
        "Exit code 1 when there is a finding of severity error.",
    .run = run,
};
