// An environment for tests: name and value in turn, ended by NULL.
#ifndef UNIT_CLI_ENVIRONMENT_H
#define UNIT_CLI_ENVIRONMENT_H

#include "cli/terminal.h"

#include <string.h>

static const char *get_from_list(void *context, const char *name)
{
    for (const char *const *item = context; *item; item += 2) {
        if (strcmp(item[0], name) == 0)
            return item[1];
    }
    return NULL;
}

#define ENVIRONMENT(...)                                                                           \
    ((tdm_cli_environment){get_from_list, (void *)(const char *[]){__VA_ARGS__, NULL}})
#define EMPTY_ENVIRONMENT ((tdm_cli_environment){get_from_list, (void *)(const char *[]){NULL}})

#endif
