// A revision file as `alembic revision` would make it: from the project's own script.py.mako and
// file_template, read back before it is handed out.
#ifndef WRITE_REVISION_FILE_H
#define WRITE_REVISION_FILE_H

#include <tandem/convert.h>
#include <tandem/new.h>

#include "project/project.h"

typedef struct tdm_revision_input {
    tdm_text id;
    tdm_text parent;        // empty: the first of its chain
    tdm_texts more_parents; // of a merge
    tdm_text message;       // one line; also what the file is called after
    tdm_text link;      // a line for the docstring, below the message ("Supabase: ..."), or empty
    tdm_text imports;   // lines without a line end behind the last, or empty
    tdm_text upgrade;   // the body behind its first indentation, or empty: pass
    tdm_text downgrade; // likewise
    tdm_new_time time;
} tdm_revision_input;

// What the template makes. The path is where `alembic revision` would put it: the one folder of
// revisions, else that of the newest head. `ret_revision` is the header, read back.
TDM_MUST_CHECK tdm_status tdm_revision_file(tdm_project *project, const tdm_revision_input *input,
                                            tdm_converted *ret, tdm_revision *ret_revision,
                                            tdm_error *err);

// A message stands raw between triple quotes of the template: line ends, backslashes and double
// quotes are TDM_ERROR_USAGE.
TDM_MUST_CHECK tdm_status tdm_revision_message_check(tdm_text message, tdm_error *err);

// The id of a revision, in the style of the chain: "20241202_000002" after one of that form.
bool tdm_revision_id_is_dated(tdm_text id);

#endif
