// Enums, comments, and DROP.
#include "autogen/writer.h"

#include <string.h>

// --- Enums --------------------------------------------------------------------------------------

// The last of a qualified name, and the schema before it.
static bool split_name(PgQuery__Node *const *parts, size_t count, tdm_text *ret_schema,
                       tdm_text *ret_name)
{
    *ret_schema = count == 2 ? tdm_node_name(parts[0]) : (tdm_text){NULL, 0};
    *ret_name = count ? tdm_node_name(parts[count - 1]) : (tdm_text){NULL, 0};
    return count >= 1 && count <= 2 && ret_name->size > 0;
}

static void begin_enum(tdm_writer *w, const char *name)
{
    if (w->out.size)
        tdm_buffer_puts(&w->out, "\n    ");
    if (!w->name)
        w->name = name;
    w->imports |= TDM_IMPORT_POSTGRESQL;
    tdm_buffer_puts(&w->out, "postgresql.ENUM(");
}

static void end_enum(tdm_writer *w, tdm_text schema, tdm_text name, const char *method)
{
    tdm_buffer_puts(&w->out, "name=");
    tdm_py_put_string(&w->out, name);
    if (schema.size) {
        tdm_buffer_puts(&w->out, ", schema=");
        tdm_py_put_string(&w->out, schema);
    }
    tdm_buffer_putf(&w->out, ").%s(op.get_bind(), checkfirst=False)", method);
}

void tdm_write_create_enum(tdm_writer *w, const PgQuery__CreateEnumStmt *statement)
{
    tdm_text schema;
    tdm_text name;
    if (!split_name(statement->type_name, statement->n_type_name, &schema, &name)) {
        w->untyped = true;
        return;
    }
    begin_enum(w, "create_enum");
    for (size_t i = 0; i < statement->n_vals; i++) {
        tdm_py_put_string(&w->out, tdm_node_name(statement->vals[i]));
        tdm_buffer_puts(&w->out, ", ");
    }
    end_enum(w, schema, name, "create");
}

// --- DROP ---------------------------------------------------------------------------------------

static void drop_table(tdm_writer *w, tdm_text schema, tdm_text name, bool if_exists)
{
    tdm_writer_begin(w, "drop_table");
    tdm_py_put_string(&w->out, name);
    tdm_writer_keyword(w, "schema", schema.data);
    tdm_buffer_puts(&w->out, if_exists ? ", if_exists=True)" : ")");
}

// What a database calls something is no name to be made by a convention: op.f(). Where models are
// meant, only that of `index=True` is.
static bool is_kept(const tdm_writer *w, tdm_text table, tdm_text name)
{
    return !w->input->undo || (table.size && tdm_text_starts(name, TDM_TEXT("ix_")) &&
                               tdm_text_find(name, table) != SIZE_MAX);
}

static void drop_index(tdm_writer *w, tdm_text schema, tdm_text name,
                       const PgQuery__DropStmt *statement)
{
    tdm_text table = tdm_writer_index_table(w, schema, name);
    bool kept = is_kept(w, table, name);
    tdm_writer_begin(w, "drop_index");
    tdm_buffer_puts(&w->out, kept ? "op.f(" : "");
    tdm_py_put_string(&w->out, name);
    tdm_buffer_puts(&w->out, kept ? ")" : "");
    if (table.size) {
        tdm_buffer_puts(&w->out, ", table_name=");
        tdm_py_put_string(&w->out, table);
    }
    tdm_writer_keyword(w, "schema", schema.data);
    if (statement->concurrent)
        tdm_buffer_puts(&w->out, ", postgresql_concurrently=True");
    tdm_buffer_puts(&w->out, statement->missing_ok ? ", if_exists=True)" : ")");
}

static void drop_enum(tdm_writer *w, tdm_text schema, tdm_text name)
{
    tdm_text labels;
    // Only of what is known to be an enum; DROP TYPE drops others too.
    if (!tdm_writer_enum_labels(w, schema, name, &labels)) {
        w->untyped = true;
        return;
    }
    begin_enum(w, "drop_enum");
    end_enum(w, schema, name, "drop");
}

static void drop_one(tdm_writer *w, const PgQuery__DropStmt *statement, tdm_node object)
{
    const PgQuery__Node *const *parts = NULL;
    size_t count = 0;
    tdm_text schema;
    tdm_text name;

    if (object->node_case == PG_QUERY__NODE__NODE_LIST) {
        parts = (const PgQuery__Node *const *)object->list->items;
        count = object->list->n_items;
    } else if (object->node_case == PG_QUERY__NODE__NODE_TYPE_NAME) {
        parts = (const PgQuery__Node *const *)object->type_name->names;
        count = object->type_name->n_names;
    }
    if (!split_name((PgQuery__Node *const *)parts, count, &schema, &name)) {
        w->untyped = true;
        return;
    }
    switch (statement->remove_type) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE:
        drop_table(w, schema, name, statement->missing_ok);
        break;
    case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX:
        drop_index(w, schema, name, statement);
        break;
    case PG_QUERY__OBJECT_TYPE__OBJECT_TYPE:
        w->untyped = w->untyped || statement->missing_ok;
        drop_enum(w, schema, name);
        break;
    default:
        w->untyped = true;
        break;
    }
}

