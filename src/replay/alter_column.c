// ALTER TABLE: commands on columns.
#include "replay/alter.h"
#include "replay/keys.h"

#include "base/text.h"
#include "catalog/expression.h"
#include "catalog/types.h"
#include "replay/depend.h"
#include "sql/constraints.h"

#include <string.h>

static void refuse(tdm_replay *r, const char *what, tdm_text name)
{
    tdm_replay_opaque(
        r, tdm_replay_text(r, "the server refuses it: %s %.*s", what, TDM_TEXT_ARG(name)));
}

tdm_column *tdm_alter_column(tdm_replay *r, tdm_table *table, const char *name, bool *ret_vague)
{
    tdm_column *column = tdm_table_column(table, tdm_text_of(name));

    *ret_vague = !column && (!table->columns_known || r->catalog->open);
    if (!column && !*ret_vague)
        refuse(r, "there is no column", tdm_replay_member(r, table, tdm_replay_copy(r, name)));
    return column;
}

// --- Adding and dropping ------------------------------------------------------------------------

// Whether the column can be added; if not, it is there, refused or not to be known, and said so.
static bool may_add(tdm_replay *r, const tdm_table *table, const PgQuery__AlterTableCmd *command,
                    const char *name)
{
    tdm_text object = tdm_replay_member(r, table, tdm_replay_copy(r, name));

    if (tdm_table_column(table, tdm_text_of(name))) {
        if (!command->missing_ok)
            tdm_replay_refuse(r, "duplicate_column",
                              tdm_replay_text(r,
                                              "the server refuses it: there is already a column "
                                              "%.*s",
                                              TDM_TEXT_ARG(object)));
        return false;
    }
    if ((command->missing_ok || r->catalog->careful) &&
        (!table->columns_known || r->catalog->open)) {
        tdm_text why = table->columns_known ? r->catalog->why : table->reason;
        tdm_replay_opaque(r, tdm_replay_text(r, "whether column %.*s exists cannot be known: %.*s",
                                             TDM_TEXT_ARG(object), TDM_TEXT_ARG(why)));
        return false;
    }
    return true;
}

void tdm_alter_add_column(tdm_replay *r, tdm_table *table, const PgQuery__AlterTableCmd *command)
{
    const PgQuery__ColumnDef *def = command->def->column_def;
    tdm_sql_constraints inner = {0};

    if (!may_add(r, table, command, def->colname))
        return;
    tdm_replay_add_column(r, table, def, true);
    tdm_making_forget_stars(r, table->name);
    if (tdm_sql_column_constraints(r->catalog->arena, def, &inner, NULL) != TDM_OK)
        r->failed = true;
    if (inner.odd)
        tdm_replay_opaque(r, TDM_TEXT("the server refuses a constraint of it"));
    tdm_replay_add_constraints(r, table, inner.items, inner.count);
}

void tdm_alter_drop_column(tdm_replay *r, tdm_table *table, const PgQuery__AlterTableCmd *command)
{
    tdm_text name = tdm_replay_copy(r, command->name), object = tdm_replay_member(r, table, name);
    bool cascade = command->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
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
    if (!tdm_depend_drop_column(r, table, name, cascade))
        return;
    column = tdm_table_column(table, name);
    const tdm_column *gone = column ? tdm_column_copy(r->catalog->arena, column) : NULL;
    while (column && column->attributes.count)
        tdm_replay_assign_column(r, table, column, column->attributes.items[0].attribute,
                                 (tdm_value){0});
    tdm_replay_record(r, (tdm_change){.kind = TDM_CHANGE_EXISTENCE,
                                      .key = tdm_replay_column_key(table, name),
                                      .object = object,
                                      .column = gone});
    if (column)
        tdm_table_remove_column(table, column);
}

// --- Default and NOT NULL -----------------------------------------------------------------------

static const char before_unknown[] = "what it was before is not known";

void tdm_alter_default(tdm_replay *r, tdm_table *table, const PgQuery__AlterTableCmd *command)
{
    bool vague;
    tdm_column unknown = {.name = tdm_replay_copy(r, command->name)};
    tdm_column *column = tdm_alter_column(r, table, command->name, &vague);

    if (!column && !vague)
        return;
    column = column ? column : &unknown;
    tdm_column before = *column;
    tdm_replay_set_default(r, column, command->def);
    if (!vague && column->has_default == before.has_default &&
        tdm_digest_equal(column->default_id, before.default_id))
        return;
    tdm_change change = {
        .attribute = TDM_ATTR_DEFAULT,
        .before = {.text = before.default_text, .digest = before.default_id},
        .after = {.text = column->default_text, .digest = column->default_id},
        .type = column->type,
    };
    if (vague)
        change.before.reason = tdm_text_of(before_unknown);
    tdm_replay_record_column_value(r, table, column->name, change);
    column->place = r->statement->place;
}

