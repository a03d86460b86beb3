// One message for people: what, where, the source line with a caret, what each side says, a hint.
// Errors of the program and findings of a check have the same shape:
//
//   error: the column types differ [TD303]
//     --> supabase/migrations/20241127000001_add_file_path.sql:8:37
//      |
//    8 |         ALTER TABLE documents ADD COLUMN file_path VARCHAR(255);
//      |                                          ^^^^^^^^^
//      says: file_path VARCHAR(255)
//   hint: Make both sides say the same.
#ifndef REPORT_DIAGNOSTIC_H
#define REPORT_DIAGNOSTIC_H

#include <tandem/error.h>
#include <tandem/finding.h>

#include "base/text.h"
#include "report/source.h"

// How output for people looks. Nothing is ever said by colour alone.
typedef struct tdm_style {
    bool color;
    size_t width; // columns; source lines are cut to it
} tdm_style;

typedef enum tdm_ink {
    TDM_INK_NONE,
    TDM_INK_BOLD,
    TDM_INK_ERROR,
    TDM_INK_WARNING,
    TDM_INK_NOTE,
    TDM_INK_GOOD,
    TDM_INK_QUIET,
} tdm_ink;

// Switches the ink, TDM_INK_NONE back to the terminal's own; writes nothing without colour.
void tdm_put_ink(tdm_buffer *out, const tdm_style *style, tdm_ink ink);

typedef struct tdm_diagnostic {
    const char *program; // "tandem", or NULL for a finding
    tdm_severity severity;
    tdm_text message; // may have several lines
    const char *code; // "TD303", "config"
    tdm_place place;
    tdm_text says;
    tdm_place other_place;
    tdm_text other_says;
    tdm_text hint;
} tdm_diagnostic;

// `source` may be NULL: then no source lines are shown.
void tdm_put_diagnostic(tdm_buffer *out, const tdm_style *style, tdm_source *source,
                        const tdm_diagnostic *diagnostic);

tdm_diagnostic tdm_diagnostic_of_error(const tdm_error *err);
tdm_diagnostic tdm_diagnostic_of_finding(const tdm_finding *finding);

// "path:line:column", as much as is known of it.
void tdm_put_place(tdm_buffer *out, tdm_place place);

#endif
