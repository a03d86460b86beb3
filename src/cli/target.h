// Which target a command talks to.
#ifndef CLI_TARGET_H
#define CLI_TARGET_H

#include "cli/cli.h"

// In this order: --db-url, --local, TANDEM_DATABASE_URL, DATABASE_URL, libpq's own variables. With
// none of them there is no target: TDM_ERROR_USAGE. What is chosen is never guessed from a project
// file, which anybody can change.
TDM_MUST_CHECK tdm_status tdm_target_choose(const tdm_globals *globals,
                                            const tdm_cli_environment *environment,
                                            tdm_target_options *ret, tdm_error *err);

#endif
