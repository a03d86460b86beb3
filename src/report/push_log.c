#include "report/push_log.h"

#include "base/limits.h"
#include "report/report.h"
#include "report/safe.h"

static void begin(tdm_log_line *line, const tdm_log *log, tdm_log_level level, const char *event,
                  tdm_buffer *message)
{
    tdm_log_begin(line, log, level, event, tdm_buffer_text(message));
    tdm_buffer_free(message);
}

static void put_duration(tdm_buffer *out, uint64_t milliseconds)
{
    if (milliseconds < 1000)
        tdm_buffer_putf(out, "%u ms", (unsigned)milliseconds);
    else
        tdm_buffer_putf(out, "%llu.%u s", (unsigned long long)(milliseconds / 1000),
                        (unsigned)(milliseconds % 1000 / 100));
}

void tdm_push_log_connected(const tdm_log *log, tdm_text target)
{
    tdm_log_line line;
    tdm_buffer message = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer_putf(&message, "connected to %.*s", TDM_TEXT_ARG(target));
    begin(&line, log, TDM_LOG_INFO, "connected", &message);
    tdm_log_text(&line, "target", target);
    tdm_log_end(&line);
}

void tdm_push_log_waiting_for_server(const tdm_log *log, const tdm_error *why, uint64_t seconds)
{
    tdm_log_line line;
    tdm_buffer message = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer_putf(&message, "waiting for the server, %llu s at most: %s",
                    (unsigned long long)seconds, why->message);
    begin(&line, log, TDM_LOG_INFO, "waiting_for_server", &message);
    tdm_log_string(&line, "reason", why->message);
    tdm_log_number(&line, "seconds_left", seconds);
    tdm_log_end(&line);
}

void tdm_push_log_note(const tdm_log *log, tdm_text note)
{
    tdm_log_line line;
    tdm_log_begin(&line, log, TDM_LOG_INFO, "note", note);
    tdm_log_end(&line);
}

void tdm_push_log_plan(const tdm_log *log, const tdm_plan *plan)
{
    tdm_log_line line;
    tdm_buffer message = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_put_count(&message, plan->pending, "step");
    tdm_buffer_putf(&message, " pending on %.*s", TDM_TEXT_ARG(plan->target));
    begin(&line, log, TDM_LOG_INFO, "plan", &message);
    tdm_log_text(&line, "target", plan->target);
    tdm_log_number(&line, "pairs", plan->step_count);
    tdm_log_number(&line, "pending", plan->pending);
    tdm_log_end(&line);
}

void tdm_push_log_again(const tdm_log *log, tdm_text target)
{
    tdm_log_line line;
    tdm_buffer message = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer_putf(&message, "somebody else was at work on %.*s: looking again",
                    TDM_TEXT_ARG(target));
    begin(&line, log, TDM_LOG_INFO, "looking_again", &message);
    tdm_log_text(&line, "target", target);
    tdm_log_end(&line);
}

// --- Steps --------------------------------------------------------------------------------------

typedef struct event_words {
    const char *event;
    const char *before; // what the message begins with, before the event's own text
    tdm_log_level level;
    unsigned verbose; // from which -v on it is said
} event_words;

static const event_words kinds[] = {
    [TDM_PUSH_BEGIN] = {"applying", "", TDM_LOG_INFO, 1},
    [TDM_PUSH_STATEMENT] = {"statement", "", TDM_LOG_INFO, 2},
    [TDM_PUSH_WAITING] = {"waiting_for_lock", "waiting for ", TDM_LOG_INFO, 0},
    [TDM_PUSH_COMMITTED] = {"applied", "", TDM_LOG_INFO, 0},
    [TDM_PUSH_NOTICE] = {"notice", "server: ", TDM_LOG_INFO, 0},
    [TDM_PUSH_PROGRESS] = {"progress", "progress: ", TDM_LOG_INFO, 0},
    [TDM_PUSH_REHEARSED] = {"rehearsed", "", TDM_LOG_INFO, 0},
    [TDM_PUSH_LEFT_OUT] = {"left_out", "", TDM_LOG_WARNING, 0},
};

static bool is_step(const tdm_push_event *event)
{
    return event->kind == TDM_PUSH_BEGIN || event->kind == TDM_PUSH_COMMITTED;
}

static const char *name_of(const tdm_push_event *event)
{
    bool recorded =
        event->kind == TDM_PUSH_COMMITTED && event->step && event->step->action != TDM_ACTION_APPLY;
    return recorded ? "recorded" : kinds[event->kind].event;
}

static void put_message(tdm_buffer *out, const tdm_push_event *event, uint64_t milliseconds)
{
    if (is_step(event)) { // the words of the terminal, with the time
        tdm_report_push_event_text(out, event, 1);
        if (event->kind == TDM_PUSH_COMMITTED) {
            tdm_buffer_puts(out, " in ");
            put_duration(out, milliseconds);
        }
        return;
    }
    if (event->place.file && event->kind != TDM_PUSH_WAITING) {
        tdm_put_place(out, event->place);
        tdm_buffer_puts(out, ": ");
    }
    tdm_buffer_puts(out, kinds[event->kind].before);
    tdm_buffer_put(out, event->text);
}

