#include "report/report.h"

#include "report/safe.h"

static const char *event_name(tdm_push_event_kind kind)
{
    switch (kind) {
    case TDM_PUSH_BEGIN:
        return "begin";
    case TDM_PUSH_STATEMENT:
        return "statement";
    case TDM_PUSH_WAITING:
        return "waiting";
    case TDM_PUSH_COMMITTED:
        return "committed";
    case TDM_PUSH_NOTICE:
        return "notice";
    case TDM_PUSH_PROGRESS:
        return "progress";
    case TDM_PUSH_REHEARSED:
        return "rehearsed";
    case TDM_PUSH_LEFT_OUT:
        return "left_out";
    }
    return "";
}

void tdm_report_push_event_json(tdm_buffer *out, const tdm_push_event *event)
{
    tdm_json json = TDM_JSON_LINE(out);
    tdm_json_begin_object(&json);
    tdm_json_pair_string(&json, "event", event_name(event->kind));
    if (event->step) {
        tdm_json_pair_number(&json, "step", event->index + 1);
        tdm_json_pair_number(&json, "steps", event->count);
    }
    if (event->step && (event->kind == TDM_PUSH_BEGIN || event->kind == TDM_PUSH_COMMITTED)) {
        tdm_json_pair_string(&json, "action", tdm_action_name(event->step->action));
        tdm_json_pair(&json, &event->step->pair);
    }
    if (event->kind != TDM_PUSH_BEGIN && event->kind != TDM_PUSH_COMMITTED &&
        event->kind != TDM_PUSH_WAITING)
        tdm_json_place(&json, event->place);
    tdm_json_pair_known(&json, "text", event->text);
    tdm_json_end_object(&json);
    tdm_buffer_putc(out, '\n');
}

static void put_step_name(tdm_buffer *out, const tdm_push_event *event)
{
    const tdm_pair_info *pair = &event->step->pair;
    tdm_buffer_putf(out, "[%zu/%zu] ", event->index + 1, event->count);
    for (size_t i = 0; i < pair->revision_count; i++) {
        tdm_buffer_puts(out, i ? ", " : "");
        tdm_put_safe(out, pair->revisions[i].id);
    }
    tdm_buffer_puts(out, pair->revision_count && pair->migration_count ? " = " : "");
    for (size_t i = 0; i < pair->migration_count; i++) {
        tdm_buffer_puts(out, i ? ", " : "");
        tdm_put_safe(out, pair->migrations[i].version);
        tdm_buffer_puts(out, pair->migrations[i].name.size ? "_" : "");
        tdm_put_safe(out, pair->migrations[i].name);
    }
}

static const char *done_words(tdm_action action)
{
    switch (action) {
    case TDM_ACTION_APPLY:
        return "applied";
    case TDM_ACTION_ADOPT_SUPABASE:
        return "recorded the migration";
    case TDM_ACTION_ADOPT_ALEMBIC:
        return "recorded the revision";
    case TDM_ACTION_REVERT:
        return "taken back";
    case TDM_ACTION_NONE:
    case TDM_ACTION_REFUSED:
        break;
    }
    return "done";
}

void tdm_report_push_event_text(tdm_buffer *out, const tdm_push_event *event, unsigned verbose)
{
    switch (event->kind) {
    case TDM_PUSH_BEGIN:
        if (verbose >= 1 && event->step) {
            put_step_name(out, event);
            tdm_buffer_puts(out, ": begins");
        }
        break;
    case TDM_PUSH_COMMITTED:
        if (event->step) {
            put_step_name(out, event);
            tdm_buffer_putf(out, ": %s", done_words(event->step->action));
        }
        break;
    case TDM_PUSH_STATEMENT:
        if (verbose >= 2) {
            if (event->place.file) {
                tdm_put_place(out, event->place);
                tdm_buffer_puts(out, ": ");
            }
            tdm_put_safe_lines(out, event->text, "    ");
        }
        break;
    case TDM_PUSH_WAITING:
        tdm_buffer_puts(out, "waiting: ");
        tdm_put_safe_lines(out, event->text, "    ");
        break;
    case TDM_PUSH_NOTICE:
        tdm_buffer_puts(out, "server: ");
        tdm_put_safe_lines(out, event->text, "    ");
        break;
    case TDM_PUSH_PROGRESS:
        tdm_buffer_puts(out, "progress: ");
        tdm_put_safe_lines(out, event->text, "    ");
        break;
    case TDM_PUSH_REHEARSED:
    case TDM_PUSH_LEFT_OUT:
        if (event->place.file) {
            tdm_put_place(out, event->place);
            tdm_buffer_puts(out, ": ");
        }
        tdm_put_safe_lines(out, event->text, "    ");
        break;
    }
}

void tdm_report_push_plan_json(tdm_buffer *out, const tdm_plan *plan)
{
    tdm_json json = TDM_JSON_LINE(out);
    tdm_json_begin_object(&json);
    tdm_json_pair_string(&json, "event", "plan");
    tdm_json_pair_text(&json, "target", plan->target);
    tdm_json_pair_number(&json, "pairs", plan->step_count);
    tdm_json_pair_number(&json, "pending", plan->pending);
    tdm_json_pair_number(&json, "refused", plan->refused);
    tdm_json_end_object(&json);
    tdm_buffer_putc(out, '\n');
}

void tdm_report_push_done_json(tdm_buffer *out, const tdm_plan *plan, const tdm_push_result *result)
{
    tdm_json json = TDM_JSON_LINE(out);
    tdm_json_begin_object(&json);
    tdm_json_pair_string(&json, "event", "done");
    tdm_json_pair_text(&json, "target", plan->target);
    tdm_json_pair_number(&json, "applied", result->applied);
    tdm_json_pair_number(&json, "adopted", result->adopted);
    tdm_json_end_object(&json);
    tdm_buffer_putc(out, '\n');
}
