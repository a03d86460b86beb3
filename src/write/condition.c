#include "write/condition.h"

#include "base/error.h"
#include "base/limits.h"
#include "sql/quote.h"

#include <string.h>

// --- Pieces of SQL ------------------------------------------------------------------------------

static tdm_text taken(tdm_arena *arena, tdm_buffer *out)
{
    tdm_text text = tdm_buffer_take(out, arena);
    return text;
}

// The literal 'schema.name', for to_regclass and its relatives.
static void put_name_literal(tdm_arena *arena, tdm_buffer *out, tdm_sql_name name)
{
    tdm_buffer qualified = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_sql_put_qualified(&qualified, name.schema, name.name);
    tdm_sql_put_literal(out, taken(arena, &qualified));
}

// A relation found as the statement finds it: through the search path.
static void put_found(tdm_arena *arena, tdm_buffer *out, tdm_sql_name name)
{
    tdm_buffer_puts(out, "to_regclass(");
    put_name_literal(arena, out, name);
    tdm_buffer_putc(out, ')');
}

// An object where CREATE makes it: in the first schema of the search path. `tail` is "()" of a
// function.
static void put_made(tdm_arena *arena, tdm_buffer *out, const char *function, tdm_sql_name name,
                     const char *tail)
{
    tdm_buffer qualified = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer_putf(out, "%s(", function);
    if (name.schema.size == 0)
        tdm_buffer_puts(out, "quote_ident(current_schema()) || '.' || ");
    tdm_sql_put_qualified(&qualified, name.schema, name.name);
    tdm_buffer_puts(&qualified, tail);
    tdm_sql_put_literal(out, taken(arena, &qualified));
    tdm_buffer_putc(out, ')');
}

static void put_schema(tdm_buffer *out, tdm_text schema)
{
    if (schema.size)
        tdm_sql_put_literal(out, schema);
    else
        tdm_buffer_puts(out, "current_schema()");
}

// A test of one row of a catalog that hangs on a relation: its column, constraint, trigger, ...
typedef struct hanging {
    const char *catalog;
    const char *relation; // column with the relation's oid
    const char *name;     // column with the member's name
    const char *more;     // further condition
} hanging;

static const hanging column_of = {"pg_attribute", "attrelid", "attname", " AND NOT attisdropped"};
static const hanging constraint_of = {"pg_constraint", "conrelid", "conname", ""};
static const hanging trigger_of = {"pg_trigger", "tgrelid", "tgname", ""};
static const hanging policy_of = {"pg_policy", "polrelid", "polname", ""};

static tdm_text member_test(tdm_arena *arena, const hanging *kind, tdm_sql_name name, bool exists)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer_putf(&out,
                    "%s (SELECT FROM pg_catalog.%s WHERE %s = ", exists ? "EXISTS" : "NOT EXISTS",
                    kind->catalog, kind->relation);
    put_found(arena, &out, (tdm_sql_name){.schema = name.schema, .name = name.name});
    tdm_buffer_putf(&out, " AND %s = ", kind->name);
    tdm_sql_put_literal(&out, name.column);
    tdm_buffer_putf(&out, "%s)", kind->more);
    return taken(arena, &out);
}

static tdm_text relation_test(tdm_arena *arena, tdm_sql_name name)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    put_made(arena, &out, "to_regclass", name, "");
    tdm_buffer_puts(&out, " IS NULL");
    return taken(arena, &out);
}

static tdm_text function_test(tdm_arena *arena, tdm_sql_name name)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    put_made(arena, &out, "to_regprocedure", name, "()");
    tdm_buffer_puts(&out, " IS NULL");
    return taken(arena, &out);
}

