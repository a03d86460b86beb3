// ALTER TABLE, and the renaming and moving of tables and columns.
#include "catalog/replay_parts.h"

#include "base/text.h"
#include "catalog/objects.h"
#include "catalog/types.h"
#include "sql/constraints.h"
#include "sql/excerpt.h"

#include <stdio.h>
#include <string.h>

static tdm_text copy(tdm_replay *r, const char *string)
{
    return tdm_arena_text(r->catalog->arena, tdm_text_of(string));
}

static void refuse(tdm_replay *r, const char *what, tdm_text name)
{
    tdm_replay_opaque(
        r, tdm_replay_text(r, "the server refuses it: %s %.*s", what, TDM_TEXT_ARG(name)));
}

// The table that a statement changes. One that may be there is taken to be, with unknown columns:
// the statement would fail without it. NULL: there is nothing more to do.
static tdm_table *target(tdm_replay *r, const PgQuery__RangeVar *range, bool missing_ok)
{
    tdm_found found = tdm_catalog_find_range(r->catalog, range);
    tdm_text name = copy(r, range->relname);

    if (found.known == TDM_KNOWN_YES)
        return found.table;
    if (found.known == TDM_KNOWN_NO_OBJECT) {
        if (!missing_ok)
            refuse(r, "there is no table", name);
        return NULL;
    }
    if (missing_ok) {
        tdm_replay_opaque(r, tdm_replay_text(r, "whether %.*s exists cannot be known: %.*s",
                                             TDM_TEXT_ARG(name), TDM_TEXT_ARG(found.why)));
        return NULL;
    }
    return tdm_object_relation(r, range);
}

// --- Columns ------------------------------------------------------------------------------------

// A column that a command changes. NULL with `ret_vague` false: said to be refused.
static tdm_column *column_of(tdm_replay *r, tdm_table *table, const char *name, bool *ret_vague)
{
    tdm_column *column = tdm_table_column(table, tdm_text_of(name));

    *ret_vague = !column && (!table->columns_known || r->catalog->open);
    if (!column && !*ret_vague)
        refuse(r, "there is no column", tdm_replay_member(r, table, copy(r, name)));
    return column;
}

static void add_column(tdm_replay *r, tdm_table *table, const PgQuery__AlterTableCmd *command)
{
    const PgQuery__ColumnDef *def = command->def->column_def;
    tdm_text object = tdm_replay_member(r, table, copy(r, def->colname));
    tdm_sql_constraints inner = {0};

    if (tdm_table_column(table, tdm_text_of(def->colname))) {
        if (!command->missing_ok)
            tdm_replay_refuse(r, "duplicate_column",
                              tdm_replay_text(r,
                                              "the server refuses it: there is already a column "
                                              "%.*s",
                                              TDM_TEXT_ARG(object)));
        return;
    }
    if ((command->missing_ok || r->catalog->careful) &&
        (!table->columns_known || r->catalog->open)) {
        tdm_text why = table->columns_known ? r->catalog->why : table->reason;
        tdm_replay_opaque(r, tdm_replay_text(r, "whether column %.*s exists cannot be known: %.*s",
                                             TDM_TEXT_ARG(object), TDM_TEXT_ARG(why)));
        return;
    }
    tdm_replay_add_column(r, table, def, true);
    if (tdm_sql_column_constraints(r->catalog->arena, def, &inner, NULL) != TDM_OK)
        r->failed = true;
    if (inner.odd)
        tdm_replay_opaque(r, TDM_TEXT("the server refuses a constraint of it"));
    for (size_t i = 0; i < inner.count; i++)
        tdm_replay_add_constraint(r, table, inner.items[i]);
}

static bool goes_with_column(tdm_kind kind)
{
    return kind == TDM_KIND_INDEX || kind == TDM_KIND_CONSTRAINT || kind == TDM_KIND_COMMENT ||
           kind == TDM_KIND_TABLE_OPTION;
}

// Indexes, constraints and comments go with their column; what else looks at it keeps it from being
// dropped, or goes as well with CASCADE (pg_depend: automatic and normal dependencies).
static void doubt_dependents(tdm_replay *r, const tdm_table *table, bool cascade)
{
    for (size_t i = 0; i < table->members.count; i++)
        if (goes_with_column(table->members.items[i]->kind))
            table->members.items[i]->uncertain = true;
    for (size_t i = 0; cascade && i < r->catalog->objects.count; i++)
        if (r->catalog->objects.items[i]->kind != TDM_KIND_SCHEMA)
            r->catalog->objects.items[i]->uncertain = true;
}

