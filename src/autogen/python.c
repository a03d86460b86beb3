#include "autogen/python.h"

// --- Strings ------------------------------------------------------------------------------------

// str.isprintable: what is not, repr() escapes. Outside of ASCII only the code points that text in
// SQL may hold unseen are of interest: spaces, and marks of direction.
static bool prints(uint32_t c)
{
    if (c < 0x20 || c == 0x7F)
        return false;
    if (c < 0x80)
        return true;
    return !(c <= 0xA0 || c == 0xAD || c == 0x1680 || (c >= 0x2000 && c <= 0x200F) ||
             (c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x206F) || c == 0x3000 ||
             c == 0xFEFF || (c >= 0xD800 && c <= 0xF8FF) || c >= 0xE0000);
}

static void put_escape(tdm_buffer *out, uint32_t c)
{
    if (c == '\n')
        tdm_buffer_puts(out, "\\n");
    else if (c == '\r')
        tdm_buffer_puts(out, "\\r");
    else if (c == '\t')
        tdm_buffer_puts(out, "\\t");
    else if (c < 0x100)
        tdm_buffer_putf(out, "\\x%02x", (unsigned)c);
    else if (c < 0x10000)
        tdm_buffer_putf(out, "\\u%04x", (unsigned)c);
    else
        tdm_buffer_putf(out, "\\U%08x", (unsigned)c);
}

void tdm_py_put_string(tdm_buffer *out, tdm_text text)
{
    bool single = tdm_text_find_char(text, '\'') != SIZE_MAX;
    bool twice = tdm_text_find_char(text, '"') != SIZE_MAX;
    char quote = single && !twice ? '"' : '\'';

    tdm_buffer_putc(out, quote);
    for (size_t at = 0; at < text.size;) {
        size_t start = at;
        uint32_t c = tdm_utf8_next(text, &at);
        if (c == (unsigned char)quote || c == '\\')
            tdm_buffer_putc(out, '\\');
        if (prints(c))
            tdm_buffer_put(out, tdm_text_slice(text, start, at));
        else
            put_escape(out, c);
    }
    tdm_buffer_putc(out, quote);
}

// --- SQL for text() -----------------------------------------------------------------------------

// \w of Python's re, and the dollar sign that SQLAlchemy adds; every letter outside of ASCII is
// taken for one, which escapes too much at worst.
static bool is_word(char c)
{
    return tdm_is_alnum(c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

// (?<![:\w\$\x5c]):([\w\$]+)(?![:\w\$])
static bool begins_parameter(tdm_text sql, size_t at)
{
    char before = at ? sql.data[at - 1] : ' ';
    return sql.data[at] == ':' && at + 1 < sql.size && is_word(sql.data[at + 1]) && before != ':' &&
           before != '\\' && !is_word(before);
}

static bool needs_backslash(tdm_text sql, size_t at)
{
    return begins_parameter(sql, at) ||
           (sql.data[at] == '\\' && at + 1 < sql.size && sql.data[at + 1] == ':');
}

void tdm_py_put_sql(tdm_buffer *out, tdm_text sql)
{
    tdm_buffer escaped = TDM_BUFFER_INIT(out->maximum);

    for (size_t i = 0; i < sql.size; i++) {
        if (needs_backslash(sql, i))
            tdm_buffer_putc(&escaped, '\\');
        tdm_buffer_putc(&escaped, sql.data[i]);
    }
    if (escaped.failed)
        out->failed = true;
    else
        tdm_py_put_string(out, tdm_buffer_text(&escaped));
    tdm_buffer_free(&escaped);
}

// --- op.execute ---------------------------------------------------------------------------------

// Between triple quotes line ends and tabs stand as they are; a carriage return would be read as a
// line end.
static void put_long(tdm_buffer *out, tdm_text sql)
{
    for (size_t i = 0; i < sql.size; i++) {
        char c = sql.data[i];
        if (needs_backslash(sql, i))
            tdm_buffer_puts(out, "\\\\");
        if (c == '\r') {
            tdm_buffer_puts(out, "\\r");
            continue;
        }
        if (c == '\\' || (c == '"' && (i + 1 == sql.size || sql.data[i + 1] == '"')))
            tdm_buffer_putc(out, '\\');
        tdm_buffer_putc(out, c);
    }
}

void tdm_py_put_execute(tdm_buffer *out, tdm_text sql)
{
    enum { LONGEST = 80 };
    bool lines = tdm_text_find_char(sql, '\n') != SIZE_MAX;

    if (!lines && sql.size <= LONGEST) {
        tdm_buffer_puts(out, "op.execute(");
        tdm_py_put_sql(out, sql);
        tdm_buffer_putc(out, ')');
        return;
    }
    tdm_buffer_puts(out, "op.execute(\n        \"\"\"\n");
    put_long(out, sql);
    tdm_buffer_puts(out, "\n\"\"\"\n    )");
}
