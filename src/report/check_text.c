#include "report/report.h"

#include "report/grid.h"
#include "report/safe.h"

// A count of each verdict, in the order of the enum.
static void count_verdicts(const tdm_check_result *result, size_t counts[TDM_VERDICT_MISSING + 1])
{
    for (size_t i = 0; i < result->pair_count; i++)
        counts[result->pairs[i].verdict]++;
}

static void put_pair_summary(tdm_buffer *out, const tdm_check_result *result)
{
    size_t counts[TDM_VERDICT_MISSING + 1] = {0};
    const char *before = ": ";
    count_verdicts(result, counts);
    tdm_put_count(out, result->pair_count, "pair");
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (!counts[i])
            continue;
        tdm_buffer_putf(out, "%s%zu %s", before, counts[i], tdm_verdict_name((tdm_verdict)i));
        before = ", ";
    }
    tdm_buffer_putc(out, '\n');
}

static void put_finding_summary(tdm_buffer *out, const tdm_check_result *result)
{
    size_t counts[TDM_SEVERITY_ERROR + 1] = {0};
    const char *before = "";
    for (size_t i = 0; i < result->finding_count; i++)
        counts[result->findings[i].severity]++;
    for (size_t i = TDM_SEVERITY_ERROR + 1; i-- > 0;) {
        if (!counts[i])
            continue;
        tdm_buffer_puts(out, before);
        tdm_put_count(out, counts[i], tdm_severity_name((tdm_severity)i));
        before = ", ";
    }
    if (result->ignored_count) {
        tdm_buffer_puts(out, before);
        tdm_buffer_putf(out, "%zu ignored", result->ignored_count);
    }
    if (result->finding_count || result->ignored_count)
        tdm_buffer_putc(out, '\n');
}

static void put_pairs(const tdm_report *report, const tdm_check_result *result)
{
    tdm_grid grid;
    tdm_grid_init(&grid, report->arena, 5);
    tdm_grid_add(&grid, (tdm_text[]){TDM_TEXT("revision"), TDM_TEXT("migration"),
                                     TDM_TEXT("verdict"), TDM_TEXT("found by"), TDM_TEXT("")});
    for (size_t i = 0; i < result->pair_count; i++) {
        const tdm_pair_info *pair = &result->pairs[i];
        tdm_grid_add(&grid, (tdm_text[]){tdm_pair_revisions(report->arena, pair),
                                         tdm_pair_versions(report->arena, pair),
                                         tdm_text_of(tdm_verdict_name(pair->verdict)),
                                         tdm_text_of(tdm_link_name(pair->link)), pair->detail});
    }
    tdm_grid_put(&grid, report->out);
    tdm_buffer_putc(report->out, '\n');
}

void tdm_report_check_text(const tdm_report *report, const tdm_check_result *result)
{
    for (size_t i = 0; i < result->finding_count; i++) {
        tdm_diagnostic diagnostic = tdm_diagnostic_of_finding(&result->findings[i]);
        tdm_put_diagnostic(report->out, &report->style, report->source, &diagnostic);
        tdm_buffer_putc(report->out, '\n');
    }
    if (report->verbose && result->pair_count)
        put_pairs(report, result);
    tdm_put_check_summary(report->out, result);
}

void tdm_put_check_summary(tdm_buffer *out, const tdm_check_result *result)
{
    put_pair_summary(out, result);
    put_finding_summary(out, result);
}
