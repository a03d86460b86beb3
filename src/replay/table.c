// CREATE TABLE in its forms.
#include "replay/grant.h"

#include "base/text.h"
#include "catalog/types.h"
#include "catalog/value.h"
#include "sql/constraints.h"
#include "sql/excerpt.h"

#include <string.h>

static tdm_text copy(tdm_replay *r, const char *string)
{
    return tdm_arena_text(r->catalog->arena, tdm_text_of(string));
}

// The schema that a new relation goes to.
static tdm_text target_schema(tdm_replay *r, const PgQuery__RangeVar *range)
{
    if (strcmp(range->relpersistence, "t") == 0)
        return TDM_TEXT("pg_temp");
    if (*range->schemaname)
        return copy(r, range->schemaname);
    return tdm_catalog_creation_schema(r->catalog);
}

typedef enum outcome {
    OUTCOME_CREATE,
    OUTCOME_NOTHING, // it is there, and IF NOT EXISTS says that this is well
    OUTCOME_OPAQUE,  // said so already
} outcome;

// Whether a relation of this name can be made.
static outcome may_create(tdm_replay *r, tdm_text schema, tdm_text name, bool if_not_exists)
{
    tdm_text printed = tdm_catalog_print(r->catalog, schema, name);
    tdm_text why = {NULL, 0};

    if (schema.size == 0) {
        tdm_replay_opaque(r, TDM_TEXT("the search path names no schema to make it in"));
        return OUTCOME_OPAQUE;
    }
    tdm_found found = tdm_catalog_find(r->catalog, schema, name);
    bool exists = found.known == TDM_KNOWN_YES || (found.object && !found.object->uncertain);
    if (exists && if_not_exists)
        return OUTCOME_NOTHING;
    if (exists) {
        tdm_replay_refuse(r, "duplicate_table",
                          tdm_replay_text(r, "the server refuses it: %.*s already exists",
                                          TDM_TEXT_ARG(printed)));
        return OUTCOME_OPAQUE;
    }
    if (tdm_catalog_schema(r->catalog, schema, &why) == TDM_KNOWN_NO_OBJECT &&
        !tdm_text_is(schema, "pg_temp")) {
        tdm_replay_opaque(r, tdm_replay_text(r, "the server refuses it: there is no schema %.*s",
                                             TDM_TEXT_ARG(schema)));
        return OUTCOME_OPAQUE;
    }
    if (found.known == TDM_KNOWN_UNKNOWN && (if_not_exists || r->catalog->careful)) {
        tdm_text reason = tdm_replay_text(r, "whether %.*s exists cannot be known: %.*s",
                                          TDM_TEXT_ARG(printed), TDM_TEXT_ARG(found.why));
        // It is there afterwards, and nothing else is touched.
        if (r->catalog->open || !if_not_exists)
            tdm_replay_opaque(r, reason);
        else
            tdm_replay_record(r, (tdm_change){.kind = TDM_CHANGE_OPAQUE,
                                              .object = TDM_TEXT("statement"),
                                              .reason = reason});
        return OUTCOME_OPAQUE;
    }
    return OUTCOME_CREATE;
}

// A table that is there whatever it looks like.
static tdm_table *add_vague(tdm_replay *r, tdm_text schema, tdm_text name, tdm_text reason)
{
    tdm_key key = {.kind = TDM_KIND_TABLE, .schema = schema, .name = name};
    tdm_table *table = tdm_catalog_put(r->catalog, &key, r->statement->place);

    if (table) {
        table->columns_known = false;
        table->reason = reason;
    }
    return table;
}

// --- Columns ------------------------------------------------------------------------------------

static const PgQuery__Constraint *identity_of(const PgQuery__ColumnDef *def)
{
    for (size_t i = 0; i < def->n_constraints; i++)
        if (def->constraints[i]->node_case == PG_QUERY__NODE__NODE_CONSTRAINT &&
            def->constraints[i]->constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY)
            return def->constraints[i]->constraint;
    return NULL;
}

void tdm_replay_put_column(tdm_replay *r, tdm_table *table, tdm_column column, tdm_digest filled)
{
    if (!tdm_object_add_column(r->catalog, table, column)) {
        r->failed = true;
        return;
    }
    tdm_replay_record_column(r, table, &column, filled);
}

void tdm_replay_add_column(tdm_replay *r, tdm_table *table, const PgQuery__ColumnDef *def,
                           bool fills)
{
    tdm_column column = tdm_replay_read_column(r, table, def);
    const PgQuery__Constraint *identity = identity_of(def);
    tdm_digest filled = {{0}};

    // A new column of a table that has rows is filled with its default.
    if (fills && (column.has_default || column.generated.size))
        filled = tdm_replay_chain(r, column.default_id, column.generated_id);
    tdm_replay_put_column(r, table, column, filled);
    if (identity || tdm_type_of_serial(def->type_name))
        tdm_replay_own_sequence(r, table, &column, identity);
}

