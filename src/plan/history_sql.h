// The SQL that push says around a migration: locks, comparison, read-back, and who holds a lock.
// Every name is qualified and every function is pg_catalog's, since a migration may leave any
// search_path behind.
#ifndef PLAN_HISTORY_SQL_H
#define PLAN_HISTORY_SQL_H

#include "plan/histories.h"

#include "base/digest.h"

// The key of the advisory lock that one push holds against another, per database: the bytes
// "tandem" and a zero byte and one for the kind of lock (docs/internals/push.md).
#define TDM_PUSH_LOCK_KEY "8386105358618001409"

// Which of the two histories take part. A project without an Alembic side never touches
// alembic_version, and the reverse.
typedef struct tdm_history_sides {
    const tdm_version_table *alembic; // NULL: no Alembic side
    bool supabase;
} tdm_history_sides;

// What both histories must be for a push to go on: the heads, and a digest of all versions.
typedef struct tdm_history_state {
    tdm_text heads;    // sorted, joined by ','
    tdm_text versions; // digest of the sorted versions joined by ','; empty when there are none
} tdm_history_state;

TDM_MUST_CHECK tdm_status tdm_history_state_of(tdm_arena *arena, const tdm_history_keys *heads,
                                               const tdm_history_keys *versions,
                                               tdm_history_state *ret, tdm_error *err);

// "public.alembic_version", "supabase_migrations.schema_migrations".
void tdm_put_alembic_table(tdm_buffer *sql, const tdm_version_table *table);
// The expression for the heads, NULL where there are none: "(SELECT ...) AS heads".
void tdm_put_heads(tdm_buffer *sql, const tdm_history_sides *sides);
// One row with two columns: heads and digest of the versions, NULL where a side has no rows.
void tdm_put_compare(tdm_buffer *sql, const tdm_history_sides *sides);
// One row for each other session that holds the push lock, or any lock on a history table.
void tdm_put_holders(tdm_buffer *sql, const tdm_history_sides *sides);

#endif