void tdm_write_drop(tdm_writer *w, const PgQuery__DropStmt *statement)
{
    if (statement->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE)
        w->untyped = true;
    for (size_t i = 0; i < statement->n_objects && !w->untyped; i++)
        drop_one(w, statement, statement->objects[i]);
}

// --- COMMENT ------------------------------------------------------------------------------------

static void put_schema(tdm_writer *w, tdm_text schema)
{
    tdm_buffer_puts(&w->out, ",\n        schema=");
    if (schema.size)
        tdm_py_put_string(&w->out, schema);
    else
        tdm_buffer_puts(&w->out, "None");
    tdm_buffer_puts(&w->out, "\n    )");
}

static PgQuery__RangeVar range_of(tdm_text schema, tdm_text name)
{
    PgQuery__RangeVar range = PG_QUERY__RANGE_VAR__INIT;

    range.schemaname = (char *)(schema.data ? schema.data : "");
    range.relname = (char *)name.data;
    return range;
}

static void comment_table(tdm_writer *w, PgQuery__Node *const *parts, size_t count,
                          const char *comment)
{
    tdm_text schema;
    tdm_text name;
    if (!split_name(parts, count, &schema, &name)) {
        w->untyped = true;
        return;
    }
    PgQuery__RangeVar range = range_of(schema, name);
    tdm_text existing = tdm_writer_table_comment(w, &range);
    tdm_writer_begin(w, *comment ? "create_table_comment" : "drop_table_comment");
    tdm_buffer_puts(&w->out, "\n        ");
    tdm_py_put_string(&w->out, name);
    if (*comment) {
        tdm_buffer_puts(&w->out, ",\n        ");
        tdm_writer_string(w, comment);
    }
    tdm_buffer_puts(&w->out, ",\n        existing_comment=");
    if (existing.size)
        tdm_py_put_string(&w->out, existing);
    else
        tdm_buffer_puts(&w->out, "None");
    put_schema(w, schema);
}

static void comment_column(tdm_writer *w, PgQuery__Node *const *parts, size_t count,
                           const char *comment)
{
    tdm_text schema;
    tdm_text table;
    if (count < 2 || !split_name(parts, count - 1, &schema, &table)) {
        w->untyped = true;
        return;
    }
    PgQuery__RangeVar range = range_of(schema, table);
    tdm_text column = tdm_node_name(parts[count - 1]);
    const tdm_column *known = tdm_writer_known_column(w, &range, column.data);
    tdm_writer_begin(w, "alter_column");
    tdm_py_put_string(&w->out, table);
    tdm_buffer_puts(&w->out, ", ");
    tdm_py_put_string(&w->out, column);
    tdm_buffer_puts(&w->out, ",\n               existing_type=");
    // Alembic asks for the type of a column whose comment it changes only where the dialect
    // repeats it; autogenerate always writes it.
    if (!known || !tdm_writer_type_text(w, known->type)) {
        w->untyped = true;
        return;
    }
    tdm_buffer_puts(&w->out, ",\n               comment=");
    if (*comment)
        tdm_writer_string(w, comment);
    else
        tdm_buffer_puts(&w->out, "None");
    const tdm_value *existing = tdm_column_value(known, TDM_ATTR_COMMENT);
    if (existing) {
        tdm_buffer_puts(&w->out, ",\n               existing_comment=");
        tdm_py_put_string(&w->out, existing->text);
    }
    tdm_buffer_putf(&w->out, ",\n               existing_nullable=%s",
                    known->not_null ? "False" : "True");
    if (schema.size) {
        tdm_buffer_puts(&w->out, ",\n               schema=");
        tdm_py_put_string(&w->out, schema);
    }
    tdm_buffer_putc(&w->out, ')');
}

void tdm_write_comment(tdm_writer *w, const PgQuery__CommentStmt *statement)
{
    tdm_node object = statement->object;
    if (object->node_case != PG_QUERY__NODE__NODE_LIST)
        w->untyped = true;
    else if (statement->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE)
        comment_table(w, object->list->items, object->list->n_items, statement->comment);
    else if (statement->objtype == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN)
        comment_column(w, object->list->items, object->list->n_items, statement->comment);
    else
        w->untyped = true;
}
