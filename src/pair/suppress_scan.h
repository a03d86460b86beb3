// Comments that suppress a finding, as they stand in a file:
//
//   -- tandem:ignore TD303 the column was made by hand        one statement of a migration
//   -- tandem:ignore-file TD302 only Supabase needs it        the whole file
//   # tandem: ignore TD106 reads one row that never changes   the same in a revision
//
// A comment is about the statement that it stands in or behind on the same line, else about the
// next one. In Python a statement is a logical line. What looks like such a comment inside a
// literal is none; a dollar-quoted body is a literal.
#ifndef PAIR_SUPPRESS_SCAN_H
#define PAIR_SUPPRESS_SCAN_H

#include <tandem/place.h>

#include "base/arena.h"
#include "base/vector.h"

typedef struct tdm_ignore_comment {
    tdm_place place; // of the comment
    bool whole_file;
    tdm_text words;      // behind "ignore": "TD303 the column was made by hand"
    uint32_t first_line; // of the statement; 0 when none follows
    uint32_t last_line;
} tdm_ignore_comment;

typedef struct tdm_ignore_comments {
    tdm_ignore_comment *items; // in the order of the file
    size_t count;
    size_t capacity;
} tdm_ignore_comments;

typedef enum tdm_comment_language {
    TDM_COMMENT_SQL,
    TDM_COMMENT_PYTHON,
} tdm_comment_language;

// Appends the comments of a file; texts are views of `source`. False when out of memory.
bool tdm_ignore_scan(tdm_arena *arena, const char *path, tdm_text source,
                     tdm_comment_language language, tdm_ignore_comments *ret);

#endif
