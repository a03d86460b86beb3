// A row of schema_migrations as the file that it would have come from.
//
// Rows keep statements without the semicolon that ended them: the Supabase CLI one in each element,
// with the comments before it, the Management API all of them in one. The file has them in the same
// words, with a semicolon where one is missing.
#ifndef PULL_ROW_FILE_H
#define PULL_ROW_FILE_H

#include "mend/rows.h"

typedef struct tdm_row_file {
    tdm_text name; // "<version>_<name>.sql"
    tdm_text text;
    tdm_text problem; // why there can be no such file, in one line; or empty
    tdm_text doubt;   // why it may not run, though nobody can tell; or empty
} tdm_row_file;

// Whether a file can be called as the row is: as both tools read names, and nowhere but in the
// folder of migrations.
TDM_MUST_CHECK tdm_status tdm_row_file_name(tdm_arena *arena, const tdm_migration_row *row,
                                            tdm_row_file *ret, tdm_error *err);
// The text too, read back by tandem's splitter and by that of the Supabase CLI. `header` is a line
// that it is to begin with, or empty.
TDM_MUST_CHECK tdm_status tdm_row_file_make(tdm_arena *arena, const tdm_migration_row *row,
                                            tdm_text header, tdm_row_file *ret, tdm_error *err);

#endif
