// RENAME and SET SCHEMA, of every kind of object.
#include "catalog/grants.h"
#include "replay/alter.h"
#include "replay/follow.h"
#include "replay/objects.h"

#include "base/text.h"

// --- Objects ------------------------------------------------------------------------------------

static void move(tdm_replay *r, tdm_object *object, tdm_text schema, tdm_text name)
{
    tdm_text old_schema = object->schema, old_name = object->name;

    if (!tdm_replay_rename_object(r, object, schema, name))
        return;
    tdm_follow_object(r, object, old_schema, old_name);
    if (object->kind == TDM_KIND_TYPE ||
        tdm_grants_all(object->kind) == tdm_grants_all(TDM_KIND_TABLE))
        tdm_follow_type(r, object, old_schema, old_name);
    // Sequences that its columns own have moved along.
    bool moved = !tdm_text_equal(old_schema, object->schema);
    for (size_t i = 0; moved && i < object->members.count; i++)
        if (!object->members.items[i]->dropped &&
            object->members.items[i]->kind == TDM_KIND_SEQUENCE)
            tdm_follow_object(r, object->members.items[i], old_schema,
                              object->members.items[i]->name);
}

// ALTER TABLE takes every relation, the index of a constraint means the constraint.
static tdm_object *relation_of(tdm_replay *r, const PgQuery__RangeVar *range, tdm_kind kind,
                               bool missing_ok)
{
    tdm_found found = tdm_catalog_find_range(r->catalog, range);
    tdm_key key = tdm_object_of_range(r, kind, range);
    tdm_object *object = tdm_catalog_live(r->catalog, &key);

    if (object && !object->uncertain)
        return object;
    if (kind == TDM_KIND_TABLE && !(found.object && found.object->kind != TDM_KIND_TABLE))
        return tdm_alter_target(r, range, missing_ok);
    return tdm_replay_target(r, &key, missing_ok);
}

static tdm_object *object_of(tdm_replay *r, const PgQuery__RenameStmt *rename, tdm_kind kind)
{
    tdm_key key;

    if (rename->relation && tdm_kind_space(kind) == TDM_SPACE_MEMBER) {
        key = tdm_object_on(r, kind, rename->relation, rename->subname);
        if (!key.on) {
            if (!rename->missing_ok)
                tdm_replay_opaque(r,
                                  tdm_replay_text(r, "the server refuses it: there is no table %s",
                                                  rename->relation->relname));
            return NULL;
        }
    } else if (rename->relation) {
        return relation_of(r, rename->relation, kind, rename->missing_ok);
    } else if (rename->object) {
        key = tdm_object_of_node(r, rename->object, rename->rename_type);
    } else {
        key = (tdm_key){.kind = kind, .name = tdm_replay_copy(r, rename->subname)};
    }
    return tdm_replay_target(r, &key, rename->missing_ok);
}

// "f(integer)" keeps its arguments.
static tdm_text new_name(tdm_replay *r, const tdm_object *object, const char *name)
{
    size_t arguments = tdm_text_find_char(object->name, '(');
    size_t method = tdm_text_find(object->name, TDM_TEXT(" USING "));

    if ((object->kind == TDM_KIND_OPERATOR_CLASS || object->kind == TDM_KIND_OPERATOR_FAMILY) &&
        method != SIZE_MAX)
        return tdm_replay_text(r, "%s%.*s", name,
                               TDM_TEXT_ARG(tdm_text_from(object->name, method)));
    if (object->kind != TDM_KIND_FUNCTION || arguments == SIZE_MAX)
        return tdm_replay_copy(r, name);
    return tdm_replay_text(r, "%s%.*s", name, TDM_TEXT_ARG(tdm_text_from(object->name, arguments)));
}

// --- Columns ------------------------------------------------------------------------------------

static void rename_in(tdm_replay *r, tdm_table *table, tdm_text before, tdm_text after)
{
    tdm_column *column = tdm_table_column(table, before);
    size_t at = 0;

    tdm_replay_record(r, (tdm_change){.kind = TDM_CHANGE_NAME,
                                      .key = tdm_replay_column_key(table, after),
                                      .was = tdm_replay_column_key(table, before),
                                      .object = tdm_replay_member(r, table, before),
                                      .after = {.text = after}});
    if (column) {
        column->name = after;
        column->place = r->statement->place;
    }
    tdm_making_forget(r, before);
    tdm_follow_column(r, table, before, after);
    for (tdm_table *child; (child = tdm_replay_child(r, table, &at));)
        if (tdm_table_column(child, before))
            rename_in(r, child, before, after);
}

