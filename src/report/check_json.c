#include "report/report.h"

#include "report/fingerprint.h"

static void put_finding(tdm_json *json, const tdm_finding *finding, tdm_fingerprint fingerprint)
{
    tdm_json_begin_object(json);
    tdm_json_pair_string(json, "code", tdm_finding_code(finding->kind));
    tdm_json_pair_string(json, "severity", tdm_severity_name(finding->severity));
    tdm_json_pair_text(json, "message", finding->message);
    tdm_json_place(json, finding->place);
    tdm_json_pair_known(json, "says", finding->says);
    tdm_json_key(json, "other");
    if (finding->other_place.file) {
        tdm_json_begin_object(json);
        tdm_json_place(json, finding->other_place);
        tdm_json_pair_known(json, "says", finding->other_says);
        tdm_json_end_object(json);
    } else {
        tdm_json_null(json);
    }
    tdm_json_pair_known(json, "hint", finding->hint);
    tdm_json_pair_known(json, "revision", finding->revision);
    tdm_json_pair_known(json, "version", finding->version);
    tdm_json_pair_string(json, "fingerprint", fingerprint.hex);
    if (finding->ignored.size) {
        tdm_json_key(json, "ignored");
        tdm_json_begin_object(json);
        tdm_json_pair_text(json, "reason", finding->ignored);
        tdm_json_place(json, finding->ignored_at);
        tdm_json_end_object(json);
    }
    tdm_json_end_object(json);
}

static void put_findings(tdm_json *json, const char *key, const tdm_finding *findings, size_t count,
                         const tdm_fingerprint *fingerprints)
{
    tdm_json_key(json, key);
    tdm_json_begin_array(json);
    for (size_t i = 0; i < count; i++)
        put_finding(json, &findings[i], fingerprints[i]);
    tdm_json_end_array(json);
}

static void put_summary(tdm_json *json, const tdm_check_result *result)
{
    size_t verdicts[TDM_VERDICT_MISSING + 1] = {0};
    size_t severities[TDM_SEVERITY_ERROR + 1] = {0};
    for (size_t i = 0; i < result->pair_count; i++)
        verdicts[result->pairs[i].verdict]++;
    for (size_t i = 0; i < result->finding_count; i++)
        severities[result->findings[i].severity]++;

    tdm_json_key(json, "summary");
    tdm_json_begin_object(json);
    tdm_json_pair_number(json, "pairs", result->pair_count);
    for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
        tdm_json_pair_number(json, tdm_verdict_name((tdm_verdict)i), verdicts[i]);
    tdm_json_pair_number(json, "errors", severities[TDM_SEVERITY_ERROR]);
    tdm_json_pair_number(json, "warnings", severities[TDM_SEVERITY_WARNING]);
    tdm_json_pair_number(json, "notes", severities[TDM_SEVERITY_NOTE]);
    tdm_json_pair_number(json, "ignored", result->ignored_count);
    tdm_json_end_object(json);
}

void tdm_report_check_json(const tdm_report *report, const tdm_check_result *result)
{
    tdm_json json = TDM_JSON_INIT(report->out);
    tdm_fingerprints prints;
    if (!tdm_fingerprints_of(report->arena, result, &prints)) {
        report->out->failed = true;
        return;
    }
    tdm_json_envelope(&json, "check", (tdm_text){0}, result->error_count ? "findings" : "ok");
    put_findings(&json, "items", result->findings, result->finding_count, prints.findings);
    put_findings(&json, "ignored", result->ignored, result->ignored_count, prints.ignored);
    tdm_json_key(&json, "pairs");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < result->pair_count; i++) {
        tdm_json_begin_object(&json);
        tdm_json_pair(&json, &result->pairs[i]);
        tdm_json_end_object(&json);
    }
    tdm_json_end_array(&json);
    put_summary(&json, result);
    tdm_json_end_object(&json);
    tdm_buffer_putc(report->out, '\n');
}
