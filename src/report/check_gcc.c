// One line for each finding, as GCC writes them and every editor reads them:
//
//   supabase/migrations/20241127000001_add_file_path.sql:14:9: error: the types differ [TD303]
//
// What is about a file as a whole has line 1, because editors open nothing without a line.
#include "report/report.h"

#include "report/safe.h"

void tdm_report_check_gcc(const tdm_report *report, const tdm_check_result *result)
{
    for (size_t i = 0; i < result->finding_count; i++) {
        const tdm_finding *finding = &result->findings[i];
        tdm_place place = finding->place;
        if (place.file) {
            tdm_put_safe(report->out, tdm_text_of(place.file));
            tdm_buffer_putf(report->out, ":%u:%u", place.line ? place.line : 1,
                            place.column ? place.column : 1);
        } else {
            tdm_buffer_puts(report->out, "tandem");
        }
        tdm_buffer_putf(report->out, ": %s: ", tdm_severity_name(finding->severity));
        tdm_put_safe(report->out, finding->message);
        tdm_buffer_putf(report->out, " [%s]\n", tdm_finding_code(finding->kind));
    }
}
