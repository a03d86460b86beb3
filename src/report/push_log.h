// What a push says of itself, line by line (`tandem push --log`).
#ifndef REPORT_PUSH_LOG_H
#define REPORT_PUSH_LOG_H

#include <tandem/push.h>

#include "report/log.h"

// What a push has done until it ended.
typedef struct tdm_push_log_end {
    tdm_text target; // empty: no connection came about
    size_t applied;
    size_t adopted;
    uint64_t milliseconds;
    size_t pending; // of the last plan
    tdm_exit cause; // the exit code of what failed
    bool goes_on;   // the program ends with 0 all the same
} tdm_push_log_end;

void tdm_push_log_connected(const tdm_log *log, tdm_text target);
// Nobody answers yet; tried again for `seconds` more.
void tdm_push_log_waiting_for_server(const tdm_log *log, const tdm_error *why, uint64_t seconds);
void tdm_push_log_note(const tdm_log *log, tdm_text note);
// What will be done.
void tdm_push_log_plan(const tdm_log *log, const tdm_plan *plan);
// Somebody else was at work meanwhile, so that what is there is read anew.
void tdm_push_log_again(const tdm_log *log, tdm_text target);
// `milliseconds` is how long the step took, of TDM_PUSH_COMMITTED.
void tdm_push_log_event(const tdm_log *log, const tdm_push_event *event, uint64_t milliseconds,
                        unsigned verbose);
void tdm_push_log_done(const tdm_log *log, const tdm_push_log_end *end);
void tdm_push_log_failed(const tdm_log *log, const tdm_error *err, const tdm_push_log_end *end);

#endif
