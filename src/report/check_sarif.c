// SARIF 2.1.0 (OASIS), one run, as code scanning services take it. Every finding that tandem knows
// is a rule, so that a run without findings says what was looked for. What a comment suppresses is
// a result with a suppression.
//
// GitHub takes 25,000 results of a run. Beyond that, errors go before warnings and warnings before
// notes, and a notification says how many were left out.
#include "report/report.h"

#include "report/explain.h"
#include "report/fingerprint.h"

#include <tandem/version.h>

enum { MOST_RESULTS = 25000 };

#define SCHEMA_URI "https://json.schemastore.org/sarif-2.1.0.json"

typedef struct sarif_writer {
    tdm_json json;
    size_t room[TDM_SEVERITY_ERROR + 1]; // results that may still be written of each severity
} sarif_writer;

static void put_message(tdm_json *json, const char *key, tdm_text text)
{
    tdm_json_key(json, key);
    tdm_json_begin_object(json);
    tdm_json_pair_text(json, "text", text);
    tdm_json_end_object(json);
}

// --- Rules --------------------------------------------------------------------------------------

static void put_help(tdm_json *json, const tdm_explanation *page)
{
    tdm_buffer help = TDM_BUFFER_INIT(json->out->maximum);
    tdm_buffer_putf(&help, "%s\n\n```\n%s\n```\n\n%s\n", page->why, page->example, page->fix);
    tdm_json_key(json, "help");
    tdm_json_begin_object(json);
    tdm_json_pair_string(json, "text", page->fix);
    tdm_json_pair_text(json, "markdown", tdm_buffer_text(&help));
    tdm_json_end_object(json);
    tdm_buffer_free(&help);
}

static void put_tags(tdm_json *json, const char *code)
{
    static const char *const themes[] = {"", "alembic", "supabase", "alembic,supabase", "", ""};
    const char *theme = code[2] >= '1' && code[2] <= '3' ? themes[code[2] - '0'] : "";
    tdm_text rest = tdm_text_of(theme);
    tdm_json_key(json, "properties");
    tdm_json_begin_object(json);
    tdm_json_key(json, "tags");
    tdm_json_begin_array(json);
    tdm_json_string(json, "migrations");
    while (rest.size) {
        size_t end = tdm_text_find_char(rest, ',');
        tdm_json_text(json, tdm_text_slice(rest, 0, end));
        rest = end == SIZE_MAX ? (tdm_text){0} : tdm_text_from(rest, end + 1);
    }
    tdm_json_end_array(json);
    tdm_json_end_object(json);
}

static void put_rule(tdm_json *json, tdm_finding_kind kind)
{
    const tdm_explanation *page = tdm_explain(kind);
    tdm_json_begin_object(json);
    tdm_json_pair_string(json, "id", tdm_finding_code(kind));
    put_message(json, "shortDescription", tdm_text_of(tdm_finding_title(kind)));
    put_message(json, "fullDescription", tdm_text_of(page->what));
    put_help(json, page);
    tdm_json_key(json, "defaultConfiguration");
    tdm_json_begin_object(json);
    tdm_json_pair_string(json, "level", tdm_severity_name(tdm_finding_default_severity(kind)));
    tdm_json_end_object(json);
    put_tags(json, tdm_finding_code(kind));
    tdm_json_end_object(json);
}

static void put_tool(tdm_json *json)
{
    tdm_json_key(json, "tool");
    tdm_json_begin_object(json);
    tdm_json_key(json, "driver");
    tdm_json_begin_object(json);
    tdm_json_pair_string(json, "name", "tandem");
    tdm_json_pair_string(json, "version", tdm_version());
    tdm_json_pair_string(json, "semanticVersion", tdm_version());
    tdm_json_key(json, "rules");
    tdm_json_begin_array(json);
    for (int kind = 0; kind < TDM_FINDING_COUNT; kind++)
        put_rule(json, (tdm_finding_kind)kind);
    tdm_json_end_array(json);
    tdm_json_end_object(json);
    tdm_json_end_object(json);
}

// --- Results ------------------------------------------------------------------------------------

