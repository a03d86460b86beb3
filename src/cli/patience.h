// `--wait`, as far as it is about a server that does not answer yet.
#ifndef CLI_PATIENCE_H
#define CLI_PATIENCE_H

#include <tandem/error.h>

typedef struct tdm_cli tdm_cli;

typedef struct tdm_patience {
    uint32_t wait_ms; // in all; 0: not at all
    int64_t deadline_ms;
    uint32_t pause_ms; // the next one
    tdm_error told;    // the reason that was told last
} tdm_patience;

// The time runs from the first call on.
void tdm_patience_begin(tdm_patience *patience);
// What is left of it; 0: there is none, or it is over.
int64_t tdm_patience_left(const tdm_patience *patience);
// After a failure to connect or to ask: says once for each reason what is waited for, and pauses.
// False when it will not be over by itself, when the time is over, or a signal came.
bool tdm_patience_again(tdm_cli *cli, const tdm_error *why);

#endif