// A column that a parent or a type has as well: what is said here comes on top (MergeAttributes).
static void merge_column(tdm_replay *r, tdm_table *table, tdm_column *column,
                         const PgQuery__ColumnDef *def)
{
    tdm_column said = tdm_replay_read_column(r, table, def);

    tdm_replay_assign_column(r, table, column, TDM_ATTR_INHERITED, (tdm_value){0});
    if (said.not_null)
        tdm_replay_set_not_null(r, table, column, true);
    if (!said.has_default)
        return;
    tdm_replay_record_column_value(
        r, table, column->name,
        (tdm_change){.attribute = TDM_ATTR_DEFAULT,
                     .before = {.text = column->default_text, .digest = column->default_id},
                     .after = {.text = said.default_text, .digest = said.default_id},
                     .type = column->type});
    column->has_default = true;
    column->default_text = said.default_text;
    column->default_id = said.default_id;
}

static void add_element(tdm_replay *r, tdm_table *table, const PgQuery__Node *node,
                        size_t inherited)
{
    if (node->node_case == PG_QUERY__NODE__NODE_TABLE_LIKE_CLAUSE) {
        tdm_replay_copy_columns(r, table, node->table_like_clause);
        return;
    }
    if (node->node_case != PG_QUERY__NODE__NODE_COLUMN_DEF)
        return;
    const PgQuery__ColumnDef *def = node->column_def;
    tdm_column *column = tdm_table_column(table, tdm_text_of(def->colname));
    if (column && column->position < inherited)
        merge_column(r, table, column, def);
    else if (column)
        tdm_replay_opaque(
            r, tdm_replay_text(r, "the server refuses it: column %s is named twice", def->colname));
    else if (def->type_name)
        tdm_replay_add_column(r, table, def, false);
}

// --- Constraints --------------------------------------------------------------------------------

typedef TDM_VECTOR(PgQuery__Constraint *) constraint_list;

