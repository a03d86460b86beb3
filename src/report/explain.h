// The page of every finding: what it says, why it matters, an example, what to do. `tandem explain`
// prints them and docs/findings.md is made of them.
#ifndef REPORT_EXPLAIN_H
#define REPORT_EXPLAIN_H

#include <tandem/finding.h>

#include "base/text.h"
#include "report/diagnostic.h"

typedef struct tdm_explanation {
    const char *what;    // one paragraph
    const char *why;     // one paragraph
    const char *example; // lines shown as they are
    const char *fix;     // one paragraph
} tdm_explanation;

// The pages of TD5xx; the others are empty in it (explain_target.c).
extern const tdm_explanation tdm_target_pages[TDM_FINDING_COUNT];
const tdm_explanation *tdm_explain(tdm_finding_kind kind);

// The kind with this code, in any case ("td301"); false when there is none.
bool tdm_explain_find(tdm_text code, tdm_finding_kind *ret);

// One page, for a terminal.
void tdm_explain_text(tdm_buffer *out, const tdm_style *style, tdm_finding_kind kind);
// All pages as Markdown: docs/findings.md, byte for byte.
void tdm_explain_markdown(tdm_buffer *out);
// All exit codes and errors as Markdown: docs/exit-codes.md, byte for byte.
void tdm_exit_codes_markdown(tdm_buffer *out);

typedef struct tdm_exit_row {
    tdm_exit code;
    const char *meaning;
} tdm_exit_row;

// The one table of exit codes, in order.
extern const tdm_exit_row tdm_exit_rows[];
extern const size_t tdm_exit_row_count;

#endif
