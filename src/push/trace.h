// Whether anybody has written to schema_migrations since the migration before, without reading it.
//
// A run of migrations compares the whole history before each of them, which costs more the longer
// it is. From one migration to the next a trace proves the same at a cost that does not grow:
//
// - Nobody else. At both traces no transaction that had begun to write was running, and between
//   them one has ended: the numbers that the server gives to writing transactions rose by one. That
//   one is ours, since ours has written. Whoever else wrote to the table must have had a number of
//   its own, and must have ended before the lock was ours again.
// - Not ourselves either, beside the rows that push records: the server counts for each session
//   what it has inserted, updated and deleted in a table (pg_stat_get_xact_tuples_inserted and its
//   kin; rolled back or by triggers, it is counted). Truncating, replacing or redefining the table
//   changes its row of pg_class.
//
// What cannot be proven so (a busy server, subtransactions, counting switched off, counters that
// were handed in meanwhile, as they are about once a second) is compared as ever.
#ifndef PUSH_TRACE_H
#define PUSH_TRACE_H

#include "db/session.h"
#include "plan/history_sql.h"

typedef struct tdm_trace {
    uint64_t next; // transactions below have ended, and none above that; 0: some were running
    uint64_t table;
    uint64_t definition;
    uint64_t inserted;
    uint64_t updated;
    uint64_t deleted;
} tdm_trace;

// One row: the heads, and what a trace is made of. To be asked behind the locks on both histories.
void tdm_put_trace(tdm_buffer *sql, const tdm_history_sides *sides);
// False where the answer can prove nothing: the table is not there, or the server is newer than
// what is known of its counters.
bool tdm_trace_read(const tdm_db_result *result, tdm_trace *ret);
// Whether between both traces nothing was written to schema_migrations but `inserted` rows of ours,
// by one transaction that was committed.
bool tdm_trace_follows(const tdm_trace *now, const tdm_trace *before, size_t inserted);

#endif
