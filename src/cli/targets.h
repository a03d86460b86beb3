// One run over many targets: --targets FILE, for the commands that take it.
#ifndef CLI_TARGETS_H
#define CLI_TARGETS_H

#include <tandem/targets.h>

#include "cli/cli.h"

// What the words of the command line say of many targets, before anything is opened.
TDM_MUST_CHECK tdm_status tdm_cli_check_targets(const tdm_cli *cli, tdm_error *err);
// Reads the list, asks, runs, and writes the report; sets cli->exit. `options` says what is done to
// each; jobs and the rest are the command line's. `when_pending` is the exit code when all went
// well and something is pending still.
TDM_MUST_CHECK tdm_status tdm_cli_run_targets(tdm_cli *cli, tdm_targets_run_options *options,
                                              tdm_exit when_pending, tdm_error *err);

#endif