static void drop_column(tdm_replay *r, tdm_table *table, const PgQuery__AlterTableCmd *command)
{
    tdm_text name = copy(r, command->name), object = tdm_replay_member(r, table, name);
    tdm_column *column = tdm_table_column(table, name);

    if (!column && table->columns_known && !r->catalog->open) {
        if (!command->missing_ok)
            refuse(r, "there is no column", object);
        return;
    }
    if (!column && command->missing_ok) {
        tdm_replay_opaque(r, tdm_replay_text(r, "whether column %.*s exists cannot be known",
                                             TDM_TEXT_ARG(object)));
        return;
    }
    tdm_replay_record(r, (tdm_change){.kind = TDM_CHANGE_EXISTENCE,
                                      .key = tdm_replay_column_key(table, name),
                                      .object = object});
    if (column)
        tdm_table_remove_column(table, column);
    doubt_dependents(r, table, command->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE);
}

static void change_default(tdm_replay *r, tdm_table *table, const PgQuery__AlterTableCmd *command)
{
    bool vague;
    tdm_column unknown = {.name = copy(r, command->name)};
    tdm_column *column = column_of(r, table, command->name, &vague);

    if (!column && !vague)
        return;
    column = column ? column : &unknown;
    tdm_column before = *column;
    tdm_replay_set_default(r, column, command->def);
    if (column->has_default && before.has_default &&
        tdm_digest_equal(column->default_id, before.default_id))
        return;
    if (!vague && !column->has_default && !before.has_default)
        return;
    tdm_replay_record_column_value(
        r, table, column->name,
        (tdm_change){.attribute = TDM_ATTR_DEFAULT,
                     .before = {.text = before.default_text, .digest = before.default_id},
                     .after = {.text = column->default_text, .digest = column->default_id},
                     .type = column->type});
    column->place = r->statement->place;
}

static void change_nullable(tdm_replay *r, tdm_table *table, const PgQuery__AlterTableCmd *command,
                            bool not_null)
{
    bool vague;
    tdm_column *column = column_of(r, table, command->name, &vague);
    // Of an unknown column only the outcome is known.
    tdm_column unknown = {.name = copy(r, command->name), .not_null = !not_null};

    if (column || vague)
        tdm_replay_set_not_null(r, table, column ? column : &unknown, not_null);
}

// The conversion counts as well as the type: USING decides what becomes of the rows.
static void change_type(tdm_replay *r, tdm_table *table, const PgQuery__AlterTableCmd *command)
{
    const PgQuery__ColumnDef *def = command->def->column_def;
    bool vague;
    tdm_column unknown = {.name = copy(r, command->name)};
    tdm_column *column = column_of(r, table, command->name, &vague);

    if (!column && !vague)
        return;
    column = column ? column : &unknown;
    tdm_column changed = tdm_replay_read_column(r, table, def);
    if (tdm_text_equal(changed.type, column->type) && !def->raw_default)
        return;
    tdm_change change = {.attribute = TDM_ATTR_TYPE,
                         .before = {.text = column->type, .written = column->written_type},
                         .after = {.text = changed.type, .written = changed.written_type}};
    if (def->raw_default)
        change.identity = tdm_replay_identity(r, &def->raw_default->base);
    tdm_replay_record_column_value(r, table, column->name, change);
    column->type = changed.type;
    column->written_type = changed.written_type;
    column->plain_type = changed.plain_type;
    column->place = r->statement->place;
}

static void change_generated(tdm_replay *r, tdm_table *table, const PgQuery__AlterTableCmd *command)
{
    bool vague;
    tdm_column *column = column_of(r, table, command->name, &vague);
    bool adds = command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AddIdentity;
    tdm_column unknown = {.name = copy(r, command->name)};

    if (!column && !vague)
        return;
    column = column ? column : &unknown;
    tdm_change change = {.attribute = TDM_ATTR_GENERATED,
                         .before = {.text = column->generated, .digest = column->generated_id}};
    column->generated = (tdm_text){NULL, 0};
    column->generated_id = (tdm_digest){{0}};
    if (adds && command->def && command->def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT) {
        PgQuery__Constraint bare = *command->def->constraint;
        bare.conname = (char *)"";
        column->generated = strcmp(bare.generated_when, "a") == 0
                                ? TDM_TEXT("ALWAYS AS IDENTITY")
                                : TDM_TEXT("BY DEFAULT AS IDENTITY");
        column->generated_id = tdm_replay_identity(r, &bare.base);
    }
    change.after = (tdm_value){.text = column->generated, .digest = column->generated_id};
    tdm_replay_record_column_value(r, table, column->name, change);
}

// --- The rest of ALTER TABLE --------------------------------------------------------------------

static bool is_rls(PgQuery__AlterTableType type)
{
    return type == PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRowSecurity ||
           type == PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRowSecurity ||
           type == PG_QUERY__ALTER_TABLE_TYPE__AT_ForceRowSecurity ||
           type == PG_QUERY__ALTER_TABLE_TYPE__AT_NoForceRowSecurity;
}