static void rename_column(tdm_replay *r, const PgQuery__RenameStmt *rename)
{
    bool vague;
    tdm_table *table = tdm_alter_target(r, rename->relation, rename->missing_ok);
    tdm_text after = tdm_replay_copy(r, rename->newname);

    if (!table || table->kind != TDM_KIND_TABLE)
        return;
    tdm_column *column = tdm_alter_column(r, table, rename->subname, &vague);
    if (!column && !vague)
        return;
    if (tdm_table_column(table, after)) {
        tdm_replay_opaque(r, tdm_replay_text(r,
                                             "the server refuses it: there is already a column "
                                             "%.*s",
                                             TDM_TEXT_ARG(tdm_replay_member(r, table, after))));
        return;
    }
    rename_in(r, table, tdm_replay_copy(r, rename->subname), after);
}

// --- Schemas ------------------------------------------------------------------------------------

static bool is_apart(const tdm_object *object, tdm_text schema)
{
    bool member = object->on && tdm_kind_space(object->kind) != TDM_SPACE_RELATION;

    return !object->dropped && !member && object->kind != TDM_KIND_SCHEMA &&
           tdm_text_equal(object->schema, schema);
}

// Everything in it is called otherwise from then on. What stands on a relation goes with it.
static void move_contents(tdm_replay *r, tdm_text before, tdm_text after)
{
    for (size_t i = 0; i < r->catalog->tables.count; i++)
        if (is_apart(r->catalog->tables.items[i], before))
            move(r, r->catalog->tables.items[i], after, r->catalog->tables.items[i]->name);
    for (size_t i = 0; i < r->catalog->objects.count; i++)
        if (is_apart(r->catalog->objects.items[i], before))
            move(r, r->catalog->objects.items[i], after, r->catalog->objects.items[i]->name);
}

static void rename_schema(tdm_replay *r, const PgQuery__RenameStmt *rename)
{
    tdm_text before = tdm_replay_copy(r, rename->subname);
    tdm_text after = tdm_replay_copy(r, rename->newname);
    tdm_key key = {.kind = TDM_KIND_SCHEMA, .name = before};
    tdm_object *schema = tdm_catalog_live(r->catalog, &key);

    if (!schema || schema->uncertain || tdm_text_is(before, "public")) {
        tdm_replay_opaque(
            r, tdm_replay_text(r, "what schema %.*s holds cannot be known", TDM_TEXT_ARG(before)));
        return;
    }
    if (tdm_replay_rename_object(r, schema, (tdm_text){NULL, 0}, after))
        move_contents(r, before, after);
}

// --- Statements ---------------------------------------------------------------------------------

void tdm_replay_rename(tdm_replay *r)
{
    const PgQuery__RenameStmt *rename = r->tree->node->rename_stmt;
    tdm_kind kind = tdm_object_kind(rename->rename_type);

    switch (rename->rename_type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN:
        if (rename->relation_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE)
            rename_column(r, rename);
        else
            tdm_replay_other(r);
        return;
    case PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA:
        rename_schema(r, rename);
        return;
    case PG_QUERY__OBJECT_TYPE__OBJECT_ATTRIBUTE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_DOMCONSTRAINT:
        tdm_replay_other(r);
        return;
    default:
        break;
    }
    if (kind == TDM_KIND_OTHER) {
        tdm_replay_other(r);
        return;
    }
    tdm_object *object = object_of(r, rename, kind);
    if (object)
        move(r, object, object->schema, new_name(r, object, rename->newname));
}

void tdm_replay_move(tdm_replay *r)
{
    const PgQuery__AlterObjectSchemaStmt *statement = r->tree->node->alter_object_schema_stmt;
    tdm_kind kind = tdm_object_kind(statement->object_type);
    tdm_text schema = tdm_replay_copy(r, statement->newschema);
    tdm_object *object = NULL;

    if (kind == TDM_KIND_OTHER || (!statement->relation && !statement->object)) {
        tdm_replay_other(r);
        return;
    }
    if (tdm_catalog_schema(r->catalog, schema, NULL) == TDM_KNOWN_NO_OBJECT) {
        tdm_replay_opaque(r, tdm_replay_text(r, "the server refuses it: there is no schema %.*s",
                                             TDM_TEXT_ARG(schema)));
        return;
    }
    if (statement->relation) {
        object = relation_of(r, statement->relation, kind, statement->missing_ok);
    } else {
        tdm_key key = tdm_object_of_node(r, statement->object, statement->object_type);
        object = tdm_replay_target(r, &key, statement->missing_ok);
    }
    if (!object)
        return;
    // An extension's objects move, the extension has no schema for its name.
    if (object->kind == TDM_KIND_EXTENSION)
        tdm_replay_assign_text(r, object, TDM_ATTR_IN_SCHEMA, schema);
    else
        move(r, object, schema, object->name);
}
