// What a command has found out, written for people or for programs. Writers append to a buffer
// and never print; they know nothing of where the facts come from.
//
// JSON is one object with the same first keys everywhere: schema, tool, command, target (when there
// is one), result, items, summary. Keys are only ever added. Order is the order of the facts, and
// nothing depends on time, locale or environment.
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <tandem/check.h>
#include <tandem/convert.h>
#include <tandem/drift.h>
#include <tandem/pull.h>
#include <tandem/push.h>
#include <tandem/rehearse.h>
#include <tandem/repair.h>
#include <tandem/revert.h>
#include <tandem/targets.h>

#include "report/diagnostic.h"
#include "report/json.h"

#define TDM_JSON_SCHEMA 1

typedef struct tdm_report {
    tdm_buffer *out;
    tdm_arena *arena;
    tdm_style style;
    tdm_source *source; // NULL: no source lines
    bool verbose;
} tdm_report;

// --- check (check_*.c) --------------------------------------------------------------------------

void tdm_report_check_text(const tdm_report *report, const tdm_check_result *result);
void tdm_report_check_json(const tdm_report *report, const tdm_check_result *result);
void tdm_report_check_sarif(const tdm_report *report, const tdm_check_result *result);
void tdm_report_check_github(const tdm_report *report, const tdm_check_result *result);
void tdm_report_check_junit(const tdm_report *report, const tdm_check_result *result);
void tdm_report_check_gitlab(const tdm_report *report, const tdm_check_result *result);
void tdm_report_check_gcc(const tdm_report *report, const tdm_check_result *result);

// What a run that failed leaves behind in these formats.
void tdm_report_failure_sarif(tdm_buffer *out, const tdm_error *err);
void tdm_report_failure_github(tdm_buffer *out, const tdm_error *err);
void tdm_report_failure_junit(tdm_buffer *out, const tdm_error *err);

// The formats of findings: one row each. `check` and its relatives offer exactly these.
typedef struct tdm_check_format {
    const char *name;
    const char *summary;
    void (*write)(const tdm_report *report, const tdm_check_result *result);
    // NULL: an error goes to stderr, for people.
    void (*fail)(tdm_buffer *out, const tdm_error *err);
} tdm_check_format;

extern const tdm_check_format tdm_check_formats[];
extern const size_t tdm_check_format_count;
// NULL when there is none of this name.
const tdm_check_format *tdm_check_format_named(const char *name);

// "8 pairs: 8 identical", and a line that counts the findings when there are any.
void tdm_put_check_summary(tdm_buffer *out, const tdm_check_result *result);
// All that a finding says as lines of text that is safe to show: the message, what each side says
// and where, the hint. Without the place of the finding itself, and without a last line end.
void tdm_put_finding_lines(tdm_buffer *out, const tdm_finding *finding, const char *prefix);

// --- plan and status (plan_text.c, plan_json.c) -------------------------------------------------

void tdm_report_plan_text(const tdm_report *report, const tdm_plan *plan);
void tdm_report_plan_json(const tdm_report *report, const tdm_plan *plan);
// Four columns: revision, migration, what alembic_version says, what schema_migrations says.
// Below that, why they are not in step.
void tdm_report_status_text(const tdm_report *report, const tdm_diagnosis *diagnosis);
void tdm_report_status_json(const tdm_report *report, const tdm_diagnosis *diagnosis);
// Both histories have every pair, and nothing else stands in them.
bool tdm_plan_in_step(const tdm_plan *plan);

// --- repair (repair.c) --------------------------------------------------------------------------

void tdm_report_causes_text(const tdm_report *report, const tdm_diagnosis *diagnosis);
void tdm_json_causes(tdm_json *json, const tdm_diagnosis *diagnosis);
// The causes and the rows that would change.
void tdm_report_repair_text(const tdm_report *report, const tdm_diagnosis *diagnosis);
// `done` is empty before it is done.
void tdm_report_repair_json(const tdm_report *report, const tdm_diagnosis *diagnosis,
                            const tdm_repair_result *done);