// What is not modelled is one object for each table and kind of command, or for the constraint that
// the command names.
static void change_other(tdm_replay *r, tdm_table *table, const PgQuery__AlterTableCmd *command)
{
    tdm_replay_object object = {
        .key = {.kind = TDM_KIND_TABLE_OPTION,
                .on = table,
                .name = tdm_replay_text(r, "%s of kind %d", command->name, (int)command->subtype)},
        .after = tdm_sql_one_line(r->catalog->arena, r->statement->sql),
        .identity = tdm_replay_identity(r, &command->base),
        .creates = true,
    };

    if (is_rls(command->subtype)) {
        object.key.name = TDM_TEXT("row level security");
        object.creates = false;
    } else if (command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_ChangeOwner) {
        object.key.name = TDM_TEXT("owner");
    } else if (command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint ||
               command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_AlterConstraint) {
        object.key.kind = TDM_KIND_CONSTRAINT;
        object.key.name = copy(r, command->name);
        object.creates = false;
    }
    tdm_replay_touch(r, &object);
}

static void run_command(tdm_replay *r, tdm_table *table, const PgQuery__AlterTableCmd *command)
{
    const PgQuery__Node *def = command->def;

    switch (command->subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
        add_column(r, table, command);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn:
        drop_column(r, table, command);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault:
        change_default(r, table, command);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull:
        change_nullable(r, table, command, false);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull:
        change_nullable(r, table, command, true);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType:
        change_type(r, table, command);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddIdentity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropIdentity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropExpression:
        change_generated(r, table, command);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
        if (def && def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
            tdm_replay_add_constraint(r, table, def->constraint);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint:
        tdm_replay_drop_constraint(r, table, copy(r, command->name), command->missing_ok);
        break;
    default: // triggers, partitions, storage, owners, ...
        change_other(r, table, command);
        break;
    }
}

// ALTER TABLE also takes views, sequences and indexes.
static bool is_other_relation(const tdm_replay *r, const PgQuery__RangeVar *range)
{
    tdm_found found = tdm_catalog_find_range(r->catalog, range);

    return found.object && found.object->kind != TDM_KIND_TABLE;
}

void tdm_replay_alter_table(tdm_replay *r)
{
    const PgQuery__AlterTableStmt *alter = r->tree->node->alter_table_stmt;

    if (is_other_relation(r, alter->relation)) {
        tdm_replay_other(r);
        return;
    }
    tdm_table *table = target(r, alter->relation, alter->missing_ok);

    for (size_t i = 0; table && i < alter->n_cmds; i++)
        if (alter->cmds[i]->node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_CMD)
            run_command(r, table, alter->cmds[i]->alter_table_cmd);
}

// --- Renaming and moving ------------------------------------------------------------------------

static void rename_table(tdm_replay *r, tdm_table *table, tdm_text schema, tdm_text name)
{
    if (tdm_catalog_find(r->catalog, schema, name).known == TDM_KNOWN_YES) {
        refuse(r, "there is already a table", name);
        return;
    }
    (void)tdm_replay_rename_object(r, table, schema, name);
}

static void rename_column(tdm_replay *r, tdm_table *table, const PgQuery__RenameStmt *rename)
{
    bool vague;
    tdm_column *column = column_of(r, table, rename->subname, &vague);
    tdm_text after = copy(r, rename->newname);

    if (!column && !vague)
        return;
    if (tdm_table_column(table, after)) {
        refuse(r, "there is already a column", tdm_replay_member(r, table, after));
        return;
    }
    tdm_text before = copy(r, rename->subname);
    tdm_replay_record(r, (tdm_change){.kind = TDM_CHANGE_NAME,
                                      .key = tdm_replay_column_key(table, after),
                                      .was = tdm_replay_column_key(table, before),
                                      .object = tdm_replay_member(r, table, before),
                                      .after = {.text = after}});
    if (column) {
        column->name = after;
        column->place = r->statement->place;
    }
}

void tdm_replay_rename(tdm_replay *r)
{
    const PgQuery__RenameStmt *rename = r->tree->node->rename_stmt;
    bool column = rename->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN &&
                  rename->relation_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE;

    if (!column && rename->rename_type != PG_QUERY__OBJECT_TYPE__OBJECT_TABLE) {
        tdm_replay_other(r);
        return;
    }
    tdm_table *table = target(r, rename->relation, rename->missing_ok);
    if (table && column)
        rename_column(r, table, rename);
    else if (table)
        rename_table(r, table, table->schema, copy(r, rename->newname));
}

void tdm_replay_move(tdm_replay *r)
{
    const PgQuery__AlterObjectSchemaStmt *move = r->tree->node->alter_object_schema_stmt;

    if (move->object_type != PG_QUERY__OBJECT_TYPE__OBJECT_TABLE || !move->relation) {
        tdm_replay_other(r);
        return;
    }
    tdm_table *table = target(r, move->relation, move->missing_ok);
    if (table)
        rename_table(r, table, copy(r, move->newschema), table->name);
}
