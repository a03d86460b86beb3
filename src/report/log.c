#include "report/log.h"

#include "base/limits.h"
#include "report/safe.h"

// Five columns, as Alembic's own formatter has them: %(levelname)-5.5s.
static const char *const words[] = {
    [TDM_LOG_INFO] = "INFO ",
    [TDM_LOG_WARNING] = "WARN ",
    [TDM_LOG_ERROR] = "ERROR",
};

static const char *const names[] = {
    [TDM_LOG_INFO] = "info",
    [TDM_LOG_WARNING] = "warning",
    [TDM_LOG_ERROR] = "error",
};

// Lines after the first are joined to it; what they are indented by is left out.
static void put_joined(tdm_buffer *out, tdm_text text)
{
    const char *before = "";
    for (size_t at = 0; at < text.size;) {
        tdm_text rest = tdm_text_from(text, at);
        size_t end = tdm_text_find_char(rest, '\n');
        tdm_text line = tdm_text_slice(rest, 0, end == SIZE_MAX ? rest.size : end);
        at += line.size + 1;
        line = tdm_text_trim(line);
        if (line.size == 0)
            continue;
        tdm_buffer_puts(out, before);
        tdm_buffer_put(out, line);
        before = "; ";
    }
}

static void begin_json(tdm_log_line *line, const tdm_log *log, tdm_log_level level,
                       const char *event)
{
    line->json = TDM_JSON_LINE(log->out);
    tdm_json_begin_object(&line->json);
    if (log->time.size)
        tdm_json_pair_text(&line->json, "timestamp", log->time);
    tdm_json_pair_string(&line->json, "level", names[level]);
    tdm_json_pair_string(&line->json, "logger", "tandem");
    tdm_json_pair_string(&line->json, "event", event);
}

void tdm_log_begin(tdm_log_line *line, const tdm_log *log, tdm_log_level level, const char *event,
                   tdm_text message)
{
    tdm_buffer joined = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    put_joined(&joined, message);
    tdm_text text = tdm_buffer_text(&joined);
    *line = (tdm_log_line){.style = log->style, .json = TDM_JSON_LINE(log->out)};
    if (log->style == TDM_LOG_JSON) {
        begin_json(line, log, level, event);
        tdm_json_pair_text(&line->json, "message", text);
    } else {
        tdm_buffer_put(log->out, log->time);
        tdm_buffer_puts(log->out, log->time.size ? " " : "");
        tdm_buffer_putf(log->out, "%s [tandem] ", words[level]);
        tdm_put_safe(log->out, text);
    }
    tdm_buffer_free(&joined);
}

void tdm_log_text(tdm_log_line *line, const char *key, tdm_text value)
{
    if (line->style == TDM_LOG_JSON)
        tdm_json_pair_known(&line->json, key, value);
}

void tdm_log_string(tdm_log_line *line, const char *key, const char *value)
{
    if (line->style == TDM_LOG_JSON)
        tdm_json_pair_string(&line->json, key, value);
}

void tdm_log_number(tdm_log_line *line, const char *key, uint64_t value)
{
    if (line->style == TDM_LOG_JSON)
        tdm_json_pair_number(&line->json, key, value);
}

void tdm_log_bool(tdm_log_line *line, const char *key, bool value)
{
    if (line->style == TDM_LOG_JSON)
        tdm_json_pair_bool(&line->json, key, value);
}

void tdm_log_end(tdm_log_line *line)
{
    if (line->style == TDM_LOG_JSON)
        tdm_json_end_object(&line->json);
    tdm_buffer_putc(line->json.out, '\n');
}
