// Text of others on a terminal. Names, messages and source lines come from files and servers that
// anybody may have written: whatever could move the cursor, begin a line of its own or turn the
// direction of reading is shown as an escape, so that no name can forge a line of output.
#ifndef REPORT_SAFE_H
#define REPORT_SAFE_H

#include "base/text.h"

// Appends `text` on one line: control characters, line separators, characters that change the
// direction of reading and bytes that are no UTF-8 become \n, \t, \x1b, \u202e, ...
void tdm_put_safe(tdm_buffer *out, tdm_text text);
// The same for text that may have several lines: every line after the first begins with `prefix`.
// Tabs that a line begins with become four spaces each.
void tdm_put_safe_lines(tdm_buffer *out, tdm_text text, const char *prefix);

// Whether tdm_put_safe shows this code point as an escape.
bool tdm_is_unsafe(uint32_t code_point);

// Columns that a code point takes: 0 for combining marks, 2 for wide East Asian characters and
// emoji, else 1. A table of ranges instead of wcwidth, which depends on the locale.
unsigned tdm_code_point_width(uint32_t code_point);
// Columns of a text as tdm_put_safe shows it.
size_t tdm_safe_width(tdm_text text);

#endif
