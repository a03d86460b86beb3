// The time, for what is waited for and for the lines of a log. Results never depend on it.
#ifndef CLI_CLOCK_H
#define CLI_CLOCK_H

#include <stdint.h>

enum {
    TDM_TIMESTAMP_SIZE = 32,
};

// Milliseconds of a clock that only goes forward.
int64_t tdm_clock_ms(void);
// "2026-11-22T23:10:00.123Z"
void tdm_clock_timestamp(char ret[TDM_TIMESTAMP_SIZE]);
// Pauses; a signal ends the pause.
void tdm_clock_pause(uint32_t milliseconds);

#endif
