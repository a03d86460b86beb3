// `--log`: the lines of report/log.h on stdout, each written as soon as it is known.
#ifndef CLI_LOG_H
#define CLI_LOG_H

#include "cli/cli.h"
#include "cli/clock.h"
#include "report/push_log.h"

typedef struct tdm_cli_line {
    tdm_log log;
    tdm_buffer text;
    char time[TDM_TIMESTAMP_SIZE];
} tdm_cli_line;

// Whether there is a log at all.
bool tdm_cli_logs(const tdm_cli *cli);
// Begins a line: what is put into the log that is given back stands in it. Ended by
// tdm_cli_line_end.
const tdm_log *tdm_cli_line_begin(const tdm_cli *cli, tdm_cli_line *line);
void tdm_cli_line_end(tdm_cli_line *line);

#endif
