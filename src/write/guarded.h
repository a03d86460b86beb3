// A script that may be pasted into the SQL editor, also twice: one DO block, so that in every
// client all of it happens or nothing.
//
// Where alembic_version says that the revision is applied, its statements are passed over;
// otherwise each runs under its condition (condition.h), and alembic_version takes the step that a
// real upgrade takes, or the whole script fails. The row of schema_migrations is that of the
// migration file.
#ifndef WRITE_GUARDED_H
#define WRITE_GUARDED_H

#include "alembic/version_table.h"
#include "sql/split.h"
#include "supabase/history.h"

typedef struct tdm_guarded_input {
    const tdm_revision *revision;
    const tdm_statements *statements;
    tdm_history_row row;               // of schema_migrations
    const tdm_version_table *versions; // where Alembic's rows stand
    const tdm_row_change *changes;     // Alembic's step, from the state where all parents are there
    size_t change_count;
    tdm_texts applied; // ids that say the revision is applied: its own and all that need it
} tdm_guarded_input;

// A statement that cannot be guarded is TDM_ERROR_SQL with its place and the reason.
TDM_MUST_CHECK tdm_status tdm_guarded_script(tdm_arena *arena, const tdm_guarded_input *input,
                                             tdm_text *ret, tdm_error *err);

#endif
