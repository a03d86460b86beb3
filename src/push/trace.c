#include "push/trace.h"

enum {
    // Up to this release a session hands its counters in between two transactions, never inside.
    KNOWN_VERSIONS = 190000,
};

enum {
    HEADS, // the columns of the answer
    RUNNING,
    TABLE,
    DEFINITION,
    INSERTED,
    UPDATED,
    DELETED,
    VERSION,
    COLUMNS,
};

void tdm_put_trace(tdm_buffer *sql, const tdm_history_sides *sides)
{
    tdm_buffer_puts(sql, "SELECT ");
    tdm_put_heads(sql, sides);
    tdm_buffer_puts(sql, ", pg_catalog.txid_current_snapshot() AS running, c.oid, c.xmin, "
                         "pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid) AS inserted, "
                         "pg_catalog.pg_stat_get_xact_tuples_updated(c.oid) AS updated, "
                         "pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid) AS deleted, "
                         "pg_catalog.current_setting('server_version_num') AS version "
                         "FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) "
                         "'supabase_migrations.schema_migrations'::pg_catalog.regclass");
}

// A snapshot is "xmin:xmax:" and the transactions between them that are running. Nothing was
// running when both are the same.
static uint64_t next_of(tdm_text snapshot)
{
    uint64_t xmin;
    uint64_t xmax;
    size_t middle = tdm_text_find_char(snapshot, ':');
    if (middle >= snapshot.size)
        return 0;
    tdm_text rest = tdm_text_from(snapshot, middle + 1);
    size_t end = tdm_text_find_char(rest, ':');
    if (end + 1 != rest.size || !tdm_text_to_u64(tdm_text_slice(snapshot, 0, middle), &xmin) ||
        !tdm_text_to_u64(tdm_text_slice(rest, 0, end), &xmax))
        return 0;
    return xmin == xmax ? xmin : 0;
}

static bool number_at(const tdm_db_result *result, size_t column, uint64_t *ret)
{
    const tdm_db_value *value = tdm_db_at(result, 0, column);
    return !value->is_null && tdm_text_to_u64(value->text, ret);
}

bool tdm_trace_read(const tdm_db_result *result, tdm_trace *ret)
{
    uint64_t version;
    *ret = (tdm_trace){0};
    if (result->row_count != 1 || result->column_count != COLUMNS)
        return false;
    ret->next = next_of(tdm_db_at(result, 0, RUNNING)->text);
    return number_at(result, TABLE, &ret->table) &&
           number_at(result, DEFINITION, &ret->definition) &&
           number_at(result, INSERTED, &ret->inserted) &&
           number_at(result, UPDATED, &ret->updated) && number_at(result, DELETED, &ret->deleted) &&
           number_at(result, VERSION, &version) && version < KNOWN_VERSIONS;
}

// Rows of ours are needed for the proof: counters that were handed in begin again at 0, which is
// then less than is expected.
bool tdm_trace_follows(const tdm_trace *now, const tdm_trace *before, size_t inserted)
{
    return inserted > 0 && before->next > 0 && now->next == before->next + 1 &&
           now->table == before->table && now->definition == before->definition &&
           now->inserted == before->inserted + inserted && now->updated == before->updated &&
           now->deleted == before->deleted;
}
