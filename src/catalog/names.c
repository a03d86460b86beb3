#include "catalog/names.h"

#include "base/text.h"
#include "sql/visit.h"

#include <stdio.h>
#include <string.h>

enum {
    NAME_MAX_BYTES = 63, // NAMEDATALEN - 1
};

static const char *string_of(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}

// At most `size` bytes of a name, whole code points (pg_mbcliplen).
static tdm_text clip(tdm_text name, size_t size)
{
    if (name.size <= size)
        return name;
    while (size > 0 && ((unsigned char)name.data[size] & 0xC0) == 0x80)
        size--;
    return tdm_text_slice(name, 0, size);
}

tdm_text tdm_name_make(tdm_arena *arena, tdm_text table, tdm_text columns, const char *label)
{
    size_t over = strlen(label) + 1 + (columns.size ? 1 : 0);
    size_t left = table.size, right = columns.size;

    while (left + right + over > NAME_MAX_BYTES && left + right > 0) {
        if (left > right)
            left--;
        else
            right--;
    }
    table = clip(table, left);
    columns = clip(columns, right);
    return tdm_arena_printf(arena, "%.*s%s%.*s_%s", TDM_TEXT_ARG(table), columns.size ? "_" : "",
                            TDM_TEXT_ARG(columns), label);
}

// A name that a relation or a constraint of the schema bears.
static bool is_taken(const tdm_catalog *catalog, tdm_text schema, tdm_text name)
{
    tdm_key key = {.kind = TDM_KIND_INDEX, .schema = schema, .name = name};

    return tdm_catalog_live(catalog, &key) || tdm_catalog_has_constraint(catalog, schema, name);
}

tdm_text tdm_name_choose(const tdm_catalog *catalog, const tdm_table *table, tdm_text columns,
                         const char *label)
{
    char numbered[32];
    tdm_text name = tdm_name_make(catalog->arena, table->name, columns, label);

    for (unsigned i = 1; name.size && is_taken(catalog, table->schema, name); i++) {
        if (snprintf(numbered, sizeof numbered, "%s%u", label, i) < 0)
            break;
        name = tdm_name_make(catalog->arena, table->name, columns, numbered);
    }
    return name;
}

tdm_text tdm_name_join(tdm_arena *arena, PgQuery__Node *const *columns, size_t count)
{
    tdm_text joined = {NULL, 0};

    for (size_t i = 0; i < count && joined.size <= NAME_MAX_BYTES; i++)
        joined = tdm_arena_printf(arena, "%.*s%s%s", TDM_TEXT_ARG(joined), i ? "_" : "",
                                  string_of(columns[i]));
    return joined;
}

// --- The columns of a check ---------------------------------------------------------------------

typedef struct columns {
    const char *only; // the one column seen so far
    bool several;
} columns;

static bool see_column(void *context, const ProtobufCMessage *message)
{
    columns *seen = context;

    if (message->descriptor != &pg_query__column_ref__descriptor)
        return true;
    const PgQuery__ColumnRef *ref = (const PgQuery__ColumnRef *)message;
    const char *name = string_of(ref->n_fields ? ref->fields[ref->n_fields - 1] : NULL);
    if (!seen->only)
        seen->only = name;
    else if (strcmp(seen->only, name) != 0)
        seen->several = true;
    return false;
}

// A check over one column bears its name (heap.c AddRelationNewConstraints).
static tdm_text column_of_check(const PgQuery__Constraint *constraint)
{
    columns seen = {0};

    tdm_sql_visit(&constraint->raw_expr->base, see_column, &seen);
    return seen.several || !seen.only ? (tdm_text){NULL, 0} : tdm_text_of(seen.only);
}

tdm_text tdm_name_of_constraint(const tdm_catalog *catalog, const tdm_table *table,
                                const PgQuery__Constraint *constraint)
{
    tdm_text keys = tdm_name_join(catalog->arena, constraint->keys, constraint->n_keys);

    switch (constraint->contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
        return tdm_name_choose(catalog, table, (tdm_text){NULL, 0}, "pkey");
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
        return tdm_name_choose(catalog, table, keys, "key");
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
        keys = tdm_name_join(catalog->arena, constraint->fk_attrs, constraint->n_fk_attrs);
        return tdm_name_choose(catalog, table, keys, "fkey");
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
        return tdm_name_choose(catalog, table, column_of_check(constraint), "check");
    default:
        return (tdm_text){NULL, 0};
    }
}

tdm_text tdm_name_of_index(const tdm_catalog *catalog, const tdm_table *table,
                           const PgQuery__IndexStmt *index)
{
    tdm_text joined = {NULL, 0};

    for (size_t i = 0; i < index->n_index_params; i++) {
        const PgQuery__Node *node = index->index_params[i];
        if (node->node_case != PG_QUERY__NODE__NODE_INDEX_ELEM || !*node->index_elem->name)
            return (tdm_text){NULL, 0};
        joined = tdm_arena_printf(catalog->arena, "%.*s%s%s", TDM_TEXT_ARG(joined), i ? "_" : "",
                                  node->index_elem->name);
    }
    return tdm_name_choose(catalog, table, joined, "idx");
}
