// Files parsed once, for all who ask what they say: the reader of headers, and every evaluation in
// which a file is met again. All evaluations over one library share its names and constants.
//
// Trees are kept as long as TDM_LIMIT_PARSED allows. What is not kept is parsed again when it is
// asked for again, so that the limit costs time and never an answer. Apart from
// tdm_py_library_read, which spreads its work itself, a library is used by one thread at a time.
#ifndef PYTHON_LIBRARY_H
#define PYTHON_LIBRARY_H

#include "python/syntax.h"

typedef struct tdm_py_library tdm_py_library;

// Lives in `arena` together with what it keeps. NULL: out of memory.
tdm_py_library *tdm_py_library_new(tdm_arena *arena);

// What was made of one file; read on any thread.
typedef struct tdm_py_seen {
    size_t index;
    tdm_py_source *source;  // until the function returns, or NULL
    const tdm_error *cause; // why there is none
    tdm_arena *arena;       // lives as long as the library
} tdm_py_seen;

typedef struct tdm_py_reading {
    const tdm_py_file *files; // whose paths and texts live as long as the library
    size_t count;
    // Called once for each file, in any order and on several threads at the same time.
    tdm_status (*see)(void *context, const tdm_py_seen *seen, tdm_error *err);
    void *context;
} tdm_py_reading;

// Parses many files over the cores. A file that does not parse is no failure; one of `see` is.
TDM_MUST_CHECK tdm_status tdm_py_library_read(tdm_py_library *library,
                                              const tdm_py_reading *reading, tdm_error *err);

// The tree of a file with this path and text when it is kept, else NULL.
tdm_py_source *tdm_py_library_find(const tdm_py_library *library, const tdm_py_file *file);
// Parses a file with the library's names, without keeping it.
TDM_MUST_CHECK tdm_status tdm_py_library_parse(const tdm_py_library *library, tdm_arena *arena,
                                               const tdm_py_file *file, tdm_py_source **ret,
                                               tdm_error *err);
// As tdm_py_library_find, parsed now when it is not kept, and then kept with copies of path and
// text; else it lies in `arena` with views of them. Fails as tdm_py_parse does, also from memory.
TDM_MUST_CHECK tdm_status tdm_py_library_get(tdm_py_library *library, tdm_arena *arena,
                                             const tdm_py_file *file, tdm_py_source **ret,
                                             tdm_error *err);

#endif
