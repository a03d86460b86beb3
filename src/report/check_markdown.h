// The findings of a check as Markdown: the summary of a GitHub workflow's step.
#ifndef REPORT_CHECK_MARKDOWN_H
#define REPORT_CHECK_MARKDOWN_H

#include <tandem/check.h>

#include "base/text.h"

void tdm_report_check_markdown(tdm_buffer *out, const tdm_check_result *result);

#endif
