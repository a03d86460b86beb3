#include "sql/quote.h"

#include <stdio.h>

// Every word that is a key word and not unreserved in one of PostgreSQL 14 to 18, in byte order:
// pg_get_keywords() of 15, and what 16 (SYSTEM_USER, JSON_ARRAY, ...) and 17 (JSON, JSON_TABLE,
// MERGE_ACTION, ...) added. Quoting one too many does no harm.
static const char *const keywords[] = {
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "bigint",
    "binary",
    "bit",
    "boolean",
    "both",
    "case",
    "cast",
    "char",
    "character",
    "check",
    "coalesce",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "dec",
    "decimal",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "exists",
    "extract",
    "false",
    "fetch",
    "float",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "greatest",
    "group",
    "grouping",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "inout",
    "int",
    "integer",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "json",
    "json_array",
    "json_arrayagg",
    "json_exists",
    "json_object",
    "json_objectagg",
    "json_query",
    "json_scalar",
    "json_serialize",
    "json_table",
    "json_value",
    "lateral",
    "leading",
    "least",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "merge_action",
    "national",
    "natural",
    "nchar",
    "none",
    "normalize",
    "not",
    "notnull",
    "null",
    "nullif",
    "numeric",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "out",
    "outer",
    "overlaps",
    "overlay",
    "placing",
    "position",
    "precision",
    "primary",
    "real",
    "references",
    "returning",
    "right",
    "row",
    "select",
    "session_user",
    "setof",
    "similar",
    "smallint",
    "some",
    "substring",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "time",
    "timestamp",
    "to",
    "trailing",
    "treat",
    "trim",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "values",
    "varchar",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
    "xmlattributes",
    "xmlconcat",
    "xmlelement",
    "xmlexists",
    "xmlforest",
    "xmlnamespaces",
    "xmlparse",
    "xmlpi",
    "xmlroot",
    "xmlserialize",
    "xmltable",
};

static bool is_keyword(tdm_text name)
{
    size_t low = 0, high = sizeof keywords / sizeof *keywords;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = tdm_text_compare(name, tdm_text_of(keywords[middle]));
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

static bool is_lower(char c)
{
    return tdm_is_alpha(c) && tdm_to_lower(c) == c;
}

bool tdm_sql_needs_quotes(tdm_text name)
{
    if (name.size == 0 || !(is_lower(name.data[0]) || name.data[0] == '_'))
        return true;
    for (size_t i = 1; i < name.size; i++) {
        char c = name.data[i];
        if (!is_lower(c) && !tdm_is_digit(c) && c != '_')
            return true;
    }
    return is_keyword(name);
}

static void put_doubled(tdm_buffer *buffer, tdm_text text, const char *doubled)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == doubled[0] || (doubled[1] && c == doubled[1]))
            tdm_buffer_putc(buffer, c);
        tdm_buffer_putc(buffer, c);
    }
}

void tdm_sql_put_ident(tdm_buffer *buffer, tdm_text name)
{
    if (!tdm_sql_needs_quotes(name)) {
        tdm_buffer_put(buffer, name);
        return;
    }
    tdm_buffer_putc(buffer, '"');
    put_doubled(buffer, name, "\"");
    tdm_buffer_putc(buffer, '"');
}

void tdm_sql_put_qualified(tdm_buffer *buffer, tdm_text schema, tdm_text name)
{
    if (schema.size) {
        tdm_sql_put_ident(buffer, schema);
        tdm_buffer_putc(buffer, '.');
    }
    tdm_sql_put_ident(buffer, name);
}

void tdm_sql_put_literal(tdm_buffer *buffer, tdm_text text)
{
    bool escapes = tdm_text_find_char(text, '\\') != SIZE_MAX;

    tdm_buffer_puts(buffer, escapes ? "E'" : "'");
    put_doubled(buffer, text, escapes ? "'\\" : "'");
    tdm_buffer_putc(buffer, '\'');
}

// A text that ends in the beginning of its tag would end too early: "$" with $$ gives "$$$".
static bool is_free(tdm_text text, tdm_text tag)
{
    if (tdm_text_find(text, tag) != SIZE_MAX)
        return false;
    for (size_t size = 1; size < tag.size; size++)
        if (tdm_text_ends(text, tdm_text_slice(tag, 0, size)) && tag.data[size] == '$')
            return false;
    return true;
}

void tdm_sql_put_dollar(tdm_buffer *buffer, tdm_text text, const char *tag)
{
    char name[64] = "$$";
    tdm_text quote = tdm_text_of(name);

    for (unsigned i = 0; !is_free(text, quote); i++) {
        int size = i == 0 ? snprintf(name, sizeof name, "$%.40s$", tag)
                          : snprintf(name, sizeof name, "$%.40s%u$", tag, i);
        if (size < 0) {
            buffer->failed = true;
            return;
        }
        quote = tdm_text_of(name);
    }
    tdm_buffer_put(buffer, quote);
    tdm_buffer_put(buffer, text);
    tdm_buffer_put(buffer, quote);
}

static tdm_text taken(tdm_arena *arena, void (*put)(tdm_buffer *, tdm_text), tdm_text text)
{
    // Doubled, with quotes and an E.
    tdm_buffer buffer = TDM_BUFFER_INIT(text.size * 2 + 4);

    put(&buffer, text);
    return tdm_buffer_take(&buffer, arena);
}

tdm_text tdm_sql_ident(tdm_arena *arena, tdm_text name)
{
    return taken(arena, tdm_sql_put_ident, name);
}

tdm_text tdm_sql_literal(tdm_arena *arena, tdm_text text)
{
    return taken(arena, tdm_sql_put_literal, text);
}
