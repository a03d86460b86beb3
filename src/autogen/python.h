// Python source as autogenerate prints it: strings, and SQL inside of strings.
#ifndef AUTOGEN_PYTHON_H
#define AUTOGEN_PYTHON_H

#include "base/text.h"

// repr() of a string: single quotes unless it holds one and no double quote. UTF-8 stays, but for
// code points that do not print: white space other than the space, controls, surrogates.
void tdm_py_put_string(tdm_buffer *out, tdm_text text);

// The same for SQL that SQLAlchemy's text() reads: a colon that would begin a parameter gets a
// backslash, and so does a backslash before a colon (TextClause._bind_params_regex,
// BIND_PARAMS_ESC).
void tdm_py_put_sql(tdm_buffer *out, tdm_text sql);

// op.execute("""..."""), or one line in single quotes where the SQL has one.
void tdm_py_put_execute(tdm_buffer *out, tdm_text sql);

#endif
