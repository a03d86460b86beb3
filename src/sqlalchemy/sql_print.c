// Identifiers, string literals and the bytes of one offline chunk.
#include "sqlalchemy/sql_print.h"

#include "base/digest.h"
#include "base/map.h"

#include <string.h>

enum {
    MAX_IDENTIFIER = 63, // S2052 dialects/postgresql/base.py, max_identifier_length
    TAB_WIDTH = 4,
};

// S2052 dialects/postgresql/base.py, RESERVED_WORDS; sorted for the binary search.
static const char *const reserved[] = {
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
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "column",
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
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "new",
    "not",
    "notnull",
    "null",
    "of",
    "off",
    "offset",
    "old",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "over",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "table",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
};

void tdm_print_raise(tdm_printer *p, const char *exception, const char *format, ...)
{
    if (p->failure.kind != TDM_FAILURE_NONE)
        return;
    va_list args;
    va_start(args, format);
    p->failure =
        (tdm_failure){TDM_FAILURE_RAISED, exception, tdm_arena_vprintf(p->arena, format, args)};
    va_end(args);
}

void tdm_print_opaque(tdm_printer *p, const char *format, ...)
{
    if (p->failure.kind != TDM_FAILURE_NONE)
        return;
    va_list args;
    va_start(args, format);
    p->failure = (tdm_failure){TDM_FAILURE_OPAQUE, NULL, tdm_arena_vprintf(p->arena, format, args)};
    va_end(args);
}

bool tdm_print_failed(const tdm_printer *p)
{
    return p->failure.kind != TDM_FAILURE_NONE;
}

void tdm_put_percent(tdm_printer *p, tdm_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        tdm_buffer_putc(&p->out, text.data[i]);
        if (p->double_percent && text.data[i] == '%')
            tdm_buffer_putc(&p->out, '%');
    }
}

tdm_text tdm_print_cut(tdm_printer *p, size_t start)
{
    tdm_text tail = tdm_text_from(tdm_buffer_text(&p->out), start);
    tdm_text copy = tdm_arena_text(p->arena, tail);
    if (!p->out.failed) {
        p->out.size = start;
        if (p->out.data)
            p->out.data[start] = '\0';
    }
    return copy;
}

static bool is_reserved(tdm_text lower)
{
    size_t low = 0, high = sizeof reserved / sizeof *reserved;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = tdm_text_compare(lower, tdm_text_of(reserved[middle]));
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

bool tdm_name_needs_quotes(tdm_text name)
{
    if (name.size == 0 || tdm_is_digit(name.data[0]) || name.data[0] == '$')
        return true;
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        bool bare = (c >= 'a' && c <= 'z') || tdm_is_digit(c) || c == '_' || c == '$';
        if (!bare)
            return true;
    }
    return is_reserved(name);
}

void tdm_print_name(tdm_printer *p, tdm_name name)
{
    bool quoted = name.quote == TDM_FLAG_TRUE ||
                  (name.quote == TDM_FLAG_NONE && tdm_name_needs_quotes(name.text));
    if (!quoted) {
        tdm_put(p, name.text);
        return;
    }
    tdm_buffer_putc(&p->out, '"');
    for (size_t i = 0; i < name.text.size; i++) {
        char c = name.text.data[i];
        tdm_buffer_putc(&p->out, c);
        if (c == '"' || (c == '%' && p->double_percent))
            tdm_buffer_putc(&p->out, c);
    }
    tdm_buffer_putc(&p->out, '"');
}

// The first `count` code points.
static tdm_text first_points(tdm_text text, size_t count)
{
    size_t at = 0;
    while (count-- > 0 && at < text.size)
        tdm_utf8_next(text, &at);
    return tdm_text_slice(text, 0, at);
}

