// DDL text of types (S2052 dialects/postgresql/base.py, PGTypeCompiler).
#include "sqlalchemy/type_class.h"

#include <string.h>

enum { DECORATOR_DEPTH = 16 };

const tdm_type *tdm_type_effective(const tdm_type *type)
{
    for (int depth = 0; type && depth < DECORATOR_DEPTH; depth++) {
        if (type->variant)
            type = type->variant;
        else if (type->type_class->shape == TDM_SHAPE_DECORATOR && type->impl)
            type = type->impl;
        else
            break;
    }
    return type;
}

tdm_affinity tdm_type_affinity(const tdm_type *type)
{
    type = tdm_type_effective(type);
    return type ? type->type_class->affinity : TDM_AFFINITY_NULL;
}

static bool has_word(const tdm_type *type, const char *word)
{
    type = tdm_type_effective(type);
    return type && strcmp(type->type_class->word, word) == 0;
}

bool tdm_type_is_big(const tdm_type *type)
{
    return has_word(type, "BIGINT");
}

bool tdm_type_is_small(const tdm_type *type)
{
    return has_word(type, "SMALLINT");
}

const tdm_enum_type *tdm_type_enum(const tdm_type *type)
{
    type = tdm_type_effective(type);
    if (type && type->type_class->shape == TDM_SHAPE_ARRAY)
        type = tdm_type_effective(type->item);
    return type && type->enumeration && type->enumeration->native ? type->enumeration : NULL;
}

static void print_number_in_parentheses(tdm_printer *p, tdm_number number)
{
    tdm_puts(p, "(");
    tdm_print_int(p, number.value);
    tdm_puts(p, ")");
}

static void print_collation(tdm_printer *p, const tdm_type *type)
{
    if (type->collation.size == 0)
        return;
    tdm_name name = tdm_name_of(type->collation);
    name.quote = TDM_FLAG_TRUE;
    tdm_puts(p, " COLLATE ");
    tdm_print_name(p, name);
}

static void print_numeric(tdm_printer *p, const tdm_type *type)
{
    tdm_puts(p, type->type_class->word);
    if (!type->precision.given)
        return;
    tdm_puts(p, "(");
    tdm_print_int(p, type->precision.value);
    if (type->scale.given) {
        tdm_puts(p, ", ");
        tdm_print_int(p, type->scale.value);
    }
    tdm_puts(p, ")");
}

static void print_time(tdm_printer *p, const char *word, const tdm_type *type)
{
    tdm_puts(p, word);
    if (type->precision.given)
        print_number_in_parentheses(p, type->precision);
    tdm_puts(p, type->timezone ? " WITH TIME ZONE" : " WITHOUT TIME ZONE");
}

static void print_interval(tdm_printer *p, const tdm_type *type)
{
    if (type->not_native) {
        tdm_puts(p, "TIMESTAMP WITHOUT TIME ZONE");
        return;
    }
    tdm_puts(p, "INTERVAL");
    if (type->fields.size > 0) {
        tdm_puts(p, " ");
        tdm_put(p, type->fields);
    }
    if (type->precision.given) {
        tdm_puts(p, " ");
        print_number_in_parentheses(p, type->precision);
    }
}

static void print_bit(tdm_printer *p, const tdm_type *type)
{
    tdm_puts(p, "BIT");
    if (type->varying) {
        tdm_puts(p, " VARYING");
        if (type->length.given)
            print_number_in_parentheses(p, type->length);
        return;
    }
    tdm_number length = type->length;
    if (!length.given || length.value == 0)
        length = (tdm_number){true, 1};
    print_number_in_parentheses(p, length);
}

static size_t longest_label(const tdm_enum_type *e)
{
    size_t longest = 0;
    for (size_t i = 0; i < e->count; i++) {
        size_t size = tdm_utf8_count(e->labels[i]);
        longest = size > longest ? size : longest;
    }
    return longest;
}

