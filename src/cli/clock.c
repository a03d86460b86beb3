#include "cli/clock.h"

#include <stdio.h>
#include <time.h>

enum {
    SECOND_MS = 1000,
    MS_NS = 1000000,
};

int64_t tdm_clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * SECOND_MS + now.tv_nsec / MS_NS;
}

void tdm_clock_timestamp(char ret[TDM_TIMESTAMP_SIZE])
{
    struct timespec now;
    struct tm parts;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    (void)snprintf(ret, TDM_TIMESTAMP_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
                   (unsigned)(parts.tm_year + 1900) % 10000, (unsigned)(parts.tm_mon + 1) % 100,
                   (unsigned)parts.tm_mday % 100, (unsigned)parts.tm_hour % 100,
                   (unsigned)parts.tm_min % 100, (unsigned)parts.tm_sec % 100,
                   (unsigned)(now.tv_nsec / MS_NS) % SECOND_MS);
}

void tdm_clock_pause(uint32_t milliseconds)
{
    struct timespec pause = {.tv_sec = milliseconds / SECOND_MS,
                             .tv_nsec = (long)(milliseconds % SECOND_MS) * MS_NS};
    (void)nanosleep(&pause, NULL);
}
