// alembic_postgresql_enum: op.sync_enum_values() replaces the labels of an enum by making the type
// anew (its operations/sync_enum_values.py, sql_commands/*.py). The texts below are that package's,
// white space included. What it would read from the database (the default of a column given as a
// tuple), and indexes to recreate, are not covered.
#include "revision/third_party.h"

#include "revision/op_directive.h"

#include <string.h>

typedef struct table_reference {
    tdm_text schema;
    bool schema_given; // else the enum's
    tdm_text table;
    tdm_text column;
    bool array;
    tdm_name standard; // the column's default
} table_reference;

typedef struct enum_change {
    tdm_host *host;
    tdm_bound *bound;
    tdm_text schema;
    tdm_text name;
    tdm_text type;      // "s"."e"
    tdm_text temporary; // "s"."e_old"
    tdm_names values;
    tdm_names old_names, new_names; // renamed labels
} enum_change;

// --- TableReference()
// -------------------------------------------------------------------------------

static const tdm_py_class reference_object = {.name = "alembic_postgresql_enum.TableReference",
                                              .inert = true};

static const bool is_array = true;
static const tdm_py_class column_type_object = {.name = "alembic_postgresql_enum.ColumnType",
                                                .inert = true};

static tdm_py column_types_attr(tdm_interp *in, tdm_py self, tdm_text name)
{
    (void)self;
    if (tdm_text_is(name, "ARRAY"))
        return tdm_object(tdm_host_of(in), &column_type_object, &is_array);
    if (tdm_text_is(name, "COMMON"))
        return tdm_py_none(in);
    return tdm_host_unknown(tdm_host_of(in), "ColumnType.%.*s is not covered", TDM_TEXT_ARG(name));
}

static const tdm_py_class column_types_object = {
    .name = "enum.Enum", .inert = true, .get_attr = column_types_attr};

static tdm_py make_reference(tdm_host *host, tdm_bound *bound)
{
    table_reference *reference = tdm_arena_new_of(host->arena, table_reference);
    if (!reference)
        return tdm_host_unknown(host, "out of memory");
    reference->table = tdm_arg_text(bound, "table_name");
    reference->column = tdm_arg_text(bound, "column_name");
    reference->schema_given = tdm_arg(bound, "table_schema") != NULL;
    reference->schema = tdm_arg_text(bound, "table_schema");
    reference->array = !tdm_arg_absent(bound, "column_type");
    reference->standard = tdm_arg_name(bound, "existing_server_default");
    return bound->unknown ? bound->unknown : tdm_object(host, &reference_object, reference);
}

static const tdm_callable reference_row = {
    "TableReference",
    "table_name column_name table_schema= column_type= existing_server_default=", make_reference};

tdm_py tdm_enum_package_name(tdm_host *host, tdm_text name)
{
    if (tdm_text_is(name, "TableReference"))
        return tdm_callable_value(host, &reference_row);
    if (tdm_text_is(name, "ColumnType"))
        return tdm_object(host, &column_types_object, host);
    return NULL;
}

// --- Statements
// -------------------------------------------------------------------------------------

static void print_clause(tdm_printer *p, const void *clause)
{
    tdm_print_text_clause(p, clause);
}

// Takes the buffer. The package hands every text to text(), so that colons count.
static bool say(const enum_change *c, tdm_buffer *text)
{
    tdm_expr *clause = tdm_expr_text(c->host->arena, tdm_buffer_take(text, c->host->arena));
    return clause && tdm_emit_statement(c->host, print_clause, clause, NULL);
}

#define TEXT_LIMIT ((size_t)1 << 20)

static bool rename_type(const enum_change *c)
{
    tdm_buffer b = TDM_BUFFER_INIT(TEXT_LIMIT);
    tdm_buffer_putf(&b, "ALTER TYPE %.*s RENAME TO \"%.*s_old\"", TDM_TEXT_ARG(c->type),
                    TDM_TEXT_ARG(c->name));
    return say(c, &b);
}

static bool create_type(const enum_change *c)
{
    tdm_buffer b = TDM_BUFFER_INIT(TEXT_LIMIT);
    tdm_buffer_putf(&b, "CREATE TYPE %.*s AS ENUM(", TDM_TEXT_ARG(c->type));
    for (size_t i = 0; i < c->values.count; i++)
        tdm_buffer_putf(&b, "%s'%.*s'", i > 0 ? ", " : "", TDM_TEXT_ARG(c->values.items[i].text));
    tdm_buffer_puts(&b, ")");
    return say(c, &b);
}