// --- pull (pull.c) ------------------------------------------------------------------------------

// `written`: the files are there by now.
void tdm_report_pull_text(const tdm_report *report, const tdm_pull *pull, bool written);
void tdm_report_pull_json(const tdm_report *report, const tdm_pull *pull, bool written);

// --- drift (drift.c) ----------------------------------------------------------------------------

void tdm_report_drift_text(const tdm_report *report, const tdm_drift *drift);
void tdm_report_drift_json(const tdm_report *report, const tdm_drift *drift);
void tdm_json_drift_item(tdm_json *json, const tdm_drift_item *item);

// --- rehearse (rehearse.c) ----------------------------------------------------------------------

void tdm_report_rehearsal_text(const tdm_report *report, const tdm_rehearsal *rehearsal);
void tdm_report_rehearsal_json(const tdm_report *report, const tdm_rehearsal *rehearsal);

// --- push (push.c) ------------------------------------------------------------------------------

// One event as a line of NDJSON.
void tdm_report_push_event_json(tdm_buffer *out, const tdm_push_event *event);
// One event as a line for people, without its end; nothing for an event that `verbose` 0 to 2
// hides.
void tdm_report_push_event_text(tdm_buffer *out, const tdm_push_event *event, unsigned verbose);
// The plan as the first line of NDJSON.
void tdm_report_push_plan_json(tdm_buffer *out, const tdm_plan *plan);
void tdm_report_push_done_json(tdm_buffer *out, const tdm_plan *plan,
                               const tdm_push_result *result);

// --- many targets (targets.c) -------------------------------------------------------------------

void tdm_report_targets_text(const tdm_report *report, const tdm_targets_report *run);
void tdm_report_targets_json(const tdm_report *report, const char *command,
                             const tdm_targets_report *run);
// Of NDJSON: one event as a line, nothing for one that people alone are told; and the last line.
void tdm_report_targets_event_json(tdm_buffer *out, const tdm_targets_event *event);
void tdm_report_targets_done_json(tdm_buffer *out, const tdm_targets_report *run);
// One event as a line for people, without its end; nothing for one that `verbose` hides.
void tdm_report_targets_event_text(tdm_buffer *out, const tdm_targets_event *event,
                                   unsigned verbose);

// --- revert (revert.c) --------------------------------------------------------------------------

void tdm_report_revert_text(const tdm_report *report, const tdm_revert_plan *plan);
// The first line of NDJSON and the last.
void tdm_report_revert_plan_json(tdm_buffer *out, const tdm_revert_plan *plan);
void tdm_report_revert_done_json(tdm_buffer *out, const tdm_plan *plan,
                                 const tdm_push_result *result);

// --- shared -------------------------------------------------------------------------------------

// Opens the envelope up to "result"; the caller adds items and summary and closes the object.
// `target` may be empty.
void tdm_json_envelope(tdm_json *json, const char *command, tdm_text target, const char *result);
// "file", "line", "column", "end_line", "end_column", null where not known.
void tdm_json_place(tdm_json *json, tdm_place place);
void tdm_json_error(tdm_json *json, const tdm_error *err);
// The whole object of a run that failed: the envelope with "error" in place of items.
void tdm_report_error_json(tdm_buffer *out, const char *command, const tdm_error *err);
void tdm_json_pair(tdm_json *json, const tdm_pair_info *pair);

// "20241127_000001", "a, b" or "-": what stands for the sides of a pair in a list.
tdm_text tdm_pair_revisions(tdm_arena *arena, const tdm_pair_info *pair);
tdm_text tdm_pair_versions(tdm_arena *arena, const tdm_pair_info *pair);
// "1 pair", "8 pairs".
void tdm_put_count(tdm_buffer *out, size_t count, const char *noun);

#endif
