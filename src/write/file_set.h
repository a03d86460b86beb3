// Several files written, moved and replaced as one: all of it, or nothing.
#ifndef WRITE_FILE_SET_H
#define WRITE_FILE_SET_H

#include "project/project.h"

typedef struct tdm_file_change {
    const char *path;     // where the file stands, from the project's root; NULL: a new one
    const char *new_path; // where it is to stand; the same: only its text changes
    tdm_text text;        // what it says now
    tdm_text new_text;
} tdm_file_change;

// Carries out the changes in order; when one fails, those before it are undone. Folders that are
// missing are made and stay. TDM_ERROR_EXISTS: something stands where a file is to stand.
// TDM_ERROR_FILE: a file says something else than when it was read. Only for a project that was
// read from its work tree.
TDM_MUST_CHECK tdm_status tdm_file_set_write(tdm_project *project, const tdm_file_change *changes,
                                             size_t count, tdm_error *err);

#endif
