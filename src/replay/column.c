// Columns: what a definition says of one, and the changes it is.
#include "replay/parts.h"

#include "base/text.h"
#include "catalog/names.h"
#include "catalog/types.h"
#include "catalog/value.h"
#include "sql/excerpt.h"

#include <string.h>

static tdm_text copy(tdm_replay *r, const char *string)
{
    return tdm_arena_text(r->catalog->arena, tdm_text_of(string));
}

static const char *last_string(PgQuery__Node *const *parts, size_t count)
{
    if (count == 0 || parts[count - 1]->node_case != PG_QUERY__NODE__NODE_STRING)
        return "";
    return parts[count - 1]->string->sval;
}

static bool is_null(const PgQuery__Node *expression)
{
    while (expression->node_case == PG_QUERY__NODE__NODE_TYPE_CAST && expression->type_cast->arg)
        expression = expression->type_cast->arg;
    return expression->node_case == PG_QUERY__NODE__NODE_A_CONST && expression->a_const->isnull;
}

// heap.c AddRelationNewConstraints stores no DEFAULT NULL, but for a domain.
void tdm_replay_set_default(tdm_replay *r, tdm_column *column, const PgQuery__Node *expression)
{
    tdm_digest none = {{0}};

    column->has_default = false;
    column->default_text = (tdm_text){NULL, 0};
    column->default_id = none;
    if (!expression || (is_null(expression) && column->plain_type))
        return;
    column->has_default = true;
    column->default_text =
        tdm_arena_text(r->catalog->arena, tdm_sql_excerpt(r->tree, &expression->base));
    if (column->default_text.size == 0)
        column->default_text = TDM_TEXT("an expression");
    column->default_id = tdm_value_default_digest(r->catalog, expression, column->type);
}

// parse_utilcmd.c generateSerialExtraStmts: integer, NOT NULL, and the next value of a sequence of
// its own.
static void set_serial(tdm_replay *r, const tdm_table *table, tdm_column *column)
{
    tdm_text sequence = tdm_name_choose(r->catalog, table, column->name, TDM_NAME_SEQUENCE);

    column->not_null = true;
    column->has_default = true;
    column->default_text =
        tdm_replay_text(r, "nextval('%.*s'::regclass)",
                        TDM_TEXT_ARG(tdm_catalog_print(r->catalog, table->schema, sequence)));
    column->default_id = tdm_value_nextval_digest(r->catalog, table->schema, sequence);
}

tdm_value tdm_replay_identity_value(const PgQuery__Constraint *constraint)
{
    tdm_value value = {.text = strcmp(constraint->generated_when, "a") == 0
                                   ? TDM_TEXT("ALWAYS AS IDENTITY")
                                   : TDM_TEXT("BY DEFAULT AS IDENTITY")};

    return value;
}

static void set_generated(tdm_replay *r, tdm_column *column, const PgQuery__Constraint *constraint,
                          bool stored)
{
    if (stored) {
        tdm_text text = tdm_sql_excerpt(r->tree, &constraint->raw_expr->base);
        bool bracketed = tdm_text_starts(text, TDM_TEXT("("));
        column->generated = tdm_replay_text(r, "ALWAYS AS %s%.*s%s STORED", bracketed ? "" : "(",
                                            TDM_TEXT_ARG(text), bracketed ? "" : ")");
        column->generated_id = tdm_value_digest(r->catalog, &constraint->raw_expr->base);
    } else {
        tdm_value value = tdm_replay_identity_value(constraint);
        column->generated = value.text;
        column->generated_id = value.digest;
        column->not_null = true;
    }
}

static void read_property(tdm_replay *r, tdm_column *column, const PgQuery__Constraint *constraint)
{
    switch (constraint->contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL:
        column->not_null = true;
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT:
        tdm_replay_set_default(r, column, constraint->raw_expr);
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY:
        set_generated(r, column, constraint, false);
        break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED:
        set_generated(r, column, constraint, true);
        break;
    default: // NULL says nothing; keyed constraints are objects of their own
        break;
    }
}