void tdm_print_limited_name(tdm_printer *p, tdm_name name)
{
    if (tdm_utf8_count(name.text) <= MAX_IDENTIFIER) {
        tdm_print_name(p, name);
        return;
    }
    if (!name.final) {
        tdm_print_raise(p, "IdentifierError",
                        "Identifier '%.*s' exceeds maximum length of %d characters",
                        TDM_TEXT_ARG(name.text), MAX_IDENTIFIER);
        return;
    }
    char hex[33] = "";
    tdm_error err;
    if (tdm_md5_hex(name.text, hex, &err) != TDM_OK) {
        tdm_print_opaque(p, "no MD5 to shorten a name with");
        return;
    }
    tdm_text head = first_points(name.text, MAX_IDENTIFIER - 8);
    name.text = tdm_arena_printf(p->arena, "%.*s_%s", TDM_TEXT_ARG(head), hex + 28);
    tdm_print_name(p, name);
}

void tdm_print_qualified(tdm_printer *p, tdm_name schema, tdm_name name)
{
    if (schema.given && schema.text.size > 0) {
        tdm_print_name(p, schema);
        tdm_puts(p, ".");
    }
    tdm_print_name(p, name);
}

void tdm_print_split_qualified(tdm_printer *p, tdm_name schema, tdm_name name)
{
    tdm_text rest = schema.given ? schema.text : (tdm_text){0};
    while (rest.size > 0) {
        size_t dot = tdm_text_find_char(rest, '.');
        tdm_text part = dot == SIZE_MAX ? rest : tdm_text_slice(rest, 0, dot);
        rest = dot == SIZE_MAX ? (tdm_text){0} : tdm_text_from(rest, dot + 1);
        tdm_name piece = schema;
        piece.text = part;
        tdm_print_name(p, piece);
        tdm_puts(p, ".");
    }
    tdm_print_name(p, name);
}

void tdm_print_names(tdm_printer *p, const tdm_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        if (i > 0)
            tdm_puts(p, ", ");
        tdm_print_name(p, names->items[i]);
    }
}

static void print_literal(tdm_printer *p, tdm_text value, bool backslashes)
{
    tdm_buffer_putc(&p->out, '\'');
    for (size_t i = 0; i < value.size; i++) {
        char c = value.data[i];
        tdm_buffer_putc(&p->out, c);
        if (c == '\'' || (c == '%' && p->double_percent) || (c == '\\' && backslashes))
            tdm_buffer_putc(&p->out, c);
    }
    tdm_buffer_putc(&p->out, '\'');
}

void tdm_print_string(tdm_printer *p, tdm_text value)
{
    print_literal(p, value, !p->online);
}

void tdm_print_quoted(tdm_printer *p, tdm_text value)
{
    print_literal(p, value, false);
}

void tdm_print_int(tdm_printer *p, int64_t value)
{
    tdm_buffer_putf(&p->out, "%lld", (long long)value);
}

tdm_name tdm_name_of(tdm_text text)
{
    return (tdm_name){.text = text, .given = true};
}

// What Python's str.isspace() says; str.strip() cuts these.
static bool is_unicode_space(uint32_t c)
{
    return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 || c == 0xa0 ||
           c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
           c == 0x202f || c == 0x205f || c == 0x3000;
}

tdm_text tdm_strip_unicode(tdm_text text)
{
    size_t start = 0, end = 0;
    bool inside = false;
    for (size_t at = 0; at < text.size;) {
        size_t before = at;
        if (is_unicode_space(tdm_utf8_next(text, &at)))
            continue;
        if (!inside)
            start = before;
        inside = true;
        end = at;
    }
    return inside ? tdm_text_slice(text, start, end) : (tdm_text){0};
}

tdm_text tdm_offline_chunk(tdm_arena *arena, tdm_text statement)
{
    tdm_buffer out = TDM_BUFFER_INIT(statement.size * TAB_WIDTH + 2);
    statement = tdm_strip_unicode(statement);
    for (size_t i = 0; i < statement.size; i++) {
        if (statement.data[i] == '\t')
            tdm_buffer_puts(&out, "    ");
        else
            tdm_buffer_putc(&out, statement.data[i]);
    }
    tdm_buffer_putc(&out, ';');
    return tdm_buffer_take(&out, arena);
}
