// ALTER TABLE: which command does what.
#include "replay/alter.h"

#include "base/text.h"
#include "replay/depend.h"
#include "replay/objects.h"

// The table that a statement changes. NULL: there is nothing more to do, and said so.
tdm_table *tdm_alter_target(tdm_replay *r, const PgQuery__RangeVar *range, bool missing_ok)
{
    tdm_found found = tdm_catalog_find_range(r->catalog, range);

    if (found.known == TDM_KNOWN_YES)
        return found.table;
    if (found.known == TDM_KNOWN_NO_OBJECT) {
        if (!missing_ok)
            tdm_replay_opaque(r, tdm_replay_text(r, "the server refuses it: there is no table %s",
                                                 range->relname));
        return NULL;
    }
    if (missing_ok) {
        tdm_replay_opaque(r, tdm_replay_text(r, "whether %s exists cannot be known: %.*s",
                                             range->relname, TDM_TEXT_ARG(found.why)));
        return NULL;
    }
    return tdm_object_relation(r, range);
}

// --- Commands -----------------------------------------------------------------------------------

static void add_constraint(tdm_replay *r, tdm_table *table, const PgQuery__AlterTableCmd *command)
{
    if (command->def && command->def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
        tdm_replay_add_constraint(r, table, command->def->constraint);
}

static void drop_constraint(tdm_replay *r, tdm_table *table, const PgQuery__AlterTableCmd *command)
{
    tdm_key key = {
        .kind = TDM_KIND_CONSTRAINT, .on = table, .name = tdm_replay_copy(r, command->name)};
    tdm_object *object = tdm_catalog_live(r->catalog, &key);
    bool cascade = command->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;

    if (object && !tdm_depend_drop_object(r, object, cascade))
        return;
    tdm_replay_drop_constraint(r, table, key.name, command->missing_ok);
}

// `recurses`: the tables that inherit from this one are changed in the same way, unless ONLY is
// said (tablecmds.c ATPrepCmd).
static const struct command {
    PgQuery__AlterTableType type;
    void (*run)(tdm_replay *r, tdm_table *table, const PgQuery__AlterTableCmd *command);
    bool recurses;
} commands[] = {
    {PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn, tdm_alter_add_column, true},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn, tdm_alter_drop_column, true},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault, tdm_alter_default, true},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull, tdm_alter_nullable, true},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull, tdm_alter_nullable, true},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType, tdm_alter_type, true},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_AddIdentity, tdm_alter_identity, false},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_SetIdentity, tdm_alter_identity, false},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_DropIdentity, tdm_alter_identity, false},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_DropExpression, tdm_alter_drop_expression, true},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_SetStatistics, tdm_alter_column_option, true},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_SetStorage, tdm_alter_column_option, true},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_SetCompression, tdm_alter_column_option, true},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_SetOptions, tdm_alter_column_option, false},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_ResetOptions, tdm_alter_column_option, false},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint, add_constraint, true},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint, drop_constraint, true},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_AlterConstraint, tdm_replay_alter_constraint, true},
    {PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint, tdm_replay_alter_constraint, true},
};

// Foreign keys and indexed constraints of a plain parent are not inherited.
static bool recurses(const struct command *row, const PgQuery__AlterTableCmd *command)
{
    const PgQuery__Node *def = command->def;

    // Those of a partitioned table are made with their parts (replay_constraint.c).
    if (row->type != PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint)
        return row->recurses;
    return def && def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT &&
           def->constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_CHECK &&
           !def->constraint->is_no_inherit;
}

// What the parent has may be missing in a child, or have another name there.
static bool has_target(const struct command *row, const tdm_table *table,
                       const PgQuery__AlterTableCmd *command)
{
    tdm_text name = tdm_text_of(command->name);
    bool constraint = row->type == PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint ||
                      row->type == PG_QUERY__ALTER_TABLE_TYPE__AT_AlterConstraint ||
                      row->type == PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint;

    for (size_t i = 0; constraint && i < table->members.count; i++)
        if (!table->members.items[i]->dropped &&
            table->members.items[i]->kind == TDM_KIND_CONSTRAINT &&
            tdm_text_equal(table->members.items[i]->name, name))
            return true;
    return !constraint && (name.size == 0 || tdm_table_column(table, name));
}

