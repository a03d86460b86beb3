// What a way back does: each step with its statements, what is lost with it, and what somebody
// should know of it.
#include "report/report.h"

#include "report/safe.h"

static void put_name(const tdm_report *report, const tdm_pair_info *pair)
{
    tdm_put_safe(report->out, tdm_pair_revisions(report->arena, pair));
    tdm_buffer_puts(report->out, pair->revision_count && pair->migration_count ? " = " : "");
    tdm_put_safe(report->out, tdm_pair_versions(report->arena, pair));
}

static void put_notes(const tdm_report *report, const char *word, tdm_ink ink,
                      const tdm_revert_note *notes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        tdm_buffer_puts(report->out, "    ");
        tdm_put_ink(report->out, &report->style, ink);
        tdm_buffer_puts(report->out, word);
        tdm_put_ink(report->out, &report->style, TDM_INK_NONE);
        tdm_buffer_puts(report->out, ": ");
        tdm_put_safe(report->out, notes[i].text);
        if (notes[i].place.file) {
            tdm_buffer_puts(report->out, " (");
            tdm_put_place(report->out, notes[i].place);
            tdm_buffer_putc(report->out, ')');
        }
        tdm_buffer_putc(report->out, '\n');
    }
}

static void put_step(const tdm_report *report, const tdm_revert_step *step)
{
    put_name(report, &step->step->pair);
    if (step->statement_count == 0)
        tdm_buffer_puts(report->out, ": nothing to run\n");
    else
        tdm_buffer_puts(report->out, step->derived ? ": the derived inverse\n" : ": downgrade()\n");
    for (size_t i = 0; i < step->statement_count; i++) {
        tdm_buffer_puts(report->out, "    ");
        tdm_put_safe_lines(report->out, step->statements[i].sql, "    ");
        tdm_buffer_puts(report->out, ";\n");
    }
    put_notes(report, "lost", TDM_INK_ERROR, step->losses, step->loss_count);
    put_notes(report, "note", TDM_INK_WARNING, step->notes, step->note_count);
    tdm_buffer_putc(report->out, '\n');
}

void tdm_report_revert_text(const tdm_report *report, const tdm_revert_plan *plan)
{
    tdm_buffer_puts(report->out, "target: ");
    tdm_put_safe(report->out, plan->plan->target);
    tdm_buffer_puts(report->out, "\n\n");
    for (size_t i = 0; i < plan->step_count; i++)
        put_step(report, &plan->steps[i]);
    tdm_put_count(report->out, plan->step_count, "step");
    tdm_buffer_puts(report->out, " to take back, ");
    if (plan->loss_count == 0)
        tdm_buffer_puts(report->out, "nothing lost");
    else
        tdm_buffer_putf(report->out, "%zu lost", plan->loss_count);
    if (plan->differing)
        tdm_buffer_putf(report->out, ", %zu not as before", plan->differing);
    if (plan->unknown)
        tdm_buffer_putf(report->out, ", %zu not known to be as before", plan->unknown);
    tdm_buffer_puts(report->out, "; ");
    if (plan->stays.size)
        tdm_put_safe(report->out, plan->stays);
    tdm_buffer_puts(report->out,
                    plan->stays.size ? " stays and is the last one then\n" : "nothing stays\n");
}

static void json_notes(tdm_json *json, const char *key, const tdm_revert_note *notes, size_t count)
{
    tdm_json_key(json, key);
    tdm_json_begin_array(json);
    for (size_t i = 0; i < count; i++) {
        tdm_json_begin_object(json);
        tdm_json_pair_text(json, "text", notes[i].text);
        tdm_json_place(json, notes[i].place);
        tdm_json_end_object(json);
    }
    tdm_json_end_array(json);
}

static void json_step(tdm_json *json, const tdm_revert_step *step)
{
    tdm_json_begin_object(json);
    tdm_json_pair(json, &step->step->pair);
    tdm_json_pair_string(json, "way", step->derived ? "inverse" : "downgrade");
    tdm_json_pair_bool(json, "proven", step->proven);
    tdm_json_pair_bool(json, "differs", step->differs);
    tdm_json_key(json, "statements");
    tdm_json_begin_array(json);
    for (size_t i = 0; i < step->statement_count; i++)
        tdm_json_text(json, step->statements[i].sql);
    tdm_json_end_array(json);
    json_notes(json, "losses", step->losses, step->loss_count);
    json_notes(json, "notes", step->notes, step->note_count);
    tdm_json_end_object(json);
}

void tdm_report_revert_plan_json(tdm_buffer *out, const tdm_revert_plan *plan)
{
    tdm_json json = TDM_JSON_LINE(out);
    tdm_json_begin_object(&json);
    tdm_json_pair_string(&json, "event", "plan");
    tdm_json_pair_text(&json, "target", plan->plan->target);
    tdm_json_key(&json, "steps");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < plan->step_count; i++)
        json_step(&json, &plan->steps[i]);
    tdm_json_end_array(&json);
    tdm_json_pair_number(&json, "losses", plan->loss_count);
    tdm_json_pair_number(&json, "differing", plan->differing);
    tdm_json_pair_number(&json, "unknown", plan->unknown);
    tdm_json_pair_known(&json, "stays", plan->stays);
    tdm_json_end_object(&json);
    tdm_buffer_putc(out, '\n');
}

void tdm_report_revert_done_json(tdm_buffer *out, const tdm_plan *plan,
                                 const tdm_push_result *result)
{
    tdm_json json = TDM_JSON_LINE(out);
    tdm_json_begin_object(&json);
    tdm_json_pair_string(&json, "event", "done");
    tdm_json_pair_text(&json, "target", plan->target);
    tdm_json_pair_number(&json, "reverted", result->reverted);
    tdm_json_end_object(&json);
    tdm_buffer_putc(out, '\n');
}
