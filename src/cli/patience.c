#include "cli/patience.h"

#include "cli/log.h"
#include "cli/signals.h"

#include <string.h>

enum {
    FIRST_PAUSE_MS = 100, // doubled each time
    LONGEST_PAUSE_MS = 1000,
    SECOND_MS = 1000,
};

void tdm_patience_begin(tdm_patience *patience)
{
    if (patience->deadline_ms)
        return;
    patience->deadline_ms = tdm_clock_ms() + patience->wait_ms;
    patience->pause_ms = FIRST_PAUSE_MS;
}

int64_t tdm_patience_left(const tdm_patience *patience)
{
    int64_t left = patience->deadline_ms - tdm_clock_ms();
    return patience->wait_ms && left > 0 ? left : 0;
}

static void say(const tdm_cli *cli, const tdm_error *why, int64_t left_ms)
{
    uint64_t seconds = (uint64_t)(left_ms + SECOND_MS - 1) / SECOND_MS;
    tdm_cli_line line;
    if (!tdm_cli_logs(cli)) {
        tdm_cli_note(cli, tdm_arena_printf(cli->arena, "waiting for the server, %llu s at most: %s",
                                           (unsigned long long)seconds, why->message));
        return;
    }
    tdm_push_log_waiting_for_server(tdm_cli_line_begin(cli, &line), why, seconds);
    tdm_cli_line_end(&line);
}

bool tdm_patience_again(tdm_cli *cli, const tdm_error *why)
{
    tdm_patience *patience = &cli->patience;
    int64_t left = tdm_patience_left(patience);
    if (left == 0 || !tdm_connect_is_passing(why))
        return false;
    if (strcmp(patience->told.message, why->message) != 0)
        say(cli, why, left);
    patience->told = *why;
    tdm_clock_pause(left < patience->pause_ms ? (uint32_t)left : patience->pause_ms);
    uint32_t twice = patience->pause_ms * 2;
    patience->pause_ms = twice < LONGEST_PAUSE_MS ? twice : LONGEST_PAUSE_MS;
    return !tdm_signals_caught();
}
