// One line for each event of a run, for whoever collects the output of a container.
//
// Two forms of the same line: text as Python's logging and Alembic print it ("INFO  [tandem] ..."),
// and JSON as structlog does ({"level": "info", "logger": "tandem", "event": ..., "message": ...}
// with the facts behind). A line never holds a secret, a line feed or an escape sequence.
#ifndef REPORT_LOG_H
#define REPORT_LOG_H

#include "report/json.h"

typedef enum tdm_log_style {
    TDM_LOG_OFF,
    TDM_LOG_TEXT,
    TDM_LOG_JSON,
} tdm_log_style;

typedef enum tdm_log_level {
    TDM_LOG_INFO,
    TDM_LOG_WARNING,
    TDM_LOG_ERROR,
} tdm_log_level;

// Where lines go, and the moment that they are to bear; empty: none.
typedef struct tdm_log {
    tdm_buffer *out;
    tdm_log_style style;
    tdm_text time; // RFC 3339; the report has no clock
} tdm_log;

typedef struct tdm_log_line {
    tdm_log_style style;
    tdm_json json;
} tdm_log_line;

// Begins a line. Of a message with several lines one is made, joined by "; ".
void tdm_log_begin(tdm_log_line *line, const tdm_log *log, tdm_log_level level, const char *event,
                   tdm_text message);
// Facts behind the message. In text nothing: there the message says them.
void tdm_log_text(tdm_log_line *line, const char *key, tdm_text value); // empty: null
void tdm_log_string(tdm_log_line *line, const char *key, const char *value);
void tdm_log_number(tdm_log_line *line, const char *key, uint64_t value);
void tdm_log_bool(tdm_log_line *line, const char *key, bool value);
void tdm_log_end(tdm_log_line *line);

#endif
