// What the parts of `tandem push` share.
#ifndef CLI_PUSH_H
#define CLI_PUSH_H

#include "cli/cli.h"

typedef enum tdm_on_error {
    TDM_ON_ERROR_STOP,
    TDM_ON_ERROR_CONTINUE,
} tdm_on_error;

typedef struct tdm_push_values {
    // What was said.
    bool dry_run;
    bool adopt;
    bool rehearse;
    const char *backup;
    const char *pg_bin;
    const char *to;
    uint32_t lock_timeout;
    uint32_t statement_timeout;
    uint32_t wait;
    unsigned on_error; // tdm_on_error
    // What has become of it.
    int64_t begun_ms;
    int64_t step_begun_ms;
    size_t applied; // by all rounds
    size_t adopted;
    size_t pending; // of the last plan
    bool line_open; // on a terminal, the step that runs stands on the last line
    bool backed_up;
    bool holds_turn; // nobody else pushes to the target
    uint32_t locked_ms;
    unsigned rounds;
} tdm_push_values;

// --- push_show.c: what is said, on a terminal, as NDJSON or as a log ---

// For tdm_push_options: the context is the tdm_cli.
void tdm_push_show_event(void *context, const tdm_push_event *event);
// The line of the step that runs gives way to what comes.
void tdm_push_close_line(tdm_cli *cli);
TDM_MUST_CHECK tdm_status tdm_push_show_plan(tdm_cli *cli, const tdm_plan *plan, tdm_error *err);
// That somebody else was at work, and everything is looked at again.
void tdm_push_show_again(tdm_cli *cli);
TDM_MUST_CHECK tdm_status tdm_push_show_result(tdm_cli *cli, const tdm_plan *plan, tdm_error *err);
TDM_MUST_CHECK tdm_status tdm_push_show_rehearsal(tdm_cli *cli, const tdm_plan *plan,
                                                  const tdm_push_result *result, tdm_error *err);
// For tdm_command.failed: says the failure, and what --on-error makes of it.
void tdm_push_show_failure(tdm_cli *cli, const tdm_error *err);

#endif
