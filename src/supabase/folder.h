// A supabase/migrations folder, read by the Supabase CLI's own rules (3.x).
//
// Which entries count, what is skipped and why, and the order are the CLI's: non-directories named
// ^([0-9]+)_(.*)\.sql$, sorted by the version as text, file name on a tie. Nothing is left out in
// silence that the CLI would not leave out in silence: what it skips with a message is in
// `skipped`, and what it would apply but nobody can read is a migration with a `problem`.
#ifndef SUPABASE_FOLDER_H
#define SUPABASE_FOLDER_H

#include <tandem/error.h>
#include <tandem/place.h>
#include <tandem/text.h>

#include "base/tree.h"

// One line of the comment that a file begins with, without its comment marks and outer space.
typedef struct tdm_header_line {
    tdm_text text;
    tdm_place place;
} tdm_header_line;

// One revision id of a "-- tandem: revision <id>[, <id>]" line in the header.
typedef struct tdm_migration_link {
    tdm_text revision;
    tdm_place place;
} tdm_migration_link;

typedef struct tdm_migration {
    tdm_text version;   // the digits, as text: all that the CLI ever compares
    tdm_text name;      // after the '_', may be empty
    tdm_text file_name; // "<version>_<name>.sql"
    const char *path;   // relative to the root of the tree
    tdm_place place;    // of the file
    tdm_text source;    // the file without a byte order mark; empty when there is a problem
    tdm_text problem;   // why the file cannot be used (not UTF-8, unreadable), or empty
    tdm_place problem_place;
    const tdm_header_line *header; // comment lines before the first statement
    size_t header_count;
    const tdm_migration_link *links;
    size_t link_count;
    bool duplicate;   // an earlier migration of the folder has the same version
    bool odd_version; // not fourteen digits: order and listing differ between tools (section 3.3)
} tdm_migration;

typedef enum tdm_skip_reason {
    TDM_SKIP_PATTERN, // the name is not <digits>_<name>.sql
    TDM_SKIP_INIT,    // the first entry, *_init.sql from before 2021-12-09
} tdm_skip_reason;

typedef struct tdm_skipped_file {
    tdm_text file_name;
    const char *path;
    tdm_skip_reason reason;
    tdm_text message; // one line, lower case: why Supabase does not see it
} tdm_skipped_file;

typedef struct tdm_folder {
    const char *path; // relative to the root of the tree
    const tdm_migration *migrations;
    size_t count;
    const tdm_skipped_file *skipped; // in byte order of the name
    size_t skipped_count;
} tdm_folder;

// Reads `path` and every migration in it. A missing folder is an empty one. Fails only on memory
// and when the folder itself cannot be listed; everything in `ret` lives in `arena`.
TDM_MUST_CHECK tdm_status tdm_folder_read(tdm_arena *arena, tdm_tree *tree, const char *path,
                                          tdm_folder *ret, tdm_error *err);
// Whether the Supabase CLI passes over a file of this name in silence when it comes first:
// *_init.sql from before 2021-12-09.
bool tdm_migration_is_old_init(tdm_text file_name);
// The migration with this version (the first, when there are duplicates), or NULL.
const tdm_migration *tdm_folder_find(const tdm_folder *folder, tdm_text version);

// Cuts "<version>_<name>.sql" into its parts; false when it is no migration's name.
bool tdm_migration_name_parse(tdm_text file_name, tdm_text *ret_version, tdm_text *ret_name);

#endif
