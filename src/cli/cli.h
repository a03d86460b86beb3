// One run of the program: what was asked, with which options, and where things go.
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <tandem/project.h>
#include <tandem/push.h>

#include "cli/option.h"
#include "cli/output.h"
#include "cli/patience.h"
#include "cli/secret.h"
#include "cli/terminal.h"
#include "report/report.h"

typedef enum tdm_format {
    TDM_FORMAT_TEXT,
    TDM_FORMAT_JSON,
    TDM_FORMAT_NDJSON,
    TDM_FORMAT_SARIF,
    TDM_FORMAT_GITHUB,
    TDM_FORMAT_JUNIT,
    TDM_FORMAT_GITLAB,
    TDM_FORMAT_GCC,
    TDM_FORMAT_AUTO, // github in a GitHub workflow, else text
    TDM_FORMAT_COUNT,
} tdm_format;

// Options that every command takes.
typedef struct tdm_globals {
    const char *directory;
    const char *output;
    unsigned format;
    unsigned color;
    unsigned verbose;
    bool quiet;
    bool help;
    bool version;
    // Of commands that read a project.
    const char *config;
    bool no_config;
    const char *alembic_config;
    const char *alembic_section;
    tdm_option_list versions;
    // Of commands that can read another state of the project than its work tree.
    bool staged;
    const char *rev;
    const char *base;
    bool no_base;
    bool no_cache;
    const char *range;
    // Of commands that talk to a target.
    const char *db_url;
    bool local;
    bool linked;
    const char *remote; // "": given without a value
    unsigned via;       // tdm_via
    const char *password_file;
    const char *password_fd;
    const char *token_fd;
    // Of commands that take many targets.
    const char *targets; // a file, or "-"
    const char *canary;
    const char *jobs;
    bool keep_going;
    // Of commands that ask.
    bool yes;
    bool no_input;
    const char *confirm; // the name of a protected target
    // Of commands that log.
    unsigned log; // tdm_log_style
    bool log_time;
} tdm_globals;

typedef struct tdm_command tdm_command;

typedef struct tdm_cli {
    tdm_arena *arena;
    tdm_cli_environment environment;
    tdm_streams streams;
    tdm_terminal terminal;
    tdm_globals globals;
    const tdm_command *command;
    void *values; // the command's own options
    const char **arguments;
    size_t argument_count;
    tdm_output output;
    tdm_exit exit;         // of a run that does not fail
    tdm_project *project;  // of TDM_NEEDS_PROJECT
    tdm_session *session;  // of TDM_NEEDS_TARGET
    tdm_patience patience; // with a server that does not answer yet
    tdm_secrets secrets;   // what files and descriptors gave
    tdm_tree *tree;        // the project's, for source lines
    tdm_source source;
} tdm_cli;

// Runs a command line. Everything is said by then; only the exit code is left.
tdm_exit tdm_cli_run(tdm_cli *cli, size_t word_count, const char *const *words);

// The sets of options that a command takes, the command's own first. At most TDM_SETS of them.
enum { TDM_SETS = 8 };
size_t tdm_cli_sets(tdm_cli *cli, const tdm_command *command, tdm_option_set ret[TDM_SETS]);

// The options that say which project, as the library takes them.
tdm_project_options tdm_cli_project_options(tdm_cli *cli);
// Opens the project that the options name; once more, when a command has written to it.
TDM_MUST_CHECK tdm_status tdm_cli_open_project(tdm_cli *cli, tdm_error *err);
// Two empty histories agree, and nothing of them is pending, but somebody who is told so has most
// likely asked at the wrong place: in an image without its migrations, say. Always TDM_FAILED.
tdm_status tdm_cli_fail_empty(const tdm_cli *cli, tdm_error *err);
// Connects to the target that the options or the environment name.
TDM_MUST_CHECK tdm_status tdm_cli_open_target(tdm_cli *cli, tdm_error *err);

// For the library: a variable of this run's environment, which is the context.
const char *tdm_cli_look_up(void *environment, const char *name);

// A report that writes to `out` as this run's stdout should look.
tdm_report tdm_cli_report(tdm_cli *cli, tdm_buffer *out);
// Writes a buffer to the output and frees it.
TDM_MUST_CHECK tdm_status tdm_cli_write(tdm_cli *cli, tdm_buffer *buffer, tdm_error *err);
// Asks for a yes, which --yes gives already, and frees the question. TDM_ERROR_CONSENT: it was
// no, or nobody can be asked.
TDM_MUST_CHECK tdm_status tdm_cli_consent(const tdm_cli *cli, tdm_buffer *question, tdm_error *err);
// A line on stderr, unless --quiet: "tandem: note: ...".
void tdm_cli_note(const tdm_cli *cli, tdm_text text);
// A failure in the format that was asked for.
void tdm_cli_report_failure(tdm_cli *cli, const tdm_error *err);
// An error on stderr.
void tdm_cli_complain(tdm_cli *cli, const tdm_error *err);

extern const char *const tdm_format_names[];

#endif
