// The findings of a check as Markdown, for the summary of a GitHub workflow's step. GitHub takes at
// most 1 MiB of it, so that only the first findings are told, errors before others.
//
// Text of others becomes numeric character references where it could be markup, which CommonMark
// takes for nothing else (0.31, 2.5: "cannot be used in place of symbols indicating structure").
#include "report/check_markdown.h"

#include "report/report.h"
#include "report/safe.h"

enum { MOST_ROWS = 200 };

static void put_escaped(tdm_buffer *out, tdm_text text)
{
    tdm_buffer safe = TDM_BUFFER_INIT(out->maximum);
    tdm_put_safe(&safe, text);
    for (size_t i = 0; i < safe.size; i++) {
        char c = safe.data[i];
        if (tdm_is_alnum(c) || c == ' ' || c == ',' || c == '/' || (unsigned char)c >= 0x80)
            tdm_buffer_putc(out, c);
        else
            tdm_buffer_putf(out, "&#%u;", (unsigned)(unsigned char)c);
    }
    out->failed = out->failed || safe.failed;
    tdm_buffer_free(&safe);
}

static void put_row(tdm_buffer *out, const tdm_finding *finding)
{
    tdm_buffer place = TDM_BUFFER_INIT(out->maximum);
    if (finding->place.file)
        tdm_put_place(&place, finding->place);
    tdm_buffer_putf(out, "| %s | %s | ", tdm_severity_name(finding->severity),
                    tdm_finding_code(finding->kind));
    put_escaped(out, tdm_buffer_text(&place));
    tdm_buffer_puts(out, " | ");
    put_escaped(out, finding->message);
    tdm_buffer_puts(out, " |\n");
    out->failed = out->failed || place.failed;
    tdm_buffer_free(&place);
}

void tdm_report_check_markdown(tdm_buffer *out, const tdm_check_result *result)
{
    size_t rows = 0;
    tdm_buffer_puts(out, "### tandem check\n\n");
    tdm_put_check_summary(out, result);
    if (result->finding_count)
        tdm_buffer_puts(out, "\n| | code | where | what |\n|---|---|---|---|\n");
    for (int severity = TDM_SEVERITY_ERROR; severity >= TDM_SEVERITY_NOTE; severity--)
        for (size_t i = 0; i < result->finding_count; i++)
            if ((int)result->findings[i].severity == severity && rows++ < MOST_ROWS)
                put_row(out, &result->findings[i]);
    if (rows > MOST_ROWS)
        tdm_buffer_putf(out, "\n%zu more are in the log.\n", rows - MOST_ROWS);
    tdm_buffer_putc(out, '\n');
}