static tdm_text index_test(tdm_arena *arena, tdm_sql_name table, tdm_text index)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer_puts(&out, "NOT EXISTS (SELECT FROM pg_catalog.pg_index JOIN pg_catalog.pg_class "
                          "ON oid = indexrelid WHERE indrelid = ");
    put_found(arena, &out, table);
    tdm_buffer_puts(&out, " AND relname = ");
    tdm_sql_put_literal(&out, index);
    tdm_buffer_putc(&out, ')');
    return taken(arena, &out);
}

static tdm_text type_test(tdm_arena *arena, tdm_sql_name name)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer_puts(&out, "NOT EXISTS (SELECT FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace "
                          "AS n ON n.oid = typnamespace WHERE nspname = ");
    put_schema(&out, name.schema);
    tdm_buffer_puts(&out, " AND typname = ");
    tdm_sql_put_literal(&out, name.name);
    tdm_buffer_putc(&out, ')');
    return taken(arena, &out);
}

// A test of one row by its name alone.
static tdm_text row_test(tdm_arena *arena, const char *catalog, const char *column, tdm_text name)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer_putf(&out, "NOT EXISTS (SELECT FROM pg_catalog.%s WHERE %s = ", catalog, column);
    tdm_sql_put_literal(&out, name);
    tdm_buffer_putc(&out, ')');
    return taken(arena, &out);
}

static tdm_text enum_test(tdm_arena *arena, tdm_sql_name type, tdm_text value)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer_puts(&out, "NOT EXISTS (SELECT FROM pg_catalog.pg_enum WHERE enumtypid = "
                          "to_regtype(");
    put_name_literal(arena, &out, type);
    tdm_buffer_puts(&out, ") AND enumlabel = ");
    tdm_sql_put_literal(&out, value);
    tdm_buffer_putc(&out, ')');
    return taken(arena, &out);
}

static tdm_text found_test(tdm_arena *arena, const char *function, tdm_sql_name name)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer_putf(&out, "%s(", function);
    put_name_literal(arena, &out, name);
    tdm_buffer_puts(&out, ") IS NOT NULL");
    return taken(arena, &out);
}

// A column that is no identity column yet.
static tdm_text identity_test(tdm_arena *arena, tdm_sql_name name)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer_puts(&out, "EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = ");
    put_found(arena, &out, (tdm_sql_name){.schema = name.schema, .name = name.name});
    tdm_buffer_puts(&out, " AND attname = ");
    tdm_sql_put_literal(&out, name.column);
    tdm_buffer_puts(&out, " AND NOT attisdropped AND attidentity = '')");
    return taken(arena, &out);
}

static tdm_text both(tdm_arena *arena, tdm_text first, tdm_text second)
{
    return tdm_arena_printf(arena, "%.*s AND %.*s", TDM_TEXT_ARG(first), TDM_TEXT_ARG(second));
}

// --- The answers --------------------------------------------------------------------------------

static tdm_condition always(void)
{
    return (tdm_condition){.kind = TDM_CONDITION_NONE};
}

static tdm_condition when(tdm_text test)
{
    return (tdm_condition){.kind = TDM_CONDITION_TEST, .test = test};
}

static tdm_condition refused(const char *reason)
{
    return (tdm_condition){.kind = TDM_CONDITION_REFUSED, .reason = reason};
}

static tdm_sql_name with_column(tdm_arena *arena, tdm_sql_name table, const char *column)
{
    table.column = tdm_arena_text(arena, tdm_text_of(column));
    return table;
}

// --- ALTER TABLE --------------------------------------------------------------------------------

static tdm_condition of_add_column(tdm_arena *arena, tdm_sql_name table,
                                   const PgQuery__AlterTableCmd *command)
{
    if (command->def->node_case != PG_QUERY__NODE__NODE_COLUMN_DEF)
        return refused("what it adds is not understood");
    tdm_sql_name column = with_column(arena, table, command->def->column_def->colname);
    tdm_condition condition = when(member_test(arena, &column_of, column, false));
    condition.name = column;
    condition.makes = true;
    return condition;
}

