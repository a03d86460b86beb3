#include "report/report.h"

const tdm_check_format tdm_check_formats[] = {
    {"text", "for people; may change", tdm_report_check_text, NULL},
    {"json", "one object, for programs", tdm_report_check_json, NULL}, // fails as every command
    {"sarif", "SARIF 2.1.0, for code scanning", tdm_report_check_sarif, tdm_report_failure_sarif},
    {"github", "annotations of a GitHub workflow", tdm_report_check_github,
     tdm_report_failure_github},
    {"junit", "JUnit XML, one test case for each pair", tdm_report_check_junit,
     tdm_report_failure_junit},
    {"gitlab", "GitLab's code quality report", tdm_report_check_gitlab, NULL},
    {"gcc", "one line for each finding, for editors", tdm_report_check_gcc, NULL},
};
const size_t tdm_check_format_count = sizeof tdm_check_formats / sizeof *tdm_check_formats;

const tdm_check_format *tdm_check_format_named(const char *name)
{
    for (size_t i = 0; i < tdm_check_format_count; i++) {
        if (tdm_text_is(tdm_text_of(name), tdm_check_formats[i].name))
            return &tdm_check_formats[i];
    }
    return NULL;
}
