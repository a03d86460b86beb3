#include "report/report.h"

#include "base/digest.h"

// What makes a finding the same finding in the next run, also when lines have moved: everything
// that it says but its lines.
static bool fingerprint(const tdm_finding *finding, char ret[33])
{
    tdm_digest digest;
    tdm_hasher *hasher = tdm_hasher_new();
    if (!hasher)
        return false;
    tdm_hasher_put_text(hasher, tdm_text_of(tdm_finding_code(finding->kind)));
    tdm_hasher_put_text(hasher, tdm_text_of(finding->place.file));
    tdm_hasher_put_text(hasher, tdm_text_of(finding->other_place.file));
    const tdm_text parts[] = {finding->revision, finding->version, finding->message, finding->says,
                              finding->other_says};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        tdm_hasher_put_text(hasher, parts[i]);
    bool done = tdm_hasher_end(hasher, &digest, NULL) == TDM_OK;
    tdm_hasher_free(hasher);
    if (done)
        tdm_digest_hex(digest, ret);
    return done;
}

static void put_finding(tdm_json *json, const tdm_finding *finding)
{
    char hex[33];
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
    tdm_json_pair_string(json, "fingerprint", fingerprint(finding, hex) ? hex : NULL);
    tdm_json_end_object(json);
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
    tdm_json_end_object(json);
}

void tdm_report_check_json(const tdm_report *report, const tdm_check_result *result)
{
    tdm_json json = TDM_JSON_INIT(report->out);
    tdm_json_envelope(&json, "check", (tdm_text){0}, result->error_count ? "findings" : "ok");
    tdm_json_key(&json, "items");
    tdm_json_begin_array(&json);
    for (size_t i = 0; i < result->finding_count; i++)
        put_finding(&json, &result->findings[i]);
    tdm_json_end_array(&json);
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
