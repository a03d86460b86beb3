// ALTER TABLE, a directive for each of its commands, and renaming.
#include "autogen/writer.h"

#include <string.h>

// --- op.alter_column ----------------------------------------------------------------------------

// Begins one, with existing_type where the catalog knows the column (autogenerate/render.py
// _alter_column: each keyword on a line of its own).
static const tdm_column *begin_column(tdm_writer *w, const PgQuery__RangeVar *table,
                                      const char *name)
{
    const tdm_column *column = tdm_writer_known_column(w, table, name);
    size_t start;

    tdm_writer_begin(w, "alter_column");
    tdm_writer_string(w, table->relname);
    tdm_buffer_puts(&w->out, ", ");
    tdm_writer_string(w, name);
    start = w->out.size;
    tdm_buffer_puts(&w->out, ",\n               existing_type=");
    if ((!column || !tdm_writer_type_text(w, column->type)) && !w->out.failed) {
        w->out.size = start;
        w->out.data[start] = '\0';
    }
    return column;
}

static void put_line(tdm_writer *w, const char *keyword)
{
    tdm_buffer_putf(&w->out, ",\n               %s=", keyword);
}

static void put_existing_nullable(tdm_writer *w, const tdm_column *column)
{
    if (!column)
        return;
    put_line(w, "existing_nullable");
    tdm_buffer_puts(&w->out, column->not_null ? "False" : "True");
}

static void end_column(tdm_writer *w, const PgQuery__RangeVar *table)
{
    if (*table->schemaname) {
        put_line(w, "schema");
        tdm_writer_string(w, table->schemaname);
    }
    tdm_buffer_putc(&w->out, ')');
}

static void alter_type(tdm_writer *w, const PgQuery__RangeVar *table,
                       const PgQuery__AlterTableCmd *command)
{
    const PgQuery__ColumnDef *def = command->def->column_def;
    const tdm_column *column = begin_column(w, table, command->name);

    put_line(w, "type_");
    tdm_writer_type(w, def->type_name, false);
    put_existing_nullable(w, column);
    if (def->raw_default) {
        put_line(w, "postgresql_using");
        // Alembic formats it into the statement as it is.
        tdm_py_put_string(&w->out, tdm_writer_source(w, &def->raw_default->base, false));
    }
    if (def->coll_clause)
        w->untyped = true;
    end_column(w, table);
}

static void alter_default(tdm_writer *w, const PgQuery__RangeVar *table,
                          const PgQuery__AlterTableCmd *command)
{
    const tdm_column *column = begin_column(w, table, command->name);

    put_line(w, "server_default");
    tdm_writer_default(w, command->def);
    put_existing_nullable(w, column);
    end_column(w, table);
}

static void alter_nullable(tdm_writer *w, const PgQuery__RangeVar *table,
                           const PgQuery__AlterTableCmd *command)
{
    bool nullable = command->subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull;

    begin_column(w, table, command->name);
    put_line(w, "nullable");
    tdm_buffer_puts(&w->out, nullable ? "True" : "False");
    end_column(w, table);
}

// --- Columns and constraints --------------------------------------------------------------------

static void add_column(tdm_writer *w, const PgQuery__RangeVar *table,
                       const PgQuery__AlterTableCmd *command)
{
    const PgQuery__ColumnDef *def = command->def->column_def;

    tdm_writer_begin(w, "add_column");
    tdm_writer_string(w, table->relname);
    tdm_buffer_puts(&w->out, ", ");
    tdm_writer_column(w, def, TDM_NO_KEY);
    tdm_writer_keyword(w, "schema", table->schemaname);
    if (command->missing_ok)
        tdm_buffer_puts(&w->out, ", if_not_exists=True");
    tdm_buffer_putc(&w->out, ')');
    for (size_t i = 0; i < def->n_constraints; i++) {
        if (!tdm_constraint_is_keyed(def->constraints[i]->constraint))
            continue;
        // With IF NOT EXISTS the constraint comes only with the column.
        w->untyped = w->untyped || command->missing_ok;
        tdm_writer_add_constraint(w, table, def->constraints[i]->constraint,
                                  tdm_text_of(def->colname));
    }
}

