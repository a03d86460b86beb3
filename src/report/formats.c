#include "report/report.h"

const tdm_check_format tdm_check_formats[] = {
    {"text", "for people; may change", tdm_report_check_text},
    {"json", "one object, for programs", tdm_report_check_json},
};
const size_t tdm_check_format_count = sizeof tdm_check_formats / sizeof *tdm_check_formats;
