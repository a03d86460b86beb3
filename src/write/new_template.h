// script.py.mako rendered: the subset of Mako that Alembic's own templates of one database use
// (alembic/templates/*/script.py.mako). Everything else is refused with its place, because rendered
// wrongly it would be a revision that nobody wrote.
//
//   ${name}   ${a | comma,n}   ${repr(a)}   ${a if a else "text"}
//   ## a comment line, %% at the start of a line, a backslash at its end
#ifndef WRITE_NEW_TEMPLATE_H
#define WRITE_NEW_TEMPLATE_H

#include <tandem/error.h>

#include "base/arena.h"
#include "base/text.h"

// A value of the template: None where `data` is NULL; a tuple where there is more.
typedef struct tdm_template_value {
    const char *name;
    tdm_text text;
    const tdm_text *more; // behind `text`
    size_t more_count;
} tdm_template_value;

TDM_MUST_CHECK tdm_status tdm_template_render(const char *path, tdm_text source,
                                              const tdm_template_value *values, size_t count,
                                              tdm_buffer *out, tdm_error *err);

// Python's repr() of a string of printable ASCII.
void tdm_put_python_string(tdm_buffer *out, tdm_text text);

#endif
