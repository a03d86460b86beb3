// A run over many targets: one row for each, why some of them failed, and what it comes to.
#include "report/report.h"

#include "report/grid.h"
#include "report/safe.h"

#include <stdio.h>

// --- Words ---------------------------------------------------------------------------------------

// "2 applied, 1 recorded", "3 pending", or nothing.
static void put_steps(tdm_buffer *out, const tdm_target_report *item)
{
    if (item->applied)
        tdm_buffer_putf(out, "%zu applied", item->applied);
    if (item->adopted)
        tdm_buffer_putf(out, "%s%zu recorded", item->applied ? ", " : "", item->adopted);
    if (item->outcome == TDM_OUTCOME_PENDING)
        tdm_buffer_putf(out, "%zu pending", item->pending);
    else if (item->outcome == TDM_OUTCOME_PARTLY)
        tdm_buffer_putf(out, "%sof %zu", out->size ? " " : "", item->pending);
    if (item->same_as.size) {
        tdm_buffer_puts(out, "as ");
        tdm_buffer_put(out, item->same_as);
    }
}

static void put_failure_line(tdm_buffer *out, const tdm_target_report *item)
{
    if (item->code == TDM_ERROR_NONE)
        return;
    tdm_buffer_puts(out, ": ");
    tdm_put_safe_lines(out, item->message, "    ");
    tdm_buffer_putf(out, " [%s]", tdm_error_name(item->code));
}

void tdm_report_targets_event_text(tdm_buffer *out, const tdm_targets_event *event,
                                   unsigned verbose)
{
    tdm_buffer steps = TDM_BUFFER_INIT(1 << 16);
    const tdm_target_report *item = event->item;
    switch (event->kind) {
    case TDM_TARGETS_BEGIN:
        if (verbose == 0)
            break;
        tdm_put_safe(out, item->name);
        tdm_buffer_puts(out, ": begins");
        break;
    case TDM_TARGETS_NOTE:
        tdm_put_safe(out, item->name);
        tdm_buffer_puts(out, ": ");
        tdm_put_safe_lines(out, event->text, "    ");
        break;
    case TDM_TARGETS_PUSH:
        tdm_report_push_event_text(&steps, event->push, verbose);
        if (steps.size == 0 || (verbose == 0 && event->push->kind == TDM_PUSH_COMMITTED))
            break;
        tdm_put_safe(out, item->name);
        tdm_buffer_puts(out, ": ");
        tdm_buffer_put(out, tdm_buffer_text(&steps)); // is safe already
        break;
    case TDM_TARGETS_END:
        tdm_buffer_putf(out, "[%zu/%zu] ", event->done, event->count);
        tdm_put_safe(out, item->name);
        tdm_buffer_putf(out, ": %s", tdm_outcome_words(item->outcome));
        put_steps(&steps, item);
        if (steps.size) {
            tdm_buffer_puts(out, ", ");
            tdm_put_safe(out, tdm_buffer_text(&steps));
        }
        put_failure_line(out, item);
        break;
    }
    tdm_buffer_free(&steps);
}

// --- The report for people -----------------------------------------------------------------------

static void put_rows(const tdm_report *report, const tdm_targets_report *run)
{
    tdm_grid grid;
    tdm_text heading[] = {TDM_TEXT("target"), TDM_TEXT("outcome"), TDM_TEXT("steps"),
                          TDM_TEXT("database")};
    tdm_grid_init(&grid, report->arena, sizeof heading / sizeof *heading);
    tdm_grid_add(&grid, heading);
    for (size_t i = 0; i < run->count; i++) {
        const tdm_target_report *item = &run->items[i];
        tdm_buffer steps = TDM_BUFFER_INIT(1 << 16);
        put_steps(&steps, item);
        tdm_text cells[] = {item->name, tdm_text_of(tdm_outcome_words(item->outcome)),
                            tdm_buffer_take(&steps, report->arena), item->target};
        for (size_t k = 2; k < sizeof cells / sizeof *cells; k++)
            if (cells[k].size == 0)
                cells[k] = TDM_TEXT("-");
        tdm_grid_add(&grid, cells);
    }
    tdm_grid_put(&grid, report->out);
}

static void put_failure(const tdm_report *report, const tdm_target_report *item)
{
    tdm_text message = tdm_arena_printf(report->arena, "%.*s: %.*s", TDM_TEXT_ARG(item->name),
                                        TDM_TEXT_ARG(item->message));
    const tdm_diagnostic diagnostic = {.severity = TDM_SEVERITY_ERROR,
                                       .message = message,
                                       .code = tdm_error_name(item->code),
                                       .place = item->place,
                                       .hint = item->hint};
    tdm_buffer_putc(report->out, '\n');
    tdm_put_diagnostic(report->out, &report->style, report->source, &diagnostic);
}

static void put_counts(tdm_buffer *out, const tdm_targets_report *run)
{
    tdm_buffer_putc(out, '\n');
    tdm_put_count(out, run->count, "target");
    const char *before = ": ";
    for (unsigned i = 0; i < TDM_OUTCOME_COUNT; i++) {
        if (run->counts[i] == 0)
            continue;
        tdm_buffer_putf(out, "%s%zu %s", before, run->counts[i], tdm_outcome_words((tdm_outcome)i));
        before = ", ";
    }
    if (run->applied + run->adopted)
        tdm_buffer_putf(out, "; %zu applied, %zu recorded", run->applied, run->adopted);
    tdm_buffer_putc(out, '\n');
}

