// The rows of both history tables as they stand in a target: what a repair changes, copies and puts
// back.
#ifndef MEND_ROWS_H
#define MEND_ROWS_H

#include "plan/histories.h"

#include "base/digest.h"

typedef struct tdm_migration_row {
    tdm_text version;
    tdm_text name;              // empty: none
    tdm_text by;                // who stamped it (created_by), where the table has it
    tdm_text digest;            // of its statements, as tdm_stored_digest makes it; empty: none
    const tdm_text *statements; // only where they were asked for
    size_t statement_count;
} tdm_migration_row;

typedef struct tdm_rows {
    tdm_migration_row *migrations; // in byte order of the version
    size_t migration_count;
} tdm_rows;

// Reads schema_migrations without its statements. A table that is not there has no rows.
TDM_MUST_CHECK tdm_status tdm_rows_read(tdm_session *session, const tdm_histories *histories,
                                        tdm_arena *arena, tdm_rows *ret, tdm_error *err);
// Reads the statements of some of the rows.
TDM_MUST_CHECK tdm_status tdm_rows_read_statements(tdm_session *session, tdm_rows *rows,
                                                   const bool *wanted, tdm_arena *arena,
                                                   tdm_error *err);

// What the server says of the same statements: sha256, cut to 128 bits, over each length in bytes,
// a colon and the text.
TDM_MUST_CHECK tdm_status tdm_stored_digest(const tdm_text *statements, size_t count,
                                            tdm_arena *arena, tdm_text *ret, tdm_error *err);

#endif