// A URI of a path: everything but RFC 3986's unreserved characters and '/' as %XX.
static void put_uri(tdm_json *json, tdm_text path)
{
    tdm_buffer uri = TDM_BUFFER_INIT(json->out->maximum);
    bool absolute = path.size && path.data[0] == '/';
    tdm_buffer_puts(&uri, absolute ? "file://" : "");
    for (size_t i = 0; i < path.size; i++) {
        char c = path.data[i];
        if (tdm_is_alnum(c) || c == '/' || c == '-' || c == '.' || c == '_' || c == '~')
            tdm_buffer_putc(&uri, c);
        else
            tdm_buffer_putf(&uri, "%%%02X", (unsigned)(unsigned char)c);
    }
    tdm_json_pair_text(json, "uri", tdm_buffer_text(&uri));
    if (!absolute)
        tdm_json_pair_string(json, "uriBaseId", "%SRCROOT%");
    tdm_buffer_free(&uri);
}

static void put_region(tdm_json *json, tdm_place place)
{
    tdm_json_key(json, "region");
    tdm_json_begin_object(json);
    tdm_json_pair_number(json, "startLine", place.line);
    if (place.column)
        tdm_json_pair_number(json, "startColumn", place.column);
    if (place.end_line) {
        tdm_json_pair_number(json, "endLine", place.end_line);
        if (place.end_column)
            tdm_json_pair_number(json, "endColumn", place.end_column);
    }
    tdm_json_end_object(json);
}

// "message" may be empty.
static void put_location(tdm_json *json, tdm_place place, tdm_text message)
{
    tdm_json_begin_object(json);
    tdm_json_key(json, "physicalLocation");
    tdm_json_begin_object(json);
    tdm_json_key(json, "artifactLocation");
    tdm_json_begin_object(json);
    put_uri(json, tdm_text_of(place.file));
    tdm_json_end_object(json);
    if (place.line)
        put_region(json, place);
    tdm_json_end_object(json);
    if (message.size)
        put_message(json, "message", message);
    tdm_json_end_object(json);
}

static void put_locations(tdm_json *json, const tdm_finding *finding)
{
    tdm_json_key(json, "locations");
    tdm_json_begin_array(json);
    if (finding->place.file)
        put_location(json, finding->place, (tdm_text){0});
    tdm_json_end_array(json);
    if (!finding->other_place.file)
        return;
    tdm_json_key(json, "relatedLocations");
    tdm_json_begin_array(json);
    put_location(json, finding->other_place,
                 finding->other_says.size ? finding->other_says : TDM_TEXT("the other side"));
    tdm_json_end_array(json);
}

static void put_suppression(tdm_json *json, const tdm_finding *finding)
{
    tdm_json_key(json, "suppressions");
    tdm_json_begin_array(json);
    tdm_json_begin_object(json);
    tdm_json_pair_string(json, "kind", "inSource");
    tdm_json_pair_text(json, "justification", finding->ignored);
    if (finding->ignored_at.file) {
        tdm_json_key(json, "location");
        put_location(json, finding->ignored_at, (tdm_text){0});
    }
    tdm_json_end_object(json);
    tdm_json_end_array(json);
}

static void put_result(sarif_writer *writer, const tdm_finding *finding,
                       tdm_fingerprint fingerprint)
{
    tdm_json *json = &writer->json;
    if (writer->room[finding->severity] == 0)
        return;
    writer->room[finding->severity]--;
    tdm_buffer text = TDM_BUFFER_INIT(json->out->maximum);
    tdm_put_finding_lines(&text, finding, "");
    tdm_json_begin_object(json);
    tdm_json_pair_string(json, "ruleId", tdm_finding_code(finding->kind));
    tdm_json_pair_number(json, "ruleIndex", (uint64_t)finding->kind);
    tdm_json_pair_string(json, "level", tdm_severity_name(finding->severity));
    put_message(json, "message", tdm_buffer_text(&text));
    put_locations(json, finding);
    tdm_json_key(json, "partialFingerprints");
    tdm_json_begin_object(json);
    tdm_json_pair_string(json, "tandemFinding/v1", fingerprint.hex);
    tdm_json_end_object(json);
    if (finding->ignored.size)
        put_suppression(json, finding);
    tdm_json_end_object(json);
    tdm_buffer_free(&text);
}