static tdm_condition of_add_constraint(tdm_arena *arena, tdm_sql_name table,
                                       const PgQuery__AlterTableCmd *command)
{
    if (command->def->node_case != PG_QUERY__NODE__NODE_CONSTRAINT ||
        !command->def->constraint->conname[0])
        return refused("the constraint has no name to look for");
    tdm_sql_name name = with_column(arena, table, command->def->constraint->conname);
    return when(member_test(arena, &constraint_of, name, false));
}

static tdm_condition of_command(tdm_arena *arena, tdm_sql_name table,
                                const PgQuery__AlterTableCmd *command)
{
    tdm_sql_name member = with_column(arena, table, command->name);
    switch (command->subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
        return of_add_column(arena, table, command);
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
        return of_add_constraint(arena, table, command);
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn: {
        tdm_condition condition = when(member_test(arena, &column_of, member, true));
        condition.name = member;
        condition.drops = true;
        return condition;
    }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint:
        return when(member_test(arena, &constraint_of, member, true));
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddIdentity:
        return when(identity_test(arena, member));
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType:
        if (command->def->column_def->raw_default)
            return refused("USING may change values again the second time");
        return always();
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ChangeOwner:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRowSecurity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRowSecurity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ForceRowSecurity:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_NoForceRowSecurity:
        return always();
    default:
        return refused("nothing tells whether this change was made already");
    }
}

static tdm_condition of_alter_table(tdm_arena *arena, const tdm_sql_class *kind,
                                    const PgQuery__AlterTableStmt *alter)
{
    if (alter->objtype != PG_QUERY__OBJECT_TYPE__OBJECT_TABLE || kind->name_count != 1)
        return refused("nothing tells whether this change was made already");
    if (alter->n_cmds != 1)
        return refused("several changes in one ALTER TABLE cannot be told apart");
    return of_command(arena, kind->names[0], alter->cmds[0]->alter_table_cmd);
}

// --- Other names --------------------------------------------------------------------------------

static tdm_sql_name relation_name(tdm_arena *arena, const PgQuery__RangeVar *range,
                                  const char *member)
{
    return (tdm_sql_name){tdm_arena_text(arena, tdm_text_of(range->schemaname)),
                          tdm_arena_text(arena, tdm_text_of(range->relname)),
                          tdm_arena_text(arena, tdm_text_of(member))};
}

// What has the old name gets the new one: run while the one is there and the other is not.
static tdm_condition of_rename_member(tdm_arena *arena, const hanging *kind,
                                      const PgQuery__RenameStmt *rename)
{
    tdm_sql_name from = relation_name(arena, rename->relation, rename->subname);
    tdm_sql_name to = relation_name(arena, rename->relation, rename->newname);
    return when(
        both(arena, member_test(arena, kind, from, true), member_test(arena, kind, to, false)));
}

static tdm_condition of_rename_relation(tdm_arena *arena, const PgQuery__RenameStmt *rename)
{
    tdm_sql_name from = relation_name(arena, rename->relation, "");
    tdm_sql_name to = relation_name(arena, rename->relation, "");
    to.name = tdm_arena_text(arena, tdm_text_of(rename->newname));
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    put_found(arena, &out, to);
    tdm_buffer_puts(&out, " IS NULL");
    return when(both(arena, found_test(arena, "to_regclass", from), taken(arena, &out)));
}

static tdm_condition of_rename_type(tdm_arena *arena, const tdm_sql_class *kind,
                                    const PgQuery__RenameStmt *rename)
{
    tdm_sql_name from = kind->names[0], to = from;
    to.name = tdm_arena_text(arena, tdm_text_of(rename->newname));
    tdm_text gone = type_test(arena, from);
    // The type test is "NOT EXISTS (...)".
    return when(both(arena, tdm_text_from(gone, 4), type_test(arena, to)));
}

