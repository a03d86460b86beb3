// Which target a command talks to.
#ifndef CLI_TARGET_H
#define CLI_TARGET_H

#include "cli/cli.h"

typedef struct tdm_target {
    tdm_target_options options;
    char local_url[80]; // what options.url points to for --local
} tdm_target;

// In this order: --db-url, --local, TANDEM_DATABASE_URL, DATABASE_URL, libpq's own variables. With
// none of them there is no target: TDM_ERROR_USAGE. What is chosen is never guessed from a project
// file, which anybody can change; only the port of the local stack is the project's.
TDM_MUST_CHECK tdm_status tdm_target_choose(const tdm_globals *globals,
                                            const tdm_cli_environment *environment,
                                            unsigned local_port, tdm_target *ret, tdm_error *err);

// Whether something names a target: then tdm_target_choose finds it.
bool tdm_target_is_named(const tdm_globals *globals, const tdm_cli_environment *environment);

#endif
