#include "cli/log.h"

#include "base/limits.h"

#include <stdio.h>

bool tdm_cli_logs(const tdm_cli *cli)
{
    return cli->globals.log != TDM_LOG_OFF;
}

const tdm_log *tdm_cli_line_begin(const tdm_cli *cli, tdm_cli_line *line)
{
    line->text = TDM_BUFFER_INIT(TDM_LIMIT_OUTPUT);
    line->time[0] = '\0';
    if (cli->globals.log_time)
        tdm_clock_timestamp(line->time);
    line->log = (tdm_log){.out = &line->text,
                          .style = (tdm_log_style)cli->globals.log,
                          .time = tdm_text_of(line->time)};
    return &line->log;
}

void tdm_cli_line_end(tdm_cli_line *line)
{
    if (!line->text.failed && line->text.size)
        (void)fwrite(line->text.data, 1, line->text.size, stdout); // seen when stdout is closed
    fflush(stdout);
    tdm_buffer_free(&line->text);
}