static tdm_condition of_rename(tdm_arena *arena, const tdm_sql_class *kind,
                               const PgQuery__RenameStmt *rename)
{
    switch (rename->rename_type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN:
        return of_rename_member(arena, &column_of, rename);
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT:
        return of_rename_member(arena, &constraint_of, rename);
    case PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER:
        return of_rename_member(arena, &trigger_of, rename);
    case PG_QUERY__OBJECT_TYPE__OBJECT_POLICY:
        return of_rename_member(arena, &policy_of, rename);
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX:
    case PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_VIEW:
    case PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW:
        return of_rename_relation(arena, rename);
    case PG_QUERY__OBJECT_TYPE__OBJECT_TYPE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN:
        if (kind->name_count == 1)
            return of_rename_type(arena, kind, rename);
        break;
    default:
        break;
    }
    return refused("nothing tells whether this was renamed already");
}

// --- Other definitions --------------------------------------------------------------------------

static tdm_condition of_drop(tdm_arena *arena, const tdm_sql_class *kind,
                             const PgQuery__DropStmt *drop)
{
    tdm_condition condition = always();
    if (!drop->missing_ok && kind->name_count != 1)
        return refused("several objects in one DROP cannot be told apart");
    switch (drop->remove_type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE:
        condition = when(found_test(arena, "to_regclass", kind->names[0]));
        condition.name = kind->names[0];
        condition.drops = true;
        break;
    case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX:
    case PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_VIEW:
    case PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW:
        condition = when(found_test(arena, "to_regclass", kind->names[0]));
        break;
    case PG_QUERY__OBJECT_TYPE__OBJECT_TYPE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN:
        condition = when(found_test(arena, "to_regtype", kind->names[0]));
        break;
    case PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER:
        condition = when(member_test(arena, &trigger_of, kind->names[0], true));
        break;
    case PG_QUERY__OBJECT_TYPE__OBJECT_POLICY:
        condition = when(member_test(arena, &policy_of, kind->names[0], true));
        break;
    default:
        if (!drop->missing_ok)
            return refused("say DROP ... IF EXISTS here");
        break;
    }
    if (drop->missing_ok) // its own guard; `drops` stays for who looks at the whole script
        condition.kind = TDM_CONDITION_NONE;
    return condition;
}

static tdm_condition of_create_table(tdm_arena *arena, const tdm_sql_class *kind,
                                     const PgQuery__CreateStmt *create)
{
    if (strcmp(create->relation->relpersistence, "t") == 0)
        return refused("a temporary table ends with its session");
    tdm_condition condition = when(relation_test(arena, kind->names[0]));
    condition.name = kind->names[0];
    condition.makes = true;
    return condition;
}

static tdm_condition of_index(tdm_arena *arena, const tdm_sql_class *kind,
                              const PgQuery__IndexStmt *index)
{
    if (kind->if_not_exists)
        return always();
    if (!index->idxname[0])
        return refused("the index has no name to look for");
    tdm_sql_name table = {tdm_arena_text(arena, tdm_text_of(index->relation->schemaname)),
                          tdm_arena_text(arena, tdm_text_of(index->relation->relname)),
                          {NULL, 0}};
    return when(index_test(arena, table, tdm_arena_text(arena, tdm_text_of(index->idxname))));
}

// A function is known by its name and the types of its arguments; without arguments (as all trigger
// functions are) the name says it all.
static tdm_condition of_function(tdm_arena *arena, const tdm_sql_class *kind,
                                 const PgQuery__CreateFunctionStmt *create)
{
    if (create->replace)
        return always();
    if (create->n_parameters)
        return refused("say CREATE OR REPLACE here");
    return when(function_test(arena, kind->names[0]));
}

static tdm_condition of_trigger(tdm_arena *arena, const PgQuery__CreateTrigStmt *trigger)
{
    tdm_sql_name name = {tdm_arena_text(arena, tdm_text_of(trigger->relation->schemaname)),
                         tdm_arena_text(arena, tdm_text_of(trigger->relation->relname)),
                         tdm_arena_text(arena, tdm_text_of(trigger->trigname))};
    return trigger->replace ? always() : when(member_test(arena, &trigger_of, name, false));
}

