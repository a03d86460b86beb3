// Rows of schema_migrations that no file has the version of: which file each of them is.
//
// A server stamps its own clock on what it is given, and people insert rows by hand, so that a file
// may stand under another version. What was recorded with the row says which; where a row has no
// statements its name is all there is, and the live schema must bear it out.
#ifndef MEND_MATCH_H
#define MEND_MATCH_H

#include "mend/meaning.h"
#include "project/project.h"

typedef enum tdm_match_kind {
    TDM_MATCH_NONE,      // no file says what the row says
    TDM_MATCH_MEANING,   // one file has the same statements
    TDM_MATCH_NAME,      // the row has no statements; one file has its name
    TDM_MATCH_OTHER,     // one file has the name, and other statements
    TDM_MATCH_AMBIGUOUS, // several files have the same statements, and no name decides
    TDM_MATCH_TWICE,     // one file has the same statements, and is recorded under its own version
    TDM_MATCH_REVISION,  // no file, but one revision says what the row says
} tdm_match_kind;

typedef struct tdm_match {
    tdm_match_kind kind;
    size_t row;       // of tdm_rows
    size_t migration; // of the project; of REVISION: the revision
    bool same_name;
    bool sure; // the row is that file; of NAME: because the target bears it out
} tdm_match;

typedef struct tdm_matches {
    tdm_match *items; // one for each row without file, in order of the version
    size_t count;
} tdm_matches;

// `rows` have the statements of those without file.
TDM_MUST_CHECK tdm_status tdm_match_rows(tdm_project *project, const tdm_rows *rows,
                                         tdm_arena *arena, tdm_matches *ret, tdm_error *err);

#endif
