// GitLab's code quality report: an array of issues. GitLab compares the fingerprints of two
// branches to find what is new, and drops issues without a path or a line.
#include "report/report.h"

#include "report/fingerprint.h"

static const char *severity_name(tdm_severity severity)
{
    switch (severity) {
    case TDM_SEVERITY_NOTE:
        return "info";
    case TDM_SEVERITY_WARNING:
        return "minor";
    case TDM_SEVERITY_ERROR:
        return "critical";
    }
    return "major";
}

static void put_issue(tdm_json *json, const tdm_finding *finding, tdm_fingerprint fingerprint)
{
    tdm_text path = tdm_text_of(finding->place.file);
    tdm_json_begin_object(json);
    tdm_json_pair_text(json, "description", finding->message);
    tdm_json_pair_string(json, "check_name", tdm_finding_code(finding->kind));
    tdm_json_pair_string(json, "fingerprint", fingerprint.hex);
    tdm_json_pair_string(json, "severity", severity_name(finding->severity));
    tdm_json_key(json, "location");
    tdm_json_begin_object(json);
    tdm_json_pair_text(json, "path", path.size ? path : TDM_TEXT("."));
    tdm_json_key(json, "lines");
    tdm_json_begin_object(json);
    tdm_json_pair_number(json, "begin", finding->place.line ? finding->place.line : 1);
    tdm_json_end_object(json);
    tdm_json_end_object(json);
    tdm_json_end_object(json);
}

void tdm_report_check_gitlab(const tdm_report *report, const tdm_check_result *result)
{
    tdm_json json = TDM_JSON_INIT(report->out);
    tdm_fingerprints prints;
    if (!tdm_fingerprints_of(report->arena, result, &prints)) {
        report->out->failed = true;
        return;
    }
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < result->finding_count; i++)
        put_issue(&json, &result->findings[i], prints.findings[i]);
    tdm_json_end_array(&json);
    tdm_buffer_putc(report->out, '\n');
}
