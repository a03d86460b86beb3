// The commands, as a table. The dispatcher, the help, the completion and docs/commands.md read the
// same rows; one file per command holds the row and what it runs.
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/cli.h"

typedef enum tdm_command_flags {
    TDM_NEEDS_PROJECT = 1,   // opened before the command runs
    TDM_NEEDS_TARGET = 2,    // a connection, opened before the command runs
    TDM_READS_ONLY = 4,      // changes nothing in a target
    TDM_HIDDEN = 8,          // not in the help
    TDM_TAKES_SOURCE = 16,   // reads the index or a commit as well
    TDM_MAY_TARGET = 32,     // takes a target, and opens it itself
    TDM_USES_CACHE = 64,     // what the last run has read is kept for it
    TDM_LOGS = 128,          // can say what it does line by line, as a log
    TDM_TAKES_TARGETS = 256, // many targets, which it opens itself
    TDM_NEEDS_FILES = 512,   // a project without revisions and migrations is the wrong place
} tdm_command_flags;

// What stands in the place of arguments, for completion.
typedef enum tdm_argument {
    TDM_ARGUMENT_NONE,
    TDM_ARGUMENT_REVISION,
    TDM_ARGUMENT_COMMAND,
    TDM_ARGUMENT_CODE,
    TDM_ARGUMENT_SHELL,
} tdm_argument;

typedef enum tdm_command_group {
    TDM_GROUP_COMPARE,
    TDM_GROUP_TARGET,
    TDM_GROUP_HISTORY,
    TDM_GROUP_OTHER,
    TDM_GROUP_COUNT,
} tdm_command_group;

const char *tdm_command_group_title(tdm_command_group group);

// A command line with what it does, for the help.
typedef struct tdm_example {
    const char *line;
    const char *does;
} tdm_example;

typedef struct tdm_command {
    const char *name;
    const char *alias; // or NULL
    tdm_command_group group;
    const char *summary;   // one line, lower case
    const char *arguments; // "[REVISION...]", or ""
    tdm_argument argument;
    size_t least;
    size_t most;
    unsigned flags;
    unsigned formats; // bits 1 << tdm_format
    const tdm_option *options;
    size_t option_count;
    size_t values_size; // of the struct that the options fill
    const tdm_example *examples;
    size_t example_count;
    const char *details; // paragraphs, or ""
    // What can be told before a target is opened, or NULL.
    tdm_status (*before)(tdm_cli *cli, tdm_error *err);
    // Sets cli->exit when the answer is another exit code than TDM_EXIT_OK.
    tdm_status (*run)(tdm_cli *cli, tdm_error *err);
    // Says a failure, cli->exit being what it ends with, which may be changed. NULL: as any other.
    void (*failed)(tdm_cli *cli, const tdm_error *err);
} tdm_command;

extern const tdm_command *const tdm_commands[];
extern const size_t tdm_command_count;

// By name or alias; NULL when there is none.
const tdm_command *tdm_command_find(tdm_text name);
// Fails with TDM_ERROR_USAGE and the nearest known command.
tdm_status tdm_command_unknown(tdm_text name, tdm_error *err);

extern const tdm_command tdm_command_check, tdm_command_init, tdm_command_lock, tdm_command_sql,
    tdm_command_convert, tdm_command_plan, tdm_command_push, tdm_command_status, tdm_command_heads,
    tdm_command_history, tdm_command_explain, tdm_command_completion, tdm_command_version,
    tdm_command_help, tdm_command_hook, tdm_command_new, tdm_command_rebase, tdm_command_sync,
    tdm_command_drift, tdm_command_rehearse, tdm_command_repair, tdm_command_revert,
    tdm_command_pull, tdm_command_complete;

#define TDM_FORMAT_BIT(format) (1U << (format))
#define TDM_COUNT_OF(array) (sizeof(array) / sizeof *(array))

#endif