// The ids of a pair, joined: a line of a log has no lists.
static void put_pair(tdm_log_line *line, const tdm_pair_info *pair)
{
    tdm_buffer ids = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    for (size_t i = 0; i < pair->revision_count; i++) {
        tdm_buffer_puts(&ids, i ? "," : "");
        tdm_buffer_put(&ids, pair->revisions[i].id);
    }
    tdm_log_text(line, "revision", tdm_buffer_text(&ids));
    tdm_buffer_clear(&ids);
    for (size_t i = 0; i < pair->migration_count; i++) {
        tdm_buffer_puts(&ids, i ? "," : "");
        tdm_buffer_put(&ids, pair->migrations[i].version);
    }
    tdm_log_text(line, "version", tdm_buffer_text(&ids));
    tdm_buffer_free(&ids);
}

void tdm_push_log_event(const tdm_log *log, const tdm_push_event *event, uint64_t milliseconds,
                        unsigned verbose)
{
    tdm_log_line line;
    tdm_buffer message = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (kinds[event->kind].verbose > verbose || (is_step(event) && !event->step))
        return;
    put_message(&message, event, milliseconds);
    begin(&line, log, kinds[event->kind].level, name_of(event), &message);
    if (event->step) {
        tdm_log_number(&line, "step", event->index + 1);
        tdm_log_number(&line, "steps", event->count);
        put_pair(&line, &event->step->pair);
    }
    if (event->kind == TDM_PUSH_COMMITTED)
        tdm_log_number(&line, "duration_ms", milliseconds);
    if (event->kind == TDM_PUSH_WAITING)
        tdm_log_text(&line, "holder", event->text);
    tdm_log_end(&line);
}

// --- The end ------------------------------------------------------------------------------------

static void put_counts(tdm_log_line *line, const tdm_push_log_end *end)
{
    tdm_log_text(line, "target", end->target);
    tdm_log_number(line, "applied", end->applied);
    tdm_log_number(line, "recorded", end->adopted);
    tdm_log_number(line, "duration_ms", end->milliseconds);
}

void tdm_push_log_done(const tdm_log *log, const tdm_push_log_end *end)
{
    tdm_log_line line;
    tdm_buffer message = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (end->applied + end->adopted == 0)
        tdm_buffer_puts(&message, "nothing pending");
    else
        tdm_buffer_putf(&message, "done: %zu applied, %zu recorded", end->applied, end->adopted);
    tdm_buffer_putf(&message, " on %.*s, ", TDM_TEXT_ARG(end->target));
    put_duration(&message, end->milliseconds);
    begin(&line, log, TDM_LOG_INFO, "done", &message);
    put_counts(&line, end);
    tdm_log_end(&line);
}

// What the state of the target is comes first: it is what whoever reads one line must know.
static void put_failure(tdm_buffer *out, const tdm_error *err, const tdm_push_log_end *end)
{
    if (err->code == TDM_ERROR_PARTIAL)
        tdm_buffer_puts(out, "PARTLY APPLIED, or the outcome is not known: ");
    else
        tdm_buffer_puts(out, "push failed: ");
    tdm_buffer_putf(out, "%s [%s]", err->message, tdm_error_name(err->code));
    if (err->place.file) {
        tdm_buffer_puts(out, " (");
        tdm_put_place(out, err->place);
        tdm_buffer_putc(out, ')');
    }
    if (end->applied + end->adopted > 0)
        tdm_buffer_putf(out, "; %zu applied and %zu recorded before it stay", end->applied,
                        end->adopted);
    if (err->hint[0])
        tdm_buffer_putf(out, "; hint: %s", err->hint);
    if (end->goes_on)
        tdm_buffer_putf(out,
                        "; going on with the schema as it is (--on-error continue): exit code 0 "
                        "in place of %d",
                        (int)end->cause);
    else
        tdm_buffer_putf(out, "; exit code %d", (int)end->cause);
}

void tdm_push_log_failed(const tdm_log *log, const tdm_error *err, const tdm_push_log_end *end)
{
    tdm_log_line line;
    tdm_buffer message = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    put_failure(&message, err, end);
    begin(&line, log, TDM_LOG_ERROR, "failed", &message);
    tdm_log_string(&line, "code", tdm_error_name(err->code));
    tdm_log_number(&line, "exit_code", end->goes_on ? 0 : (uint64_t)end->cause);
    tdm_log_number(&line, "failed_with", (uint64_t)end->cause);
    tdm_log_bool(&line, "continues", end->goes_on);
    tdm_log_bool(&line, "partly_applied", err->code == TDM_ERROR_PARTIAL);
    tdm_log_string(&line, "error", err->message);
    tdm_log_string(&line, "hint", err->hint[0] ? err->hint : NULL);
    tdm_log_string(&line, "file", err->place.file);
    if (err->place.file && err->place.line)
        tdm_log_number(&line, "line", err->place.line);
    put_counts(&line, end);
    tdm_log_number(&line, "pending", end->pending);
    tdm_log_end(&line);
}
