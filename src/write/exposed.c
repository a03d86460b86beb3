// Tables that Supabase's API would show to everybody: without row level security, whoever has the
// public key of the project reads and writes them.
#include "write/migrate.h"

#include "base/error.h"
#include "base/text.h"
#include "replay/replay.h"
#include "sql/quote.h"

static tdm_status apply(tdm_migrating *m, size_t index, tdm_error *err)
{
    const tdm_statements *statements = NULL;
    tdm_effect effect;
    tdm_effect_init(&effect, m->arena);
    if (tdm_project_revision_statements(m->project, index, &statements, err) != TDM_OK)
        return TDM_FAILED;
    for (size_t i = 0; i < statements->count; i++)
        if (tdm_catalog_apply(m->catalog, &statements->items[i], NULL, &effect, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

tdm_status tdm_migrating_replay(tdm_migrating *m, size_t index, tdm_error *err)
{
    if (!m->catalog && tdm_catalog_new(m->arena, true, &m->catalog, err) != TDM_OK)
        return TDM_FAILED;
    for (; m->replayed < index; m->replayed++)
        if (apply(m, m->replayed, err) != TDM_OK)
            return TDM_FAILED;
    return TDM_OK;
}

static bool is_exposed(const tdm_migrating *m, const tdm_table *table)
{
    const tdm_supabase_config *config = tdm_project_supabase(m->project);
    const tdm_value *rls = tdm_object_value(table, TDM_ATTR_RLS);
    if (table->dropped || (rls && rls->text.size))
        return false;
    for (size_t i = 0; i < config->schema_count; i++)
        if (tdm_text_equal(config->schemas[i], table->schema))
            return true;
    return false;
}

tdm_status tdm_exposed_tables(tdm_migrating *m, size_t before, tdm_statements *ret, tdm_error *err)
{
    TDM_VECTOR(tdm_statement) list = {0};
    // Tables stand in the order in which they were made.
    for (size_t i = before; i < tdm_catalog_table_count(m->catalog); i++) {
        const tdm_table *table = tdm_catalog_table_at(m->catalog, i);
        if (!is_exposed(m, table))
            continue;
        tdm_buffer sql = TDM_BUFFER_INIT(10000);
        tdm_buffer_puts(&sql, "ALTER TABLE ");
        tdm_sql_put_qualified(&sql, table->schema, table->name);
        tdm_buffer_puts(&sql, " ENABLE ROW LEVEL SECURITY");
        tdm_statement statement = {.place = table->place};
        if (tdm_buffer_check(&sql, err) != TDM_OK)
            return TDM_FAILED;
        statement.sql = tdm_buffer_take(&sql, m->arena);
        if (!tdm_vector_push(m->arena, &list, statement))
            return tdm_fail_memory(err);
    }
    *ret = (tdm_statements){list.items, list.count};
    return tdm_arena_ok(m->arena) ? TDM_OK : tdm_fail_memory(err);
}