// Those of columns and of the table, in the order of the text.
static void collect_constraints(tdm_replay *r, const PgQuery__CreateStmt *create,
                                constraint_list *list)
{
    tdm_arena *arena = r->catalog->arena;

    for (size_t i = 0; i < create->n_table_elts; i++) {
        const PgQuery__Node *node = create->table_elts[i];
        tdm_sql_constraints inner = {0};
        if (node->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
            (void)tdm_vector_push(arena, list, node->constraint);
        if (node->node_case != PG_QUERY__NODE__NODE_COLUMN_DEF)
            continue;
        if (tdm_sql_column_constraints(arena, node->column_def, &inner, NULL) != TDM_OK)
            r->failed = true;
        if (inner.odd)
            tdm_replay_opaque(r, TDM_TEXT("the server refuses a constraint of it"));
        for (size_t j = 0; j < inner.count; j++)
            (void)tdm_vector_push(arena, list, inner.items[j]);
    }
}

static void add_constraints(tdm_replay *r, tdm_table *table, const PgQuery__CreateStmt *create)
{
    constraint_list list = {0};

    collect_constraints(r, create, &list);
    tdm_replay_add_constraints(r, table, list.items, list.count);
}

// --- The table ----------------------------------------------------------------------------------

// "RANGE (a, lower(b))"
static tdm_text partition_key(tdm_replay *r, const PgQuery__PartitionSpec *spec)
{
    tdm_text text = {NULL, 0};

    for (size_t i = 0; i < spec->n_part_params; i++) {
        const PgQuery__PartitionElem *element = spec->part_params[i]->partition_elem;
        tdm_text part = tdm_text_of(element->name);
        if (element->expr)
            part = tdm_sql_excerpt(r->tree, &element->expr->base);
        text =
            tdm_replay_text(r, "%.*s%s%.*s", TDM_TEXT_ARG(text), i ? ", " : "", TDM_TEXT_ARG(part));
    }
    char *strategy = tdm_arena_string(r->catalog->arena, tdm_text_of(spec->strategy));
    for (size_t i = 0; strategy && strategy[i]; i++)
        strategy[i] = tdm_to_upper(strategy[i]);
    return tdm_replay_text(r, "%s (%.*s)", strategy ? strategy : "", TDM_TEXT_ARG(text));
}

void tdm_replay_set_bound(tdm_replay *r, tdm_table *table, const PgQuery__PartitionBoundSpec *bound)
{
    tdm_value value = {.text = TDM_TEXT("DEFAULT")};

    if (!bound->is_default) {
        tdm_text text = tdm_sql_excerpt(r->tree, &bound->base);
        value.text = tdm_replay_text(r, "FOR VALUES %.*s", TDM_TEXT_ARG(text));
    }
    value.digest = tdm_value_digest(r->catalog, &bound->base);
    tdm_replay_assign(r, table, TDM_ATTR_PARTITION_BOUND, value);
}

static void set_properties(tdm_replay *r, tdm_table *table, const PgQuery__CreateStmt *create)
{
    if (*create->relation->relpersistence == 'u')
        tdm_replay_assign_text(r, table, TDM_ATTR_PERSISTENCE, TDM_TEXT("unlogged"));
    if (create->partspec) {
        table->partitioned = true;
        tdm_replay_assign_text(r, table, TDM_ATTR_PARTITION_KEY,
                               partition_key(r, create->partspec));
    }
    if (create->partbound)
        tdm_replay_set_bound(r, table, create->partbound);
    tdm_replay_assign_text(r, table, TDM_ATTR_OPTIONS,
                           tdm_replay_options(r, create->options, create->n_options));
    tdm_replay_assign_text(r, table, TDM_ATTR_TABLESPACE,
                           tdm_replay_tablespace(r, create->tablespacename));
    // heap is what is there without the word.
    if (strcmp(create->access_method, "heap") != 0)
        tdm_replay_assign_text(r, table, TDM_ATTR_ACCESS_METHOD, copy(r, create->access_method));
    if (create->of_typename) {
        tdm_replay_assign_text(r, table, TDM_ATTR_OF_TYPE,
                               tdm_type_print(r->catalog, create->of_typename));
        table->columns_known = false;
        table->reason = TDM_TEXT("its columns come from a type");
    }
}

static void add_elements(tdm_replay *r, tdm_table *table, const PgQuery__CreateStmt *create)
{
    for (size_t i = 0; i < create->n_inh_relations; i++)
        if (create->inh_relations[i]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR)
            tdm_replay_inherit(r, table, create->inh_relations[i]->range_var,
                               create->partbound != NULL);
    size_t inherited = table->columns.count;
    for (size_t i = 0; i < create->n_table_elts; i++)
        add_element(r, table, create->table_elts[i], inherited);
    add_constraints(r, table, create);
    if (create->partbound && create->n_inh_relations)
        tdm_replay_copy_partition(r, table, create->inh_relations[0]->range_var);
    for (size_t i = 0; i < create->n_table_elts; i++)
        if (create->table_elts[i]->node_case == PG_QUERY__NODE__NODE_TABLE_LIKE_CLAUSE)
            tdm_replay_copy_rest(r, table, create->table_elts[i]->table_like_clause);
}

void tdm_replay_create_table(tdm_replay *r)
{
    const PgQuery__CreateStmt *create = r->tree->node->create_stmt;
    tdm_text schema = target_schema(r, create->relation);
    tdm_text name = copy(r, create->relation->relname);
    tdm_key key = {.kind = TDM_KIND_TABLE, .schema = schema, .name = name};

    switch (may_create(r, schema, name, create->if_not_exists)) {
    case OUTCOME_NOTHING:
        return;
    case OUTCOME_OPAQUE:
        if (schema.size && tdm_catalog_find(r->catalog, schema, name).known != TDM_KNOWN_YES)
            add_vague(r, schema, name, TDM_TEXT("it may have been there before"));
        return;
    case OUTCOME_CREATE:
        break;
    }
    tdm_table *table =
        tdm_catalog_put(r->catalog, &key, tdm_replay_place(r, create->relation->location));
    if (!table) {
        r->failed = true;
        return;
    }
    tdm_replay_record(r, (tdm_change){.kind = TDM_CHANGE_EXISTENCE,
                                      .key = tdm_replay_key_of(table),
                                      .object = tdm_replay_table_name(r, table),
                                      .exists = true,
                                      .place = table->place});
    tdm_replay_give_defaults(r, table);
    set_properties(r, table, create);
    add_elements(r, table, create);
}

void tdm_replay_create_as(tdm_replay *r, const PgQuery__RangeVar *range, bool if_not_exists)
{
    tdm_text schema = target_schema(r, range), name = copy(r, range->relname);
    outcome result = may_create(r, schema, name, if_not_exists);

    if (result == OUTCOME_NOTHING)
        return;
    tdm_table *table = NULL;
    if (schema.size && tdm_catalog_find(r->catalog, schema, name).known != TDM_KNOWN_YES)
        table = add_vague(r, schema, name, TDM_TEXT("its columns come from a query"));
    if (result == OUTCOME_OPAQUE || !table)
        return;
    tdm_replay_record(r, (tdm_change){.kind = TDM_CHANGE_EXISTENCE,
                                      .key = tdm_replay_key_of(table),
                                      .object = tdm_replay_table_name(r, table),
                                      .exists = true,
                                      .after = {.reason = table->reason},
                                      .identity = tdm_replay_identity(r, &r->tree->node->base)});
    tdm_replay_give_defaults(r, table);
}
