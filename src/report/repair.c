// Histories that came apart: why, on which evidence, and the rows that a repair changes.
#include "report/report.h"

#include "report/grid.h"
#include "report/safe.h"

// --- Causes -------------------------------------------------------------------------------------

static tdm_ink ink_of(tdm_severity severity)
{
    return severity == TDM_SEVERITY_ERROR     ? TDM_INK_ERROR
           : severity == TDM_SEVERITY_WARNING ? TDM_INK_WARNING
                                              : TDM_INK_NOTE;
}

static void put_cause(const tdm_report *report, const tdm_cause *cause)
{
    const tdm_finding *finding = &cause->finding;
    tdm_put_ink(report->out, &report->style, ink_of(finding->severity));
    tdm_buffer_puts(report->out, tdm_finding_code(finding->kind));
    tdm_put_ink(report->out, &report->style, TDM_INK_NONE);
    tdm_buffer_puts(report->out, "  ");
    tdm_put_safe(report->out, finding->message);
    for (size_t i = 0; i < cause->evidence_count; i++) {
        tdm_buffer_puts(report->out, "\n       - ");
        tdm_put_safe(report->out, cause->evidence[i]);
    }
    tdm_buffer_puts(report->out, cause->mended ? "\n       `tandem repair` mends it" : "");
    if (finding->hint.size) {
        tdm_buffer_puts(report->out, "\n       hint: ");
        tdm_put_safe(report->out, finding->hint);
    }
    tdm_buffer_putc(report->out, '\n');
}

void tdm_report_causes_text(const tdm_report *report, const tdm_diagnosis *diagnosis)
{
    for (size_t i = 0; i < diagnosis->cause_count; i++) {
        tdm_buffer_putc(report->out, '\n');
        put_cause(report, &diagnosis->causes[i]);
    }
}

// --- Edits --------------------------------------------------------------------------------------

static tdm_text key_words(tdm_arena *arena, const tdm_row_edit *edit)
{
    switch (edit->kind) {
    case TDM_EDIT_RECORD:
        return edit->becomes;
    case TDM_EDIT_RENAME:
        return tdm_arena_printf(arena, "%.*s -> %.*s", TDM_TEXT_ARG(edit->row),
                                TDM_TEXT_ARG(edit->becomes));
    case TDM_EDIT_FORGET:
        return edit->row;
    }
    return (tdm_text){0};
}

void tdm_report_repair_text(const tdm_report *report, const tdm_diagnosis *diagnosis)
{
    tdm_grid grid;
    tdm_buffer_puts(report->out, "target: ");
    tdm_put_safe(report->out, diagnosis->plan->target);
    tdm_buffer_putc(report->out, '\n');
    tdm_report_causes_text(report, diagnosis);
    tdm_buffer_putc(report->out, '\n');
    tdm_grid_init(&grid, report->arena, 4);
    for (size_t i = 0; i < diagnosis->edit_count; i++) {
        const tdm_row_edit *edit = &diagnosis->edits[i];
        tdm_grid_add(&grid, (tdm_text[]){tdm_text_of(tdm_edit_name(edit->kind)),
                                         edit->in_alembic ? TDM_TEXT("alembic_version")
                                                          : TDM_TEXT("schema_migrations"),
                                         key_words(report->arena, edit), edit->why});
    }
    tdm_grid_put(&grid, report->out);
    if (diagnosis->edit_count) {
        tdm_buffer_putc(report->out, '\n');
        tdm_put_count(report->out, diagnosis->edit_count, "row");
        tdm_buffer_puts(report->out, " to change; no statement of a migration runs");
    } else {
        tdm_buffer_puts(report->out, diagnosis->cause_count
                                         ? "no row to change"
                                         : "nothing to repair: the histories are in step");
    }
    if (diagnosis->unmended)
        tdm_buffer_putf(report->out, "; %zu %s left", diagnosis->unmended,
                        diagnosis->unmended == 1 ? "cause is" : "causes are");
    tdm_buffer_putc(report->out, '\n');
}

// --- JSON ---------------------------------------------------------------------------------------

void tdm_json_causes(tdm_json *json, const tdm_diagnosis *diagnosis)
{
    tdm_json_key(json, "causes");
    tdm_json_begin_array(json);
    for (size_t i = 0; i < diagnosis->cause_count; i++) {
        const tdm_cause *cause = &diagnosis->causes[i];
        tdm_json_begin_object(json);
        tdm_json_pair_string(json, "code", tdm_finding_code(cause->finding.kind));
        tdm_json_pair_string(json, "severity", tdm_severity_name(cause->finding.severity));
        tdm_json_pair_text(json, "message", cause->finding.message);
        tdm_json_pair_known(json, "revision", cause->finding.revision);
        tdm_json_pair_known(json, "version", cause->finding.version);
        tdm_json_place(json, cause->finding.place);
        tdm_json_key(json, "evidence");
        tdm_json_begin_array(json);
        for (size_t k = 0; k < cause->evidence_count; k++)
            tdm_json_text(json, cause->evidence[k]);
        tdm_json_end_array(json);
        tdm_json_pair_bool(json, "mended", cause->mended);
        tdm_json_pair_known(json, "hint", cause->finding.hint);
        tdm_json_end_object(json);
    }
    tdm_json_end_array(json);
}

void tdm_report_repair_json(const tdm_report *report, const tdm_diagnosis *diagnosis,
                            const tdm_repair_result *done)
{
    tdm_json json = TDM_JSON_INIT(report->out);
    tdm_json_envelope(&json, "repair", diagnosis->plan->target,
                      done->edits             ? "repaired"
                      : diagnosis->edit_count ? "planned"
                      : diagnosis->unmended   ? "refused"
                                              : "in_step");
    tdm_json_key(&json, "items");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < diagnosis->edit_count; i++) {
        const tdm_row_edit *edit = &diagnosis->edits[i];
        tdm_json_begin_object(&json);
        tdm_json_pair_string(&json, "kind", tdm_edit_name(edit->kind));
        tdm_json_pair_string(&json, "table",
                             edit->in_alembic ? "alembic_version" : "schema_migrations");
        tdm_json_pair_known(&json, "row", edit->row);
        tdm_json_pair_known(&json, "becomes", edit->becomes);
        tdm_json_pair_text(&json, "why", edit->why);
        tdm_json_end_object(&json);
    }
    tdm_json_end_array(&json);
    tdm_json_causes(&json, diagnosis);
    tdm_json_pair_known(&json, "id", done->id);
    tdm_json_pair_known(&json, "journal", done->file);
    tdm_json_key(&json, "summary");
    tdm_json_begin_object(&json);
    tdm_json_pair_number(&json, "edits", diagnosis->edit_count);
    tdm_json_pair_number(&json, "causes", diagnosis->cause_count);
    tdm_json_pair_number(&json, "unmended", diagnosis->unmended);
    tdm_json_end_object(&json);
    tdm_json_end_object(&json);
    tdm_buffer_putc(report->out, '\n');
}
