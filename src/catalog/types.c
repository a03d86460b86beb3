#include "catalog/types.h"

#include "base/limits.h"
#include "base/text.h"
#include "sql/builtin.h"

#include <stdio.h>

static const char *string_of(const PgQuery__Node *node)
{
    return node && node->node_case == PG_QUERY__NODE__NODE_STRING ? node->string->sval : "";
}

const char *tdm_type_of_serial(const PgQuery__TypeName *type)
{
    static const char *const pairs[][2] = {
        {"serial", "integer"},  {"bigserial", "bigint"}, {"smallserial", "smallint"},
        {"serial4", "integer"}, {"serial8", "bigint"},   {"serial2", "smallint"},
    };

    if (!type || type->n_names != 1 || type->n_array_bounds)
        return NULL;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (tdm_text_is(tdm_text_of(string_of(type->names[0])), pairs[i][0]))
            return pairs[i][1];
    return NULL;
}

bool tdm_type_is_builtin(const PgQuery__TypeName *type)
{
    if (!type || type->n_names == 0 || type->n_names > 2)
        return false;
    tdm_text name = tdm_text_of(string_of(type->names[type->n_names - 1]));
    if (type->n_names == 2 && !tdm_text_is(tdm_text_of(string_of(type->names[0])), "pg_catalog"))
        return false;
    return tdm_sql_builtin_type(name, NULL) || tdm_type_of_serial(type);
}

// A modifier is a constant, or a bare word, as Point in geometry(Point, 4326).
static void put_modifier(tdm_buffer *out, const PgQuery__Node *node)
{
    const PgQuery__AConst *constant;

    if (node->node_case == PG_QUERY__NODE__NODE_COLUMN_REF && node->column_ref->n_fields == 1) {
        tdm_buffer_puts(out, string_of(node->column_ref->fields[0]));
        return;
    }
    if (node->node_case != PG_QUERY__NODE__NODE_A_CONST) {
        tdm_buffer_putc(out, '?');
        return;
    }
    constant = node->a_const;
    if (constant->val_case == PG_QUERY__A__CONST__VAL_IVAL)
        tdm_buffer_putf(out, "%d", constant->ival->ival);
    else if (constant->val_case == PG_QUERY__A__CONST__VAL_FVAL)
        tdm_buffer_puts(out, constant->fval->fval);
    else if (constant->val_case == PG_QUERY__A__CONST__VAL_SVAL)
        tdm_buffer_puts(out, constant->sval->sval);
}

static void put_modifiers(tdm_buffer *out, const PgQuery__TypeName *type, const char *printed)
{
    if (type->n_typmods == 0)
        return;
    tdm_buffer_putc(out, '(');
    for (size_t i = 0; i < type->n_typmods; i++) {
        if (i)
            tdm_buffer_putc(out, ',');
        put_modifier(out, type->typmods[i]);
    }
    // numeric(10) is numeric(10,0).
    if (type->n_typmods == 1 && printed && tdm_text_is(tdm_text_of(printed), "numeric"))
        tdm_buffer_puts(out, ",0");
    tdm_buffer_putc(out, ')');
}

static void put_qualified(const tdm_catalog *catalog, tdm_buffer *out, tdm_text schema,
                          tdm_text name)
{
    for (size_t i = 0; schema.size == 0 && i < catalog->path.count; i++) {
        tdm_key key = {.kind = TDM_KIND_TYPE, .schema = catalog->path.items[i], .name = name};
        const tdm_object *made = tdm_catalog_live(catalog, &key);
        if (made)
            schema = made->schema;
    }
    if (schema.size)
        tdm_buffer_putf(out, "%.*s.", TDM_TEXT_ARG(schema));
    tdm_buffer_put(out, name);
}

static void put_name(const tdm_catalog *catalog, tdm_buffer *out, const PgQuery__TypeName *type)
{
    size_t count = type->n_names;
    tdm_text name = tdm_text_of(string_of(count ? type->names[count - 1] : NULL));
    tdm_text schema = tdm_text_of(string_of(count > 1 ? type->names[count - 2] : NULL));
    bool system = schema.size == 0 || tdm_text_is(schema, "pg_catalog");
    const char *suffix = "";
    const char *printed = system ? tdm_sql_builtin_type(name, &suffix) : NULL;

    // Without a length it is no character(1) (format_type.c).
    if (printed && tdm_text_is(name, "bpchar") && type->n_typmods == 0)
        printed = "bpchar";
    if (printed)
        tdm_buffer_puts(out, printed);
    else
        put_qualified(catalog, out, schema, name);
    put_modifiers(out, type, printed);
    tdm_buffer_puts(out, suffix);
}

tdm_text tdm_type_print(const tdm_catalog *catalog, const PgQuery__TypeName *type)
{
    tdm_buffer out = TDM_BUFFER_INIT(TDM_LIMIT_FILE);
    const char *serial = tdm_type_of_serial(type);

    if (!type)
        return (tdm_text){NULL, 0};
    if (serial)
        tdm_buffer_puts(&out, serial);
    else
        put_name(catalog, &out, type);
    for (size_t i = 0; i < type->n_array_bounds; i++)
        tdm_buffer_puts(&out, "[]");
    return tdm_buffer_take(&out, catalog->arena);
}