static tdm_condition of_policy(tdm_arena *arena, const PgQuery__CreatePolicyStmt *policy)
{
    tdm_sql_name name = {tdm_arena_text(arena, tdm_text_of(policy->table->schemaname)),
                         tdm_arena_text(arena, tdm_text_of(policy->table->relname)),
                         tdm_arena_text(arena, tdm_text_of(policy->policy_name))};
    return when(member_test(arena, &policy_of, name, false));
}

static tdm_condition of_enum_change(tdm_arena *arena, const tdm_sql_class *kind,
                                    const PgQuery__AlterEnumStmt *alter)
{
    if (alter->old_val[0]) {
        tdm_text gone =
            enum_test(arena, kind->names[0], tdm_arena_text(arena, tdm_text_of(alter->old_val)));
        return when(both(
            arena, tdm_text_from(gone, 4),
            enum_test(arena, kind->names[0], tdm_arena_text(arena, tdm_text_of(alter->new_val)))));
    }
    if (alter->skip_if_new_val_exists)
        return always();
    return when(
        enum_test(arena, kind->names[0], tdm_arena_text(arena, tdm_text_of(alter->new_val))));
}

// --- Rows ---------------------------------------------------------------------------------------

static tdm_condition of_data(const tdm_sql_class *kind, size_t returning)
{
    if (returning)
        return refused("RETURNING has nobody to return to in a script");
    if (kind->name_count == 0)
        return refused("nothing tells whether these rows were changed already");
    return (tdm_condition){.kind = TDM_CONDITION_DATA, .name = kind->names[0]};
}

static tdm_condition of_update(tdm_arena *arena, const tdm_sql_class *kind,
                               const PgQuery__UpdateStmt *update)
{
    tdm_condition condition = of_data(kind, update->n_returning_list);
    tdm_text *columns = tdm_arena_array(arena, update->n_target_list, sizeof *columns);
    for (size_t i = 0; columns && i < update->n_target_list; i++) {
        const PgQuery__Node *target = update->target_list[i];
        if (target->node_case == PG_QUERY__NODE__NODE_RES_TARGET)
            columns[i] = tdm_arena_text(arena, tdm_text_of(target->res_target->name));
    }
    condition.columns = (tdm_texts){columns, columns ? update->n_target_list : 0};
    return condition;
}

// --- All kinds ----------------------------------------------------------------------------------

static tdm_condition of_node(tdm_arena *arena, const tdm_sql_class *kind, const PgQuery__Node *node)
{
    switch (node->node_case) {
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
        return of_alter_table(arena, kind, node->alter_table_stmt);
    case PG_QUERY__NODE__NODE_DROP_STMT:
        return of_drop(arena, kind, node->drop_stmt);
    case PG_QUERY__NODE__NODE_CREATE_STMT:
        return of_create_table(arena, kind, node->create_stmt);
    case PG_QUERY__NODE__NODE_RENAME_STMT:
        return of_rename(arena, kind, node->rename_stmt);
    case PG_QUERY__NODE__NODE_INDEX_STMT:
        return of_index(arena, kind, node->index_stmt);
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
        return of_trigger(arena, node->create_trig_stmt);
    case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT:
        return of_policy(arena, node->create_policy_stmt);
    case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT:
        return of_enum_change(arena, kind, node->alter_enum_stmt);
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
        return of_update(arena, kind, node->update_stmt);
    case PG_QUERY__NODE__NODE_INSERT_STMT:
        return of_data(kind, node->insert_stmt->n_returning_list);
    case PG_QUERY__NODE__NODE_DELETE_STMT:
        return of_data(kind, node->delete_stmt->n_returning_list);
    case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT:
        return kind->if_not_exists ? always() : when(relation_test(arena, kind->names[0]));
    case PG_QUERY__NODE__NODE_VIEW_STMT:
        return kind->or_replace ? always() : when(relation_test(arena, kind->names[0]));
    case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
    case PG_QUERY__NODE__NODE_CREATE_RANGE_STMT:
    case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT:
    case PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT:
        return when(type_test(arena, kind->names[0]));
    case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT:
        return kind->if_not_exists
                   ? always()
                   : when(row_test(arena, "pg_namespace", "nspname", kind->names[0].name));
    case PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT:
        return kind->if_not_exists
                   ? always()
                   : when(row_test(arena, "pg_extension", "extname", kind->names[0].name));
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
        return of_function(arena, kind, node->create_function_stmt);
    case PG_QUERY__NODE__NODE_COMMENT_STMT:
    case PG_QUERY__NODE__NODE_GRANT_STMT:
    case PG_QUERY__NODE__NODE_ALTER_OWNER_STMT:
        return always();
    default:
        return refused("nothing tells whether this was done already");
    }
}

