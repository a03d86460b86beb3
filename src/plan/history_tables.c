#include "plan/history_tables.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/vector.h"
#include "supabase/history.h"

typedef struct maker {
    const tdm_histories *found;
    tdm_arena *arena;
    TDM_VECTOR(tdm_text) statements;
    tdm_error *err;
} maker;

static void add(maker *m, tdm_text statement)
{
    (void)tdm_vector_push(m->arena, &m->statements, statement);
}

// The API of Supabase publishes every table that its roles may read.
static void unpublish(maker *m, tdm_text table)
{
    const tdm_history_keys *roles = &m->found->api_roles;
    tdm_text list = {0};
    for (size_t i = 0; i < roles->count; i++)
        list = tdm_arena_printf(m->arena, "%.*s%s%.*s", TDM_TEXT_ARG(list), i ? ", " : "",
                                TDM_TEXT_ARG(roles->items[i]));
    if (roles->count == 0)
        return;
    add(m, tdm_arena_printf(m->arena, "ALTER TABLE %.*s ENABLE ROW LEVEL SECURITY",
                            TDM_TEXT_ARG(table)));
    add(m, tdm_arena_printf(m->arena, "REVOKE ALL ON TABLE %.*s FROM %.*s", TDM_TEXT_ARG(table),
                            TDM_TEXT_ARG(list)));
}

static tdm_status add_alembic(maker *m)
{
    const tdm_version_table *table = &m->found->table;
    tdm_buffer create = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer name = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    if (table->schema.size == 0) {
        tdm_fail(m->err, TDM_ERROR_HISTORY, TDM_NOWHERE,
                 "no schema of the search path exists, so that there is none to create %.*s in",
                 TDM_TEXT_ARG(table->name));
        return tdm_hint(m->err, "Set alembic.version_table_schema, or the search_path.");
    }
    tdm_version_table_create(&create, table);
    tdm_put_alembic_table(&name, table);
    tdm_status status = tdm_buffer_check(&create, m->err);
    add(m, tdm_buffer_take(&create, m->arena));
    unpublish(m, tdm_buffer_take(&name, m->arena));
    return status;
}

static void add_supabase(maker *m)
{
    const bool wanted[] = {!m->found->has_supabase_schema, !m->found->has_supabase_table,
                           !m->found->has_statements, !m->found->has_name};
    for (size_t i = 0; i < tdm_history_ddl_count; i++)
        if (wanted[i])
            add(m, tdm_text_of(tdm_history_ddl[i]));
}

tdm_status tdm_history_tables(const tdm_histories *histories, const tdm_history_sides *sides,
                              tdm_arena *arena, tdm_texts *ret, tdm_error *err)
{
    maker m = {.found = histories, .arena = arena, .err = err};
    if (sides->alembic && !histories->has_alembic && add_alembic(&m) != TDM_OK)
        return TDM_FAILED;
    if (sides->supabase)
        add_supabase(&m);
    *ret = (tdm_texts){m.statements.items, m.statements.count};
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}