void tdm_alter_nullable(tdm_replay *r, tdm_table *table, const PgQuery__AlterTableCmd *command)
{
    bool vague, not_null = command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull;
    tdm_column *column = tdm_alter_column(r, table, command->name, &vague);
    // Of an unknown column only the outcome is known.
    tdm_column unknown = {.name = tdm_replay_copy(r, command->name), .not_null = !not_null};
    const tdm_object *primary = tdm_keys_primary(table);
    const tdm_value *keys = primary ? tdm_object_value(primary, TDM_ATTR_COLUMNS) : NULL;

    if (!not_null && keys && !primary->uncertain &&
        tdm_names_have(r->catalog->arena, keys->text, tdm_text_of(command->name))) {
        refuse(r, "the primary key needs NOT NULL on", tdm_replay_member(r, table, unknown.name));
        return;
    }
    if (column || vague)
        tdm_replay_set_not_null(r, table, column ? column : &unknown, not_null);
}

// --- Type ---------------------------------------------------------------------------------------

// Collation, storage and compression are those of the new type (tablecmds.c
// ATExecAlterColumnType).
static void reset_options(tdm_replay *r, tdm_table *table, tdm_column *column,
                          const tdm_column *changed)
{
    const tdm_value *collation = tdm_column_value(changed, TDM_ATTR_COLLATION);

    tdm_replay_assign_column(r, table, column, TDM_ATTR_COLLATION,
                             collation ? *collation : (tdm_value){0});
    tdm_replay_assign_column(r, table, column, TDM_ATTR_STORAGE, (tdm_value){0});
    tdm_replay_assign_column(r, table, column, TDM_ATTR_COMPRESSION, (tdm_value){0});
}

// The conversion counts as well as the type: USING decides what becomes of the rows.
void tdm_alter_type(tdm_replay *r, tdm_table *table, const PgQuery__AlterTableCmd *command)
{
    const PgQuery__ColumnDef *def = command->def->column_def;
    bool vague;
    tdm_column unknown = {.name = tdm_replay_copy(r, command->name)};
    tdm_column *column = tdm_alter_column(r, table, command->name, &vague);

    if (!column && !vague)
        return;
    column = column ? column : &unknown;
    tdm_column changed = tdm_replay_read_column(r, table, def);
    reset_options(r, table, column, &changed);
    if (!vague && tdm_text_equal(changed.type, column->type) && !def->raw_default)
        return;
    tdm_change change = {
        .attribute = TDM_ATTR_TYPE,
        .before = {.text = column->type, .written = column->written_type},
        .after = {.text = changed.type, .written = changed.written_type},
    };
    if (vague)
        change.before.reason = tdm_text_of(before_unknown);
    if (def->raw_default)
        change.identity = tdm_replay_identity(r, &def->raw_default->base);
    tdm_replay_record_column_value(r, table, column->name, change);
    column->type = changed.type;
    column->written_type = changed.written_type;
    column->plain_type = changed.plain_type;
    column->place = r->statement->place;
    // parse_utilcmd.c transformAlterTableStmt
    tdm_object *sequence = tdm_text_ends(column->generated, TDM_TEXT("IDENTITY"))
                               ? tdm_replay_sequence_of(table, column->name)
                               : NULL;
    if (sequence)
        tdm_replay_retype_sequence(r, sequence, column->type);
}

// --- Identity and generation --------------------------------------------------------------------

static void set_generated(tdm_replay *r, tdm_table *table, tdm_column *column, tdm_value value)
{
    tdm_change change = {.attribute = TDM_ATTR_GENERATED,
                         .before = {.text = column->generated, .digest = column->generated_id},
                         .after = value};

    if (tdm_text_equal(column->generated, value.text) &&
        tdm_digest_equal(column->generated_id, value.digest))
        return;
    column->generated = value.text;
    column->generated_id = value.digest;
    column->place = r->statement->place;
    tdm_replay_record_column_value(r, table, column->name, change);
}

