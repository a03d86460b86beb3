// Which target a command talks to, and being let in.
#ifndef CLI_TARGET_H
#define CLI_TARGET_H

#include <tandem/target.h>

#include "cli/cli.h"

// Whether something names a target: then tdm_cli_open_target finds it.
bool tdm_cli_names_target(const tdm_cli *cli);

// What the options and the environment say of targets, with the secrets that they name.
TDM_MUST_CHECK tdm_status tdm_cli_target_words(tdm_cli *cli, tdm_target_words *ret, tdm_error *err);

#endif
