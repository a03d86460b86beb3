// The SQL around supabase_migrations.schema_migrations, word for word the Supabase CLI's where it
// has words of its own.
#ifndef SUPABASE_HISTORY_H
#define SUPABASE_HISTORY_H

#include <tandem/error.h>
#include <tandem/text.h>

#include "base/text.h"
#include "supabase/stored.h"

// The DDL of a new history, in order, without semicolons: schema, table, columns `statements` and
// `name`. Idempotent; three columns only, so that the platform can extend the table itself.
extern const char *const tdm_history_ddl[];
extern const size_t tdm_history_ddl_count;

// One history row.
typedef struct tdm_history_row {
    tdm_text version;
    tdm_text name;
    tdm_stored statements;
    tdm_text rollback; // what undoes it; not empty: the table has that column
} tdm_history_row;

// The INSERT that records a migration, values as literals that hold whatever the session's
// standard_conforming_strings says. What undoes it is one element with all its statements, the form
// in which the Management API stores the `rollback` that it is given. Appended to `sql`, without a
// semicolon.
void tdm_history_insert(tdm_buffer *sql, const tdm_history_row *row);
// The DELETE that forgets one.
void tdm_history_delete(tdm_buffer *sql, tdm_text version);

#endif