tdm_condition tdm_condition_column(tdm_arena *arena, tdm_sql_name name)
{
    return when(member_test(arena, &column_of, name, true));
}

tdm_condition tdm_condition_constraint(tdm_arena *arena, tdm_sql_name name)
{
    return when(member_test(arena, &constraint_of, name, false));
}

tdm_condition tdm_condition_index(tdm_arena *arena, tdm_sql_name name)
{
    return when(
        index_test(arena, (tdm_sql_name){.schema = name.schema, .name = name.name}, name.column));
}

tdm_condition tdm_condition_type(tdm_arena *arena, tdm_sql_name name, tdm_text type, bool builtin)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    tdm_buffer_puts(&out, "EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = ");
    put_found(arena, &out, (tdm_sql_name){.schema = name.schema, .name = name.name});
    tdm_buffer_puts(&out, " AND attname = ");
    tdm_sql_put_literal(&out, name.column);
    tdm_buffer_puts(&out, " AND NOT attisdropped AND ");
    tdm_buffer_puts(&out,
                    builtin ? "format_type(atttypid, atttypmod) <> " : "atttypid <> to_regtype(");
    tdm_sql_put_literal(&out, type);
    tdm_buffer_puts(&out, builtin ? ")" : "))");
    return when(taken(arena, &out));
}

bool tdm_condition_made_for(const tdm_condition *maker, const tdm_condition *rows)
{
    if (!maker->makes || !tdm_text_equal(maker->name.schema, rows->name.schema) ||
        !tdm_text_equal(maker->name.name, rows->name.name))
        return false;
    for (size_t i = 0; i < rows->columns.count; i++)
        if (tdm_text_equal(rows->columns.items[i], maker->name.column))
            return true;
    return maker->name.column.size == 0;
}

bool tdm_condition_made_again(const tdm_condition *dropped, const tdm_condition *made)
{
    return dropped->drops && made->makes &&
           tdm_text_equal(dropped->name.schema, made->name.schema) &&
           tdm_text_equal(dropped->name.name, made->name.name) &&
           tdm_text_equal(dropped->name.column, made->name.column);
}

tdm_status tdm_condition_of(tdm_arena *arena, const tdm_sql_tree *tree, tdm_condition *ret,
                            tdm_error *err)
{
    tdm_sql_class kind;
    if (tdm_sql_classify(arena, tree, &kind, err) != TDM_OK)
        return TDM_FAILED;
    if (kind.block == TDM_SQL_BLOCK_NEVER || kind.control != TDM_SQL_CONTROL_NONE)
        *ret = refused("it cannot run inside a transaction, and a guarded script is one");
    else
        *ret = of_node(arena, &kind, tree->node);
    return tdm_arena_ok(arena) ? TDM_OK : tdm_fail_memory(err);
}
