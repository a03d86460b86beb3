// json.dumps with its defaults: ", " and ": ", everything beyond ASCII as \u escapes.
#include "sqlalchemy/literal.h"

enum { JSON_DEPTH = 100 };

static void dump_code_point(uint32_t c, tdm_buffer *out)
{
    if (c >= 0x10000) {
        tdm_buffer_putf(out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
                        0xdc00 + ((c - 0x10000) & 0x3ff));
        return;
    }
    switch (c) {
    case '"':
        tdm_buffer_puts(out, "\\\"");
        return;
    case '\\':
        tdm_buffer_puts(out, "\\\\");
        return;
    case '\n':
        tdm_buffer_puts(out, "\\n");
        return;
    case '\r':
        tdm_buffer_puts(out, "\\r");
        return;
    case '\t':
        tdm_buffer_puts(out, "\\t");
        return;
    case '\b':
        tdm_buffer_puts(out, "\\b");
        return;
    case '\f':
        tdm_buffer_puts(out, "\\f");
        return;
    default:
        break;
    }
    if (c < 0x20 || c > 0x7e)
        tdm_buffer_putf(out, "\\u%04x", c);
    else
        tdm_buffer_putc(out, (char)c);
}

static void dump_string(tdm_text text, tdm_buffer *out)
{
    tdm_buffer_putc(out, '"');
    for (size_t at = 0; at < text.size;)
        dump_code_point(tdm_utf8_next(text, &at), out);
    tdm_buffer_putc(out, '"');
}

static bool dump(tdm_interp *in, tdm_py value, tdm_buffer *out, int depth);

static bool dump_list(tdm_interp *in, tdm_py value, tdm_buffer *out, int depth)
{
    tdm_buffer_putc(out, '[');
    for (size_t i = 0; i < tdm_py_count(value); i++) {
        if (i > 0)
            tdm_buffer_puts(out, ", ");
        if (!dump(in, tdm_py_item(value, i), out, depth))
            return false;
    }
    tdm_buffer_putc(out, ']');
    return true;
}

static bool dump_dict(tdm_interp *in, tdm_py value, tdm_buffer *out, int depth)
{
    tdm_buffer_putc(out, '{');
    for (size_t i = 0; i < tdm_py_count(value); i++) {
        tdm_py key = tdm_py_item(value, i);
        if (tdm_py_kind_of(key) != TDM_PY_STR)
            return false;
        if (i > 0)
            tdm_buffer_puts(out, ", ");
        dump_string(tdm_py_as_text(key), out);
        tdm_buffer_puts(out, ": ");
        if (!dump(in, tdm_py_dict_value(value, i), out, depth))
            return false;
    }
    tdm_buffer_putc(out, '}');
    return true;
}

static bool dump_number(tdm_interp *in, tdm_py value, tdm_buffer *out)
{
    tdm_py text = tdm_py_repr(in, value);
    if (!text || tdm_py_kind_of(text) != TDM_PY_STR)
        return false;
    tdm_text digits = tdm_py_as_text(text);
    // inf and nan: json.dumps has other words for them.
    if (tdm_text_find_char(digits, 'n') != SIZE_MAX)
        return false;
    tdm_buffer_put(out, digits);
    return true;
}

static bool dump(tdm_interp *in, tdm_py value, tdm_buffer *out, int depth)
{
    if (depth <= 0)
        return false;
    switch (tdm_py_kind_of(value)) {
    case TDM_PY_NONE:
        tdm_buffer_puts(out, "null");
        return true;
    case TDM_PY_BOOL:
        tdm_buffer_puts(out, tdm_py_as_bool(value) ? "true" : "false");
        return true;
    case TDM_PY_INT:
    case TDM_PY_FLOAT:
        return dump_number(in, value, out);
    case TDM_PY_STR:
        dump_string(tdm_py_as_text(value), out);
        return true;
    case TDM_PY_LIST:
    case TDM_PY_TUPLE:
        return dump_list(in, value, out, depth - 1);
    case TDM_PY_DICT:
        return dump_dict(in, value, out, depth - 1);
    case TDM_PY_BYTES:
    case TDM_PY_SET:
    case TDM_PY_ELLIPSIS:
    case TDM_PY_FUNCTION:
    case TDM_PY_CLASS:
    case TDM_PY_INSTANCE:
    case TDM_PY_MODULE:
    case TDM_PY_OTHER:
    case TDM_PY_NATIVE:
    case TDM_PY_UNKNOWN:
        return false;
    }
    return false;
}

bool tdm_json_dump(tdm_interp *in, tdm_py value, tdm_buffer *out)
{
    return dump(in, value, out, JSON_DEPTH) && !out->failed;
}