static tdm_text name_of(tdm_replay *r, PgQuery__Node *const *parts, size_t count)
{
    tdm_text name = copy(r, last_string(parts, count));
    tdm_text schema = count > 1 ? copy(r, last_string(parts, count - 1)) : (tdm_text){NULL, 0};

    return tdm_text_is(schema, "pg_catalog") ? name : tdm_catalog_print(r->catalog, schema, name);
}

// "default" is what is there without the word.
static void set_options(tdm_replay *r, tdm_column *column, const PgQuery__ColumnDef *def)
{
    tdm_value value = {0};

    if (def->coll_clause)
        value.text = name_of(r, def->coll_clause->collname, def->coll_clause->n_collname);
    if (value.text.size && !tdm_text_is(value.text, "default"))
        tdm_attributes_set(r->catalog, &column->attributes, TDM_ATTR_COLLATION, value,
                           column->place);
    value.text = copy(r, def->compression);
    if (value.text.size && !tdm_text_is(value.text, "default"))
        tdm_attributes_set(r->catalog, &column->attributes, TDM_ATTR_COMPRESSION, value,
                           column->place);
}

tdm_column tdm_replay_read_column(tdm_replay *r, const tdm_table *table,
                                  const PgQuery__ColumnDef *def)
{
    tdm_column column = {.name = copy(r, def->colname),
                         .place = tdm_replay_place(r, def->location)};

    column.type = tdm_type_print(r->catalog, def->type_name);
    column.plain_type = tdm_type_is_builtin(def->type_name);
    if (def->type_name)
        column.written_type =
            tdm_arena_text(r->catalog->arena, tdm_sql_excerpt(r->tree, &def->type_name->base));
    if (tdm_type_of_serial(def->type_name))
        set_serial(r, table, &column);
    for (size_t i = 0; i < def->n_constraints; i++)
        if (def->constraints[i]->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
            read_property(r, &column, def->constraints[i]->constraint);
    set_options(r, &column, def);
    return column;
}

void tdm_replay_record_column(tdm_replay *r, const tdm_table *table, const tdm_column *column,
                              tdm_digest filled)
{
    tdm_text name = column->name;

    tdm_replay_record(r, (tdm_change){.kind = TDM_CHANGE_EXISTENCE,
                                      .key = tdm_replay_column_key(table, name),
                                      .object = tdm_replay_member(r, table, name),
                                      .exists = true,
                                      .identity = filled,
                                      .place = column->place});
    tdm_replay_record_column_value(
        r, table, name,
        (tdm_change){.attribute = TDM_ATTR_TYPE,
                     .after = {.text = column->type, .written = column->written_type},
                     .place = column->place});
    tdm_replay_record_column_value(
        r, table, name,
        (tdm_change){.attribute = TDM_ATTR_NULLABLE,
                     .after = {.text = tdm_text_of(column->not_null ? "NOT NULL" : "NULL")},
                     .place = column->place});
    if (column->has_default)
        tdm_replay_record_column_value(
            r, table, name,
            (tdm_change){.attribute = TDM_ATTR_DEFAULT,
                         .after = {.text = column->default_text, .digest = column->default_id},
                         .type = column->type,
                         .place = column->place});
    if (column->generated.size)
        tdm_replay_record_column_value(
            r, table, name,
            (tdm_change){.attribute = TDM_ATTR_GENERATED,
                         .after = {.text = column->generated, .digest = column->generated_id},
                         .place = column->place});
    for (size_t i = 0; i < column->attributes.count; i++)
        tdm_replay_record_column_value(
            r, table, name,
            (tdm_change){.attribute = column->attributes.items[i].attribute,
                         .after = column->attributes.items[i].value,
                         .place = column->place});
}

void tdm_replay_set_not_null(tdm_replay *r, tdm_table *table, tdm_column *column, bool not_null)
{
    static const tdm_text words[] = {{"NULL", 4}, {"NOT NULL", 8}};

    if (column->not_null == not_null)
        return;
    tdm_replay_record_column_value(r, table, column->name,
                                   (tdm_change){.attribute = TDM_ATTR_NULLABLE,
                                                .before = {.text = words[column->not_null]},
                                                .after = {.text = words[not_null]}});
    column->not_null = not_null;
    column->place = r->statement->place;
}