static void print_enum(tdm_printer *p, const tdm_type *type)
{
    const tdm_enum_type *e = type->enumeration;
    if (!e->native) {
        int64_t length = type->length.given ? type->length.value : (int64_t)longest_label(e);
        tdm_puts(p, "VARCHAR");
        if (length > 0)
            print_number_in_parentheses(p, (tdm_number){true, length});
        return;
    }
    if (!e->name.given || e->name.text.size == 0) {
        tdm_print_raise(p, "CompileError", "PostgreSQL %s type requires a name.",
                        e->postgresql ? "ENUM" : "Enum");
        return;
    }
    tdm_print_qualified(p, e->schema, e->name);
}

// The brackets stand before the collation of the items (visit_ARRAY).
static void print_array(tdm_printer *p, const tdm_type *type)
{
    const tdm_type *item = tdm_type_effective(type->item);
    tdm_type bare = *item;
    bare.collation = (tdm_text){0};
    tdm_print_type(p, &bare);
    int64_t dimensions = type->dimensions.given ? type->dimensions.value : 1;
    for (int64_t i = 0; i < dimensions; i++)
        tdm_puts(p, "[]");
    print_collation(p, item);
}

static void print_domain(tdm_printer *p, const tdm_type *type)
{
    tdm_print_qualified(p, type->domain->schema, type->domain->name);
}

void tdm_print_type(tdm_printer *p, const tdm_type *type)
{
    type = tdm_type_effective(type);
    if (!type) {
        tdm_print_raise(p, "CompileError",
                        "Can't generate DDL for NullType(); did you forget to specify a type on "
                        "this Column?");
        return;
    }
    switch (type->type_class->shape) {
    case TDM_SHAPE_WORD:
        tdm_puts(p, type->type_class->word);
        break;
    case TDM_SHAPE_LENGTH:
        tdm_puts(p, type->type_class->word);
        if (type->length.given && type->length.value != 0)
            print_number_in_parentheses(p, type->length);
        print_collation(p, type);
        break;
    case TDM_SHAPE_DIM:
        tdm_puts(p, type->type_class->word);
        if (type->length.given)
            print_number_in_parentheses(p, type->length);
        break;
    case TDM_SHAPE_NUMERIC:
        print_numeric(p, type);
        break;
    case TDM_SHAPE_FLOAT:
        tdm_puts(p, "FLOAT");
        if (type->precision.given && type->precision.value != 0)
            print_number_in_parentheses(p, type->precision);
        break;
    case TDM_SHAPE_TIME:
        print_time(p, "TIME", type);
        break;
    case TDM_SHAPE_TIMESTAMP:
        print_time(p, "TIMESTAMP", type);
        break;
    case TDM_SHAPE_INTERVAL:
        print_interval(p, type);
        break;
    case TDM_SHAPE_BIT:
        print_bit(p, type);
        break;
    case TDM_SHAPE_UUID:
        tdm_puts(p, type->not_native ? "CHAR(32)" : "UUID");
        break;
    case TDM_SHAPE_ENUM:
        print_enum(p, type);
        break;
    case TDM_SHAPE_ARRAY:
        print_array(p, type);
        break;
    case TDM_SHAPE_DOMAIN:
        print_domain(p, type);
        break;
    case TDM_SHAPE_NULL:
    case TDM_SHAPE_DECORATOR: // one without an impl
        tdm_print_type(p, NULL);
        break;
    case TDM_SHAPE_SPATIAL:
    case TDM_SHAPE_SPEC:
        tdm_put(p, type->spec);
        break;
    }
}

tdm_text tdm_type_description(tdm_arena *arena, const tdm_type *type)
{
    const tdm_type *plain = tdm_type_effective(type);
    if (!plain || plain->type_class->shape == TDM_SHAPE_NULL)
        return TDM_TEXT("NULL");
    if (strcmp(plain->type_class->name, "DateTime") == 0)
        return TDM_TEXT("DATETIME");
    tdm_printer p = {.out = TDM_BUFFER_INIT(4096), .arena = arena, .online = true};
    tdm_print_type(&p, plain);
    return tdm_buffer_take(&p.out, arena);
}