static const tdm_target_report *first_not_tried(const tdm_targets_report *run)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->items[i].outcome == TDM_OUTCOME_NOT_TRIED)
            return &run->items[i];
    return NULL;
}

void tdm_report_targets_text(const tdm_report *report, const tdm_targets_report *run)
{
    const tdm_target_report *left = first_not_tried(run);
    put_rows(report, run);
    for (size_t i = 0; i < run->count; i++)
        if (run->items[i].code != TDM_ERROR_NONE)
            put_failure(report, &run->items[i]);
    put_counts(report->out, run);
    if (!left)
        return;
    tdm_put_count(report->out, run->counts[TDM_OUTCOME_NOT_TRIED], "target");
    tdm_buffer_puts(report->out, " not tried: ");
    tdm_put_safe(report->out, left->message);
    tdm_buffer_puts(report->out, "; run it again to go on\n");
}

// --- For programs --------------------------------------------------------------------------------

static void put_error(tdm_json *json, const tdm_target_report *item)
{
    tdm_error err = {.code = item->code, .place = item->place};
    tdm_json_key(json, "error");
    if (item->code == TDM_ERROR_NONE) {
        tdm_json_null(json);
        return;
    }
    snprintf(err.message, sizeof err.message, "%.*s", TDM_TEXT_ARG(item->message));
    snprintf(err.hint, sizeof err.hint, "%.*s", TDM_TEXT_ARG(item->hint));
    tdm_json_error(json, &err);
}

static void put_item(tdm_json *json, const tdm_target_report *item)
{
    tdm_json_pair_text(json, "name", item->name);
    tdm_json_pair_number(json, "line", item->line);
    tdm_json_pair_known(json, "target", item->target);
    tdm_json_pair_string(json, "outcome", tdm_outcome_name(item->outcome));
    tdm_json_pair_number(json, "pending", item->pending);
    tdm_json_pair_number(json, "applied", item->applied);
    tdm_json_pair_number(json, "adopted", item->adopted);
    tdm_json_pair_known(json, "same_as", item->same_as);
    tdm_json_pair_known(json, "not_tried",
                        item->outcome == TDM_OUTCOME_NOT_TRIED ? item->message : (tdm_text){0});
    put_error(json, item);
}

static void put_summary(tdm_json *json, const tdm_targets_report *run)
{
    tdm_json_key(json, "summary");
    tdm_json_begin_object(json);
    tdm_json_pair_number(json, "targets", run->count);
    for (unsigned i = 0; i < TDM_OUTCOME_COUNT; i++)
        tdm_json_pair_number(json, tdm_outcome_name((tdm_outcome)i), run->counts[i]);
    tdm_json_pair_number(json, "steps_applied", run->applied);
    tdm_json_pair_number(json, "steps_adopted", run->adopted);
    tdm_json_end_object(json);
}

static const char *result_of(const tdm_targets_report *run)
{
    switch (tdm_targets_exit(run)) {
    case TDM_EXIT_OK:
        return run->counts[TDM_OUTCOME_PENDING] ? "pending" : "ok";
    case TDM_EXIT_PARTIAL:
        return "partly";
    case TDM_EXIT_INTERRUPTED:
        return "interrupted";
    default:
        return "failed";
    }
}

void tdm_report_targets_json(const tdm_report *report, const char *command,
                             const tdm_targets_report *run)
{
    tdm_json json = TDM_JSON_INIT(report->out);
    tdm_json_envelope(&json, command, (tdm_text){0}, result_of(run));
    tdm_json_key(&json, "items");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < run->count; i++) {
        tdm_json_begin_object(&json);
        put_item(&json, &run->items[i]);
        tdm_json_end_object(&json);
    }
    tdm_json_end_array(&json);
    put_summary(&json, run);
    tdm_json_end_object(&json);
    tdm_buffer_putc(report->out, '\n');
}

void tdm_report_targets_done_json(tdm_buffer *out, const tdm_targets_report *run)
{
    tdm_json json = TDM_JSON_LINE(out);
    tdm_json_begin_object(&json);
    tdm_json_pair_string(&json, "event", "done");
    tdm_json_pair_string(&json, "result", result_of(run));
    put_summary(&json, run);
    tdm_json_end_object(&json);
    tdm_buffer_putc(out, '\n');
}

void tdm_report_targets_event_json(tdm_buffer *out, const tdm_targets_event *event)
{
    tdm_json json = TDM_JSON_LINE(out);
    if (event->kind != TDM_TARGETS_BEGIN && event->kind != TDM_TARGETS_END)
        return;
    tdm_json_begin_object(&json);
    if (event->kind == TDM_TARGETS_BEGIN) {
        tdm_json_pair_string(&json, "event", "target_begin");
        tdm_json_pair_text(&json, "name", event->item->name);
    } else {
        tdm_json_pair_string(&json, "event", "target_end");
        tdm_json_pair_number(&json, "done", event->done);
        tdm_json_pair_number(&json, "targets", event->count);
        put_item(&json, event->item);
    }
    tdm_json_end_object(&json);
    tdm_buffer_putc(out, '\n');
}
