#include "cli/cli.h"

#include <signal.h>
#include <stdlib.h>

static const char *from_process(void *context, const char *name)
{
    (void)context;
    return getenv(name);
}

int main(int argc, char **argv)
{
    tdm_cli cli = {.environment = {.get = from_process}, .streams = tdm_streams_look()};
    signal(SIGPIPE, SIG_DFL); // a parent may have passed on that it is ignored
    size_t words = argc > 0 ? (size_t)argc - 1 : 0;
    return (int)tdm_cli_run(&cli, words, (const char *const *)argv + 1);
}