static const char *const operators[][2] = {{"!=", "new_old_not_equals"}, {"=", "new_old_equals"}};

static void put_comparison(const enum_change *c, const char *operator_text, tdm_buffer *b)
{
    if (c->old_names.count == 0) {
        tdm_buffer_putf(b, "                SELECT new_enum_val::text %s old_enum_val::text;\n",
                        operator_text);
        return;
    }
    tdm_buffer_putf(b, "                SELECT new_enum_val::text %s CASE\n                    ",
                    operator_text);
    for (size_t i = 0; i < c->old_names.count; i++)
        tdm_buffer_putf(b, "%sWHEN old_enum_val::text = '%.*s' THEN '%.*s'", i > 0 ? " " : "",
                        TDM_TEXT_ARG(c->old_names.items[i].text),
                        TDM_TEXT_ARG(c->new_names.items[i].text));
    tdm_buffer_puts(b, "\n\n                    ELSE old_enum_val::text\n                END;\n");
}

static bool create_operator(const enum_change *c, const char *const *row)
{
    tdm_buffer b = TDM_BUFFER_INIT(TEXT_LIMIT);
    tdm_buffer_putf(&b,
                    "\n            CREATE FUNCTION \"%.*s\".%s(\n"
                    "                new_enum_val %.*s, old_enum_val %.*s\n"
                    "            )\n"
                    "            RETURNS boolean AS $$\n",
                    TDM_TEXT_ARG(c->schema), row[1], TDM_TEXT_ARG(c->type),
                    TDM_TEXT_ARG(c->temporary));
    put_comparison(c, row[0], &b);
    tdm_buffer_puts(&b, "            $$ LANGUAGE SQL IMMUTABLE\n        ");
    if (!say(c, &b))
        return false;
    b = TDM_BUFFER_INIT(TEXT_LIMIT);
    tdm_buffer_putf(&b,
                    "\n        CREATE OPERATOR \"%.*s\".%s (\n"
                    "            leftarg = %.*s,\n"
                    "            rightarg = %.*s,\n"
                    "            procedure = \"%.*s\".%s\n"
                    "        )\n    ",
                    TDM_TEXT_ARG(c->schema), row[0], TDM_TEXT_ARG(c->type),
                    TDM_TEXT_ARG(c->temporary), TDM_TEXT_ARG(c->schema), row[1]);
    return say(c, &b);
}

static bool drop_operator(const enum_change *c, const char *const *row)
{
    tdm_buffer b = TDM_BUFFER_INIT(TEXT_LIMIT);
    tdm_buffer_putf(&b,
                    "\n            DROP OPERATOR IF EXISTS \"%.*s\".%s (\n"
                    "                %.*s,\n"
                    "                %.*s\n"
                    "            )\n            ",
                    TDM_TEXT_ARG(c->schema), row[0], TDM_TEXT_ARG(c->type),
                    TDM_TEXT_ARG(c->temporary));
    if (!say(c, &b))
        return false;
    b = TDM_BUFFER_INIT(TEXT_LIMIT);
    tdm_buffer_putf(&b,
                    "\n        DROP FUNCTION \"%.*s\".%s(\n"
                    "            new_enum_val %.*s, old_enum_val %.*s\n"
                    "        )\n    ",
                    TDM_TEXT_ARG(c->schema), row[1], TDM_TEXT_ARG(c->type),
                    TDM_TEXT_ARG(c->temporary));
    return say(c, &b);
}

static void put_table(const enum_change *c, const table_reference *r, tdm_buffer *b)
{
    tdm_text schema = r->schema_given ? r->schema : c->schema;
    tdm_buffer_puts(b, "ALTER TABLE ");
    if (schema.size > 0)
        tdm_buffer_putf(b, "\"%.*s\".", TDM_TEXT_ARG(schema));
    tdm_buffer_putf(b, "\"%.*s\"", TDM_TEXT_ARG(r->table));
}

