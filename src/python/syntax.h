// The syntax of a Python file without running it: the tree, and the literal assignments at its top
// level, which is all that the header of a revision needs.
#ifndef PYTHON_SYNTAX_H
#define PYTHON_SYNTAX_H

#include <tandem/error.h>
#include <tandem/text.h>

#include "base/arena.h"

typedef struct tdm_py_source tdm_py_source; // a parsed file

typedef struct tdm_py_file {
    const char *path; // goes into places
    tdm_text text;
} tdm_py_file;

// Refuses syntax errors, nesting beyond TDM_LIMIT_SYNTAX_DEPTH and invalid UTF-8 (or an encoding
// declaration other than utf-8 or ascii), each with its place. Keeps views of `source`.
TDM_MUST_CHECK tdm_status tdm_py_parse(tdm_arena *arena, const char *path, tdm_text source,
                                       tdm_py_source **ret, tdm_error *err);
void tdm_py_source_free(tdm_py_source *source);

typedef enum tdm_py_literal_kind {
    TDM_PY_LITERAL_ABSENT, // no such assignment
    TDM_PY_LITERAL_NONE,
    TDM_PY_LITERAL_STRING,
    TDM_PY_LITERAL_STRINGS, // a tuple, list or set of strings
    TDM_PY_LITERAL_OTHER,   // something else: a number, an expression, a name
} tdm_py_literal_kind;

typedef struct tdm_py_literal {
    tdm_py_literal_kind kind;
    tdm_place place; // of the value
    tdm_text *items; // one for STRING
    size_t count;
    tdm_text source; // the text of the value, for messages
} tdm_py_literal;

// The last top-level assignment (plain or annotated) to `name`, copied into `arena`; `source` of it
// is a view of the file.
TDM_MUST_CHECK tdm_status tdm_py_literal_of(tdm_arena *arena, tdm_py_source *source, tdm_text name,
                                            tdm_py_literal *ret, tdm_error *err);
// The module docstring, or an empty text.
tdm_text tdm_py_docstring(tdm_py_source *source, tdm_place *ret_place);
// Whether a top-level `def name` exists.
bool tdm_py_has_function(tdm_py_source *source, tdm_text name);

#endif