static void drop_column(tdm_writer *w, const PgQuery__RangeVar *table,
                        const PgQuery__AlterTableCmd *command)
{
    tdm_writer_begin(w, "drop_column");
    tdm_writer_string(w, table->relname);
    tdm_buffer_puts(&w->out, ", ");
    tdm_writer_string(w, command->name);
    tdm_writer_keyword(w, "schema", table->schemaname);
    if (command->missing_ok)
        tdm_buffer_puts(&w->out, ", if_exists=True");
    tdm_buffer_putc(&w->out, ')');
}

static void drop_constraint(tdm_writer *w, const PgQuery__RangeVar *table,
                            const PgQuery__AlterTableCmd *command)
{
    bool kept = !w->input->undo;

    tdm_writer_begin(w, "drop_constraint");
    tdm_buffer_puts(&w->out, kept ? "op.f(" : "");
    tdm_writer_string(w, command->name);
    tdm_buffer_puts(&w->out, kept ? "), " : ", ");
    tdm_writer_string(w, table->relname);
    tdm_writer_keyword(w, "schema", table->schemaname);
    tdm_writer_keyword(w, "type_", tdm_writer_constraint_type(w, table, command->name));
    if (command->missing_ok)
        tdm_buffer_puts(&w->out, ", if_exists=True");
    tdm_buffer_putc(&w->out, ')');
}

static void write_command(tdm_writer *w, const PgQuery__RangeVar *table,
                          const PgQuery__AlterTableCmd *command)
{
    if (command->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
        w->untyped = true;
    switch (command->subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
        add_column(w, table, command);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn:
        drop_column(w, table, command);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType:
        alter_type(w, table, command);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ColumnDefault:
        alter_default(w, table, command);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull:
        alter_nullable(w, table, command);
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
        tdm_writer_add_constraint(w, table, command->def->constraint, (tdm_text){NULL, 0});
        break;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint:
        drop_constraint(w, table, command);
        break;
    default:
        w->untyped = true;
        break;
    }
}

void tdm_write_alter_table(tdm_writer *w, const PgQuery__AlterTableStmt *statement)
{
    // ONLY reaches no child tables; no directive says so, and where there are none it says nothing.
    bool only = !statement->relation->inh && !tdm_writer_is_childless(w, statement->relation);
    if (statement->objtype != PG_QUERY__OBJECT_TYPE__OBJECT_TABLE || statement->missing_ok ||
        only || *statement->relation->catalogname) {
        w->untyped = true;
        return;
    }
    for (size_t i = 0; i < statement->n_cmds && !w->untyped; i++)
        write_command(w, statement->relation, statement->cmds[i]->alter_table_cmd);
}

// --- Renaming -----------------------------------------------------------------------------------

static void rename_column(tdm_writer *w, const PgQuery__RenameStmt *statement)
{
    begin_column(w, statement->relation, statement->subname);
    put_line(w, "new_column_name");
    tdm_writer_string(w, statement->newname);
    end_column(w, statement->relation);
}

void tdm_write_rename(tdm_writer *w, const PgQuery__RenameStmt *statement)
{
    const PgQuery__RangeVar *table = statement->relation;
    bool column = statement->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN &&
                  statement->relation_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE;

    if (statement->missing_ok || !table || !table->inh) {
        w->untyped = true;
    } else if (column) {
        rename_column(w, statement);
    } else if (statement->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE) {
        tdm_writer_begin(w, "rename_table");
        tdm_writer_string(w, table->relname);
        tdm_buffer_puts(&w->out, ", ");
        tdm_writer_string(w, statement->newname);
        tdm_writer_keyword(w, "schema", table->schemaname);
        tdm_buffer_putc(&w->out, ')');
    } else {
        w->untyped = true;
    }
}
