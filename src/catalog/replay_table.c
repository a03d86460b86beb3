// CREATE TABLE in its forms.
#include "catalog/replay_parts.h"

#include "base/text.h"
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
        tdm_replay_opaque(r, tdm_replay_text(r, "whether %.*s exists cannot be known: %.*s",
                                             TDM_TEXT_ARG(printed), TDM_TEXT_ARG(found.why)));
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

// The properties of the table itself, without its name and columns.
static tdm_digest identity_of_table(tdm_replay *r, const PgQuery__CreateStmt *create, bool whole)
{
    PgQuery__CreateStmt bare = *create;
    PgQuery__RangeVar range = *create->relation;

    range.relname = range.schemaname = (char *)"";
    bare.relation = &range;
    bare.if_not_exists = 0;
    if (!whole)
        bare.n_table_elts = 0;
    return tdm_replay_identity(r, &bare.base);
}

static bool has_own_columns(const PgQuery__CreateStmt *create)
{
    for (size_t i = 0; i < create->n_table_elts; i++)
        if (create->table_elts[i]->node_case == PG_QUERY__NODE__NODE_TABLE_LIKE_CLAUSE)
            return false;
    return create->n_inh_relations == 0 && !create->of_typename;
}

// Constraints of columns and of the table in the order of the text; the primary key comes first, as
// it makes columns NOT NULL that others may name.
static void add_constraints(tdm_replay *r, tdm_table *table, const PgQuery__CreateStmt *create)
{
    for (size_t i = 0; i < create->n_table_elts; i++) {
        const PgQuery__Node *node = create->table_elts[i];
        tdm_sql_constraints inner = {0};
        if (node->node_case == PG_QUERY__NODE__NODE_CONSTRAINT) {
            tdm_replay_add_constraint(r, table, node->constraint);
        } else if (node->node_case == PG_QUERY__NODE__NODE_COLUMN_DEF) {
            if (tdm_sql_column_constraints(r->catalog->arena, node->column_def, &inner, NULL) !=
                TDM_OK)
                r->failed = true;
            if (inner.odd)
                tdm_replay_opaque(r, TDM_TEXT("the server refuses a constraint of it"));
            for (size_t j = 0; j < inner.count; j++)
                tdm_replay_add_constraint(r, table, inner.items[j]);
        }
    }
}

static void add_sequence(tdm_replay *r, const tdm_table *table, const tdm_column *column)
{
    tdm_text name =
        tdm_replay_text(r, "%.*s_%.*s_seq", TDM_TEXT_ARG(table->name), TDM_TEXT_ARG(column->name));
    tdm_key key = {.kind = TDM_KIND_SEQUENCE, .schema = table->schema, .on = table, .name = name};
    tdm_object *sequence = tdm_catalog_record(r->catalog, &key);

    if (!sequence)
        return;
    sequence->dropped = false;
    sequence->place = column->place;
}

void tdm_replay_add_column(tdm_replay *r, tdm_table *table, const PgQuery__ColumnDef *def,
                           bool fills)
{
    tdm_column column = tdm_replay_read_column(r, table, def);
    tdm_digest filled = {{0}};

    // A new column of a table that has rows is filled with its default.
    if (fills && (column.has_default || column.generated.size))
        filled = tdm_replay_chain(r, column.default_id, column.generated_id);
    if (!tdm_object_add_column(r->catalog, table, column)) {
        r->failed = true;
        return;
    }
    if (tdm_text_ends(column.default_text, TDM_TEXT("_seq)")) || column.generated.size)
        add_sequence(r, table, &column);
    tdm_replay_record_column(r, table, &column, filled);
}

static void add_columns(tdm_replay *r, tdm_table *table, const PgQuery__CreateStmt *create)
{
    for (size_t i = 0; i < create->n_table_elts; i++) {
        const PgQuery__Node *node = create->table_elts[i];
        if (node->node_case != PG_QUERY__NODE__NODE_COLUMN_DEF)
            continue;
        if (tdm_table_column(table, tdm_text_of(node->column_def->colname)))
            tdm_replay_opaque(r, tdm_replay_text(r,
                                                 "the server refuses it: column %s is named "
                                                 "twice",
                                                 node->column_def->colname));
        else
            tdm_replay_add_column(r, table, node->column_def, false);
    }
}

void tdm_replay_create_table(tdm_replay *r)
{
    const PgQuery__CreateStmt *create = r->tree->node->create_stmt;
    tdm_text schema = target_schema(r, create->relation);
    tdm_text name = copy(r, create->relation->relname);
    bool own = has_own_columns(create);

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
    tdm_key key = {.kind = TDM_KIND_TABLE, .schema = schema, .name = name};
    tdm_table *table =
        tdm_catalog_put(r->catalog, &key, tdm_replay_place(r, create->relation->location));
    if (!table) {
        r->failed = true;
        return;
    }
    table->partitioned = create->partspec != NULL;
    if (!own) {
        table->columns_known = false;
        table->reason = TDM_TEXT("its columns come from another table or type");
    }
    tdm_replay_record(r, (tdm_change){.kind = TDM_CHANGE_EXISTENCE,
                                      .key = tdm_replay_key_of(table),
                                      .object = tdm_replay_table_name(r, table),
                                      .exists = true,
                                      .identity = identity_of_table(r, create, !own),
                                      .place = table->place});
    add_columns(r, table, create);
    add_constraints(r, table, create);
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
                                      .identity = tdm_replay_identity(r, &r->tree->node->base)});
}
