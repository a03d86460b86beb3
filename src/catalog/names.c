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

static const struct use {
    const char *label;
    bool relation;
    bool constraint;
} uses[] = {
    [TDM_NAME_PRIMARY] = {"pkey", true, true},  [TDM_NAME_UNIQUE] = {"key", true, true},
    [TDM_NAME_EXCLUDE] = {"excl", true, true},  [TDM_NAME_INDEX] = {"idx", true, false},
    [TDM_NAME_SEQUENCE] = {"seq", true, false}, [TDM_NAME_FOREIGN] = {"fkey", false, true},
    [TDM_NAME_CHECK] = {"check", false, true},
};

static bool is_taken(const tdm_catalog *catalog, tdm_text schema, tdm_text name,
                     const struct use *use)
{
    tdm_key key = {.kind = TDM_KIND_INDEX, .schema = schema, .name = name};

    return (use->relation && tdm_catalog_live(catalog, &key)) ||
           (use->constraint && tdm_catalog_has_constraint(catalog, schema, name));
}

tdm_text tdm_name_choose(const tdm_catalog *catalog, const tdm_table *table, tdm_text columns,
                         tdm_name_use use)
{
    char numbered[32];
    const struct use *row = &uses[use];
    tdm_text name = tdm_name_make(catalog->arena, table->name, columns, row->label);

    for (unsigned i = 1; name.size && is_taken(catalog, table->schema, name, row); i++) {
        if (snprintf(numbered, sizeof numbered, "%s%u", row->label, i) < 0)
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
        return tdm_name_choose(catalog, table, (tdm_text){NULL, 0}, TDM_NAME_PRIMARY);
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
        if (constraint->n_including)
            keys =
                tdm_arena_printf(catalog->arena, "%.*s_%.*s", TDM_TEXT_ARG(keys),
                                 TDM_TEXT_ARG(tdm_name_join(catalog->arena, constraint->including,
                                                            constraint->n_including)));
        return tdm_name_choose(catalog, table, keys, TDM_NAME_UNIQUE);
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
        keys = tdm_name_join(catalog->arena, constraint->fk_attrs, constraint->n_fk_attrs);
        return tdm_name_choose(catalog, table, keys, TDM_NAME_FOREIGN);
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
        return tdm_name_choose(catalog, table, column_of_check(constraint), TDM_NAME_CHECK);
    default:
        return (tdm_text){NULL, 0};
    }
}

// --- The columns of an index --------------------------------------------------------------------

static const char *last_of(PgQuery__Node *const *parts, size_t count)
{
    return string_of(count ? parts[count - 1] : NULL);
}

// FigureColnameInternal in parse_target.c: the name of an expression and how sure it is (0 to 2).
static const char *figure(const PgQuery__Node *node, int *strength);

static const char *figure_cast(const PgQuery__TypeCast *cast, int *strength)
{
    const char *name = figure(cast->arg, strength);

    if (*strength > 1)
        return name;
    *strength = 1;
    return last_of(cast->type_name->names, cast->type_name->n_names);
}

static const char *figure_case(const PgQuery__CaseExpr *expr, int *strength)
{
    const char *name = figure(expr->defresult, strength);

    if (*strength > 1)
        return name;
    *strength = 1;
    return "case";
}

static const char *figure(const PgQuery__Node *node, int *strength)
{
    *strength = 2;
    switch (node ? node->node_case : PG_QUERY__NODE__NODE__NOT_SET) {
    case PG_QUERY__NODE__NODE_COLUMN_REF:
        return last_of(node->column_ref->fields, node->column_ref->n_fields);
    case PG_QUERY__NODE__NODE_FUNC_CALL:
        return last_of(node->func_call->funcname, node->func_call->n_funcname);
    case PG_QUERY__NODE__NODE_TYPE_CAST:
        return figure_cast(node->type_cast, strength);
    case PG_QUERY__NODE__NODE_COLLATE_CLAUSE:
        return figure(node->collate_clause->arg, strength);
    case PG_QUERY__NODE__NODE_CASE_EXPR:
        return figure_case(node->case_expr, strength);
    case PG_QUERY__NODE__NODE_COALESCE_EXPR:
        return "coalesce";
    case PG_QUERY__NODE__NODE_A_ARRAY_EXPR:
        return "array";
    case PG_QUERY__NODE__NODE_ROW_EXPR:
        return "row";
    case PG_QUERY__NODE__NODE_MIN_MAX_EXPR:
        return node->min_max_expr->op == PG_QUERY__MIN_MAX_OP__IS_GREATEST ? "greatest" : "least";
    case PG_QUERY__NODE__NODE_A_EXPR:
        if (node->a_expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF)
            return "nullif";
        break;
    default: // no name of its own
        break;
    }
    *strength = 0;
    return "";
}

// A name that none of the ones before it is: "expr", "expr1", ... (ChooseIndexColumnNames).
static tdm_text distinct(tdm_arena *arena, tdm_text name, const tdm_text *before, size_t count)
{
    char number[16];
    tdm_text chosen = name;

    for (unsigned i = 1;; i++) {
        size_t at = 0;
        while (at < count && !tdm_text_equal(before[at], chosen))
            at++;
        if (at == count)
            return chosen;
        int size = snprintf(number, sizeof number, "%u", i);
        chosen = tdm_arena_printf(
            arena, "%.*s%s",
            TDM_TEXT_ARG(clip(name, NAME_MAX_BYTES - (size_t)(size > 0 ? size : 0))), number);
    }
}

static tdm_text name_of_keys(tdm_arena *arena, PgQuery__Node *const *elements, size_t count)
{
    tdm_text *names = tdm_arena_array(arena, count, sizeof *names);
    tdm_text joined = {NULL, 0};
    int strength;

    for (size_t i = 0; names && i < count && joined.size <= NAME_MAX_BYTES; i++) {
        const PgQuery__IndexElem *element = elements[i]->index_elem;
        tdm_text name =
            tdm_text_of(element->expr ? figure(element->expr, &strength) : element->name);
        names[i] = distinct(arena, name.size ? name : TDM_TEXT("expr"), names, i);
        joined = tdm_arena_printf(arena, "%.*s%s%.*s", TDM_TEXT_ARG(joined), i ? "_" : "",
                                  TDM_TEXT_ARG(names[i]));
    }
    return joined;
}

// What is included counts as well (DefineIndex).
tdm_text tdm_name_of_index(const tdm_catalog *catalog, const tdm_table *table,
                           const PgQuery__IndexStmt *index)
{
    size_t keys = index->n_index_params, others = index->n_index_including_params;
    PgQuery__Node **all = tdm_arena_array(catalog->arena, keys + others, sizeof(PgQuery__Node *));

    if (!all)
        return (tdm_text){NULL, 0};
    for (size_t i = 0; i < keys + others; i++)
        all[i] = i < keys ? index->index_params[i] : index->index_including_params[i - keys];
    tdm_text joined = name_of_keys(catalog->arena, all, keys + others);
    return tdm_name_choose(catalog, table, joined, TDM_NAME_INDEX);
}

tdm_text tdm_name_of_exclusion(const tdm_catalog *catalog, const tdm_table *table,
                               PgQuery__Node *const *elements, size_t count)
{
    return tdm_name_choose(catalog, table, name_of_keys(catalog->arena, elements, count),
                           TDM_NAME_EXCLUDE);
}