// Shares the room out, errors first; returns how many results get none.
static size_t share_room(sarif_writer *writer, const tdm_check_result *result)
{
    size_t counts[TDM_SEVERITY_ERROR + 1] = {0};
    size_t left = MOST_RESULTS;
    size_t without = 0;
    for (size_t i = 0; i < result->finding_count; i++)
        counts[result->findings[i].severity]++;
    for (size_t i = 0; i < result->ignored_count; i++)
        counts[result->ignored[i].severity]++;
    for (size_t i = TDM_SEVERITY_ERROR + 1; i-- > 0;) {
        writer->room[i] = counts[i] < left ? counts[i] : left;
        without += counts[i] - writer->room[i];
        left -= writer->room[i];
    }
    return without;
}

// --- The log ------------------------------------------------------------------------------------

static void begin_run(tdm_json *json)
{
    tdm_json_begin_object(json);
    tdm_json_pair_string(json, "$schema", SCHEMA_URI);
    tdm_json_pair_string(json, "version", "2.1.0");
    tdm_json_key(json, "runs");
    tdm_json_begin_array(json);
    tdm_json_begin_object(json);
    put_tool(json);
    tdm_json_pair_string(json, "columnKind", "unicodeCodePoints");
}

static void put_invocation(tdm_json *json, bool successful, tdm_text notification)
{
    tdm_json_key(json, "invocations");
    tdm_json_begin_array(json);
    tdm_json_begin_object(json);
    tdm_json_pair_bool(json, "executionSuccessful", successful);
    if (notification.size) {
        tdm_json_key(json, "toolExecutionNotifications");
        tdm_json_begin_array(json);
        tdm_json_begin_object(json);
        tdm_json_pair_string(json, "level", successful ? "warning" : "error");
        put_message(json, "message", notification);
        tdm_json_end_object(json);
        tdm_json_end_array(json);
    }
    tdm_json_end_object(json);
    tdm_json_end_array(json);
}

static void end_run(tdm_json *json)
{
    tdm_json_end_object(json);
    tdm_json_end_array(json);
    tdm_json_end_object(json);
    tdm_buffer_putc(json->out, '\n');
}

void tdm_report_check_sarif(const tdm_report *report, const tdm_check_result *result)
{
    sarif_writer writer = {.json = TDM_JSON_INIT(report->out)};
    tdm_fingerprints prints;
    tdm_text notification = {0};
    if (!tdm_fingerprints_of(report->arena, result, &prints)) {
        report->out->failed = true;
        return;
    }
    size_t without = share_room(&writer, result);
    if (without)
        notification =
            tdm_arena_printf(report->arena, "%zu findings are left out: a run holds %d at most",
                             without, MOST_RESULTS);
    begin_run(&writer.json);
    put_invocation(&writer.json, true, notification);
    tdm_json_key(&writer.json, "results");
    tdm_json_begin_array(&writer.json);
    for (size_t i = 0; i < result->finding_count; i++)
        put_result(&writer, &result->findings[i], prints.findings[i]);
    for (size_t i = 0; i < result->ignored_count; i++)
        put_result(&writer, &result->ignored[i], prints.ignored[i]);
    tdm_json_end_array(&writer.json);
    end_run(&writer.json);
}

void tdm_report_failure_sarif(tdm_buffer *out, const tdm_error *err)
{
    tdm_json json = TDM_JSON_INIT(out);
    tdm_buffer text = TDM_BUFFER_INIT(out->maximum);
    if (err->place.file) {
        tdm_put_place(&text, err->place);
        tdm_buffer_puts(&text, ": ");
    }
    tdm_buffer_puts(&text, err->message);
    begin_run(&json);
    put_invocation(&json, false, tdm_buffer_text(&text));
    tdm_json_key(&json, "results");
    tdm_json_begin_array(&json);
    tdm_json_end_array(&json);
    end_run(&json);
    tdm_buffer_free(&text);
}