static bool cast_array(const enum_change *c, const table_reference *r)
{
    tdm_buffer b = TDM_BUFFER_INIT(TEXT_LIMIT);
    put_table(c, r, &b);
    tdm_buffer_putf(&b, " \n            ALTER COLUMN \"%.*s\" TYPE %.*s[]\n            USING ",
                    TDM_TEXT_ARG(r->column), TDM_TEXT_ARG(c->type));
    for (size_t i = 0; i < c->old_names.count; i++)
        tdm_buffer_puts(&b, "array_replace(");
    tdm_buffer_putf(&b, "\"%.*s\"::text[]", TDM_TEXT_ARG(r->column));
    for (size_t i = 0; i < c->old_names.count; i++)
        tdm_buffer_putf(&b, ", '%.*s', '%.*s')", TDM_TEXT_ARG(c->old_names.items[i].text),
                        TDM_TEXT_ARG(c->new_names.items[i].text));
    tdm_buffer_putf(&b, "::%.*s[]\n            ", TDM_TEXT_ARG(c->type));
    return say(c, &b);
}

static bool cast_column(const enum_change *c, const table_reference *r)
{
    if (r->array)
        return cast_array(c, r);
    tdm_buffer b = TDM_BUFFER_INIT(TEXT_LIMIT);
    put_table(c, r, &b);
    tdm_buffer_putf(&b,
                    " \n                ALTER COLUMN \"%.*s\" TYPE %.*s \n                USING ",
                    TDM_TEXT_ARG(r->column), TDM_TEXT_ARG(c->type));
    if (c->old_names.count == 0) {
        tdm_buffer_putf(&b, "\"%.*s\"::text::%.*s\n                ", TDM_TEXT_ARG(r->column),
                        TDM_TEXT_ARG(c->type));
        return say(c, &b);
    }
    tdm_buffer_puts(&b, "CASE \n                ");
    for (size_t i = 0; i < c->old_names.count; i++)
        tdm_buffer_putf(&b, "%sWHEN \"%.*s\"::text = '%.*s' THEN '%.*s'::%.*s", i > 0 ? " " : "",
                        TDM_TEXT_ARG(r->column), TDM_TEXT_ARG(c->old_names.items[i].text),
                        TDM_TEXT_ARG(c->new_names.items[i].text), TDM_TEXT_ARG(c->type));
    tdm_buffer_putf(&b,
                    "\n\n                ELSE \"%.*s\"::text::%.*s\n                END\n"
                    "                ",
                    TDM_TEXT_ARG(r->column), TDM_TEXT_ARG(c->type));
    return say(c, &b);
}

// --- Defaults
// ---------------------------------------------------------------------------------------

static bool drop_default(const enum_change *c, const table_reference *r)
{
    tdm_buffer b = TDM_BUFFER_INIT(TEXT_LIMIT);
    put_table(c, r, &b);
    tdm_buffer_putf(&b, "\n             ALTER COLUMN \"%.*s\" DROP DEFAULT",
                    TDM_TEXT_ARG(r->column));
    return say(c, &b);
}

// The text before "::", with renamed labels replaced, as a value of the new type.
static bool set_default(const enum_change *c, const table_reference *r)
{
    tdm_text value =
        tdm_text_slice(r->standard.text, 0, tdm_text_find(r->standard.text, TDM_TEXT("::")));
    for (size_t i = 0; i < c->old_names.count; i++) {
        tdm_text quoted =
            tdm_arena_printf(c->host->arena, "'%.*s'", TDM_TEXT_ARG(c->old_names.items[i].text));
        if (tdm_text_equal(value, quoted))
            value = tdm_arena_printf(c->host->arena, "'%.*s'",
                                     TDM_TEXT_ARG(c->new_names.items[i].text));
    }
    tdm_buffer b = TDM_BUFFER_INIT(TEXT_LIMIT);
    put_table(c, r, &b);
    tdm_buffer_putf(&b, "\n            ALTER COLUMN \"%.*s\" SET DEFAULT %.*s::",
                    TDM_TEXT_ARG(r->column), TDM_TEXT_ARG(value));
    if (c->schema.size > 0)
        tdm_buffer_putf(&b, "%.*s.", TDM_TEXT_ARG(c->schema));
    tdm_buffer_put(&b, c->name);
    return say(c, &b);
}

// A default of another form than 'label'::type is rewritten in ways that are not covered.
static bool covers_default(const table_reference *r)
{
    tdm_text text = r->standard.text;
    size_t cast = tdm_text_find(text, TDM_TEXT("::"));
    bool plain =
        cast != SIZE_MAX && cast >= 2 && text.data[0] == '\'' && text.data[cast - 1] == '\'';
    return !r->standard.given || (plain && !tdm_text_ends(text, TDM_TEXT("[]")));
}

