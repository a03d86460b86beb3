// The two histories of a target: which heads alembic_version names, which
// versions schema_migrations holds, and in what shape the two tables are.
#ifndef PLAN_HISTORIES_H
#define PLAN_HISTORIES_H

#include "alembic/version_table.h"
#include "db/session.h"
#include "plan/journal.h"

// Rows in byte order, so that nothing depends on a collation or on the order of the table.
typedef struct tdm_history_keys {
    const tdm_text *items;
    size_t count;
} tdm_history_keys;

typedef struct tdm_histories {
    // alembic_version. `table.schema` is where the table is, or where an unqualified CREATE TABLE
    // would put it; found as Alembic finds it, through the search path.
    tdm_version_table table;
    bool has_alembic;
    tdm_history_keys heads;

    bool has_supabase_schema;
    bool has_supabase_table;
    bool has_statements; // the columns that older tools did not make
    bool has_name;
    bool has_rollback; // the platform's column for what undoes a migration
    tdm_history_keys versions;

    // Roles of Supabase's API (anon, authenticated) that this server has: what they may read, the
    // API publishes.
    tdm_history_keys api_roles;
    tdm_journal journal; // what is under way
    bool read_only;      // a standby, or a database set to read-only
    bool standby;
} tdm_histories;

// Reads both tables, their rows in one query. A table that is not there is an empty history;
// one that is there and cannot be read, or whose rows are hidden by row level security, fails:
// TDM_ERROR_CONNECT for missing rights, TDM_ERROR_HISTORY for a shape that is not Alembic's or the
// Supabase CLI's. The result lives in `arena`.
TDM_MUST_CHECK tdm_status tdm_histories_read(tdm_session *session, const tdm_version_table *table,
                                             tdm_arena *arena, tdm_histories *ret, tdm_error *err);

// The same after a push, whether or not the session was cancelled.
TDM_MUST_CHECK tdm_status tdm_histories_look(tdm_session *session, const tdm_version_table *table,
                                             tdm_arena *arena, tdm_histories *ret, tdm_error *err);

bool tdm_history_has(const tdm_history_keys *keys, tdm_text key);

#endif