// SET GENERATED { ALWAYS | BY DEFAULT } among options of the sequence.
static void set_identity(tdm_replay *r, tdm_table *table, tdm_column *column,
                         const PgQuery__List *options)
{
    tdm_object *sequence = tdm_replay_sequence_of(table, column->name);

    for (size_t i = 0; i < options->n_items; i++) {
        const PgQuery__DefElem *option = options->items[i]->def_elem;
        if (options->items[i]->node_case != PG_QUERY__NODE__NODE_DEF_ELEM ||
            strcmp(option->defname, "generated") != 0 || !option->arg ||
            option->arg->node_case != PG_QUERY__NODE__NODE_INTEGER)
            continue;
        char when[] = {(char)option->arg->integer->ival, '\0'};
        PgQuery__Constraint like = PG_QUERY__CONSTRAINT__INIT;
        like.generated_when = when;
        set_generated(r, table, column, tdm_replay_identity_value(&like));
    }
    if (sequence)
        tdm_replay_set_sequence(r, sequence, options->items, options->n_items);
}

void tdm_alter_identity(tdm_replay *r, tdm_table *table, const PgQuery__AlterTableCmd *command)
{
    bool vague;
    tdm_column unknown = {.name = tdm_replay_copy(r, command->name)};
    tdm_column *column = tdm_alter_column(r, table, command->name, &vague);
    const PgQuery__Node *def = command->def;

    if (!column && !vague)
        return;
    column = column ? column : &unknown;
    if (command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_DropIdentity) {
        tdm_object *sequence = tdm_replay_sequence_of(table, column->name);
        set_generated(r, table, column, (tdm_value){0});
        if (sequence)
            tdm_replay_remove(r, sequence);
    } else if (def && def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT) {
        set_generated(r, table, column, tdm_replay_identity_value(def->constraint));
        tdm_replay_own_sequence(r, table, column, def->constraint);
    } else if (def && def->node_case == PG_QUERY__NODE__NODE_LIST) {
        set_identity(r, table, column, def->list);
    }
}

void tdm_alter_drop_expression(tdm_replay *r, tdm_table *table,
                               const PgQuery__AlterTableCmd *command)
{
    bool vague;
    tdm_column *column = tdm_alter_column(r, table, command->name, &vague);

    if (vague)
        tdm_replay_opaque(r, TDM_TEXT("how the column is generated is not known"));
    else if (column)
        set_generated(r, table, column, (tdm_value){0});
}

// --- Options ------------------------------------------------------------------------------------

static tdm_text upper(tdm_replay *r, const char *word)
{
    char *text = tdm_arena_string(r->catalog->arena, tdm_text_of(word));

    for (size_t i = 0; text && text[i]; i++)
        text[i] = tdm_to_upper(text[i]);
    return tdm_text_of(text);
}

static const char *string_of(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}

void tdm_alter_column_option(tdm_replay *r, tdm_table *table, const PgQuery__AlterTableCmd *command)
{
    bool vague;
    tdm_column *column = *command->name ? tdm_alter_column(r, table, command->name, &vague) : NULL;
    const PgQuery__Node *def = command->def;
    tdm_text none = {NULL, 0}, word = upper(r, string_of(def));

    if (!column) {
        tdm_alter_unread(r, table, command);
        return;
    }
    switch (command->subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetStatistics: {
        int target =
            def && def->node_case == PG_QUERY__NODE__NODE_INTEGER ? def->integer->ival : -1;
        tdm_text text = target < 0 ? none : tdm_replay_text(r, "%d", target);
        tdm_replay_assign_column(r, table, column, TDM_ATTR_STATISTICS, (tdm_value){.text = text});
        break;
    }
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetStorage:
        tdm_replay_assign_column(r, table, column, TDM_ATTR_STORAGE,
                                 (tdm_value){.text = tdm_text_is(word, "DEFAULT") ? none : word});
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetCompression:
        tdm_replay_assign_column(r, table, column, TDM_ATTR_COMPRESSION,
                                 (tdm_value){.text = tdm_text_is(word, "DEFAULT")
                                                         ? none
                                                         : tdm_replay_copy(r, string_of(def))});
        break;
    default: {
        const PgQuery__List *list =
            def && def->node_case == PG_QUERY__NODE__NODE_LIST ? def->list : NULL;
        const tdm_value *before = tdm_column_value(column, TDM_ATTR_OPTIONS);
        bool resets = command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_ResetOptions;
        if (list)
            tdm_replay_assign_column(
                r, table, column, TDM_ATTR_OPTIONS,
                (tdm_value){.text = tdm_replay_merge_options(r, before, list, resets)});
    }
    }
}