// --- The directive
// ----------------------------------------------------------------------------------

static bool take_renames(enum_change *c)
{
    tdm_py pairs = tdm_arg(c->bound, "enum_values_to_rename");
    if (!pairs)
        return true;
    pairs = tdm_py_iterate(c->host->in, pairs);
    tdm_py_kind kind = pairs ? tdm_py_kind_of(pairs) : TDM_PY_UNKNOWN;
    if (kind != TDM_PY_LIST && kind != TDM_PY_TUPLE)
        return false;
    for (size_t i = 0; i < tdm_py_count(pairs); i++) {
        tdm_py pair = tdm_py_item(pairs, i);
        if (tdm_py_kind_of(pair) != TDM_PY_TUPLE || tdm_py_count(pair) != 2)
            return false;
        (void)tdm_vector_push(c->host->arena, &c->old_names,
                              tdm_name_from(c->bound, tdm_py_item(pair, 0)));
        (void)tdm_vector_push(c->host->arena, &c->new_names,
                              tdm_name_from(c->bound, tdm_py_item(pair, 1)));
    }
    return true;
}

static bool covers_columns(const enum_change *c, tdm_py columns)
{
    for (size_t i = 0; i < tdm_py_count(columns); i++) {
        const table_reference *r = tdm_data_of(tdm_py_item(columns, i), &reference_object);
        if (!r || !covers_default(r))
            return false;
    }
    tdm_py indexes = tdm_arg(c->bound, "indexes_to_recreate");
    return !indexes || tdm_py_kind_of(indexes) == TDM_PY_NONE ||
           (tdm_py_kind_of(indexes) == TDM_PY_LIST && tdm_py_count(indexes) == 0);
}

static bool change_columns(const enum_change *c, tdm_py columns)
{
    for (size_t i = 0; i < tdm_py_count(columns); i++) {
        const table_reference *r = tdm_data_of(tdm_py_item(columns, i), &reference_object);
        bool standard = r->standard.given;
        if ((standard && !drop_default(c, r)) || !cast_column(c, r) ||
            (standard && !set_default(c, r)))
            return false;
    }
    return true;
}

static bool drop_type(const enum_change *c)
{
    tdm_buffer b = TDM_BUFFER_INIT(TEXT_LIMIT);
    tdm_buffer_putf(&b, "DROP TYPE %.*s", TDM_TEXT_ARG(c->temporary));
    return say(c, &b);
}

static tdm_py sync_enum_values(tdm_host *host, tdm_bound *bound)
{
    enum_change c = {.host = host, .bound = bound};
    c.schema = tdm_arg_text(bound, "enum_schema");
    c.name = tdm_arg_text(bound, "enum_name");
    c.values = tdm_arg_names(bound, "new_values");
    c.type = tdm_arena_printf(host->arena, "\"%.*s\".\"%.*s\"", TDM_TEXT_ARG(c.schema),
                              TDM_TEXT_ARG(c.name));
    c.temporary = tdm_arena_printf(host->arena, "\"%.*s\".\"%.*s_old\"", TDM_TEXT_ARG(c.schema),
                                   TDM_TEXT_ARG(c.name));
    tdm_py columns = tdm_py_iterate(host->in, tdm_arg(bound, "affected_columns"));
    tdm_py_kind kind = columns ? tdm_py_kind_of(columns) : TDM_PY_UNKNOWN;
    if ((kind != TDM_PY_LIST && kind != TDM_PY_TUPLE) || !take_renames(&c) ||
        !covers_columns(&c, columns))
        tdm_arg_refuse(bound, "form of affected_columns");
    if (bound->unknown)
        return tdm_opaque_directive(host, bound);
    bool done = rename_type(&c) && create_type(&c) && create_operator(&c, operators[0]) &&
                create_operator(&c, operators[1]) && change_columns(&c, columns) &&
                drop_operator(&c, operators[0]) && drop_operator(&c, operators[1]) && drop_type(&c);
    return tdm_emitted(host, done);
}

const tdm_directive tdm_enum_directives[] = {
    {"sync_enum_values",
     "enum_schema enum_name new_values affected_columns enum_values_to_rename= "
     "indexes_to_recreate=",
     NULL, NULL, NULL, sync_enum_values},
    {NULL, NULL, NULL, NULL, NULL, NULL},
};
