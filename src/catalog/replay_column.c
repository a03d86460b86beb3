// Columns: what a definition says of one, and the changes it is.
#include "catalog/replay_parts.h"

#include "base/text.h"
#include "catalog/types.h"
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

// "character varying(512)" without its modifiers.
static tdm_text without_modifiers(tdm_arena *arena, tdm_text type)
{
    size_t open = tdm_text_find_char(type, '('), close = tdm_text_find_char(type, ')');

    if (open == SIZE_MAX || close == SIZE_MAX || close < open)
        return type;
    return tdm_arena_printf(arena, "%.*s%.*s", (int)open, type.data,
                            TDM_TEXT_ARG(tdm_text_from(type, close + 1)));
}

// A string constant is read as the column's type whether or not a cast to that type stands behind
// it (parse_coerce.c coerce_type on an unknown literal): '{}' and '{}'::jsonb are one default.
static const PgQuery__Node *without_cast(tdm_replay *r, const PgQuery__Node *expression,
                                         tdm_text type)
{
    if (expression->node_case != PG_QUERY__NODE__NODE_TYPE_CAST)
        return expression;
    const PgQuery__TypeCast *cast = expression->type_cast;
    if (!cast->arg || cast->arg->node_case != PG_QUERY__NODE__NODE_A_CONST ||
        cast->arg->a_const->val_case != PG_QUERY__A__CONST__VAL_SVAL || cast->type_name->n_typmods)
        return expression;
    tdm_text target = tdm_type_print(r->catalog, cast->type_name);
    return tdm_text_equal(target, without_modifiers(r->catalog->arena, type)) ? cast->arg
                                                                              : expression;
}

static bool is_null(const PgQuery__Node *expression)
{
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
    column->default_id = tdm_replay_identity(r, &without_cast(r, expression, column->type)->base);
}

// parse_utilcmd.c generateSerialExtraStmts: integer, NOT NULL, and the next value of a sequence of
// its own.
static void set_serial(tdm_replay *r, const tdm_table *table, tdm_column *column)
{
    tdm_digest of_serial = {{'s', 'e', 'r', 'i', 'a', 'l'}};

    column->not_null = true;
    column->has_default = true;
    column->default_text = tdm_replay_text(r, "nextval(%.*s_%.*s_seq)", TDM_TEXT_ARG(table->name),
                                           TDM_TEXT_ARG(column->name));
    column->default_id = of_serial;
}

static void set_generated(tdm_replay *r, tdm_column *column, const PgQuery__Constraint *constraint,
                          bool stored)
{
    bool always = strcmp(constraint->generated_when, "a") == 0;

    if (stored) {
        tdm_text text = tdm_sql_excerpt(r->tree, &constraint->raw_expr->base);
        column->generated = tdm_replay_text(r, "ALWAYS AS %.*s STORED", TDM_TEXT_ARG(text));
    } else {
        column->generated =
            always ? TDM_TEXT("ALWAYS AS IDENTITY") : TDM_TEXT("BY DEFAULT AS IDENTITY");
        column->not_null = true;
    }
    PgQuery__Constraint bare = *constraint;
    bare.conname = (char *)"";
    column->generated_id = tdm_replay_identity(r, &bare.base);
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

// Collation and compression are part of what a reader takes for the type.
static void put_type_options(tdm_replay *r, tdm_column *column, const PgQuery__ColumnDef *def)
{
    if (def->coll_clause) {
        const char *collation =
            last_string(def->coll_clause->collname, def->coll_clause->n_collname);
        column->type =
            tdm_replay_text(r, "%.*s COLLATE \"%s\"", TDM_TEXT_ARG(column->type), collation);
    }
    if (*def->compression)
        column->type =
            tdm_replay_text(r, "%.*s COMPRESSION %s", TDM_TEXT_ARG(column->type), def->compression);
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
    put_type_options(r, &column, def);
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