// A new column of a parent is one of its children too, with its default, but without its keys
// (tablecmds.c ATExecAddColumn); a child that has it keeps its own.
static void add_down(tdm_replay *r, tdm_table *parent, const char *name)
{
    size_t at = 0;

    for (tdm_table *child; (child = tdm_replay_child(r, parent, &at));) {
        const tdm_column *column = tdm_table_column(parent, tdm_text_of(name));
        if (!column || tdm_table_column(child, column->name))
            continue;
        tdm_column copy = *column;
        tdm_digest filled = {{0}};
        copy.attributes = (tdm_attributes){0};
        if (column->has_default || column->generated.size)
            filled = tdm_replay_chain(r, column->default_id, column->generated_id);
        tdm_replay_put_column(r, child, copy, filled);
        tdm_column *own = tdm_table_column(child, copy.name);
        for (size_t i = 0; own && i < column->attributes.count; i++)
            tdm_replay_assign_column(r, child, own, column->attributes.items[i].attribute,
                                     column->attributes.items[i].value);
        if (own)
            tdm_replay_assign_column(r, child, own, TDM_ATTR_INHERITED,
                                     (tdm_value){.text = TDM_TEXT("yes")});
        tdm_replay_inherit_checks(r, child, parent);
        add_down(r, child, name);
    }
}

// A new check is that of the children too.
static void inherit_down(tdm_replay *r, tdm_table *parent)
{
    size_t at = 0;

    for (tdm_table *child; (child = tdm_replay_child(r, parent, &at));) {
        tdm_replay_inherit_checks(r, child, parent);
        inherit_down(r, child);
    }
}

static void run_on(tdm_replay *r, tdm_table *table, const struct command *row,
                   const PgQuery__AlterTableCmd *command, bool inherits)
{
    size_t at = 0;
    bool down = inherits && recurses(row, command);
    bool adds = row->type == PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn;
    const char *added = adds ? command->def->column_def->colname : "";
    bool before = adds && tdm_table_column(table, tdm_text_of(added));

    row->run(r, table, command);
    if (adds) {
        if (down && !before)
            add_down(r, table, added);
        return;
    }
    if (down && row->type == PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint) {
        inherit_down(r, table);
        return;
    }
    for (tdm_table *child; down && (child = tdm_replay_child(r, table, &at));)
        if (has_target(row, child, command))
            run_on(r, child, row, command, true);
}

static void run_command(tdm_replay *r, tdm_table *table, const PgQuery__AlterTableCmd *command,
                        bool inherits)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (commands[i].type == command->subtype) {
            run_on(r, table, &commands[i], command, inherits);
            return;
        }
    if (!tdm_alter_option(r, table, command))
        tdm_alter_unread(r, table, command);
}

static void run_commands(tdm_replay *r, tdm_object *relation, const PgQuery__AlterTableStmt *alter)
{
    for (size_t i = 0; i < alter->n_cmds; i++) {
        if (alter->cmds[i]->node_case != PG_QUERY__NODE__NODE_ALTER_TABLE_CMD)
            continue;
        const PgQuery__AlterTableCmd *command = alter->cmds[i]->alter_table_cmd;
        if (relation->kind == TDM_KIND_TABLE)
            run_command(r, relation, command, alter->relation->inh);
        else if (!tdm_alter_option(r, relation, command))
            tdm_alter_unread(r, relation, command);
    }
}

// ALTER TABLE also takes views, sequences and indexes, and each of them has a statement of its own.
void tdm_replay_alter_table(tdm_replay *r)
{
    const PgQuery__AlterTableStmt *alter = r->tree->node->alter_table_stmt;
    tdm_kind kind = tdm_object_kind(alter->objtype);
    tdm_found found = tdm_catalog_find_range(r->catalog, alter->relation);
    tdm_object *relation = NULL;

    if (tdm_kind_space(kind) != TDM_SPACE_RELATION) { // ALTER TYPE ... ADD ATTRIBUTE
        tdm_replay_other(r);
        return;
    }
    // The index of a constraint bears its name.
    bool indexed = found.object && found.object->indexed && kind == TDM_KIND_INDEX;
    if (found.object && found.object->kind != TDM_KIND_TABLE && !found.object->uncertain &&
        (indexed || tdm_kind_space(found.object->kind) == TDM_SPACE_RELATION)) {
        relation = found.object;
    } else if (kind == TDM_KIND_TABLE) {
        relation = tdm_alter_target(r, alter->relation, alter->missing_ok);
    } else {
        tdm_key key = tdm_object_of_range(r, kind, alter->relation);
        relation = tdm_replay_target(r, &key, alter->missing_ok);
    }
    if (relation)
        run_commands(r, relation, alter);
}
