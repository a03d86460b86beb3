// Annotations of a GitHub workflow: lines of the form
//
//   ::error file=F,line=L,col=C,endLine=E,endColumn=D,title=T::M
//
// (docs.github.com, "Workflow commands for GitHub Actions"). A step shows ten errors, ten warnings
// and ten notices; the rest is said as plain lines, which the log shows in full.
//
// The runner takes every line that begins with "::", and every line that holds "##[", as a command
// (actions/runner, ActionCommand.TryParseV2 and TryParse). Text of others is escaped so that it
// begins no line, and "##[" is broken up.
#include "report/report.h"

#include "report/safe.h"

enum { SHOWN_OF_A_SEVERITY = 10 };

static const char *command_of(tdm_severity severity)
{
    switch (severity) {
    case TDM_SEVERITY_NOTE:
        return "notice";
    case TDM_SEVERITY_WARNING:
        return "warning";
    case TDM_SEVERITY_ERROR:
        return "error";
    }
    return "error";
}

// As the toolkit's escapeData, and for a property its escapeProperty.
static void put_escaped(tdm_buffer *out, tdm_text text, bool property)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '%')
            tdm_buffer_puts(out, "%25");
        else if (c == '\r')
            tdm_buffer_puts(out, "%0D");
        else if (c == '\n')
            tdm_buffer_puts(out, "%0A");
        else if (c == ':' && property)
            tdm_buffer_puts(out, "%3A");
        else if (c == ',' && property)
            tdm_buffer_puts(out, "%2C");
        else
            tdm_buffer_putc(out, c);
    }
}

static void put_property(tdm_buffer *out, const char *before, const char *name, uint32_t value)
{
    if (value)
        tdm_buffer_putf(out, "%s%s=%u", before, name, value);
}

static void put_file(tdm_buffer *out, tdm_place place)
{
    tdm_buffer path = TDM_BUFFER_INIT(out->maximum);
    tdm_put_safe(&path, tdm_text_of(place.file));
    put_escaped(out, tdm_buffer_text(&path), true);
    tdm_buffer_free(&path);
}

static void put_command(tdm_buffer *out, const tdm_finding *finding)
{
    tdm_buffer lines = TDM_BUFFER_INIT(out->maximum);
    tdm_place place = finding->place;
    tdm_buffer_putf(out, "::%s ", command_of(finding->severity));
    if (place.file) {
        tdm_buffer_puts(out, "file=");
        put_file(out, place);
        put_property(out, ",", "line", place.line);
        put_property(out, ",", "endLine", place.end_line);
        // Columns are shown only within one line; the end is inclusive.
        if (place.column && place.end_line == place.line && place.end_column > place.column) {
            put_property(out, ",", "col", place.column);
            put_property(out, ",", "endColumn", place.end_column - 1);
        }
        tdm_buffer_putc(out, ',');
    }
    tdm_buffer_putf(out, "title=%s%%3A %s::", tdm_finding_code(finding->kind),
                    tdm_finding_title(finding->kind));
    tdm_put_finding_lines(&lines, finding, "");
    put_escaped(out, tdm_buffer_text(&lines), false);
    out->failed = out->failed || lines.failed;
    tdm_buffer_free(&lines);
    tdm_buffer_putc(out, '\n');
}

// A line that is no command, whatever it holds.
static void put_plain(tdm_buffer *out, const tdm_finding *finding)
{
    tdm_buffer line = TDM_BUFFER_INIT(out->maximum);
    tdm_buffer_putf(&line, "%s: ", tdm_severity_name(finding->severity));
    if (finding->place.file) {
        tdm_put_place(&line, finding->place);
        tdm_buffer_puts(&line, ": ");
    }
    tdm_put_safe(&line, finding->message);
    tdm_buffer_putf(&line, " [%s]", tdm_finding_code(finding->kind));
    tdm_text rest = tdm_buffer_text(&line);
    for (size_t at; (at = tdm_text_find(rest, TDM_TEXT("##["))) != SIZE_MAX;) {
        tdm_buffer_put(out, tdm_text_slice(rest, 0, at));
        tdm_buffer_puts(out, "\\x23#[");
        rest = tdm_text_from(rest, at + 3);
    }
    tdm_buffer_put(out, rest);
    out->failed = out->failed || line.failed;
    tdm_buffer_free(&line);
    tdm_buffer_putc(out, '\n');
}

void tdm_report_check_github(const tdm_report *report, const tdm_check_result *result)
{
    for (int severity = TDM_SEVERITY_ERROR; severity >= TDM_SEVERITY_NOTE; severity--) {
        size_t shown = 0;
        for (size_t i = 0; i < result->finding_count; i++) {
            const tdm_finding *finding = &result->findings[i];
            if ((int)finding->severity != severity)
                continue;
            if (shown++ < SHOWN_OF_A_SEVERITY)
                put_command(report->out, finding);
            else
                put_plain(report->out, finding);
        }
    }
    tdm_put_check_summary(report->out, result);
}

void tdm_report_failure_github(tdm_buffer *out, const tdm_error *err)
{
    tdm_buffer text = TDM_BUFFER_INIT(out->maximum);
    tdm_buffer_puts(out, "::error ");
    if (err->place.file) {
        tdm_put_safe(&text, tdm_text_of(err->place.file));
        tdm_buffer_puts(out, "file=");
        put_escaped(out, tdm_buffer_text(&text), true);
        put_property(out, ",", "line", err->place.line);
        tdm_buffer_putc(out, ',');
        tdm_buffer_clear(&text);
    }
    tdm_buffer_putf(out, "title=tandem [%s]::", tdm_error_name(err->code));
    tdm_put_safe_lines(&text, tdm_text_of(err->message), "");
    if (err->hint[0]) {
        tdm_buffer_puts(&text, "\nhint: ");
        tdm_put_safe_lines(&text, tdm_text_of(err->hint), "");
    }
    put_escaped(out, tdm_buffer_text(&text), false);
    out->failed = out->failed || text.failed;
    tdm_buffer_free(&text);
    tdm_buffer_putc(out, '\n');
}
