#include "report/report.h"

static void put_texts(tdm_json *json, const char *key, const tdm_text *items, size_t count)
{
    tdm_json_key(json, key);
    tdm_json_begin_array(json);
    for (size_t i = 0; i < count; i++)
        tdm_json_text(json, items[i]);
    tdm_json_end_array(json);
}

static void put_step(tdm_json *json, const tdm_plan_step *step)
{
    tdm_json_begin_object(json);
    tdm_json_pair(json, &step->pair);
    tdm_json_pair_bool(json, "in_alembic", step->in_alembic);
    tdm_json_pair_bool(json, "in_supabase", step->in_supabase);
    tdm_json_pair_bool(json, "partly", step->partly);
    tdm_json_pair_string(json, "action", tdm_action_name(step->action));
    tdm_json_pair_known(json, "reason", step->reason);
    tdm_json_pair_known(json, "unfinished", step->unfinished);
    tdm_json_end_object(json);
}

// Plan and status are two views of the same facts, so for programs they are the same object.
// `diagnosis` NULL: none was made.
static void put_plan(const tdm_report *report, const tdm_plan *plan, const tdm_diagnosis *diagnosis,
                     const char *command, const char *result)
{
    tdm_json json = TDM_JSON_INIT(report->out);
    tdm_json_envelope(&json, command, plan->target, result);
    tdm_json_key(&json, "items");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < plan->step_count; i++)
        put_step(&json, &plan->steps[i]);
    tdm_json_end_array(&json);
    put_texts(&json, "unknown_revisions", plan->unknown_revisions, plan->unknown_revision_count);
    put_texts(&json, "unknown_versions", plan->unknown_versions, plan->unknown_version_count);
    if (diagnosis)
        tdm_json_causes(&json, diagnosis);
    tdm_json_key(&json, "summary");
    tdm_json_begin_object(&json);
    tdm_json_pair_number(&json, "pairs", plan->step_count);
    tdm_json_pair_number(&json, "pending", plan->pending);
    tdm_json_pair_number(&json, "refused", plan->refused);
    tdm_json_end_object(&json);
    tdm_json_end_object(&json);
    tdm_buffer_putc(report->out, '\n');
}

void tdm_report_plan_json(const tdm_report *report, const tdm_plan *plan)
{
    const char *result = plan->refused ? "refused" : plan->pending ? "pending" : "ok";
    put_plan(report, plan, NULL, "plan", result);
}

void tdm_report_status_json(const tdm_report *report, const tdm_diagnosis *diagnosis)
{
    put_plan(report, diagnosis->plan, diagnosis, "status",
             tdm_plan_in_step(diagnosis->plan) ? "in_step" : "out_of_step");
}
